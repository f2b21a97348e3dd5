/* What a clinic's contract gives it, service by service, and how that changes: start (terms 7),
 * suspension (12), interruption (13), discontinuation (14), end (9, 15, 16).
 *
 * Each act is one transaction: the settings that gate and show the service, an act in the record
 * with who, when, from when and why, the notices of the staff's console and the contractor's page,
 * and a mail to each contractor of the site. No act touches a ticket: who has a number is served.
 *
 * Errors are negative errno values; error (DB_ERROR_SIZE) gets a sentence where one is taken.
 */
#ifndef MACHIAI_CLOUD_CONTRACT_H
#define MACHIAI_CLOUD_CONTRACT_H

#include <cjson/cJSON.h>

#include "cloud.h"

enum {
    CONTRACT_CAUSE_SIZE = 481, /* 480 bytes of UTF-8 */
    CONTRACT_ACTS_MAX = 200,   /* told of a site, the newest */
    CONTRACT_DUE_MAX = 256,    /* ends carried out in one turn */
    CONTRACT_NOTICE_MONTHS = 2 /* terms 14.2 */
};

/* act, its name on the wire and in the mails' text */
#define CONTRACT_ACTS(X)                                                                           \
    X(START, "start")             /* terms 7 */                                                    \
    X(SUSPEND, "suspend")         /* 12: at once, data stay, numbers given are served */           \
    X(RESUME, "resume")           /* ... is over */                                                \
    X(INTERRUPT, "interrupt")     /* 13: announced for a span; of the whole site */                \
    X(UNINTERRUPT, "uninterrupt") /* ... will not be */                                            \
    X(DISCONTINUE, "discontinue") /* 14: announced two months ahead */                             \
    X(TERMINATE, "terminate")     /* 9, 15, 16: ends on a day, or at once */                       \
    X(KEEP, "keep")               /* an announced end is taken back */                             \
    X(END, "end")                 /* the day has come */

enum contract_act {
#define X(name, text) CONTRACT_##name,
    CONTRACT_ACTS(X)
#undef X
        CONTRACT_ACT_COUNT
};
const char *contract_act_name(enum contract_act act);
/* -EINVAL */
int contract_act_parse(const char *name, enum contract_act *ret)
    __attribute__((warn_unused_result));

int contract_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

struct contract_order {
    enum contract_act act; /* all but END, which comes by itself */
    const char *service;   /* "reservation" or "video"; of an interruption not read */
    const char *cause;     /* may be NULL; contractor and operator read it, nobody else */
    const char *user;      /* who orders it */
    int64_t from;          /* ms UTC: when it takes effect (DISCONTINUE, TERMINATE), or begins */
    int64_t to;            /* when an interruption ends */
    bool urgent;           /* an interruption that could not be announced ahead (13.2) */
};

/* -EINVAL: no such service, or the act does not fit its state; -ERANGE: announced too late. */
int contract_order(struct cloud *cloud, struct site *site, const struct contract_order *order,
                   char *error, size_t error_size) __attribute__((warn_unused_result));

/* Carries out the ends whose day has come. A reservation service first stops giving numbers; it
 * ends when everybody who has one was served, or the next day. */
int contract_tick(struct cloud *cloud, int64_t now) __attribute__((warn_unused_result));

/* {"services":[{"service","state","cause","ends","ends_by"}],"interruption":{"from","to"}|null,
 * "acts":[{"act","service","at","from","to","cause","user"}]}, newest act first; state: "none",
 * "active", "suspended"; ends 0 = no end is announced. NULL when it could not be read. */
cJSON *contract_json(struct cloud *cloud, struct site *site);

/* -- pure: by the clock in Japan --------------------------------------------------------------- */
/* The first day on which a service may be discontinued that is announced at `now` (14.2). */
int64_t contract_first_discontinuation(int64_t now);
/* When a contractor's written notice takes effect (16.1): after the last day of the month that
 * follows its arrival, or of the month of `wanted` (0 = none named), whichever is later. */
int64_t contract_end_after_notice(int64_t arrived, int64_t wanted);

#endif
