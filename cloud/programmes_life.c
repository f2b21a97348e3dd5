/* What becomes of a programme: it is distributed, its films are swapped, it is approved. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "contents.h"
#include "programmes.h"

int programmes_site(struct db *db, const char *programme, char ret_site[static UID_SIZE])
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows, "SELECT site FROM programme WHERE programme = $1", "t", programme);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        (void)snprintf(ret_site, UID_SIZE, "%s", db_text(rows, 0));
    db_done(rows);
    return result == 1 ? 0 : result < 0 ? result : -ENOENT;
}

int programmes_distribute(struct db *db, const char *site, const char *programme, int64_t now)
{
    int64_t known = 0;
    int result;

    result = db_run(db,
                    "UPDATE programme SET distributed = $3, changed = $3, version = version + 1 "
                    "WHERE site = $1 "
                    "AND programme = $2 AND distributed = 0",
                    "tti", site, programme, now);
    if (result != 0)
        return result < 0 ? result : 0;
    result = db_get_int(db, &known, "SELECT 1 FROM programme WHERE site = $1 AND programme = $2",
                        "tt", site, programme);
    return result == 1 ? 0 : result < 0 ? result : -ENOENT;
}

static int why_not_approved(struct db *db, const char *site, const char *programme)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows,
                      "SELECT distributed, approved FROM programme WHERE site = $1 AND programme = "
                      "$2",
                      "tt", site, programme);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        result = db_int(rows, 1) > 0 ? 0 : db_int(rows, 0) == 0 ? -EAGAIN : -ETIME;
    else if (result == 0)
        result = -ENOENT;
    db_done(rows);
    return result;
}

int programmes_approve(struct db *db, const char *site, const char *programme, const char *user,
                       int64_t now)
{
    int result;

    /* One statement decides, so that two contractors who press at once agree. */
    result = db_run(
        db,
        "UPDATE programme SET approved = $3, changed = $3, approved_by = $4, version = "
        "version + 1 WHERE site = $1 AND programme = $2 AND distributed > 0 AND distributed <= $3 "
        "AND approved = 0 AND $3 < deadline",
        "ttit", site, programme, now, user);
    if (result != 0)
        return result < 0 ? result : 0;
    return why_not_approved(db, site, programme);
}

int programmes_holds(struct db *db, const char *site, const char *sha256)
{
    int64_t one = 0;

    return db_get_int(db, &one,
                      "SELECT 1 FROM programme WHERE site = $1 AND distributed > 0 AND body LIKE "
                      "'%\"sha256\":\"' || $2 || '\"%' LIMIT 1",
                      "tt", site, sha256);
}

/* -- swapping ---------------------------------------------------------------------------------- */

static const char *text_of(const cJSON *json, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));

    return text ? text : "";
}

static void put(cJSON *json, const char *key, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(json, key);
    cJSON_AddItemToObject(json, key, value);
}

static bool is_clinics(enum content_kind kind)
{
    return kind == CONTENT_INTRODUCTION || kind == CONTENT_NOTICE || kind == CONTENT_SELF_MADE;
}

/* May the film stand where `first` stood in the table? */
static int check_film(struct db *db, const char *site, const struct film *film, const cJSON *first)
{
    enum content_kind kind;
    int result;

    if (strcmp(film->sha256, text_of(first, "sha256")) == 0)
        return 0;
    result = contents_allowed(db, site, film->sha256);
    if (result <= 0)
        return result < 0 ? result : -EPERM;
    if (content_kind_from_name(text_of(first, "kind"), &kind) < 0)
        return -EIO;
    return film->kind == kind || is_clinics(film->kind) ? 0 : -EXDEV;
}

/* When and on which days it plays stays the place's; the film is another. */
static void change_item(cJSON *item, const struct film *film, const cJSON *first)
{
    bool back = strcmp(film->sha256, text_of(first, "sha256")) == 0;
    cJSON *kept = cJSON_CreateObject();

    cJSON_AddStringToObject(kept, "sha256", text_of(first, "sha256"));
    cJSON_AddStringToObject(kept, "title", text_of(first, "title"));
    cJSON_AddStringToObject(kept, "kind", text_of(first, "kind"));
    cJSON_DeleteItemFromObjectCaseSensitive(item, "body");
    put(item, "kind", cJSON_CreateString(content_kind_name(film->kind)));
    put(item, "sha256", cJSON_CreateString(film->sha256));
    put(item, "title", cJSON_CreateString(film->title));
    put(item, "size", cJSON_CreateNumber((double)film->size));
    put(item, "duration_ms", cJSON_CreateNumber((double)film->duration_ms));
    if (back) {
        cJSON_DeleteItemFromObjectCaseSensitive(item, "first");
        cJSON_Delete(kept);
    } else {
        put(item, "first", kept);
    }
}

static int swap_in(struct db *db, const char *site, cJSON *body, int index, const char *sha256)
{
    cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(body, "items"), index);
    const cJSON *first = cJSON_GetObjectItemCaseSensitive(item, "first");
    struct film film;
    int result;

    if (!item || index < 0 || !*text_of(item, "sha256"))
        return -EDOM; /* a notice that the kiosk draws is no film */
    result = contents_film(db, site, sha256, "", &film);
    if (result < 0)
        return result == -ENOENT ? -EPERM : result;
    result = check_film(db, site, &film, first ? first : item);
    if (result == 0)
        change_item(item, &film, first ? first : item);
    return result;
}

static int load_body(struct db *db, const char *site, const char *programme, int64_t now,
                     cJSON **ret, bool *ret_approved)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows,
                      "SELECT body, distributed, deadline, approved FROM programme WHERE site = $1 "
                      "AND programme = $2",
                      "tt", site, programme);
    if (result == 0)
        result = db_next(rows);
    if (result == 0)
        result = -ENOENT;
    else if (result == 1)
        result = db_int(rows, 1) == 0 ? -EAGAIN : now >= db_int(rows, 2) ? -ETIME : 0;
    if (result == 0) {
        *ret = cJSON_Parse(db_text(rows, 0));
        *ret_approved = db_int(rows, 3) > 0;
        result = *ret ? 0 : -ENOMEM;
    }
    db_done(rows);
    return result;
}

static int store_body(struct db *db, const char *site, const char *programme, const cJSON *body,
                      int64_t now)
{
    char *text = cJSON_PrintUnformatted(body);
    int result;

    if (!text)
        return -ENOMEM;
    result = db_run(db,
                    "UPDATE programme SET body = $3, changed = $4, approved = 0, approved_by = '', "
                    "version = version + 1 WHERE site = $1 AND programme = $2",
                    "ttti", site, programme, text, now);
    cJSON_free(text);
    return result < 0 ? result : 0;
}

int programmes_swap(struct db *db, const char *site, const char *programme, int index,
                    const char *sha256, int64_t now, bool *ret_taken_back)
{
    cJSON *body = NULL;
    bool approved = false;
    int result = db_begin(db);

    if (result < 0)
        return result;
    result = load_body(db, site, programme, now, &body, &approved);
    if (result == 0)
        result = swap_in(db, site, body, index, sha256);
    if (result == 0)
        result = store_body(db, site, programme, body, now);
    cJSON_Delete(body);
    if (result < 0) {
        db_rollback(db);
        return result;
    }
    result = db_commit(db);
    if (result == 0)
        *ret_taken_back = approved;
    return result;
}
