#include "escpos_memory.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_SIZE = 128, MARKER_NAME_SIZE = ESCPOS_UUID_SIZE + 8, PRUNE_AT_ONCE = 2048 };

static const char printed_mark[] = "printed\n";

int escpos_memory_open(const char *cache, const char *queue, const struct escpos_address *address,
                       struct escpos_memory *ret)
{
    struct escpos_memory memory;
    char own[ESCPOS_MEMORY_PATH_SIZE - 80];

    if (strchr(queue, '/') != NULL || queue[0] == '\0' || strlen(queue) > 64 ||
        (size_t)snprintf(own, sizeof(own), "%s/escpos", cache) >= sizeof(own))
        return -EINVAL;
    (void)snprintf(memory.markers, sizeof(memory.markers), "%s/jobs", own);
    (void)snprintf(memory.note, sizeof(memory.note), "%s/%s.note", own, queue);
    if ((mkdir(own, 0700) < 0 && errno != EEXIST) ||
        (mkdir(memory.markers, 0700) < 0 && errno != EEXIST))
        return -errno;
    escpos_lock_key(address, memory.key);
    *ret = memory;
    return 0;
}

int escpos_memory_uuid(const char *options, char ret[static ESCPOS_UUID_SIZE])
{
    static const char name[] = "job-uuid=urn:uuid:";
    const char *at = strstr(options, name);

    if (at == NULL || (at != options && at[-1] != ' '))
        return -ENOENT;
    at += sizeof(name) - 1;
    size_t length = 0;
    while (isxdigit((unsigned char)at[length]) || at[length] == '-')
        length++;
    if (length == 0 || length >= ESCPOS_UUID_SIZE || (at[length] != '\0' && at[length] != ' '))
        return -ENOENT;
    memcpy(ret, at, length);
    ret[length] = '\0';
    return 0;
}

bool escpos_memory_heard(const char *options)
{
    static const char name[] = "machiai-heard=1";
    const char *at = strstr(options, name);

    return at != NULL && (at == options || at[-1] == ' ') && strchr(" ", at[sizeof(name) - 1]);
}

/* -- markers ----------------------------------------------------------------------------------- */

static int open_marker(const struct escpos_memory *memory, const char *uuid, int flags)
{
    char path[ESCPOS_MEMORY_PATH_SIZE + MARKER_NAME_SIZE];

    (void)snprintf(path, sizeof(path), "%s/%s", memory->markers, uuid);
    int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd >= 0 ? fd : -errno;
}

enum escpos_marker escpos_memory_marker(const struct escpos_memory *memory, const char *uuid)
{
    char text[sizeof(printed_mark)] = "";
    int fd = open_marker(memory, uuid, O_RDONLY);

    if (fd == -ENOENT)
        return ESCPOS_MARKER_NONE;
    if (fd < 0) /* there, but not for us: the careful answer */
        return ESCPOS_MARKER_BEGUN;
    ssize_t count = read(fd, text, sizeof(text) - 1);
    close(fd);
    return count == sizeof(printed_mark) - 1 && strcmp(text, printed_mark) == 0
               ? ESCPOS_MARKER_PRINTED
               : ESCPOS_MARKER_BEGUN;
}

static int sync_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    int error = fsync(fd) < 0 ? -errno : 0;
    close(fd);
    return error;
}

int escpos_memory_begin(const struct escpos_memory *memory, const char *uuid)
{
    int fd = open_marker(memory, uuid, O_WRONLY | O_CREAT | O_EXCL);

    if (fd < 0)
        return fd;
    int error = fsync(fd) < 0 ? -errno : 0;
    close(fd);
    return error < 0 ? error : sync_directory(memory->markers);
}

void escpos_memory_printed(const struct escpos_memory *memory, const char *uuid)
{
    int fd = open_marker(memory, uuid, O_WRONLY);

    if (fd < 0)
        return;
    /* A mark that gets lost makes the job "unconfirmed" after a crash: safe, only less precise. */
    ssize_t written = write(fd, printed_mark, sizeof(printed_mark) - 1);
    (void)written;
    close(fd);
}

struct aged {
    char name[MARKER_NAME_SIZE];
    struct timespec time;
};

static int older_first(const void *left, const void *right)
{
    const struct aged *a = left, *b = right;

    if (a->time.tv_sec != b->time.tv_sec)
        return a->time.tv_sec < b->time.tv_sec ? -1 : 1;
    return (a->time.tv_nsec > b->time.tv_nsec) - (a->time.tv_nsec < b->time.tv_nsec);
}

/* Order of making is what counts, not age: the clock of such a machine may jump by years. */
void escpos_memory_prune(const struct escpos_memory *memory)
{
    struct aged *list = NULL;
    size_t count = 0;
    DIR *directory = opendir(memory->markers);

    if (directory == NULL)
        return;
    list = calloc(PRUNE_AT_ONCE, sizeof(*list));
    for (const struct dirent *entry;
         list != NULL && count < PRUNE_AT_ONCE && (entry = readdir(directory)) != NULL;) {
        struct stat info;
        if (entry->d_name[0] == '.' || strlen(entry->d_name) >= sizeof(list->name) ||
            fstatat(dirfd(directory), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        memcpy(list[count].name, entry->d_name, strlen(entry->d_name) + 1);
        list[count++].time = info.st_mtim;
    }
    if (count > ESCPOS_MARKERS_MAX) {
        qsort(list, count, sizeof(*list), older_first);
        for (size_t i = 0; i < count / 2; i++)
            (void)unlinkat(dirfd(directory), list[i].name, 0);
    }
    free(list);
    closedir(directory);
}

/* -- note about the printer -------------------------------------------------------------------- */

void escpos_memory_load(const struct escpos_memory *memory, struct escpos_habits *ret)
{
    char line[LINE_SIZE] = "", key[ESCPOS_LOCK_KEY_SIZE];
    unsigned answers, confirm, torn;
    int fd = open(memory->note, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    *ret = (struct escpos_habits){.answers = ESCPOS_UNKNOWN};
    if (fd < 0)
        return;
    ssize_t count = read(fd, line, sizeof(line) - 1);
    close(fd);
    if (count <= 0 ||
        sscanf(line, "%16s answers=%1u confirm=%1u torn=%1u", key, &answers, &confirm, &torn) !=
            4 ||
        strcmp(key, memory->key) != 0 || answers > ESCPOS_NO || confirm > ESCPOS_CONFIRM_NONE)
        return;
    ret->answers = (enum escpos_known)answers;
    ret->confirm = (enum escpos_confirm)confirm;
    ret->torn = torn != 0;
}

int escpos_memory_save(const struct escpos_memory *memory, const struct escpos_habits *habits)
{
    char path[ESCPOS_MEMORY_PATH_SIZE + 8], line[LINE_SIZE];
    int length =
        snprintf(line, sizeof(line), "%s answers=%u confirm=%u torn=%u\n", memory->key,
                 (unsigned)habits->answers, (unsigned)habits->confirm, habits->torn ? 1u : 0u);

    (void)snprintf(path, sizeof(path), "%s.new", memory->note);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    ssize_t written = write(fd, line, (size_t)length);
    int error = written == length ? 0 : -EIO;
    close(fd);
    if (error == 0 && rename(path, memory->note) < 0)
        error = -errno;
    return error;
}
