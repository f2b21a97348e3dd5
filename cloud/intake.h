/* Giving numbers: the gates of a new ticket, its event, and the secret link on its slip.
 */
#ifndef MACHIAI_CLOUD_INTAKE_H
#define MACHIAI_CLOUD_INTAKE_H

#include "claim.h"
#include "cloud.h"
#include "ids.h"
#include "names.h"

enum {
    INTAKE_CLAIM_MAX_MS = 60 * 1000, /* how far back an online author may date its ticket */
    INTAKE_PERSONS_MAX = 8           /* of one party */
};

/* Also of what stands beside intake: claims.h, names.h, resolve.h. */
int intake_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* What of one person of a party differs from the others. */
struct intake_person {
    char service[KEY_SIZE];     /* "" = the request's */
    char card[CLAIM_CODE_SIZE]; /* "" = the request's */
};

struct intake_request {
    char tickets[INTAKE_PERSONS_MAX][UID_SIZE];
    struct intake_person who[INTAKE_PERSONS_MAX];
    int persons; /* 1..INTAKE_PERSONS_MAX */
    int desk_no;
    char service[KEY_SIZE];     /* "" = the desk's first */
    bool offer;                 /* a device's: offered until it says taken */
    bool booking;               /* reserved until the patient checks in */
    int64_t slot_from, slot_to; /* of a booking; 0 = turn booking */
    char card[CLAIM_CODE_SIZE]; /* of a booking, "" = none; only its keyed hash is kept */
    bool no_voice;
    enum channel channel;
    char family[UID_SIZE];
    int64_t at;            /* the author's clock; 0 = now */
    char device[UID_SIZE]; /* author: a device, */
    char user[NAME_SIZE];  /* or a person */
    char name[NAMES_SIZE]; /* of the first patient, cleaned, "" = none: names.h */
};

/* Why no number was given: as the API says it. */
struct intake_refusal {
    int status;
    const char *code;
    const char *message;
    const char *field; /* may be NULL */
};

struct intake_ticket {
    bool first;  /* made by this call; else the same request came before */
    int64_t seq; /* of the entry that made it */
    char code[IDS_CODE_SIZE];
};

/* Gives a party its numbers, one a person, all or none, once however often it is asked. The
 * clinic's hours, and a session that was ended, stop devices and patients; staff add at any hour. 0
 * with ret[request->persons], -EPERM with *refusal, or another error. */
int intake_issue(struct cloud *cloud, struct site *site, const struct intake_request *request,
                 struct intake_ticket *ret, struct intake_refusal *refusal)
    __attribute__((warn_unused_result));

/* The ticket behind a secret code. -ENOENT. */
int intake_find_code(struct cloud *cloud, const char *code, char ret_site[static UID_SIZE],
                     char ret_ticket[static UID_SIZE]) __attribute__((warn_unused_result));
/* A ticket as whoever holds it and its kiosk read it: view_ticket() with session, family, slot,
 * code, link, and the entry `seq` (null for 0). NULL: there is no such ticket. */
cJSON *intake_json(struct cloud *cloud, struct site *site, const char *id,
                   const struct intake_ticket *ticket);
/* {"tickets":[..]}: that of each person of a request. */
cJSON *intake_party_json(struct cloud *cloud, struct site *site,
                         const struct intake_request *request, const struct intake_ticket *issued);
/* The secret code of a ticket; "" when it has none. */
int intake_code_of(struct cloud *cloud, struct site *site, const char *ticket,
                   char code[static IDS_CODE_SIZE]) __attribute__((warn_unused_result));

#endif
