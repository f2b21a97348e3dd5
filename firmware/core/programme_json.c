#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "programme.h"

enum {
    PATH_SIZE = 80,
    TEMPLATE_SIZE = 33,
    FIELD_NAME_SIZE = 33,
    FIELDS_MAX = 16,
    DAY_MINUTES = 24 * 60,
    OFFSET_MAX = 14 * 60
};

static const int64_t time_max = INT64_C(1) << 52;

/* -- content -----------------------------------------------------------------------------------
 */

static bool is_key(const char *text)
{
    return *text && strlen(text) < FIELD_NAME_SIZE &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text);
}

static bool is_sha256(const char *text)
{
    return strlen(text) == SHA256_SIZE - 1 && strspn(text, "0123456789abcdef") == SHA256_SIZE - 1;
}

static void read_page_texts(struct decoder *d, const cJSON *page, const char *path, cJSON *ret)
{
    const cJSON *fields = decode_object(d, page, path, "fields", DECODE_OPTIONAL), *item;
    cJSON *texts = cJSON_AddObjectToObject(ret, "fields");
    int count = 0;
    cJSON_ArrayForEach (item, fields) {
        char text[MESSAGE_SIZE] = "";
        if (++count > FIELDS_MAX || !is_key(item->string)) {
            decode_fail(d, path, "fields", "has too many fields, or a bad name of one");
            return;
        }
        decode_string(d, fields, path, item->string, DECODE_REQUIRED, text, sizeof text);
        cJSON_AddStringToObject(texts, item->string, text);
    }
}

static void read_page_photos(struct decoder *d, const cJSON *page, const char *path, cJSON *ret,
                             struct content *content)
{
    const cJSON *photos = decode_object(d, page, path, "photos", DECODE_OPTIONAL), *item;
    cJSON *names = cJSON_AddObjectToObject(ret, "photos");
    cJSON_ArrayForEach (item, photos) {
        char sha256[SHA256_SIZE] = "";
        if (content->photo_count >= CONTENT_PHOTOS_MAX || !is_key(item->string)) {
            decode_fail(d, path, "photos", "has too many photographs, or a bad name of one");
            return;
        }
        decode_string(d, photos, path, item->string, DECODE_REQUIRED, sha256, sizeof sha256);
        if (!d->failed && !is_sha256(sha256))
            decode_fail(d, path, item->string, "must be 64 lower-case hex digits");
        if (d->failed)
            return;
        memcpy(content->photos[content->photo_count++], sha256, SHA256_SIZE);
        cJSON_AddStringToObject(names, item->string, sha256);
    }
}

/* Kept as text of what we know of it, in our order. */
static void read_page(struct decoder *d, const cJSON *json, const char *path, struct content *ret)
{
    const cJSON *page = decode_object(d, json, path, "page", DECODE_OPTIONAL);
    char below[PATH_SIZE], template[TEMPLATE_SIZE] = "";
    if (!page)
        return;
    (void)snprintf(below, sizeof below, "%spage.", path);
    cJSON *known = cJSON_CreateObject();
    decode_string(d, page, below, "template", DECODE_REQUIRED, template, sizeof template);
    if (!d->failed && !is_key(template))
        decode_fail(d, below, "template", "must be a template's key");
    cJSON_AddStringToObject(known, "template", template);
    if (!d->failed)
        read_page_texts(d, page, below, known);
    if (!d->failed)
        read_page_photos(d, page, below, known, ret);
    if (!d->failed && !cJSON_PrintPreallocated(known, ret->page, CONTENT_PAGE_SIZE, 0))
        decode_fail(d, path, "page", "is too long");
    cJSON_Delete(known);
}

static void read_files(struct decoder *d, const cJSON *json, const char *path, struct content *ret)
{
    decode_string(d, json, path, "sha256", DECODE_OPTIONAL, ret->sha256, sizeof ret->sha256);
    if (!d->failed && *ret->sha256 && !is_sha256(ret->sha256))
        decode_fail(d, path, "sha256", "must be 64 lower-case hex digits");
    read_page(d, json, path, ret);
    bool still = ret->kind == CONTENT_NOTICE || (ret->kind == CONTENT_INTRODUCTION && *ret->page);
    if (!d->failed && !*ret->sha256 && !still)
        decode_fail(d, path, "sha256", "is missing");
    if (!d->failed && *ret->sha256 && *ret->page)
        decode_fail(d, path, "page", "stands beside a film; it is one or the other");
}

static void read_change(struct decoder *d, const cJSON *json, const char *path, struct content *ret)
{
    char change[8] = "";
    decode_string(d, json, path, "change", DECODE_OPTIONAL, change, sizeof change);
    if (strcmp(change, "fade") == 0)
        ret->change = CONTENT_CHANGE_FADE;
    else if (strcmp(change, "cut") == 0)
        ret->change = CONTENT_CHANGE_CUT;
    else if (!d->failed && *change)
        decode_fail(d, path, "change", "is cut or fade");
}

static void read_content(struct decoder *d, const cJSON *json, const char *path,
                         struct content *ret)
{
    const int64_t day_ms = INT64_C(1000) * 60 * DAY_MINUTES;
    char kind[16] = "";
    decode_string(d, json, path, "kind", DECODE_REQUIRED, kind, sizeof kind);
    if (!d->failed && content_kind_from_name(kind, &ret->kind) < 0)
        decode_fail(d, path, "kind", "names no known kind of content");
    decode_string(d, json, path, "id", DECODE_OPTIONAL, ret->id, sizeof ret->id);
    decode_int64(d, json, path, "size", DECODE_OPTIONAL, 0, INT64_C(1) << 40, &ret->size);
    decode_int64(d, json, path, "duration_ms", DECODE_REQUIRED, 1000, day_ms, &ret->duration_ms);
    decode_string(d, json, path, "title", DECODE_OPTIONAL, ret->title, sizeof ret->title);
    decode_string(d, json, path, "body", DECODE_OPTIONAL, ret->body, sizeof ret->body);
    decode_int64(d, json, path, "show_from", DECODE_OPTIONAL, 0, time_max, &ret->show_from);
    decode_int64(d, json, path, "show_to", DECODE_OPTIONAL, 0, time_max, &ret->show_to);
    decode_int(d, json, path, "weekdays", DECODE_OPTIONAL, 0, 127, &ret->weekdays);
    decode_int(d, json, path, "daypart_from", DECODE_OPTIONAL, 0, DAY_MINUTES - 1,
               &ret->daypart_from);
    decode_int(d, json, path, "daypart_to", DECODE_OPTIONAL, 0, DAY_MINUTES - 1, &ret->daypart_to);
    read_change(d, json, path, ret);
    read_files(d, json, path, ret);
}

int content_from_json(const cJSON *json, struct content *ret, char *error, size_t error_size)
{
    struct decoder d = {.error = error, .error_size = error_size};
    struct content content = {.kind = CONTENT_HEALTH};
    if (!cJSON_IsObject(json))
        decode_fail(&d, "", "content", "must be an object");
    else
        read_content(&d, json, "", &content);
    if (d.failed)
        return -EINVAL;
    *ret = content;
    return 0;
}

static int read_contents(struct decoder *d, const cJSON *json, const char *path, const char *key,
                         int max, struct content *ret)
{
    const cJSON *list = decode_array(d, json, path, key, DECODE_OPTIONAL, max);
    const cJSON *item;
    int count = 0;
    cJSON_ArrayForEach (item, list) {
        char below[PATH_SIZE];
        (void)snprintf(below, sizeof below, "%s%s[%d].", path, key, count);
        if (!cJSON_IsObject(item))
            decode_fail(d, below, "", "must be an object");
        if (d->failed)
            return 0;
        read_content(d, item, below, &ret[count++]);
    }
    return count;
}

/* -- programme and set -------------------------------------------------------------------------
 */

static void read_programme(struct decoder *d, const cJSON *json, const char *path,
                           struct programme *p)
{
    decode_string(d, json, path, "id", DECODE_REQUIRED, p->id, sizeof p->id);
    decode_int64(d, json, path, "version", DECODE_OPTIONAL, 0, time_max, &p->version);
    decode_int64(d, json, path, "from", DECODE_REQUIRED, 0, time_max, &p->from);
    decode_int64(d, json, path, "to", DECODE_REQUIRED, p->from, time_max, &p->to);
    decode_int64(d, json, path, "distributed", DECODE_OPTIONAL, 0, time_max, &p->distributed);
    decode_int64(d, json, path, "deadline", DECODE_OPTIONAL, 0, time_max, &p->deadline);
    decode_int64(d, json, path, "approved", DECODE_OPTIONAL, 0, time_max, &p->approved);
    p->item_count = read_contents(d, json, path, "items", PROGRAMME_ITEMS_MAX, p->items);
}

int programme_from_json(const cJSON *json, struct programme *ret, char *error, size_t error_size)
{
    struct decoder d = {.error = error, .error_size = error_size};
    struct programme *programme = calloc(1, sizeof *programme);
    if (!programme)
        return -ENOMEM;
    if (!cJSON_IsObject(json))
        decode_fail(&d, "", "programme", "must be an object");
    else
        read_programme(&d, json, "", programme);
    if (!d.failed)
        *ret = *programme;
    free(programme);
    return d.failed ? -EINVAL : 0;
}

static void read_programmes(struct decoder *d, const cJSON *json, struct programme_set *set)
{
    const cJSON *list = decode_array(d, json, "", "programmes", DECODE_REQUIRED, PROGRAMME_SET_MAX);
    const cJSON *item;
    cJSON_ArrayForEach (item, list) {
        char path[PATH_SIZE];
        (void)snprintf(path, sizeof path, "programmes[%d].", set->programme_count);
        if (!cJSON_IsObject(item))
            decode_fail(d, path, "", "must be an object");
        if (d->failed)
            return;
        read_programme(d, item, path, &set->programmes[set->programme_count++]);
    }
}

static void read_withdrawn(struct decoder *d, const cJSON *json, struct programme_set *set)
{
    const cJSON *list =
        decode_array(d, json, "", "withdrawn", DECODE_REQUIRED, PROGRAMME_WITHDRAWN_MAX);
    const cJSON *item;
    cJSON_ArrayForEach (item, list) {
        if (!cJSON_IsString(item) || !is_sha256(item->valuestring)) {
            decode_fail(d, "", "withdrawn", "must list SHA-256 names");
            return;
        }
        memcpy(set->withdrawn[set->withdrawn_count++], item->valuestring, SHA256_SIZE);
    }
}

static void read_set(struct decoder *d, const cJSON *json, struct programme_set *set)
{
    int format = 0;
    decode_int(d, json, "", "format", DECODE_REQUIRED, PROGRAMME_FORMAT, PROGRAMME_FORMAT, &format);
    decode_string(d, json, "", "site", DECODE_REQUIRED, set->site, sizeof set->site);
    decode_int64(d, json, "", "edition", DECODE_REQUIRED, 0, time_max, &set->edition);
    decode_int64(d, json, "", "made", DECODE_REQUIRED, 0, time_max, &set->made);
    decode_int64(d, json, "", "expires", DECODE_REQUIRED, 0, time_max, &set->expires);
    decode_int(d, json, "", "utc_offset_min", DECODE_REQUIRED, -OFFSET_MAX, OFFSET_MAX,
               &set->utc_offset_min);
    if (!d->failed && !cJSON_GetObjectItemCaseSensitive(json, "video_service"))
        decode_fail(d, "", "video_service", "is missing");
    decode_bool(d, json, "", "video_service", &set->video_service);
    read_programmes(d, json, set);
    set->clinic_count = read_contents(d, json, "", "clinic", PROGRAMME_CLINIC_MAX, set->clinic);
    set->substitute_count =
        read_contents(d, json, "", "substitutes", PROGRAMME_SUBSTITUTES_MAX, set->substitutes);
    read_withdrawn(d, json, set);
}

int programme_set_from_json(const cJSON *json, struct programme_set *ret, char *error,
                            size_t error_size)
{
    struct decoder d = {.error = error, .error_size = error_size};
    struct programme_set *set = calloc(1, sizeof *set);
    if (!set)
        return -ENOMEM;
    if (!cJSON_IsObject(json))
        decode_fail(&d, "", "document", "must be an object");
    else
        read_set(&d, json, set);
    if (!d.failed)
        *ret = *set;
    free(set);
    return d.failed ? -EINVAL : 0;
}

/* -- writing -----------------------------------------------------------------------------------
 */

static void add_unless_zero(cJSON *json, const char *key, int64_t value)
{
    if (value != 0)
        cJSON_AddNumberToObject(json, key, (double)value);
}

cJSON *content_to_json(const struct content *c)
{
    cJSON *json = cJSON_CreateObject();
    if (!json)
        return NULL;
    cJSON_AddStringToObject(json, "kind", content_kind_name(c->kind));
    if (*c->id)
        cJSON_AddStringToObject(json, "id", c->id);
    if (*c->sha256)
        cJSON_AddStringToObject(json, "sha256", c->sha256);
    cJSON_AddNumberToObject(json, "size", (double)c->size);
    cJSON_AddNumberToObject(json, "duration_ms", (double)c->duration_ms);
    cJSON_AddStringToObject(json, "title", c->title);
    if (*c->body)
        cJSON_AddStringToObject(json, "body", c->body);
    if (*c->page)
        cJSON_AddItemToObject(json, "page", cJSON_Parse(c->page));
    add_unless_zero(json, "show_from", c->show_from);
    add_unless_zero(json, "show_to", c->show_to);
    add_unless_zero(json, "weekdays", c->weekdays);
    add_unless_zero(json, "daypart_from", c->daypart_from);
    add_unless_zero(json, "daypart_to", c->daypart_to);
    if (c->change != CONTENT_CHANGE_USUAL)
        cJSON_AddStringToObject(json, "change", c->change == CONTENT_CHANGE_CUT ? "cut" : "fade");
    return json;
}

static void write_contents(cJSON *json, const char *key, const struct content *contents, int count)
{
    cJSON *list = cJSON_AddArrayToObject(json, key);
    for (int i = 0; i < count; i++)
        cJSON_AddItemToArray(list, content_to_json(&contents[i]));
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
    return json;
}

cJSON *programme_set_to_json(const struct programme_set *set)
{
    cJSON *json = cJSON_CreateObject();
    if (!json)
        return NULL;
    cJSON_AddNumberToObject(json, "format", PROGRAMME_FORMAT);
    cJSON_AddStringToObject(json, "site", set->site);
    cJSON_AddNumberToObject(json, "edition", (double)set->edition);
    cJSON_AddNumberToObject(json, "made", (double)set->made);
    cJSON_AddNumberToObject(json, "expires", (double)set->expires);
    cJSON_AddNumberToObject(json, "utc_offset_min", set->utc_offset_min);
    cJSON_AddBoolToObject(json, "video_service", set->video_service);
    cJSON *list = cJSON_AddArrayToObject(json, "programmes");
    for (int i = 0; i < set->programme_count; i++)
        cJSON_AddItemToArray(list, programme_to_json(&set->programmes[i]));
    write_contents(json, "clinic", set->clinic, set->clinic_count);
    write_contents(json, "substitutes", set->substitutes, set->substitute_count);
    list = cJSON_AddArrayToObject(json, "withdrawn");
    for (int i = 0; i < set->withdrawn_count; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(set->withdrawn[i]));
    return json;
}
