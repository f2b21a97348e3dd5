#include "identity_private.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COOKIE            "machiai_session"
#define COOKIE_ATTRIBUTES "; Path=/; HttpOnly; Secure; SameSite=Strict"

/* A session in use is noted this often, not with every request. */
static const int64_t seen_step_ms = INT64_C(60) * 1000;

/* -- passwords --------------------------------------------------------------------------------- */

/* Password hash of user, or one that nothing fits, so that an unknown user costs the same work. */
static int find_hash(struct identity *identity, const char *user,
                     char hash[static crypto_pwhash_STRBYTES], bool *ret_known)
{
    static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$bWFjaGlhaSBub2JvZHkgIQ$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    struct db_rows *rows = NULL;
    int result =
        db_query(identity->db, &rows, "SELECT password FROM people WHERE person = $1", "t", user);
    if (result < 0)
        return result;
    result = db_next(rows);
    if (result >= 0) {
        *ret_known = result > 0;
        memset(hash, 0, crypto_pwhash_STRBYTES);
        (void)snprintf(hash, crypto_pwhash_STRBYTES, "%s", result > 0 ? db_text(rows, 0) : nobody);
    }
    db_done(rows);
    return result < 0 ? result : 0;
}

/* 1 right, 0 wrong, or an error. Long: no transaction may be open. */
static int verify(struct identity *identity, const char *user, const char *password)
{
    char hash[crypto_pwhash_STRBYTES];
    bool known = false;

    int result = find_hash(identity, user, hash, &known);
    if (result < 0)
        return result;
    while (sem_wait(&identity->hashing) < 0) {
    }
    bool right = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
    (void)sem_post(&identity->hashing);
    return right && known;
}

/* Counts the try as a miss before it is looked at, else many at once would all be let through.
 * > 0: throttled for so many seconds. */
static int reserve_try(struct identity *identity, const char *id, const char *user,
                       const char *subject, const char *address)
{
    int result = db_begin(identity->db);
    if (result < 0)
        return result;
    int seconds = identity_throttled(identity, AUDIT_LOGIN_MISS, subject, address);
    result = seconds;
    if (result == 0)
        result = identity_audit_miss(identity, id, AUDIT_LOGIN_MISS, subject, "", address);
    if (seconds == 0 && result == 0)
        result = identity_audit_held(identity, user, subject, address);
    result = identity_end(identity, result);
    return result < 0 ? result : seconds;
}

/* -- sessions ---------------------------------------------------------------------------------- */

/* Derived from the token, so it needs no column and changes with the session. */
static void make_csrf(const char *token, char csrf[static IDENTITY_TOKEN_SIZE])
{
    static const char label[] = "machiai csrf ";
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;

    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, (const unsigned char *)label, sizeof label - 1);
    (void)crypto_hash_sha256_update(&state, (const unsigned char *)token, strlen(token));
    (void)crypto_hash_sha256_final(&state, hash);
    (void)sodium_bin2base64(csrf, IDENTITY_TOKEN_SIZE, hash, sizeof hash,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static int store_session(struct identity *identity, const char *id, const char *user,
                         const char *token, const char *subject, const char *address)
{
    char hash[IDENTITY_HASH_SIZE];
    int64_t now = identity_now(identity);

    identity_hash(token, hash);
    int result = db_run(identity->db, "DELETE FROM web_sessions WHERE seen < $1", "i",
                        now - IDENTITY_IDLE_MS);
    if (result >= 0) /* the newest stay */
        result = db_run(identity->db,
                        "DELETE FROM web_sessions WHERE person = $1 AND hash NOT IN"
                        " (SELECT hash FROM web_sessions WHERE person = $1"
                        " ORDER BY seen DESC, hash LIMIT $2)",
                        "ti", user, (int64_t)IDENTITY_SESSIONS_MAX - 1);
    if (result >= 0)
        result = db_run(identity->db,
                        "INSERT INTO web_sessions (hash, person, began, seen)"
                        " VALUES ($1, $2, $3, $4)",
                        "ttii", hash, user, now, now);
    if (result >= 0)
        result = identity_audit_forget(identity, id);
    if (result >= 0)
        result = identity_audit(identity, NULL, AUDIT_LOGIN, subject, user, address);
    return result;
}

static int open_session(struct identity *identity, const char *id, const char *user,
                        const char *subject, const char *address, struct identity_who *ret,
                        char token[static IDENTITY_TOKEN_SIZE])
{
    struct identity_who who;

    identity_token(token);
    int result = db_begin(identity->db);
    if (result < 0)
        return result;
    result = identity_user_load(identity, user, &who);
    if (result == 0)
        result = -ENOENT;
    if (result > 0)
        result = store_session(identity, id, user, token, subject, address);
    result = identity_end(identity, result);
    if (result < 0)
        return result;
    make_csrf(token, who.csrf);
    *ret = who;
    return 0;
}

static int refuse_login(struct http_request *req)
{
    http_hold(req, IDENTITY_SLOW_MS);
    http_reply_error(req, 401, "unauthorized", "User ID or password is wrong.", NULL);
    return -EACCES;
}

/* Tablets like to begin with a capital. */
static const char *small_letters(struct http_request *req, const char *text)
{
    char *copy = http_printf(req, "%s", text);

    for (char *c = copy; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    return copy;
}

/* What a try is counted by. */
struct attempt {
    char id[IDENTITY_ID_SIZE], subject[IDENTITY_HASH_SIZE], address[IDENTITY_ADDRESS_SIZE];
};

/* The password was right: that try is no miss. */
static int ask_for_code(struct identity *identity, struct http_request *req,
                        const struct attempt *attempt)
{
    int result = identity_audit_forget(identity, attempt->id);

    if (result < 0)
        return identity_failed(req, result);
    http_reply_error(req, 401, "code_needed", "Send the code of the authenticator app too.",
                     "code");
    return -EAGAIN;
}

/* 0 with the try noted as a miss until somebody forgets it; else it has replied. */
static int begin_try(struct identity *identity, struct http_request *req, const char *user,
                     struct attempt *ret)
{
    identity_uuid(ret->id);
    identity_hash(user, ret->subject);
    identity_address(req, ret->address);
    int result = reserve_try(identity, ret->id, user, ret->subject, ret->address);
    if (result > 0) {
        identity_reply_throttled(req, result);
        return -EBUSY;
    }
    return result < 0 ? identity_failed(req, result) : 0;
}

/* The same, and the password is right. */
static int know(struct identity *identity, struct http_request *req, const char *user,
                const char *password, struct attempt *ret)
{
    int result = begin_try(identity, req, user, ret);
    if (result < 0)
        return result;
    result = verify(identity, user, password);
    if (result == 0)
        return refuse_login(req);
    return result < 0 ? identity_failed(req, result) : 0;
}

/* The same, and the second factor, where it is on. */
static int prove(struct identity *identity, struct http_request *req, const char *user,
                 const char *password, const char *code, struct attempt *ret)
{
    int result = know(identity, req, user, password, ret);
    if (result < 0)
        return result;
    result = identity_factor_check(identity, user, code);
    if (result == -EAGAIN)
        return ask_for_code(identity, req, ret);
    if (result == -EACCES)
        return refuse_login(req);
    return result < 0 ? identity_failed(req, result) : 0;
}

int identity_prove(struct identity *identity, struct http_request *req, const char *user,
                   const char *password, const char *code)
{
    struct attempt attempt;
    int result = prove(identity, req, user, password, code, &attempt);

    if (result < 0)
        return result;
    result = identity_audit_forget(identity, attempt.id);
    return result < 0 ? identity_failed(req, result) : 0;
}

int identity_loss(struct identity *identity, struct http_request *req, const char *user,
                  const char *password)
{
    struct attempt attempt;

    user = small_letters(req, user);
    int result = know(identity, req, user, password, &attempt);
    if (result < 0)
        return result;
    result = identity_user_lock(identity, user, true);
    if (result == 0)
        result = identity_audit_forget(identity, attempt.id);
    return result < 0 ? identity_failed(req, result) : 0;
}

int identity_login(struct identity *identity, struct http_request *req, const char *user,
                   const char *password, const char *code, struct identity_who *ret)
{
    struct attempt attempt;
    char token[IDENTITY_TOKEN_SIZE];

    user = small_letters(req, user);
    int result = prove(identity, req, user, password, code, &attempt);
    if (result < 0)
        return result;
    result = open_session(identity, attempt.id, user, attempt.subject, attempt.address, ret, token);
    if (result < 0)
        return identity_failed(req, result);
    http_add_header(req, "Set-Cookie", http_printf(req, COOKIE "=%s" COOKIE_ATTRIBUTES, token));
    return 0;
}

/* In a transaction; the misses of this try are forgotten. */
static int use_reset(struct identity *identity, const char *user, const char *hash,
                     const struct attempt *attempt)
{
    int result = identity_reset_done(identity, user);

    if (result == 0)
        result = identity_password_set(identity, user, hash);
    if (result == 0)
        result = identity_audit_forget(identity, attempt->id);
    if (result == 0)
        result = identity_audit(identity, NULL, AUDIT_RESET_USED, "", user, attempt->address);
    return result;
}

static int finish_reset(struct identity *identity, struct http_request *req, const char *user,
                        const char *password, const struct attempt *attempt)
{
    char hash[crypto_pwhash_STRBYTES];
    int result = identity_password_hash(identity, password, hash);

    if (result == -EINVAL) {
        http_reply_error(req, 400, "bad_request",
                         http_printf(req, "new_password: takes %d to %d bytes",
                                     IDENTITY_PASSWORD_MIN, IDENTITY_PASSWORD_MAX),
                         "new_password");
        return result;
    }
    if (result == 0)
        result = db_begin(identity->db);
    if (result < 0)
        return identity_failed(req, result);
    result = identity_end(identity, use_reset(identity, user, hash, attempt));
    identity_changed(identity);
    if (result == -EACCES)
        return refuse_login(req);
    return result < 0 ? identity_failed(req, result) : 0;
}

int identity_reset_use(struct identity *identity, struct http_request *req, const char *user,
                       const char *code, const char *password)
{
    struct attempt attempt;
    int result;

    user = small_letters(req, user);
    result = begin_try(identity, req, user, &attempt);
    if (result < 0)
        return result;
    result = identity_reset_find(identity, user, code);
    if (result == 0)
        return refuse_login(req);
    return result < 0 ? identity_failed(req, result)
                      : finish_reset(identity, req, user, password, &attempt);
}

int identity_logout(struct identity *identity, struct http_request *req)
{
    char hash[IDENTITY_HASH_SIZE];
    const char *token = http_cookie(req, COOKIE);

    http_add_header(req, "Set-Cookie", COOKIE "=" COOKIE_ATTRIBUTES "; Max-Age=0");
    if (!token)
        return 0;
    identity_hash(token, hash);
    int result = db_run(identity->db, "DELETE FROM web_sessions WHERE hash = $1", "t", hash);
    identity_changed(identity);
    return result < 0 ? result : 0;
}

/* Person and last use of a session; 1 found, 0 not. */
static int read_session(struct identity *identity, const char *hash,
                        char person[static IDENTITY_ID_SIZE], int64_t *ret_seen)
{
    struct db_rows *rows = NULL;
    int result = db_query(identity->db, &rows,
                          "SELECT person, seen FROM web_sessions WHERE hash = $1 AND seen >= $2",
                          "ti", hash, identity_now(identity) - IDENTITY_IDLE_MS);
    if (result < 0)
        return result;
    result = db_next(rows);
    if (result > 0) {
        (void)snprintf(person, IDENTITY_ID_SIZE, "%s", db_text(rows, 0));
        *ret_seen = db_int(rows, 1);
    }
    db_done(rows);
    return result;
}

/* 1 it is still there, 0 not. Who reads needs no room on the disk: there the session only ages. */
static int touch_session(struct identity *identity, const char *hash, int64_t now)
{
    int result =
        db_run(identity->db, "UPDATE web_sessions SET seen = $1 WHERE hash = $2", "it", now, hash);
    return result == -ENOSPC || result == -EROFS ? 1 : result;
}

int identity_session_find(struct identity *identity, const char *token, struct identity_who *ret)
{
    char hash[IDENTITY_HASH_SIZE], person[IDENTITY_ID_SIZE];
    int64_t seen = 0, now = identity_now(identity);

    identity_hash(token, hash);
    int result = read_session(identity, hash, person, &seen);
    if (result > 0 && (now - seen >= seen_step_ms || seen > now))
        result = touch_session(identity, hash, now);
    if (result <= 0)
        return result;
    result = identity_user_load(identity, person, ret);
    if (result > 0) {
        make_csrf(token, ret->csrf);
        memcpy(ret->session, hash, sizeof hash);
    }
    return result;
}

/* -- the gate ---------------------------------------------------------------------------------- */

static const struct identity_who stranger = {.role = IDENTITY_ANYONE};

const struct identity_who *identity_who(const struct http_request *req)
{
    const struct identity_who *who = http_user(req);
    return who ? who : &stranger;
}

/* A session may change things only with the token that no other site's page can read. */
static bool csrf_holds(const struct http_request *req, const struct identity_who *who)
{
    const char *given = http_header(req, "x-csrf-token");
    return given && strlen(given) == strlen(who->csrf) &&
           sodium_memcmp(given, who->csrf, strlen(given)) == 0;
}

/* 1 known, 0 stranger, or an error. A bearer token is not tried as anything else. */
static int find_who(struct identity *identity, struct http_request *req, struct identity_who *ret)
{
    const char *bearer = http_header(req, "authorization");
    const char *cookie = bearer ? NULL : http_cookie(req, COOKIE);

    if (bearer && strncasecmp(bearer, "Bearer ", 7) == 0)
        return identity_token_find(identity, bearer + 7, ret);
    return cookie ? identity_session_find(identity, cookie, ret) : 0;
}

static bool refuse(struct http_request *req, int status, const char *code, const char *message)
{
    http_reply_error(req, status, code, message, NULL);
    return false;
}

bool identity_gate(struct identity *identity, struct http_request *req, unsigned roles)
{
    struct identity_who who = {0};

    int result = find_who(identity, req, &who);
    if (result < 0) {
        (void)identity_failed(req, result);
        return false;
    }
    bool known = result > 0 && (who.role != IDENTITY_REVOKED || (roles & IDENTITY_REVOKED));
    bool machine = who.role == IDENTITY_DEVICE || who.role == IDENTITY_REVOKED;
    bool safe = !known || machine || http_method_of(req) == HTTP_GET || csrf_holds(req, &who);
    if (known && (safe || !(roles & IDENTITY_ANYONE))) {
        /* a stranger's stream, of which there are thousands, need not keep it */
        struct identity_who *kept = http_alloc(req, sizeof *kept);
        *kept = who;
        http_set_user(req, kept);
    }
    if (roles & IDENTITY_ANYONE)
        return true;
    if (!known && who.replaced)
        return refuse(req, 401, "replaced", "Another device has taken this one's place.");
    if (!known)
        return refuse(req, 401, "unauthorized", "Log in, or send a device's token.");
    if (!(roles & who.role))
        return refuse(req, 403, "forbidden", "Your role may not do this.");
    return safe || refuse(req, 403, "csrf", "Send the session's X-CSRF-Token header.");
}
