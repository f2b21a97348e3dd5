#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sealed_private.h"

enum { PATH_SIZE = 1024 };

const unsigned char sealed_magic[SEALED_HEADER_SIZE] = {'m', 'a', 'c', 'h', 'i', 'a', 'i', '-',
                                                        's', 'e', 'a', 'l', 'e', 'd', '-', '1'};

/* -- keys -------------------------------------------------------------------------------------- */

static int read_key(int fd, uint8_t ret[static SEALED_KEY_SIZE])
{
    uint8_t bytes[SEALED_KEY_SIZE + 1];
    ssize_t n = read(fd, bytes, sizeof bytes);
    int r = n < 0 ? -errno : n == SEALED_KEY_SIZE ? 0 : -EBADMSG;
    if (r == 0)
        memcpy(ret, bytes, SEALED_KEY_SIZE);
    sodium_memzero(bytes, sizeof bytes);
    return r;
}

/* On the disk before it has its name: a key that is lost after a film was sealed costs the film. */
static int make_key(const char *dir, const char *path, uint8_t ret[static SEALED_KEY_SIZE])
{
    char draft[PATH_SIZE + 8];
    uint8_t key[SEALED_KEY_SIZE];
    (void)snprintf(draft, sizeof draft, "%s.new", path);
    randombytes_buf(key, sizeof key);
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    int r = fd < 0 ? -errno : 0;
    if (r == 0) {
        ssize_t n = write(fd, key, sizeof key);
        if (n != (ssize_t)sizeof key || fsync(fd) < 0)
            r = n < 0 || n == (ssize_t)sizeof key ? -errno : -ENOSPC;
        close(fd);
    }
    if (r == 0 && rename(draft, path) < 0)
        r = -errno;
    int folder = r == 0 ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (folder >= 0) {
        (void)fsync(folder); /* a name that is lost costs the films, which are fetched again */
        close(folder);
    }
    if (r == 0)
        memcpy(ret, key, sizeof key);
    sodium_memzero(key, sizeof key);
    return r;
}

int sealed_key_load(const char *dir, uint8_t ret[static SEALED_KEY_SIZE])
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/device.key", dir) >= (int)sizeof path)
        return -ENAMETOOLONG;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? make_key(dir, path, ret) : -errno;
    int r = read_key(fd, ret);
    close(fd);
    return r;
}

void sealed_key_of(const uint8_t device_key[static SEALED_KEY_SIZE], const char *name,
                   uint8_t ret[static SEALED_KEY_SIZE])
{
    (void)crypto_generichash(ret, SEALED_KEY_SIZE, (const unsigned char *)name, strlen(name),
                             device_key, SEALED_KEY_SIZE);
}

/* -- geometry ---------------------------------------------------------------------------------- */

enum { FRAME_REST = SEALED_NONCE_SIZE + SEALED_TAG_SIZE };

int64_t sealed_disk_size(int64_t text_size)
{
    int64_t chunks = text_size == 0 ? 1 : (text_size - 1) / SEALED_CHUNK_SIZE + 1;
    return SEALED_HEADER_SIZE + text_size + chunks * FRAME_REST;
}

int64_t sealed_text_size(int64_t disk_size)
{
    int64_t body = disk_size - SEALED_HEADER_SIZE;
    if (body < FRAME_REST)
        return -1;
    int64_t chunks = (body - 1) / SEALED_FRAME_SIZE + 1;
    int64_t last = body - (chunks - 1) * SEALED_FRAME_SIZE - FRAME_REST;
    /* only an empty text ends with an empty chunk */
    if (last < 0 || (last == 0 && chunks > 1))
        return -1;
    return (chunks - 1) * SEALED_CHUNK_SIZE + last;
}

/* -- one chunk --------------------------------------------------------------------------------- */

int64_t sealed_chunk_at(int64_t index)
{
    return SEALED_HEADER_SIZE + index * SEALED_FRAME_SIZE;
}

void sealed_chunk_bind(int64_t index, bool last, uint8_t ret[static SEALED_BOUND_SIZE])
{
    for (int i = 0; i < 8; i++)
        ret[i] = (uint8_t)((uint64_t)index >> (8 * i));
    ret[8] = last;
}

static ssize_t read_all(int fd, uint8_t *buffer, size_t count, int64_t offset)
{
    size_t got = 0;
    while (got < count) {
        ssize_t n = pread(fd, buffer + got, count - got, (off_t)(offset + (int64_t)got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

ssize_t sealed_chunk_open(int fd, const uint8_t key[static SEALED_KEY_SIZE], int64_t index,
                          bool last, size_t size, uint8_t *frame, uint8_t *ret)
{
    uint8_t bound[SEALED_BOUND_SIZE];
    unsigned long long text = 0;
    if (size < FRAME_REST || size > SEALED_FRAME_SIZE)
        return -EBADMSG;
    ssize_t got = read_all(fd, frame, size, sealed_chunk_at(index));
    if (got < 0)
        return got;
    sealed_chunk_bind(index, last, bound);
    if ((size_t)got != size || crypto_aead_xchacha20poly1305_ietf_decrypt(
                                   ret, &text, NULL, frame + SEALED_NONCE_SIZE,
                                   size - SEALED_NONCE_SIZE, bound, sizeof bound, frame, key) != 0)
        return -EBADMSG;
    return (ssize_t)text;
}

/* -- reading ----------------------------------------------------------------------------------- */

struct sealed_reader {
    int fd;
    uint8_t key[SEALED_KEY_SIZE];
    int64_t disk_size, size; /* of the file; of its text */
    int64_t held;            /* chunk that is open; -1 = none */
    size_t held_size;
    uint8_t text[SEALED_CHUNK_SIZE];
    uint8_t frame[SEALED_FRAME_SIZE];
};

static int hold(struct sealed_reader *reader, int64_t index)
{
    if (reader->held == index)
        return 0;
    int64_t left = reader->disk_size - sealed_chunk_at(index);
    bool last = left <= SEALED_FRAME_SIZE;
    reader->held = -1;
    ssize_t got =
        sealed_chunk_open(reader->fd, reader->key, index, last,
                          last ? (size_t)left : SEALED_FRAME_SIZE, reader->frame, reader->text);
    if (got < 0)
        return (int)got;
    reader->held = index;
    reader->held_size = (size_t)got;
    return 0;
}

int sealed_reader_open(int fd, const uint8_t key[static SEALED_KEY_SIZE],
                       struct sealed_reader **ret)
{
    struct stat status;
    uint8_t magic[SEALED_HEADER_SIZE];
    if (fstat(fd, &status) < 0)
        return -errno;
    ssize_t got = read_all(fd, magic, sizeof magic, 0);
    if (got < 0)
        return (int)got;
    int64_t size = sealed_text_size(status.st_size);
    if (size < 0 || got != SEALED_HEADER_SIZE || memcmp(magic, sealed_magic, sizeof magic) != 0)
        return -EBADMSG;
    struct sealed_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return -ENOMEM;
    *reader =
        (struct sealed_reader){.fd = fd, .disk_size = status.st_size, .size = size, .held = -1};
    memcpy(reader->key, key, sizeof reader->key);
    int r = hold(reader, size == 0 ? 0 : (size - 1) / SEALED_CHUNK_SIZE);
    if (r == 0)
        r = hold(reader, 0);
    if (r < 0) {
        sealed_reader_close(reader);
        return r;
    }
    *ret = reader;
    return 0;
}

void sealed_reader_close(struct sealed_reader *reader)
{
    if (!reader)
        return;
    sodium_memzero(reader->key, sizeof reader->key);
    free(reader);
}

int64_t sealed_reader_size(const struct sealed_reader *reader)
{
    return reader->size;
}

ssize_t sealed_reader_read(struct sealed_reader *reader, int64_t offset, void *ret, size_t count)
{
    if (offset < 0)
        return -EINVAL;
    if (offset >= reader->size)
        return 0;
    int r = hold(reader, offset / SEALED_CHUNK_SIZE);
    if (r < 0)
        return r;
    size_t within = (size_t)(offset % SEALED_CHUNK_SIZE);
    size_t most = reader->held_size - within;
    if (count > most)
        count = most;
    memcpy(ret, reader->text + within, count);
    return (ssize_t)count;
}
