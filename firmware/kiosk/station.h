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

enum { STATION_URL_SIZE = 256 };

/* How long a kiosk waits for the cloud's number before it uses its own series (design: Numbers). */
enum { STATION_OFFER_MS = 700 };

enum station_news_kind {
    STATION_QUEUE,     /* the queue changed: queue (a copy, owned by the receiver) */
    STATION_TICKET,    /* a number is there and durable: ticket */
    STATION_REFUSED,   /* the request got no ticket: text is a catalogue key */
    STATION_LINK,      /* online / offline, enrolled, clock: status */
    STATION_PROGRAMME, /* programme (owned by the receiver) replaced or a file arrived */
    STATION_CALL       /* a fresh call to be shown on the stage: ticket, fresh */
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
    char code[16];
    char check[8];
    int print_count;  /* of the slip that is to be printed now; 0 = do not print */
    bool recovered;   /* found again after a restart: show it */
};

struct station_status {
    bool enrolled, online, clock_trusted;
    char letter;
    char device[UID_SIZE];
    char error[160]; /* why not enrolled or offline, for the status screen */
    int outbox;      /* events not yet confirmed */
};

struct station_news {
    enum station_news_kind kind;
    int64_t request; /* of station_issue, 0 = none */
    struct queue *queue;
    struct programme *programme;
    struct station_ticket ticket;
    struct station_status status;
    int64_t now_ms; /* site time at the call */
    char text[64];
};

struct station_options {
    const struct config *config;
    /* Wakes the main loop when news is there; called from the station's thread. */
    void (*wake)(void *context);
    void *context;
};

struct station;

int station_create(const struct station_options *options, struct station **ret)
    __attribute__((warn_unused_result));
/* Stops the thread, closes the journal. Undelivered news is freed. */
void station_destroy(struct station *station);

/* Asks for a ticket. `request` comes back with its news. -EAGAIN: too many are under way. */
int station_issue(struct station *station, int64_t request, const char *service,
                  const char *language) __attribute__((warn_unused_result));
/* The fate of a slip, from the printing thread or the main thread. */
int station_slip(struct station *station, const char *ticket, int print_count, const char *outcome,
                 int job_id, const char *job_uuid) __attribute__((warn_unused_result));
/* The printer's state in IPP words, sent to the cloud with the device's status. */
void station_printer(struct station *station, const char *reasons);

/* Takes the next news; the receiver owns queue and programme in it (station_news_finish). */
bool station_poll(struct station *station, struct station_news *ret);
void station_news_finish(struct station_news *news);

/* Path of a verified file of the content store, or false when it is not there. Any thread. */
bool station_file(struct station *station, const char *sha256, char *path, size_t size);
/* Site time now in ms UTC, from trusted time where there is any; false: no time is known. */
bool station_now(struct station *station, int64_t *ret);

#endif
