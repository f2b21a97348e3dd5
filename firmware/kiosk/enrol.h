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

/* Of a code as configured, whatever its case, hyphen and spaces. */
void enrol_code_hash(const char *code, char ret[static ENROL_CODE_HASH_SIZE]);

/* Body of the request; NULL when memory runs out. Caller frees. */
char *enrol_body(const struct config *config);

enum enrol_outcome {
    ENROL_DONE,   /* ret is filled */
    ENROL_LATER,  /* try again */
    ENROL_REFUSED /* this code will never do */
};
/* Reads the answer. key and detail say why it is not DONE (see STATION_ERRORS). */
enum enrol_outcome enrol_judge(const struct http_client_answer *answer, const struct config *config,
                               struct enrolment *ret, enum station_error *ret_error,
                               char detail[static STATION_DETAIL_SIZE]);

/* What a failed exchange means for the status screen. */
enum station_error enrol_error(const struct http_client_answer *answer);

#endif
