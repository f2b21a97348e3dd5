#include "routes.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cloud.h"
#include "kept_views.h"
#include "limits.h"
#include "logging.h"
#include "metrics.h"
#include "pages.h"
#include "pictures.h"
#include "plain_page.h"
#include "upload.h"
#include "web.h"

enum { ASKER_SIZE = 128 };

static const unsigned anyone = IDENTITY_ANYONE;
static const unsigned device = IDENTITY_DEVICE;
static const unsigned uploader = IDENTITY_DEVICE | IDENTITY_REVOKED;
static const unsigned staff = IDENTITY_STAFF;
static const unsigned people = IDENTITY_PEOPLE;
static const unsigned at_desk = IDENTITY_DEVICE | IDENTITY_STAFF;
static const unsigned in_clinic = IDENTITY_STAFF | IDENTITY_CONTRACTOR;
static const unsigned planners = IDENTITY_CONTRACTOR | IDENTITY_OPERATOR;
static const unsigned operator= IDENTITY_OPERATOR;
static const unsigned contractor = IDENTITY_CONTRACTOR;
static const unsigned operators = IDENTITY_OPERATOR;

static const struct http_route routes[] = {
    {HTTP_GET, "/healthz", health_get, &anyone}, {HTTP_GET, "/readyz", ready_get, &anyone},
    {HTTP_GET, "/api/v1/openapi.json", openapi_get, &anyone},

    {HTTP_POST, "/api/v1/sessions", session_post, &anyone},
    {HTTP_GET, "/api/v1/sessions/current", session_get, &people},
    {HTTP_DELETE, "/api/v1/sessions/current", session_delete, &people},
    {HTTP_PUT, "/api/v1/sessions/current/password", password_put, &people},
    {HTTP_POST, "/api/v1/sessions/current/lock", lock_post, &people},
    {HTTP_GET, "/api/v1/sessions/current/factor", factor_get, &people},
    {HTTP_POST, "/api/v1/sessions/current/factor", factor_post, &people},
    {HTTP_PUT, "/api/v1/sessions/current/factor", factor_put, &people},
    {HTTP_POST, "/api/v1/sessions/current/factor/removal", factor_removal_post, &people},

    {HTTP_POST, "/api/v1/passwords", password_reset_post, &anyone},
    {HTTP_POST, "/api/v1/losses", loss_post, &anyone},
    {HTTP_GET, "/api/v1/sites/{}/people", crew_get, &planners},
    {HTTP_POST, "/api/v1/sites/{}/people", crew_post, &planners},
    {HTTP_PUT, "/api/v1/sites/{}/people/{}", crew_put, &planners},
    {HTTP_DELETE, "/api/v1/sites/{}/people/{}", crew_delete, &planners},
    {HTTP_POST, "/api/v1/sites/{}/people/{}/lock", crew_lock_post, &planners},
    {HTTP_POST, "/api/v1/sites/{}/people/{}/reset", crew_reset_post, &planners},
    {HTTP_GET, "/api/v1/sites/{}/audit", audit_get, &planners},
    {HTTP_GET, "/api/v1/audit", operators_audit_get, &operators},
    {HTTP_GET, "/api/v1/sites/{}/contract", contract_get, &planners},
    {HTTP_POST, "/api/v1/sites/{}/contract/acts", contract_act_post, &operators},
    {HTTP_GET, "/api/v1/hours", hours_get, &anyone},
    {HTTP_POST, "/api/v1/hours", hours_post, &operators},
    {HTTP_DELETE, "/api/v1/hours/{}", hours_delete, &operators},

    {HTTP_POST, "/api/v1/queues/{}/tickets", ticket_post, &at_desk},
    {HTTP_GET, "/api/v1/queues/{}/tickets/{}", ticket_get, &at_desk},
    {HTTP_POST, "/api/v1/queues/{}/calls", call_post, &staff},
    {HTTP_GET, "/api/v1/queues/{}", queue_get, &anyone},
    {HTTP_GET, "/api/v1/queues/{}/events", queue_stream, &anyone},
    {HTTP_GET, "/api/v1/tickets/{}", holder_get, &anyone},
    {HTTP_POST, "/api/v1/tickets/{}/late", holder_late_post, &anyone},
    {HTTP_POST, "/api/v1/tickets/{}/cancellation", holder_cancel_post, &anyone},
    {HTTP_PUT, "/api/v1/tickets/{}/mail", holder_mail_put, &anyone},
    {HTTP_DELETE, "/api/v1/tickets/{}/mail", holder_mail_delete, &anyone},
    {HTTP_GET, "/api/v1/tickets/{}/qr", holder_qr_get, &anyone},

    {HTTP_GET, "/api/v1/clinics", clinics_get, &anyone},
    {HTTP_GET, "/api/v1/queues/{}/clinic", clinic_get, &anyone},
    {HTTP_POST, "/api/v1/queues/{}/bookings", booking_post, &anyone},
    {HTTP_POST, "/api/v1/queues/{}/cards", card_post, &anyone},
    {HTTP_GET, "/api/v1/sites/{}/patients", patients_get, &in_clinic},
    {HTTP_PUT, "/api/v1/sites/{}/patients", patients_put_list, &in_clinic},
    {HTTP_DELETE, "/api/v1/sites/{}/patients", patients_delete, &in_clinic},

    {HTTP_GET, "/api/v1/sites/{}/queue", site_queue_get, &in_clinic},
    {HTTP_GET, "/api/v1/sites/{}/events", site_stream, &staff},
    {HTTP_POST, "/api/v1/sites/{}/events", site_events_post, &staff},

    {HTTP_PUT, "/api/v1/sites/{}/tickets/{}/name", ticket_name_put, &staff},
    {HTTP_DELETE, "/api/v1/sites/{}/tickets/{}/name", ticket_name_delete, &staff},
    {HTTP_GET, "/api/v1/sites/{}/slips", slips_get, &in_clinic},
    {HTTP_GET, "/api/v1/sites/{}/acts", acts_get, &in_clinic},
    {HTTP_GET, "/api/v1/sites/{}/opening", opening_get, &in_clinic},
    {HTTP_PUT, "/api/v1/sites/{}/opening", opening_put, &in_clinic},
    {HTTP_PUT, "/api/v1/sites/{}/opening/session", opening_session_put, &in_clinic},

    {HTTP_POST, "/api/v1/sites/{}/pairings", pairing_post, &planners},
    {HTTP_GET, "/api/v1/sites/{}/devices", machines_get, &planners},
    {HTTP_DELETE, "/api/v1/sites/{}/devices/{}", machine_delete, &planners},

    {HTTP_DELETE, "/api/v1/sites/{}/notices/{}", notice_delete, &in_clinic},
    {HTTP_GET, "/api/v1/sites/{}/quarantine", quarantine_get, &in_clinic},

    {HTTP_POST, "/api/v1/devices/enrol", enrol_post, &anyone},
    {HTTP_POST, "/api/v1/devices/pair", pair_post, &anyone},
    {HTTP_GET, "/api/v1/device", device_get, &device},
    {HTTP_GET, "/api/v1/device/events", device_stream, &device},
    {HTTP_POST, "/api/v1/device/events", device_events_post, &uploader},
    {HTTP_POST, "/api/v1/device/history", device_history_post, &device},
    {HTTP_GET, "/api/v1/device/snapshot", device_snapshot_get, &device},
    {HTTP_PUT, "/api/v1/device/status", device_status_put, &device},
    {HTTP_POST, "/api/v1/device/check-in", check_in_post, &device},

    {HTTP_GET, "/api/v1/device/programme", device_programme_get, &device},
    {HTTP_GET, "/api/v1/contents/{}", content_get, &device},
    {HTTP_GET, "/api/v1/sites/{}/programmes", programmes_get_all, &planners},
    {HTTP_POST, "/api/v1/sites/{}/programmes/{}/approval", approval_post, &contractor},
    {HTTP_PUT, "/api/v1/sites/{}/programmes/{}/items/{}", programme_item_put, &contractor},
    {HTTP_GET, "/api/v1/programmes", models_get, &operators},
    {HTTP_POST, "/api/v1/programmes", model_post, &operators},
    {HTTP_GET, "/api/v1/programmes/{}", model_get, &operators},
    {HTTP_POST, "/api/v1/programmes/{}/distribution", distribution_post, &operators},
    {HTTP_GET, "/api/v1/programmes/{}/sites", model_sites_get, &operators},

    {HTTP_GET, "/api/v1/uploads", uploads_get, &planners},
    {HTTP_POST, "/api/v1/uploads", upload_post, &planners},
    {HTTP_GET, "/api/v1/uploads/{}", upload_get_one, &planners},
    {HTTP_PATCH, "/api/v1/uploads/{}", upload_patch, &planners},
    {HTTP_DELETE, "/api/v1/uploads/{}", upload_delete, &planners},
    {HTTP_GET, "/api/v1/films", films_get, &planners},
    {HTTP_GET, "/api/v1/films/{}", film_get, &planners},
    {HTTP_PATCH, "/api/v1/films/{}", film_patch, &planners},
    {HTTP_POST, "/api/v1/films/{}/withdrawal", film_withdrawal_post, &planners},
    {HTTP_GET, "/api/v1/films/{}/still", film_still_get, &planners},
    {HTTP_POST, "/api/v1/films/{}/preview", preview_post, &planners},
    {HTTP_GET, "/api/v1/previews/{}", preview_get, &planners},
    {HTTP_GET, "/api/v1/sites/{}/contents", contents_get_all, &planners},
    {HTTP_POST, "/api/v1/sites/{}/contents", content_post, &planners},
    {HTTP_PUT, "/api/v1/sites/{}/contents/{}", content_put, &planners},
    {HTTP_DELETE, "/api/v1/sites/{}/contents/{}", content_delete, &planners},
    {HTTP_GET, "/api/v1/sites/{}/photos", photos_get, &planners},
    {HTTP_POST, "/api/v1/sites/{}/photos", photo_post, &planners},
    {HTTP_GET, "/api/v1/sites/{}/photos/{}", photo_get, &planners},
    {HTTP_GET, "/api/v1/templates", templates_get, &planners},
    {HTTP_POST, "/api/v1/drawings", drawing_post, &planners},
    {HTTP_POST, "/api/v1/device/plays", plays_post, &device},
    {
        HTTP_GET,
        "/api/v1/plays",
        plays_get,
        &operator},

        {HTTP_GET, "/q/", find_page, &anyone},
        {HTTP_GET, "/q/{}", clinic_page, &anyone},
        {HTTP_GET, "/q/{}/book", book_page, &anyone},
        {HTTP_GET, "/t/{}", ticket_page, &anyone},
        {HTTP_GET, "/mail/{}", mail_page, &anyone},
        {HTTP_POST, "/mail/{}", mail_page, &anyone},
        PAGES_ROUTES(&anyone),
    };

const struct http_route *routes_table(size_t *ret_count)
{
    *ret_count = sizeof(routes) / sizeof(routes[0]);
    return routes;
}

unsigned routes_roles(const struct http_route *route)
{
    return *(const unsigned *)route->data;
}

size_t routes_body_max(const struct http_route *route)
{
    return route->handler == upload_patch ? UPLOAD_PIECE_MAX
           : route->handler == photo_post ? PHOTO_UPLOAD_MAX
                                          : 0;
}

static bool within_limits(struct limits *limits, struct http_request *req, const char *kind,
                          const char *name)
{
    char asker[ASKER_SIZE];
    struct timespec now;
    int seconds;

    if (!limits)
        return true;
    (void)snprintf(asker, sizeof(asker), "%s %s", kind, name);
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    seconds = limits_take(limits, asker, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    if (seconds == 0)
        return true;
    http_add_header(req, "Retry-After", http_printf(req, "%d", seconds));
    http_reply_error(req, 429, "too_many_requests", "Too many requests; wait as Retry-After says.",
                     NULL);
    return false;
}

/* All people of one contractor, in whichever of his clinics, share one rate (terms 37), so that no
 * contractor can slow the others; a clinic that nobody has signed for counts by itself. Who is
 * known is not counted by address: a phone in the waiting room, behind the same address as the
 * clinic's kiosk, must not silence it. */
static bool asker_within_limits(struct cloud *cloud, struct http_request *req)
{
    const struct identity_who *who = identity_who(req);
    char address[IDENTITY_ADDRESS_SIZE], whose[IDENTITY_ID_SIZE];

    if (!cloud->limits)
        return true;
    if (who->role == IDENTITY_ANYONE) {
        identity_address(req, address);
        return within_limits(cloud->limits, req, "address", address);
    }
    if (!(who->role & (IDENTITY_STAFF | IDENTITY_CONTRACTOR)) || who->site_count == 0)
        return within_limits(cloud->limits, req, "asker", who->id);
    if (identity_contractor(cloud->identity, who->sites[0], whose) == 1)
        return within_limits(cloud->limits, req, "contractor", whose);
    return within_limits(cloud->limits, req, "clinic", who->sites[0]);
}

/* Whoever is refused for a wrong token, or for none, is told to wait when it goes on: then he
 * guesses. A right token from the same address is served all the while. */
static bool refused(struct cloud *cloud, struct http_request *req)
{
    char address[IDENTITY_ADDRESS_SIZE];

    if (http_status(req) == 401) {
        identity_address(req, address);
        (void)within_limits(cloud->misses, req, "address", address);
    }
    return false;
}

/* What a patient's page shows, for somebody who shows nothing of himself. Whoever does is looked up
 * in the database, by a worker. */
bool routes_quick(struct http_request *req, const struct http_route *route, void *context)
{
    struct cloud *cloud = web_cloud(context);
    const char *text;

    if (route->handler != queue_get || !cloud->serving || http_header(req, "cookie") ||
        http_header(req, "authorization"))
        return false;
    text = kept_views_get(cloud->kept_views, http_param(req, 0), req);
    if (!text)
        return false;
    if (asker_within_limits(cloud, req))
        http_reply(req, 200, "application/json", text, strlen(text), NULL);
    return true;
}

bool routes_gate(struct http_request *req, const struct http_route *route, void *context)
{
    const struct door *door = context;

    log_set_request(http_id(req));
    if (!door->cloud->serving) {
        http_add_header(req, "Retry-After", "1");
        http_reply_error(req, 503, "busy", "The cloud is starting; try again.", NULL);
        return false;
    }
    if (!identity_gate(door->cloud->identity, req, routes_roles(route)))
        return refused(door->cloud, req);
    return asker_within_limits(door->cloud, req);
}
