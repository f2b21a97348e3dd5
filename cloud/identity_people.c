/* The people of a clinic, managed by its contractor, and the way back in for who lost a password or
 * phone (terms 33). */
#include "identity_private.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const int64_t code_valid_ms = INT64_C(3) * 24 * 60 * 60 * 1000;

/* -- who they are ------------------------------------------------------------------------------ */

static void read_person(const struct db_rows *rows, struct identity_person *ret)
{
    *ret = (struct identity_person){.role = identity_role_parse(db_text(rows, 2)),
                                    .added = db_int(rows, 3),
                                    .locked = db_int(rows, 4),
                                    .factor = db_int(rows, 5) != 0,
                                    .invited = db_int(rows, 6) != 0,
                                    .seen = db_int(rows, 7)};
    (void)snprintf(ret->user, sizeof ret->user, "%s", db_text(rows, 0));
    (void)snprintf(ret->name, sizeof ret->name, "%s", db_text(rows, 1));
}

int identity_people(struct identity *identity, const char *site,
                    void (*each)(const struct identity_person *person, void *context),
                    void *context)
{
    struct db_rows *rows = NULL;
    int result =
        db_query(identity->db, &rows,
                 "SELECT people.person, name, role, added, locked, CASE WHEN factor = '' THEN 0 "
                 "ELSE 1 END, CASE WHEN password = '' THEN 1 ELSE 0 END, COALESCE((SELECT "
                 "max(seen) FROM web_sessions WHERE web_sessions.person = people.person), 0) FROM "
                 "people JOIN person_sites ON person_sites.person = people.person WHERE "
                 "person_sites.site = $1 ORDER BY role, added, people.person LIMIT $2",
                 "ti", site, (int64_t)IDENTITY_PEOPLE_MAX);

    while (result >= 0 && (result = db_next(rows)) == 1) {
        struct identity_person person;

        read_person(rows, &person);
        each(&person, context);
    }
    db_done(rows);
    return result;
}

int identity_contractor(struct identity *identity, const char *site,
                        char ret[static IDENTITY_ID_SIZE])
{
    struct db_rows *rows = NULL;
    int result = db_query(identity->db, &rows,
                          "SELECT MIN(people.person) FROM person_sites JOIN people ON "
                          "people.person = person_sites.person WHERE person_sites.site = $1 AND "
                          "people.role = 'contractor'",
                          "t", site);

    if (result == 0)
        result = db_next(rows);
    if (result == 1 && db_null(rows, 0))
        result = 0;
    if (result == 1)
        (void)snprintf(ret, IDENTITY_ID_SIZE, "%s", db_text(rows, 0));
    db_done(rows);
    return result;
}

static bool has_site(const struct identity_who *who, const char *site)
{
    for (int i = 0; i < who->site_count; i++)
        if (strcmp(who->sites[i], site) == 0)
            return true;
    return false;
}

int identity_manages(struct identity *identity, const struct identity_who *who, const char *site,
                     const char *user)
{
    struct identity_who whom;
    int result = identity_user_load(identity, user, &whom);

    if (result < 0)
        return result;
    if (result == 0 || !has_site(&whom, site))
        return -ENOENT;
    if (strcmp(who->id, user) == 0 || whom.role == IDENTITY_OPERATOR)
        return -EPERM;
    for (int i = 0; i < whom.site_count; i++)
        if (!identity_may_site(who, whom.sites[i]))
            return -EPERM;
    return 0;
}

/* -- changes ----------------------------------------------------------------------------------- */

void identity_changed(struct identity *identity)
{
    atomic_fetch_add(&identity->epoch, 1);
}

uint64_t identity_epoch(const struct identity *identity)
{
    return atomic_load(&identity->epoch);
}

static int end_sessions(struct identity *identity, const char *user)
{
    int result = db_run(identity->db, "DELETE FROM web_sessions WHERE person = $1", "t", user);

    return result < 0 ? result : 0;
}

static int count_people(struct identity *identity, const char *site)
{
    int64_t count = 0;
    int result = db_get_int(identity->db, &count,
                            "SELECT count(*) FROM person_sites WHERE site = $1", "t", site);

    return result < 0 ? result : count >= IDENTITY_PEOPLE_MAX ? -ENOSPC : 0;
}

int identity_invite(struct identity *identity, const char *user, const char *name,
                    enum identity_role role, const char *site)
{
    int result = db_begin(identity->db);

    if (result < 0)
        return result;
    result = count_people(identity, site);
    if (result == 0)
        result = identity_user_add(identity, user, name, role, NULL);
    if (result == 0)
        result = identity_user_site_add(identity, user, site);
    return identity_end(identity, result);
}

/* In a transaction. */
static int change_role(struct identity *identity, const char *user, enum identity_role role)
{
    int result = db_run(identity->db, "UPDATE people SET role = $1 WHERE person = $2", "tt",
                        identity_role_name(role), user);

    if (result == 0)
        result = -ENOENT;
    if (result > 0)
        result = end_sessions(identity, user);
    return result;
}

int identity_user_role(struct identity *identity, const char *user, enum identity_role role)
{
    int result;

    if (role != IDENTITY_STAFF && role != IDENTITY_CONTRACTOR)
        return -EINVAL;
    result = db_begin(identity->db);
    if (result < 0)
        return result;
    result = identity_end(identity, change_role(identity, user, role));
    identity_changed(identity);
    return result;
}

/* All that is about a person, but the audit: that stays with the site. */
static int forget_person(struct identity *identity, const char *user)
{
    static const char *const statements[] = {
        "DELETE FROM web_sessions WHERE person = $1", "DELETE FROM person_codes WHERE person = $1",
        "DELETE FROM person_recovery WHERE person = $1",
        "DELETE FROM person_sites WHERE person = $1", "DELETE FROM people WHERE person = $1"};
    int result = 0;

    for (size_t i = 0; i < sizeof statements / sizeof statements[0] && result >= 0; i++)
        result = db_run(identity->db, statements[i], "t", user);
    return result < 0 ? result : 0;
}

/* In a transaction. */
static int leave_site(struct identity *identity, const char *user, const char *site)
{
    int64_t left = 0;
    int result = db_run(identity->db, "DELETE FROM person_sites WHERE person = $1 AND site = $2",
                        "tt", user, site);

    if (result <= 0)
        return result < 0 ? result : -ENOENT;
    /* what they did here stays known as this site's */
    result = db_run(identity->db, "UPDATE audit SET site = $2 WHERE who = $1 AND site = ''", "tt",
                    user, site);
    if (result >= 0)
        result = db_get_int(identity->db, &left,
                            "SELECT count(*) FROM person_sites WHERE person = $1", "t", user);
    if (result < 0)
        return result;
    return left > 0 ? end_sessions(identity, user) : forget_person(identity, user);
}

int identity_user_site_remove(struct identity *identity, const char *user, const char *site)
{
    int result = db_begin(identity->db);

    if (result < 0)
        return result;
    result = identity_end(identity, leave_site(identity, user, site));
    identity_changed(identity);
    return result;
}

/* -- the way back in --------------------------------------------------------------------------- */

/* In a transaction. */
static int make_reset(struct identity *identity, const char *user, const char *hash, int64_t now)
{
    int result =
        db_run(identity->db, "UPDATE people SET password = '' WHERE person = $1", "t", user);

    if (result <= 0)
        return result < 0 ? result : -ENOENT;
    result = end_sessions(identity, user);
    if (result == 0)
        result = db_run(identity->db, "DELETE FROM person_codes WHERE person = $1", "t", user);
    if (result >= 0)
        result = db_run(identity->db,
                        "INSERT INTO person_codes (hash, person, made, expires) VALUES ($1, $2, "
                        "$3, $4)",
                        "ttii", hash, user, now, now + code_valid_ms);
    return result < 0 ? result : identity_audit(identity, NULL, AUDIT_RESET, "", user, "");
}

int identity_reset(struct identity *identity, const char *user, struct identity_reset *ret)
{
    struct identity_reset reset;
    char hash[IDENTITY_HASH_SIZE];
    int64_t now = identity_now(identity);
    int result;

    identity_code_random(reset.code, hash);
    reset.expires = now + code_valid_ms;
    result = db_begin(identity->db);
    if (result < 0)
        return result;
    result = identity_end(identity, make_reset(identity, user, hash, now));
    identity_changed(identity);
    if (result == 0)
        *ret = reset;
    return result;
}

int identity_reset_find(struct identity *identity, const char *user, const char *code)
{
    char hash[IDENTITY_HASH_SIZE];
    int64_t one = 0;

    if (!identity_code_hash(code, hash))
        return 0;
    return db_get_int(identity->db, &one,
                      "SELECT 1 FROM person_codes WHERE hash = $1 AND person = $2 AND expires > $3",
                      "tti", hash, user, identity_now(identity));
}

int identity_reset_done(struct identity *identity, const char *user)
{
    int result = db_run(identity->db, "DELETE FROM person_codes WHERE person = $1", "t", user);

    if (result == 0)
        result = -EACCES; /* somebody was faster */
    if (result > 0)
        result = db_run(identity->db, "UPDATE people SET locked = 0 WHERE person = $1", "t", user);
    return result < 0 ? result : 0;
}

/* -- recovery codes ---------------------------------------------------------------------------- */

/* In a transaction. */
static int store_recovery(struct identity *identity, const char *user,
                          struct identity_recovery *made)
{
    int result = db_run(identity->db, "DELETE FROM person_recovery WHERE person = $1", "t", user);

    for (int i = 0; i < IDENTITY_RECOVERY_COUNT && result >= 0; i++) {
        char hash[IDENTITY_HASH_SIZE];

        identity_code_random(made->codes[i], hash);
        result = db_run(identity->db, "INSERT INTO person_recovery (hash, person) VALUES ($1, $2)",
                        "tt", hash, user);
    }
    return result < 0 ? result : identity_audit(identity, NULL, AUDIT_RECOVERY, "", user, "");
}

int identity_recovery_make(struct identity *identity, const char *user,
                           struct identity_recovery *ret)
{
    struct identity_recovery made;
    int result = db_begin(identity->db);

    if (result < 0)
        return result;
    result = identity_end(identity, store_recovery(identity, user, &made));
    if (result == 0)
        *ret = made;
    sodium_memzero(&made, sizeof made);
    return result;
}

int identity_recovery_use(struct identity *identity, const char *user, const char *code)
{
    char hash[IDENTITY_HASH_SIZE];
    int result;

    if (!identity_code_hash(code, hash))
        return -EACCES;
    result = db_run(identity->db, "DELETE FROM person_recovery WHERE hash = $1 AND person = $2",
                    "tt", hash, user);
    if (result <= 0)
        return result < 0 ? result : -EACCES;
    return identity_audit(identity, NULL, AUDIT_RECOVERY_USED, "", user, "");
}

/* -- telling ----------------------------------------------------------------------------------- */

int identity_site_sessions(struct identity *identity, const char *site,
                           void (*each)(const char *session, void *context), void *context)
{
    struct db_rows *rows = NULL;
    int result = db_query(identity->db, &rows,
                          "SELECT web_sessions.hash FROM web_sessions JOIN person_sites ON "
                          "person_sites.person = web_sessions.person WHERE person_sites.site = $1 "
                          "ORDER BY web_sessions.hash",
                          "t", site);

    while (result >= 0 && (result = db_next(rows)) == 1)
        each(db_text(rows, 0), context);
    db_done(rows);
    return result;
}

/* The acts of a site, with those before it in time or, at the same moment, behind one in order. */
static int query_acts(struct identity *identity, const char *site,
                      const struct identity_asked *asked, struct db_rows **ret)
{
    static const char of_site[] =
        "SELECT at, act, subject, who, address, id, site FROM audit WHERE at >= $2 AND (at < $3 OR "
        "(at = $3 AND id > $4)) AND ($5 = '' OR who = $5 OR subject = $5) AND ($6 = '' OR act = "
        "$6) AND (site = $1 OR who = $1 OR who IN (SELECT person FROM person_sites WHERE site = "
        "$1) OR who IN (SELECT device FROM devices WHERE site = $1)) ORDER BY at DESC, id LIMIT $7";
    static const char of_operators[] =
        "SELECT at, act, subject, who, address, id, site FROM audit WHERE at >= $2 AND (at < $3 OR "
        "(at = $3 AND id > $4)) AND ($5 = '' OR who = $5 OR subject = $5) AND ($6 = '' OR act = "
        "$6) AND (who IN (SELECT person FROM people WHERE role = $1) OR address = 'admin') ORDER "
        "BY at DESC, id LIMIT $7";
    const char *behind = asked->after_id && *asked->after_id ? asked->after_id : "~";

    return db_query(identity->db, ret, *site ? of_site : of_operators, "tiittti",
                    *site ? site : identity_role_name(IDENTITY_OPERATOR), asked->from,
                    asked->before, behind, asked->who ? asked->who : "",
                    asked->act ? asked->act : "", (int64_t)asked->limit + 1);
}

int identity_acts(struct identity *identity, const char *site, const struct identity_asked *asked,
                  void (*each)(const struct identity_act *act, void *context), void *context,
                  char ret_next[static IDENTITY_ID_SIZE])
{
    struct db_rows *rows = NULL;
    char last[IDENTITY_ID_SIZE] = "";
    int count = 0, result = query_acts(identity, site, asked, &rows);

    while (result >= 0 && (result = db_next(rows)) == 1 && count++ < asked->limit) {
        const struct identity_act act = {.at = db_int(rows, 0),
                                         .act = db_text(rows, 1),
                                         .subject = db_text(rows, 2),
                                         .who = db_text(rows, 3),
                                         .address = db_text(rows, 4),
                                         .site = db_text(rows, 6)};

        each(&act, context);
        (void)snprintf(last, sizeof(last), "%s", db_text(rows, 5));
    }
    db_done(rows);
    if (result < 0)
        return result;
    (void)snprintf(ret_next, IDENTITY_ID_SIZE, "%s", count > asked->limit ? last : "");
    return 0;
}
