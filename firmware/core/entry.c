#include "entry.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

const char entry_first_hash[HASH_SIZE] =
    "0000000000000000000000000000000000000000000000000000000000000000";

void entry_init(struct entry *entry)
{
    memset(entry, 0, sizeof *entry);
}

void entry_finish(struct entry *entry)
{
    event_finish(&entry->event);
    cJSON_free(entry->text);
    entry_init(entry);
}

void entry_hash(const char *prev, int64_t seq, int64_t at, enum verdict verdict, const char *text,
                char ret[static HASH_SIZE])
{
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES];
    char head[160];

    (void)snprintf(head, sizeof head, "%s\n%lld\n%lld\n%s\n", prev, (long long)seq, (long long)at,
                   verdict_name(verdict));
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)head, strlen(head));
    crypto_hash_sha256_update(&state, (const unsigned char *)text, strlen(text));
    crypto_hash_sha256_final(&state, hash);
    (void)sodium_bin2hex(ret, HASH_SIZE, hash, sizeof hash);
}

void entry_state(const struct queue *queue, char ret[static STATE_SIZE])
{
    (void)snprintf(ret, STATE_SIZE, "%016llx", (unsigned long long)queue_digest(queue));
}

bool entry_agrees(const struct entry *entry, const struct queue *queue)
{
    char state[STATE_SIZE];
    if (!*entry->state)
        return true;
    entry_state(queue, state);
    return strcmp(state, entry->state) == 0;
}

static enum reason reason_parse(const char *name)
{
    /* A reason that a newer cloud gives is only told, never acted on. */
    for (int i = 0; i < REASON_COUNT; i++)
        if (strcmp(name, reason_name((enum reason)i)) == 0)
            return (enum reason)i;
    return REASON_NONE;
}

int entry_from_json(const cJSON *json, struct entry *ret, char *error, size_t error_size)
{
    struct decoder d = {.error = error, .error_size = error_size};
    struct entry e;
    char verdict[16] = "", reason[32] = "";

    entry_init(&e);
    if (!cJSON_IsObject(json))
        decode_fail(&d, "", "entry", "must be an object");
    wire_read_version(&d, json, ENTRY_VERSION);
    decode_int64(&d, json, "", "seq", DECODE_REQUIRED, 1, INT64_C(1) << 52, &e.seq);
    decode_int64(&d, json, "", "at", DECODE_REQUIRED, 0, INT64_C(1) << 52, &e.at);
    decode_string(&d, json, "", "verdict", DECODE_REQUIRED, verdict, sizeof verdict);
    decode_string(&d, json, "", "reason", DECODE_OPTIONAL, reason, sizeof reason);
    decode_string(&d, json, "", "hash", DECODE_REQUIRED, e.hash, sizeof e.hash);
    decode_string(&d, json, "", "state", DECODE_OPTIONAL, e.state, sizeof e.state);
    if (*e.state && strspn(e.state, "0123456789abcdef") != STATE_SIZE - 1)
        decode_fail(&d, "", "state", "must be 16 lower-case hex digits");
    const cJSON *event = decode_object(&d, json, "", "event", DECODE_REQUIRED);
    if (!d.failed && verdict_parse(verdict, &e.verdict) < 0)
        decode_fail(&d, "", "verdict", "must be applied, superseded or refused");
    e.reason = reason_parse(reason);
    char inner[192];
    if (!d.failed && event_from_json(event, &e.event, inner, sizeof inner) < 0)
        decode_fail(&d, "event.", "", inner);
    if (d.failed)
        return -EINVAL;
    e.text = cJSON_PrintUnformatted(event);
    if (!e.text)
        abort();
    *ret = e;
    return 0;
}

cJSON *entry_to_json(const struct entry *entry)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *event = cJSON_Parse(entry->text);
    if (!json || !event) {
        cJSON_Delete(json);
        cJSON_Delete(event);
        return NULL;
    }
    cJSON_AddNumberToObject(json, "v", ENTRY_VERSION);
    cJSON_AddNumberToObject(json, "seq", (double)entry->seq);
    cJSON_AddNumberToObject(json, "at", (double)entry->at);
    cJSON_AddStringToObject(json, "verdict", verdict_name(entry->verdict));
    cJSON_AddStringToObject(json, "reason", reason_name(entry->reason));
    cJSON_AddStringToObject(json, "hash", entry->hash);
    if (*entry->state)
        cJSON_AddStringToObject(json, "state", entry->state);
    cJSON_AddItemToObject(json, "event", event);
    return json;
}

bool entry_follows(const struct entry *entry, int64_t seq, const char *hash)
{
    char expected[HASH_SIZE];
    if (entry->seq != seq + 1)
        return false;
    entry_hash(hash, entry->seq, entry->at, entry->verdict, entry->text, expected);
    return strcmp(expected, entry->hash) == 0;
}
