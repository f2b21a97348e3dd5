/* The station's inside: one struct, its thread's, and the parts that work on it. Private to
 * station*.c and sync*.c.
 */
#ifndef MACHIAI_KIOSK_STATION_PRIVATE_H
#define MACHIAI_KIOSK_STATION_PRIVATE_H

#include <pthread.h>

#include "claim.h"
#include "config.h"
#include "enrol.h"
#include "health_read.h"
#include "http_client.h"
#include "journal.h"
#include "play_log.h"
#include "programme_check.h"
#include "station.h"
#include "station_clock.h"
#include "station_log.h"
#include "store.h"

enum {
    STATION_COMMANDS_MAX = 64,
    STATION_NEWS_MAX = 128,            /* all parties, all acts, the states, and calls besides */
    STATION_REASONS_SIZE = 161,        /* what the cloud takes */
    STATION_TURN_MS = 1000,            /* longest sleep of the thread */
    STATION_YOUNG_MS = 2 * 60 * 1000,  /* somebody may still stand before a restarted kiosk */
    STATION_EARLY_MS = 60 * 60 * 1000, /* so long before a slot one may check in, as in the cloud */
    STATION_CHECK_IN_MS = 2500,        /* limit of the cloud's answer to a check-in */
    STATION_EXCHANGE_MS = 10 * 1000,   /* limit of an exchange nobody waits for */
    STATION_RECOVER_MS = 3 * 1000,     /* limit of asking again after a restart */
    STATION_HIGH_EVERY_MS = 60 * 1000, /* how often the high-water time is stored */
    STATION_GIVE_BACK_MS = 3 * 1000,   /* until a refused request is taken out once more */
    SYNC_BATCH_MAX = 256,              /* entries of one transaction */
    SYNC_IDLE_MS = 40 * 1000,          /* heartbeats come every 15 s */
    SYNC_RETRY_MIN_MS = 500,
    SYNC_RETRY_MAX_MS = 15 * 1000,
    SYNC_REFUSED_MS = 60 * 1000, /* until a revoked device asks again */
    SYNC_GAPS_MAX = 3,           /* entries out of order before the prefix is fetched anew */
    /* every item's film or photographs, of all periods */
    MEDIA_FILES_MAX =
        (PROGRAMME_SET_MAX * PROGRAMME_ITEMS_MAX + PROGRAMME_CLINIC_MAX) * CONTENT_PHOTOS_MAX +
        PROGRAMME_SUBSTITUTES_MAX,
    STATION_PLAYS_MAX = 64,     /* notes of the screen that wait to be stored */
    PLAYS_EVERY_MS = 30 * 1000, /* until a batch that is not full is sent */
    PLAYS_RETRY_MS = 30 * 1000,
    MEDIA_FILE_MAX = 2000 * 1024 * 1024,
    MEDIA_IDLE_MS = 30 * 1000,
    MEDIA_RETRY_MS = 5 * 1000,
    MEDIA_STRANGER_MS = 10 * 60 * 1000, /* until a cloud with a strange key is asked again */
    MEDIA_DAMAGED_MS = 60 * 1000        /* until a damaged or missing film is asked for again */
};

#define STATION_UNAVAILABLE "refused.unavailable"
#define STATION_CLAIM_KEY   "claim_key" /* journal's: of the site, from the cloud */
#define STATION_STAFF       "staff"     /* the same */

enum command_kind { COMMAND_ISSUE, COMMAND_SLIP, COMMAND_ACT, COMMAND_CHECK_IN };

struct command {
    enum command_kind kind;
    int64_t request;
    int64_t up_ms; /* when it was asked */
    union {
        struct station_wish wish;
        struct station_act act;
        struct journal_slip slip;
        struct {
            char code[STATION_CODE_SIZE], language[8];
        } check_in;
    };
};

struct play_note {
    enum station_play kind;
    struct play play;
};

/* What other threads see; under its lock. */
struct station_box {
    pthread_mutex_t lock;
    bool stopping;
    struct command commands[STATION_COMMANDS_MAX];
    int command_first, command_count;
    struct station_news news[STATION_NEWS_MAX]; /* oldest first */
    int news_count;
    int issues; /* requests whose last news was not taken yet */
    int acts;   /* the same of staff's acts */
    char printer[STATION_REASONS_SIZE];
    char playing[SHA256_SIZE];
    char title[NAME_SIZE]; /* of what plays */
    char broken[SHA256_SIZE];
    char codecs[STATION_CODECS_SIZE];
    char lan_url[STATION_URL_SIZE], lan_print[STATION_FINGERPRINT_SIZE];
    bool device_changed; /* printer, playing, title, broken, codecs, lan */
    struct play_note plays[STATION_PLAYS_MAX];
    int play_first, play_count, plays_lost;
};

enum link { LINK_UNTRIED, LINK_UP, LINK_DOWN };

struct sync {
    enum link link;
    bool revoked;  /* as last heard: kept in the journal */
    bool followed; /* ... since another card or board has its place; kept as well */
    /* The stream has what this version cannot read: the line serves to upload and to say so, and
     * numbers come from the own series. */
    bool deaf;
    int deaf_tries;
    int64_t stream;  /* transfer, 0 = none */
    int64_t next_ms; /* uptime of the next try */
    int attempts, gaps;
    int64_t opened_ms; /* uptime */
    int times;         /* `time` events of this stream */
    bool heard_entry;
    struct call_trace trace; /* of the entries that are pending */
    struct entry *pending;   /* SYNC_BATCH_MAX; received, not yet stored */
    int pending_count;
    int64_t upload; /* transfer */
    int64_t upload_next_ms;
    int upload_max; /* events of the next batch */
    /* The cloud was restored and lacks what we have (sync_history.c). */
    bool giving;       /* no stream meanwhile */
    bool forked;       /* it took none: no second try with this history */
    int64_t give;      /* transfer */
    int64_t give_seq;  /* what the cloud has */
    int64_t given_seq; /* last entry of the batch under way */
    int64_t give_next_ms;
    /* A snapshot is to take the prefix's place (sync_snapshot.c); no stream meanwhile. */
    bool fetching, replaced;
    int64_t snapshot; /* transfer */
    int64_t snapshot_next_ms;
    int64_t snapshot_not_before_ms; /* the last one was of no use, or did not help */
    int64_t upload_stream;          /* by which it was sent, 0 = none */
};

/* A request for the numbers of a party (usually of one) that is under way. */
struct issue {
    struct station *station;
    bool used;
    int64_t request; /* 0: asked for in an earlier run */
    int64_t transfer;
    char ticket[UID_SIZE]; /* of the first person: station_issue_ticket() */
    char service[KEY_SIZE];
    char language[JOURNAL_LANGUAGE_SIZE];
    int persons;
    bool no_voice;
    int desk_no;
    char code[CLAIM_CODE_SIZE];    /* of a check-in */
    char claim[CLAIM_DIGEST_SIZE]; /* of a booking that the ticket stands for; "" = none */
    bool unanswered;               /* the cloud was asked and may or may not have given a number */
    struct slip_trace trace;
    int64_t cpu_us; /* of the thread when it took the question */
};

struct media_file {
    const char *sha256; /* in the programme */
    int64_t size;       /* announced, or the most that is taken */
    int64_t from_ms;    /* start of its period; 0 = it is needed at any time */
};

struct media {
    struct programme_set *programme; /* NULL = none */
    int64_t edition;                 /* of the newest document ever taken */
    struct programme_keys keys;
    bool keys_unsaved, keys_due;
    int64_t ask_keys; /* transfer */
    int64_t keys_next_ms;
    char fault[STATION_FAULT_SIZE]; /* why the newest document is not in force; "" = it is */
    char fault_detail[STATION_DETAIL_SIZE];
    char etag[HTTP_CLIENT_ETAG_SIZE];
    bool fetch_due;
    int64_t fetch; /* transfer */
    int64_t fetch_next_ms;
    struct media_file files[MEDIA_FILES_MAX]; /* that the programme needs, in their order */
    int file_count;
    int present;                /* of these: verified */
    int64_t download;           /* transfer */
    struct sealed_writer *part; /* of the download; NULL = none */
    char sha256[SHA256_SIZE];   /* of the download */
    char crowded[SHA256_SIZE];  /* the last film that the disk had no room for; "" = none */
    int64_t next_ms;            /* uptime of the next download */
    int skip;                   /* rotates, so that one bad file does not stop the others */
};

struct plays {
    struct play_log *log; /* NULL = not opened yet */
    bool failing;         /* told once */
    int64_t open_next_ms;
    int64_t upload; /* transfer */
    int64_t sent;   /* seq of the last play of the upload */
    int64_t since_ms, next_ms;
};

/* Without a configured code (station_pair.c). */
struct pair {
    char secret[ENROL_SECRET_SIZE]; /* "" = none made yet */
    char code[ENROL_SHOWN_SIZE];    /* on the screen */
    int64_t transfer;
    int64_t next_ms;
    bool confirmed; /* enrol with the secret */
};

struct device {
    struct pair pair;
    int64_t enrol; /* transfer */
    int64_t enrol_next_ms;
    struct enrol_attempt attempt; /* the same after a power cut */
    int enrol_attempts;
    bool enrol_refused;
    int64_t adopt_next_ms;
    int64_t status; /* transfer */
    bool status_due;
    int64_t status_next_ms;
    const char *log;     /* what the cloud is to know of the prefix: "state"; NULL */
    const char *records; /* what the cloud is to know of the journal: "damaged", "older"; NULL */
    const char *told_log, *told_records; /* of these: in the report that is under way */
};

/* A code of another site in the configuration (station_move.c). */
struct move {
    bool due;         /* numbers are no longer given for the old site */
    int64_t since_ms; /* uptime */
    bool exported;    /* what could not be uploaded is in a file */
    int64_t enrol;    /* transfer */
    int64_t enrol_next_ms;
    int attempts;
    bool done; /* in this run: what the old site left is thrown away as it turns up */
};

/* The board below; zero = never read. */
struct board {
    struct health health;
    struct health_memory memory;
    int64_t next_ms; /* uptime */
    bool read;
};

struct station {
    struct station_options options;
    const struct config *config;
    pthread_t thread;
    bool started;
    struct station_box box;
    struct station_clock clock;
    int64_t earliest_ms; /* recorded when the station was made */
    struct store *store;
    struct http_client *http;
    /* the thread's */
    struct journal *journal;
    bool enrolled;
    bool incomplete;   /* the own numbers that were given are not all known yet */
    bool records_lost; /* the journal is new although the device is not */
    bool unsaved;      /* the identity is not on the disk yet */
    struct enrolment enrolment;
    struct station_log log;
    struct sync sync;
    struct issue issues[STATION_ISSUES_MAX];
    struct media media;
    struct plays plays;
    struct device device;
    struct move move;
    struct board board;
    struct station_status told; /* status last given as news */
    enum station_error error;
    char detail[STATION_DETAIL_SIZE];
    int64_t high_next_ms;
    int64_t give_back_ms; /* uptime; 0 = no refused request is left in the journal */
    bool recover_again;   /* the clock became trusted: ages can be told now */
    struct {
        char ticket[UID_SIZE], event[UID_SIZE];
    } acted; /* the last act of staff at this kiosk, in this run */
};

/* station.c */
void station_fail(struct station *station, enum station_error error, const char *detail);
void station_clear(struct station *station);
bool station_trusted(struct station *station, int64_t *ret);
int64_t station_up(void);
int station_left(int64_t at_up_ms); /* ms until then, 0..STATION_TURN_MS */
/* Drafts, stores and keeps an own event that needs no other row. */
int station_post(struct station *station, const struct event *event)
    __attribute__((warn_unused_result));
/* The identity is known: stores it, reads the log. On failure it is to be tried again. */
int station_adopt(struct station *station) __attribute__((warn_unused_result));

/* station_news.c */
void station_news_queue(struct station *station);
/* The same, but the news behind it wakes the main thread: both are seen in one picture. */
void station_news_before(struct station *station);
void station_news_link(struct station *station);
void station_news_programme(struct station *station);
void station_news_ticket(struct station *station, int64_t request,
                         const struct station_ticket *ticket);
/* The view and the line, to options.viewed. */
void station_news_viewed(struct station *station);
/* Begins the slip of a ticket that is durable; false: who takes its news does. */
bool station_news_issued(struct station *station, const struct station_ticket *ticket);
void station_news_reissue(struct station *station, const struct station_ticket *ticket);
void station_news_refused(struct station *station, int64_t request, const char *key);
/* ticket may be NULL */
void station_news_acted(struct station *station, int64_t request, const char *key,
                        const struct station_ticket *ticket);
void station_news_call(struct station *station, const struct station_ticket *ticket, int64_t now);
/* The same for a ticket of the view that is called now, and for those of its family that were
 * called with it. */
void station_news_called(struct station *station, const char *ticket, int64_t now);
/* A ticket as calls and acts tell it. */
void station_news_fill(const struct ticket *ticket, struct station_ticket *ret);
void station_news_clear(struct station_box *box);

/* station_issue.c */
void station_issue_begin(struct station *station, const struct command *command);
/* An intent of an earlier run: asks for its number again, or gives it up. */
int station_issue_abandon(struct station *station, const struct journal_intent *intent);
void station_issue_again(struct station *station, const struct journal_intent *intent);
void station_issue_check(const struct station *station, const char *ticket, int print_count,
                         char check[static 8]);

/* station_act.c, station_checkin.c */
void station_act_begin(struct station *station, const struct command *command);
void station_check_in_begin(struct station *station, const struct command *command);

/* station_offline.c: numbers of the own series */
void station_issue_lettered(struct station *station, struct issue *issue);
/* The request's numbers are decided, one ticket and event a person: stores them all or none, gives
 * the news. */
void station_issue_finish(struct station *station, struct issue *issue,
                          struct station_ticket *tickets, const struct event *events);
/* Tickets that are durable now: their slips go to the printer before anything else is done. */
void station_issue_begin_slips(struct station *station, const struct issue *issue,
                               struct station_ticket *tickets, int count);
/* Ticket of the party's person 1.. : follows from the first, so that an intent holds them all. */
void station_issue_ticket(const char *first, int person, char id[static UID_SIZE]);
/* What is known of a person's ticket and event without the number. */
void station_issue_fill(const struct station *station, const struct issue *issue, int person,
                        struct station_ticket *ret, struct event *ret_event);
void station_issue_refuse(struct station *station, struct issue *issue, const char *key);
/* Asks the cloud for somebody who stands there; json is taken over. False: it was not asked. */
bool station_issue_send(struct station *station, struct issue *issue, const char *path, cJSON *json,
                        int timeout_ms,
                        void (*answered)(const struct http_client_answer *, void *));
/* A place for a request; NULL: STATION_ISSUES_MAX are under way. */
struct issue *station_issue_place(struct station *station);
/* Whether numbers may be given at all: nothing must be while it is not known what was before. */
bool station_issue_able(const struct station *station, int persons);
/* What the cloud says of a ticket; false when it gives no number: then it is no answer. */
bool station_issue_read(const struct station *station, const cJSON *json,
                        struct station_ticket *ticket);
/* Desk of the service; "" gives the first desk that issues numbers. 0: there is none. */
int station_issue_desk(const struct settings *settings, const char *service);

/* station_recover.c */
/* Takes up what an earlier run left behind; only rows of other boots when `again`. */
void station_recover(struct station *station, bool again);
/* After the loss of the journal: nobody knows whether a number offered to this device was shown.
 * It is taken: a call that nobody follows costs less than a patient whom nobody calls. */
void station_recover_offers(struct station *station);
/* A request was refused and could not be taken out of the journal: tried again in a while. */
void station_give_back_later(struct station *station);
void station_give_back_tick(struct station *station);
/* The same: numbers given here today that neither the log nor the outbox know are told again. */
void station_recover_tickets(struct station *station);
void station_slip_fate(struct station *station, const struct journal_slip *slip);

/* station_reissue.c: an entry of the log that is news, applied and stored. Prints one more slip of
 * a ticket that this kiosk issued, when staff asked for it lately. */
void station_reissue(struct station *station, const struct entry *entry);

/* station_device.c: enrolment and the device's status. Each tick gives the ms until the next. */
/* The card was set back: the cloud is told, after a restart if need be. */
void station_device_older(struct station *station);
/* The staff as the journal has them, to options.staff. */
void station_device_staff(struct station *station);
/* What the journal remembers of that. */
void station_device_recall(struct station *station);
int station_device_tick(struct station *station);
int station_health_tick(struct station *station);
/* What an enrolment that a power cut ended has left; and its end, once the identity is stored. */
void station_enrol_recall(struct station *station);
void station_enrol_end(struct station *station);
/* Asks with the configured code, else with the paired secret, whoever waits for the answer; the
 * transfer, 0 = it did not begin. */
int64_t station_enrol_send(struct station *station, http_client_done_fn *done);

/* station_pair.c: until pair.confirmed. */
int station_pair_tick(struct station *station);
void station_pair_forget(struct station *station);

/* station_move.c */
/* The identity was read: is the configured code another one than made it? */
void station_move_check(struct station *station);
int station_move_tick(struct station *station);

/* station_media.c */
/* The programme is another one: lists its files. */
void station_media_list(struct station *station);
/* Begun downloads that it does not need go. */
void station_media_sweep(struct station *station);
/* Files that it does not need go now, not only when room is short. */
void station_media_forget(struct station *station);
/* A film that is needed has no room on the disk. */
bool station_media_crowded(const struct station *station);
int station_media_tick(struct station *station);
void station_media_finish(struct station *station);

/* station_plays.c */
void station_plays_load(struct station *station);
int station_plays_tick(struct station *station);
void station_plays_finish(struct station *station);

/* station_programme.c */
/* The answer to an enrolment: its keys are the ones to be believed. */
void station_programme_enrolled(struct station *station, const char *body);
/* Why no newer document is in force, or none: a word of struct station_status. */
const char *station_programme_fault(struct station *station);
void station_programme_load(struct station *station);
int station_programme_tick(struct station *station);

/* sync.c */
int sync_tick(struct station *station);
/* Drops the prefix: the log comes from its beginning. */
void sync_restart(struct station *station, const char *why);
/* Half to one and a half times as long, so that a clinic's kiosks do not all come in one moment. */
int64_t sync_jittered(int64_t ms);
/* An entry that came with an answer: taken when it follows, else the stream brings it. */
void sync_offer(struct station *station, const cJSON *json);
/* Stores and applies what was received. */
void sync_flush(struct station *station);
/* Before what the cloud has from this device is stored: its records may be of an old card image. */
void sync_compare_counter(struct station *station, int64_t counter);
/* The journal is open: what it says of the line. */
void sync_adopt(struct station *station);
/* The records are gone: forgets the stream and what it brought. */
void sync_reset(struct station *station);
/* Ends the stream and comes back at once from the present cursor. */
void sync_reopen(struct station *station);
/* An exchange failed in a way that says the line is down. */
void sync_lost(struct station *station, const struct http_client_answer *answer);
/* sync_upload.c */
int sync_upload_tick(struct station *station);
/* sync_snapshot.c */
/* replaced: our history is not the cloud's. Without a snapshot (an older cloud, one that cannot be
 * read) the log is read from its beginning where that helps. */
void sync_snapshot_begin(struct station *station, const char *why, bool replaced);
int sync_snapshot_tick(struct station *station);
/* sync_history.c: gives entries back to a cloud that was restored. */
/* data: the `recover` event's. Nothing when our history is not a continuation of the cloud's. */
void sync_history_begin(struct station *station, const char *data);
int sync_history_tick(struct station *station);

#endif
