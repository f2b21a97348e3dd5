/* What a clinic has set: its desks, services, rooms, hours, rules. One value of the site's log:
 * kiosk and cloud read the same copy from the same entry.
 */
#ifndef MACHIAI_CORE_SETTINGS_H
#define MACHIAI_CORE_SETTINGS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "number.h"
#include "session.h"

enum {
    SETTINGS_DESKS_MAX = 8,
    SETTINGS_SERVICES_MAX = 16,
    SETTINGS_ROOMS_MAX = 16,
    SETTINGS_UNUSED_MAX = 16,
    SETTINGS_CLOSED_MAX = 128,
    SETTINGS_EXCEPTIONS_MAX = 64,
    NAME_SIZE = 97, /* 96 bytes of UTF-8 */
    KEY_SIZE = 17,  /* short identifiers: [a-z0-9_-]{1,16} */
    SETTINGS_PERSONS_MAX = 8,
    CLINIC_NO_SIZE = 9, /* 1..8 digits */
    QUEUE_ID_SIZE = 13, /* clinic_no-desk_no */
    PHONE_SIZE = 25,
    ADDRESS_SIZE = 181,      /* 180 bytes of UTF-8 */
    SLIP_MESSAGE_SIZE = 181, /* 180 bytes of UTF-8: what six lines of a narrow slip hold */
    MINUTES_NONE = -1,
    RECALL_ALWAYS = -1 /* recall_tolerance: an absent patient always gets the old place back */
};

enum desk_kind { DESK_CONSULTATION, DESK_PAYMENT };

struct desk {
    int desk_no; /* 1..99 */
    enum desk_kind kind;
    char name[NAME_SIZE];
    char name_en[NAME_SIZE];
    int first, last;         /* its range of the main series; 0,0 = issues no numbers (payment) */
    int web_first, web_last; /* own range for web and phone; 0,0 = they share the main one */
    int booking_every; /* every Nth place in the line is a booking's that has arrived; 0 = none */
    int intake_limit;  /* tickets a session; 0 = the site's */
    int web_limit;     /* of these from web and phone; 0 = no limit of their own */
};

struct room {
    char id[KEY_SIZE];
    int desk_no;
    char name[NAME_SIZE]; /* 表示名, at most 4.5 em a line */
    char name_en[NAME_SIZE];
    char reading[NAME_SIZE]; /* よみ, kana */
};

/* Who may book a service from home. */
enum remote_for { REMOTE_ALL, REMOTE_CARD, REMOTE_FIRST, REMOTE_NONE };

struct service {
    char id[KEY_SIZE];
    int desk_no;
    char name[NAME_SIZE];
    char name_en[NAME_SIZE];
    char icon[KEY_SIZE]; /* adult, child, vaccine, or "" */
    int minutes;         /* usual length of a visit */
    int persons;         /* most that one party takes at the terminal, 1..8; default 1 */
    char prefix;         /* letter of its own series, given by the cloud; 0 = the desk's range */
    enum remote_for remote;
};

/* 遠隔受付: turn bookings from home. The windows follow the clinic's hours. */
struct remote {
    bool open;      /* the clinic offers it */
    int lead, stop; /* minutes: from so long before a session begins until so long before its end */
    int persons;    /* of one booking, 1..SETTINGS_PERSONS_MAX */
    bool card, first; /* takes patients with a card, and those who come for the first time */
};

/* A span of the day in minutes; from == MINUTES_NONE: closed. */
struct span {
    int from, to;
};

/* A date that differs from its weekday: own spans, or none at all. */
struct exception {
    char date[DATE_SIZE];
    struct span spans[SESSION_KIND_COUNT];
};

struct settings {
    char clinic_no[CLINIC_NO_SIZE];
    char name[NAME_SIZE];
    char name_en[NAME_SIZE];
    char phone[PHONE_SIZE];
    char address[ADDRESS_SIZE]; /* shown to those who look for the clinic, or "" */
    struct remote remote;
    char slip_message[SLIP_MESSAGE_SIZE]; /* on every slip, or "" */
    bool slip_large;                      /* every slip in large print */
    int utc_offset_min;
    bool reservation_service, video_service; /* services of the contract (terms 4) */
    struct desk desks[SETTINGS_DESKS_MAX];
    int desk_count;
    struct room rooms[SETTINGS_ROOMS_MAX];
    int room_count;
    struct service services[SETTINGS_SERVICES_MAX];
    int service_count;
    int unused[SETTINGS_UNUSED_MAX]; /* numbers that the clinic does not give: 4, 9, 13, ... */
    int unused_count;
    bool restart_by_session;   /* numbers restart with each session; else with each day */
    int pm_from, evening_from; /* minutes of the day that part the sessions */
    bool has_hours;            /* false: open whenever the device is on */
    struct span week[7][SESSION_KIND_COUNT];
    char closed[SETTINGS_CLOSED_MAX][DATE_SIZE];
    int closed_count;
    struct exception exceptions[SETTINGS_EXCEPTIONS_MAX];
    int exception_count;
    /* 提供の停止 (terms 12), a service: patients see only the sorry sentence, tickets already
     * issued are served on. */
    bool reservation_suspended, video_suspended;
    int64_t maintenance_from, maintenance_to; /* ms UTC, told beforehand; 0 = none planned */
    int intake_limit;                         /* tickets a session and desk; 0 = none */
    int recall_tolerance; /* other calls after which an absent patient's old place is lost */
    int late_places;      /* how many places back they stand then; 0 = at the end */
    int come_now;         /* a patient with so many before them is told to come: default 3 */
    bool voice_off;       /* calls are shown and chimed, not spoken */
    bool voice_sunday;    /* spoken on Sundays: default yes */
    int voice_night_from, voice_night_to; /* minutes of the day, may pass midnight; equal = none */
    int volume[SESSION_KIND_COUNT];       /* percent in the morning, afternoon, evening */
    int live_minutes;   /* how long a called number stays on its plate: default 5 */
    bool absent_counts; /* "N before you" counts absent patients: default yes */
};

/* Sensible defaults with no desk. */
void settings_init(struct settings *settings);

/* Strict decoding: wrong types, unknown desks, doubled keys, overlapping ranges, too long names are
 * refused with
 * -EINVAL and a sentence naming the path ("rooms[2].desk_no: ..."). Unknown fields are ignored
 * here and kept by the log, which stores text. ret is untouched on failure. */
int settings_from_json(const cJSON *json, struct settings *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* Caller owns the result; NULL when memory runs out. */
cJSON *settings_to_json(const struct settings *settings);

/* Null when unknown. */
const struct desk *settings_desk(const struct settings *settings, int desk_no);
const struct room *settings_room(const struct settings *settings, const char *id);
const struct service *settings_service(const struct settings *settings, const char *id);
/* A service has this letter as its prefix. Such a letter is never a device's. */
bool settings_is_prefix(const struct settings *settings, char letter);
/* The clinic gives no such number, of any series. */
bool settings_unused(const struct settings *settings, int value);
/* The first room of a desk, or NULL. */
const struct room *settings_room_of_desk(const struct settings *settings, int desk_no);
/* "1024-1" of a desk. */
void settings_queue_id(const struct settings *settings, int desk_no,
                       char text[static QUEUE_ID_SIZE]);
/* Desk of a queue_id of this site, or NULL (terms 35: only the assigned ones). */
const struct desk *settings_queue(const struct settings *settings, const char *queue_id);

/* The name of a value of enum remote_for, as settings write it. */
const char *remote_for_name(enum remote_for remote);

/* The spans of a date ("2026-11-24"; weekday 0 = Sunday): SESSION_KIND_COUNT of them, or NULL on a
 * closed day. Asked of settings with hours. */
const struct span *settings_spans(const struct settings *settings, const char *date, int weekday);

enum intake { INTAKE_OPEN, INTAKE_BEFORE, INTAKE_BREAK, INTAKE_ENDED, INTAKE_CLOSED_DAY };
/* Which session a moment belongs to, and whether the clinic's hours take patients then. */
enum intake settings_session_at(const struct settings *settings, int64_t now_ms,
                                struct session *ret);

#endif
