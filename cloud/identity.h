/* Who is asking, and what may he do: users, devices, sessions, enrolment codes.
 *
 * Nothing secret is stored in the clear: passwords as Argon2id, tokens and codes as hashes.
 * Failures are counted in a table, so that a restart forgives nobody. Times are ms since 1970 UTC
 * and come from the clock given at creation. Every call may run in the caller's transaction (db.h);
 * errors are negative errno values.
 */
#ifndef MACHIAI_CLOUD_IDENTITY_H
#define MACHIAI_CLOUD_IDENTITY_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "http_server.h"

enum {
    IDENTITY_ID_SIZE = 37,      /* UUID, or a user ID of 1..32 [a-z0-9._-] */
    IDENTITY_NAME_SIZE = 97,    /* 96 bytes of UTF-8 */
    IDENTITY_SITES_MAX = 64,    /* sites of one user */
    IDENTITY_TOKEN_SIZE = 44,   /* 32 random bytes in base64url, and terminator */
    IDENTITY_ADDRESS_SIZE = 46, /* of a peer */
    IDENTITY_CODE_SIZE = 10,    /* "ABCD-EFGH" and terminator */
    IDENTITY_PASSWORD_MIN = 8,  /* bytes */
    IDENTITY_FACTOR_SIZE = 33,  /* secret in base32 */
    IDENTITY_FACTOR_DIGITS = 6,
    IDENTITY_PASSWORD_MAX = 256,
    /* Within IDENTITY_WINDOW_MS, of one user from one address; codes: of the address. */
    IDENTITY_MISSES_MAX = 10,
    /* Logins per address: a whole clinic is one address, and nobody in its waiting room may lock
     * its reception out with ten tries. */
    IDENTITY_ADDRESS_MISSES_MAX = 50,
    IDENTITY_WINDOW_MS = 10 * 60 * 1000,
    /* Of one user from all addresses together. Who has logged in from his own within
     * IDENTITY_KNOWN_DAYS is not held up by it: nobody elsewhere can lock him out. */
    IDENTITY_ACCOUNT_MISSES_MAX = 100,
    IDENTITY_ACCOUNT_WINDOW_MS = 60 * 60 * 1000,
    IDENTITY_KNOWN_DAYS = 90,
    IDENTITY_IDLE_MS = 12 * 60 * 60 * 1000, /* of a session */
    /* A lost answer to an enrolment is given again so long: the power may be off over a weekend. */
    IDENTITY_AGAIN_MS = 7 * 24 * 60 * 60 * 1000,
    IDENTITY_SLOW_MS = 1000,      /* a wrong password or code answers no sooner */
    IDENTITY_DEVICES_MAX = 32,    /* of one site */
    IDENTITY_PEOPLE_MAX = 200,    /* of one site */
    IDENTITY_RECOVERY_COUNT = 10, /* codes for who lost the phone, each good once */
    IDENTITY_ACTS_MAX = 200,      /* of the audit, told at once */
    IDENTITY_SESSION_SIZE = 65,   /* a session's hash */
    IDENTITY_LAN_PEOPLE_MAX = 64  /* staff whom a kiosk knows without a line */
};

/* Bits, so that a route can name several. 0 = forgotten: nobody may call such a route. */
enum identity_role {
    IDENTITY_ANYONE = 1,
    IDENTITY_DEVICE = 2,
    IDENTITY_STAFF = 4,
    IDENTITY_CONTRACTOR = 8,
    IDENTITY_OPERATOR = 16,
    /* A device that was revoked: its token opens the upload and nothing else, so that what it still
     * has is not lost (quarantine.h). To all other routes it is a stranger. */
    IDENTITY_REVOKED = 32,
    IDENTITY_PEOPLE = IDENTITY_STAFF | IDENTITY_CONTRACTOR | IDENTITY_OPERATOR
};

/* Role column of a struct http_route: .data = IDENTITY_MAY(IDENTITY_DEVICE | IDENTITY_STAFF). */
#define IDENTITY_MAY(roles) ((const void *)(uintptr_t)(roles))

const char *identity_role_name(enum identity_role role); /* "operator", ... */
/* 0 when there is no such role; knows the roles of people only. */
enum identity_role identity_role_parse(const char *name);

struct identity_who {
    enum identity_role role;   /* one bit; IDENTITY_ANYONE = a stranger */
    char id[IDENTITY_ID_SIZE]; /* user ID or device ID, "" of a stranger */
    char name[IDENTITY_NAME_SIZE];
    bool replaced;                                    /* IDENTITY_REVOKED: by another device */
    int site_count;                                   /* operator: 0, yet he may all */
    char sites[IDENTITY_SITES_MAX][IDENTITY_ID_SIZE]; /* a device has one */
    char csrf[IDENTITY_TOKEN_SIZE];                   /* of a session, else "" */
    char session[IDENTITY_SESSION_SIZE];              /* names it, for identity_site_sessions() */
};

struct identity;

/* clock NULL = the system's. db must outlive it; runs the migrations of this module. error gets a
 * sentence (DB_ERROR_SIZE). */
int identity_create(struct db *db, int64_t (*clock)(void *context), void *context,
                    struct identity **ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
void identity_destroy(struct identity *identity);

/* -- the gate ---------------------------------------------------------------------------------- */
/* Finds out who asks (bearer token, else session cookie), refuses who may not call a route of these
 * roles (401, 403; csrf 403 for people on anything but GET), else sets http_user() to a const
 * struct identity_who that lives as long as the request. Routes for anyone also tell who asks, when
 * known, but never fail for stale credentials. false = it has replied. */
bool identity_gate(struct identity *identity, struct http_request *req, unsigned roles);
/* The gate's finding; never NULL behind the gate. */
const struct identity_who *identity_who(const struct http_request *req);
bool identity_may_site(const struct identity_who *who, const char *site);
/* Under which a peer is counted: its address, IPv6 by its /64. */
void identity_address(struct http_request *req, char text[static IDENTITY_ADDRESS_SIZE]);

/* -- people ------------------------------------------------------------------------------------ */
/* password NULL: nobody logs in until a code of identity_reset() was used. -EINVAL bad ID, role, or
 * password length; -EEXIST taken. */
int identity_user_add(struct identity *identity, const char *user, const char *name,
                      enum identity_role role, const char *password)
    __attribute__((warn_unused_result));
/* -ENOENT no such user. Ends his sessions. */
int identity_user_password(struct identity *identity, const char *user, const char *password)
    __attribute__((warn_unused_result));
/* Repeating is harmless. -ENOENT no such user; whether the site exists is the caller's matter. */
int identity_user_site_add(struct identity *identity, const char *user, const char *site)
    __attribute__((warn_unused_result));
/* Who a user is and may see, without a session. 1 found, 0 not, or an error. */
int identity_user_load(struct identity *identity, const char *user, struct identity_who *ret)
    __attribute__((warn_unused_result));
/* A password that can be read aloud, e.g. "kumo-tsuki-3819-hana". */
void identity_password_make(char text[static 40]);

/* Log-in; capitals in the user ID are forgiven. code: of the second factor, "" when none was typed.
 * 0 with *ret (as the gate would find it) and the Set-Cookie header added to req; else it has
 * replied (401 held back IDENTITY_SLOW_MS, 401 code_needed, 429, 500) and returns a negative errno.
 */
int identity_login(struct identity *identity, struct http_request *req, const char *user,
                   const char *password, const char *code, struct identity_who *ret)
    __attribute__((warn_unused_result));
/* The same proof again, before something that a stolen session must not do: 0, or it has replied.
 */
int identity_prove(struct identity *identity, struct http_request *req, const char *user,
                   const char *password, const char *code) __attribute__((warn_unused_result));
/* A loss reported by whoever knows the password, without a session (terms 33): locked at once. The
 * second factor is not asked for: it may be what is lost, and a lock opens nothing. 0, or it has
 * replied (401 held back, 429, 500). */
int identity_loss(struct identity *identity, struct http_request *req, const char *user,
                  const char *password) __attribute__((warn_unused_result));
/* Ends the session of req's cookie, if any, and clears the cookie. */
int identity_logout(struct identity *identity, struct http_request *req)
    __attribute__((warn_unused_result));

/* -- second factor (TOTP, RFC 6238) and locked accounts (terms 33) ----------------------------- */
/* Makes a secret (base32) for an authenticator app; it counts from identity_factor_confirm() on. */
int identity_factor_offer(struct identity *identity, const char *user,
                          char ret_secret[static IDENTITY_FACTOR_SIZE])
    __attribute__((warn_unused_result));
/* -EACCES: the code is not one of the secret offered last. */
int identity_factor_confirm(struct identity *identity, const char *user, const char *code)
    __attribute__((warn_unused_result));
int identity_factor_off(struct identity *identity, const char *user)
    __attribute__((warn_unused_result));
int identity_factor_on(struct identity *identity, const char *user, bool *ret)
    __attribute__((warn_unused_result));
/* 0: none is needed, or it is right (a code holds once; a recovery code too). -EAGAIN: one is
 * needed and code is "". -EACCES: wrong, or the account is locked. */
int identity_factor_check(struct identity *identity, const char *user, const char *code)
    __attribute__((warn_unused_result));
/* Locked: no log-in, and the sessions that stood have ended. -ENOENT. */
int identity_user_lock(struct identity *identity, const char *user, bool locked)
    __attribute__((warn_unused_result));

/* -- a clinic's people, managed by its contractor (terms 33) ------------------------------------
 */
struct identity_person {
    char user[IDENTITY_ID_SIZE], name[IDENTITY_NAME_SIZE];
    enum identity_role role;
    int64_t added, seen; /* seen: the last use of a session that stands; 0 = none */
    int64_t locked;      /* since when; 0 = not */
    bool factor;
    bool invited; /* has no password: a code of identity_reset() makes one */
};

/* Calls each() for everybody who belongs to the site. */
int identity_people(struct identity *identity, const char *site,
                    void (*each)(const struct identity_person *person, void *context),
                    void *context) __attribute__((warn_unused_result));
/* Whose a site is, by one name for all of them where several accounts sign for one: 1, or 0 when
 * nobody does. */
int identity_contractor(struct identity *identity, const char *site,
                        char ret[static IDENTITY_ID_SIZE]) __attribute__((warn_unused_result));
/* Whether `who` may change the account of somebody at this site: the operator everybody's, a
 * contractor that of people all of whose sites are his own; nobody his own here. -ENOENT: nobody
 * such is at this site; -EPERM. */
int identity_manages(struct identity *identity, const struct identity_who *who, const char *site,
                     const char *user) __attribute__((warn_unused_result));
/* identity_user_add() without a password, at a site. -ENOSPC: IDENTITY_PEOPLE_MAX. */
int identity_invite(struct identity *identity, const char *user, const char *name,
                    enum identity_role role, const char *site) __attribute__((warn_unused_result));
/* Staff or contractor, else -EINVAL; ends the sessions. */
int identity_user_role(struct identity *identity, const char *user, enum identity_role role)
    __attribute__((warn_unused_result));
/* Takes somebody from a site, and the account with the last one; ends the sessions. -ENOENT. */
int identity_user_site_remove(struct identity *identity, const char *user, const char *site)
    __attribute__((warn_unused_result));

struct identity_reset {
    char code[IDENTITY_CODE_SIZE];
    int64_t expires;
};

/* Makes password and sessions of a user void at once, and a code with which he chooses another:
 * after a loss, and for somebody new. -ENOENT. */
int identity_reset(struct identity *identity, const char *user, struct identity_reset *ret)
    __attribute__((warn_unused_result));
/* Uses such a code up; an account that was locked is open again. 0, or it has replied (400, 401
 * held back, 429, 500). */
int identity_reset_use(struct identity *identity, struct http_request *req, const char *user,
                       const char *code, const char *password) __attribute__((warn_unused_result));

struct identity_recovery {
    char codes[IDENTITY_RECOVERY_COUNT][IDENTITY_CODE_SIZE];
};

/* New codes in place of the second factor's; those made before are void. */
int identity_recovery_make(struct identity *identity, const char *user,
                           struct identity_recovery *ret) __attribute__((warn_unused_result));

/* Changes whenever identity_lan_people() of the site would tell something else; never 0. */
int identity_lan_digest(struct identity *identity, const char *site, uint64_t *ret)
    __attribute__((warn_unused_result));

/* Grows whenever somebody of this process may have lost what he had: streams look again. */
uint64_t identity_epoch(const struct identity *identity);
/* The sessions of people who may see the site, in the order of strcmp(). */
int identity_site_sessions(struct identity *identity, const char *site,
                           void (*each)(const char *session, void *context), void *context)
    __attribute__((warn_unused_result));

/* -- devices ----------------------------------------------------------------------------------- */
/* Makes an enrolment code for a site, good for that long. */
int identity_code_make(struct identity *identity, const char *site, int64_t valid_ms,
                       char code[static IDENTITY_CODE_SIZE]) __attribute__((warn_unused_result));
/* The same for a new card or board in the place of one: who uses the code gets its name, and it is
 * revoked in that moment. -ENOENT: the site has no such device, or another one has its place. */
int identity_code_replace(struct identity *identity, const char *site, const char *device,
                          int64_t valid_ms, char code[static IDENTITY_CODE_SIZE])
    __attribute__((warn_unused_result));
/* Whether a device of the site can be taken over; a revoked one can. 0 or -ENOENT. */
int identity_replaceable(struct identity *identity, const char *site, const char *device)
    __attribute__((warn_unused_result));

struct identity_enrolment {
    char device[IDENTITY_ID_SIZE];
    char token[IDENTITY_TOKEN_SIZE];
    char site[IDENTITY_ID_SIZE];
    char name[IDENTITY_NAME_SIZE]; /* given when the pairing was confirmed, else the device's own */
    char replaces[IDENTITY_ID_SIZE]; /* the device that it took over, revoked now; "" = none */
    bool again;                      /* the same device as before: nothing has been written */
};

/* Uses a code up, or a secret whose pairing was confirmed. Written generously (small letters,
 * spaces, no hyphen) is accepted. 0 with *ret; else it has replied (403 unknown_code, used_code,
 * expired_code held back; 429; 409 full; 500). Call it inside the transaction that logs the
 * enrolment: rolled back, the code stays good. On a refusal commit that transaction, or the miss is
 * not counted.
 *
 * secret: 32 random bytes of the device in base64url, or "". With it, the same code and secret give
 * the same device and token again for IDENTITY_AGAIN_MS, since an answer may be lost; only its hash
 * is kept, and the token follows from it. 400 when it is neither. */
int identity_enrol(struct identity *identity, struct http_request *req, const char *code,
                   const char *secret, const char *name, struct identity_enrolment *ret)
    __attribute__((warn_unused_result));

/* Pairing: a device without code shows one of the cloud's, and somebody who may says for which site
 * it is. The device proves with its own secret that it is the one; only hashes are kept. */
struct identity_pairing {
    bool confirmed;                /* enrol with the secret now */
    char code[IDENTITY_CODE_SIZE]; /* to show; "" unless it was made by this call */
    int64_t left_ms;               /* until code or confirmation expires */
};

/* Asks how the pairing of a secret (43 letters of base64url) stands, and begins one where there is
 * none or its code expired. 0 with *ret; else it has replied (400; 403 used_code, expired_code: a
 * new secret is needed; 429; 503 busy; 500). */
int identity_pair(struct identity *identity, struct http_request *req, const char *secret,
                  struct identity_pairing *ret) __attribute__((warn_unused_result));
/* -ENOENT: no device shows this code (any more); -ENODEV: replaces cannot be taken over. name "" =
 * the device's own; replaces: as in identity_code_replace(), "" = none. */
int identity_pair_confirm(struct identity *identity, const char *code, const char *site,
                          const char *name, const char *replaces)
    __attribute__((warn_unused_result));

struct identity_device {
    char device[IDENTITY_ID_SIZE];
    char site[IDENTITY_ID_SIZE];
    char name[IDENTITY_NAME_SIZE];
    int64_t enrolled;
    int64_t revoked;                    /* 0 = not */
    char replaced_by[IDENTITY_ID_SIZE]; /* the device that took it over; "" = none */
};

/* Calls each(device, context) for every device of a site, oldest first. */
int identity_devices(struct identity *identity, const char *site,
                     void (*each)(const struct identity_device *device, void *context),
                     void *context) __attribute__((warn_unused_result));
int identity_device_find(struct identity *identity, const char *device, struct identity_device *ret)
    __attribute__((warn_unused_result));
/* From now on its token opens nothing but the upload to the quarantine. -ENOENT no such device;
 * repeating is harmless. */
int identity_device_revoke(struct identity *identity, const char *device)
    __attribute__((warn_unused_result));

/* -- on the clinic's network ------------------------------------------------------------------- */
/* Staff of a site as one of its kiosks may know them while there is no line:
 * [{"user","name","memory_kib","rounds","salt","check"}]. Not the password's hash: lan_check.h
 * says what of it.  Who is locked, or no longer of the site, is not in it. */
int identity_lan_people(struct identity *identity, const char *site, const char *device,
                        cJSON **ret) __attribute__((warn_unused_result));

/* -- for others -------------------------------------------------------------------------------- */
/* Keeps who has done what, for whoever asks later: an approval, a withdrawal. address: http_peer(),
 * or "admin" for a command typed on the server. */
int identity_note(struct identity *identity, const char *act, const char *subject, const char *who,
                  const char *address) __attribute__((warn_unused_result));

/* The same, about a site. */
int identity_note_at(struct identity *identity, const char *site, const char *act,
                     const char *subject, const char *who, const char *address)
    __attribute__((warn_unused_result));

struct identity_act {
    int64_t at;
    const char *act, *subject, *who, *address; /* valid during the call */
    const char *site;                          /* where it was noted at one, else "" */
};

/* Which acts; NULL and 0 where all are meant. */
struct identity_asked {
    int64_t from, before; /* [from, before) */
    const char *after_id; /* with the moment of the last act of the page before as `before`: what
                             identity_acts() told, so that none of one moment is left out */
    const char *who;      /* who did it, or whom it was done to */
    const char *act;
    int limit; /* 1 to IDENTITY_ACTS_MAX */
};

/* What is known of a site, its people and its devices, newest first; site "": what operators did,
 * and who typed at the server. ret_next: after_id of the next
 * page, "" when this is the last. */
int identity_acts(struct identity *identity, const char *site, const struct identity_asked *asked,
                  void (*each)(const struct identity_act *act, void *context), void *context,
                  char ret_next[static IDENTITY_ID_SIZE]) __attribute__((warn_unused_result));

/* -- secrets for others ------------------------------------------------------------------------ */
/* SHA-256 of a secret in hex, for tables that look something up by a code or token. */
void identity_hash(const char *secret, char hex[static 65]);

#endif
