/* What the files of identity share. */
#ifndef MACHIAI_CLOUD_IDENTITY_PRIVATE_H
#define MACHIAI_CLOUD_IDENTITY_PRIVATE_H

#include <semaphore.h>
#include <stdatomic.h>

#include "identity.h"

enum {
    IDENTITY_CODE_LETTERS = 8,
    IDENTITY_HASH_SIZE = 65,      /* SHA-256 in hex */
    IDENTITY_SESSIONS_MAX = 20,   /* of one user; the oldest gives way */
    IDENTITY_PARALLEL_HASHES = 2, /* Argon2id takes 64 MiB each */
    IDENTITY_MISS_DAYS = 90       /* misses are kept this long */
};

/* Acts that the audit table knows. */
#define AUDIT_LOGIN         "login"
#define AUDIT_LOGIN_MISS    "login_miss"
#define AUDIT_LOGIN_HELD    "login_held" /* guessed at from many addresses: strange ones wait */
#define AUDIT_ENROL         "enrol"
#define AUDIT_ENROL_MISS    "enrol_miss"
#define AUDIT_CODE          "code_made"
#define AUDIT_PAIR          "pair"
#define AUDIT_PAIRED        "paired"
#define AUDIT_REVOKE        "device_revoked"
#define AUDIT_USER          "user_added"
#define AUDIT_PASSWORD      "password_set"
#define AUDIT_FACTOR        "factor_on"
#define AUDIT_FACTOR_OFF    "factor_off"
#define AUDIT_LOCK          "locked"
#define AUDIT_UNLOCK        "unlocked"
#define AUDIT_RESET         "reset_made"
#define AUDIT_RESET_USED    "reset_used"
#define AUDIT_RECOVERY      "recovery_made"
#define AUDIT_RECOVERY_USED "recovery_used"

struct identity {
    struct db *db;
    int64_t (*clock)(void *context);
    void *clock_context;
    sem_t hashing;
    _Atomic uint64_t epoch;
};

int64_t identity_now(const struct identity *identity);
/* Commits when result >= 0, else rolls back; returns the outcome. */
int identity_end(struct identity *identity, int result) __attribute__((warn_unused_result));
/* Answers 500, or 507 for a full disk (the database has logged why). Returns result. */
int identity_failed(struct http_request *req, int result);
/* 32 random bytes in base64url. */
void identity_token(char token[static IDENTITY_TOKEN_SIZE]);
void identity_uuid(char uuid[static IDENTITY_ID_SIZE]);
bool identity_user_id_ok(const char *user);

/* -- people ------------------------------------------------------------------------------------ */
/* -EINVAL: too short or too long. Long: no transaction may be open. */
int identity_password_hash(struct identity *identity, const char *password, char *hash)
    __attribute__((warn_unused_result));
/* In a transaction. */
int identity_password_set(struct identity *identity, const char *user, const char *hash)
    __attribute__((warn_unused_result));
/* Somebody lost something: identity_epoch(). */
void identity_changed(struct identity *identity);
/* 1: this is the user's code and it is good; 0: it is not. */
int identity_reset_find(struct identity *identity, const char *user, const char *code)
    __attribute__((warn_unused_result));
/* In a transaction. -EACCES: it was used meanwhile. */
int identity_reset_done(struct identity *identity, const char *user)
    __attribute__((warn_unused_result));
/* -EACCES: it is none of the user's. */
int identity_recovery_use(struct identity *identity, const char *user, const char *code)
    __attribute__((warn_unused_result));

/* -- codes ------------------------------------------------------------------------------------- */
enum code_state { CODE_GOOD, CODE_UNKNOWN, CODE_USED, CODE_EXPIRED };

struct identity_code {
    enum code_state state;
    char site[IDENTITY_ID_SIZE];
    char name[IDENTITY_NAME_SIZE]; /* for the device; "" = its own */
    int64_t used;
    char device[IDENTITY_ID_SIZE], secret[IDENTITY_HASH_SIZE]; /* of who used it; "" = none */
    char replaces[IDENTITY_ID_SIZE]; /* the device that it takes over; "" = none */
};

void identity_code_random(char code[static IDENTITY_CODE_SIZE],
                          char hash[static IDENTITY_HASH_SIZE]);
/* Of a code as people type it, or of a pairing secret; false when it cannot be one. */
bool identity_code_hash(const char *text, char hash[static IDENTITY_HASH_SIZE]);
bool identity_pair_hash(const char *secret, char hash[static IDENTITY_HASH_SIZE]);
/* An enrolment code; state CODE_UNKNOWN when there is none. */
int identity_code_find(struct identity *identity, const char *hash, struct identity_code *ret)
    __attribute__((warn_unused_result));

/* -- audit --------------------------------------------------------------------------------------
 */
/* Notes an act. subject: what was tried, hashed, so that a password typed into the wrong field is
 * not kept; who: the user or device it is about, "" when unknown. id NULL = a fresh one. */
int identity_audit(struct identity *identity, const char *id, const char *act, const char *subject,
                   const char *who, const char *address) __attribute__((warn_unused_result));
/* The same for a wrong try; drops those of long ago. */
int identity_audit_miss(struct identity *identity, const char *id, const char *act,
                        const char *subject, const char *who, const char *address)
    __attribute__((warn_unused_result));
int identity_audit_forget(struct identity *identity, const char *id)
    __attribute__((warn_unused_result));
/* > 0: seconds until another try is allowed, as the address has missed too often, or the subject
 * from there, or from everywhere (which holds up strange addresses alone); 0: go on. subject NULL =
 * only the address counts. */
int identity_throttled(struct identity *identity, const char *act, const char *subject,
                       const char *address) __attribute__((warn_unused_result));
/* In a transaction, after a miss: notes it when strange addresses must wait from now on. */
int identity_audit_held(struct identity *identity, const char *user, const char *subject,
                        const char *address) __attribute__((warn_unused_result));
/* Answers 429. */
void identity_reply_throttled(struct http_request *req, int seconds);

/* -- finding out who asks -----------------------------------------------------------------------
 */
/* 1 found, 0 not, or an error. */
int identity_session_find(struct identity *identity, const char *token, struct identity_who *ret)
    __attribute__((warn_unused_result));
int identity_token_find(struct identity *identity, const char *token, struct identity_who *ret)
    __attribute__((warn_unused_result));

#endif
