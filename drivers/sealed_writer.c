#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sealed_private.h"

struct sealed_writer {
    int fd;
    uint8_t key[SEALED_KEY_SIZE];
    int64_t chunks; /* on the disk */
    bool finished;
    int64_t size;    /* of the text, when finished */
    int64_t flushed; /* the disk was told to write up to here */
    size_t held;     /* bytes of text that wait: the chunk after those may be the last */
    uint8_t text[SEALED_CHUNK_SIZE];
    uint8_t frame[SEALED_FRAME_SIZE];
};

static int write_all(int fd, const uint8_t *bytes, size_t count, int64_t offset)
{
    while (count > 0) {
        ssize_t n = pwrite(fd, bytes, count, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -ENOSPC;
        bytes += n;
        offset += n;
        count -= (size_t)n;
    }
    return 0;
}

/* A film that piles up in memory is written in one go by whoever asks for the disk next, which may
 * be the journal with a ticket in hand. */
static void flush_early(struct sealed_writer *writer)
{
    int64_t end = sealed_chunk_at(writer->chunks);
    if (end - writer->flushed < SEALED_FLUSH_SIZE)
        return;
    (void)sync_file_range(writer->fd, writer->flushed, end - writer->flushed,
                          SYNC_FILE_RANGE_WRITE);
    writer->flushed = end;
}

static int seal_held(struct sealed_writer *writer, bool last)
{
    uint8_t bound[SEALED_BOUND_SIZE];
    unsigned long long sealed = 0;
    sealed_chunk_bind(writer->chunks, last, bound);
    randombytes_buf(writer->frame, SEALED_NONCE_SIZE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        writer->frame + SEALED_NONCE_SIZE, &sealed, writer->text, writer->held, bound, sizeof bound,
        NULL, writer->frame, writer->key);
    int r = write_all(writer->fd, writer->frame, SEALED_NONCE_SIZE + (size_t)sealed,
                      sealed_chunk_at(writer->chunks));
    if (r < 0)
        return r;
    writer->chunks++;
    writer->held = 0;
    flush_early(writer);
    return 0;
}

/* -- going on ---------------------------------------------------------------------------------- */

static int begin(struct sealed_writer *writer)
{
    writer->chunks = 0;
    writer->flushed = 0;
    writer->held = 0;
    writer->finished = false;
    if (ftruncate(writer->fd, 0) < 0)
        return -errno;
    return write_all(writer->fd, sealed_magic, SEALED_HEADER_SIZE, 0);
}

/* The file is whole: its last chunk says so. */
static bool was_finished(struct sealed_writer *writer, int64_t disk_size)
{
    int64_t size = sealed_text_size(disk_size);
    if (size < 0)
        return false;
    int64_t index = size == 0 ? 0 : (size - 1) / SEALED_CHUNK_SIZE;
    size_t length = (size_t)(disk_size - sealed_chunk_at(index));
    if (sealed_chunk_open(writer->fd, writer->key, index, true, length, writer->frame,
                          writer->text) < 0)
        return false;
    writer->finished = true;
    writer->size = size;
    writer->chunks = index + 1;
    return true;
}

/* Keeps the whole chunks; those at the end that a power cut spoilt go, too. */
static int go_on(struct sealed_writer *writer)
{
    struct stat status;
    uint8_t magic[SEALED_HEADER_SIZE];
    if (fstat(writer->fd, &status) < 0)
        return -errno;
    if (pread(writer->fd, magic, sizeof magic, 0) != (ssize_t)sizeof magic ||
        memcmp(magic, sealed_magic, sizeof magic) != 0)
        return begin(writer);
    if (was_finished(writer, status.st_size))
        return 0;
    int64_t chunks = (status.st_size - SEALED_HEADER_SIZE) / SEALED_FRAME_SIZE;
    while (chunks > 0 && sealed_chunk_open(writer->fd, writer->key, chunks - 1, false,
                                           SEALED_FRAME_SIZE, writer->frame, writer->text) < 0)
        chunks--;
    writer->chunks = chunks;
    writer->flushed = sealed_chunk_at(chunks);
    return ftruncate(writer->fd, (off_t)sealed_chunk_at(chunks)) < 0 ? -errno : 0;
}

int sealed_writer_open(const char *path, const uint8_t key[static SEALED_KEY_SIZE],
                       struct sealed_writer **ret)
{
    struct sealed_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return -ENOMEM;
    memcpy(writer->key, key, sizeof writer->key);
    writer->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int r = writer->fd < 0 ? -errno : go_on(writer);
    if (r < 0) {
        sealed_writer_close(writer);
        return r;
    }
    *ret = writer;
    return 0;
}

void sealed_writer_close(struct sealed_writer *writer)
{
    if (!writer)
        return;
    if (writer->fd >= 0)
        close(writer->fd);
    sodium_memzero(writer, sizeof *writer);
    free(writer);
}

int64_t sealed_writer_size(const struct sealed_writer *writer)
{
    return writer->finished ? writer->size
                            : writer->chunks * SEALED_CHUNK_SIZE + (int64_t)writer->held;
}

bool sealed_writer_finished(const struct sealed_writer *writer)
{
    return writer->finished;
}

int sealed_writer_restart(struct sealed_writer *writer)
{
    return begin(writer);
}

int sealed_writer_write(struct sealed_writer *writer, const void *bytes, size_t count)
{
    const uint8_t *from = bytes;
    if (writer->finished)
        return -EINVAL;
    while (count > 0) {
        if (writer->held == SEALED_CHUNK_SIZE) {
            int r = seal_held(writer, false); /* more comes: it is not the last */
            if (r < 0)
                return r;
        }
        size_t take = SEALED_CHUNK_SIZE - writer->held;
        if (take > count)
            take = count;
        memcpy(writer->text + writer->held, from, take);
        writer->held += take;
        from += take;
        count -= take;
    }
    return 0;
}

int sealed_writer_finish(struct sealed_writer *writer)
{
    if (!writer->finished) {
        int64_t size = sealed_writer_size(writer);
        int r = seal_held(writer, true);
        if (r < 0)
            return r;
        writer->finished = true;
        writer->size = size;
    }
    return 0;
}

int sealed_writer_sync(struct sealed_writer *writer)
{
    return fdatasync(writer->fd) < 0 ? -errno : 0;
}
