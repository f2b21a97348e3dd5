#include "programme.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "decode.h"

static const char *const kind_names[] = {
#define X(name, text) text,
    CONTENT_KINDS(X)
#undef X
};

bool content_provided(enum content_kind kind)
{
    return kind == CONTENT_HEALTH || kind == CONTENT_ADVERTISEMENT;
}

const char *content_kind_name(enum content_kind kind)
{
    return kind_names[kind];
}

const char *play_reason_name(enum play_reason reason)
{
    static const char *const names[] = {"scheduled", "unapproved", "withdrawn", "missing",
                                        "no_programme"};
    return names[reason];
}

bool programme_approved(const struct programme *p)
{
    return p->distributed > 0 && p->approved >= p->distributed && p->approved < p->deadline;
}

/* -- resolving -----------------------------------------------------------------------------------
 */

struct round {
    const struct programme *programme;
    programme_has_file *has_file;
    void *context;
    struct play_item *items;
    int count, max;
    int next_substitute;
};

static bool withdrawn(const struct programme *p, const struct content *content)
{
    for (int i = 0; i < p->withdrawn_count; i++)
        if (strcmp(p->withdrawn[i], content->sha256) == 0)
            return true;
    return false;
}

static bool present(const struct round *round, const struct content *content)
{
    return !*content->sha256 || round->has_file(round->context, content->sha256);
}

static void add(struct round *round, const struct content *content, int64_t duration_ms,
                enum play_reason reason)
{
    if (round->count < round->max)
        round->items[round->count++] = (struct play_item){content, duration_ms, reason};
}

/* The next substitute in turn that can be played, or NULL. */
static const struct content *take_substitute(struct round *round)
{
    const struct programme *p = round->programme;
    for (int tries = 0; tries < p->substitute_count; tries++) {
        const struct content *content = &p->substitutes[round->next_substitute];
        round->next_substitute = (round->next_substitute + 1) % p->substitute_count;
        if (content->duration_ms > 0 && !withdrawn(p, content) && present(round, content))
            return content;
    }
    return NULL;
}

/* Substitutes until the replaced item's length is filled, the last one cut. */
static void substitute(struct round *round, const struct content *item, enum play_reason reason)
{
    int64_t left = item->duration_ms;
    while (left > 0 && round->count < round->max) {
        const struct content *content = take_substitute(round);
        if (!content)
            return;
        int64_t length = content->duration_ms < left ? content->duration_ms : left;
        add(round, content, length, reason);
        left -= length;
    }
}

static bool on_air(const struct content *content, int64_t now)
{
    return (content->show_from == 0 || now >= content->show_from) &&
           (content->show_to == 0 || now < content->show_to);
}

static void resolve_item(struct round *round, const struct content *item, bool approved,
                         int64_t now)
{
    if (!on_air(item, now))
        return;
    if (content_provided(item->kind) && !approved)
        substitute(round, item, PLAY_SUBSTITUTE_UNAPPROVED);
    else if (*item->sha256 && withdrawn(round->programme, item))
        substitute(round, item, PLAY_SUBSTITUTE_WITHDRAWN);
    else if (!present(round, item))
        substitute(round, item, PLAY_SUBSTITUTE_MISSING);
    else
        add(round, item, item->duration_ms, PLAY_SCHEDULED);
}

int programme_resolve(const struct programme *p, bool video_service, int64_t now,
                      programme_has_file *has_file, void *context, struct play_item *ret, int max)
{
    struct round round = {
        .programme = p, .has_file = has_file, .context = context, .items = ret, .max = max};
    if (!video_service)
        return 0;
    if (now >= p->from && now < p->to)
        for (int i = 0; i < p->item_count; i++)
            resolve_item(&round, &p->items[i], programme_approved(p), now);
    if (round.count > 0)
        return round.count;
    for (int i = 0; i < p->substitute_count; i++) {
        const struct content *content = &p->substitutes[i];
        if (content->duration_ms > 0 && !withdrawn(p, content) && present(&round, content))
            add(&round, content, content->duration_ms, PLAY_SUBSTITUTE_NO_PROGRAMME);
    }
    return round.count;
}

/* -- codec ---------------------------------------------------------------------------------------
 */

static void read_content(struct decoder *d, const cJSON *json, const char *path,
                         struct content *ret)
{
    const int64_t day_ms = 24 * 60 * 60 * 1000;
    char kind[16] = "";
    decode_string(d, json, path, "kind", DECODE_REQUIRED, kind, sizeof kind);
    int index = 0;
    while (index < CONTENT_KIND_COUNT && strcmp(kind, kind_names[index]) != 0)
        index++;
    if (index == CONTENT_KIND_COUNT)
        decode_fail(d, path, "kind", "names no known kind of content");
    else
        ret->kind = (enum content_kind)index;
    decode_string(d, json, path, "sha256", DECODE_OPTIONAL, ret->sha256, sizeof ret->sha256);
    if (!d->failed && *ret->sha256 && strspn(ret->sha256, "0123456789abcdef") != SHA256_SIZE - 1)
        decode_fail(d, path, "sha256", "must be 64 lower-case hex digits");
    if (!d->failed && !*ret->sha256 && ret->kind != CONTENT_NOTICE)
        decode_fail(d, path, "sha256", "is missing");
    decode_int64(d, json, path, "size", DECODE_OPTIONAL, 0, INT64_C(1) << 40, &ret->size);
    decode_int64(d, json, path, "duration_ms", DECODE_REQUIRED, 1000, day_ms, &ret->duration_ms);
    decode_string(d, json, path, "title", DECODE_OPTIONAL, ret->title, sizeof ret->title);
    decode_string(d, json, path, "body", DECODE_OPTIONAL, ret->body, sizeof ret->body);
    decode_int64(d, json, path, "show_from", DECODE_OPTIONAL, 0, INT64_C(1) << 52, &ret->show_from);
    decode_int64(d, json, path, "show_to", DECODE_OPTIONAL, 0, INT64_C(1) << 52, &ret->show_to);
}

static int read_contents(struct decoder *d, const cJSON *json, const char *key, int max,
                         struct content *ret)
{
    const cJSON *list = decode_array(d, json, "", key, DECODE_OPTIONAL, max);
    const cJSON *item;
    int count = 0;
    cJSON_ArrayForEach (item, list) {
        char path[48];
        (void)snprintf(path, sizeof path, "%s[%d].", key, count);
        if (!cJSON_IsObject(item))
            decode_fail(d, path, "", "must be an object");
        if (d->failed)
            return 0;
        read_content(d, item, path, &ret[count++]);
    }
    return count;
}

static void read_withdrawn(struct decoder *d, const cJSON *json, struct programme *p)
{
    const cJSON *list =
        decode_array(d, json, "", "withdrawn", DECODE_OPTIONAL, PROGRAMME_WITHDRAWN_MAX);
    const cJSON *item;
    cJSON_ArrayForEach (item, list) {
        if (!cJSON_IsString(item) || strlen(item->valuestring) != SHA256_SIZE - 1) {
            decode_fail(d, "", "withdrawn", "must list SHA-256 names");
            return;
        }
        memcpy(p->withdrawn[p->withdrawn_count++], item->valuestring, SHA256_SIZE);
    }
}

int programme_from_json(const cJSON *json, struct programme *ret, char *error, size_t error_size)
{
    struct decoder d = {.error = error, .error_size = error_size};
    static const struct programme empty;
    const int64_t max = INT64_C(1) << 52;

    /* About 200 KB: decoded in place once it is known to be right, so twice over the same text. */
    for (int pass = 0; pass < 2; pass++) {
        struct programme *p = ret;
        struct programme scratch;
        if (pass == 0)
            p = &scratch;
        *p = empty;
        if (!cJSON_IsObject(json))
            decode_fail(&d, "", "programme", "must be an object");
        decode_string(&d, json, "", "id", DECODE_REQUIRED, p->id, sizeof p->id);
        decode_int64(&d, json, "", "version", DECODE_OPTIONAL, 0, max, &p->version);
        decode_int64(&d, json, "", "from", DECODE_REQUIRED, 0, max, &p->from);
        decode_int64(&d, json, "", "to", DECODE_REQUIRED, p->from, max, &p->to);
        decode_int64(&d, json, "", "distributed", DECODE_OPTIONAL, 0, max, &p->distributed);
        decode_int64(&d, json, "", "deadline", DECODE_OPTIONAL, 0, max, &p->deadline);
        decode_int64(&d, json, "", "approved", DECODE_OPTIONAL, 0, max, &p->approved);
        p->item_count = read_contents(&d, json, "items", PROGRAMME_ITEMS_MAX, p->items);
        p->substitute_count =
            read_contents(&d, json, "substitutes", PROGRAMME_SUBSTITUTES_MAX, p->substitutes);
        read_withdrawn(&d, json, p);
        if (d.failed)
            return -EINVAL;
    }
    return 0;
}

static void write_contents(cJSON *json, const char *key, const struct content *contents, int count)
{
    cJSON *list = cJSON_AddArrayToObject(json, key);
    for (int i = 0; i < count; i++) {
        const struct content *c = &contents[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "kind", content_kind_name(c->kind));
        if (*c->sha256)
            cJSON_AddStringToObject(item, "sha256", c->sha256);
        cJSON_AddNumberToObject(item, "size", (double)c->size);
        cJSON_AddNumberToObject(item, "duration_ms", (double)c->duration_ms);
        cJSON_AddStringToObject(item, "title", c->title);
        if (*c->body)
            cJSON_AddStringToObject(item, "body", c->body);
        if (c->show_from)
            cJSON_AddNumberToObject(item, "show_from", (double)c->show_from);
        if (c->show_to)
            cJSON_AddNumberToObject(item, "show_to", (double)c->show_to);
        cJSON_AddItemToArray(list, item);
    }
}

cJSON *programme_to_json(const struct programme *p)
{
    cJSON *json = cJSON_CreateObject();
    if (!json)
        return NULL;
    cJSON_AddStringToObject(json, "id", p->id);
    cJSON_AddNumberToObject(json, "version", (double)p->version);
    cJSON_AddNumberToObject(json, "from", (double)p->from);
    cJSON_AddNumberToObject(json, "to", (double)p->to);
    cJSON_AddNumberToObject(json, "distributed", (double)p->distributed);
    cJSON_AddNumberToObject(json, "deadline", (double)p->deadline);
    cJSON_AddNumberToObject(json, "approved", (double)p->approved);
    write_contents(json, "items", p->items, p->item_count);
    write_contents(json, "substitutes", p->substitutes, p->substitute_count);
    cJSON *list = cJSON_AddArrayToObject(json, "withdrawn");
    for (int i = 0; i < p->withdrawn_count; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(p->withdrawn[i]));
    return json;
}
