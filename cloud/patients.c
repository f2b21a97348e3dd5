#include "patients.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claims.h"

enum { BIRTH_YEAR_MIN = 1850 };

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

static const struct db_migration steps[] = {
    {"known patients",
     "CREATE TABLE patient (site TEXT NOT NULL REFERENCES site, digest TEXT NOT NULL, expires "
     "BIGINT NOT NULL, PRIMARY KEY (site, digest));"
     "CREATE INDEX patient_expires ON patient (expires);"},
};

int patients_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "patients", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

int patients_read_card(const char *text, char ret[static PATIENTS_CARD_SIZE])
{
    char code[CLAIM_CODE_SIZE];

    if (claim_code(text, code) < 0 || strlen(code) >= PATIENTS_CARD_SIZE)
        return -EINVAL;
    memcpy(ret, code, strlen(code) + 1);
    return 0;
}

/* The calendar repeats after 400 years; civil_date_to_ms() begins with 1970. */
bool patients_birth_ok(const char *text, int64_t now)
{
    char date[PATIENTS_BIRTH_SIZE], year[5];
    long value;
    int64_t at;

    if (strlen(text) != sizeof(date) - 1 || strspn(text, "0123456789") != 4)
        return false;
    memcpy(date, text, sizeof(date));
    memcpy(year, text, 4);
    year[4] = '\0';
    value = strtol(year, NULL, 10);
    if (value < BIRTH_YEAR_MIN)
        return false;
    if (value < 1970) {
        (void)snprintf(year, sizeof(year), "%04ld", value + 400);
        memcpy(date, year, 4);
    }
    return civil_date_to_ms(date, 0, &at) == 0 && (value < 1970 || at <= now + day_ms);
}

/* One hash over both: neither half can be tried by itself. */
static int digest_of(struct db *db, struct site *site, const struct patient *patient,
                     char ret[static CLAIM_DIGEST_SIZE])
{
    char card[PATIENTS_CARD_SIZE], key[CLAIM_KEY_SIZE], both[CLAIM_CODE_SIZE];
    const char *birth = patient->birth;
    int result;

    result = patients_read_card(patient->card, card);
    if (result == 0)
        result = claims_key(db, site_id(site), key);
    if (result < 0)
        return result;
    (void)snprintf(both, sizeof(both), "%.20s%.4s%.2s%.2s", card, birth, birth + 5, birth + 8);
    return claim_digest(key, both, ret);
}

/* Who is there already is kept until the later day; exact: until this one. */
static int put_one(struct db *db, struct site *site, const struct patient *patient, int64_t expires,
                   bool exact)
{
    char digest[CLAIM_DIGEST_SIZE];
    int result;

    if (!patients_birth_ok(patient->birth, site_now(site)))
        return -EINVAL;
    result = digest_of(db, site, patient, digest);
    if (result == 0)
        result = db_run(db,
                        "INSERT INTO patient (site, digest, expires) VALUES ($1, $2, $3) ON "
                        "CONFLICT (site, digest) DO UPDATE SET expires = $3 WHERE expires < $3 OR "
                        "$4 = 1",
                        "ttii", site_id(site), digest, expires, (int64_t)exact);
    return result < 0 ? result : 0;
}

static int put_all(struct db *db, struct site *site, const struct patient *list, int count,
                   bool replace, int64_t expires)
{
    int64_t known = 0;
    int result = replace ? patients_clear(db, site) : 0;

    for (int i = 0; i < count && result >= 0; i++)
        result = put_one(db, site, &list[i], expires, false);
    if (result >= 0)
        result = patients_count(db, site, &known);
    return result < 0 ? result : known > PATIENTS_MAX ? -ENOSPC : 0;
}

int patients_put(struct db *db, struct site *site, const struct patient *list, int count,
                 bool replace, int keep_days)
{
    int64_t expires = site_now(site) + keep_days * day_ms;
    int result;

    result = db_begin(db);
    if (result < 0)
        return result;
    result = put_all(db, site, list, count, replace, expires);
    if (result == 0)
        return db_commit(db);
    db_rollback(db);
    return result;
}

/* -- a long list ------------------------------------------------------------------------------- */

enum { PIECE = 2000 /* a fraction of a second */ };

/* exact: the day tells who is of this list. */
static int put_piece(struct db *db, struct site *site, const struct patient *list, int count,
                     int64_t expires, bool exact)
{
    int result = db_begin(db);

    if (result < 0)
        return result;
    for (int i = 0; i < count && result >= 0; i++)
        result = put_one(db, site, &list[i], expires, exact);
    if (result >= 0)
        return db_commit(db);
    db_rollback(db);
    return result;
}

static int room_for(struct db *db, struct site *site, const struct patient *list, int count,
                    bool replace)
{
    int64_t known = 0;
    int result = patients_count(db, site, &known);

    if (result < 0 || replace || known + count <= PATIENTS_MAX)
        return result < 0 ? result : count > PATIENTS_MAX ? -ENOSPC : 0;
    for (int i = 0; i < count && result >= 0; i++) {
        result = patients_knows(db, site, &list[i]);
        known += result == 0;
    }
    return result < 0 ? result : known > PATIENTS_MAX ? -ENOSPC : 0;
}

int patients_import(struct db *db, struct site *site, const struct patient *list, int count,
                    bool replace, int keep_days)
{
    int64_t expires = site_now(site) + keep_days * day_ms;
    int result = room_for(db, site, list, count, replace);

    for (int at = 0; at < count && result >= 0; at += PIECE)
        result = put_piece(db, site, list + at, count - at < PIECE ? count - at : PIECE, expires,
                           replace);
    if (result >= 0 && replace)
        result = db_run(db, "DELETE FROM patient WHERE site = $1 AND expires <> $2", "ti",
                        site_id(site), expires);
    return result < 0 ? result : 0;
}

int patients_knows(struct db *db, struct site *site, const struct patient *patient)
{
    char digest[CLAIM_DIGEST_SIZE];
    int64_t one = 0;
    int result;

    result = digest_of(db, site, patient, digest);
    return result < 0 ? result
                      : db_get_int(db, &one,
                                   "SELECT 1 FROM patient WHERE site = $1 AND digest = $2 AND "
                                   "expires > $3",
                                   "tti", site_id(site), digest, site_now(site));
}

int patients_count(struct db *db, struct site *site, int64_t *ret)
{
    int result =
        db_get_int(db, ret, "SELECT count(*) FROM patient WHERE site = $1", "t", site_id(site));

    return result < 0 ? result : 0;
}

int patients_clear(struct db *db, struct site *site)
{
    int result = db_run(db, "DELETE FROM patient WHERE site = $1", "t", site_id(site));

    return result < 0 ? result : 0;
}

int patients_forget(struct db *db, int64_t now)
{
    int result = db_run(db, "DELETE FROM patient WHERE expires <= $1", "i", now);

    return result < 0 ? result : 0;
}
