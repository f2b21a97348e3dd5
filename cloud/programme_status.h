/* How far a site's devices are with what they are to play (status reports, terms app. 1). */
#ifndef MACHIAI_CLOUD_PROGRAMME_STATUS_H
#define MACHIAI_CLOUD_PROGRAMME_STATUS_H

#include <cjson/cJSON.h>

#include "decode.h"
#include "identity.h"
#include "programme.h"

enum {
    PROGRAMME_STATUS_TITLE_SIZE = NAME_SIZE,
    PROGRAMME_STATUS_FAULT_SIZE = 25,
    PROGRAMME_STATUS_FILES_MAX = 100000
};

struct programme_status {
    int64_t edition;    /* of the document that the device plays by; 0 = has none */
    int files, present; /* that it needs, and that it has */
    bool confirmed;     /* document and files are verified */
    char fault[PROGRAMME_STATUS_FAULT_SIZE]; /* why it does not play by the newest, "" = it does */
    char playing[PROGRAMME_STATUS_TITLE_SIZE]; /* title on the screen, "" = none */
};

/* Reads {"edition","files","present","confirmed","fault","playing"}; a mistake is the decoder's. */
void programme_status_read(struct decoder *decoder, const cJSON *json,
                           struct programme_status *ret);
int programme_status_put(struct db *db, const char *site, const char *device,
                         const struct programme_status *status, int64_t now)
    __attribute__((warn_unused_result));

/* A programme as far as it matters to its devices. */
struct programme_progress {
    int64_t from, to, distributed, changed;
};

/* [{"device","name","state","edition","files","present","confirmed","fault","playing","at"}] of a
 * site's devices, revoked ones left out; state: unknown (never told), waiting (has not got this
 * version), downloading, downloaded, confirmed, playing. NULL: not to be read. */
cJSON *programme_status_json(struct db *db, struct identity *identity, const char *site,
                             const struct programme_progress *programme, int64_t now);

#endif
