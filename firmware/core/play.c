#include "play.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

static const char *const ending_names[] = {
#define X(name, text) text,
    PLAY_ENDINGS(X)
#undef X
};

const char *play_ending_name(enum play_ending ending)
{
    return ending_names[ending];
}

/* -- writing ----------------------------------------------------------------------------------- */

static void write_fields(cJSON *json, const struct play *play, bool chained)
{
    cJSON_AddStringToObject(json, "log", play->log);
    cJSON_AddNumberToObject(json, "seq", (double)play->seq);
    if (chained) {
        cJSON_AddStringToObject(json, "prev", play->prev);
        cJSON_AddStringToObject(json, "hash", play->hash);
    }
    wire_write_int(json, "start", play->start);
    wire_write_int(json, "end", play->end);
    cJSON_AddNumberToObject(json, "shown_ms", (double)play->shown_ms);
    wire_write_int(json, "frames", play->frames);
    cJSON_AddStringToObject(json, "kind", content_kind_name(play->kind));
    wire_write_string(json, "sha256", play->sha256);
    wire_write_string(json, "content", play->content);
    wire_write_string(json, "title", play->title);
    cJSON_AddStringToObject(json, "reason", play->reason);
    cJSON_AddStringToObject(json, "ending", play_ending_name(play->ending));
    wire_write_string(json, "programme", play->programme);
    wire_write_int(json, "version", play->version);
    if (play->item >= 0)
        cJSON_AddNumberToObject(json, "item", play->item);
    wire_write_string(json, "planned", play->planned);
    wire_write_string(json, "planned_content", play->planned_content);
}

cJSON *play_to_json(const struct play *play)
{
    cJSON *json = cJSON_CreateObject();
    if (json)
        write_fields(json, play, true);
    return json;
}

void play_hash(const char *prev, const struct play *play, char ret[static HASH_SIZE])
{
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES];
    cJSON *json = cJSON_CreateObject();
    if (!json)
        abort();
    write_fields(json, play, false);
    char *text = cJSON_PrintUnformatted(json);
    if (!text)
        abort();
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)prev, strlen(prev));
    crypto_hash_sha256_update(&state, (const unsigned char *)"\n", 1);
    crypto_hash_sha256_update(&state, (const unsigned char *)text, strlen(text));
    crypto_hash_sha256_final(&state, hash);
    (void)sodium_bin2hex(ret, HASH_SIZE, hash, sizeof hash);
    cJSON_free(text);
    cJSON_Delete(json);
}

bool play_follows(const struct play *play, int64_t seq, const char *hash)
{
    char expected[HASH_SIZE];
    if (play->seq != seq + 1 || strcmp(play->prev, hash) != 0)
        return false;
    play_hash(hash, play, expected);
    return strcmp(expected, play->hash) == 0;
}

/* -- reading ----------------------------------------------------------------------------------- */

/* Exactly size - 1 lower-case hex digits; an optional one may be absent or "". */
static void read_hex(struct decoder *d, const cJSON *json, const char *key, int required, char *ret,
                     size_t size)
{
    decode_string(d, json, "", key, required, ret, size);
    if (!d->failed && (*ret || required) && strspn(ret, "0123456789abcdef") != size - 1)
        decode_fail(d, "", key, "must be lower-case hex digits of the right number");
}

static void read_names(struct decoder *d, const cJSON *json, struct play *play)
{
    char kind[16] = "", ending[16] = "";
    int i = 0, k = 0;
    decode_string(d, json, "", "kind", DECODE_REQUIRED, kind, sizeof kind);
    decode_string(d, json, "", "ending", DECODE_REQUIRED, ending, sizeof ending);
    decode_string(d, json, "", "reason", DECODE_REQUIRED, play->reason, sizeof play->reason);
    if (d->failed)
        return;
    while (k < CONTENT_KIND_COUNT && strcmp(kind, content_kind_name((enum content_kind)k)) != 0)
        k++;
    while (i < PLAY_ENDING_COUNT && strcmp(ending, ending_names[i]) != 0)
        i++;
    if (k == CONTENT_KIND_COUNT)
        decode_fail(d, "", "kind", "names no known kind of content");
    else if (i == PLAY_ENDING_COUNT)
        decode_fail(d, "", "ending", "must be whole, cut, broke or stopped");
    else if (!*play->reason ||
             strspn(play->reason, "abcdefghijklmnopqrstuvwxyz_") != strlen(play->reason))
        decode_fail(d, "", "reason", "must be a name in small letters");
    if (d->failed)
        return;
    play->kind = (enum content_kind)k;
    play->ending = (enum play_ending)i;
}

int play_from_json(const cJSON *json, struct play *ret, char *error, size_t error_size)
{
    const int64_t max = INT64_C(1) << 52;
    struct decoder d = {.error = error, .error_size = error_size};
    struct play play = {.item = -1};

    if (!cJSON_IsObject(json))
        decode_fail(&d, "", "play", "must be an object");
    read_hex(&d, json, "log", DECODE_REQUIRED, play.log, sizeof play.log);
    decode_int64(&d, json, "", "seq", DECODE_REQUIRED, 1, max, &play.seq);
    read_hex(&d, json, "prev", DECODE_REQUIRED, play.prev, sizeof play.prev);
    read_hex(&d, json, "hash", DECODE_REQUIRED, play.hash, sizeof play.hash);
    decode_int64(&d, json, "", "start", DECODE_OPTIONAL, 0, max, &play.start);
    decode_int64(&d, json, "", "end", DECODE_OPTIONAL, 0, max, &play.end);
    decode_int64(&d, json, "", "shown_ms", DECODE_REQUIRED, 0, max, &play.shown_ms);
    decode_int64(&d, json, "", "frames", DECODE_OPTIONAL, 0, max, &play.frames);
    read_names(&d, json, &play);
    read_hex(&d, json, "sha256", DECODE_OPTIONAL, play.sha256, sizeof play.sha256);
    decode_string(&d, json, "", "content", DECODE_OPTIONAL, play.content, sizeof play.content);
    decode_string(&d, json, "", "title", DECODE_OPTIONAL, play.title, sizeof play.title);
    decode_string(&d, json, "", "programme", DECODE_OPTIONAL, play.programme,
                  sizeof play.programme);
    decode_int64(&d, json, "", "version", DECODE_OPTIONAL, 0, max, &play.version);
    decode_int(&d, json, "", "item", DECODE_OPTIONAL, 0, PROGRAMME_ITEMS_MAX - 1, &play.item);
    read_hex(&d, json, "planned", DECODE_OPTIONAL, play.planned, sizeof play.planned);
    decode_string(&d, json, "", "planned_content", DECODE_OPTIONAL, play.planned_content,
                  sizeof play.planned_content);
    if (d.failed)
        return -EINVAL;
    *ret = play;
    return 0;
}
