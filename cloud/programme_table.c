/* From a table as people write it to a programme as it is stored. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "ids.h"
#include "programmes.h"

enum { PATH_SIZE = 48 };

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

static void read_time(struct decoder *decoder, cJSON *json, const char *path, const char *key,
                      int required, int utc_offset_min)
{
    cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    int64_t ms;

    if (decoder->failed || (!item && !required) || cJSON_IsNumber(item))
        return; /* numbers are checked with everything else */
    if (!item || !cJSON_IsString(item) || read_moment(item->valuestring, utc_offset_min, &ms) < 0) {
        decode_fail(decoder, path, key,
                    "must be ms since 1970 or a time such as \"2026-11-24T08:00\"");
        return;
    }
    cJSON_ReplaceItemInObjectCaseSensitive(json, key, cJSON_CreateNumber((double)ms));
}

static int find_film(struct db *db, const char *sha256, const char *title, cJSON **ret)
{
    struct db_rows *rows = NULL;
    cJSON *film = NULL;
    int result;

    result = db_query(db, &rows,
                      "SELECT kind, sha256, title, size, duration_ms FROM film WHERE sha256 = $1 "
                      "OR ($1 = '' AND title = $2) ORDER BY added DESC LIMIT 1",
                      "tt", sha256, title);
    if (result == 0)
        result = db_next(rows);
    if (result == 1) {
        film = cJSON_CreateObject();
        cJSON_AddStringToObject(film, "kind", db_text(rows, 0));
        cJSON_AddStringToObject(film, "sha256", db_text(rows, 1));
        cJSON_AddStringToObject(film, "title", db_text(rows, 2));
        cJSON_AddNumberToObject(film, "size", (double)db_int(rows, 3));
        cJSON_AddNumberToObject(film, "duration_ms", (double)db_int(rows, 4));
    }
    db_done(rows);
    if (result == 1)
        *ret = film;
    return result == 1 ? 0 : result < 0 ? result : -ENOENT;
}

/* The film that an entry names, with the entry's own broadcast period. */
static cJSON *read_film(struct db *db, struct decoder *decoder, const cJSON *item, const char *path)
{
    static const char *const kept[] = {"show_from", "show_to"};
    char sha256[SHA256_SIZE] = "", title[NAME_SIZE] = "";
    cJSON *film = NULL;

    decode_string(decoder, item, path, "sha256", DECODE_OPTIONAL, sha256, sizeof(sha256));
    decode_string(decoder, item, path, "title", !*sha256, title, sizeof(title));
    if (decoder->failed)
        return NULL;
    if (find_film(db, sha256, title, &film) < 0) {
        decode_fail(decoder, path, *sha256 ? "sha256" : "title",
                    "names no film of this cloud; add it first with: film add");
        return NULL;
    }
    for (int i = 0; i < 2; i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(item, kept[i]);

        if (value)
            cJSON_AddItemToObject(film, kept[i], cJSON_Duplicate(value, true));
    }
    return film;
}

static bool is_drawn_notice(const cJSON *item)
{
    const cJSON *kind = cJSON_GetObjectItemCaseSensitive(item, "kind");

    return cJSON_IsString(kind) &&
           strcmp(kind->valuestring, content_kind_name(CONTENT_NOTICE)) == 0 &&
           !cJSON_GetObjectItemCaseSensitive(item, "sha256");
}

static void read_items(struct db *db, struct decoder *decoder, cJSON *table, const char *key,
                       int max, int utc_offset_min, cJSON *body)
{
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
            read_time(decoder, item, path, "show_from", DECODE_OPTIONAL, utc_offset_min);
            read_time(decoder, item, path, "show_to", DECODE_OPTIONAL, utc_offset_min);
        }
        cJSON_AddItemToArray(ret, is_drawn_notice(item)
                                      ? cJSON_Duplicate(item, true)
                                      : read_film(db, decoder, by_name ? by_name : item, path));
        cJSON_Delete(by_name);
    }
}

static int64_t number_of(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

    return item ? (int64_t)item->valuedouble : 0;
}

/* Reads the whole as a kiosk will, so that no kiosk ever gets what it cannot read. */
static int check_programme(cJSON *table, const cJSON *body, const char *id, char *error,
                           size_t error_size)
{
    static const char *const times[] = {"from", "to", "deadline"};
    struct programme *programme = malloc(sizeof(*programme));
    cJSON *json = cJSON_Duplicate(body, true);
    int result;

    if (!programme || !json) {
        free(programme);
        cJSON_Delete(json);
        return -ENOMEM;
    }
    cJSON_AddStringToObject(json, "id", id);
    for (int i = 0; i < 3; i++)
        cJSON_AddItemToObject(
            json, times[i],
            cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(table, times[i]), true));
    result = programme_from_json(json, programme, error, error_size);
    if (result == 0 && (programme->item_count == 0 || programme->from >= programme->to)) {
        (void)snprintf(error, error_size, "%s",
                       programme->item_count == 0 ? "items: must list at least one film or notice"
                                                  : "to: must be later than from");
        result = -EINVAL;
    }
    cJSON_Delete(json);
    free(programme);
    return result;
}

static int store(struct db *db, const char *site, const char *id, const cJSON *table,
                 const cJSON *body, int64_t now)
{
    char *text = cJSON_PrintUnformatted(body);
    int result;

    if (!text)
        return -ENOMEM;
    result =
        db_run(db,
               "INSERT INTO programme (site, programme, version, begins, ends, distributed, "
               "deadline, approved, approved_by, made, body) VALUES ($1, $2, 1, $3, $4, 0, $5, "
               "0, '', $6, $7)",
               "ttiiiit", site, id, number_of(table, "from"), number_of(table, "to"),
               number_of(table, "deadline"), now, text);
    cJSON_free(text);
    return result < 0 ? result : 0;
}

int programmes_add(struct db *db, const char *site, int utc_offset_min, const cJSON *source,
                   int64_t now, char ret_id[static UID_SIZE], char *error, size_t error_size)
{
    struct decoder decoder = {.error = error, .error_size = error_size};
    cJSON *table = cJSON_Duplicate(source, true), *body = cJSON_CreateObject();
    char id[IDS_UUID_SIZE];
    int result = -EINVAL;

    ids_uuid(id);
    if (!cJSON_IsObject(table))
        decode_fail(&decoder, "", "table", "must be a JSON object");
    read_time(&decoder, table, "", "from", DECODE_REQUIRED, utc_offset_min);
    read_time(&decoder, table, "", "to", DECODE_REQUIRED, utc_offset_min);
    read_time(&decoder, table, "", "deadline", DECODE_REQUIRED, utc_offset_min);
    if (!decoder.failed) {
        read_items(db, &decoder, table, "items", PROGRAMME_ITEMS_MAX, utc_offset_min, body);
        read_items(db, &decoder, table, "substitutes", PROGRAMME_SUBSTITUTES_MAX, utc_offset_min,
                   body);
        cJSON_AddArrayToObject(body, "withdrawn");
    }
    if (!decoder.failed)
        result = check_programme(table, body, id, error, error_size);
    if (result == 0)
        result = store(db, site, id, table, body, now);
    cJSON_Delete(table);
    cJSON_Delete(body);
    if (result == 0)
        memcpy(ret_id, id, UID_SIZE);
    return result;
}
