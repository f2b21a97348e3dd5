#include "identity_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    PAIR_VALID_MS = 15 * 60 * 1000,
    PAIRINGS_MAX = 1000, /* open at a time, of all clinics */
    SECRET_LETTERS = IDENTITY_TOKEN_SIZE - 1
};

bool identity_pair_hash(const char *secret, char hash[static IDENTITY_HASH_SIZE])
{
    static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_";
    if (strlen(secret) != SECRET_LETTERS || strspn(secret, base64url) != SECRET_LETTERS)
        return false;
    identity_hash(secret, hash);
    return true;
}

/* 1 and *ret_expires when the secret's code is shown and good. */
static int find_waiting(struct identity *identity, const char *hash, int64_t *ret_expires)
{
    return db_get_int(identity->db, ret_expires,
                      "SELECT expires FROM pairings WHERE secret = $1 AND expires > $2", "ti", hash,
                      identity_now(identity));
}

/* -EBUSY: too many wait. Those that nobody confirmed go. */
static int begin(struct identity *identity, const char *hash, const char *address,
                 struct identity_pairing *ret)
{
    char code_hash[IDENTITY_HASH_SIZE];
    int64_t count = 0, now = identity_now(identity);

    int result = db_run(identity->db, "DELETE FROM pairings WHERE expires <= $1", "i", now);
    if (result >= 0)
        result = db_get_int(identity->db, &count, "SELECT count(*) FROM pairings", "");
    if (result >= 0 && count >= PAIRINGS_MAX)
        return -EBUSY;
    if (result < 0)
        return result;
    identity_code_random(ret->code, code_hash);
    ret->left_ms = PAIR_VALID_MS;
    result =
        db_run(identity->db, "INSERT INTO pairings (secret, code, expires) VALUES ($1, $2, $3)",
               "tti", hash, code_hash, now + PAIR_VALID_MS);
    return result < 0 ? result : identity_audit_miss(identity, NULL, AUDIT_PAIR, hash, "", address);
}

static int refuse(struct http_request *req, enum code_state state)
{
    if (state == CODE_USED)
        http_reply_error(req, 403, "used_code", "This secret has enrolled a device.", "secret");
    else
        http_reply_error(req, 403, "expired_code", "The confirmation has expired; pair anew.",
                         "secret");
    return -EACCES;
}

/* A new code for a secret that has none; counted, for each takes a place. */
static int begin_counted(struct identity *identity, struct http_request *req, const char *hash,
                         struct identity_pairing *ret)
{
    char address[IDENTITY_ADDRESS_SIZE];

    identity_address(req, address);
    int result = identity_throttled(identity, AUDIT_PAIR, NULL, address);
    if (result > 0) {
        identity_reply_throttled(req, result);
        return -EAGAIN;
    }
    if (result == 0)
        result = begin(identity, hash, address, ret);
    if (result == -EBUSY) {
        http_add_header(req, "Retry-After", "60");
        http_reply_error(req, 503, "busy", "Too many devices wait to be paired.", NULL);
        return result;
    }
    return result < 0 ? identity_failed(req, result) : 0;
}

static int pair(struct identity *identity, struct http_request *req, const char *hash,
                struct identity_pairing *ret)
{
    struct identity_code known;
    int64_t expires = 0;

    int result = find_waiting(identity, hash, &expires);
    if (result > 0) {
        ret->left_ms = expires - identity_now(identity);
        return 0;
    }
    if (result == 0)
        result = identity_code_find(identity, hash, &known);
    if (result < 0)
        return identity_failed(req, result);
    if (known.state == CODE_UNKNOWN)
        return begin_counted(identity, req, hash, ret);
    ret->confirmed = known.state == CODE_GOOD;
    return ret->confirmed ? 0 : refuse(req, known.state);
}

int identity_pair(struct identity *identity, struct http_request *req, const char *secret,
                  struct identity_pairing *ret)
{
    struct identity_pairing pairing = {0};
    char hash[IDENTITY_HASH_SIZE];

    if (!identity_pair_hash(secret, hash)) {
        http_reply_error(req, 400, "bad_request", "must be 32 random bytes in base64url", "secret");
        return -EINVAL;
    }
    int result = db_begin(identity->db);
    if (result < 0)
        return identity_failed(req, result);
    result = pair(identity, req, hash, &pairing);
    if (result < 0) {
        db_rollback(identity->db);
        return result;
    }
    result = db_commit(identity->db);
    if (result < 0)
        return identity_failed(req, result);
    *ret = pairing;
    return 0;
}

/* -- somebody says where it belongs ------------------------------------------------------------ */

static int find_secret(struct identity *identity, const char *code_hash,
                       char secret[static IDENTITY_HASH_SIZE])
{
    struct db_rows *rows = NULL;
    int result = db_query(identity->db, &rows,
                          "SELECT secret FROM pairings WHERE code = $1 AND expires > $2", "ti",
                          code_hash, identity_now(identity));
    if (result < 0)
        return result;
    result = db_next(rows);
    if (result > 0)
        (void)snprintf(secret, IDENTITY_HASH_SIZE, "%s", db_text(rows, 0));
    db_done(rows);
    return result > 0 ? 0 : result < 0 ? result : -ENOENT;
}

/* The secret becomes an enrolment code of the site; the short code is good no more. */
static int confirm(struct identity *identity, const char *code_hash, const char *site,
                   const char *name, const char *replaces)
{
    char secret[IDENTITY_HASH_SIZE] = "";
    int64_t now = identity_now(identity);

    int result = find_secret(identity, code_hash, secret);
    if (result == 0)
        result = db_run(identity->db, "DELETE FROM pairings WHERE secret = $1", "t", secret);
    if (result == 0)
        result = -ENOENT; /* somebody was faster */
    if (result > 0)
        result = db_run(identity->db,
                        "INSERT INTO enrolment_codes (hash, site, made, expires, name, replaces)"
                        " VALUES ($1, $2, $3, $4, $5, $6)",
                        "ttiitt", secret, site, now, now + PAIR_VALID_MS, name, replaces);
    return result < 0 ? result : identity_audit(identity, NULL, AUDIT_PAIRED, "", site, "");
}

int identity_pair_confirm(struct identity *identity, const char *code, const char *site,
                          const char *name, const char *replaces)
{
    char hash[IDENTITY_HASH_SIZE];
    int result;

    if (!identity_code_hash(code, hash))
        return -ENOENT;
    if (strlen(name) >= IDENTITY_NAME_SIZE)
        return -EINVAL;
    if (*replaces && identity_replaceable(identity, site, replaces) < 0)
        return -ENODEV;
    result = db_begin(identity->db);
    return result < 0 ? result
                      : identity_end(identity, confirm(identity, hash, site, name, replaces));
}
