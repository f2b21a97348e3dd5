/* The staff's page that the kiosk itself serves on the clinic's network, for when the line to the
 * cloud is down: the same console's essential part, over HTTPS, behind the same passwords.
 *
 * It has threads of its own (the HTTP server's, and one that keeps certificate and page fresh) and
 * never makes the main thread wait. Acts go the station's ordinary way, so they are in the journal
 * before they are answered and are uploaded and judged like any other event of this device.
 */
#ifndef MACHIAI_KIOSK_LAN_H
#define MACHIAI_KIOSK_LAN_H

#include <stdbool.h>
#include <stdint.h>

#include "station.h"

enum {
    LAN_REQUESTS = 1 << 28, /* requests of station_act() are counted from here */
    LAN_PENDING_MAX = 8,    /* acts under way */
    LAN_ACT_MS = 5000,      /* so long an act is waited for */
    LAN_PEOPLE_MAX = 64,
    LAN_SESSIONS_MAX = 32, /* the one that was not used for longest gives way */
    LAN_IDLE_MS = 12 * 60 * 60 * 1000,
    LAN_WINDOW_MS = 10 * 60 * 1000, /* wrong passwords are counted so long */
    LAN_MISSES_MAX = 10,            /* of one user at one address */
    LAN_USER_MISSES_MAX = 30, /* of one user from anywhere: 24 bits are checked (lan_check.h) */
    LAN_ADDRESS_MISSES_MAX = 50,
    LAN_SLOW_MS = 1000, /* a wrong password answers no sooner */
    LAN_REFRESH_MS = 60 * 1000
};

struct lan_options {
    const char *data_dir;  /* certificates go to its tls/; outlives the page */
    const char *cloud_url; /* the page leads back there; outlives the page */
    const char *address;   /* "0.0.0.0:8443"; port 0 = any; copied */
    /* As station_act(), station_now(). */
    int (*act)(void *context, int64_t request, const struct station_act *act);
    bool (*now)(void *context, int64_t *ret);
    /* The page is there under this address; the fingerprint is its authority's. Told again when the
     * address changes. Called from a thread of the page's own. */
    void (*found)(void *context, const char *url, const char *fingerprint);
    void *context;
};

struct lan;

/* Takes what it is told from here on; lan_start() begins its threads, which alone call the options'
 * functions. */
int lan_create(const struct lan_options *options, struct lan **ret)
    __attribute__((warn_unused_result));
/* The page comes up by itself once a trusted time is known (a certificate needs one), or at once
 * when there is a certificate already. */
int lan_start(struct lan *lan) __attribute__((warn_unused_result));
/* Ends the threads; lan_viewed() and lan_staff() may still come. Accepts NULL. */
void lan_stop(struct lan *lan);
void lan_destroy(struct lan *lan);

/* As in struct station_options; any thread. */
void lan_viewed(struct lan *lan, const struct queue *view, const struct station_status *status,
                const char (*unsent)[UID_SIZE], int unsent_count);
/* Consoles of whoever is gone from the list end within a turn of the page's thread, a second. */
void lan_staff(struct lan *lan, const char *json);
/* As station_printer(): IPP reasons, "none" = well. Until it is told, the page names no printer.
 * Any thread. */
void lan_printer(struct lan *lan, const char *reasons);
/* News of STATION_ACTED: false when it is somebody else's. */
bool lan_acted(struct lan *lan, int64_t request, const char *text);

struct lan_info {
    char url[STATION_URL_SIZE]; /* "" = it is not there yet */
    char fingerprint[STATION_FINGERPRINT_SIZE];
    int people; /* who may log in */
};
void lan_info(struct lan *lan, struct lan_info *ret);

#endif
