#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "station_report.h"
#include "store_private.h"

enum { READER_NICENESS = 10 };

static const char *const endings[] = {[STORE_SEALED] = ".sealed",
                                      [STORE_PART] = ".part",
                                      [STORE_CLEAR] = "",
                                      [STORE_DRAFT] = ".draft"};

bool store_sha256_valid(const char *text)
{
    return strlen(text) == SHA256_SIZE - 1 && strspn(text, "0123456789abcdef") == SHA256_SIZE - 1;
}

void store_path_of(const struct store *store, const char *sha256, enum store_form form, char *path,
                   size_t size)
{
    (void)snprintf(path, size, "%.600s/%.64s%s", store->dir, sha256, endings[form]);
}

/* What a name in the directory stands for; false: nothing of ours. */
static bool parse_name(const char *name, char sha256[static SHA256_SIZE], enum store_form *ret)
{
    if (strlen(name) < SHA256_SIZE - 1)
        return false;
    memcpy(sha256, name, SHA256_SIZE - 1);
    sha256[SHA256_SIZE - 1] = '\0';
    for (int form = 0; form <= STORE_DRAFT; form++) {
        if (strcmp(name + SHA256_SIZE - 1, endings[form]) != 0)
            continue;
        *ret = (enum store_form)form;
        return store_sha256_valid(sha256);
    }
    return false;
}

/* -- under lock -------------------------------------------------------------------------------- */

static struct store_file *find(struct store *store, const char *sha256)
{
    for (int i = 0; i < store->file_count; i++)
        if (strcmp(store->files[i].sha256, sha256) == 0)
            return &store->files[i];
    return NULL;
}

static void forget(struct store *store, const char *sha256)
{
    struct store_file *file = find(store, sha256);
    if (file)
        *file = store->files[--store->file_count];
}

static int add_waiting(struct store *store, const char *sha256, enum store_form form)
{
    struct store_file *file = find(store, sha256);
    if (!file && store->file_count == STORE_FILES_MAX)
        return -EAGAIN;
    if (!file)
        file = &store->files[store->file_count++];
    *file = (struct store_file){.state = FILE_WAITING, .form = form};
    memcpy(file->sha256, sha256, SHA256_SIZE);
    pthread_cond_signal(&store->work);
    return 0;
}

/* A full ring loses the oldest: the receiver asks store_find() anyway. */
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

bool store_stopping(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    bool stop = store->stopping;
    pthread_mutex_unlock(&store->lock);
    return stop;
}

/* A clear file that cannot be sealed for want of room goes as well: it is fetched again when there
 * is some. */
static void verify(struct store *store, const struct store_file *job)
{
    int r = store_check(store, job);
    if (r == -ECANCELED)
        return;
    if (r != 1) {
        station_report("content %.12s: %s; it is removed", job->sha256,
                       r == 0 ? "damaged" : strerror(-r));
        store_remove(store, job);
    }
    pthread_mutex_lock(&store->lock);
    struct store_file *file = find(store, job->sha256);
    if (file && r == 1)
        file->state = FILE_VERIFIED;
    else
        forget(store, job->sha256);
    add_event(store, job->sha256, r == 1);
    pthread_mutex_unlock(&store->lock);
    store->notify(store->context);
}

static bool next_job(struct store *store, struct store_file *ret)
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
    struct store_file job;
    (void)setpriority(PRIO_PROCESS, 0, READER_NICENESS); /* of this thread alone, on Linux */
    while (next_job(store, &job))
        verify(store, &job);
    return NULL;
}

/* -- life -------------------------------------------------------------------------------------- */

static void drop_file(const struct store *store, const char *sha256, enum store_form form)
{
    char path[STORE_PATH_SIZE];
    store_path_of(store, sha256, form, path, sizeof path);
    (void)unlink(path); /* absent is as good as gone */
}

/* Drafts of a sealing that was broken off go; so does a clear file beside its sealed one. */
static void scan_one(struct store *store, const char *name)
{
    char sha256[SHA256_SIZE], sealed[STORE_PATH_SIZE];
    enum store_form form;
    if (!parse_name(name, sha256, &form) || form == STORE_PART)
        return;
    store_path_of(store, sha256, STORE_SEALED, sealed, sizeof sealed);
    if (form == STORE_DRAFT || (form == STORE_CLEAR && access(sealed, F_OK) == 0))
        drop_file(store, sha256, form);
    else
        (void)add_waiting(store, sha256, form); /* one too many is found when it is needed */
}

static void scan(struct store *store)
{
    DIR *dir = opendir(store->dir);
    if (!dir)
        return;
    struct dirent *entry;
    while ((entry = readdir(dir)))
        scan_one(store, entry->d_name);
    (void)closedir(dir);
}

/* A key that is damaged opens nothing any more: another one, and the films are fetched again. */
static int load_key(const char *dir, uint8_t key[static SEALED_KEY_SIZE])
{
    char path[STORE_PATH_SIZE], aside[STORE_PATH_SIZE + 16];
    int r = sealed_key_load(dir, key);
    if (r != -EBADMSG)
        return r;
    station_report("the device's key is damaged; it is set aside, and films are fetched again");
    (void)snprintf(path, sizeof path, "%.600s/device.key", dir);
    (void)snprintf(aside, sizeof aside, "%s.damaged", path);
    return rename(path, aside) < 0 ? -errno : sealed_key_load(dir, key);
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
    if (r == 0)
        r = load_key(dir, store->key);
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
    sodium_memzero(store->key, sizeof store->key);
    free(store);
}

/* -- files ------------------------------------------------------------------------------------- */

enum programme_file store_find(struct store *store, const char *sha256)
{
    pthread_mutex_lock(&store->lock);
    const struct store_file *file = find(store, sha256);
    enum programme_file state = !file                          ? PROGRAMME_FILE_MISSING
                                : file->state == FILE_VERIFIED ? PROGRAMME_FILE_READY
                                                               : PROGRAMME_FILE_UNVERIFIED;
    pthread_mutex_unlock(&store->lock);
    return state;
}

bool store_film(struct store *store, const char *sha256, struct store_film *ret)
{
    if (store_find(store, sha256) != PROGRAMME_FILE_READY)
        return false;
    store_path_of(store, sha256, STORE_SEALED, ret->path, sizeof ret->path);
    sealed_key_of(store->key, sha256, ret->key);
    return true;
}

static int read_whole(struct sealed_reader *reader, size_t max, uint8_t **ret, size_t *ret_size)
{
    int64_t size = sealed_reader_size(reader);
    if (size > (int64_t)max)
        return -EFBIG;
    uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
    ssize_t n = bytes ? 1 : -ENOMEM;
    int64_t at = 0;
    for (; n > 0; at += n)
        n = sealed_reader_read(reader, at, bytes + at, (size_t)(size - at));
    if (n < 0) {
        free(bytes);
        return (int)n;
    }
    *ret = bytes;
    *ret_size = (size_t)size;
    return 0;
}

int store_bytes(struct store *store, const char *sha256, size_t max, uint8_t **ret,
                size_t *ret_size)
{
    struct store_film film;
    struct sealed_reader *sealed = NULL;
    if (!store_film(store, sha256, &film))
        return -ENOENT;
    int fd = open(film.path, O_RDONLY | O_CLOEXEC);
    int r = fd < 0 ? -errno : sealed_reader_open(fd, film.key, &sealed);
    sodium_memzero(film.key, sizeof film.key);
    if (r == 0)
        r = read_whole(sealed, max, ret, ret_size);
    sealed_reader_close(sealed);
    if (fd >= 0)
        close(fd);
    if (r == -EBADMSG)
        store_doubt(store, sha256);
    return r;
}

void store_doubt(struct store *store, const char *sha256)
{
    pthread_mutex_lock(&store->lock);
    const struct store_file *file = find(store, sha256);
    if (file && file->state == FILE_VERIFIED)
        (void)add_waiting(store, sha256, STORE_SEALED); /* it has its place already */
    pthread_mutex_unlock(&store->lock);
}

/* -- downloads --------------------------------------------------------------------------------- */

int store_part(struct store *store, const char *sha256, struct sealed_writer **ret)
{
    char path[STORE_PATH_SIZE];
    uint8_t key[SEALED_KEY_SIZE];
    store_path_of(store, sha256, STORE_PART, path, sizeof path);
    sealed_key_of(store->key, sha256, key);
    int r = sealed_writer_open(path, key, ret);
    sodium_memzero(key, sizeof key);
    return r;
}

int store_complete(struct store *store, const char *sha256)
{
    pthread_mutex_lock(&store->lock);
    int r = add_waiting(store, sha256, STORE_PART);
    pthread_mutex_unlock(&store->lock);
    return r;
}

void store_discard(struct store *store, const char *sha256)
{
    drop_file(store, sha256, STORE_PART);
}

void store_sweep(struct store *store, store_needed *needed, void *context)
{
    DIR *dir = opendir(store->dir);
    if (!dir)
        return;
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        char sha256[SHA256_SIZE];
        enum store_form form;
        if (parse_name(entry->d_name, sha256, &form) && form == STORE_PART &&
            !needed(sha256, context) && store_find(store, sha256) == PROGRAMME_FILE_MISSING)
            store_discard(store, sha256);
    }
    (void)closedir(dir);
}

/* -- room -------------------------------------------------------------------------------------- */

bool store_fits(const struct store *store, int64_t bytes)
{
    struct statvfs disk;
    if (statvfs(store->dir, &disk) < 0)
        return false;
    int64_t available = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    return available - bytes >= STORE_RESERVE_BYTES;
}

static bool evict_one(struct store *store, store_needed *needed, void *context)
{
    char name[SHA256_SIZE] = "";
    pthread_mutex_lock(&store->lock);
    for (int i = 0; i < store->file_count && !name[0]; i++) {
        const struct store_file *file = &store->files[i];
        if (file->state == FILE_VERIFIED && !needed(file->sha256, context))
            memcpy(name, file->sha256, SHA256_SIZE);
    }
    if (name[0])
        forget(store, name);
    pthread_mutex_unlock(&store->lock);
    if (!name[0])
        return false;
    drop_file(store, name, STORE_SEALED); /* a player that has it open plays it to its end */
    return true;
}

bool store_room(struct store *store, int64_t bytes, store_needed *needed, void *context)
{
    while (!store_fits(store, bytes))
        if (!evict_one(store, needed, context))
            return false;
    return true;
}

void store_forget(struct store *store, store_needed *needed, void *context)
{
    while (evict_one(store, needed, context))
        ;
}

/* -- news -------------------------------------------------------------------------------------- */

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
