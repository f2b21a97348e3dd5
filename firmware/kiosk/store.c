#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "station_report.h"

enum { READ_BYTES = 256 * 1024, READER_NICENESS = 10 };

enum file_state {
    FILE_WAITING, /* to be read */
    FILE_VERIFIED
};

struct file {
    char sha256[SHA256_SIZE];
    enum file_state state;
    bool part; /* WAITING: the bytes are still under the download's name */
};

struct store {
    char dir[STORE_PATH_SIZE];
    void (*notify)(void *context);
    void *context;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    /* under lock */
    bool stopping;
    struct file files[STORE_FILES_MAX];
    int file_count;
    struct store_event events[STORE_FILES_MAX];
    int event_first, event_count;
};

bool store_sha256_valid(const char *text)
{
    return strlen(text) == SHA256_SIZE - 1 && strspn(text, "0123456789abcdef") == SHA256_SIZE - 1;
}

static void path_of(const struct store *store, const char *sha256, bool part, char *path,
                    size_t size)
{
    (void)snprintf(path, size, "%.600s/%.64s%s", store->dir, sha256, part ? ".part" : "");
}

/* -- under lock -------------------------------------------------------------------------------- */

static struct file *find(struct store *store, const char *sha256)
{
    for (int i = 0; i < store->file_count; i++)
        if (strcmp(store->files[i].sha256, sha256) == 0)
            return &store->files[i];
    return NULL;
}

static void forget(struct store *store, const char *sha256)
{
    struct file *file = find(store, sha256);
    if (file)
        *file = store->files[--store->file_count];
}

static int add_waiting(struct store *store, const char *sha256, bool part)
{
    struct file *file = find(store, sha256);
    if (!file && store->file_count == STORE_FILES_MAX)
        return -EAGAIN;
    if (!file)
        file = &store->files[store->file_count++];
    *file = (struct file){.state = FILE_WAITING, .part = part};
    memcpy(file->sha256, sha256, SHA256_SIZE);
    pthread_cond_signal(&store->work);
    return 0;
}

/* A full ring loses the oldest: the receiver asks store_path() anyway. */
static void add_event(struct store *store, const char *sha256, bool good)
{
    int place = (store->event_first + store->event_count) % STORE_FILES_MAX;
    store->events[place].good = good;
    memcpy(store->events[place].sha256, sha256, SHA256_SIZE);
    if (store->event_count < STORE_FILES_MAX)
        store->event_count++;
    else
        store->event_first = (store->event_first + 1) % STORE_FILES_MAX;
}

/* -- the reading thread ------------------------------------------------------------------------ */

static bool stopping(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    bool stop = store->stopping;
    pthread_mutex_unlock(&store->lock);
    return stop;
}

/* 1 the hash is right, 0 it is not, -ECANCELED, or what the disk says. */
static int check_file(struct store *store, const char *path, const char *sha256)
{
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[SHA256_SIZE];
    unsigned char *buffer = malloc(READ_BYTES);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int r = !buffer ? -ENOMEM : fd < 0 ? -errno : 0;
    crypto_hash_sha256_init(&state);
    while (r == 0) {
        ssize_t n = stopping(store) ? -1 : read(fd, buffer, READ_BYTES);
        if (n < 0)
            r = stopping(store) ? -ECANCELED : -errno;
        if (n <= 0)
            break;
        crypto_hash_sha256_update(&state, buffer, (unsigned long long)n);
    }
    /* What is played must be what was read: on the disk before it gets its name. */
    if (r == 0 && fdatasync(fd) < 0)
        r = -errno;
    if (fd >= 0)
        close(fd);
    free(buffer);
    if (r < 0)
        return r;
    crypto_hash_sha256_final(&state, hash);
    (void)sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return strcmp(hex, sha256) == 0;
}

static void verify(struct store *store, const struct file *job)
{
    char path[STORE_PATH_SIZE], final[STORE_PATH_SIZE];
    path_of(store, job->sha256, job->part, path, sizeof path);
    path_of(store, job->sha256, false, final, sizeof final);
    int r = check_file(store, path, job->sha256);
    if (r == -ECANCELED)
        return;
    if (r == 1 && job->part && rename(path, final) < 0)
        r = -errno;
    if (r != 1) {
        station_report("content %.12s: %s; it is removed", job->sha256,
                       r == 0 ? "damaged" : strerror(-r));
        (void)unlink(path); /* what is not there any more is gone as well */
    }
    pthread_mutex_lock(&store->lock);
    struct file *file = find(store, job->sha256);
    if (file && r == 1)
        file->state = FILE_VERIFIED;
    else
        forget(store, job->sha256);
    add_event(store, job->sha256, r == 1);
    pthread_mutex_unlock(&store->lock);
    store->notify(store->context);
}

static bool next_job(struct store *store, struct file *ret)
{
    pthread_mutex_lock(&store->lock);
    for (;;) {
        for (int i = 0; i < store->file_count && !store->stopping; i++) {
            if (store->files[i].state == FILE_WAITING) {
                *ret = store->files[i];
                pthread_mutex_unlock(&store->lock);
                return true;
            }
        }
        if (store->stopping)
            break;
        pthread_cond_wait(&store->work, &store->lock);
    }
    pthread_mutex_unlock(&store->lock);
    return false;
}

static void *reader(void *context)
{
    struct store *store = context;
    struct file job;
    (void)setpriority(PRIO_PROCESS, 0, READER_NICENESS); /* of this thread alone, on Linux */
    while (next_job(store, &job))
        verify(store, &job);
    return NULL;
}

/* -- interface --------------------------------------------------------------------------------- */

static void scan(struct store *store)
{
    DIR *dir = opendir(store->dir);
    if (!dir)
        return;
    struct dirent *entry;
    while ((entry = readdir(dir)))
        if (store_sha256_valid(entry->d_name) && add_waiting(store, entry->d_name, false) < 0)
            break;
    (void)closedir(dir);
}

int store_create(const char *dir, void (*notify)(void *context), void *context, struct store **ret)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return -ENOMEM;
    store->notify = notify;
    store->context = context;
    (void)snprintf(store->dir, sizeof store->dir, "%.600s/contents", dir);
    int r = mkdir(store->dir, 0700) < 0 && errno != EEXIST ? -errno : 0;
    if (r < 0) {
        free(store);
        return r;
    }
    (void)pthread_mutex_init(&store->lock, NULL);
    (void)pthread_cond_init(&store->work, NULL);
    scan(store);
    r = -pthread_create(&store->thread, NULL, reader, store);
    if (r < 0) {
        pthread_mutex_destroy(&store->lock);
        pthread_cond_destroy(&store->work);
        free(store);
        return r;
    }
    *ret = store;
    return 0;
}

void store_destroy(struct store *store)
{
    if (!store)
        return;
    pthread_mutex_lock(&store->lock);
    store->stopping = true;
    pthread_cond_signal(&store->work);
    pthread_mutex_unlock(&store->lock);
    pthread_join(store->thread, NULL);
    pthread_mutex_destroy(&store->lock);
    pthread_cond_destroy(&store->work);
    free(store);
}

bool store_path(struct store *store, const char *sha256, char *path, size_t size)
{
    pthread_mutex_lock(&store->lock);
    const struct file *file = find(store, sha256);
    bool found = file && file->state == FILE_VERIFIED;
    pthread_mutex_unlock(&store->lock);
    if (found)
        path_of(store, sha256, false, path, size);
    return found;
}

bool store_known(struct store *store, const char *sha256)
{
    pthread_mutex_lock(&store->lock);
    bool known = find(store, sha256) != NULL;
    pthread_mutex_unlock(&store->lock);
    return known;
}

int64_t store_part(struct store *store, const char *sha256, char *path, size_t size)
{
    struct stat info;
    path_of(store, sha256, true, path, size);
    return stat(path, &info) < 0 ? 0 : info.st_size;
}

int store_complete(struct store *store, const char *sha256)
{
    pthread_mutex_lock(&store->lock);
    int r = add_waiting(store, sha256, true);
    pthread_mutex_unlock(&store->lock);
    return r;
}

void store_discard(struct store *store, const char *sha256)
{
    char path[STORE_PATH_SIZE];
    path_of(store, sha256, true, path, sizeof path);
    (void)unlink(path); /* absent is as good as gone */
}

void store_sweep(struct store *store, bool (*needed)(const char *sha256, void *context),
                 void *context)
{
    DIR *dir = opendir(store->dir);
    if (!dir)
        return;
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        char sha256[SHA256_SIZE] = "";
        const char *dot = strchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".part") != 0 || dot - entry->d_name != SHA256_SIZE - 1)
            continue;
        memcpy(sha256, entry->d_name, SHA256_SIZE - 1);
        if (store_sha256_valid(sha256) && !needed(sha256, context) && !store_known(store, sha256))
            store_discard(store, sha256);
    }
    (void)closedir(dir);
}

static bool fits(const struct store *store, int64_t bytes)
{
    struct statvfs disk;
    if (statvfs(store->dir, &disk) < 0)
        return false;
    int64_t available = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    return available - bytes >= STORE_RESERVE_BYTES;
}

static bool evict_one(struct store *store, bool (*needed)(const char *sha256, void *context),
                      void *context)
{
    char name[SHA256_SIZE] = "", path[STORE_PATH_SIZE];
    pthread_mutex_lock(&store->lock);
    for (int i = 0; i < store->file_count && !name[0]; i++) {
        const struct file *file = &store->files[i];
        if (file->state == FILE_VERIFIED && !needed(file->sha256, context))
            memcpy(name, file->sha256, SHA256_SIZE);
    }
    if (name[0])
        forget(store, name);
    pthread_mutex_unlock(&store->lock);
    if (!name[0])
        return false;
    path_of(store, name, false, path, sizeof path);
    (void)unlink(path); /* a player that has it open plays it to its end */
    return true;
}

bool store_room(struct store *store, int64_t bytes,
                bool (*needed)(const char *sha256, void *context), void *context)
{
    while (!fits(store, bytes))
        if (!evict_one(store, needed, context))
            return false;
    return true;
}

bool store_event(struct store *store, struct store_event *ret)
{
    pthread_mutex_lock(&store->lock);
    bool found = store->event_count > 0;
    if (found) {
        *ret = store->events[store->event_first];
        store->event_first = (store->event_first + 1) % STORE_FILES_MAX;
        store->event_count--;
    }
    pthread_mutex_unlock(&store->lock);
    return found;
}

int store_list(struct store *store, char (*ret)[SHA256_SIZE], int max)
{
    int count = 0;
    pthread_mutex_lock(&store->lock);
    for (int i = 0; i < store->file_count && count < max; i++)
        if (store->files[i].state == FILE_VERIFIED)
            memcpy(ret[count++], store->files[i].sha256, SHA256_SIZE);
    pthread_mutex_unlock(&store->lock);
    return count;
}
