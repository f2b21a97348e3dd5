/* The model programme (モデル番組表, terms 3(5), 20) and the rule that decides what plays.
 */
#ifndef MACHIAI_CORE_PROGRAMME_H
#define MACHIAI_CORE_PROGRAMME_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "event.h"

enum {
    PROGRAMME_ITEMS_MAX = 128,
    PROGRAMME_SUBSTITUTES_MAX = 32,
    PROGRAMME_WITHDRAWN_MAX = 256,
    SHA256_SIZE = 65 /* hex */
};

#define CONTENT_KINDS(X)                                                                           \
    X(HEALTH, "health")               /* provided: health film */                                  \
    X(ADVERTISEMENT, "advertisement") /* provided */                                               \
    X(INTRODUCTION, "introduction")   /* clinic */                                                 \
    X(NOTICE, "notice")               /* clinic; drawn from its text, or a film */                 \
    X(SELF_MADE, "self_made")         /* clinic */                                                 \
    X(SUBSTITUTE, "substitute")       /* relaxation footage */

enum content_kind {
#define X(name, text) CONTENT_##name,
    CONTENT_KINDS(X)
#undef X
        CONTENT_KIND_COUNT
};

struct content {
    enum content_kind kind;
    char sha256[SHA256_SIZE]; /* file; "" for a notice that the kiosk draws */
    int64_t size;             /* bytes of the file; 0 with no file */
    int64_t duration_ms;
    char title[NAME_SIZE];
    char body[MESSAGE_SIZE];    /* notice drawn by the kiosk; lines parted by \n */
    int64_t show_from, show_to; /* broadcast period (放映期間); 0 = the programme's */
};

struct programme {
    char id[UID_SIZE];
    int64_t version;
    int64_t from, to;    /* period, [from, to) */
    int64_t distributed; /* receipt by the site; 0 = not yet */
    int64_t deadline;    /* approval must reach the cloud before this */
    int64_t approved;    /* cloud's receipt of the approval; 0 = none */
    struct content items[PROGRAMME_ITEMS_MAX];
    int item_count;
    struct content substitutes[PROGRAMME_SUBSTITUTES_MAX];
    int substitute_count;
    char withdrawn[PROGRAMME_WITHDRAWN_MAX][SHA256_SIZE];
    int withdrawn_count;
};

enum play_reason {
    PLAY_SCHEDULED,
    PLAY_SUBSTITUTE_UNAPPROVED, /* 20: not approved in time */
    PLAY_SUBSTITUTE_WITHDRAWN,
    PLAY_SUBSTITUTE_MISSING, /* file absent, damaged or unverified */
    PLAY_SUBSTITUTE_NO_PROGRAMME
};

struct play_item {
    const struct content *content; /* into the programme, valid as long as it is */
    int64_t duration_ms;
    enum play_reason reason;
};

bool content_provided(enum content_kind kind);
const char *content_kind_name(enum content_kind kind);
const char *play_reason_name(enum play_reason reason);

/* Approved in time: by the cloud's receipt, before the deadline, which runs only after
 * distribution. A later approval never restores the period. */
bool programme_approved(const struct programme *programme);

/* Tells whether a file is on the device and verified. */
typedef bool programme_has_file(void *context, const char *sha256);

/* The items of one round at `now`, in order. Provided items give way to substitutes of about the
 * same length unless approved in time; withdrawn or missing files always do; clinic content goes
 * on. Outside the period (or with from == to: a device that has no programme yet) and where
 * nothing is left, substitutes alone play. Returns the number of items (at most max); 0 only when
 * no substitute file is present either. */
int programme_resolve(const struct programme *programme, bool video_service, int64_t now,
                      programme_has_file *has_file, void *context, struct play_item *ret, int max);

/* Strict; -EINVAL with a path, ret untouched.
 * {"id","version","from","to","distributed","deadline","approved","items":[{"kind","sha256","size",
 *  "duration_ms","title","body","show_from","show_to"}],"substitutes":[same],"withdrawn":["..."]}
 */
int programme_from_json(const cJSON *json, struct programme *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
cJSON *programme_to_json(const struct programme *programme);

#endif
