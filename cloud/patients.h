/* Known patients of a clinic: who shows that card number and birth date belong together may book
 * from home as a patient with a card.
 *
 * Neither card number nor birth date is kept: of each patient one keyed hash over both (the site's
 * key, claims.h), until a day that the clinic's list names, at most PATIENTS_KEEP_DAYS_MAX on. So a
 * wrong card and a wrong birth date are one and the same miss here, in answer and in time.
 */
#ifndef MACHIAI_CLOUD_PATIENTS_H
#define MACHIAI_CLOUD_PATIENTS_H

#include "cloud.h"

enum {
    PATIENTS_CARD_SIZE = 21, /* 20 letters and digits, and terminator */
    PATIENTS_BIRTH_SIZE = 11,
    PATIENTS_LIST_MAX = 5000, /* in one call */
    PATIENTS_MAX = 200000,    /* of one site */
    PATIENTS_KEEP_DAYS = 90,
    PATIENTS_KEEP_DAYS_MAX = 400
};

struct patient {
    char card[PATIENTS_CARD_SIZE];   /* as typed: patients_read_card() makes it comparable */
    char birth[PATIENTS_BIRTH_SIZE]; /* "1951-04-07" */
};

int patients_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* What counts of a card number: letters and digits, leading zeros too. -EINVAL: nothing, or too
 * much. */
int patients_read_card(const char *text, char ret[static PATIENTS_CARD_SIZE])
    __attribute__((warn_unused_result));
/* A date that exists, from 1850 on and not after now. */
bool patients_birth_ok(const char *text, int64_t now);

/* Adds a list, or puts it in the place of the one that is there, all or nothing. Who is there
 * already is kept until the later day. -EINVAL: a card or date is none; -ENOSPC: PATIENTS_MAX. */
int patients_put(struct db *db, struct site *site, const struct patient *list, int count,
                 bool replace, int keep_days) __attribute__((warn_unused_result));
/* The same for a list of any length, in pieces between which others may write. Who is in the list
 * is there from his piece on; who is not (replace) goes with the last. Cut off in between nothing
 * is lost, and doing it again is right. -ENOSPC, before anything is changed. */
int patients_import(struct db *db, struct site *site, const struct patient *list, int count,
                    bool replace, int keep_days) __attribute__((warn_unused_result));
/* 1: they belong together; 0: they do not, or nobody knows. */
int patients_knows(struct db *db, struct site *site, const struct patient *patient)
    __attribute__((warn_unused_result));
int patients_count(struct db *db, struct site *site, int64_t *ret)
    __attribute__((warn_unused_result));
int patients_clear(struct db *db, struct site *site) __attribute__((warn_unused_result));
/* Forgets those whose day has come, of all sites. */
int patients_forget(struct db *db, int64_t now) __attribute__((warn_unused_result));

#endif
