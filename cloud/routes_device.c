#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claims.h"
#include "divergence.h"
#include "letters.h"
#include "logging.h"
#include "notices.h"
#include "presence.h"
#include "programme_status.h"
#include "routes.h"
#include "signing.h"
#include "views.h"
#include "web.h"

enum { DOWNLOADED_MAX = 256, CODE_TEXT_SIZE = 64, ROLE_SIZE = 16, CONDITION_SIZE = 17 };

/* What a device needs to believe what it is to play (signing.h). A cloud without its key enrols
 * nevertheless: numbers come first, and the device asks again. */
static void reply_with_keys(struct http_request *req, const struct cloud *cloud, int status,
                            cJSON *json)
{
    if (signing_add_keys(cloud->data_dir, json) < 0)
        log_warning("a device learns no key for programmes now and will ask again");
    web_reply(req, status, json);
}

/* -- enrolment --------------------------------------------------------------------------------- */

struct enrolling {
    char code[CODE_TEXT_SIZE], secret[CODE_TEXT_SIZE], name[IDENTITY_NAME_SIZE], role[ROLE_SIZE];
};

static bool read_enrolment(struct http_request *req, struct enrolling *ret)
{
    struct web_body body;
    char version[PRESENCE_VERSION_SIZE] = "";

    if (!web_body_read(req, &body))
        return false;
    (void)snprintf(ret->role, sizeof(ret->role), "both");
    decode_string(&body.decoder, body.json, "", "code", DECODE_REQUIRED, ret->code,
                  sizeof(ret->code));
    decode_string(&body.decoder, body.json, "", "secret", DECODE_OPTIONAL, ret->secret,
                  sizeof(ret->secret));
    decode_string(&body.decoder, body.json, "", "name", DECODE_OPTIONAL, ret->name,
                  sizeof(ret->name));
    decode_string(&body.decoder, body.json, "", "role", DECODE_OPTIONAL, ret->role,
                  sizeof(ret->role));
    decode_string(&body.decoder, body.json, "", "version", DECODE_OPTIONAL, version,
                  sizeof(version));
    if (!body.decoder.failed && strcmp(ret->role, "both") != 0 &&
        strcmp(ret->role, "terminal") != 0 && strcmp(ret->role, "monitor") != 0)
        decode_fail(&body.decoder, "", "role", "must be both, terminal or monitor");
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    return true;
}

/* A device that has no code yet shows one, and asks again and again whether it was confirmed. */
void pair_post(struct http_request *req, void *context)
{
    char secret[CODE_TEXT_SIZE] = "";
    struct identity_pairing pairing;
    struct web_body body;
    cJSON *json;

    if (!web_body_read(req, &body))
        return;
    decode_string(&body.decoder, body.json, "", "secret", DECODE_REQUIRED, secret, sizeof(secret));
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    if (identity_pair(web_cloud(context)->identity, req, secret, &pairing) < 0)
        return;
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "state", pairing.confirmed ? "confirmed" : "waiting");
    if (pairing.code[0])
        cJSON_AddStringToObject(json, "code", pairing.code);
    if (!pairing.confirmed)
        cJSON_AddNumberToObject(json, "left_s", (double)(pairing.left_ms / 1000));
    reply_with_keys(req, web_cloud(context), pairing.code[0] ? 201 : 200, json);
}

/* Whoever reads a device's code off its screen says that it belongs to this site. */
void pairing_post(struct http_request *req, void *context)
{
    char code[CODE_TEXT_SIZE] = "", name[IDENTITY_NAME_SIZE] = "", replaces[UID_SIZE] = "";
    struct site *site = web_site(req, context);
    struct web_body body;
    cJSON *json;

    if (!site || !web_body_read(req, &body))
        return;
    decode_string(&body.decoder, body.json, "", "code", DECODE_REQUIRED, code, sizeof(code));
    decode_string(&body.decoder, body.json, "", "name", DECODE_OPTIONAL, name, sizeof(name));
    decode_string(&body.decoder, body.json, "", "replaces", DECODE_OPTIONAL, replaces,
                  sizeof(replaces));
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    int result =
        identity_pair_confirm(web_cloud(context)->identity, code, site_id(site), name, replaces);
    if (result == -ENODEV) {
        http_reply_error(req, 409, "not_replaceable",
                         "The site has no such device, or another one has taken its place.",
                         "replaces");
        return;
    }
    if (result == -ENOENT) {
        http_reply_error(req, 404, "unknown_code", "No device shows this code now.", "code");
        return;
    }
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "site", site_id(site));
    cJSON_AddStringToObject(json, "name", name);
    web_reply(req, 201, json);
}

static int choose_letter(struct cloud *cloud, struct site *site, char *ret)
{
    char unused[LETTERS_SIZE];

    letters_unused(site_state(site), unused);
    return letters_free(cloud->db, site_id(site), unused, ret);
}

/* In the transaction that used the code, which it ends, one way or the other: the letter is given
 * by the log, once and for ever. */
static int log_enrolment(struct cloud *cloud, struct site *site, const struct enrolling *enrolling,
                         const char *device, char *ret_letter)
{
    struct event event;
    struct site_put put;
    int result;

    result = site_join(site);
    if (result < 0) {
        db_rollback(cloud->db);
        return result;
    }
    event_init(&event);
    event.kind = EVENT_DEVICE;
    memcpy(event.device, device, sizeof(event.device));
    memcpy(event.text, enrolling->name, sizeof(enrolling->name));
    if (strcmp(enrolling->role, "monitor") != 0) /* a monitor gives no numbers */
        result = choose_letter(cloud, site, &event.number.letter);
    if (result == 0)
        result = site_put(site, &event, &put);
    *ret_letter = event.number.letter;
    if (result < 0) {
        site_rollback(site);
        return result;
    }
    return site_commit(site);
}

static void reply_enrolled(struct http_request *req, struct cloud *cloud, struct site *site,
                           const struct identity_enrolment *enrolment, char letter)
{
    const char letters[2] = {letter, '\0'};
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "device", enrolment->device);
    cJSON_AddStringToObject(json, "token", enrolment->token);
    cJSON_AddStringToObject(json, "site", enrolment->site);
    cJSON_AddStringToObject(json, "clinic_no", site_clinic_no(site));
    cJSON_AddStringToObject(json, "letter", letters);
    cJSON_AddStringToObject(json, "url", http_printf(req, "%s/t/", cloud->url));
    reply_with_keys(req, cloud, enrolment->again ? 200 : 201, json);
}

void enrol_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct enrolling enrolling = {0};
    struct identity_enrolment enrolment;
    struct site *site;
    char letter = 0;
    int result;

    if (!read_enrolment(req, &enrolling))
        return;
    result = db_begin(cloud->db);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    if (identity_enrol(cloud->identity, req, enrolling.code, enrolling.secret, enrolling.name,
                       &enrolment) < 0) {
        if (db_commit(cloud->db) < 0) /* it has been answered */
            log_warning("an attempt to enrol was not counted");
        return;
    }
    memcpy(enrolling.name, enrolment.name, sizeof(enrolling.name));
    site = sites_find(cloud->sites, enrolment.site);
    if (!site) {
        db_rollback(cloud->db);
        web_fail(req, -ENOENT);
        return;
    }
    result = enrolment.again ? db_commit(cloud->db)
                             : log_enrolment(cloud, site, &enrolling, enrolment.device, &letter);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    if (presence_reload(cloud->presence, enrolment.site) == 0) {
        if (enrolment.replaces[0])
            views_end_revoked(cloud, site);
        site_touch(site);
    }
    if (enrolment.again) {
        letter = queue_letter_of(site_read(site), enrolment.device);
        site_read_end(site);
    }
    reply_enrolled(req, cloud, site, &enrolment, letter);
}

void device_get(struct http_request *req, void *context)
{
    const struct identity_who *who = identity_who(req);
    struct site *site = web_own_site(req, context);
    char letter[2] = "";
    cJSON *json;

    if (!site)
        return;
    letter[0] = queue_letter_of(site_read(site), who->id);
    site_read_end(site);
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "device", who->id);
    cJSON_AddStringToObject(json, "site", site_id(site));
    cJSON_AddStringToObject(json, "clinic_no", site_clinic_no(site));
    cJSON_AddStringToObject(json, "letter", letter);
    cJSON_AddStringToObject(json, "name", who->name);
    cJSON_AddBoolToObject(json, "revoked", false); /* a revoked one does not come this far */
    reply_with_keys(req, web_cloud(context), 200, json);
}

/* -- status ------------------------------------------------------------------------------------ */

/* Kept as text: only people read it. */
static char *media_text(struct http_request *req, struct decoder *decoder, const cJSON *json)
{
    const cJSON *list =
        decode_array(decoder, json, "", "downloaded", DECODE_OPTIONAL, DOWNLOADED_MAX);
    const cJSON *playing = cJSON_GetObjectItemCaseSensitive(json, "playing");
    const cJSON *programme = cJSON_GetObjectItemCaseSensitive(json, "programme");
    cJSON *media = cJSON_CreateObject();
    char *text, *copy = NULL;

    if (list)
        cJSON_AddItemToObject(media, "downloaded", cJSON_Duplicate(list, true));
    if (playing)
        cJSON_AddItemToObject(media, "playing", cJSON_Duplicate(playing, true));
    if (cJSON_IsObject(programme))
        cJSON_AddItemToObject(media, "programme", cJSON_Duplicate(programme, true));
    text = cJSON_PrintUnformatted(media);
    cJSON_Delete(media);
    if (!text || strlen(text) > PRESENCE_REPORT_MAX)
        decode_fail(decoder, "", "downloaded", "and playing are too long");
    else
        copy = http_printf(req, "%s", text);
    cJSON_free(text);
    return copy;
}

/* What a device says of its records and of our log. */
struct condition {
    char log[CONDITION_SIZE];     /* "ok", "not_understood", "state" */
    char records[CONDITION_SIZE]; /* "ok", "damaged", "older" */
};

/* An older kiosk names the programme, a newer one tells how far it is with its document. */
static void read_programme(struct decoder *decoder, const cJSON *json,
                           char programme[static PRESENCE_PROGRAMME_SIZE],
                           struct programme_status *ret)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, "programme");

    if (cJSON_IsObject(item)) {
        programme_status_read(decoder, item, ret);
        decode_string(decoder, item, "programme.", "id", DECODE_OPTIONAL, programme,
                      PRESENCE_PROGRAMME_SIZE);
    } else if (!cJSON_IsNull(item)) {
        decode_string(decoder, json, "", "programme", DECODE_OPTIONAL, programme,
                      PRESENCE_PROGRAMME_SIZE);
    }
}

/* Links lead there, so it must be an address of a page and nothing else. */
static void read_lan(struct decoder *decoder, const cJSON *json, struct presence_report *ret)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.:[]";
    static const char scheme[] = "https://";
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, "lan");
    const char *host = ret->lan_url + sizeof(scheme) - 1;

    if (!cJSON_IsObject(item))
        return;
    decode_string(decoder, item, "lan.", "url", DECODE_REQUIRED, ret->lan_url,
                  sizeof(ret->lan_url));
    decode_string(decoder, item, "lan.", "fingerprint", DECODE_REQUIRED, ret->lan_print,
                  sizeof(ret->lan_print));
    if (strncmp(ret->lan_url, scheme, sizeof(scheme) - 1) != 0 || !*host ||
        host[strspn(host, letters)] != '\0')
        decode_fail(decoder, "lan.", "url", "must be https://HOST:PORT");
    if (ret->lan_print[strspn(ret->lan_print, "0123456789ABCDEF:")] != '\0')
        decode_fail(decoder, "lan.", "fingerprint", "must be hex digits");
}

static void read_health(struct decoder *decoder, const cJSON *json, struct presence_report *ret)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, "health");

    ret->has_health = cJSON_IsObject(item);
    if (ret->has_health)
        health_decode(decoder, item, "health.", &ret->health);
}

static bool read_status(struct http_request *req, struct presence_report *ret,
                        char programme[static PRESENCE_PROGRAMME_SIZE],
                        struct programme_status *told, struct condition *condition)
{
    struct web_body body;
    struct decoder *decoder = &body.decoder;

    if (!web_body_read(req, &body))
        return false;
    decode_string(decoder, body.json, "", "printer", DECODE_OPTIONAL, ret->printer,
                  sizeof(ret->printer));
    decode_string(decoder, body.json, "", "version", DECODE_OPTIONAL, ret->version,
                  sizeof(ret->version));
    decode_string(decoder, body.json, "", "clock", DECODE_OPTIONAL, ret->clock, sizeof(ret->clock));
    if (*ret->clock && strcmp(ret->clock, "trusted") != 0 && strcmp(ret->clock, "untrusted") != 0)
        decode_fail(decoder, "", "clock", "must be trusted or untrusted");
    read_programme(decoder, body.json, programme, told);
    ret->rules = RULES_MIN; /* of a kiosk that does not know of versions */
    decode_int(decoder, body.json, "", "rules", DECODE_OPTIONAL, 1, 9999, &ret->rules);
    decode_string(decoder, body.json, "", "log", DECODE_OPTIONAL, condition->log, CONDITION_SIZE);
    decode_string(decoder, body.json, "", "records", DECODE_OPTIONAL, condition->records,
                  CONDITION_SIZE);
    read_lan(decoder, body.json, ret);
    read_health(decoder, body.json, ret);
    ret->programme = programme;
    ret->files = told->files;
    ret->present = told->present;
    (void)snprintf(ret->fault, sizeof(ret->fault), "%s", told->fault);
    ret->media = media_text(req, decoder, body.json);
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    return true;
}

/* A kiosk says the same with every report until it is over; words of a newer one are passed over.
 */
static int tell_condition(struct cloud *cloud, struct site *site, const char *device,
                          const struct presence_report *report, const struct condition *condition,
                          bool *ret_changed)
{
    cJSON *detail;
    enum notice kind;

    if (strcmp(condition->records, "older") == 0) {
        *ret_changed = true;
        return divergence_note(cloud, site, device, "older");
    }
    if (strcmp(condition->log, "not_understood") == 0)
        kind = NOTICE_NOT_UNDERSTOOD;
    else if (strcmp(condition->log, "state") == 0)
        kind = NOTICE_STATE;
    else if (strcmp(condition->records, "damaged") == 0)
        kind = NOTICE_RECORDS;
    else
        return 0;
    *ret_changed = true;
    detail = cJSON_CreateObject();
    cJSON_AddStringToObject(detail, "version", report->version);
    return notices_put(cloud->db, site_id(site), kind, device, detail, site_now(site));
}

/* What has begun since the last report is told once; what is over needs nobody any more. */
static int tell_troubles(struct cloud *cloud, struct site *site, const char *device,
                         unsigned before, unsigned now)
{
    int result = 0;

    for (int i = 0; i < HEALTH_TROUBLE_COUNT && result >= 0; i++) {
        enum notice kind = (enum notice)(NOTICE_POWER + i);
        unsigned bit = 1u << i;

        if ((now & bit) && !(before & bit))
            result = notices_put(cloud->db, site_id(site), kind, device, NULL, site_now(site));
        else if (!(now & bit) && (before & bit))
            result = notices_end(cloud->db, site_id(site), kind, device);
    }
    return result;
}

void device_status_put(struct http_request *req, void *context)
{
    struct site *site = web_own_site(req, context);
    struct presence_report report = {0};
    char programme[PRESENCE_PROGRAMME_SIZE] = "", key[CLAIM_KEY_SIZE];
    struct condition condition = {"", ""};
    struct programme_status told = {.edition = 0};
    bool changed = false;
    cJSON *json, *people = NULL;
    unsigned before;
    int result;

    if (!site || !read_status(req, &report, programme, &told, &condition))
        return;
    before = presence_troubles(web_cloud(context)->presence, site_id(site), identity_who(req)->id);
    result = presence_report(web_cloud(context)->presence, site_id(site), identity_who(req)->id,
                             &report, &changed);
    if (result == 0 && (told.edition > 0 || *told.fault))
        result = programme_status_put(web_cloud(context)->db, site_id(site), identity_who(req)->id,
                                      &told, site_now(site));
    if (result == 0)
        result = tell_condition(web_cloud(context), site, identity_who(req)->id, &report,
                                &condition, &changed);
    if (result == 0 && report.has_health)
        result = tell_troubles(web_cloud(context), site, identity_who(req)->id, before,
                               health_troubles(&report.health));
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    if (changed)
        site_touch(site);
    result = claims_key(web_cloud(context)->db, site_id(site), key);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    if (*report.lan_url)
        result = identity_lan_people(web_cloud(context)->identity, site_id(site),
                                     identity_who(req)->id, &people);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "claim_key", key);
    if (people)
        cJSON_AddItemToObject(json, "staff", people);
    web_reply(req, 200, json);
}
