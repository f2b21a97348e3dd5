/* The model programme (モデル番組表, terms 3(5), 20) and the rule that decides what plays.
 *
 * A site's devices get one signed document, struct programme_set: the programmes of the present and
 * the coming periods, the clinic's own content, substitutes and withdrawals. Nothing else ever
 * plays.
 */
#ifndef MACHIAI_CORE_PROGRAMME_H
#define MACHIAI_CORE_PROGRAMME_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "event.h"

enum {
    PROGRAMME_FORMAT = 1,
    PROGRAMME_ITEMS_MAX = 128,
    PROGRAMME_SUBSTITUTES_MAX = 32,
    PROGRAMME_CLINIC_MAX = 64,
    PROGRAMME_WITHDRAWN_MAX = 256,
    PROGRAMME_SET_MAX = 4,                /* programmes of one document */
    PROGRAMME_DOCUMENT_MAX = 1024 * 1024, /* bytes of its text */
    CONTENT_PAGE_SIZE = 2048,
    CONTENT_PHOTOS_MAX = 4, /* of one page */
    SHA256_SIZE = 65        /* hex */
};

#define CONTENT_KINDS(X)                                                                           \
    X(HEALTH, "health")               /* provided: health film */                                  \
    X(ADVERTISEMENT, "advertisement") /* provided */                                               \
    X(INTRODUCTION, "introduction")   /* clinic; drawn from its page, or a film */                 \
    X(NOTICE, "notice")               /* clinic; drawn from its page or text, or a film */         \
    X(SELF_MADE, "self_made")         /* clinic */                                                 \
    X(SUBSTITUTE, "substitute")       /* relaxation footage */

enum content_kind {
#define X(name, text) CONTENT_##name,
    CONTENT_KINDS(X)
#undef X
        CONTENT_KIND_COUNT
};

/* How an item comes after the one before. Without a word of the programme a still item is faded in
 * and out, and films, which have beginnings and ends of their own, follow each other by a cut. */
enum content_change { CONTENT_CHANGE_USUAL, CONTENT_CHANGE_CUT, CONTENT_CHANGE_FADE };

struct content {
    enum content_kind kind;
    char id[UID_SIZE];        /* of clinic content; else "" */
    char sha256[SHA256_SIZE]; /* file; "" for a still item that the kiosk draws */
    int64_t size;             /* bytes of the file; 0 with no file */
    int64_t duration_ms;
    char title[NAME_SIZE];
    char body[MESSAGE_SIZE];      /* still item without a page; lines parted by \n */
    char page[CONTENT_PAGE_SIZE]; /* still item: JSON text of {"template":KEY,"fields":{NAME:TEXT},
                                     "photos":{NAME:SHA256}}; on the wire an object; else "" */
    char photos[CONTENT_PHOTOS_MAX][SHA256_SIZE]; /* files that the page needs */
    int photo_count;
    int64_t show_from, show_to;   /* broadcast period (放映期間), [from, to); 0 = open */
    int weekdays;                 /* bit 0 = Sunday; 0 = every day */
    int daypart_from, daypart_to; /* minutes of the site's day, [from, to); equal = all day; from
                                     > to runs over midnight and belongs to the day it began */
    enum content_change change;
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
};

/* About 2 MB: keep it on the heap. */
struct programme_set {
    char site[UID_SIZE];
    int64_t edition; /* grows; a device refuses a lower one */
    int64_t made;    /* ms */
    int64_t expires; /* provided content does not play from then on; 0 = holds no programme */
    int utc_offset_min;
    bool video_service;                             /* of the contract (terms 4) */
    struct programme programmes[PROGRAMME_SET_MAX]; /* of two in force the first one counts */
    int programme_count;
    struct content clinic[PROGRAMME_CLINIC_MAX];
    int clinic_count;
    struct content substitutes[PROGRAMME_SUBSTITUTES_MAX];
    int substitute_count;
    char withdrawn[PROGRAMME_WITHDRAWN_MAX][SHA256_SIZE];
    int withdrawn_count;
};

#define PLAY_REASONS(X)                                                                            \
    X(SCHEDULED, "scheduled")                                                                      \
    X(SUBSTITUTE_UNAPPROVED, "unapproved") /* 20: not approved in time */                          \
    X(SUBSTITUTE_WITHDRAWN, "withdrawn")                                                           \
    X(SUBSTITUTE_MISSING, "missing") /* file absent or damaged */                                  \
    X(SUBSTITUTE_NO_PROGRAMME, "no_programme")                                                     \
    X(SUBSTITUTE_UNVERIFIED, "unverified") /* file here, its bytes not yet verified */             \
    X(SUBSTITUTE_EXPIRED, "expired")       /* the document's time is over */                       \
    X(SUBSTITUTE_NO_TIME, "no_time")       /* it may be the time for it, or not */

enum play_reason {
#define X(name, text) PLAY_##name,
    PLAY_REASONS(X)
#undef X
        PLAY_REASON_COUNT
};

struct play_item {
    const struct content *content;     /* into the set, valid as long as it is */
    const struct content *planned;     /* what it stands for: content itself, or what gave way to a
                                          substitute; NULL where substitutes alone play */
    const struct programme *programme; /* that planned belongs to; NULL = to none */
    int index; /* of planned in programme->items or in the set's clinic; -1 without planned */
    int64_t duration_ms;
    enum play_reason reason;
};

bool content_provided(enum content_kind kind);
const char *content_kind_name(enum content_kind kind);
const char *play_reason_name(enum play_reason reason);
/* -EINVAL: no kind, or reason, has that name. */
int content_kind_from_name(const char *name, enum content_kind *ret)
    __attribute__((warn_unused_result));
int play_reason_from_name(const char *name, enum play_reason *ret)
    __attribute__((warn_unused_result));

/* Its broadcast period, weekdays and daypart hold at every moment of [earliest, latest], by the
 * site's clock. */
bool content_on_air(const struct content *content, int utc_offset_min, int64_t earliest,
                    int64_t latest);

/* Approved in time: by the cloud's receipt, before the deadline, which runs only after
 * distribution. A later approval never restores the period. */
bool programme_approved(const struct programme *programme);

/* That of a device which has heard of no programme: empty, video service as if contracted. */
void programme_set_init(struct programme_set *set);
/* The programme whose period holds at every moment of [earliest, latest], or NULL. */
const struct programme *programme_in_force(const struct programme_set *set, int64_t earliest,
                                           int64_t latest);

enum programme_file {
    PROGRAMME_FILE_MISSING, /* or damaged */
    PROGRAMME_FILE_UNVERIFIED,
    PROGRAMME_FILE_READY
};

/* How a file stands on the device. */
typedef enum programme_file programme_has_file(void *context, const char *sha256);

/* The items of one round at `now`, in order (terms 20). The items of the programme in force that
 * are on air, its provided ones giving way to substitutes of about the same length unless it was
 * approved in time; withdrawn, missing or unverified files always do. Without such items,
 * substitutes alone. The clinic's own content goes on in and outside of periods, spread evenly
 * among these. A set that has expired plays no provided content. Without the video service, by the
 * set or by video_service: nothing. Returns the number of items (at most max); otherwise 0 only
 * when no file that may play is present. */
int programme_resolve(const struct programme_set *set, bool video_service, int64_t now,
                      programme_has_file *has_file, void *context, struct play_item *ret, int max);
/* The same where the time is known only to lie in [earliest, latest]: what plays would play as
 * scheduled at every moment of it. Nobody knows any more: latest = INT64_MAX. */
int programme_resolve_between(const struct programme_set *set, bool video_service, int64_t earliest,
                              int64_t latest, programme_has_file *has_file, void *context,
                              struct play_item *ret, int max);

/* -- wire ----------------------------------------------------------------------------------------
 * Strict; -EINVAL with a path, -ENOMEM; ret untouched then.
 * content: {"kind","id"?,"sha256"?,"size","duration_ms","title","body"?,"page"?,"show_from"?,
 *  "show_to"?,"weekdays"?,"daypart_from"?,"daypart_to"?,"change"?:"cut"|"fade"}
 * programme: {"id","version","from","to","distributed","deadline","approved","items":[content]}
 * set: {"format":1,"site","edition","made","expires","utc_offset_min","video_service",
 *  "programmes":[programme],"clinic":[content],"substitutes":[content],"withdrawn":[sha256]} */
int content_from_json(const cJSON *json, struct content *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
int programme_from_json(const cJSON *json, struct programme *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
int programme_set_from_json(const cJSON *json, struct programme_set *ret, char *error,
                            size_t error_size) __attribute__((warn_unused_result));
/* The caller owns the result; NULL: out of memory. */
cJSON *content_to_json(const struct content *content);
cJSON *programme_to_json(const struct programme *programme);
cJSON *programme_set_to_json(const struct programme_set *set);

#endif
