#include "diagnosis.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "tar.h"
#include "version.h"

struct diagnosis {
    char config_path[DIAGNOSIS_PATH_SIZE], places[DIAGNOSIS_PATH_SIZE], name[32];
    void (*wake)(void *context);
    void *context;
    char *status;
    pthread_t thread;
    pthread_mutex_t lock;
    const char *outcome; /* NULL while it is being written */
};

/* -- the stick --------------------------------------------------------------------------------- */

static bool is_mount(const char *path)
{
    char above[DIAGNOSIS_PATH_SIZE + 4];
    struct stat here, parent;
    snprintf(above, sizeof above, "%s/..", path);
    return stat(path, &here) == 0 && S_ISDIR(here.st_mode) && stat(above, &parent) == 0 &&
           here.st_dev != parent.st_dev;
}

/* A mount below: /media/stick, /run/media/USER/stick. */
static bool find_below(const char *place, int depth, char *path, size_t size)
{
    char below[DIAGNOSIS_PATH_SIZE];
    bool found = false;
    DIR *dir = opendir(place);
    for (struct dirent *entry; dir != NULL && !found && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.' ||
            (size_t)snprintf(below, sizeof below, "%s/%s", place, entry->d_name) >= sizeof below)
            continue;
        found = is_mount(below) && access(below, W_OK) == 0;
        if (found)
            snprintf(path, size, "%s", below);
        else if (depth > 0)
            found = find_below(below, depth - 1, path, size);
    }
    if (dir != NULL)
        closedir(dir);
    return found;
}

bool diagnosis_find_stick(const char *places, char *path, size_t size)
{
    enum { DEPTH = 1 };
    char list[DIAGNOSIS_PATH_SIZE], *rest = list;
    snprintf(list, sizeof list, "%s", places);
    for (char *place; (place = strsep(&rest, ":")) != NULL;) {
        size_t length = strlen(place);
        if (length > 1 && place[length - 1] == '/') { /* this very directory */
            place[length - 1] = '\0';
            if (access(place, W_OK | X_OK) == 0) {
                snprintf(path, size, "%s", place);
                return true;
            }
            continue;
        }
        if (length > 0 && find_below(place, DEPTH, path, size))
            return true;
    }
    return false;
}

/* -- what goes into it ------------------------------------------------------------------------- */

/* The last `most` bytes of a file, to be freed; NULL when it cannot be read. */
static char *read_tail(const char *path, size_t most, size_t *ret_size)
{
    FILE *file = fopen(path, "re");
    char *text = malloc(most + 1);
    size_t size = 0;
    if (file != NULL && text != NULL) {
        if (fseek(file, -(long)most, SEEK_END) != 0)
            rewind(file); /* shorter, or no real file */
        size = fread(text, 1, most, file);
        text[size] = '\0';
    }
    bool readable = file != NULL && text != NULL;
    if (file != NULL)
        (void)fclose(file); /* nothing was written */
    if (!readable) {
        free(text);
        return NULL;
    }
    *ret_size = size;
    return text;
}

char *diagnosis_config(const char *path)
{
    enum { MOST = 64 * 1024 };
    size_t size = 0, used = 0;
    char *text = read_tail(path, MOST, &size), *rest = text;
    char *clean = text == NULL ? NULL : calloc(1, 4 * size + 16); /* "..." for a byte, at worst */
    for (char *line; clean != NULL && (line = strsep(&rest, "\n")) != NULL;) {
        size_t seen = config_public_part(line);
        used += (size_t)sprintf(clean + used, "%.*s%s%s", (int)seen, line,
                                line[seen] != '\0' ? "..." : "", rest != NULL ? "\n" : "");
    }
    free(text);
    return clean;
}

static int add_file(FILE *archive, const char *name, const char *path, int64_t now)
{
    size_t size = 0;
    char *text = read_tail(path, DIAGNOSIS_LOG_MAX, &size);
    int result = text == NULL ? 0 : tar_add(archive, name, text, size, now);
    free(text);
    return result;
}

/* The kiosk's own words: standard error when it is a file, else what the journal has kept of it. */
static int add_log(FILE *archive, int64_t now)
{
    char path[64], *text = NULL;
    struct stat info;
    snprintf(path, sizeof path, "/proc/self/fd/%d", STDERR_FILENO);
    if (fstat(STDERR_FILENO, &info) == 0 && S_ISREG(info.st_mode))
        return add_file(archive, "kiosk.log", path, now);
    char command[160]; /* as a service, what the runs before this one said, too */
    snprintf(
        command, sizeof command,
        "journalctl --no-pager --lines 4000 _PID=%d + _SYSTEMD_UNIT=machiai-kiosk.service 2>&1",
        (int)getpid());
    FILE *journal = popen(command, "re");
    if (journal == NULL)
        return 0;
    text = malloc(DIAGNOSIS_LOG_MAX);
    size_t size = text == NULL ? 0 : fread(text, 1, DIAGNOSIS_LOG_MAX, journal);
    (void)pclose(journal); /* what it could not tell stands in the text */
    int result = text == NULL ? 0 : tar_add(archive, "kiosk.log", text, size, now);
    free(text);
    return result;
}

static int add_all(struct diagnosis *diagnosis, FILE *archive, int64_t now)
{
    static const struct {
        const char *name, *path;
    } files[] = {{"meminfo.txt", "/proc/meminfo"},     {"loadavg.txt", "/proc/loadavg"},
                 {"uptime.txt", "/proc/uptime"},       {"kernel.txt", "/proc/version"},
                 {"mounts.txt", "/proc/mounts"},       {"network.txt", "/proc/net/dev"},
                 {"os-release.txt", "/etc/os-release"}};
    static const char version[] = "machiai-kiosk " MACHIAI_VERSION "\n";
    char *config = diagnosis_config(diagnosis->config_path);
    int result = tar_add(archive, "version.txt", version, sizeof version - 1, now);
    if (result == 0)
        result = tar_add(archive, "status.json", diagnosis->status, strlen(diagnosis->status), now);
    if (result == 0 && config != NULL)
        result = tar_add(archive, "kiosk.conf", config, strlen(config), now);
    free(config);
    for (size_t i = 0; result == 0 && i < sizeof files / sizeof files[0]; i++)
        result = add_file(archive, files[i].name, files[i].path, now);
    if (result == 0)
        result = add_log(archive, now);
    return result == 0 ? tar_end(archive) : result;
}

/* -- writing ----------------------------------------------------------------------------------- */

/* The file has its name only when it is whole and on the stick. */
static const char *write_bundle(struct diagnosis *diagnosis)
{
    char stick[DIAGNOSIS_PATH_SIZE], path[DIAGNOSIS_PATH_SIZE + 96];
    char part[DIAGNOSIS_PATH_SIZE + 104];
    time_t now = time(NULL);
    struct tm civil;
    if (!diagnosis_find_stick(diagnosis->places, stick, sizeof stick))
        return "staff.no_usb";
    gmtime_r(&now, &civil);
    snprintf(path, sizeof path, "%s/machiai-%s-%04d%02d%02d-%02d%02d%02d.tar", stick,
             diagnosis->name, civil.tm_year + 1900, civil.tm_mon + 1, civil.tm_mday, civil.tm_hour,
             civil.tm_min, civil.tm_sec);
    snprintf(part, sizeof part, "%s.part", path);
    FILE *archive = fopen(part, "we");
    if (archive == NULL)
        return "staff.usb_failed";
    bool whole = add_all(diagnosis, archive, now) == 0;
    whole = fflush(archive) == 0 && fsync(fileno(archive)) == 0 && whole;
    whole = fclose(archive) == 0 && whole;
    whole = whole && rename(part, path) == 0;
    if (!whole)
        unlink(part);
    sync(); /* the stick is pulled at once */
    return whole ? "staff.usb_written" : "staff.usb_failed";
}

static void *run(void *argument)
{
    struct diagnosis *diagnosis = argument;
    const char *outcome = write_bundle(diagnosis);
    pthread_mutex_lock(&diagnosis->lock);
    diagnosis->outcome = outcome;
    pthread_mutex_unlock(&diagnosis->lock);
    diagnosis->wake(diagnosis->context);
    return NULL;
}

int diagnosis_start(const struct diagnosis_options *options, char *status, struct diagnosis **ret)
{
    struct diagnosis *diagnosis = calloc(1, sizeof *diagnosis);
    if (diagnosis == NULL || status == NULL) {
        free(diagnosis);
        free(status);
        return -ENOMEM;
    }
    snprintf(diagnosis->config_path, sizeof diagnosis->config_path, "%s", options->config_path);
    snprintf(diagnosis->places, sizeof diagnosis->places, "%s", options->places);
    snprintf(diagnosis->name, sizeof diagnosis->name, "%s", options->name);
    diagnosis->wake = options->wake;
    diagnosis->context = options->context;
    diagnosis->status = status;
    pthread_mutex_init(&diagnosis->lock, NULL);
    if (pthread_create(&diagnosis->thread, NULL, run, diagnosis) != 0) {
        pthread_mutex_destroy(&diagnosis->lock);
        free(status);
        free(diagnosis);
        return -EAGAIN;
    }
    *ret = diagnosis;
    return 0;
}

const char *diagnosis_poll(struct diagnosis *diagnosis)
{
    pthread_mutex_lock(&diagnosis->lock);
    const char *outcome = diagnosis->outcome;
    pthread_mutex_unlock(&diagnosis->lock);
    return outcome;
}

void diagnosis_destroy(struct diagnosis *diagnosis)
{
    if (diagnosis == NULL)
        return;
    pthread_join(diagnosis->thread, NULL);
    pthread_mutex_destroy(&diagnosis->lock);
    free(diagnosis->status);
    free(diagnosis);
}
