#include "identity_private.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;

int identity_audit(struct identity *identity, const char *id, const char *act, const char *subject,
                   const char *who, const char *address)
{
    char fresh[IDENTITY_ID_SIZE];

    identity_uuid(fresh);
    int result =
        db_run(identity->db,
               "INSERT INTO audit (id, at, act, subject, who, address)"
               " VALUES ($1, $2, $3, $4, $5, $6)",
               "titttt", id ? id : fresh, identity_now(identity), act, subject, who, address);
    return result < 0 ? result : 0;
}

int identity_note(struct identity *identity, const char *act, const char *subject, const char *who,
                  const char *address)
{
    return identity_audit(identity, NULL, act, subject, who, address);
}

int identity_note_at(struct identity *identity, const char *site, const char *act,
                     const char *subject, const char *who, const char *address)
{
    char id[IDENTITY_ID_SIZE];

    identity_uuid(id);
    int result = db_run(identity->db,
                        "INSERT INTO audit (id, at, act, subject, who, address, site)"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        "tittttt", id, identity_now(identity), act, subject, who, address, site);
    return result < 0 ? result : 0;
}

int identity_audit_miss(struct identity *identity, const char *id, const char *act,
                        const char *subject, const char *who, const char *address)
{
    int64_t old = identity_now(identity) - IDENTITY_MISS_DAYS * day_ms;

    /* whoever guesses must not fill the disk for ever */
    int result =
        db_run(identity->db, "DELETE FROM audit WHERE act = $1 AND at < $2", "ti", act, old);
    return result < 0 ? result : identity_audit(identity, id, act, subject, who, address);
}

int identity_audit_forget(struct identity *identity, const char *id)
{
    int result = db_run(identity->db, "DELETE FROM audit WHERE site = '' AND id = $1", "t", id);
    return result < 0 ? result : 0;
}

/* So many misses of `key` within so long are the measure. */
struct measure {
    const char *act, *key, *address; /* address: of these alone; NULL = of all */
    bool by_address;                 /* key is one, else a subject */
    int max;
    int64_t window_ms;
};

/* When the miss that fills the measure leaves the window; unchanged when it is not full. */
static int full_until(struct identity *identity, const struct measure *measure, int64_t *ret)
{
    static const char by_subject[] = "SELECT at FROM audit WHERE act = $1 AND subject = $2 AND ($3 "
                                     "= '' OR address = $3) AND at > $4 ORDER BY at DESC LIMIT 1 "
                                     "OFFSET $5";
    static const char by_address[] = "SELECT at FROM audit WHERE act = $1 AND address = $2 AND $3 "
                                     "= '' AND at > $4 ORDER BY at DESC LIMIT 1 OFFSET $5";
    int64_t at = 0;
    int result =
        db_get_int(identity->db, &at, measure->by_address ? by_address : by_subject, "tttii",
                   measure->act, measure->key, measure->address ? measure->address : "",
                   identity_now(identity) - measure->window_ms, (int64_t)measure->max - 1);

    if (result > 0 && at + measure->window_ms > *ret)
        *ret = at + measure->window_ms;
    return result < 0 ? result : 0;
}

/* 1: somebody has logged in there as this user, not long ago. */
static int is_known(struct identity *identity, const char *subject, const char *address)
{
    int64_t one = 0;

    return db_get_int(identity->db, &one,
                      "SELECT 1 FROM audit WHERE act = '" AUDIT_LOGIN "' AND subject = $1 AND "
                      "address = $2 AND at > $3 LIMIT 1",
                      "tti", subject, address,
                      identity_now(identity) - IDENTITY_KNOWN_DAYS * day_ms);
}

static int account_until(struct identity *identity, const char *act, const char *subject,
                         const char *address, int64_t *ret)
{
    const struct measure here = {
        act, subject, address, false, IDENTITY_MISSES_MAX, IDENTITY_WINDOW_MS};
    const struct measure anywhere = {
        act, subject, NULL, false, IDENTITY_ACCOUNT_MISSES_MAX, IDENTITY_ACCOUNT_WINDOW_MS};
    int64_t until = 0;
    int result = full_until(identity, &here, ret);

    if (result == 0)
        result = full_until(identity, &anywhere, &until);
    if (result < 0 || until <= *ret)
        return result;
    result = is_known(identity, subject, address);
    if (result == 0)
        *ret = until;
    return result < 0 ? result : 0;
}

int identity_throttled(struct identity *identity, const char *act, const char *subject,
                       const char *address)
{
    const struct measure place = {act,
                                  address,
                                  NULL,
                                  true,
                                  subject ? IDENTITY_ADDRESS_MISSES_MAX : IDENTITY_MISSES_MAX,
                                  IDENTITY_WINDOW_MS};
    int64_t until = 0, now = identity_now(identity);

    int result = subject ? account_until(identity, act, subject, address, &until) : 0;
    if (result == 0)
        result = full_until(identity, &place, &until);
    if (result < 0 || until <= now)
        return result;
    int64_t wait = until - now;
    if (wait > IDENTITY_ACCOUNT_WINDOW_MS) /* the clock was put back */
        wait = IDENTITY_ACCOUNT_WINDOW_MS;
    return (int)((wait + 999) / 1000);
}

int identity_audit_held(struct identity *identity, const char *user, const char *subject,
                        const char *address)
{
    int64_t misses = 0, known = 0;
    int result = db_get_int(identity->db, &misses,
                            "SELECT count(*) FROM audit WHERE act = '" AUDIT_LOGIN_MISS
                            "' AND subject = $1 AND at > $2",
                            "ti", subject, identity_now(identity) - IDENTITY_ACCOUNT_WINDOW_MS);

    if (result <= 0 || misses != IDENTITY_ACCOUNT_MISSES_MAX)
        return result < 0 ? result : 0;
    result = db_get_int(identity->db, &known, "SELECT 1 FROM people WHERE person = $1", "t", user);
    return result < 0 ? result
                      : identity_audit(identity, NULL, AUDIT_LOGIN_HELD, subject,
                                       result > 0 ? user : "", address);
}

void identity_reply_throttled(struct http_request *req, int seconds)
{
    http_add_header(req, "Retry-After", http_printf(req, "%d", seconds));
    http_reply_error(req, 429, "throttled", "Too many wrong tries; wait as Retry-After says.",
                     NULL);
}

/* Whoever has one IPv6 address has a /64 of them. */
void identity_address(struct http_request *req, char text[static IDENTITY_ADDRESS_SIZE])
{
    struct in6_addr six;

    if (inet_pton(AF_INET6, http_peer(req), &six) == 1) {
        memset(&six.s6_addr[8], 0, 8);
        if (inet_ntop(AF_INET6, &six, text, IDENTITY_ADDRESS_SIZE))
            return;
    }
    (void)snprintf(text, IDENTITY_ADDRESS_SIZE, "%s", http_peer(req));
}
