/* The diagnosis bundle on a USB stick: state, configuration without its secrets, the machine, the
 * kiosk's own log. No patient's data: no numbers, no tickets. Written by a thread of its own.
 */
#ifndef MACHIAI_KIOSK_DIAGNOSIS_H
#define MACHIAI_KIOSK_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIAGNOSIS_LOG_MAX = 1024 * 1024, DIAGNOSIS_PATH_SIZE = 512 };

struct diagnosis_options {
    const char *config_path; /* kiosk.conf */
    const char *places;      /* where sticks are mounted: directories separated by ':' */
    const char *name;        /* what the file is called: machiai-NAME-TIME.tar */
    void (*wake)(void *context);
    void *context;
};

struct diagnosis;

/* Begins; takes `status` (JSON text, to be freed). -ENOMEM, -EAGAIN. */
int diagnosis_start(const struct diagnosis_options *options, char *status, struct diagnosis **ret)
    __attribute__((warn_unused_result));
/* The outcome as a catalogue key, once the file is on the stick; else NULL. */
const char *diagnosis_poll(struct diagnosis *diagnosis);
/* Waits for its end. */
void diagnosis_destroy(struct diagnosis *diagnosis);

/* A stick that can be written: a mount below one of the places, or a place of the list that is a
 * mount or was named by itself with a trailing '/'. False when there is none. */
bool diagnosis_find_stick(const char *places, char *path, size_t size);
/* A copy of the file's text with what others may see of it (config_public_part()), "..." for the
 * rest; NULL: not readable. Caller frees. */
char *diagnosis_config(const char *path);

#endif
