/* The routes of the page on the clinic's network: those of the cloud that its console asks for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lan_private.h"

#define COOKIE            "machiai_lan"
#define COOKIE_ATTRIBUTES "; Path=/; HttpOnly; Secure; SameSite=Strict"

static void reply_json(struct http_request *req, int status, cJSON *json)
{
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    if (text)
        http_reply(req, status, "application/json", text, strlen(text), NULL);
    else
        http_reply_error(req, 503, "busy", "The kiosk knows nothing of its clinic yet.", NULL);
    cJSON_free(text);
}

/* -- sessions ---------------------------------------------------------------------------------- */

/* The console names its site by what stands here; this page has one. */
static cJSON *session_json(struct lan *lan, const struct lan_session *session)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "user", session->user);
    cJSON_AddStringToObject(json, "name", session->name);
    cJSON_AddStringToObject(json, "role", "staff");
    cJSON_AddStringToObject(json, "csrf", session->csrf);
    cJSON_AddStringToObject(json, "cloud", lan->options.cloud_url);
    cJSON *site = cJSON_CreateObject();
    cJSON_AddItemToArray(cJSON_AddArrayToObject(json, "sites"), site);
    pthread_mutex_lock(&lan->lock);
    cJSON_AddStringToObject(site, "site", "kiosk");
    cJSON_AddStringToObject(site, "clinic_no", lan->view.settings.clinic_no);
    cJSON_AddStringToObject(site, "name", lan->view.settings.name);
    pthread_mutex_unlock(&lan->lock);
    return json;
}

/* Capitals in the user ID are forgiven, as by the cloud. */
static const char *lower(struct http_request *req, const char *text)
{
    char *copy = http_printf(req, "%s", text);
    for (char *c = copy; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    return copy;
}

static void throttle(struct http_request *req, int seconds)
{
    http_add_header(req, "Retry-After", http_printf(req, "%d", seconds));
    http_reply_error(req, 429, "throttled", "Too many wrong tries; wait as Retry-After says.",
                     NULL);
}

static void log_in(struct lan *lan, struct http_request *req, const char *user,
                   const char *password)
{
    char token[LAN_TOKEN_SIZE], device[UID_SIZE];
    struct lan_session session;
    int seconds = lan_door_try(&lan->door, user, http_peer(req));
    pthread_mutex_lock(&lan->lock);
    memcpy(device, lan->status.device, sizeof device);
    pthread_mutex_unlock(&lan->lock);
    if (seconds > 0) {
        throttle(req, seconds);
        return;
    }
    if (!lan_door_check(&lan->door, device, user, password) ||
        !lan_door_open(&lan->door, user, token, &session)) {
        http_hold(req, LAN_SLOW_MS);
        http_reply_error(req, 401, "unauthorized", "User ID or password is wrong.", NULL);
        return;
    }
    lan_door_forgive(&lan->door, user, http_peer(req));
    http_add_header(req, "Set-Cookie", http_printf(req, COOKIE "=%s" COOKIE_ATTRIBUTES, token));
    reply_json(req, 200, session_json(lan, &session));
}

static http_handler session_post, session_get, session_delete, queue_get, stream_get, authority_get;

static void session_post(struct http_request *req, void *context)
{
    size_t size = 0;
    cJSON *json = cJSON_Parse(http_body(req, &size));
    const char *user = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "user"));
    cJSON *secret = cJSON_GetObjectItemCaseSensitive(json, "password");
    char *password = cJSON_GetStringValue(secret);
    if (user && password)
        log_in(context, req, lower(req, user), password);
    else
        http_reply_error(req, 400, "bad_request", "user and password are needed.", NULL);
    if (password)
        explicit_bzero(password, strlen(password));
    cJSON_Delete(json);
}

static void session_get(struct http_request *req, void *context)
{
    reply_json(req, 200, session_json(context, http_user(req)));
}

static void session_delete(struct http_request *req, void *context)
{
    struct lan *lan = context;
    const char *token = http_cookie(req, COOKIE);
    if (token)
        lan_door_close(&lan->door, token);
    http_add_header(req, "Set-Cookie", COOKIE "=" COOKIE_ATTRIBUTES "; Max-Age=0");
    http_reply(req, 204, NULL, NULL, 0, NULL);
}

/* -- the view ---------------------------------------------------------------------------------- */

static void queue_get(struct http_request *req, void *context)
{
    reply_json(req, 200, lan_view(context));
}

static char *fill_stream(void *arg, uint64_t *ret_upto)
{
    const struct lan_stream *stream = arg;
    cJSON *json = lan_view(stream->lan);
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    char *block = NULL;
    cJSON_Delete(json);
    if (text && asprintf(&block, "event: queue\ndata: %s\n\n", text) < 0)
        block = NULL;
    cJSON_free(text);
    *ret_upto = 0;
    return block;
}

static void stream_get(struct http_request *req, void *context)
{
    struct lan *lan = context;
    const struct lan_session *who = http_user(req);
    struct lan_stream *stream = malloc(sizeof *stream);
    if (!stream) {
        http_reply_error(req, 503, "busy", "The kiosk cannot do it now; try again.", NULL);
        return;
    }
    stream->lan = lan;
    memcpy(stream->session, who->hash, sizeof stream->session);
    http_reply_stream(req, lan->channel, fill_stream, stream, free);
}

/* What a computer is to trust, for whoever has compared its fingerprint. */
static void authority_get(struct http_request *req, void *context)
{
    struct lan *lan = context;
    pthread_mutex_lock(&lan->lock);
    const char *copy = http_printf(req, "%s", lan->authority ? lan->authority : "");
    pthread_mutex_unlock(&lan->lock);
    http_add_header(req, "Content-Disposition", "attachment; filename=\"machiai-kiosk.crt\"");
    http_reply(req, 200, "application/x-x509-ca-cert", copy, strlen(copy), NULL);
}

/* -- the table --------------------------------------------------------------------------------- */

static const char open_to_all[] = "all", staff[] = "staff";

static const struct http_route routes[] = {
    {HTTP_POST, "/api/v1/sessions", session_post, open_to_all},
    {HTTP_GET, "/api/v1/sessions/current", session_get, staff},
    {HTTP_DELETE, "/api/v1/sessions/current", session_delete, staff},
    {HTTP_GET, "/api/v1/sites/kiosk/queue", queue_get, staff},
    {HTTP_GET, "/api/v1/sites/kiosk/events", stream_get, staff},
    {HTTP_POST, "/api/v1/sites/kiosk/events", lan_events_post, staff},
    {HTTP_GET, "/machiai-kiosk.crt", authority_get, open_to_all},
    {HTTP_GET, "/", lan_page_get, open_to_all},
    {HTTP_GET, "/staff", lan_page_get, open_to_all},
    {HTTP_GET, "/staff/", lan_page_get, open_to_all},
    {HTTP_GET, "/assets/{*}", lan_page_get, open_to_all},
};

const struct http_route *lan_routes(size_t *ret_count)
{
    *ret_count = sizeof routes / sizeof routes[0];
    return routes;
}

/* A session may change things only with the token that no other site's page can read. */
static bool csrf_holds(const struct http_request *req, const struct lan_session *session)
{
    const char *given = http_header(req, "x-csrf-token");
    return http_method_of(req) == HTTP_GET || (given && strcmp(given, session->csrf) == 0);
}

bool lan_gate(struct http_request *req, const struct http_route *route, void *context)
{
    struct lan *lan = context;
    const char *token = http_cookie(req, COOKIE);
    struct lan_session *session = http_alloc(req, sizeof *session);
    if (route->data == open_to_all)
        return true;
    if (!token || !lan_door_find(&lan->door, token, session)) {
        http_reply_error(req, 401, "unauthorized", "Log in.", NULL);
        return false;
    }
    http_set_user(req, session);
    if (csrf_holds(req, session))
        return true;
    http_reply_error(req, 403, "csrf", "Send the session's X-CSRF-Token header.", NULL);
    return false;
}
