/* Reading files on the store's thread: is it what its name says? */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_private.h"

struct hash {
    crypto_hash_sha256_state state;
};

static bool is_hash(struct hash *hash, const char *sha256)
{
    unsigned char bytes[crypto_hash_sha256_BYTES];
    char hex[SHA256_SIZE];
    crypto_hash_sha256_final(&hash->state, bytes);
    (void)sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    return strcmp(hex, sha256) == 0;
}

static int rename_to_sealed(const struct store *store, const char *sha256, const char *from)
{
    char final[STORE_PATH_SIZE];
    store_path_of(store, sha256, STORE_SEALED, final, sizeof final);
    return rename(from, final) < 0 ? -errno : 1;
}

/* -- a sealed one ------------------------------------------------------------------------------ */

static int hash_sealed(struct store *store, struct sealed_reader *reader, const char *sha256)
{
    struct hash hash;
    uint8_t *buffer = malloc(SEALED_CHUNK_SIZE);
    int64_t at = 0;
    ssize_t n = buffer ? 1 : -ENOMEM;
    crypto_hash_sha256_init(&hash.state);
    while (n > 0) {
        n = store_stopping(store) ? -ECANCELED
                                  : sealed_reader_read(reader, at, buffer, SEALED_CHUNK_SIZE);
        if (n > 0)
            crypto_hash_sha256_update(&hash.state, buffer, (unsigned long long)n);
        at += n;
    }
    free(buffer);
    if (n < 0)
        return n == -EBADMSG ? 0 : (int)n;
    return is_hash(&hash, sha256);
}

/* A download is on the disk before it has its name: what is played must be what was read. */
static int check_sealed(struct store *store, const struct store_file *file, const char *path)
{
    uint8_t key[SEALED_KEY_SIZE];
    struct sealed_reader *reader = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    sealed_key_of(store->key, file->sha256, key);
    int r = sealed_reader_open(fd, key, &reader);
    if (r == 0)
        r = hash_sealed(store, reader, file->sha256);
    else if (r == -EBADMSG)
        r = 0;
    if (r == 1 && file->form == STORE_PART && fdatasync(fd) < 0)
        r = -errno;
    sealed_reader_close(reader);
    sodium_memzero(key, sizeof key);
    close(fd);
    if (r == 1 && file->form == STORE_PART)
        r = rename_to_sealed(store, file->sha256, path);
    return r;
}

/* -- a clear one ------------------------------------------------------------------------------- */

static int seal_all(struct store *store, int fd, struct sealed_writer *writer, const char *sha256)
{
    struct hash hash;
    uint8_t *buffer = malloc(SEALED_CHUNK_SIZE);
    int r = buffer ? 0 : -ENOMEM;
    ssize_t n = 1;
    crypto_hash_sha256_init(&hash.state);
    while (r == 0 && n > 0) {
        n = read(fd, buffer, SEALED_CHUNK_SIZE);
        if (n < 0)
            r = -errno;
        else if (store_stopping(store))
            r = -ECANCELED;
        else if (n > 0)
            r = sealed_writer_write(writer, buffer, (size_t)n);
        if (r == 0 && n > 0)
            crypto_hash_sha256_update(&hash.state, buffer, (unsigned long long)n);
    }
    free(buffer);
    if (r < 0)
        return r;
    if (!is_hash(&hash, sha256))
        return 0;
    r = sealed_writer_finish(writer);
    if (r == 0)
        r = sealed_writer_sync(writer);
    return r < 0 ? r : 1;
}

/* The clear file goes when the sealed one is whole on the disk and has its name. */
static int seal(struct store *store, const char *sha256, const char *path)
{
    char draft[STORE_PATH_SIZE];
    uint8_t key[SEALED_KEY_SIZE];
    struct sealed_writer *writer = NULL;
    struct stat status;
    store_path_of(store, sha256, STORE_DRAFT, draft, sizeof draft);
    (void)unlink(draft); /* of an earlier try */
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int r = fd < 0 || fstat(fd, &status) < 0 ? -errno : 0;
    if (r == 0 && !store_fits(store, sealed_disk_size(status.st_size)))
        r = -ENOSPC;
    sealed_key_of(store->key, sha256, key);
    if (r == 0)
        r = sealed_writer_open(draft, key, &writer);
    if (r == 0)
        r = seal_all(store, fd, writer, sha256);
    sealed_writer_close(writer);
    sodium_memzero(key, sizeof key);
    if (fd >= 0)
        close(fd);
    if (r == 1)
        r = rename_to_sealed(store, sha256, draft);
    if (r == 1)
        (void)unlink(path); /* if it stays, the next start takes it away */
    else
        (void)unlink(draft);
    return r;
}

/* -------------------------------------------------------------------------------------------- */

int store_check(struct store *store, const struct store_file *file)
{
    char path[STORE_PATH_SIZE];
    store_path_of(store, file->sha256, file->form, path, sizeof path);
    if (file->form == STORE_CLEAR)
        return seal(store, file->sha256, path);
    return check_sealed(store, file, path);
}

void store_remove(const struct store *store, const struct store_file *file)
{
    char path[STORE_PATH_SIZE];
    store_path_of(store, file->sha256, file->form, path, sizeof path);
    (void)unlink(path); /* what is not there any more is gone as well */
}
