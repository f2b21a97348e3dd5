#include "film.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "contents.h"
#include "film_private.h"
#include "ids.h"
#include "transcode.h"

enum {
    COPY_BLOCK = 256 * 1024,
    FOLDER_SIZE = CLOUD_PATH_SIZE + 16,
    PATH_SIZE = FOLDER_SIZE + 96,
    LEFT_OVER_SECONDS = 24 * 3600
};

static const char incoming[] = ".incoming-";

/* What a killed copy has left behind. */
static void remove_left_overs(const char *folder)
{
    DIR *list = opendir(folder);
    const struct dirent *entry;

    while (list && (entry = readdir(list))) {
        struct stat status;

        if (strncmp(entry->d_name, incoming, strlen(incoming)) == 0 &&
            fstatat(dirfd(list), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            time(NULL) - status.st_mtime > LEFT_OVER_SECONDS)
            (void)unlinkat(dirfd(list), entry->d_name, 0); /* tried again next time */
    }
    if (list)
        (void)closedir(list); /* only read */
}

static int write_all(int fd, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = write(fd, bytes, size);

        if (done < 0 && errno != EINTR)
            return -errno;
        bytes += done > 0 ? done : 0;
        size -= done > 0 ? (size_t)done : 0;
    }
    return 0;
}

static int copy_bytes(int from, int to)
{
    unsigned char *block = malloc(COPY_BLOCK);
    ssize_t got = 1;
    int result = block ? 0 : -ENOMEM;

    while (result == 0 && got != 0) {
        got = read(from, block, COPY_BLOCK);
        if (got < 0 && errno != EINTR)
            result = -errno;
        if (got > 0)
            result = write_all(to, block, (size_t)got);
    }
    free(block);
    return result;
}

static int hash_file(const char *path, struct film *ret)
{
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES], *block = malloc(COPY_BLOCK);
    int fd = open(path, O_RDONLY | O_CLOEXEC), result = fd < 0 ? -errno : block ? 0 : -ENOMEM;
    ssize_t got = 1;

    ret->size = 0;
    (void)crypto_hash_sha256_init(&state);
    while (result == 0 && got != 0) {
        got = read(fd, block, COPY_BLOCK);
        if (got < 0 && errno != EINTR)
            result = -errno;
        if (got > 0)
            (void)crypto_hash_sha256_update(&state, block, (unsigned long long)got);
        ret->size += got > 0 ? got : 0;
    }
    free(block);
    if (result == 0 && fsync(fd) < 0)
        result = -errno;
    if (fd >= 0)
        (void)close(fd); /* only read; fsync has told */
    (void)crypto_hash_sha256_final(&state, hash);
    (void)sodium_bin2hex(ret->sha256, sizeof(ret->sha256), hash, sizeof(hash));
    return result;
}

static int sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;

    if (fd < 0 || fsync(fd) < 0)
        result = -errno;
    if (fd >= 0)
        (void)close(fd); /* only read */
    return result;
}

static int copy_in(const char *path, const char *copy)
{
    int from = open(path, O_RDONLY | O_CLOEXEC), to, result;
    struct stat status;

    if (from < 0)
        return -errno;
    if (fstat(from, &status) < 0 || !S_ISREG(status.st_mode)) {
        (void)close(from); /* only read */
        return -EISDIR;
    }
    to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    result = to < 0 ? -errno : copy_bytes(from, to);
    if (to >= 0 && close(to) < 0 && result == 0)
        result = -errno;
    (void)close(from); /* only read */
    return result;
}

/* Run by root for a service of another user, the file must still be the service's. */
static int give_away(const char *folder, const char *copy)
{
    struct stat status;

    if (stat(folder, &status) < 0)
        return -errno;
    if (geteuid() == 0 && status.st_uid != 0 && chown(copy, status.st_uid, status.st_gid) < 0)
        return -errno;
    return 0;
}

static int note_alone(struct db *db, const struct film *film, void *context)
{
    (void)context;
    return contents_film_put(db, film);
}

int film_settle(struct cloud *cloud, const char *path, struct film *film,
                int (*note)(struct db *db, const struct film *film, void *context), void *context)
{
    char folder[FOLDER_SIZE], name[PATH_SIZE];
    int result;

    (void)snprintf(folder, sizeof(folder), "%s/contents", cloud->data_dir);
    result = hash_file(path, film);
    if (result == 0)
        result = give_away(folder, path);
    (void)snprintf(name, sizeof(name), "%s/%s", folder, film->sha256);
    if (result == 0 && rename(path, name) < 0)
        result = -errno;
    if (result == 0)
        result = sync_folder(folder);
    film->added = cloud_now(NULL);
    return result == 0 ? (note ? note : note_alone)(cloud->db, film, context) : result;
}

/* -- from the command line --------------------------------------------------------------------- */

struct taking {
    char copy[PATH_SIZE], made[PATH_SIZE];
    struct film_facts facts, target;
    unsigned changes;
    bool converted;
};

int film_make_empty(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return -errno;
    (void)close(fd); /* nothing was written */
    return 0;
}

/* One of the profile is taken as it is: whoever may give commands is trusted with what kiosks
 * decode. */
static int examine(struct taking *taking, enum film_fault *ret_fault)
{
    struct transcode_options options = {
        .source = taking->copy, .target = taking->made, .facts = &taking->facts};
    int result;

    result = film_probe(taking->copy, &taking->facts, ret_fault);
    if (result == 0 && *ret_fault == FILM_GOOD)
        result = film_measure(taking->copy, &taking->facts, NULL, NULL, ret_fault);
    if (result < 0 || *ret_fault != FILM_GOOD)
        return result;
    taking->changes = options.changes = film_deviations(&taking->facts);
    taking->target = taking->facts;
    if (taking->changes == 0)
        return 0;
    taking->converted = true;
    result = film_make_empty(taking->made);
    return result < 0 ? result : transcode_run(&options, &taking->target, ret_fault);
}

static int keep(struct cloud *cloud, const struct taking *taking, struct film *film)
{
    cJSON *json = film_facts_json(&taking->facts, taking->changes);
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;

    (void)snprintf(film->checks, sizeof(film->checks), "%s", text ? text : "");
    cJSON_free(text);
    cJSON_Delete(json);
    film->duration_ms = taking->target.duration_ms;
    film->allowed = true;
    return film_settle(cloud, taking->converted ? taking->made : taking->copy, film, NULL, NULL);
}

static void say_why(const char *path, int result, char *error, size_t error_size)
{
    (void)snprintf(error, error_size, "%s: %s", path,
                   result == -EISDIR   ? "is not a file"
                   : result == -ENOSPC ? "the disk is full; free some space and try again"
                   : result == -ECHILD ? "the converter crashed; export the film anew"
                                       : strerror(-result));
}

static int take(struct cloud *cloud, const char *path, struct taking *taking, struct film *film,
                char *error, size_t error_size)
{
    enum film_fault fault = FILM_GOOD;
    int result;

    result = copy_in(path, taking->copy);
    if (result == 0)
        result = examine(taking, &fault);
    if (result == 0 && fault == FILM_GOOD)
        result = keep(cloud, taking, film);
    if (result < 0) {
        say_why(path, result, error, error_size);
    } else if (fault != FILM_GOOD) {
        (void)snprintf(error, error_size, "%s %s", path, film_fault_text(fault));
        result = -EINVAL;
    }
    return result;
}

int film_add(struct cloud *cloud, const char *path, enum content_kind kind, const char *title,
             struct content *ret, char *error, size_t error_size)
{
    struct film film = {.kind = kind};
    struct taking taking = {0};
    char folder[FOLDER_SIZE], id[IDS_UUID_SIZE];
    int result;

    if (strlen(title) >= sizeof(film.title)) {
        (void)snprintf(error, error_size, "--title is longer than %zu bytes",
                       sizeof(film.title) - 1);
        return -EINVAL;
    }
    (void)snprintf(film.title, sizeof(film.title), "%s", title);
    (void)snprintf(folder, sizeof(folder), "%s/contents", cloud->data_dir);
    ids_uuid(id);
    (void)snprintf(taking.copy, sizeof(taking.copy), "%s/%s%s", folder, incoming, id);
    (void)snprintf(taking.made, sizeof(taking.made), "%s/%s%s.mp4", folder, incoming, id);
    remove_left_overs(folder);
    result = take(cloud, path, &taking, &film, error, error_size);
    (void)unlink(taking.copy); /* gone where it was settled */
    (void)unlink(taking.made);
    if (result < 0)
        return result;
    *ret = (struct content){.kind = film.kind, .size = film.size, .duration_ms = film.duration_ms};
    memcpy(ret->sha256, film.sha256, sizeof(ret->sha256));
    memcpy(ret->title, film.title, sizeof(ret->title));
    return 0;
}
