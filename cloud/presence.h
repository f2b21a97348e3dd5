/* Which devices a site has, how they are, and whether they are connected: for the staff's screen.
 * What a device reports is stored; whether it is connected is only known while serving.
 */
#ifndef MACHIAI_CLOUD_PRESENCE_H
#define MACHIAI_CLOUD_PRESENCE_H

#include <cjson/cJSON.h>

#include "health.h"
#include "identity.h"

enum {
    PRESENCE_PRINTER_SIZE = 161,
    PRESENCE_VERSION_SIZE = 33,
    PRESENCE_CLOCK_SIZE = 17,
    PRESENCE_PROGRAMME_SIZE = 65,
    PRESENCE_FAULT_SIZE = 25,
    PRESENCE_LAN_URL_SIZE = 129,
    PRESENCE_LAN_PRINT_SIZE = 96,    /* SHA-256, "AB:CD:..." */
    PRESENCE_REPORT_MAX = 16 * 1024, /* JSON of downloaded and playing */
    PRESENCE_ONLINE_MS = 45 * 1000,  /* a report keeps a device "online" that long */
    /* A device not seen for so many days does not hold a site's rules back. */
    PRESENCE_LIVE_DAYS = 7
};

struct presence;

struct presence_report {
    char printer[PRESENCE_PRINTER_SIZE]; /* IPP printer-state-reasons, "none", "" = not told */
    char version[PRESENCE_VERSION_SIZE];
    char clock[PRESENCE_CLOCK_SIZE];     /* trusted, untrusted */
    int rules;                           /* newest version of the rules that it follows */
    const char *programme;               /* what it plays by, "" = none */
    const char *media;                   /* JSON text: what is downloaded and what plays */
    int files, present;                  /* that the programme needs, and that the device has */
    char fault[PRESENCE_FAULT_SIZE];     /* why it does not play by the newest, "" = it does */
    char lan_url[PRESENCE_LAN_URL_SIZE]; /* its page on the clinic's network, "" = none */
    char lan_print[PRESENCE_LAN_PRINT_SIZE];
    bool has_health; /* a kiosk of before tells none */
    struct health health;
};

/* Runs the migration of this module. clock: ms since 1970 UTC. */
int presence_create(struct db *db, struct identity *identity, int64_t (*clock)(void *context),
                    void *context, struct presence **ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
void presence_destroy(struct presence *presence);

/* Reads a site's devices anew, after enrolments and revocations. */
int presence_reload(struct presence *presence, const char *site)
    __attribute__((warn_unused_result));
/* Stores a report. *ret_changed: staff would see a difference. */
int presence_report(struct presence *presence, const char *site, const char *device,
                    const struct presence_report *report, bool *ret_changed)
    __attribute__((warn_unused_result));
/* What is wrong with the device's board, by its last report (health_troubles()). */
unsigned presence_troubles(struct presence *presence, const char *site, const char *device);
/* How many devices in use have each trouble. */
void presence_count_troubles(struct presence *presence, int ret[static HEALTH_TROUBLE_COUNT]);
/* The newest version of the rules that every live device of a site follows; an absent report counts
 * as the oldest version. RULES_MAX for a site without devices. */
int presence_rules(struct presence *presence, const char *site, int *ret)
    __attribute__((warn_unused_result));
/* A device's stream of events has begun (1) or ended (-1). True: staff would see a difference. */
bool presence_stream(struct presence *presence, const char *site, const char *device, int change);
/* The device may connect no more. */
bool presence_revoked(struct presence *presence, const char *site, const char *device);
/* Devices of all sites that are connected or reported lately. */
int presence_online(struct presence *presence);
/* [{"device","name","printer","online","seen","files","present","fault","lan","health"}], revoked
 * ones left out; files, present and fault since this server's start; lan: {"url","fingerprint"} or
 * null; health: as health_json() makes it, or null.
 * Takes no other lock. */
cJSON *presence_json(struct presence *presence, const char *site);

#endif
