/* A file at rest that only its key opens: chunks of 64 KiB, each sealed with XChaCha20-Poly1305.
 *
 * On disk: 16 bytes of magic, then chunk after chunk: nonce (24, random), text, tag (16). A chunk
 * is bound to its place, and the last one is marked, so that nothing can be changed, exchanged or
 * cut off unseen. Every chunk but the last is full, which makes any place of the text findable.
 *
 * What it protects: films on a card that is read elsewhere without the device's key. The key lies
 * on the same card, readable to the kiosk's user alone; whoever copies the whole card has both.
 *
 * sodium_init() must have been called. Errors: negative errno; -EBADMSG = no sealed file of this
 * key, or a damaged one.
 */
#ifndef MACHIAI_DRIVERS_SEALED_FILE_H
#define MACHIAI_DRIVERS_SEALED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    SEALED_KEY_SIZE = 32,
    SEALED_HEADER_SIZE = 16,
    SEALED_CHUNK_SIZE = 64 * 1024,                   /* of the text */
    SEALED_FRAME_SIZE = 24 + SEALED_CHUNK_SIZE + 16, /* a full chunk on disk */
    SEALED_FLUSH_SIZE = 1024 * 1024 /* so much is written before the disk is told to begin */
};

/* The device's key in DIR/device.key (0600), made at the first call. -EBADMSG: the file is not one;
 * it is left alone. */
int sealed_key_load(const char *dir, uint8_t ret[static SEALED_KEY_SIZE])
    __attribute__((warn_unused_result));
/* The key of one file: from the device's key and the file's name. Nobody who has it comes to the
 * device's key or to another file's. */
void sealed_key_of(const uint8_t device_key[static SEALED_KEY_SIZE], const char *name,
                   uint8_t ret[static SEALED_KEY_SIZE]);
/* Bytes on disk of a text of this size, and the reverse; the latter -1 for an impossible size. */
int64_t sealed_disk_size(int64_t text_size);
int64_t sealed_text_size(int64_t disk_size);

/* -- reading ----------------------------------------------------------------------------------- */

struct sealed_reader;

/* The descriptor stays the caller's and must outlive the reader; its file position is not used.
 * Opens the first and the last chunk, so a file that was cut is refused here. */
int sealed_reader_open(int fd, const uint8_t key[static SEALED_KEY_SIZE],
                       struct sealed_reader **ret) __attribute__((warn_unused_result));
void sealed_reader_close(struct sealed_reader *reader);
int64_t sealed_reader_size(const struct sealed_reader *reader); /* of the text */
/* Bytes read into ret, up to the end of the chunk that holds offset; 0 at the end of the text. */
ssize_t sealed_reader_read(struct sealed_reader *reader, int64_t offset, void *ret, size_t count)
    __attribute__((warn_unused_result));

/* -- writing ----------------------------------------------------------------------------------- */

struct sealed_writer;

/* Begins a file, or goes on with one that a writer of this key left, whenever that was: whole
 * chunks stay, what is broken at the end goes. Something else is begun anew. */
int sealed_writer_open(const char *path, const uint8_t key[static SEALED_KEY_SIZE],
                       struct sealed_writer **ret) __attribute__((warn_unused_result));
/* What was not sealed yet, less than a chunk and a byte, is lost unless the file is finished. */
void sealed_writer_close(struct sealed_writer *writer);
/* Bytes of the text so far, those that are not on the disk yet included. */
int64_t sealed_writer_size(const struct sealed_writer *writer);
/* It was finished, now or in an earlier run: nothing can be written any more. */
bool sealed_writer_finished(const struct sealed_writer *writer);
int sealed_writer_restart(struct sealed_writer *writer) __attribute__((warn_unused_result));
/* -EINVAL when it is finished. After a failure close it: what is on the disk can be gone on with.
 */
int sealed_writer_write(struct sealed_writer *writer, const void *bytes, size_t count)
    __attribute__((warn_unused_result));
/* Seals the last chunk. It waits for no disk; sealed_writer_sync() does. */
int sealed_writer_finish(struct sealed_writer *writer) __attribute__((warn_unused_result));
int sealed_writer_sync(struct sealed_writer *writer) __attribute__((warn_unused_result));

#endif
