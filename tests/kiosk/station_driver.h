/* A station under test as the application would run it: its news is taken and remembered. */
#ifndef MACHIAI_TESTS_KIOSK_STATION_DRIVER_H
#define MACHIAI_TESTS_KIOSK_STATION_DRIVER_H

#include <stdatomic.h>

#include "cloud_rig.h"
#include "config.h"
#include "station.h"

enum { DRIVER_TICKETS_MAX = 256 };

struct driver {
    struct config config;
    const char *system; /* as in struct station_options */
    struct station *station;
    int woken;
    struct station_status status;
    struct queue queue; /* the latest */
    bool has_queue;
    struct programme_set *programme;
    int programmes;
    struct station_ticket tickets[DRIVER_TICKETS_MAX];
    int64_t requests[DRIVER_TICKETS_MAX];
    int ticket_count;
    struct station_ticket call; /* the latest */
    int calls;
    int calls_foreseen;            /* whose ticket was called in the queue that was told before */
    struct station_ticket reissue; /* the latest */
    int reissues;
    struct station_news acted; /* the latest */
    int acts;
    char refused[64]; /* the latest */
    int refusals;
    int64_t request;   /* the last one made */
    int persons;       /* of the last party asked for */
    bool begins_slips; /* takes slips before their news; set it before driver_start() */
    atomic_int slips;  /* that it was given so */
};

/* data: a directory of its own. Nothing runs yet. */
void driver_init(struct driver *driver, const struct cloud_rig *cloud, const char *data,
                 const char *code);
void driver_finish(struct driver *driver);
void driver_start(struct driver *driver);
/* Ends the station and forgets what it said. */
void driver_stop(struct driver *driver);

/* Takes news until done(driver) or the time is up; true when it is done. */
bool driver_wait(struct driver *driver, bool (*done)(const struct driver *driver), int ms);
/* Takes news for that long. */
void driver_idle(struct driver *driver, int ms);

bool driver_online(const struct driver *driver);
bool driver_offline(const struct driver *driver);
/* Online, enrolled, and the clinic's settings are there. */
bool driver_ready(const struct driver *driver);
bool driver_uploaded(const struct driver *driver);

/* Asks for a number and waits for it. NULL when it was refused or nothing came. */
const struct station_ticket *driver_issue(struct driver *driver, int ms);
/* The same for a party: its first ticket, the others follow it. */
const struct station_ticket *driver_party(struct driver *driver, int persons, int ms);
/* Acts as staff and waits for the answer: its key. */
const char *driver_act(struct driver *driver, const struct station_act *act);
/* Checks in and waits. NULL when it was refused or nothing came. */
const struct station_ticket *driver_check_in(struct driver *driver, const char *code, int ms);
/* "14"; static storage. */
const char *driver_number(const struct station_ticket *ticket);
/* State of the ticket with that number in the kiosk's own view, "" when there is none. */
const char *driver_state(const struct driver *driver, const char *number);

#endif
