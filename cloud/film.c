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
#include "ids.h"

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

static int copy_hashed(int from, int to, struct content *ret)
{
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES], *block = malloc(COPY_BLOCK);
    ssize_t got = 1;
    int result = block ? 0 : -ENOMEM;

    (void)crypto_hash_sha256_init(&state);
    while (result == 0 && got != 0) {
        got = read(from, block, COPY_BLOCK);
        if (got < 0 && errno != EINTR)
            result = -errno;
        if (got > 0) {
            (void)crypto_hash_sha256_update(&state, block, (unsigned long long)got);
            ret->size += got;
            result = write_all(to, block, (size_t)got);
        }
    }
    free(block);
    if (result == 0 && fsync(to) < 0)
        result = -errno;
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

static int copy_in(const char *path, const char *copy, struct content *ret)
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
    result = to < 0 ? -errno : copy_hashed(from, to, ret);
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

static int note(struct cloud *cloud, const struct content *content)
{
    struct film film = {.kind = content->kind,
                        .size = content->size,
                        .duration_ms = content->duration_ms,
                        .added = cloud_now(NULL),
                        .allowed = true};

    memcpy(film.sha256, content->sha256, sizeof(film.sha256));
    memcpy(film.title, content->title, sizeof(film.title));
    return contents_film_put(cloud->db, &film);
}

static int settle(struct cloud *cloud, const char *folder, const char *copy,
                  const struct content *film)
{
    char name[PATH_SIZE];
    int result;

    (void)snprintf(name, sizeof(name), "%s/%s", folder, film->sha256);
    result = give_away(folder, copy);
    if (result == 0 && rename(copy, name) < 0)
        result = -errno;
    if (result == 0)
        result = sync_folder(folder);
    /* The row last: what the database names is on the disk. */
    return result == 0 ? note(cloud, film) : result;
}

int film_add(struct cloud *cloud, const char *path, enum content_kind kind, const char *title,
             struct content *ret, char *error, size_t error_size)
{
    struct content film = {.kind = kind};
    char folder[FOLDER_SIZE], copy[PATH_SIZE], id[IDS_UUID_SIZE];
    int result;

    if (strlen(title) >= sizeof(film.title)) {
        (void)snprintf(error, error_size, "--title is longer than %zu bytes",
                       sizeof(film.title) - 1);
        return -EINVAL;
    }
    (void)snprintf(film.title, sizeof(film.title), "%s", title);
    (void)snprintf(folder, sizeof(folder), "%s/contents", cloud->data_dir);
    ids_uuid(id);
    (void)snprintf(copy, sizeof(copy), "%s/%s%s", folder, incoming, id);
    remove_left_overs(folder);
    result = copy_in(path, copy, &film);
    if (result < 0)
        (void)snprintf(error, error_size, "%s: %s", path,
                       result == -EISDIR   ? "is not a file"
                       : result == -ENOSPC ? "the disk is full; free some space and try again"
                                           : strerror(-result));
    if (result == 0)
        result = film_probe(copy, path, &film.duration_ms, error, error_size);
    if (result == 0) {
        (void)snprintf(error, error_size, "%s could not be stored", path);
        result = settle(cloud, folder, copy, &film);
    }
    if (result < 0) {
        (void)unlink(copy); /* may not exist */
        return result;
    }
    *ret = film;
    return 0;
}
