/* A person's own account: password, second factor, and the report of a loss (terms 33). */
#include <errno.h>
#include <qrencode.h>
#include <string.h>

#include "routes.h"
#include "web.h"

enum { PASSWORD_SIZE = IDENTITY_PASSWORD_MAX + 1, CODE_SIZE = 16 };

static void drop(char text[static PASSWORD_SIZE])
{
    explicit_bzero(text, PASSWORD_SIZE);
}

/* Reads {"password", "code"} and, when `fresh` is given, "new_password"; true when they prove that
 * it is the person. Else it has answered. */
static bool prove(struct http_request *req, struct cloud *cloud, char fresh[PASSWORD_SIZE])
{
    char password[PASSWORD_SIZE] = "", code[CODE_SIZE] = "";
    struct web_body body;

    if (!web_body_read(req, &body))
        return false;
    decode_string(&body.decoder, body.json, "", "password", DECODE_REQUIRED, password,
                  sizeof(password));
    decode_string(&body.decoder, body.json, "", "code", DECODE_OPTIONAL, code, sizeof(code));
    if (fresh)
        decode_string(&body.decoder, body.json, "", "new_password", DECODE_REQUIRED, fresh,
                      PASSWORD_SIZE);
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    int result = identity_prove(cloud->identity, req, identity_who(req)->id, password, code);
    drop(password);
    return result == 0;
}

static void done(struct http_request *req, int result)
{
    if (result < 0)
        web_fail(req, result);
    else
        web_reply_empty(req);
}

void password_put(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    char fresh[PASSWORD_SIZE] = "";

    if (!prove(req, cloud, fresh))
        return;
    int result = identity_user_password(cloud->identity, identity_who(req)->id, fresh);
    drop(fresh);
    if (result == -EINVAL)
        http_reply_error(req, 400, "bad_request",
                         http_printf(req, "new_password: takes %d to %d bytes",
                                     IDENTITY_PASSWORD_MIN, IDENTITY_PASSWORD_MAX),
                         "new_password");
    else
        done(req, result);
}

/* A lost tablet, a note that somebody has read: locked at once, until the operator resets it. */
void lock_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);

    if (prove(req, cloud, NULL))
        done(req, identity_user_lock(cloud->identity, identity_who(req)->id, true));
}

/* -- second factor ----------------------------------------------------------------------------- */

void factor_get(struct http_request *req, void *context)
{
    bool on = false;
    int result = identity_factor_on(web_cloud(context)->identity, identity_who(req)->id, &on);
    cJSON *json;

    if (result < 0) {
        web_fail(req, result);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddBoolToObject(json, "on", on);
    web_reply(req, 200, json);
}

/* The modules of a QR code, a text of 0 and 1 a row; null when there is no memory. */
static cJSON *qr_json(const char *text)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    char row[178] = ""; /* version 40 has 177 */
    cJSON *list;

    if (!code)
        return cJSON_CreateNull();
    list = cJSON_CreateArray();
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++)
            row[x] = code->data[y * code->width + x] & 1 ? '1' : '0';
        row[code->width] = '\0';
        cJSON_AddItemToArray(list, cJSON_CreateString(row));
    }
    explicit_bzero(row, sizeof(row));
    QRcode_free(code);
    return list;
}

/* otpauth://totp/..., as authenticator apps read it from a QR code. A user ID needs no escapes. One
 * that is on is taken off first, with password and code: a stolen session must not replace it. */
void factor_post(struct http_request *req, void *context)
{
    struct identity *identity = web_cloud(context)->identity;
    const char *user = identity_who(req)->id;
    char secret[IDENTITY_FACTOR_SIZE];
    bool on = false;
    int result = identity_factor_on(identity, user, &on);
    cJSON *json;

    if (result == 0 && on) {
        http_reply_error(req, 409, "is_on", "Remove the present second factor first.", NULL);
        return;
    }
    if (result == 0)
        result = identity_factor_offer(identity, user, secret);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "secret", secret);
    const char *uri =
        http_printf(req, "otpauth://totp/Machiai:%s?secret=%s&issuer=Machiai", user, secret);
    cJSON_AddStringToObject(json, "uri", uri);
    cJSON_AddItemToObject(json, "qr", qr_json(uri));
    web_reply(req, 200, json);
    explicit_bzero(secret, sizeof(secret));
}

static void reply_recovery(struct http_request *req, struct identity *identity)
{
    struct identity_recovery recovery;
    int result = identity_recovery_make(identity, identity_who(req)->id, &recovery);
    cJSON *json, *list;

    if (result < 0) {
        web_fail(req, result);
        return;
    }
    json = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(json, "recovery");
    for (int i = 0; i < IDENTITY_RECOVERY_COUNT; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(recovery.codes[i]));
    explicit_bzero(&recovery, sizeof(recovery));
    web_reply(req, 200, json);
}

void factor_put(struct http_request *req, void *context)
{
    struct identity *identity = web_cloud(context)->identity;
    char code[CODE_SIZE] = "";
    struct web_body body;

    if (!web_body_read(req, &body))
        return;
    decode_string(&body.decoder, body.json, "", "code", DECODE_REQUIRED, code, sizeof(code));
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    int result = identity_factor_confirm(identity, identity_who(req)->id, code);
    if (result == -EACCES)
        http_reply_error(req, 409, "wrong_code",
                         "That is not the code of now; compare the clocks and try the next one.",
                         "code");
    else if (result < 0)
        web_fail(req, result);
    else
        reply_recovery(req, identity);
}

void factor_removal_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);

    if (prove(req, cloud, NULL))
        done(req, identity_factor_off(cloud->identity, identity_who(req)->id));
}
