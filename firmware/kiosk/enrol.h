/* Enrolment: a one-time code against a lasting identity.
 *
 * The identity lives in DIR/identity.json, apart from the journal, so that a damaged journal does
 * not make the kiosk a stranger: the code is used up, and the cloud gives no second token for it.
 */
#ifndef MACHIAI_KIOSK_ENROL_H
#define MACHIAI_KIOSK_ENROL_H

#include <stdbool.h>

#include "config.h"
#include "http_client.h"
#include "station.h"

enum { ENROL_CODE_HASH_SIZE = 65 };

struct enrolment {
    char device[UID_SIZE];
    char token[HTTP_CLIENT_TOKEN_SIZE];
    char site[UID_SIZE];
    char clinic_no[CLINIC_NO_SIZE];
    char letter;                     /* of the own series; 0 = all were given */
    char url[STATION_URL_SIZE];      /* base of the links on slips, no trailing slash */
    char code[ENROL_CODE_HASH_SIZE]; /* SHA-256 of the code that made it; "" = an older file's */
};

/* -ENOENT: not enrolled. -EINVAL: the file is damaged (reported). */
int enrol_load(const char *dir, struct enrolment *ret) __attribute__((warn_unused_result));
/* On the disk when it returns 0; readable by the owner alone. */
int enrol_save(const char *dir, const struct enrolment *enrolment)
    __attribute__((warn_unused_result));

enum { ENROL_SECRET_SIZE = 44, ENROL_SHOWN_SIZE = 16 };

/* What an enrolment under way needs to have its answer a second time. It lies in DIR/enrolling.json
 * from before the code is used until the identity is stored: the power may go in between. */
struct enrol_attempt {
    char secret[ENROL_SECRET_SIZE];  /* "" = none is under way */
    char pairing[ENROL_SECRET_SIZE]; /* of a confirmed pairing; "" = with [cloud] code */
};
/* Whole, or "" where nothing is kept or it cannot be read. */
void enrol_attempt_load(const char *dir, struct enrol_attempt *ret);
/* On the disk when it returns 0; readable by the owner alone. */
int enrol_attempt_save(const char *dir, const struct enrol_attempt *attempt)
    __attribute__((warn_unused_result));
/* It has led to an identity, which is stored. */
void enrol_attempt_end(const char *dir);

/* Of a code as configured, whatever its case, hyphen and spaces. */
void enrol_code_hash(const char *code, char ret[static ENROL_CODE_HASH_SIZE]);

/* Body of the request with a code or the secret of a confirmed pairing; NULL when memory runs out.
 * secret: the same for every try of this kiosk (enrol_secret()), so that an answer that was lost
 * can be had again. Caller frees. */
char *enrol_body(const struct config *config, const char *code, const char *secret);

enum enrol_outcome {
    ENROL_DONE,   /* ret is filled */
    ENROL_LATER,  /* try again */
    ENROL_REFUSED /* this code will never do */
};
/* Reads the answer to that code. key and detail say why it is not DONE (see STATION_ERRORS). */
enum enrol_outcome enrol_judge(const struct http_client_answer *answer, const struct config *config,
                               const char *code, struct enrolment *ret,
                               enum station_error *ret_error,
                               char detail[static STATION_DETAIL_SIZE]);

/* A pairing (terms 35): the cloud gives a short code for a secret that is never shown; who may
 * confirms the code, and the secret is good as enrolment code. */
enum enrol_pairing {
    ENROL_PAIRING_WAITING,   /* ret_code is filled when the cloud told one */
    ENROL_PAIRING_CONFIRMED, /* enrol with the secret */
    ENROL_PAIRING_SPENT,     /* a new secret is needed */
    ENROL_PAIRING_LATER      /* try again */
};
void enrol_secret(char ret[static ENROL_SECRET_SIZE]);
enum enrol_pairing enrol_judge_pairing(const struct http_client_answer *answer,
                                       const struct config *config,
                                       char ret_code[static ENROL_SHOWN_SIZE],
                                       enum station_error *ret_error,
                                       char detail[static STATION_DETAIL_SIZE]);

/* What a failed exchange means for the status screen. */
enum station_error enrol_error(const struct http_client_answer *answer);

#endif
