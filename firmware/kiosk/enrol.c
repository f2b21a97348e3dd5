#include "enrol.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal.h"
#include "station_report.h"
#include "version.h"

enum { IDENTITY_FILE_MAX = 8 * 1024, CODE_MAX = 64 };

static const char *const error_keys[] = {
#define X(name, text) text,
    STATION_ERRORS(X)
#undef X
};

const char *station_error_key(enum station_error error)
{
    return error_keys[error];
}

/* -- the identity's file ----------------------------------------------------------------------- */

/* False when the field is absent or does not fit: half a token is none. */
static bool get_text(const cJSON *json, const char *key, char *ret, size_t size)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    if (!cJSON_IsString(item) || strlen(item->valuestring) >= size)
        return false;
    (void)snprintf(ret, size, "%s", item->valuestring);
    return true;
}

static void cut_tail(char *text, const char *tail)
{
    size_t length = strlen(text), cut = strlen(tail);
    if (length >= cut && strcmp(text + length - cut, tail) == 0)
        text[length - cut] = '\0';
}

static bool read_identity(const cJSON *json, struct enrolment *ret)
{
    struct enrolment e = {0};
    char letter[8] = "";
    bool good = get_text(json, "device", e.device, sizeof e.device) && uid_valid(e.device) &&
                get_text(json, "token", e.token, sizeof e.token) && e.token[0] &&
                get_text(json, "site", e.site, sizeof e.site) &&
                get_text(json, "clinic_no", e.clinic_no, sizeof e.clinic_no) &&
                get_text(json, "letter", letter, sizeof letter) && strlen(letter) <= 1 &&
                get_text(json, "url", e.url, sizeof e.url);
    if (!good)
        return false;
    (void)get_text(json, "code_hash", e.code, sizeof e.code); /* an older file has none */
    e.letter = letter[0];
    cut_tail(e.url, "/");
    cut_tail(e.url, "/t"); /* the cloud tells the base of ticket links; "/q" links have the same */
    *ret = e;
    return true;
}

static const char identity_name[] = "identity.json", attempt_name[] = "enrolling.json";

/* 0 with *ret NULL: it is no JSON. */
static int load_file(const char *dir, const char *name, cJSON **ret)
{
    char path[JOURNAL_PATH_SIZE], text[IDENTITY_FILE_MAX];
    (void)snprintf(path, sizeof path, "%.600s/%s", dir, name);
    FILE *file = fopen(path, "re");
    if (!file)
        return -errno;
    size_t size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[size] = '\0';
    *ret = cJSON_Parse(text);
    sodium_memzero(text, sizeof text);
    return 0;
}

int enrol_load(const char *dir, struct enrolment *ret)
{
    cJSON *json = NULL;
    int r = load_file(dir, identity_name, &json);
    if (r < 0)
        return r;
    bool good = read_identity(json, ret);
    cJSON_Delete(json);
    if (!good)
        station_report("%s/%s is damaged: remove it and enrol the device again with a new code",
                       dir, identity_name);
    return good ? 0 : -EINVAL;
}

static char *identity_text(const struct enrolment *e)
{
    const char letter[2] = {e->letter, '\0'};
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "device", e->device);
    cJSON_AddStringToObject(json, "token", e->token);
    cJSON_AddStringToObject(json, "site", e->site);
    cJSON_AddStringToObject(json, "clinic_no", e->clinic_no);
    cJSON_AddStringToObject(json, "letter", letter);
    cJSON_AddStringToObject(json, "url", e->url);
    cJSON_AddStringToObject(json, "code_hash", e->code);
    char *text = cJSON_Print(json);
    cJSON_Delete(json);
    return text;
}

static int write_all(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, text, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -ENOSPC;
        text += n;
        size -= (size_t)n;
    }
    return fsync(fd) < 0 ? -errno : 0;
}

static int sync_directory(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = fsync(fd) < 0 ? -errno : 0;
    close(fd);
    return r;
}

/* Takes the text over; the file is the former one or the new one, whole. */
static int save_file(const char *dir, const char *name, char *text)
{
    char path[JOURNAL_PATH_SIZE], draft[JOURNAL_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%.600s/%s", dir, name);
    (void)snprintf(draft, sizeof draft, "%.600s/%s.new", dir, name);
    if (!text)
        return -ENOMEM;
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int r = fd < 0 ? -errno : write_all(fd, text, strlen(text));
    if (fd >= 0)
        close(fd);
    cJSON_free(text);
    if (r == 0 && rename(draft, path) < 0)
        r = -errno;
    return r == 0 ? sync_directory(dir) : r;
}

int enrol_save(const char *dir, const struct enrolment *enrolment)
{
    return save_file(dir, identity_name, identity_text(enrolment));
}

void enrol_attempt_load(const char *dir, struct enrol_attempt *ret)
{
    struct enrol_attempt attempt = {.secret = ""};
    cJSON *json = NULL;
    bool good = load_file(dir, attempt_name, &json) == 0 &&
                get_text(json, "secret", attempt.secret, sizeof attempt.secret) &&
                get_text(json, "pairing", attempt.pairing, sizeof attempt.pairing);
    cJSON_Delete(json);
    *ret = good ? attempt : (struct enrol_attempt){.secret = ""};
}

int enrol_attempt_save(const char *dir, const struct enrol_attempt *attempt)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "secret", attempt->secret);
    cJSON_AddStringToObject(json, "pairing", attempt->pairing);
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    return save_file(dir, attempt_name, text);
}

void enrol_attempt_end(const char *dir)
{
    char path[JOURNAL_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%.600s/%s", dir, attempt_name);
    if (unlink(path) < 0 && errno != ENOENT)
        station_report("%s stays, and is of no use: %s", path, strerror(errno));
}

void enrol_code_hash(const char *code, char ret[static ENROL_CODE_HASH_SIZE])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char plain[CODE_MAX + 1];
    size_t used = 0;
    for (; *code && used < CODE_MAX; code++)
        if (isalnum((unsigned char)*code))
            plain[used++] = (char)toupper((unsigned char)*code);
    crypto_hash_sha256(hash, (const unsigned char *)plain, used);
    (void)sodium_bin2hex(ret, ENROL_CODE_HASH_SIZE, hash, sizeof hash);
}

/* -- the exchange ------------------------------------------------------------------------------ */

char *enrol_body(const struct config *config, const char *code, const char *secret)
{
    static const char *const roles[] = {
        [ROLE_BOTH] = "both", [ROLE_TERMINAL] = "terminal", [ROLE_MONITOR] = "monitor"};
    char name[64] = "";
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "code", code);
    cJSON_AddStringToObject(json, "secret", secret);
    if (gethostname(name, sizeof name - 1) == 0 && name[0])
        cJSON_AddStringToObject(json, "name", name);
    cJSON_AddStringToObject(json, "role", roles[config->role]);
    cJSON_AddStringToObject(json, "version", MACHIAI_VERSION);
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    return text;
}

enum station_error enrol_error(const struct http_client_answer *answer)
{
    switch (answer->result) {
    case HTTP_CLIENT_OK:
        return STATION_ERROR_NONE;
    case HTTP_CLIENT_STATUS:
        if (answer->status == 401 || answer->status == 403)
            return STATION_ERROR_REVOKED;
        if (answer->status == 429)
            return STATION_ERROR_THROTTLED;
        return answer->status == 404 ? STATION_ERROR_WRONG_URL : STATION_ERROR_CLOUD;
    case HTTP_CLIENT_URL:
    case HTTP_CLIENT_RESOLVE:
        return STATION_ERROR_WRONG_URL;
    case HTTP_CLIENT_CA_FILE:
        return STATION_ERROR_CA_FILE;
    case HTTP_CLIENT_UNTRUSTED:
        return STATION_ERROR_UNTRUSTED;
    case HTTP_CLIENT_DISK:
        return STATION_ERROR_DISK;
    default:
        return STATION_ERROR_UNREACHABLE;
    }
}

/* What the technician is to do about it. */
static void advise(enum station_error error, const struct http_client_answer *answer,
                   const struct config *config, char detail[static STATION_DETAIL_SIZE])
{
    static const char *const advice[STATION_ERROR_COUNT] = {
        [STATION_ERROR_UNKNOWN_CODE] = "the cloud does not know this code; check [cloud] code for "
                                       "a slip of the pen, or make a new one",
        [STATION_ERROR_USED_CODE] = "this code was used already; make a new one "
                                    "(machiai-cloud admin device code) and put it in [cloud] code",
        [STATION_ERROR_EXPIRED_CODE] = "this code is no longer valid; make a new one "
                                       "(machiai-cloud admin device code)",
        [STATION_ERROR_THROTTLED] = "too many wrong codes came from here; wait some minutes",
        [STATION_ERROR_WRONG_URL] = "is [cloud] url the address of a Machiai cloud?",
        [STATION_ERROR_CA_FILE] = "[cloud] ca must name the cloud's ca.pem",
        [STATION_ERROR_UNTRUSTED] = "copy the cloud's tls/ca.pem here and name it in [cloud] ca",
        [STATION_ERROR_UNREACHABLE] = "check the network and that the cloud runs",
    };
    const char *what = answer->text[0] ? answer->text : config->url;
    if (advice[error])
        (void)snprintf(detail, STATION_DETAIL_SIZE, "%.130s; %.120s", what, advice[error]);
    else
        (void)snprintf(detail, STATION_DETAIL_SIZE, "%.250s", what);
}

static enum station_error error_of(const struct http_client_answer *answer, const cJSON *json)
{
    static const struct {
        const char *code;
        enum station_error error;
    } codes[] = {
        {"unknown_code", STATION_ERROR_UNKNOWN_CODE}, {"used_code", STATION_ERROR_USED_CODE},
        {"expired_code", STATION_ERROR_EXPIRED_CODE}, {"throttled", STATION_ERROR_THROTTLED},
        {"bad_request", STATION_ERROR_UNKNOWN_CODE},  {"not_found", STATION_ERROR_WRONG_URL},
    };
    char code[32] = "";
    if (answer->result != HTTP_CLIENT_STATUS)
        return enrol_error(answer);
    if (!get_text(json, "error", code, sizeof code))
        return STATION_ERROR_WRONG_URL; /* some other server's page */
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(code, codes[i].code) == 0)
            return codes[i].error;
    return STATION_ERROR_CLOUD;
}

enum enrol_outcome enrol_judge(const struct http_client_answer *answer, const struct config *config,
                               const char *code, struct enrolment *ret,
                               enum station_error *ret_error,
                               char detail[static STATION_DETAIL_SIZE])
{
    cJSON *json = cJSON_Parse(answer->body);
    enum station_error error = STATION_ERROR_NONE;
    if (answer->result != HTTP_CLIENT_OK)
        error = error_of(answer, json);
    else if (!read_identity(json, ret))
        error = STATION_ERROR_WRONG_URL;
    cJSON_Delete(json);
    *ret_error = error;
    detail[0] = '\0';
    if (error == STATION_ERROR_NONE) {
        enrol_code_hash(code, ret->code);
        return ENROL_DONE;
    }
    advise(error, answer, config, detail);
    bool final = error == STATION_ERROR_UNKNOWN_CODE || error == STATION_ERROR_USED_CODE ||
                 error == STATION_ERROR_EXPIRED_CODE;
    return final ? ENROL_REFUSED : ENROL_LATER;
}

/* -- pairing ----------------------------------------------------------------------------------- */

void enrol_secret(char ret[static ENROL_SECRET_SIZE])
{
    unsigned char bytes[32];
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2base64(ret, ENROL_SECRET_SIZE, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

enum enrol_pairing enrol_judge_pairing(const struct http_client_answer *answer,
                                       const struct config *config,
                                       char ret_code[static ENROL_SHOWN_SIZE],
                                       enum station_error *ret_error,
                                       char detail[static STATION_DETAIL_SIZE])
{
    cJSON *json = cJSON_Parse(answer->body);
    enum enrol_pairing pairing = ENROL_PAIRING_LATER;
    char state[16] = "";
    *ret_error = STATION_ERROR_NONE;
    detail[0] = '\0';
    if (answer->result != HTTP_CLIENT_OK)
        *ret_error = error_of(answer, json);
    else if (!get_text(json, "state", state, sizeof state))
        *ret_error = STATION_ERROR_WRONG_URL;
    else if (strcmp(state, "confirmed") == 0)
        pairing = ENROL_PAIRING_CONFIRMED;
    else
        pairing = ENROL_PAIRING_WAITING;
    if (pairing == ENROL_PAIRING_WAITING)
        (void)get_text(json, "code", ret_code, ENROL_SHOWN_SIZE); /* told once */
    cJSON_Delete(json);
    if (*ret_error == STATION_ERROR_USED_CODE || *ret_error == STATION_ERROR_EXPIRED_CODE)
        return ENROL_PAIRING_SPENT;
    if (*ret_error != STATION_ERROR_NONE)
        advise(*ret_error, answer, config, detail);
    return pairing;
}
