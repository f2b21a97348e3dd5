/* The station: the kiosk's records and its line to the cloud, on a thread of its own.
 *
 * It owns the journal (SQLite), the confirmed prefix, the outbox, enrolment, programme and content
 * store. The main thread asks with station_issue() and friends, which never wait, and takes news
 * with station_poll(). A ticket is in the journal before its news is given.
 */
#ifndef MACHIAI_KIOSK_STATION_H
#define MACHIAI_KIOSK_STATION_H

#include <stdbool.h>
#include <stdint.h>

#include "programme.h"
#include "queue.h"

struct config; /* config.h */

enum {
    STATION_URL_SIZE = 256,
    STATION_DETAIL_SIZE = 256,
    STATION_ISSUES_MAX = 8,             /* requests for a number at the same time */
    STATION_FRESH_MS = 60000,           /* a call older than this is no longer cried out */
    STATION_REISSUE_MS = 10 * 60 * 1000 /* nobody waits longer for a slip that staff asked for */
};

/* Why a kiosk is not enrolled or has no line to the cloud; the names are catalogue keys. */
#define STATION_ERRORS(X)                                                                          \
    X(NONE, "")                                                                                    \
    X(NO_CODE, "link.no_code")           /* not enrolled, and [cloud] code is empty */             \
    X(UNKNOWN_CODE, "link.unknown_code") /* mistyped? */                                           \
    X(USED_CODE, "link.used_code")       /* make a new one */                                      \
    X(EXPIRED_CODE, "link.expired_code")                                                           \
    X(THROTTLED, "link.throttled")     /* too many tries: wait */                                  \
    X(CA_FILE, "link.ca_file")         /* [cloud] ca cannot be read */                             \
    X(UNTRUSTED, "link.untrusted")     /* the certificate is not vouched for: wrong [cloud] ca */  \
    X(WRONG_URL, "link.wrong_url")     /* [cloud] url names no Machiai cloud */                    \
    X(UNREACHABLE, "link.unreachable") /* network or cloud down */                                 \
    X(REVOKED, "link.revoked")         /* the cloud no longer knows this device */                 \
    X(NOT_UNDERSTOOD, "link.not_understood") /* the cloud is newer than this kiosk */              \
    X(CLOUD, "link.cloud")                   /* the cloud has a fault of its own */                \
    X(DISK, "link.disk")                     /* the disk is full or fails */

enum station_error {
#define X(name, text) STATION_ERROR_##name,
    STATION_ERRORS(X)
#undef X
        STATION_ERROR_COUNT
};
const char *station_error_key(enum station_error error);

/* Catalogue keys of STATION_REFUSED: "refused.closed" (outside the hours, or ended by staff),
 * "refused.paused", "refused.full" (intake limit), "refused.unavailable" (anything else: not
 * enrolled, nothing known of the clinic yet, disk full). */

/* How long a kiosk waits for the cloud's number before it uses its own series (design: Numbers). */
enum { STATION_OFFER_MS = 700 };

enum station_news_kind {
    STATION_QUEUE,     /* the queue changed: queue (a copy, owned by the receiver) */
    STATION_TICKET,    /* a number is there and durable: ticket */
    STATION_REFUSED,   /* the request got no ticket: text is a catalogue key */
    STATION_LINK,      /* online / offline, enrolled, clock: status */
    STATION_PROGRAMME, /* programme (owned by the receiver; NULL = there is none) replaced, or a
                          file arrived or went */
    STATION_CALL,      /* a fresh call to be shown on the stage: ticket (number, room, desk_no) */
    STATION_REISSUE    /* staff asked for one more slip: ticket, print_count 2 or more */
};

struct station_ticket {
    char id[UID_SIZE];
    struct number number;
    char service[KEY_SIZE];
    char language[8];
    int desk_no;
    char room[KEY_SIZE];
    int before;
    int64_t accepted_ms;
    struct session session;
    char url[STATION_URL_SIZE]; /* holder's page, "" when the cloud gave none */
    char code[16];   /* for people, "7K4Q-9M2X"; "" for a number of the kiosk's own series */
    char check[8];   /* 4 hex digits that only this device can make */
    int print_count; /* of the slip that is to be printed now; 0 = do not print */
    bool recovered;  /* issued before a restart, so a slip may exist already: ask the printer
                        (printer_find), send nothing. A request that got its number only after the
                        restart is new: it comes with request 0, and its slip is printed */
};

struct station_status {
    bool enrolled, online, clock_trusted;
    char letter;
    char device[UID_SIZE];
    char error[32];                   /* why not enrolled or offline: a key of STATION_ERRORS */
    char detail[STATION_DETAIL_SIZE]; /* the same as an English sentence, for logs and support */
    int outbox;                       /* events not yet confirmed */
};

struct station_news {
    enum station_news_kind kind;
    int64_t request; /* of station_issue, 0 = none */
    struct queue *queue;
    struct programme *programme;
    struct station_ticket ticket;
    struct station_status status;
    int64_t now_ms; /* site time at the call (STATION_CALL) */
    char text[64];  /* STATION_REFUSED: a catalogue key */
};

struct station_options {
    const struct config *config; /* must outlive the station */
    /* Wakes the main loop when news is there; called from the station's thread. */
    void (*wake)(void *context);
    void *context;
};

struct station;

/* -EBUSY: another kiosk uses the data directory; -EPROTO: a newer kiosk wrote it; -ENOSPC, -EIO:
 * it cannot be written. An unreachable cloud is no failure: see STATION_LINK. */
int station_create(const struct station_options *options, struct station **ret)
    __attribute__((warn_unused_result));
/* Stops the thread, closes the journal. Undelivered news is freed. */
void station_destroy(struct station *station);

/* Asks for a ticket. `request` comes back with its news, within STATION_OFFER_MS and the disk's
 * time. service "" = the first that gives numbers. -EAGAIN: too many are under way. */
int station_issue(struct station *station, int64_t request, const char *service,
                  const char *language) __attribute__((warn_unused_result));
/* The fate of a slip, from the printing thread or the main thread: outcome "submitted" (job_id and
 * job_uuid are known), "printed", "failed", "unknown". -EINVAL for another word, -EAGAIN when the
 * station does not keep up. */
int station_slip(struct station *station, const char *ticket, int print_count, const char *outcome,
                 int job_id, const char *job_uuid) __attribute__((warn_unused_result));
/* The printer's state in IPP words, sent to the cloud with the device's status. */
void station_printer(struct station *station, const char *reasons);
/* What plays now (SHA-256, or "" for nothing), sent with the device's status. */
void station_playing(struct station *station, const char *content);

/* Takes the next news; the receiver owns queue and programme in it (station_news_finish). */
bool station_poll(struct station *station, struct station_news *ret);
void station_news_finish(struct station_news *news);

/* Path of a verified file of the content store, or false when it is not there. Any thread. */
bool station_file(struct station *station, const char *sha256, char *path, size_t size);
/* Site time now in ms UTC, from trusted time where there is any; false: no time is known. */
bool station_now(struct station *station, int64_t *ret);

#endif
