#include "identity_private.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* No letter that looks or sounds like another one when it is read out: 20 of them to the power of 8
 * make guessing hopeless at ten tries in ten minutes. */
static const char code_letters[] = "ABCDEFGHJKMNPRSTUWXY";
enum { CODE_LETTERS = IDENTITY_CODE_LETTERS };

/* -- codes ------------------------------------------------------------------------------------- */

void identity_code_random(char code[static IDENTITY_CODE_SIZE],
                          char hash[static IDENTITY_HASH_SIZE])
{
    char plain[CODE_LETTERS + 1];

    for (int i = 0; i < CODE_LETTERS; i++)
        plain[i] = code_letters[randombytes_uniform(sizeof code_letters - 1)];
    plain[CODE_LETTERS] = '\0';
    identity_hash(plain, hash);
    (void)snprintf(code, IDENTITY_CODE_SIZE, "%.4s-%s", plain, plain + 4);
}

static int make_code(struct identity *identity, const char *site, const char *replaces,
                     int64_t valid_ms, char code[static IDENTITY_CODE_SIZE])
{
    char text[IDENTITY_CODE_SIZE], hash[IDENTITY_HASH_SIZE];
    int64_t now = identity_now(identity);

    identity_code_random(text, hash);
    int result = db_begin(identity->db);
    if (result < 0)
        return result;
    result = db_run(identity->db,
                    "INSERT INTO enrolment_codes (hash, site, made, expires, replaces)"
                    " VALUES ($1, $2, $3, $4, $5)",
                    "ttiit", hash, site, now, now + valid_ms, replaces);
    if (result >= 0)
        result = identity_audit(identity, NULL, AUDIT_CODE, "", site, "");
    result = identity_end(identity, result);
    if (result < 0)
        return result;
    memcpy(code, text, sizeof text);
    return 0;
}

int identity_code_make(struct identity *identity, const char *site, int64_t valid_ms,
                       char code[static IDENTITY_CODE_SIZE])
{
    return make_code(identity, site, "", valid_ms, code);
}

int identity_code_replace(struct identity *identity, const char *site, const char *device,
                          int64_t valid_ms, char code[static IDENTITY_CODE_SIZE])
{
    int result = identity_replaceable(identity, site, device);

    return result < 0 ? result : make_code(identity, site, device, valid_ms, code);
}

bool identity_code_hash(const char *text, char hash[static IDENTITY_HASH_SIZE])
{
    char plain[CODE_LETTERS + 1];
    int used = 0;

    for (; *text; text++) {
        int c = toupper((unsigned char)*text);
        if (c == '-' || c == ' ')
            continue;
        if (used == CODE_LETTERS || !strchr(code_letters, c))
            return false;
        plain[used++] = (char)c;
    }
    plain[used] = '\0';
    if (used == CODE_LETTERS)
        identity_hash(plain, hash);
    return used == CODE_LETTERS;
}

int identity_code_find(struct identity *identity, const char *hash, struct identity_code *ret)
{
    struct db_rows *rows = NULL;
    int64_t now = identity_now(identity);
    int result = db_query(
        identity->db, &rows,
        "SELECT site, expires, used, name, device, secret, replaces FROM enrolment_codes WHERE "
        "hash = $1",
        "t", hash);
    *ret = (struct identity_code){.state = CODE_UNKNOWN};
    if (result < 0)
        return result;
    result = db_next(rows);
    if (result > 0) {
        ret->state = db_int(rows, 2) ? CODE_USED : db_int(rows, 1) < now ? CODE_EXPIRED : CODE_GOOD;
        (void)snprintf(ret->site, sizeof ret->site, "%s", db_text(rows, 0));
        (void)snprintf(ret->name, sizeof ret->name, "%s", db_text(rows, 3));
        ret->used = db_int(rows, 2);
        (void)snprintf(ret->device, sizeof ret->device, "%s", db_text(rows, 4));
        (void)snprintf(ret->secret, sizeof ret->secret, "%s", db_text(rows, 5));
        (void)snprintf(ret->replaces, sizeof ret->replaces, "%s", db_text(rows, 6));
    }
    db_done(rows);
    return result < 0 ? result : 0;
}

/* -EEXIST when somebody was faster. */
static int use_code(struct identity *identity, const char *hash, const char *device,
                    const char *secret)
{
    int result = db_run(identity->db,
                        "UPDATE enrolment_codes SET used = $1, device = $2, secret = $3 WHERE hash "
                        "= $4 AND used = 0",
                        "ittt", identity_now(identity), device, secret, hash);
    return result < 0 ? result : result == 1 ? 0 : -EEXIST;
}

/* -- enrolment --------------------------------------------------------------------------------- */

static int refuse_code(struct identity *identity, struct http_request *req, enum code_state state,
                       const char *hash, const char *address)
{
    int result = identity_audit_miss(identity, NULL, AUDIT_ENROL_MISS, hash, "", address);
    if (result < 0)
        return identity_failed(req, result);
    http_hold(req, IDENTITY_SLOW_MS);
    if (state == CODE_USED)
        http_reply_error(
            req, 403, "used_code",
            "This code has been used. Make a new one: machiai-cloud admin device code.", "code");
    else if (state == CODE_EXPIRED)
        http_reply_error(req, 403, "expired_code",
                         "This code has expired. Make a new one: machiai-cloud admin device code.",
                         "code");
    else
        http_reply_error(req, 403, "unknown_code",
                         "This code is not known. Check its eight letters, or make a new one:"
                         " machiai-cloud admin device code.",
                         "code");
    return -EACCES;
}

/* Who has the secret gets the same token again, though nobody keeps it; without one: any. */
static void make_token(const char *secret, const char *device, char ret[static IDENTITY_TOKEN_SIZE])
{
    unsigned char bytes[32];

    if (!*secret) {
        identity_token(ret);
        return;
    }
    (void)crypto_generichash(bytes, sizeof bytes, (const unsigned char *)device, strlen(device),
                             (const unsigned char *)secret, strlen(secret));
    (void)sodium_bin2base64(ret, IDENTITY_TOKEN_SIZE, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

/* 1 with *ret: the code was used a moment ago by who knows this secret, and the device is there. */
static int find_again(struct identity *identity, const struct identity_code *known,
                      const char *secret, const char *secret_hash, struct identity_enrolment *ret)
{
    struct identity_enrolment enrolment = {.again = true};
    struct identity_device device;

    if (known->state != CODE_USED || !*secret || strcmp(known->secret, secret_hash) != 0 ||
        identity_now(identity) - known->used > IDENTITY_AGAIN_MS)
        return 0;
    int result = identity_device_find(identity, known->device, &device);
    if (result < 0 || device.revoked)
        return result < 0 && result != -ENOENT ? result : 0;
    memcpy(enrolment.device, device.device, sizeof enrolment.device);
    memcpy(enrolment.site, device.site, sizeof enrolment.site);
    memcpy(enrolment.name, device.name, sizeof enrolment.name);
    make_token(secret, device.device, enrolment.token);
    *ret = enrolment;
    return 1;
}

static int add_device(struct identity *identity, struct identity_enrolment *enrolment,
                      const char *secret, const char *address)
{
    char hash[IDENTITY_HASH_SIZE];

    make_token(secret, enrolment->device, enrolment->token);
    identity_hash(enrolment->token, hash);
    int result = db_run(identity->db,
                        "INSERT INTO devices (device, site, name, token, enrolled)"
                        " VALUES ($1, $2, $3, $4, $5)",
                        "tttti", enrolment->device, enrolment->site, enrolment->name, hash,
                        identity_now(identity));
    return result < 0 ? result
                      : identity_audit(identity, NULL, AUDIT_ENROL, "", enrolment->device, address);
}

/* 1 = the site has as many devices as it may, the one that goes not counted. */
static int is_full(struct identity *identity, const char *site, const char *replaces)
{
    int64_t count = 0;
    int result =
        db_get_int(identity->db, &count,
                   "SELECT count(*) FROM devices WHERE site = $1 AND revoked = 0 AND device <> $2",
                   "tt", site, replaces);
    return result < 0 ? result : count >= IDENTITY_DEVICES_MAX;
}

static int revoke(struct identity *identity, const char *device);

/* The new device has the old one's place and name, and nothing else of it: its own token, its own
 * count of events, its own letter. What the old one still has to say goes to the quarantine. */
static int take_over(struct identity *identity, const char *replaces,
                     const struct identity_enrolment *enrolment)
{
    int result = revoke(identity, replaces);

    if (result >= 0)
        result = db_run(identity->db, "UPDATE devices SET replaced_by = $1 WHERE device = $2", "tt",
                        enrolment->device, replaces);
    return result < 0 ? result : 0;
}

/* The name that the device gets: of whom it replaces, as was said with the pairing, its own. */
static int choose_name(struct identity *identity, const struct identity_code *known,
                       const char *own, struct identity_enrolment *ret)
{
    struct identity_device before = {.name = ""};
    int result = known->replaces[0] ? identity_device_find(identity, known->replaces, &before) : 0;

    if (result < 0)
        return result;
    (void)snprintf(ret->name, sizeof ret->name, "%s",
                   known->name[0]   ? known->name
                   : before.name[0] ? before.name
                                    : own);
    memcpy(ret->replaces, known->replaces, sizeof ret->replaces);
    return 0;
}

static int enrol(struct identity *identity, struct http_request *req, const char *hash,
                 const char *secret, const char *name, const char *address,
                 struct identity_enrolment *ret)
{
    struct identity_enrolment enrolment = {0};
    struct identity_code known = {.state = CODE_UNKNOWN};
    char secret_hash[IDENTITY_HASH_SIZE] = "";

    if (*secret && !identity_pair_hash(secret, secret_hash)) {
        http_reply_error(req, 400, "bad_request", "must be 32 random bytes in base64url", "secret");
        return -EINVAL;
    }
    int result = hash ? identity_code_find(identity, hash, &known) : 0;
    if (result == 0)
        result = find_again(identity, &known, secret, secret_hash, ret);
    if (result > 0)
        return 0;
    if (result < 0)
        return identity_failed(req, result);
    if (known.replaces[0] && identity_replaceable(identity, known.site, known.replaces) < 0)
        known.state = CODE_EXPIRED; /* another code was faster */
    if (known.state != CODE_GOOD)
        return refuse_code(identity, req, known.state, hash ? hash : "", address);
    memcpy(enrolment.site, known.site, sizeof enrolment.site);
    identity_uuid(enrolment.device);
    result = choose_name(identity, &known, name, &enrolment);
    if (result == 0)
        result = is_full(identity, enrolment.site, known.replaces);
    if (result > 0) {
        http_reply_error(req, 409, "full",
                         "The site has as many devices as it may; revoke one that is not used.",
                         NULL);
        return -ENOSPC;
    }
    if (result == 0)
        result = use_code(identity, hash, enrolment.device, secret_hash);
    if (result == 0)
        result = add_device(identity, &enrolment, secret, address);
    if (result == 0 && known.replaces[0])
        result = take_over(identity, known.replaces, &enrolment);
    if (result < 0)
        return identity_failed(req, result);
    *ret = enrolment;
    return 0;
}

int identity_enrol(struct identity *identity, struct http_request *req, const char *code,
                   const char *secret, const char *name, struct identity_enrolment *ret)
{
    char hash[IDENTITY_HASH_SIZE], address[IDENTITY_ADDRESS_SIZE];
    bool readable = identity_code_hash(code, hash) || identity_pair_hash(code, hash);

    identity_address(req, address);
    int result = identity_throttled(identity, AUDIT_ENROL_MISS, NULL, address);
    if (result > 0) {
        identity_reply_throttled(req, result);
        return -EBUSY;
    }
    if (result < 0)
        return identity_failed(req, result);
    return enrol(identity, req, readable ? hash : NULL, secret, name, address, ret);
}

/* -- devices ----------------------------------------------------------------------------------- */

#define DEVICE_COLUMNS "device, site, name, enrolled, revoked, replaced_by"

static void read_device(const struct db_rows *rows, struct identity_device *device)
{
    (void)snprintf(device->device, sizeof device->device, "%s", db_text(rows, 0));
    (void)snprintf(device->site, sizeof device->site, "%s", db_text(rows, 1));
    (void)snprintf(device->name, sizeof device->name, "%s", db_text(rows, 2));
    device->enrolled = db_int(rows, 3);
    device->revoked = db_int(rows, 4);
    (void)snprintf(device->replaced_by, sizeof device->replaced_by, "%s", db_text(rows, 5));
}

int identity_token_find(struct identity *identity, const char *token, struct identity_who *ret)
{
    char hash[IDENTITY_HASH_SIZE];
    struct db_rows *rows = NULL;
    struct identity_device device;

    identity_hash(token, hash);
    int result = db_query(identity->db, &rows,
                          "SELECT " DEVICE_COLUMNS " FROM devices WHERE token = $1", "t", hash);
    if (result < 0)
        return result;
    result = db_next(rows);
    if (result > 0) {
        read_device(rows, &device);
        *ret = (struct identity_who){.role = device.revoked ? IDENTITY_REVOKED : IDENTITY_DEVICE,
                                     .replaced = device.replaced_by[0] != '\0',
                                     .site_count = 1};
        memcpy(ret->id, device.device, sizeof ret->id);
        memcpy(ret->name, device.name, sizeof ret->name);
        memcpy(ret->sites[0], device.site, sizeof device.site);
    }
    db_done(rows);
    return result;
}

int identity_devices(struct identity *identity, const char *site,
                     void (*each)(const struct identity_device *device, void *context),
                     void *context)
{
    struct db_rows *rows = NULL;
    struct identity_device device;
    int result = db_query(identity->db, &rows,
                          "SELECT " DEVICE_COLUMNS " FROM devices WHERE site = $1"
                          " ORDER BY enrolled, device",
                          "t", site);
    if (result < 0)
        return result;
    while ((result = db_next(rows)) > 0) {
        read_device(rows, &device);
        each(&device, context);
    }
    db_done(rows);
    return result;
}

int identity_device_find(struct identity *identity, const char *device, struct identity_device *ret)
{
    struct db_rows *rows = NULL;
    int result = db_query(identity->db, &rows,
                          "SELECT " DEVICE_COLUMNS " FROM devices WHERE device = $1", "t", device);
    if (result < 0)
        return result;
    result = db_next(rows);
    if (result > 0)
        read_device(rows, ret);
    db_done(rows);
    return result > 0 ? 0 : result < 0 ? result : -ENOENT;
}

int identity_replaceable(struct identity *identity, const char *site, const char *device)
{
    struct identity_device known;
    int result = identity_device_find(identity, device, &known);

    if (result < 0)
        return result;
    return strcmp(known.site, site) != 0 || known.replaced_by[0] ? -ENOENT : 0;
}

static int revoke(struct identity *identity, const char *device)
{
    int result =
        db_run(identity->db, "UPDATE devices SET revoked = $1 WHERE device = $2 AND revoked = 0",
               "it", identity_now(identity), device);
    if (result > 0)
        return identity_audit(identity, NULL, AUDIT_REVOKE, "", device, "");
    if (result < 0)
        return result;
    struct identity_device known;
    return identity_device_find(identity, device, &known);
}

int identity_device_revoke(struct identity *identity, const char *device)
{
    int result = db_begin(identity->db);
    return result < 0 ? result : identity_end(identity, revoke(identity, device));
}
