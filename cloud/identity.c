#include "identity_private.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "logging.h"

static const struct db_migration steps[] = {
    {"tables",
     "CREATE TABLE people (person TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL,"
     " password TEXT NOT NULL, added BIGINT NOT NULL);"
     "CREATE TABLE person_sites (person TEXT NOT NULL REFERENCES people (person),"
     " site TEXT NOT NULL, PRIMARY KEY (person, site));"
     "CREATE TABLE web_sessions (hash TEXT PRIMARY KEY, person TEXT NOT NULL"
     " REFERENCES people (person), began BIGINT NOT NULL, seen BIGINT NOT NULL);"
     "CREATE INDEX web_sessions_by_person ON web_sessions (person, seen);"
     "CREATE TABLE devices (device TEXT PRIMARY KEY, site TEXT NOT NULL, name TEXT NOT NULL,"
     " token TEXT NOT NULL UNIQUE, enrolled BIGINT NOT NULL, revoked BIGINT NOT NULL DEFAULT 0);"
     "CREATE INDEX devices_by_site ON devices (site, enrolled);"
     "CREATE TABLE enrolment_codes (hash TEXT PRIMARY KEY, site TEXT NOT NULL,"
     " made BIGINT NOT NULL, expires BIGINT NOT NULL, used BIGINT NOT NULL DEFAULT 0);"
     "CREATE TABLE audit (id TEXT PRIMARY KEY, at BIGINT NOT NULL, act TEXT NOT NULL,"
     " subject TEXT NOT NULL, who TEXT NOT NULL, address TEXT NOT NULL);"
     "CREATE INDEX audit_by_subject ON audit (act, subject, at);"
     "CREATE INDEX audit_by_address ON audit (act, address, at);"
     "CREATE INDEX audit_by_time ON audit (act, at);"},
    {"pairing", "ALTER TABLE enrolment_codes ADD COLUMN name TEXT NOT NULL DEFAULT '';"
                "CREATE TABLE pairings (secret TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE,"
                " expires BIGINT NOT NULL);"},
    {"second factor, locked accounts",
     "ALTER TABLE people ADD COLUMN factor TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE people ADD COLUMN factor_offered TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE people ADD COLUMN factor_step BIGINT NOT NULL DEFAULT 0;"
     "ALTER TABLE people ADD COLUMN locked BIGINT NOT NULL DEFAULT 0;"},
    {"codes for the way back in, acts by site",
     "CREATE TABLE person_codes (hash TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people"
     " (person), made BIGINT NOT NULL, expires BIGINT NOT NULL);"
     "CREATE INDEX person_codes_by_person ON person_codes (person);"
     "CREATE TABLE person_recovery (hash TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people"
     " (person));"
     "CREATE INDEX person_recovery_by_person ON person_recovery (person);"
     "ALTER TABLE audit ADD COLUMN site TEXT NOT NULL DEFAULT '';"
     "CREATE INDEX audit_by_site ON audit (site, at);"
     "CREATE INDEX audit_by_who ON audit (who, at);"
     "CREATE INDEX person_sites_by_site ON person_sites (site);"},
    {"enrolments whose answer was lost",
     "ALTER TABLE enrolment_codes ADD COLUMN device TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE enrolment_codes ADD COLUMN secret TEXT NOT NULL DEFAULT '';"},
    /* What is looked up before the site is known (a token, a code, an account) has an index. */
    {"keys that begin with the site",
     "CREATE TABLE person_site (site TEXT NOT NULL, person TEXT NOT NULL REFERENCES people "
     "(person),"
     " PRIMARY KEY (site, person));"
     "INSERT INTO person_site (site, person) SELECT site, person FROM person_sites;"
     "DROP TABLE person_sites;"
     "ALTER TABLE person_site RENAME TO person_sites;"
     "CREATE INDEX person_sites_by_person ON person_sites (person, site);"
     "CREATE TABLE device (site TEXT NOT NULL, device TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
     " token TEXT NOT NULL UNIQUE, enrolled BIGINT NOT NULL, revoked BIGINT NOT NULL DEFAULT 0,"
     " PRIMARY KEY (site, device));"
     "INSERT INTO device (site, device, name, token, enrolled, revoked) SELECT site, device, name,"
     " token, enrolled, revoked FROM devices;"
     "DROP TABLE devices;"
     "ALTER TABLE device RENAME TO devices;"
     "CREATE TABLE enrolment_code (site TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, made BIGINT NOT"
     " NULL, expires BIGINT NOT NULL, used BIGINT NOT NULL DEFAULT 0, name TEXT NOT NULL DEFAULT"
     " '', device TEXT NOT NULL DEFAULT '', secret TEXT NOT NULL DEFAULT '', PRIMARY KEY (site,"
     " hash));"
     "INSERT INTO enrolment_code (site, hash, made, expires, used, name, device, secret) SELECT"
     " site, hash, made, expires, used, name, device, secret FROM enrolment_codes;"
     "DROP TABLE enrolment_codes;"
     "ALTER TABLE enrolment_code RENAME TO enrolment_codes;"
     "CREATE TABLE act (site TEXT NOT NULL DEFAULT '', id TEXT NOT NULL, at BIGINT NOT NULL, act"
     " TEXT NOT NULL, subject TEXT NOT NULL, who TEXT NOT NULL, address TEXT NOT NULL, PRIMARY KEY"
     " (site, id));"
     "INSERT INTO act (site, id, at, act, subject, who, address) SELECT site, id, at, act, subject,"
     " who, address FROM audit;"
     "DROP TABLE audit;"
     "ALTER TABLE act RENAME TO audit;"
     "CREATE INDEX audit_by_subject ON audit (act, subject, at);"
     "CREATE INDEX audit_by_address ON audit (act, address, at);"
     "CREATE INDEX audit_by_time ON audit (act, at);"
     "CREATE INDEX audit_by_site ON audit (site, at);"
     "CREATE INDEX audit_by_who ON audit (who, at);"},
    {"devices that another one follows",
     "ALTER TABLE enrolment_codes ADD COLUMN replaces TEXT NOT NULL DEFAULT '';"
     "ALTER TABLE devices ADD COLUMN replaced_by TEXT NOT NULL DEFAULT '';"},
};

static int64_t system_clock(void *context)
{
    struct timespec now;
    (void)context;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int identity_create(struct db *db, int64_t (*clock)(void *context), void *context,
                    struct identity **ret, char *error, size_t error_size)
{
    if (sodium_init() < 0) {
        (void)snprintf(error, error_size, "libsodium cannot start; reinstall it");
        return -EIO;
    }
    int result =
        db_migrate(db, "identity", steps, sizeof steps / sizeof steps[0], error, error_size);
    if (result < 0)
        return result;

    struct identity *identity = calloc(1, sizeof *identity);
    if (!identity) {
        (void)snprintf(error, error_size, "out of memory");
        return -ENOMEM;
    }
    identity->db = db;
    identity->clock = clock ? clock : system_clock;
    identity->clock_context = context;
    (void)sem_init(&identity->hashing, 0, IDENTITY_PARALLEL_HASHES);
    *ret = identity;
    return 0;
}

void identity_destroy(struct identity *identity)
{
    if (!identity)
        return;
    (void)sem_destroy(&identity->hashing);
    free(identity);
}

int64_t identity_now(const struct identity *identity)
{
    return identity->clock(identity->clock_context);
}

int identity_end(struct identity *identity, int result)
{
    if (result >= 0)
        return db_commit(identity->db);
    db_rollback(identity->db);
    return result;
}

int identity_failed(struct http_request *req, int result)
{
    if (result == -ENOSPC)
        http_reply_error(req, 507, "full",
                         "The cloud's disk is full; its operator must free some space.", NULL);
    else
        http_reply_error(req, 500, "internal", "The server could not look that up; try again.",
                         NULL);
    return result;
}

/* -- secrets ----------------------------------------------------------------------------------- */

void identity_hash(const char *secret, char hex[static IDENTITY_HASH_SIZE])
{
    unsigned char hash[crypto_hash_sha256_BYTES];

    (void)crypto_hash_sha256(hash, (const unsigned char *)secret, strlen(secret));
    (void)sodium_bin2hex(hex, IDENTITY_HASH_SIZE, hash, sizeof hash);
}

void identity_token(char token[static IDENTITY_TOKEN_SIZE])
{
    unsigned char bytes[32];

    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2base64(token, IDENTITY_TOKEN_SIZE, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

void identity_uuid(char uuid[static IDENTITY_ID_SIZE])
{
    unsigned char b[16];

    randombytes_buf(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4 */
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    (void)snprintf(uuid, IDENTITY_ID_SIZE,
                   "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
                   b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
                   b[14], b[15]);
}

/* Short Japanese words that are spelt as they sound: 6 bits each, and four digits. */
void identity_password_make(char text[static 40])
{
    static const char words[64][7] = {
        "asahi", "ame",   "aki",   "ari",    "dango", "fuji",  "fune",  "fuyu",  "hana",  "haru",
        "hashi", "hato",  "hoshi", "ike",    "inu",   "ishi",  "ito",   "iwa",   "kaki",  "kame",
        "kawa",  "kaze",  "kiku",  "koma",   "kumo",  "kura",  "maru",  "matsu", "mame",  "mino",
        "mizu",  "momo",  "mori",  "mugi",   "nami",  "nara",  "nasu",  "natsu", "neko",  "niwa",
        "nori",  "otaru", "ringo", "sakura", "sango", "saru",  "shima", "shiro", "sora",  "suna",
        "take",  "tane",  "tera",  "tori",   "toshi", "tsuki", "ume",   "umi",   "usagi", "yama",
        "yuki",  "yume",  "yuri",  "wara"};

    (void)snprintf(text, 40, "%s-%s-%04u-%s-%s", words[randombytes_uniform(64)],
                   words[randombytes_uniform(64)], randombytes_uniform(10000),
                   words[randombytes_uniform(64)], words[randombytes_uniform(64)]);
}

/* -- roles ------------------------------------------------------------------------------------- */

static const struct {
    enum identity_role role;
    const char *name;
} roles[] = {
    {IDENTITY_ANYONE, "anyone"},         {IDENTITY_DEVICE, "device"},     {IDENTITY_STAFF, "staff"},
    {IDENTITY_CONTRACTOR, "contractor"}, {IDENTITY_OPERATOR, "operator"},
};

const char *identity_role_name(enum identity_role role)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (roles[i].role == role)
            return roles[i].name;
    }
    return "";
}

enum identity_role identity_role_parse(const char *name)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (strcmp(roles[i].name, name) == 0 && (roles[i].role & IDENTITY_PEOPLE))
            return roles[i].role;
    }
    return 0;
}

/* -- people ------------------------------------------------------------------------------------ */

bool identity_user_id_ok(const char *user)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t size = strlen(user);
    return size >= 1 && size <= 32 && strspn(user, letters) == size;
}

int identity_password_hash(struct identity *identity, const char *password, char *hash)
{
    size_t size = strlen(password);
    if (size < IDENTITY_PASSWORD_MIN || size > IDENTITY_PASSWORD_MAX)
        return -EINVAL;

    while (sem_wait(&identity->hashing) < 0) {
    }
    int result = crypto_pwhash_str(hash, password, size, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                   crypto_pwhash_MEMLIMIT_INTERACTIVE);
    (void)sem_post(&identity->hashing);
    return result == 0 ? 0 : -ENOMEM;
}

int identity_user_add(struct identity *identity, const char *user, const char *name,
                      enum identity_role role, const char *password)
{
    char hash[crypto_pwhash_STRBYTES] = ""; /* which no password fits */

    if (!identity_user_id_ok(user) || strlen(name) >= IDENTITY_NAME_SIZE || !*name ||
        !(role & IDENTITY_PEOPLE) || !*identity_role_name(role))
        return -EINVAL;
    int result = password ? identity_password_hash(identity, password, hash) : 0;
    if (result == 0)
        result = db_begin(identity->db);
    if (result < 0)
        return result;
    result = db_run(identity->db,
                    "INSERT INTO people (person, name, role, password, added)"
                    " VALUES ($1, $2, $3, $4, $5)",
                    "tttti", user, name, identity_role_name(role), hash, identity_now(identity));
    if (result >= 0)
        result = identity_audit(identity, NULL, AUDIT_USER, "", user, "");
    return identity_end(identity, result);
}

int identity_password_set(struct identity *identity, const char *user, const char *hash)
{
    int result =
        db_run(identity->db, "UPDATE people SET password = $1 WHERE person = $2", "tt", hash, user);
    if (result <= 0)
        return result < 0 ? result : -ENOENT;
    result = db_run(identity->db, "DELETE FROM web_sessions WHERE person = $1", "t", user);
    return result < 0 ? result : identity_audit(identity, NULL, AUDIT_PASSWORD, "", user, "");
}

int identity_user_password(struct identity *identity, const char *user, const char *password)
{
    char hash[crypto_pwhash_STRBYTES];

    int result = identity_password_hash(identity, password, hash);
    if (result == 0)
        result = db_begin(identity->db);
    if (result < 0)
        return result;
    result = identity_end(identity, identity_password_set(identity, user, hash));
    identity_changed(identity);
    return result;
}

int identity_user_site_add(struct identity *identity, const char *user, const char *site)
{
    int64_t one = 0;
    int result =
        db_get_int(identity->db, &one, "SELECT 1 FROM people WHERE person = $1", "t", user);
    if (result <= 0)
        return result < 0 ? result : -ENOENT;
    result = db_run(identity->db,
                    "INSERT INTO person_sites (person, site) VALUES ($1, $2)"
                    " ON CONFLICT (site, person) DO NOTHING",
                    "tt", user, site);
    return result < 0 ? result : 0;
}

static int load_sites(struct identity *identity, struct identity_who *who)
{
    struct db_rows *rows = NULL;
    int result =
        db_query(identity->db, &rows,
                 "SELECT site FROM person_sites WHERE person = $1 ORDER BY site", "t", who->id);
    if (result < 0)
        return result;
    while ((result = db_next(rows)) > 0) {
        if (who->site_count == IDENTITY_SITES_MAX) {
            log_warning("a user belongs to more than %d sites; the rest is not open to him",
                        IDENTITY_SITES_MAX);
            result = 0;
            break;
        }
        (void)snprintf(who->sites[who->site_count++], IDENTITY_ID_SIZE, "%s", db_text(rows, 0));
    }
    db_done(rows);
    return result;
}

int identity_user_load(struct identity *identity, const char *user, struct identity_who *ret)
{
    struct db_rows *rows = NULL;
    int result =
        db_query(identity->db, &rows, "SELECT name, role FROM people WHERE person = $1", "t", user);
    if (result < 0)
        return result;
    result = db_next(rows);
    if (result > 0) {
        *ret = (struct identity_who){.role = identity_role_parse(db_text(rows, 1))};
        (void)snprintf(ret->id, sizeof ret->id, "%s", user);
        (void)snprintf(ret->name, sizeof ret->name, "%s", db_text(rows, 0));
    }
    db_done(rows);
    if (result <= 0)
        return result;
    result = load_sites(identity, ret);
    return result < 0 ? result : 1;
}

bool identity_may_site(const struct identity_who *who, const char *site)
{
    if (who->role == IDENTITY_OPERATOR)
        return true;
    for (int i = 0; i < who->site_count; i++) {
        if (strcmp(who->sites[i], site) == 0)
            return true;
    }
    return false;
}
