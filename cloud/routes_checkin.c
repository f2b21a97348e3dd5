/* A patient with a booking has come: reserved becomes waiting, and the kiosk gets what its slip
 * says. */
#include <errno.h>
#include <string.h>

#include "claims.h"
#include "intake.h"
#include "routes.h"
#include "web.h"

enum { CODE_SIZE = 192 };

static bool read_code(struct http_request *req, char ret[static CODE_SIZE])
{
    struct web_body body;

    if (!web_body_read(req, &body))
        return false;
    decode_string(&body.decoder, body.json, "", "code", DECODE_REQUIRED, ret, CODE_SIZE);
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    return true;
}

static int refuse(struct http_request *req, int status, const char *code, const char *message)
{
    http_reply_error(req, status, code, message, NULL);
    return 1;
}

static int put_arrival(struct site *site, const struct ticket *ticket, const char *device,
                       int64_t *ret_seq)
{
    struct event event;
    struct site_put put;
    int result;

    event_init(&event);
    event.kind = EVENT_ARRIVED;
    event.desk_no = ticket->desk_no;
    event.base = site_head(site);
    memcpy(event.ticket, ticket->id, sizeof(event.ticket));
    memcpy(event.seen, ticket->last_event, sizeof(event.seen));
    memcpy(event.device, device, sizeof(event.device));
    result = site_put(site, &event, &put);
    if (result < 0)
        return result;
    *ret_seq = put.seq;
    return put.judgement.verdict == VERDICT_APPLIED ? 0 : -EIO;
}

/* Whether another kiosk has taken the patient in, or printed a slip of this ticket: 1, 0 or an
 * error. From the log, which comes back with a restore. */
static int taken_elsewhere(struct cloud *cloud, const struct site *site, const char *ticket,
                           const char *device)
{
    int64_t one = 0;

    return db_get_int(cloud->db, &one,
                      "SELECT 1 FROM log WHERE site = $1 AND ticket = $2 AND device <> $3 AND kind "
                      "IN ('ticket_arrived', 'slip') LIMIT 1",
                      "ttt", site_id(site), ticket, device);
}

/* In the transaction: 0 with the ticket and the seq of its arrival (0: it had arrived before, the
 * answer was lost), 1 answered, or an error. */
static int arrive(struct http_request *req, struct cloud *cloud, struct site *site,
                  const char *code, char ret_ticket[static UID_SIZE], int64_t *ret_seq)
{
    const struct ticket *ticket;
    int result;

    result = site_open_session(site); /* bookings of today are by today's date */
    if (result == 0)
        result = claims_find(cloud, site, code, ret_ticket);
    if (result < 0 && result != -ENOENT)
        return result;
    ticket = result == 0 ? queue_ticket(site_state(site), ret_ticket) : NULL;
    if (!ticket || (ticket->state != TICKET_RESERVED && ticket->state != TICKET_WAITING))
        return refuse(req, 404, "no_booking", "There is no booking of today for this code.");
    result = taken_elsewhere(cloud, site, ticket->id, identity_who(req)->id);
    if (result < 0)
        return result;
    if (result > 0)
        return refuse(req, 404, "no_booking", "Another kiosk has given the slip of this booking.");
    if (ticket->state == TICKET_WAITING)
        return 0;
    if (ticket->slot_from - site_moment(site) > CLAIMS_EARLY_MS)
        return refuse(req, 409, "too_early", "It is too early to check in for this booking.");
    return put_arrival(site, ticket, identity_who(req)->id, ret_seq);
}

void check_in_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_own_site(req, context);
    char code[CODE_SIZE] = "", ticket[UID_SIZE] = "";
    struct intake_ticket arrived = {0};
    int result;

    if (!site || !read_code(req, code))
        return;
    result = site_begin(site);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    result = arrive(req, cloud, site, code, ticket, &arrived.seq);
    if (result == 0)
        result = intake_code_of(cloud, site, ticket, arrived.code);
    if (result == 0) /* also when it has arrived before: that commit may be under way */
        result = site_commit(site);
    else
        site_rollback(site);
    if (result < 0)
        web_fail(req, result);
    else if (result == 0)
        web_reply(req, 200, intake_json(cloud, site, ticket, &arrived));
}
