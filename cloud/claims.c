#include "claims.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "ids.h"

enum {
    SHORT_CODE = 8, /* people read the first half of a slip's code */
    DAY_MS = 24 * 60 * 60 * 1000
};

static const struct db_migration steps[] = {
    {"claims",
     "CREATE TABLE claim_key (site TEXT PRIMARY KEY REFERENCES site, key TEXT NOT NULL);"
     "CREATE TABLE booking_card (site TEXT NOT NULL REFERENCES site, ticket TEXT NOT NULL, digest "
     "TEXT NOT NULL, date TEXT NOT NULL, PRIMARY KEY (site, ticket));"
     "CREATE INDEX booking_card_digest ON booking_card (site, digest);"},
};

int claims_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "claims", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

/* -- the key ----------------------------------------------------------------------------------- */

static int read_key(struct db *db, const char *site, char ret[static CLAIM_KEY_SIZE])
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows, "SELECT key FROM claim_key WHERE site = $1", "t", site);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        (void)snprintf(ret, CLAIM_KEY_SIZE, "%s", db_text(rows, 0));
    db_done(rows);
    return result == 1 ? 0 : result < 0 ? result : -ENOENT;
}

int claims_key(struct db *db, const char *site, char ret[static CLAIM_KEY_SIZE])
{
    unsigned char bytes[(CLAIM_KEY_SIZE - 1) / 2];
    char key[CLAIM_KEY_SIZE];
    int result;

    result = read_key(db, site, ret);
    if (result != -ENOENT)
        return result;
    randombytes_buf(bytes, sizeof(bytes));
    (void)sodium_bin2hex(key, sizeof(key), bytes, sizeof(bytes));
    result = db_run(db,
                    "INSERT INTO claim_key (site, key) VALUES ($1, $2) ON CONFLICT (site) DO "
                    "NOTHING",
                    "tt", site, key);
    return result < 0 ? result : read_key(db, site, ret);
}

/* -- cards ------------------------------------------------------------------------------------- */

int claims_keep_card(struct db *db, struct site *site, const char *ticket, const char *card)
{
    char key[CLAIM_KEY_SIZE], code[CLAIM_CODE_SIZE], digest[CLAIM_DIGEST_SIZE];
    int result;

    result = claim_code(card, code);
    if (result == 0)
        result = claims_key(db, site_id(site), key);
    if (result == 0)
        result = claim_digest(key, code, digest);
    if (result == 0)
        result = db_run(db,
                        "INSERT INTO booking_card (site, ticket, digest, date) VALUES ($1, $2, $3, "
                        "$4) ON CONFLICT (site, ticket) DO NOTHING",
                        "tttt", site_id(site), ticket, digest, site_state(site)->session.date);
    return result < 0 ? result : 0;
}

/* -- finding ----------------------------------------------------------------------------------- */

/* One ticket, or -ENOENT when there is none or more than one. */
static int only_row(struct db_rows *rows, int begun, char ret_ticket[static UID_SIZE])
{
    char ticket[UID_SIZE] = "";
    int count = 0, result = begun;

    while (result == 0 && db_next(rows) == 1) {
        (void)snprintf(ticket, sizeof(ticket), "%s", db_text(rows, 0));
        count++;
    }
    db_done(rows);
    if (result < 0)
        return result;
    if (count != 1)
        return -ENOENT;
    memcpy(ret_ticket, ticket, UID_SIZE);
    return 0;
}

static int find_code(struct db *db, struct site *site, const char *code,
                     char ret_ticket[static UID_SIZE])
{
    struct db_rows *rows = NULL;
    int64_t since = site_moment(site) - 2 * (int64_t)DAY_MS;
    char lower[CLAIM_CODE_SIZE];
    int result;

    for (size_t i = 0; i <= strlen(code); i++) /* as ids_code() writes them */
        lower[i] = (char)(code[i] >= 'A' && code[i] <= 'Z' ? code[i] - 'A' + 'a' : code[i]);
    if (strlen(code) == IDS_CODE_SIZE - 1)
        result = db_query(db, &rows, "SELECT ticket FROM ticket_code WHERE code = $1 AND site = $2",
                          "tt", lower, site_id(site));
    else if (strlen(code) == SHORT_CODE)
        result = db_query(db, &rows,
                          "SELECT ticket FROM ticket_code WHERE site = $1 AND made > $2 AND "
                          "substr(code, 1, 8) = $3",
                          "tit", site_id(site), since, lower);
    else
        return -ENOENT;
    return only_row(rows, result, ret_ticket);
}

static int find_card(struct db *db, struct site *site, const char *digest,
                     char ret_ticket[static UID_SIZE])
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows,
                      "SELECT ticket FROM booking_card WHERE site = $1 AND digest = $2 AND date = "
                      "$3",
                      "ttt", site_id(site), digest, site_state(site)->session.date);
    return only_row(rows, result, ret_ticket);
}

int claims_find(struct cloud *cloud, struct site *site, const char *text,
                char ret_ticket[static UID_SIZE])
{
    char code[CLAIM_CODE_SIZE], key[CLAIM_KEY_SIZE], digest[CLAIM_DIGEST_SIZE];
    struct number number;
    int result;

    if (claim_code(text, code) < 0)
        return -ENOENT;
    if (number_parse(code, &number) == 0) {
        const struct ticket *holder = queue_holder(site_state(site), number);

        if (holder && holder->booked) {
            memcpy(ret_ticket, holder->id, UID_SIZE);
            return 0;
        }
    }
    result = find_code(cloud->db, site, code, ret_ticket);
    if (result != -ENOENT)
        return result;
    result = claims_key(cloud->db, site_id(site), key);
    if (result == 0)
        result = claim_digest(key, code, digest);
    return result < 0 ? result : find_card(cloud->db, site, digest, ret_ticket);
}

/* By the code of a link: each of the last days' is tried, the key keeps them from being listed. */
static int find_code_digest(struct db *db, struct site *site, const char *key, const char *digest,
                            char ret_ticket[static UID_SIZE])
{
    struct db_rows *rows = NULL;
    char code[CLAIM_CODE_SIZE], found[CLAIM_DIGEST_SIZE] = "";
    int result;

    result =
        db_query(db, &rows, "SELECT code, ticket FROM ticket_code WHERE site = $1 AND made > $2",
                 "ti", site_id(site), site_moment(site) - 2 * (int64_t)DAY_MS);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        if (claim_code(db_text(rows, 0), code) < 0 || claim_digest(key, code, found) < 0 ||
            strcmp(found, digest) != 0)
            continue;
        (void)snprintf(ret_ticket, UID_SIZE, "%s", db_text(rows, 1));
        break;
    }
    db_done(rows);
    return result < 0 ? result : result == 1 ? 0 : -ENOENT;
}

int claims_find_digest(struct cloud *cloud, struct site *site, const char *digest,
                       char ret_ticket[static UID_SIZE])
{
    char key[CLAIM_KEY_SIZE];
    int result;

    result = find_card(cloud->db, site, digest, ret_ticket);
    if (result != -ENOENT)
        return result;
    result = claims_key(cloud->db, site_id(site), key);
    return result < 0 ? result : find_code_digest(cloud->db, site, key, digest, ret_ticket);
}

static bool is_live(struct site *site, const char *ticket)
{
    const struct ticket *found = queue_ticket(site_state(site), ticket);

    return found && found->state != TICKET_DONE && found->state != TICKET_CANCELLED;
}

int claims_card_used(struct cloud *cloud, struct site *site, const char *card)
{
    char code[CLAIM_CODE_SIZE], key[CLAIM_KEY_SIZE], digest[CLAIM_DIGEST_SIZE];
    struct db_rows *rows = NULL;
    bool used = false;
    int result;

    result = claim_code(card, code);
    if (result == 0)
        result = claims_key(cloud->db, site_id(site), key);
    if (result == 0)
        result = claim_digest(key, code, digest);
    if (result == 0)
        result = db_query(cloud->db, &rows,
                          "SELECT ticket FROM booking_card WHERE site = $1 AND digest = $2", "tt",
                          site_id(site), digest);
    while (result >= 0 && (result = db_next(rows)) == 1)
        used = used || is_live(site, db_text(rows, 0));
    db_done(rows);
    return result < 0 ? result : used;
}
