/* What the backend remembers between its runs, in CUPS's cache directory.
 *
 * A marker for each job, so that none is ever sent twice: made before the first byte goes out, by a
 * call that fails when it is there. It has to lie on the same storage as CUPS's spool, so that a
 * power cut forgets both or none.
 *
 * A note for each queue: how its printer answers, and whether a slip was left unfinished in it. A
 * lost note costs a few seconds at the next job, nothing more.
 */
#ifndef MACHIAI_CUPS_ESCPOS_MEMORY_H
#define MACHIAI_CUPS_ESCPOS_MEMORY_H

#include <stdbool.h>

#include "escpos_device.h"
#include "escpos_lock.h"

enum {
    ESCPOS_MEMORY_PATH_SIZE = 512,
    ESCPOS_UUID_SIZE = 64,
    ESCPOS_MARKERS_MAX = 1024 /* the older half is forgotten when there are more */
};

struct escpos_memory {
    char markers[ESCPOS_MEMORY_PATH_SIZE];
    char note[ESCPOS_MEMORY_PATH_SIZE];
    char key[ESCPOS_LOCK_KEY_SIZE]; /* a note about another device does not count */
};

enum escpos_marker {
    ESCPOS_MARKER_NONE,
    ESCPOS_MARKER_BEGUN,  /* bytes of this job may have gone out */
    ESCPOS_MARKER_PRINTED /* the printer has confirmed it */
};

enum escpos_known { ESCPOS_UNKNOWN, ESCPOS_YES, ESCPOS_NO };
enum escpos_confirm {
    ESCPOS_CONFIRM_UNKNOWN,
    ESCPOS_CONFIRM_ID,    /* GS ( H */
    ESCPOS_CONFIRM_PAPER, /* GS r 1 */
    ESCPOS_CONFIRM_NONE   /* it answers questions about its state only */
};

struct escpos_habits {
    enum escpos_known answers;
    enum escpos_confirm confirm;
    bool torn; /* a slip was begun and not confirmed: its rest may still be in the printer */
};

/* Makes the directories. cache: CUPS_CACHEDIR; queue: its name. */
int escpos_memory_open(const char *cache, const char *queue, const struct escpos_address *address,
                       struct escpos_memory *ret) __attribute__((warn_unused_result));

/* Text after "job-uuid=urn:uuid:" of a backend's options. -ENOENT when there is none. */
int escpos_memory_uuid(const char *options, char ret[static ESCPOS_UUID_SIZE])
    __attribute__((warn_unused_result));

/* Whether a backend's options say that the printer has answered the client. */
bool escpos_memory_heard(const char *options);

enum escpos_marker escpos_memory_marker(const struct escpos_memory *memory, const char *uuid);
/* On the disk when it returns 0; -EEXIST: this job has been here before. */
int escpos_memory_begin(const struct escpos_memory *memory, const char *uuid)
    __attribute__((warn_unused_result));
void escpos_memory_printed(const struct escpos_memory *memory, const char *uuid);
/* Keeps the number of markers bounded. */
void escpos_memory_prune(const struct escpos_memory *memory);

/* What cannot be read is unknown. */
void escpos_memory_load(const struct escpos_memory *memory, struct escpos_habits *ret);
int escpos_memory_save(const struct escpos_memory *memory, const struct escpos_habits *habits)
    __attribute__((warn_unused_result));

#endif
