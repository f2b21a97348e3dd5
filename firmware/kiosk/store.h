/* The content store: films named by their SHA-256, in DIR/contents.
 *
 * A file is given out only after this process has read it and its hash was right: at start every
 * file is read again. What is damaged is removed. Reading happens on a thread of its own, so that
 * a slow card holds nobody up.
 */
#ifndef MACHIAI_KIOSK_STORE_H
#define MACHIAI_KIOSK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "programme.h"

enum {
    STORE_FILES_MAX = 512,
    STORE_PATH_SIZE = 768,
    /* Free bytes that media never take: the journal must always have room. */
    STORE_RESERVE_BYTES = 256 * 1024 * 1024
};

struct store_event {
    char sha256[SHA256_SIZE];
    bool good; /* it can be played now; else it was damaged and is gone */
};

struct store;

/* notify is called from the store's thread when store_event() has something. */
int store_create(const char *dir, void (*notify)(void *context), void *context, struct store **ret)
    __attribute__((warn_unused_result));
void store_destroy(struct store *store);

bool store_sha256_valid(const char *text);

/* Path of a verified file; any thread. False when it is not there. */
bool store_path(struct store *store, const char *sha256, char *path, size_t size);
/* The file is verified, or is being read to find out. */
bool store_known(struct store *store, const char *sha256);
/* Where a download of it is to be written, and how many bytes are there already. */
int64_t store_part(struct store *store, const char *sha256, char *path, size_t size);
/* The download is complete: verify it, then put it in its place. -EAGAIN: too many wait. */
int store_complete(struct store *store, const char *sha256) __attribute__((warn_unused_result));
/* Throws a download away. */
void store_discard(struct store *store, const char *sha256);
/* Throws away begun downloads that nobody needs any more. */
void store_sweep(struct store *store, bool (*needed)(const char *sha256, void *context),
                 void *context);

/* True when `bytes` more fit beside the reserve; if need be, files that are not among the needed
 * go first. */
bool store_room(struct store *store, int64_t bytes,
                bool (*needed)(const char *sha256, void *context), void *context);

/* Takes the next result; false when there is none. */
bool store_event(struct store *store, struct store_event *ret);
/* Verified files; fills at most max. */
int store_list(struct store *store, char (*ret)[SHA256_SIZE], int max);

#endif
