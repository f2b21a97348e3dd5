/* The content store: films and photographs named by their SHA-256, in DIR/contents, sealed at rest
 * (sealed_file.h) with keys that follow from the device's own (DIR/device.key).
 *
 * A file is given out only after this process has opened every chunk of it and the hash of what was
 * in them was right: at start every file is read again. What is damaged is removed; what an earlier
 * version left in clear is sealed. This happens on a thread of its own, so that a slow card holds
 * nobody up.
 */
#ifndef MACHIAI_KIOSK_STORE_H
#define MACHIAI_KIOSK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "programme.h"
#include "sealed_file.h"

enum {
    STORE_FILES_MAX = 1024,
    STORE_PATH_SIZE = 768,
    STORE_PHOTO_MAX = 8 * 1024 * 1024, /* bytes of a photograph */
    /* Free bytes that media never take: the journal must always have room. */
    STORE_RESERVE_BYTES = 256 * 1024 * 1024
};

struct store_event {
    char sha256[SHA256_SIZE];
    bool good; /* it can be played now; else it was damaged and is gone */
};

/* What is needed to play a file. */
struct store_film {
    char path[STORE_PATH_SIZE];
    uint8_t key[SEALED_KEY_SIZE]; /* of this file alone */
};

struct store;

/* Tells whether a file must stay. */
typedef bool store_needed(const char *sha256, void *context);

/* notify is called from the store's thread when store_event() has something. */
int store_create(const char *dir, void (*notify)(void *context), void *context, struct store **ret)
    __attribute__((warn_unused_result));
void store_destroy(struct store *store);

bool store_sha256_valid(const char *text);

/* -- files; any thread --------------------------------------------------------------------------
 */
/* UNVERIFIED: it is there and waits to be read. */
enum programme_file store_find(struct store *store, const char *sha256);
/* A verified file; false: it is none. */
bool store_film(struct store *store, const char *sha256, struct store_film *ret);
/* All bytes of a verified file; the caller frees them. -ENOENT: it is none; -EFBIG: longer than
 * max; -EBADMSG: damaged since (it is read again, and removed). */
int store_bytes(struct store *store, const char *sha256, size_t max, uint8_t **ret,
                size_t *ret_size) __attribute__((warn_unused_result));
/* Whoever used the file found it damaged: it is not given out until it was read again. */
void store_doubt(struct store *store, const char *sha256);

/* -- downloads -------------------------------------------------------------------------------- */
/* Begins a download of it, or goes on with one; the caller closes the writer. */
int store_part(struct store *store, const char *sha256, struct sealed_writer **ret)
    __attribute__((warn_unused_result));
/* The download is finished and closed: verify it, then put it in its place. -EAGAIN: too many
 * files. */
int store_complete(struct store *store, const char *sha256) __attribute__((warn_unused_result));
/* Throws a download away. */
void store_discard(struct store *store, const char *sha256);
/* Throws away begun downloads that nobody needs any more. */
void store_sweep(struct store *store, store_needed *needed, void *context);

/* True when `bytes` more fit beside the reserve; if need be, files that are not among the needed
 * go first. Needed ones never do. */
bool store_room(struct store *store, int64_t bytes, store_needed *needed, void *context);
/* Files that are not among the needed go now. */
void store_forget(struct store *store, store_needed *needed, void *context);

/* Takes the next result; false when there is none. */
bool store_event(struct store *store, struct store_event *ret);
/* Verified files; fills at most max. */
int store_list(struct store *store, char (*ret)[SHA256_SIZE], int max);

#endif
