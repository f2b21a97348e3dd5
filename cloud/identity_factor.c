/* The second factor of people who may do much: codes that change with time (TOTP, RFC 6238), as
 * every authenticator app makes them: SHA-1, six digits, 30 s. And accounts that are locked. */
#include "identity_private.h"

#include <errno.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SECRET_BYTES = 20, /* of SHA-1; 32 letters in base32 */
    STEP_SECONDS = 30,
    WINDOW_STEPS = 1 /* clocks may be half a minute apart */
};

/* -- one user's row ---------------------------------------------------------------------------- */

struct factor {
    char secret[IDENTITY_FACTOR_SIZE]; /* "" = off */
    char offered[IDENTITY_FACTOR_SIZE];
    int64_t step; /* the last one used: a code holds once */
    bool locked;
};

static int load(struct identity *identity, const char *user, struct factor *ret)
{
    struct db_rows *rows = NULL;
    int result = db_query(identity->db, &rows,
                          "SELECT factor, factor_offered, factor_step, locked FROM people WHERE "
                          "person = $1",
                          "t", user);
    if (result == 0)
        result = db_next(rows);
    if (result > 0) {
        *ret = (struct factor){.step = db_int(rows, 2), .locked = db_int(rows, 3) > 0};
        (void)snprintf(ret->secret, sizeof ret->secret, "%s", db_text(rows, 0));
        (void)snprintf(ret->offered, sizeof ret->offered, "%s", db_text(rows, 1));
    }
    db_done(rows);
    return result > 0 ? 0 : result < 0 ? result : -ENOENT;
}

/* The step in which the code holds; 0: in none near now. */
static int64_t step_of(const char *secret, const char *code, int64_t now_ms)
{
    char *bytes = NULL;
    size_t size = 0;
    uint64_t step = 0;
    int position = 0;

    if (strlen(code) != IDENTITY_FACTOR_DIGITS ||
        oath_base32_decode(secret, strlen(secret), &bytes, &size) != OATH_OK)
        return 0;
    int result = oath_totp_validate3(bytes, size, (time_t)(now_ms / 1000), STEP_SECONDS, 0,
                                     WINDOW_STEPS, &position, &step, code);
    sodium_memzero(bytes, size);
    free(bytes);
    return result >= 0 ? (int64_t)step : 0;
}

/* -- the factor -------------------------------------------------------------------------------- */

int identity_factor_offer(struct identity *identity, const char *user,
                          char ret_secret[static IDENTITY_FACTOR_SIZE])
{
    char bytes[SECRET_BYTES], *text = NULL;

    randombytes_buf(bytes, sizeof bytes);
    if (oath_base32_encode(bytes, sizeof bytes, &text, NULL) != OATH_OK)
        return -ENOMEM;
    (void)snprintf(ret_secret, IDENTITY_FACTOR_SIZE, "%s", text);
    sodium_memzero(text, strlen(text));
    free(text);
    int result = db_run(identity->db, "UPDATE people SET factor_offered = $1 WHERE person = $2",
                        "tt", ret_secret, user);
    return result > 0 ? 0 : result < 0 ? result : -ENOENT;
}

int identity_factor_confirm(struct identity *identity, const char *user, const char *code)
{
    struct factor factor;
    int result = load(identity, user, &factor);

    if (result < 0)
        return result;
    int64_t step = *factor.offered ? step_of(factor.offered, code, identity_now(identity)) : 0;
    if (step == 0)
        return -EACCES;
    result = db_begin(identity->db);
    if (result < 0)
        return result;
    result = db_run(identity->db,
                    "UPDATE people SET factor = factor_offered, factor_offered = '', factor_step = "
                    "$1 WHERE person = $2 AND factor_offered = $3",
                    "itt", step, user, factor.offered);
    if (result == 0)
        result = -EACCES; /* another one was offered meanwhile */
    if (result > 0)
        result = identity_audit(identity, NULL, AUDIT_FACTOR, "", user, "");
    return identity_end(identity, result);
}

int identity_factor_off(struct identity *identity, const char *user)
{
    int result = db_begin(identity->db);

    if (result < 0)
        return result;
    result =
        db_run(identity->db, "UPDATE people SET factor = '', factor_offered = '' WHERE person = $1",
               "t", user);
    if (result == 0)
        result = -ENOENT;
    if (result > 0)
        result = db_run(identity->db, "DELETE FROM person_recovery WHERE person = $1", "t", user);
    if (result >= 0)
        result = identity_audit(identity, NULL, AUDIT_FACTOR_OFF, "", user, "");
    return identity_end(identity, result);
}

int identity_factor_on(struct identity *identity, const char *user, bool *ret)
{
    struct factor factor;
    int result = load(identity, user, &factor);

    if (result == 0)
        *ret = *factor.secret != '\0';
    return result;
}

int identity_factor_check(struct identity *identity, const char *user, const char *code)
{
    struct factor factor;
    int result = load(identity, user, &factor);

    if (result < 0)
        return result;
    if (factor.locked)
        return -EACCES;
    if (!*factor.secret)
        return 0;
    if (!*code)
        return -EAGAIN;
    int64_t step = step_of(factor.secret, code, identity_now(identity));
    if (step == 0)
        return identity_recovery_use(identity, user, code);
    /* One statement decides, so that one code lets one in, even of two at once. */
    result = db_run(identity->db,
                    "UPDATE people SET factor_step = $1 WHERE person = $2 AND factor_step < $1",
                    "it", step, user);
    return result > 0 ? 0 : result < 0 ? result : -EACCES;
}

/* -- locked accounts (terms 33) ---------------------------------------------------------------- */

static int set_locked(struct identity *identity, const char *user, bool locked)
{
    int result = db_run(identity->db, "UPDATE people SET locked = $1 WHERE person = $2", "it",
                        locked ? identity_now(identity) : (int64_t)0, user);

    if (result <= 0)
        return result < 0 ? result : -ENOENT;
    if (locked)
        result = db_run(identity->db, "DELETE FROM web_sessions WHERE person = $1", "t", user);
    if (result < 0)
        return result;
    return identity_audit(identity, NULL, locked ? AUDIT_LOCK : AUDIT_UNLOCK, "", user, "");
}

int identity_user_lock(struct identity *identity, const char *user, bool locked)
{
    int result = db_begin(identity->db);

    if (result < 0)
        return result;
    result = identity_end(identity, set_locked(identity, user, locked));
    identity_changed(identity);
    return result;
}
