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

static int open_lock(const struct escpos_address *address, const char *kind)
{
    char path[LOCK_PATH_SIZE], key[ESCPOS_LOCK_KEY_SIZE];

    escpos_lock_key(address, key);
    (void)snprintf(path, sizeof(path), "%s/machiai-escpos-%s.%s", directory(), key, kind);
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

static int lock_until(int fd, int64_t deadline_ms)
{
    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return -errno;
        if (escpos_now_ms() >= deadline_ms)
            return -ETIMEDOUT;
        (void)poll(NULL, 0, LOCK_STEP_MS);
    }
    return 0;
}

int escpos_lock_print(const struct escpos_address *address, int64_t deadline_ms,
                      struct escpos_lock *ret)
{
    struct escpos_lock lock = {open_lock(address, "turn"), open_lock(address, "lock")};
    int error = lock.turn < 0 ? lock.turn : lock.device < 0 ? lock.device : 0;

    if (error == 0)
        error = lock_until(lock.turn, deadline_ms);
    if (error == 0)
        error = lock_until(lock.device, deadline_ms);
    if (error < 0) {
        escpos_lock_release(&lock);
        return error;
    }
    *ret = lock;
    return 0;
}

int escpos_lock_watch(const struct escpos_address *address, struct escpos_lock *ret)
{
    struct escpos_lock lock = {-1, open_lock(address, "lock")};

    if (lock.device < 0)
        return lock.device;
    if (escpos_lock_wanted(address) || flock(lock.device, LOCK_EX | LOCK_NB) < 0) {
        escpos_lock_release(&lock);
        return -EBUSY;
    }
    *ret = lock;
    return 0;
}

bool escpos_lock_wanted(const struct escpos_address *address)
{
    int fd = open_lock(address, "turn");
    bool wanted = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0;

    if (fd >= 0)
        close(fd);
    return wanted;
}

void escpos_lock_release(struct escpos_lock *lock)
{
    if (lock->device >= 0)
        close(lock->device);
    if (lock->turn >= 0)
        close(lock->turn);
    lock->device = lock->turn = -1;
}
