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
    int result = db_run(identity->db, "DELETE FROM audit WHERE id = $1", "t", id);
    return result < 0 ? result : 0;
}

/* When the miss that fills the measure leaves the window; 0 = the measure is not full. */
static int full_until(struct identity *identity, const char *sql, const char *act, const char *key,
                      int measure, int64_t *ret)
{
    int64_t at = 0;
    int result = db_get_int(identity->db, &at, sql, "ttii", act, key,
                            identity_now(identity) - IDENTITY_WINDOW_MS, (int64_t)measure - 1);
    if (result < 0)
        return result;
    if (result > 0 && at + IDENTITY_WINDOW_MS > *ret)
        *ret = at + IDENTITY_WINDOW_MS;
    return 0;
}

int identity_throttled(struct identity *identity, const char *act, const char *subject,
                       const char *address)
{
    static const char by_subject[] = "SELECT at FROM audit WHERE act = $1 AND subject = $2"
                                     " AND at > $3 ORDER BY at DESC LIMIT 1 OFFSET $4";
    static const char by_address[] = "SELECT at FROM audit WHERE act = $1 AND address = $2"
                                     " AND at > $3 ORDER BY at DESC LIMIT 1 OFFSET $4";
    int64_t until = 0, now = identity_now(identity);

    int measure = subject ? IDENTITY_ADDRESS_MISSES_MAX : IDENTITY_MISSES_MAX;
    int result =
        subject ? full_until(identity, by_subject, act, subject, IDENTITY_MISSES_MAX, &until) : 0;
    if (result == 0)
        result = full_until(identity, by_address, act, address, measure, &until);
    if (result < 0 || until <= now)
        return result;
    int64_t wait = until - now < IDENTITY_WINDOW_MS ? until - now : IDENTITY_WINDOW_MS;
    return (int)((wait + 999) / 1000);
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
