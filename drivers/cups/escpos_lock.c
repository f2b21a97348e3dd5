#include "escpos_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOCK_PATH_SIZE = 96, LOCK_STEP_MS = 5, OPEN_TRIES = 3 };

void escpos_lock_key(const struct escpos_address *address, char ret[static ESCPOS_LOCK_KEY_SIZE])
{
    const char *parts[] = {address->host, address->port, address->path};
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        for (const char *at = parts[i]; *at != '\0'; at++)
            hash = (hash ^ (uint8_t)*at) * UINT64_C(0x100000001b3);
        hash = (hash ^ '|') * UINT64_C(0x100000001b3);
    }
    (void)snprintf(ret, ESCPOS_LOCK_KEY_SIZE, "%016" PRIx64, hash);
}

/* Everybody must come to the same answer, so only what stat says counts. */
static const char *directory(void)
{
    struct stat info;

    if (stat("/run/lock", &info) == 0 && S_ISDIR(info.st_mode) && (info.st_mode & 01777) == 01777)
        return "/run/lock";
    return "/tmp";
}

static void path_of(const char *key, const char *kind, char ret[static LOCK_PATH_SIZE])
{
    (void)snprintf(ret, LOCK_PATH_SIZE, "%s/machiai-escpos-%s.%s", directory(), key, kind);
}

static int open_lock(const char *path)
{
    /* Reading is enough for flock(). Not one open with O_CREAT: in a sticky directory the kernel
     * refuses that for another user's file. */
    for (int i = 0; i < OPEN_TRIES; i++) {
        int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 && errno == ENOENT) {
            fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
            if (fd >= 0)
                (void)fchmod(fd, 0444); /* whatever the umask */
        }
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            break;
    }
    return -errno;
}

/* The last holder may have removed the file between our opening and our locking it. */
static bool still_there(int fd, const char *path)
{
    struct stat open_info, path_info;

    return fstat(fd, &open_info) == 0 && stat(path, &path_info) == 0 &&
           open_info.st_dev == path_info.st_dev && open_info.st_ino == path_info.st_ino;
}

/* A locked file descriptor, or -ETIMEDOUT. */
static int take(const char *key, const char *kind, int64_t deadline_ms)
{
    char path[LOCK_PATH_SIZE];

    path_of(key, kind, path);
    for (;;) {
        int fd = open_lock(path);
        if (fd < 0)
            return fd;
        bool held = flock(fd, LOCK_EX | LOCK_NB) == 0;
        if (held && still_there(fd, path))
            return fd;
        close(fd);
        if (held) /* of a file that is gone: the next one at once */
            continue;
        if (escpos_now_ms() >= deadline_ms)
            return -ETIMEDOUT;
        (void)poll(NULL, 0, LOCK_STEP_MS);
    }
}

int escpos_lock_print(const struct escpos_address *address, int64_t deadline_ms,
                      struct escpos_lock *ret)
{
    struct escpos_lock lock = {.turn = -1, .device = -1};

    escpos_lock_key(address, lock.key);
    lock.turn = take(lock.key, "turn", deadline_ms);
    if (lock.turn < 0)
        return lock.turn;
    lock.device = take(lock.key, "lock", deadline_ms);
    if (lock.device < 0) {
        int error = lock.device;
        escpos_lock_release(&lock);
        return error;
    }
    *ret = lock;
    return 0;
}

int escpos_lock_watch(const struct escpos_address *address, struct escpos_lock *ret)
{
    struct escpos_lock lock = {.turn = -1};

    escpos_lock_key(address, lock.key);
    if (escpos_lock_wanted(address))
        return -EBUSY;
    lock.device = take(lock.key, "lock", 0);
    if (lock.device < 0)
        return lock.device == -ETIMEDOUT ? -EBUSY : lock.device;
    *ret = lock;
    return 0;
}

bool escpos_lock_wanted(const struct escpos_address *address)
{
    char key[ESCPOS_LOCK_KEY_SIZE], path[LOCK_PATH_SIZE];

    escpos_lock_key(address, key);
    path_of(key, "turn", path);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool wanted = flock(fd, LOCK_SH | LOCK_NB) < 0;
    if (!wanted && still_there(fd, path))
        (void)unlink(path); /* left by a holder that was killed */
    close(fd);
    return wanted;
}

static void let_go(const char *key, const char *kind, int *fd)
{
    char path[LOCK_PATH_SIZE];

    if (*fd < 0)
        return;
    path_of(key, kind, path);
    (void)unlink(path); /* another user's file stays: that is only untidy */
    close(*fd);
    *fd = -1;
}

void escpos_lock_release(struct escpos_lock *lock)
{
    let_go(lock->key, "lock", &lock->device);
    let_go(lock->key, "turn", &lock->turn);
}
