/* From a table as people write it to a programme as it is stored. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contents.h"
#include "decode.h"
#include "ids.h"
#include "programmes.h"

enum { PATH_SIZE = 48 };

struct reading {
    struct db *db;
    const char *site; /* "" = any */
    int utc_offset_min;
    struct decoder decoder;
};

static const int64_t minute_ms = 60000;

static bool two_digits(const char *text, int max, int *ret)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *ret = (text[0] - '0') * 10 + (text[1] - '0');
    return *ret <= max;
}

/* "2026-11-24T08:00", ":30" may follow, then nothing (the site's clock), "Z" or "+09:00". */
static int read_moment(const char *text, int utc_offset_min, int64_t *ret)
{
    char date[DATE_SIZE];
    int hour, minute, second = 0, zone_hour = 0, zone_minute = 0;
    int64_t day;

    if (strlen(text) < 16 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':')
        return -EINVAL;
    memcpy(date, text, DATE_SIZE - 1);
    date[DATE_SIZE - 1] = '\0';
    if (!two_digits(text + 11, 23, &hour) || !two_digits(text + 14, 59, &minute))
        return -EINVAL;
    text += 16;
    if (*text == ':') {
        if (!two_digits(text + 1, 59, &second))
            return -EINVAL;
        text += 3;
    }
    if (strcmp(text, "Z") == 0) {
        utc_offset_min = 0;
    } else if (*text == '+' || *text == '-') {
        if (strlen(text) != 6 || text[3] != ':' || !two_digits(text + 1, 14, &zone_hour) ||
            !two_digits(text + 4, 59, &zone_minute))
            return -EINVAL;
        utc_offset_min = (zone_hour * 60 + zone_minute) * (*text == '-' ? -1 : 1);
    } else if (*text) {
        return -EINVAL;
    }
    if (civil_date_to_ms(date, utc_offset_min, &day) < 0)
        return -EINVAL;
    *ret = day + (hour * 60 + minute) * minute_ms + (int64_t)second * 1000;
    return 0;
}

static void read_time(struct reading *reading, cJSON *json, const char *path, const char *key,
                      int required)
{
    struct decoder *decoder = &reading->decoder;
    cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    int64_t ms;

    if (decoder->failed || (!item && !required) || cJSON_IsNumber(item))
        return; /* numbers are checked with everything else */
    if (!item || !cJSON_IsString(item) ||
        read_moment(item->valuestring, reading->utc_offset_min, &ms) < 0) {
        decode_fail(decoder, path, key,
                    "must be ms since 1970 or a time such as \"2026-11-24T08:00\"");
        return;
    }
    cJSON_ReplaceItemInObjectCaseSensitive(json, key, cJSON_CreateNumber((double)ms));
}

static cJSON *film_to_json(const struct film *film)
{
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "kind", content_kind_name(film->kind));
    cJSON_AddStringToObject(json, "sha256", film->sha256);
    cJSON_AddStringToObject(json, "title", film->title);
    cJSON_AddNumberToObject(json, "size", (double)film->size);
    cJSON_AddNumberToObject(json, "duration_ms", (double)film->duration_ms);
    return json;
}

/* The film that an entry names, with the entry's own broadcast period, weekdays and daypart. */
static cJSON *read_film(struct reading *reading, const cJSON *item, const char *path)
{
    static const char *const kept[] = {"show_from",    "show_to",    "weekdays",
                                       "daypart_from", "daypart_to", "change"};
    struct decoder *decoder = &reading->decoder;
    char sha256[SHA256_SIZE] = "", title[NAME_SIZE] = "";
    struct film film;
    cJSON *json;

    decode_string(decoder, item, path, "sha256", DECODE_OPTIONAL, sha256, sizeof(sha256));
    decode_string(decoder, item, path, "title", !*sha256, title, sizeof(title));
    if (decoder->failed)
        return NULL;
    if (contents_film(reading->db, reading->site, sha256, title, &film) < 0) {
        decode_fail(decoder, path, *sha256 ? "sha256" : "title",
                    "names no film of this cloud; add it first with: film add");
        return NULL;
    }
    json = film_to_json(&film);
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(item, kept[i]);

        if (value)
            cJSON_AddItemToObject(json, kept[i], cJSON_Duplicate(value, true));
    }
    return json;
}

static bool is_drawn_notice(const cJSON *item)
{
    const cJSON *kind = cJSON_GetObjectItemCaseSensitive(item, "kind");

    return cJSON_IsString(kind) &&
           strcmp(kind->valuestring, content_kind_name(CONTENT_NOTICE)) == 0 &&
           !cJSON_GetObjectItemCaseSensitive(item, "sha256");
}

static void read_items(struct reading *reading, cJSON *table, const char *key, int max, cJSON *body)
{
    struct decoder *decoder = &reading->decoder;
    const cJSON *list = decode_array(decoder, table, "", key, DECODE_OPTIONAL, max);
    cJSON *ret = cJSON_AddArrayToObject(body, key), *item;
    int i = 0;

    cJSON_ArrayForEach (item, list) {
        char path[PATH_SIZE];
        cJSON *by_name = NULL;

        (void)snprintf(path, sizeof(path), "%s[%d].", key, i++);
        if (cJSON_IsString(item)) { /* substitutes: ["SHA256", ...] */
            by_name = cJSON_CreateObject();
            cJSON_AddStringToObject(by_name, "sha256", item->valuestring);
        } else if (!cJSON_IsObject(item)) {
            decode_fail(decoder, path, "", "must be an object, or a film's sha256");
        }
        if (decoder->failed) {
            cJSON_Delete(by_name);
            return;
        }
        if (!by_name) {
            read_time(reading, item, path, "show_from", DECODE_OPTIONAL);
            read_time(reading, item, path, "show_to", DECODE_OPTIONAL);
        }
        cJSON_AddItemToArray(ret, is_drawn_notice(item)
                                      ? cJSON_Duplicate(item, true)
                                      : read_film(reading, by_name ? by_name : item, path));
        cJSON_Delete(by_name);
    }
}

/* Reads the whole as a kiosk will, so that no kiosk ever gets what it cannot read. */
static int check_programme(cJSON *table, const cJSON *body, struct programme *ret, char *error,
                           size_t error_size)
{
    static const char *const times[] = {"from", "to", "deadline"};
    cJSON *json = cJSON_Duplicate(body, true);
    const cJSON *item;
    struct content substitute;
    int result, index = 0;

    if (!json)
        return -ENOMEM;
    cJSON_AddStringToObject(json, "id", "new");
    for (int i = 0; i < 3; i++)
        cJSON_AddItemToObject(
            json, times[i],
            cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(table, times[i]), true));
    result = programme_from_json(json, ret, error, error_size);
    cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(body, "substitutes")) {
        if (result == 0 && content_from_json(item, &substitute, error, error_size) < 0)
            result = -EINVAL;
        else if (result == 0 && substitute.kind != CONTENT_SUBSTITUTE) {
            (void)snprintf(error, error_size, "substitutes[%d].kind: must be substitute", index);
            result = -EINVAL;
        }
        index++;
    }
    cJSON_Delete(json);
    if (result == 0 && (ret->item_count == 0 || ret->from >= ret->to)) {
        (void)snprintf(error, error_size, "%s",
                       ret->item_count == 0 ? "items: must list at least one film or notice"
                                            : "to: must be later than from");
        result = -EINVAL;
    }
    return result;
}

static int check_and_fill(cJSON *table, const cJSON *body, const char *title,
                          struct programmes_table *ret, char *error, size_t error_size)
{
    struct programme *programme = malloc(sizeof(*programme));
    int result = programme ? check_programme(table, body, programme, error, error_size) : -ENOMEM;
    char *text = result == 0 ? cJSON_PrintUnformatted(body) : NULL;

    if (result == 0 && !text)
        result = -ENOMEM;
    if (result == 0) {
        *ret = (struct programmes_table){.from = programme->from,
                                         .to = programme->to,
                                         .deadline = programme->deadline,
                                         .body = text};
        (void)snprintf(ret->title, sizeof(ret->title), "%s", title);
    }
    free(programme);
    return result;
}

int programmes_table_read(struct db *db, const char *site, int utc_offset_min, const cJSON *source,
                          struct programmes_table *ret, char *error, size_t error_size)
{
    struct reading reading = {.db = db,
                              .site = site,
                              .utc_offset_min = utc_offset_min,
                              .decoder = {.error = error, .error_size = error_size}};
    struct decoder *decoder = &reading.decoder;
    cJSON *table = cJSON_Duplicate(source, true), *body = cJSON_CreateObject();
    char title[NAME_SIZE] = "";
    int result = -EINVAL;

    if (!cJSON_IsObject(table))
        decode_fail(decoder, "", "table", "must be a JSON object");
    decode_string(decoder, table, "", "title", DECODE_OPTIONAL, title, sizeof(title));
    read_time(&reading, table, "", "from", DECODE_REQUIRED);
    read_time(&reading, table, "", "to", DECODE_REQUIRED);
    read_time(&reading, table, "", "deadline", DECODE_REQUIRED);
    if (!decoder->failed) {
        read_items(&reading, table, "items", PROGRAMME_ITEMS_MAX, body);
        read_items(&reading, table, "substitutes", PROGRAMME_SUBSTITUTES_MAX, body);
    }
    if (!decoder->failed)
        result = check_and_fill(table, body, title, ret, error, error_size);
    cJSON_Delete(table);
    cJSON_Delete(body);
    return result;
}

int programmes_store(struct db *db, const char *site, const char *model,
                     const struct programmes_table *table, int64_t distributed, int64_t now,
                     char ret_id[static UID_SIZE])
{
    char id[IDS_UUID_SIZE];
    int result;

    ids_uuid(id);
    result = db_run(db,
                    "INSERT INTO programme (site, programme, version, begins, ends, distributed, "
                    "deadline, approved, approved_by, made, body, changed, model, title) VALUES "
                    "($1, $2, 1, $3, $4, $5, $6, 0, '', $7, $8, $7, $9, $10)",
                    "ttiiiiittt", site, id, table->from, table->to, distributed, table->deadline,
                    now, table->body, model, table->title);
    if (result < 0)
        return result;
    memcpy(ret_id, id, UID_SIZE);
    return 0;
}

int programmes_add(struct db *db, const char *site, int utc_offset_min, const cJSON *source,
                   int64_t now, char ret_id[static UID_SIZE], char *error, size_t error_size)
{
    struct programmes_table table;
    int result = programmes_table_read(db, site, utc_offset_min, source, &table, error, error_size);

    if (result < 0)
        return result;
    result = programmes_store(db, site, "", &table, 0, now, ret_id);
    cJSON_free(table.body);
    return result;
}
