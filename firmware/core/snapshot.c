#include "snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queue_rules.h"
#include "wire.h"

enum { PATH_SIZE = 64, PLACE_TEXT_SIZE = 24, LETTERS = 26, COUNT_MAX = 1000000 };

static const int64_t time_max = INT64_C(253402300799999); /* end of the year 9999 */

void snapshot_init(struct snapshot *snapshot)
{
    memset(snapshot, 0, sizeof *snapshot);
    queue_init(&snapshot->queue);
}

void snapshot_finish(struct snapshot *snapshot)
{
    queue_finish(&snapshot->queue);
    snapshot_init(snapshot);
}

/* -- encoding ------------------------------------------------------------------------------------
 */

static void write_place(cJSON *json, int64_t place)
{
    char text[PLACE_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "%lld", (long long)place);
    cJSON_AddStringToObject(json, "place", text);
}

static void write_before(cJSON *json, const struct ticket_before *before)
{
    cJSON *object = cJSON_AddObjectToObject(json, "before");
    cJSON_AddStringToObject(object, "state", ticket_state_name(before->state));
    wire_write_int(object, "desk", before->desk_no);
    wire_write_int(object, "stage", before->stage);
    wire_write_string(object, "room", before->room);
    write_place(object, before->place);
    wire_write_int(object, "called", before->called_ms);
    wire_write_int(object, "calls", before->calls);
    wire_write_int(object, "priority", before->priority);
    wire_write_string(object, "reason", before->reason);
    wire_write_bool(object, "turned", before->turned);
}

static cJSON *ticket_to_json(const struct ticket *t)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "id", t->id);
    cJSON_AddStringToObject(json, "state", ticket_state_name(t->state));
    wire_write_number(json, "number", t->number);
    cJSON_AddStringToObject(json, "channel", channel_name(t->channel));
    wire_write_int(json, "desk", t->desk_no);
    wire_write_int(json, "issue_desk", t->issue_desk_no);
    wire_write_int(json, "stage", t->stage);
    wire_write_string(json, "service", t->service);
    wire_write_string(json, "room", t->room);
    wire_write_string(json, "device", t->device);
    wire_write_string(json, "family", t->family);
    wire_write_bool(json, "booked", t->booked);
    wire_write_bool(json, "no_voice", t->no_voice);
    wire_write_session(json, "session", &t->session);
    wire_write_int(json, "accepted", t->accepted_ms);
    write_place(json, t->place);
    wire_write_int(json, "slot_from", t->slot_from);
    wire_write_int(json, "slot_to", t->slot_to);
    wire_write_int(json, "priority", t->priority);
    wire_write_string(json, "reason", t->reason);
    wire_write_int(json, "called", t->called_ms);
    wire_write_int(json, "calls", t->calls);
    wire_write_int(json, "absent_turn", t->absent_turn);
    wire_write_int(json, "slips", t->slips);
    wire_write_int(json, "reissues", t->reissues);
    wire_write_string(json, "last_event", t->last_event);
    wire_write_bool(json, "abandoned", t->abandoned);
    if (t->can_undo)
        write_before(json, &t->before);
    return json;
}

static void write_counters(cJSON *json, const struct queue *queue)
{
    cJSON *desks = cJSON_AddArrayToObject(json, "desks");
    for (int i = 0; i < queue->settings.desk_count; i++) {
        cJSON *item = cJSON_CreateObject();
        wire_write_int(item, "next", queue->desks[i].next);
        wire_write_int(item, "web_next", queue->desks[i].web_next);
        wire_write_int(item, "turns", queue->desks[i].turns);
        wire_write_bool(item, "paused", queue->desks[i].paused);
        cJSON_AddItemToArray(desks, item);
    }
    cJSON *letters = cJSON_AddArrayToObject(json, "letters");
    for (int i = 0; i < LETTERS; i++) {
        if (!*queue->letters[i].device && queue->letters[i].next == 0)
            continue;
        const char letter[2] = {(char)('A' + i), '\0'};
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "letter", letter);
        wire_write_string(item, "device", queue->letters[i].device);
        wire_write_int(item, "next", queue->letters[i].next);
        wire_write_bool(item, "retired", queue->letters[i].retired);
        cJSON_AddItemToArray(letters, item);
    }
}

static void write_calls(cJSON *json, const struct queue *queue)
{
    cJSON *calls = cJSON_AddArrayToObject(json, "calls");
    for (int i = 0; i < queue->call_count; i++) {
        const struct queue_call *call = &queue->calls[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "ticket", call->ticket);
        wire_write_number(item, "number", call->number);
        wire_write_int(item, "desk", call->desk_no);
        wire_write_string(item, "room", call->room);
        wire_write_int(item, "called", call->called_ms);
        cJSON_AddItemToArray(calls, item);
    }
}

cJSON *snapshot_to_json(const struct queue *queue, int64_t seq, const char *hash)
{
    char state[STATE_SIZE];
    cJSON *json = cJSON_CreateObject();
    if (!json)
        return NULL;
    entry_state(queue, state);
    cJSON_AddNumberToObject(json, "version", SNAPSHOT_VERSION);
    cJSON_AddNumberToObject(json, "seq", (double)seq);
    cJSON_AddStringToObject(json, "hash", hash);
    cJSON_AddStringToObject(json, "state", state);
    cJSON_AddNumberToObject(json, "rules", queue->rules);
    if (queue->has_settings) {
        cJSON_AddItemToObject(json, "settings", settings_to_json(&queue->settings));
        cJSON_AddStringToObject(json, "settings_event", queue->settings_event);
    }
    wire_write_session(json, "session", &queue->session);
    wire_write_bool(json, "session_closed", queue->session_closed);
    wire_write_string(json, "message", queue->message);
    write_counters(json, queue);
    cJSON *tickets = cJSON_AddArrayToObject(json, "tickets");
    for (int i = 0; i < queue->count; i++)
        cJSON_AddItemToArray(tickets, ticket_to_json(&queue->tickets[i]));
    write_calls(json, queue);
    return json;
}

/* -- decoding ------------------------------------------------------------------------------------
 */

static void read_state(struct decoder *d, const cJSON *json, const char *path,
                       enum ticket_state *ret)
{
    char name[16] = "";
    decode_string(d, json, path, "state", DECODE_REQUIRED, name, sizeof name);
    for (int i = 0; i < TICKET_STATE_COUNT; i++) {
        if (strcmp(name, ticket_state_name((enum ticket_state)i)) != 0)
            continue;
        *ret = (enum ticket_state)i;
        return;
    }
    decode_fail(d, path, "state", "names no state of a ticket");
}

static void read_channel(struct decoder *d, const cJSON *json, const char *path, enum channel *ret)
{
    char name[16] = "";
    decode_string(d, json, path, "channel", DECODE_REQUIRED, name, sizeof name);
    if (!d->failed && channel_parse(name, ret) < 0)
        decode_fail(d, path, "channel", "must be kiosk, web, desk or phone");
}

static void read_place(struct decoder *d, const cJSON *json, const char *path, int64_t *ret)
{
    char text[PLACE_TEXT_SIZE] = "";
    int64_t place = 0;
    decode_string(d, json, path, "place", DECODE_REQUIRED, text, sizeof text);
    size_t size = strlen(text);
    if (size == 0 || size > 18 || strspn(text, "0123456789") != size)
        decode_fail(d, path, "place", "must be 1 to 18 digits in a string");
    for (size_t i = 0; i < size && !d->failed; i++)
        place = place * 10 + (text[i] - '0');
    *ret = place;
}

static void read_before(struct decoder *d, const cJSON *json, const char *outer, struct ticket *t)
{
    char path[PATH_SIZE];
    struct ticket_before *b = &t->before;
    const cJSON *object = decode_object(d, json, outer, "before", DECODE_OPTIONAL);
    if (!object)
        return;
    (void)snprintf(path, sizeof path, "%sbefore.", outer);
    t->can_undo = true;
    read_state(d, object, path, &b->state);
    decode_int(d, object, path, "desk", DECODE_REQUIRED, 1, 99, &b->desk_no);
    decode_int(d, object, path, "stage", DECODE_OPTIONAL, 0, COUNT_MAX, &b->stage);
    decode_string(d, object, path, "room", DECODE_OPTIONAL, b->room, sizeof b->room);
    read_place(d, object, path, &b->place);
    decode_int64(d, object, path, "called", DECODE_OPTIONAL, 0, time_max, &b->called_ms);
    decode_int(d, object, path, "calls", DECODE_OPTIONAL, 0, COUNT_MAX, &b->calls);
    decode_int(d, object, path, "priority", DECODE_OPTIONAL, 0, 9, &b->priority);
    decode_string(d, object, path, "reason", DECODE_OPTIONAL, b->reason, sizeof b->reason);
    decode_bool(d, object, path, "turned", &b->turned);
}

static void read_visit(struct decoder *d, const cJSON *item, const char *path, struct ticket *t)
{
    decode_int64(d, item, path, "accepted", DECODE_OPTIONAL, 0, time_max, &t->accepted_ms);
    read_place(d, item, path, &t->place);
    decode_int64(d, item, path, "slot_from", DECODE_OPTIONAL, 0, time_max, &t->slot_from);
    decode_int64(d, item, path, "slot_to", DECODE_OPTIONAL, t->slot_from, time_max, &t->slot_to);
    decode_int(d, item, path, "priority", DECODE_OPTIONAL, 0, 9, &t->priority);
    decode_string(d, item, path, "reason", DECODE_OPTIONAL, t->reason, sizeof t->reason);
    decode_int64(d, item, path, "called", DECODE_OPTIONAL, 0, time_max, &t->called_ms);
    decode_int(d, item, path, "calls", DECODE_OPTIONAL, 0, COUNT_MAX, &t->calls);
    decode_int(d, item, path, "absent_turn", DECODE_OPTIONAL, -COUNT_MAX, COUNT_MAX,
               &t->absent_turn);
    decode_int(d, item, path, "slips", DECODE_OPTIONAL, 0, COUNT_MAX, &t->slips);
    decode_int(d, item, path, "reissues", DECODE_OPTIONAL, 0, COUNT_MAX, &t->reissues);
    wire_read_uid(d, item, path, "last_event", DECODE_REQUIRED, t->last_event);
    decode_bool(d, item, path, "abandoned", &t->abandoned);
    read_before(d, item, path, t);
}

static void read_ticket(struct decoder *d, const cJSON *item, const char *path, struct ticket *t)
{
    wire_read_uid(d, item, path, "id", DECODE_REQUIRED, t->id);
    read_state(d, item, path, &t->state);
    wire_read_number(d, item, path, "number", &t->number);
    if (!number_valid(t->number))
        decode_fail(d, path, "number", "is missing");
    read_channel(d, item, path, &t->channel);
    decode_int(d, item, path, "desk", DECODE_REQUIRED, 1, 99, &t->desk_no);
    decode_int(d, item, path, "issue_desk", DECODE_OPTIONAL, 0, 99, &t->issue_desk_no);
    decode_int(d, item, path, "stage", DECODE_OPTIONAL, 0, COUNT_MAX, &t->stage);
    decode_string(d, item, path, "service", DECODE_OPTIONAL, t->service, sizeof t->service);
    decode_string(d, item, path, "room", DECODE_OPTIONAL, t->room, sizeof t->room);
    wire_read_uid(d, item, path, "device", DECODE_OPTIONAL, t->device);
    wire_read_uid(d, item, path, "family", DECODE_OPTIONAL, t->family);
    decode_bool(d, item, path, "booked", &t->booked);
    decode_bool(d, item, path, "no_voice", &t->no_voice);
    wire_read_session(d, item, path, "session", &t->session);
    read_visit(d, item, path, t);
}

static void read_tickets(struct decoder *d, const cJSON *json, struct queue *q)
{
    const cJSON *list = decode_array(d, json, "", "tickets", DECODE_REQUIRED, QUEUE_TICKETS_MAX),
                *item;
    if (!list || cJSON_GetArraySize(list) == 0)
        return;
    q->capacity = cJSON_GetArraySize(list);
    q->tickets = calloc((size_t)q->capacity, sizeof *q->tickets);
    if (!q->tickets)
        abort();
    cJSON_ArrayForEach (item, list) {
        char path[PATH_SIZE];
        struct ticket *t = &q->tickets[q->count];
        (void)snprintf(path, sizeof path, "tickets[%d].", q->count);
        read_ticket(d, item, path, t);
        if (d->failed)
            return;
        q->count++;
        if (!ticket_finished(t) && !settings_desk(&q->settings, t->desk_no))
            decode_fail(d, path, "desk", "names no desk of this site");
    }
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Invariant 2 and one ticket an id: what no log could have made is no snapshot. */
static void check_tickets(struct decoder *d, const struct queue *q)
{
    bool live[LETTERS + 1][NUMBER_MAX + 1] = {{false}};
    const char *ids[QUEUE_TICKETS_MAX];
    for (int i = 0; i < q->count; i++) {
        const struct ticket *t = &q->tickets[i];
        bool *seen = &live[t->number.letter ? t->number.letter - 'A' + 1 : 0][t->number.value];
        ids[i] = t->id;
        if (ticket_finished(t))
            continue;
        if (*seen)
            decode_fail(d, "tickets", "", "have a number that is live twice");
        *seen = true;
    }
    qsort(ids, (size_t)q->count, sizeof *ids, compare_ids);
    for (int i = 1; i < q->count; i++)
        if (strcmp(ids[i], ids[i - 1]) == 0)
            decode_fail(d, "tickets", "", "have an id that is there twice");
}

static void read_desks(struct decoder *d, const cJSON *json, struct queue *q)
{
    const cJSON *list = decode_array(d, json, "", "desks", DECODE_REQUIRED, SETTINGS_DESKS_MAX),
                *item;
    int i = 0;
    if (list && cJSON_GetArraySize(list) != q->settings.desk_count)
        decode_fail(d, "", "desks", "are not as many as in the settings");
    if (d->failed)
        return;
    cJSON_ArrayForEach (item, list) {
        char path[PATH_SIZE];
        struct queue_desk *desk = &q->desks[i];
        (void)snprintf(path, sizeof path, "desks[%d].", i++);
        decode_int(d, item, path, "next", DECODE_OPTIONAL, 0, NUMBER_MAX + 1, &desk->next);
        decode_int(d, item, path, "web_next", DECODE_OPTIONAL, 0, NUMBER_MAX + 1, &desk->web_next);
        decode_int(d, item, path, "turns", DECODE_OPTIONAL, 0, COUNT_MAX, &desk->turns);
        decode_bool(d, item, path, "paused", &desk->paused);
    }
}

static void read_letters(struct decoder *d, const cJSON *json, struct queue *q)
{
    const cJSON *list = decode_array(d, json, "", "letters", DECODE_REQUIRED, LETTERS), *item;
    int i = 0;
    cJSON_ArrayForEach (item, list) {
        char path[PATH_SIZE], letter[2] = "";
        (void)snprintf(path, sizeof path, "letters[%d].", i++);
        decode_string(d, item, path, "letter", DECODE_REQUIRED, letter, sizeof letter);
        if (!d->failed && (*letter < 'A' || *letter > 'Z'))
            decode_fail(d, path, "letter", "must be A to Z");
        if (d->failed)
            return;
        struct queue_letter *l = &q->letters[*letter - 'A'];
        wire_read_uid(d, item, path, "device", DECODE_OPTIONAL, l->device);
        decode_int(d, item, path, "next", DECODE_OPTIONAL, 0, NUMBER_MAX + 1, &l->next);
        decode_bool(d, item, path, "retired", &l->retired);
    }
}

static void read_calls(struct decoder *d, const cJSON *json, struct queue *q)
{
    const cJSON *list = decode_array(d, json, "", "calls", DECODE_REQUIRED, QUEUE_CALLS_MAX), *item;
    cJSON_ArrayForEach (item, list) {
        char path[PATH_SIZE];
        struct queue_call *call = &q->calls[q->call_count];
        (void)snprintf(path, sizeof path, "calls[%d].", q->call_count++);
        wire_read_uid(d, item, path, "ticket", DECODE_REQUIRED, call->ticket);
        wire_read_number(d, item, path, "number", &call->number);
        decode_int(d, item, path, "desk", DECODE_REQUIRED, 1, 99, &call->desk_no);
        decode_string(d, item, path, "room", DECODE_OPTIONAL, call->room, sizeof call->room);
        decode_int64(d, item, path, "called", DECODE_OPTIONAL, 0, time_max, &call->called_ms);
    }
}

static void read_queue(struct decoder *d, const cJSON *json, struct queue *q)
{
    char error[160], claimed[STATE_SIZE] = "", state[STATE_SIZE];
    const cJSON *settings = decode_object(d, json, "", "settings", DECODE_OPTIONAL);
    q->has_settings = settings != NULL;
    if (settings && settings_from_json(settings, &q->settings, error, sizeof error) < 0)
        decode_fail(d, "settings.", "", error);
    wire_read_uid(d, json, "", "settings_event", q->has_settings, q->settings_event);
    wire_read_session(d, json, "", "session", &q->session);
    decode_bool(d, json, "", "session_closed", &q->session_closed);
    decode_string(d, json, "", "message", DECODE_OPTIONAL, q->message, sizeof q->message);
    read_desks(d, json, q);
    read_letters(d, json, q);
    read_tickets(d, json, q);
    read_calls(d, json, q);
    decode_string(d, json, "", "state", DECODE_REQUIRED, claimed, sizeof claimed);
    if (d->failed)
        return;
    check_tickets(d, q);
    digest_tickets(q);
    entry_state(q, state);
    if (strcmp(state, claimed) != 0)
        decode_fail(d, "", "state", "is another than this snapshot gives");
}

int snapshot_from_json(const cJSON *json, struct snapshot *ret, char *error, size_t error_size)
{
    struct decoder d = {.error = error, .error_size = error_size};
    struct snapshot s;
    int version = 0;

    snapshot_init(&s);
    if (!cJSON_IsObject(json))
        decode_fail(&d, "", "snapshot", "must be an object");
    decode_int(&d, json, "", "version", DECODE_REQUIRED, 1, COUNT_MAX, &version);
    decode_int(&d, json, "", "rules", DECODE_REQUIRED, 1, COUNT_MAX, &s.queue.rules);
    if (!d.failed && (version > SNAPSHOT_VERSION || s.queue.rules > RULES_MAX)) {
        decode_fail(&d, "", version > SNAPSHOT_VERSION ? "version" : "rules",
                    "is of a newer program");
        return -ENOTSUP;
    }
    decode_int64(&d, json, "", "seq", DECODE_REQUIRED, 0, INT64_C(1) << 52, &s.seq);
    decode_string(&d, json, "", "hash", DECODE_REQUIRED, s.hash, sizeof s.hash);
    if (!d.failed && strspn(s.hash, "0123456789abcdef") != HASH_SIZE - 1)
        decode_fail(&d, "", "hash", "must be 64 lower-case hex digits");
    if (!d.failed)
        read_queue(&d, json, &s.queue);
    if (d.failed) {
        snapshot_finish(&s);
        return -EINVAL;
    }
    *ret = s;
    return 0;
}
