/* Events: everything that happens at a site, as one flat record and as JSON.
 *
 * The log stores the text of an event and never edits it; this struct is a reading of that text.
 * Unknown fields survive because the text does. Which fields a kind uses stands beside it below;
 * the others are empty.
 *
 * `v` is the version of this format: always written; 1 where it is absent, as in what the first
 * programs wrote. Further fields and kinds are no new version, for readers pass over fields that
 * they do not know and name kinds that they do not; a changed meaning is one, and an event of a
 * later version is refused by its path. What events do is versioned by the session's rules
 * (queue.h).
 */
#ifndef MACHIAI_CORE_EVENT_H
#define MACHIAI_CORE_EVENT_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "number.h"
#include "session.h"
#include "settings.h"

enum {
    EVENT_VERSION = 1,
    UID_SIZE = 37, /* lower-case UUID and terminator */
    MESSAGE_SIZE = 481,
    CHECK_SIZE = 8,
    EVENT_TEXT_MAX = 64 * 1024 /* longest event text; settings are the largest */
};

/* kind, its name on the wire */
#define EVENT_KINDS(X)                                                                             \
    X(SETTINGS, "settings")             /* settings */                                             \
    X(SESSION_OPENED, "session_opened") /* session, rules; the cloud's rollover */                 \
    X(SESSION_CLOSED, "session_closed") /* session */                                              \
    X(PAUSED, "intake_paused")          /* desk */                                                 \
    X(RESUMED, "intake_resumed")        /* desk */                                                 \
    X(MESSAGE, "message")               /* text: 医院からのお知らせ文, "" clears */      \
    X(DEVICE, "device_enrolled")        /* device, letter in number.letter */                      \
    X(JUMPED, "numbers_jumped")         /* desk, number: next main number after a restore */       \
    X(OFFERED, "ticket_offered")        /* cloud: number is on its way to a device */              \
    X(TAKEN, "ticket_taken")            /* device: shown, hence durable */                         \
    X(ABANDONED, "ticket_abandoned")    /* offer not taken: the number is void */                  \
    X(ISSUED, "ticket_issued")          /* final at once: web, staff, or a kiosk's own series */   \
    X(BOOKED, "ticket_booked")          /* turn or slot booking: state reserved */                 \
    X(ARRIVED, "ticket_arrived")        /* reserved -> waiting */                                  \
    X(CALLED, "ticket_called")          /* desk, room */                                           \
    X(RECALLED, "ticket_recalled")      /* called again, same room */                              \
    X(ABSENT, "ticket_absent")                                                                     \
    X(BACK, "ticket_back") /* places: N places back; 0 = to the end; state waiting */              \
    X(HELD, "ticket_held")                                                                         \
    X(WAITING, "ticket_waiting") /* from absent, held, called, in_exam back to its place */        \
    X(IN_ROOM, "ticket_in_room")                                                                   \
    X(IN_EXAM, "ticket_in_exam")                                                                   \
    X(TRANSFERRED,                                                                                 \
      "ticket_transferred") /* desk: moves queue, keeps number; to_pay at a payment desk */        \
    X(DONE, "ticket_done")                                                                         \
    X(CANCELLED, "ticket_cancelled")                                                               \
    X(RESTORED, "ticket_restored")       /* cancelled or done by mistake -> waiting */             \
    X(PRIORITISED, "ticket_prioritised") /* priority, text = reason */                             \
    X(UNDONE, "undone")                  /* target: the event taken back */                        \
    X(CALLED_NUMBER, "called_number")    /* offline kiosk called a number that it cannot see */    \
    X(CLAIMED, "claimed")                /* offline kiosk: ticket claims booking code text;        \
                                            cloud: ticket takes over the booking target */         \
    X(SLIP, "slip")                      /* ticket's slip: text printed|failed|unknown|reissued,   \
                                            print_count, check */                                  \
    X(REISSUE, "slip_requested") /* staff: the kiosk that issued the ticket prints it again */

enum event_kind {
#define X(name, text) EVENT_##name,
    EVENT_KINDS(X)
#undef X
        EVENT_KIND_COUNT
};

#define CHANNELS(X) X(KIOSK, "kiosk") X(WEB, "web") X(DESK, "desk") X(PHONE, "phone")
enum channel {
#define X(name, text) CHANNEL_##name,
    CHANNELS(X)
#undef X
        CHANNEL_COUNT
};

struct event {
    char id[UID_SIZE];
    enum event_kind kind;
    int64_t at;            /* author's clock, ms UTC */
    char device[UID_SIZE]; /* author, when a device */
    int64_t counter;       /* the device's own count of its events, from 1; 0 = no device */
    int64_t base;          /* last seq that the author had confirmed */
    char user[NAME_SIZE];  /* author, when a person: display name, never a patient's */
    char ticket[UID_SIZE];
    char seen[UID_SIZE];   /* last event of that ticket that its author had seen; "" = not stated */
    char target[UID_SIZE]; /* undone: event taken back; claimed: the booking's ticket */
    char family[UID_SIZE]; /* issue: shared by the tickets that are called together */
    struct number number;
    int desk_no;
    char service[KEY_SIZE];
    char room[KEY_SIZE];
    enum channel channel;
    struct session session;
    int64_t slot_from, slot_to; /* slot booking, ms UTC; 0 = turn booking */
    int places;
    int priority;  /* 0 = usual order; larger goes first */
    int rules;     /* session_opened: version of the rules that it pins; 0 = not told: RULES_MIN */
    bool no_voice; /* issue: the patient does not want to be called aloud */
    int print_count;        /* slip: which of the ticket's it is, from 1; 0 = not told */
    char check[CHECK_SIZE]; /* slip: the check code on it; "" = not told */
    char text[MESSAGE_SIZE];
    struct settings *settings; /* EVENT_SETTINGS only; owned */
};

bool uid_valid(const char *text);

void event_init(struct event *event);
/* Frees what the event owns. Accepts an initialised or finished event. */
void event_finish(struct event *event);

/* Strict decoding; -EINVAL with a sentence naming the path ("v: is of a newer program" for a later
 * version), ret untouched. On success the caller finishes ret. */
int event_from_json(const cJSON *json, struct event *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
cJSON *event_to_json(const struct event *event);

const char *event_kind_name(enum event_kind kind);
const char *channel_name(enum channel channel);
int channel_parse(const char *name, enum channel *ret) __attribute__((warn_unused_result));

#endif
