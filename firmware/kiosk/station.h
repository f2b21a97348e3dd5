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

#include "call_trace.h"
#include "health.h"
#include "programme.h"
#include "queue.h"
#include "slip_trace.h"

struct config;     /* config.h */
struct play;       /* play.h */
struct store_film; /* store.h */

enum {
    STATION_URL_SIZE = 256,
    STATION_CODECS_SIZE = 32,
    STATION_DETAIL_SIZE = 256,
    STATION_FAULT_SIZE = 24,
    STATION_FINGERPRINT_SIZE = 96,
    STATION_UNSENT_MAX = 512,           /* tickets that are told to be unsent; more count as sent */
    STATION_ISSUES_MAX = 8,             /* requests for a number at the same time */
    STATION_PERSONS_MAX = 8,            /* of one party, one ticket each */
    STATION_ACTS_MAX = 16,              /* acts of staff whose news was not taken yet */
    STATION_CODE_SIZE = 192,            /* what a scanner or keypad gives, terminator included */
    STATION_FRESH_MS = 60000,           /* a call older than this is no longer cried out */
    STATION_REISSUE_MS = 10 * 60 * 1000 /* nobody waits longer for a slip that staff asked for */
};

/* Why a kiosk is not enrolled or has no line to the cloud; the names are catalogue keys. */
#define STATION_ERRORS(X)                                                                          \
    X(NONE, "")                                                                                    \
    X(NO_CODE, "link.no_code")           /* the identity is damaged; a new code is needed */       \
    X(PAIRING, "link.pairing")           /* not enrolled; status.pairing waits to be confirmed */  \
    X(UNKNOWN_CODE, "link.unknown_code") /* mistyped? */                                           \
    X(USED_CODE, "link.used_code")       /* make a new one */                                      \
    X(EXPIRED_CODE, "link.expired_code")                                                           \
    X(THROTTLED, "link.throttled")     /* too many tries: wait */                                  \
    X(CA_FILE, "link.ca_file")         /* [cloud] ca cannot be read */                             \
    X(UNTRUSTED, "link.untrusted")     /* the certificate is not vouched for: wrong [cloud] ca */  \
    X(WRONG_URL, "link.wrong_url")     /* [cloud] url names no Machiai cloud */                    \
    X(UNREACHABLE, "link.unreachable") /* network or cloud down */                                 \
    X(REVOKED, "link.revoked")         /* the cloud no longer knows this device */                 \
    X(MOVING, "link.moving")           /* it leaves its site: there is a new code */               \
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
 * "refused.paused", "refused.full" (intake limit), "refused.suspended" (terms 12; patients read no
 * cause), "refused.unavailable" (anything else: not enrolled, nothing known of the clinic yet, disk
 * full). Of station_check_in() also "refused.no_booking" and "refused.too_early". */

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
    STATION_REISSUE,   /* staff asked for one more slip: ticket, print_count 2 or more */
    STATION_ACTED      /* what became of station_act(): request, text, ticket ("" id when none) */
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
    char code[16];         /* for people, "7K4Q-9M2X"; "" for a number of the kiosk's own series */
    char check[8];         /* 4 hex digits that only this device can make */
    char family[UID_SIZE]; /* shared by a party; "" = one person alone */
    int person, persons;   /* 1/1 usually; 2/3: the second of three, consecutive numbers */
    bool no_voice;         /* this patient is called without voice */
    int64_t slot_from, slot_to; /* slot booking, ms UTC; 0 = none */
    int print_count;            /* of the slip that is to be printed now; 0 = do not print */
    bool recovered; /* issued before a restart, so a slip may exist already: ask the printer
                       (printer_find), send nothing. A request that got its number only after the
                       restart is new: it comes with request 0, and its slip is printed */
    bool unsent;    /* recovered, and the ledger knows of no job: if the printer knows of none
                       either, the slip was never made, so print it */
    bool begun;     /* station_options.issued took its slip */
    struct slip_trace trace;
};

/* What a patient, or one for a party, asks for. */
struct station_wish {
    char service[KEY_SIZE]; /* "" = the first that gives numbers */
    char language[8];
    int persons; /* 1..STATION_PERSONS_MAX: as many tickets with consecutive numbers */
    bool no_voice;
    struct slip_trace trace; /* touched, asked; 0 = not measured */
};

/* Staff at the kiosk: menu, keypad, buttons. */
enum station_act_kind {
    STATION_ACT_NEXT, /* call whoever is next at the desk */
    STATION_ACT_CALL,
    STATION_ACT_RECALL,
    STATION_ACT_ABSENT,
    STATION_ACT_HOLD,
    STATION_ACT_BACK, /* places; 0 = to the end */
    STATION_ACT_WAITING,
    STATION_ACT_IN_ROOM,
    STATION_ACT_IN_EXAM,
    STATION_ACT_TRANSFER, /* to_desk_no */
    STATION_ACT_ARRIVED,
    STATION_ACT_RESTORE,
    STATION_ACT_DONE,
    STATION_ACT_CANCEL,
    STATION_ACT_PAUSE, /* intake of the desk */
    STATION_ACT_RESUME,
    STATION_ACT_REISSUE, /* one more slip; the former one is void */
    STATION_ACT_UNDO     /* the ticket's last act, or, without a ticket, the last of this kiosk */
};

struct station_act {
    enum station_act_kind kind;
    int desk_no;           /* NEXT, PAUSE, RESUME; of the others 0 = the ticket's own */
    char room[KEY_SIZE];   /* calls; "" = the desk's first */
    char ticket[UID_SIZE]; /* whom it is about, */
    struct number number;  /* or, without ticket, the number that is called out; value 0 = none */
    int places;
    int to_desk_no;
    char user[NAME_SIZE]; /* who did it, "" = unknown */
    /* What whoever acted had before their eyes: the ticket's last event (of UNDO: the event that is
     * taken back). "" = as it is now. */
    char seen[UID_SIZE];
    char id[UID_SIZE]; /* of the event, so that a repetition is known; "" = a new one */
};

struct station_status {
    bool enrolled, online, clock_trusted;
    bool replaced; /* revoked, and another card or board has its place */
    struct health health;
    char letter;
    char device[UID_SIZE];
    char error[32];                     /* why not enrolled or offline: a key of STATION_ERRORS */
    char detail[STATION_DETAIL_SIZE];   /* the same as an English sentence, for logs and support */
    int outbox;                         /* events not yet confirmed */
    char pairing[16];                   /* code to show, like "ABCD-EFGH"; "" = none */
    char pairing_url[STATION_URL_SIZE]; /* the same with the cloud's address, for a camera */
    struct station_programme {
        int64_t edition;    /* of the document in force; 0 = none */
        int files, present; /* that it needs; of these: verified */
        int64_t plays;      /* that the cloud has not stored yet */
        /* "" = the newest document is in force. "none" was ever distributed; "expired"; the newest
         * was refused: "signature", "other_site", "older", "newer_format", "not_understood",
         * "stranger" (the cloud's key is not one that this device can believe). "disk_full": it is
         * in force, but a film that it needs has no room */
        char fault[STATION_FAULT_SIZE];
        char detail[STATION_DETAIL_SIZE];
    } programme;
};

struct station_news {
    enum station_news_kind kind;
    int64_t request; /* of station_issue, station_act, station_check_in; 0 = none */
    struct queue *queue;
    struct programme_set *programme;
    struct station_ticket ticket;
    struct station_status status;
    int64_t now_ms;          /* site time at the call (STATION_CALL) */
    struct call_trace trace; /* STATION_CALL: event, heard (0 = called at this kiosk), told */
    char text[64]; /* STATION_REFUSED: a catalogue key. STATION_ACTED: "" = done, or one: below */
};

struct station_options {
    const struct config *config; /* must outlive the station */
    /* Wakes the main loop when news is there; called from the station's thread. */
    void (*wake)(void *context);
    /* A ticket of this run is durable and has a slip to be printed: called from the station's
     * thread, before its news, with the settings of that moment. True: the slip is taken care of.
     * NULL: slips are begun by who takes the news. */
    bool (*issued)(void *context, const struct station_ticket *ticket,
                   const struct settings *settings);
    /* The queue changed, or the line went or came: for another screen than the main thread's, which
     * gets news. unsent: the tickets with events that the cloud has not confirmed. Called from the
     * station's thread; nothing of it outlives the call. May be NULL. */
    void (*viewed)(void *context, const struct queue *view, const struct station_status *status,
                   const char (*unsent)[UID_SIZE], int unsent_count);
    /* The staff of this site as the cloud told them last (a JSON array; "[]": nobody), also from
     * before a restart. Called from the station's thread. May be NULL. */
    void (*staff)(void *context, const char *json);
    const char *system; /* root of /sys and /proc, for a test; NULL = the machine's own */
    void *context;
};

struct station;

/* -EBUSY: another kiosk uses the data directory; -EPROTO: a newer kiosk wrote it; -ENOSPC, -EIO:
 * it cannot be written. An unreachable cloud is no failure: see STATION_LINK. */
int station_create(const struct station_options *options, struct station **ret)
    __attribute__((warn_unused_result));
/* Stops the thread, closes the journal. Undelivered news is freed. */
void station_destroy(struct station *station);

/* Asks for the tickets of a wish: all or none. `request` comes back with its news, within
 * STATION_OFFER_MS and the disk's time: STATION_TICKET once a person, in the order of their
 * numbers, or STATION_REFUSED. All are durable before the first. -EINVAL for a wish that nobody can
 * have, -EAGAIN: too many are under way. */
int station_issue(struct station *station, int64_t request, const struct station_wish *wish)
    __attribute__((warn_unused_result));
/* An act of staff, logged by this kiosk; the line may be down. `request` comes back with
 * STATION_ACTED: text "" (done: durable, and the next STATION_QUEUE shows it), "act.nobody" (nobody
 * waits), "act.unknown_number", "act.not_now" (the ticket's state forbids it), "act.not_here"
 * (another kiosk's slip while the line is down), "act.noted" (a number called that this kiosk does
 * not know: the cloud or staff resolve it), "act.failed" (disk, not enrolled). A call also gives
 * STATION_CALL, once, at once: its confirmation by the cloud gives no second one. -EINVAL, -EAGAIN.
 */
int station_act(struct station *station, int64_t request, const struct station_act *act)
    __attribute__((warn_unused_result));
/* A patient with a booking has come. code: typed number, patient card number, or what a scanner
 * read (the booking's code or the holder's link). language: that of the slip. STATION_TICKET (the
 * booked ticket, now waiting, with its slot) or STATION_REFUSED. -EINVAL: no code, no language.
 * -EAGAIN. */
int station_check_in(struct station *station, int64_t request, const char *code,
                     const char *language) __attribute__((warn_unused_result));
/* The fate of a slip, from the printing thread or the main thread: outcome "submitted" (job_id and
 * job_uuid are known), "printed", "failed", "unknown". -EINVAL for another word, -EAGAIN when the
 * station does not keep up. */
int station_slip(struct station *station, const char *ticket, int print_count, const char *outcome,
                 int job_id, const char *job_uuid) __attribute__((warn_unused_result));
/* The printer's state in IPP words, sent to the cloud with the device's status. */
void station_printer(struct station *station, const char *reasons);
/* The kiosk's page on the clinic's network, sent with the device's status: its address ("" = there
 * is none) and the fingerprint of its authority. */
void station_lan(struct station *station, const char *url, const char *fingerprint);
/* What plays now, sent with the device's status: SHA-256 ("" = no film of the store), title ("" =
 * nothing). */
void station_playing(struct station *station, const char *content, const char *title);

/* A film of the programme that cannot be played here, told to the cloud as the fault film_broken:
 * SHA-256 ("" = none). */
void station_broken(struct station *station, const char *sha256);

/* Codecs that the player here lacks ("hevc,av1"; "" = none), told to the cloud as the fault
 * codec_missing. */
void station_codecs(struct station *station, const char *missing);

/* Proof of play (terms 21.2): an item comes on the screen, is there still, goes. Stored and
 * uploaded by the station; never waits. log, seq, prev and hash of the play are not looked at. */
enum station_play { STATION_PLAY_BEGIN, STATION_PLAY_SEEN, STATION_PLAY_END };
void station_play(struct station *station, enum station_play kind, const struct play *play);

/* Takes the next news; the receiver owns queue and programme in it (station_news_finish). */
bool station_poll(struct station *station, struct station_news *ret);
void station_news_finish(struct station_news *news);

/* Files of the content store (store.h); any thread. How one stands; what is needed to play it,
 * false: it is not verified; it was found damaged while it was played; a photograph's bytes, which
 * the caller frees (errors: store_bytes()). */
enum programme_file station_file(struct station *station, const char *sha256);
bool station_film(struct station *station, const char *sha256, struct store_film *ret);
void station_doubt(struct station *station, const char *sha256);
int station_photo(struct station *station, const char *sha256, uint8_t **ret, size_t *ret_size)
    __attribute__((warn_unused_result));
/* Site time now in ms UTC, from trusted time where there is any; false: no time is known. */
bool station_now(struct station *station, int64_t *ret);
/* The highest time that was ever known before this run: while no time is known it is this or later.
 * 0 = never. */
int64_t station_earliest(const struct station *station);

#endif
