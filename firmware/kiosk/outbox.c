#include "outbox.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "station_report.h"

enum { FIRST_CAPACITY = 64 };

void outbox_init(struct outbox *outbox)
{
    *outbox = (struct outbox){0};
}

static void item_free(struct outbox_item *item)
{
    event_finish(&item->event);
    free(item->text);
    free(item);
}

void outbox_finish(struct outbox *outbox)
{
    for (int i = 0; i < outbox->count; i++)
        item_free(outbox->items[i]);
    free(outbox->items);
    outbox_init(outbox);
}

/* Takes event and text over. Running out of memory here aborts: the event is in the journal
 * already, and a restart reads it from there. */
static void append(struct outbox *outbox, const struct event *event, char *text)
{
    if (outbox->count == outbox->capacity) {
        int capacity = outbox->capacity ? outbox->capacity * 2 : FIRST_CAPACITY;
        struct outbox_item **items =
            realloc(outbox->items, (size_t)capacity * sizeof(struct outbox_item *));
        if (!items)
            abort();
        outbox->items = items;
        outbox->capacity = capacity;
    }
    struct outbox_item **place = &outbox->items[outbox->count++];
    *place = malloc(sizeof **place);
    if (!*place)
        abort();
    **place = (struct outbox_item){.event = *event, .text = text};
}

static int load_row(const struct journal_event *row, void *context)
{
    struct outbox *outbox = context;
    struct event event;
    char error[160];
    cJSON *json = cJSON_Parse(row->text);
    int r = event_from_json(json, &event, error, sizeof error);
    cJSON_Delete(json);
    if (r < 0) {
        station_report("outbox: event %s cannot be read: %s", row->id, error);
        return 0;
    }
    char *text = strdup(row->text);
    if (!text) {
        event_finish(&event);
        return -ENOMEM;
    }
    append(outbox, &event, text);
    return 0;
}

int outbox_load(struct outbox *outbox, struct journal *journal)
{
    outbox_finish(outbox);
    int r = journal_each_event(journal, load_row, outbox);
    outbox->counter = journal_counter(journal);
    return r;
}

static void write_uuid(unsigned char b[static 16], char text[static UID_SIZE])
{
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    (void)snprintf(text, UID_SIZE,
                   "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
                   b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
                   b[14], b[15]);
}

void outbox_uuid(char text[static UID_SIZE])
{
    unsigned char bytes[16];
    randombytes_buf(bytes, sizeof bytes);
    write_uuid(bytes, text);
}

void outbox_uuid_of(const char *seed, char text[static UID_SIZE])
{
    unsigned char bytes[16];
    crypto_generichash(bytes, sizeof bytes, (const unsigned char *)seed, strlen(seed), NULL, 0);
    write_uuid(bytes, text);
}

int outbox_draft(const struct outbox *outbox, const struct event *event, int ahead,
                 const char *device, int64_t base, int64_t at, struct outbox_draft *ret)
{
    if (outbox->count + ahead >= JOURNAL_OUTBOX_MAX)
        return -ENOBUFS;
    struct outbox_draft draft = {.event = *event};
    if (!*draft.event.id)
        outbox_uuid(draft.event.id);
    (void)snprintf(draft.event.device, sizeof draft.event.device, "%s", device);
    draft.event.counter = outbox->counter + ahead + 1;
    draft.event.base = base;
    draft.event.at = at;
    cJSON *json = event_to_json(&draft.event);
    if (json)
        draft.text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    if (!draft.text)
        return -ENOMEM;
    *ret = draft;
    ret->row = (struct journal_event){.counter = draft.event.counter, .text = draft.text};
    memcpy(ret->row.id, draft.event.id, UID_SIZE);
    return 0;
}

void outbox_keep(struct outbox *outbox, struct outbox_draft *draft)
{
    append(outbox, &draft->event, draft->text);
    outbox->counter = draft->event.counter;
    draft->text = NULL;
}

void outbox_drop(struct outbox_draft *draft)
{
    event_finish(&draft->event);
    free(draft->text);
    draft->text = NULL;
}

static int find(const struct outbox *outbox, const char *id)
{
    for (int i = 0; i < outbox->count; i++)
        if (strcmp(outbox->items[i]->event.id, id) == 0)
            return i;
    return -1;
}

void outbox_forget(struct outbox *outbox, const char *id)
{
    int i = find(outbox, id);
    if (i < 0)
        return;
    item_free(outbox->items[i]);
    outbox->count--;
    memmove(&outbox->items[i], &outbox->items[i + 1],
            (size_t)(outbox->count - i) * sizeof(struct outbox_item *));
}

/* -- upload ------------------------------------------------------------------------------------ */

static bool due(const struct outbox_item *item, int64_t up_ms)
{
    return !item->refused &&
           (item->sent_up_ms == 0 || up_ms - item->sent_up_ms >= OUTBOX_ANSWER_MS);
}

char *outbox_batch(const struct outbox *outbox, int64_t up_ms, int max, int *ret_count)
{
    static const char head[] = "{\"events\":[", tail[] = "]}";
    size_t size = sizeof head + sizeof tail;
    int count = 0, last = 0;
    for (int i = 0; i < outbox->count && count < max; i++) {
        if (!due(outbox->items[i], up_ms))
            continue;
        size_t more = strlen(outbox->items[i]->text) + 1;
        if (count > 0 && size + more > OUTBOX_BATCH_BYTES)
            break;
        size += more;
        count++;
        last = i;
    }
    char *body = count > 0 ? malloc(size) : NULL;
    if (!body)
        return NULL;
    char *end = stpcpy(body, head);
    for (int i = 0; i <= last; i++) {
        if (!due(outbox->items[i], up_ms))
            continue;
        if (end[-1] != '[')
            *end++ = ',';
        end = stpcpy(end, outbox->items[i]->text);
    }
    (void)stpcpy(end, tail);
    *ret_count = count;
    return body;
}

bool outbox_sent(struct outbox *outbox, const char *id, int64_t up_ms)
{
    int i = find(outbox, id);
    if (i >= 0)
        outbox->items[i]->sent_up_ms = up_ms;
    return i >= 0;
}

void outbox_refuse(struct outbox *outbox, const char *id, int64_t up_ms)
{
    for (int i = 0; i < outbox->count; i++) {
        struct outbox_item *item = outbox->items[i];
        if (id ? strcmp(item->event.id, id) == 0 : due(item, up_ms)) {
            station_report("outbox: the cloud cannot read event %s; it stays here", item->event.id);
            item->refused = true;
            return;
        }
    }
}

void outbox_unsend(struct outbox *outbox)
{
    for (int i = 0; i < outbox->count; i++) {
        outbox->items[i]->sent_up_ms = 0;
        outbox->items[i]->refused = false;
    }
}
