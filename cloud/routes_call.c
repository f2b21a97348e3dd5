/* 番号の呼出: a call is resolved to a ticket before it is logged. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "routes.h"
#include "web.h"

struct call {
    char id[UID_SIZE]; /* of the event; "" = ours */
    char ticket[UID_SIZE];
    struct number number; /* value 0 = not given */
    char room[KEY_SIZE];
    int desk_no;
};

static bool read_call(struct http_request *req, struct call *ret)
{
    struct web_body body;
    struct decoder *decoder = &body.decoder;
    char number[NUMBER_TEXT_SIZE] = "";

    if (!web_body_read(req, &body))
        return false;
    web_decode_uid(decoder, body.json, "", "id", DECODE_OPTIONAL, ret->id);
    web_decode_uid(decoder, body.json, "", "ticket", DECODE_OPTIONAL, ret->ticket);
    decode_string(decoder, body.json, "", "number", DECODE_OPTIONAL, number, sizeof(number));
    if (*number && number_parse(number, &ret->number) < 0)
        decode_fail(decoder, "", "number", "must be such as \"14\" or \"A3\"");
    decode_string(decoder, body.json, "", "room", DECODE_OPTIONAL, ret->room, sizeof(ret->room));
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    return true;
}

/* The answer to a call, now or repeated: what its entry says, and the ticket as it is. */
static void reply_call(struct http_request *req, struct site *site, int64_t seq)
{
    cJSON *entry = site_entry_json(site, seq), *json = cJSON_CreateObject();
    const cJSON *event = cJSON_GetObjectItemCaseSensitive(entry, "event");
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "ticket"));
    const char *room = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "room"));
    const struct queue *queue = site_read(site);
    const struct ticket *ticket = id ? queue_ticket(queue, id) : NULL;
    char number[NUMBER_TEXT_SIZE] = "";

    if (ticket)
        number_format(ticket->number, number);
    cJSON_AddStringToObject(json, "ticket", id ? id : "");
    cJSON_AddStringToObject(json, "number", number);
    cJSON_AddStringToObject(json, "room", room ? room : "");
    cJSON_AddStringToObject(json, "state", ticket ? ticket_state_name(ticket->state) : "");
    site_read_end(site);
    cJSON_AddItemToObject(json, "event", entry);
    web_reply(req, 200, json);
}

static const struct ticket *find_ticket(struct site *site, const struct call *call)
{
    const struct queue *state = site_state(site);

    if (*call->ticket)
        return queue_ticket(state, call->ticket);
    if (call->number.value)
        return queue_holder(state, call->number);
    return queue_next(state, call->desk_no, site_moment(site));
}

/* False: answered. */
static bool check_call(struct http_request *req, struct site *site, const struct call *call,
                       const struct ticket *ticket)
{
    const struct settings *settings = &site_state(site)->settings;
    const struct room *room = settings_room(settings, call->room);

    if (*call->room && (!room || room->desk_no != call->desk_no)) {
        web_refuse(req, "room: is no room of this queue");
        return false;
    }
    if (!ticket && !*call->ticket && !call->number.value) {
        http_reply_error(req, 409, "nobody_waiting", "Nobody is waiting here.", NULL);
        return false;
    }
    if (!ticket || ticket->desk_no != call->desk_no) {
        http_reply_error(req, 404, "not_found", "There is no such ticket in this queue.",
                         *call->ticket ? "ticket" : "number");
        return false;
    }
    return true;
}

static void fill_call(struct site *site, const struct call *call, const struct ticket *ticket,
                      const char *user, struct event *event)
{
    const struct room *room = settings_room_of_desk(&site_state(site)->settings, call->desk_no);

    event_init(event);
    event->kind = EVENT_CALLED;
    event->desk_no = call->desk_no;
    memcpy(event->id, call->id, sizeof(event->id));
    memcpy(event->ticket, ticket->id, sizeof(event->ticket));
    memcpy(event->seen, ticket->last_event, sizeof(event->seen));
    (void)snprintf(event->user, sizeof(event->user), "%s", user);
    (void)snprintf(event->room, sizeof(event->room), "%s",
                   *call->room ? call->room
                   : room      ? room->id
                               : "");
}

struct calling {
    struct http_request *req;
    struct call call;
    struct site_put put;
};

/* In the transaction. -EPERM: answered already. */
static int put_call(struct site *site, void *context)
{
    struct calling *calling = context;
    const struct call *call = &calling->call;
    const struct ticket *ticket;
    struct event event;
    int result;

    result = *call->id ? site_answered(site, call->id, &calling->put) : 0;
    if (result != 0)
        return result < 0 ? result : 0;
    ticket = find_ticket(site, call);
    if (!check_call(calling->req, site, call, ticket))
        return -EPERM;
    fill_call(site, call, ticket, identity_who(calling->req)->name, &event);
    if (queue_judge(site_state(site), &event).verdict != VERDICT_APPLIED) {
        http_reply_error(calling->req, 409, "conflict",
                         "This ticket cannot be called as it is now.", "ticket");
        return -EPERM;
    }
    return site_put(site, &event, &calling->put);
}

void call_post(struct http_request *req, void *context)
{
    struct calling calling = {.req = req};
    struct site *site = web_queue(req, context, true, &calling.call.desk_no);
    int result;

    if (!site || !read_call(req, &calling.call))
        return;
    result = site_transact(site, put_call, &calling);
    if (result == 0)
        reply_call(req, site, calling.put.seq);
    else if (result != -EPERM)
        web_fail(req, result);
}
