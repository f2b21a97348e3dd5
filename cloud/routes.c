#include "routes.h"

#include "cloud.h"
#include "pages.h"

#define ANYONE     IDENTITY_MAY(IDENTITY_ANYONE)
#define DEVICE     IDENTITY_MAY(IDENTITY_DEVICE)
#define STAFF      IDENTITY_MAY(IDENTITY_STAFF)
#define PEOPLE     IDENTITY_MAY(IDENTITY_PEOPLE)
#define AT_DESK    IDENTITY_MAY(IDENTITY_DEVICE | IDENTITY_STAFF)
#define IN_CLINIC  IDENTITY_MAY(IDENTITY_STAFF | IDENTITY_CONTRACTOR)
#define PLANNERS   IDENTITY_MAY(IDENTITY_CONTRACTOR | IDENTITY_OPERATOR)
#define CONTRACTOR IDENTITY_MAY(IDENTITY_CONTRACTOR)
#define VIEWERS    IDENTITY_MAY(IDENTITY_DEVICE | IDENTITY_PEOPLE)

static const struct http_route routes[] = {
    {HTTP_GET, "/healthz", health_get, ANYONE},
    {HTTP_GET, "/api/v1/openapi.json", openapi_get, ANYONE},

    {HTTP_POST, "/api/v1/sessions", session_post, ANYONE},
    {HTTP_GET, "/api/v1/sessions/current", session_get, PEOPLE},
    {HTTP_DELETE, "/api/v1/sessions/current", session_delete, PEOPLE},

    {HTTP_POST, "/api/v1/queues/{}/tickets", ticket_post, AT_DESK},
    {HTTP_GET, "/api/v1/queues/{}/tickets/{}", ticket_get, AT_DESK},
    {HTTP_POST, "/api/v1/queues/{}/calls", call_post, STAFF},
    {HTTP_GET, "/api/v1/queues/{}", queue_get, ANYONE},
    {HTTP_GET, "/api/v1/queues/{}/events", queue_stream, ANYONE},
    {HTTP_GET, "/api/v1/tickets/{}", holder_get, ANYONE},

    {HTTP_GET, "/api/v1/sites/{}/queue", site_queue_get, IN_CLINIC},
    {HTTP_GET, "/api/v1/sites/{}/events", site_stream, STAFF},
    {HTTP_POST, "/api/v1/sites/{}/events", site_events_post, STAFF},

    {HTTP_POST, "/api/v1/devices/enrol", enrol_post, ANYONE},
    {HTTP_GET, "/api/v1/device", device_get, DEVICE},
    {HTTP_GET, "/api/v1/device/events", device_stream, DEVICE},
    {HTTP_POST, "/api/v1/device/events", device_events_post, DEVICE},
    {HTTP_PUT, "/api/v1/device/status", device_status_put, DEVICE},

    {HTTP_GET, "/api/v1/device/programme", device_programme_get, DEVICE},
    {HTTP_GET, "/api/v1/contents/{}", content_get, VIEWERS},
    {HTTP_GET, "/api/v1/sites/{}/programmes", programmes_get_all, PLANNERS},
    {HTTP_POST, "/api/v1/sites/{}/programmes/{}/approval", approval_post, CONTRACTOR},

    PAGES_ROUTES(ANYONE),
};

const struct http_route *routes_table(size_t *ret_count)
{
    *ret_count = sizeof(routes) / sizeof(routes[0]);
    return routes;
}

bool routes_gate(struct http_request *req, const struct http_route *route, void *context)
{
    const struct door *door = context;

    if (!door->cloud->serving) {
        http_add_header(req, "Retry-After", "1");
        http_reply_error(req, 503, "busy", "The cloud is starting; try again.", NULL);
        return false;
    }
    return identity_gate(door->cloud->identity, req, (unsigned)(uintptr_t)route->data);
}
