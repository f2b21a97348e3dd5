/* Clinic contents, photographs, and the monthly limit. */
#include <errno.h>
#include <string.h>

#include "contents_private.h"
#include "session.h"

#define COLUMNS                                                                                    \
    "content, kind, title, page, sha256, duration_ms, show_from, show_to, weekdays, "              \
    "daypart_from, daypart_to, active, made, changed, changed_by"

/* page stays the row's: valid until the next one. */
static void take(const struct db_rows *rows, struct clinic_content *ret)
{
    *ret = (struct clinic_content){
        .kind = contents_kind(db_text(rows, 1)),
        .page = *db_text(rows, 3) ? (char *)db_text(rows, 3) : NULL,
        .duration_ms = db_int(rows, 5),
        .show_from = db_int(rows, 6),
        .show_to = db_int(rows, 7),
        .weekdays = (int)db_int(rows, 8),
        .daypart_from = (int)db_int(rows, 9),
        .daypart_to = (int)db_int(rows, 10),
        .active = db_int(rows, 11) != 0,
        .made = db_int(rows, 12),
        .changed = db_int(rows, 13),
    };
    TAKE_TEXT(ret->id, rows, 0);
    TAKE_TEXT(ret->title, rows, 2);
    TAKE_TEXT(ret->sha256, rows, 4);
    TAKE_TEXT(ret->changed_by, rows, 14);
}

int contents_clinic(struct db *db, const char *site,
                    void (*each)(const struct clinic_content *content, void *context),
                    void *context)
{
    struct clinic_content content;
    struct db_rows *rows = NULL;
    int result;

    result = db_query(
        db, &rows, "SELECT " COLUMNS " FROM clinic_content WHERE site = $1 ORDER BY made, content",
        "t", site);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        take(rows, &content);
        each(&content, context);
    }
    db_done(rows);
    return result;
}

/* -- for the document of the site's devices ---------------------------------------------------- */

/* The photographs that a page names are files like films. */
static void take_photos(struct content *ret)
{
    cJSON *page = cJSON_Parse(ret->page);
    const cJSON *photo;

    cJSON_ArrayForEach (photo, cJSON_GetObjectItemCaseSensitive(page, "photos"))
        if (cJSON_IsString(photo) && ret->photo_count < CONTENT_PHOTOS_MAX)
            (void)snprintf(ret->photos[ret->photo_count++], SHA256_SIZE, "%s", photo->valuestring);
    cJSON_Delete(page);
}

static void to_content(const struct clinic_content *from, int64_t size, struct content *ret)
{
    *ret = (struct content){.kind = from->kind,
                            .size = size,
                            .duration_ms = from->duration_ms,
                            .show_from = from->show_from,
                            .show_to = from->show_to,
                            .weekdays = from->weekdays,
                            .daypart_from = from->daypart_from,
                            .daypart_to = from->daypart_to};
    memcpy(ret->id, from->id, sizeof(ret->id));
    memcpy(ret->title, from->title, sizeof(ret->title));
    memcpy(ret->sha256, from->sha256, sizeof(ret->sha256));
    if (from->page) {
        (void)snprintf(ret->page, sizeof(ret->page), "%s", from->page);
        take_photos(ret);
    }
}

int contents_of_site(struct db *db, const char *site, struct content *ret, int max, int *ret_count)
{
    struct clinic_content content;
    struct db_rows *rows = NULL;
    int count = 0, result;

    result = db_query(
        db, &rows,
        "SELECT " COLUMNS ", (SELECT MAX(size) FROM film WHERE film.sha256 = "
        "clinic_content.sha256 AND film.site IN ('', clinic_content.site) AND withdrawn = 0) AS "
        "bytes FROM clinic_content WHERE site = $1 AND active = 1 AND (sha256 = '' OR bytes > 0) "
        "ORDER BY made, content LIMIT $2",
        "ti", site, (int64_t)max);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        take(rows, &content);
        to_content(&content, db_int(rows, 15), &ret[count++]);
    }
    db_done(rows);
    if (result < 0)
        return result;
    *ret_count = count;
    return 0;
}

/* -- changing ---------------------------------------------------------------------------------- */

/* Its film must be one that the site may show, and of that kind. */
static int check_film(struct db *db, const char *site, const struct clinic_content *content)
{
    struct film film;
    int result;

    if (!*content->sha256)
        return 0;
    result = contents_film(db, site, content->sha256, "", &film);
    if (result == 0 && film.kind != content->kind)
        result = -EXDEV;
    return result;
}

static int check_room(struct db *db, const char *site, const char *id)
{
    int64_t others = 0;
    int result = db_get_int(db, &others,
                            "SELECT COUNT(*) FROM clinic_content WHERE site = $1 AND content <> $2",
                            "tt", site, id);

    return result < 0 ? result : others >= CONTENTS_CLINIC_MAX ? -ENOSPC : 0;
}

/* Two statements, since db.h binds at most 16 parameters. */
static int store(struct db *db, const char *site, const struct clinic_content *content)
{
    int result;

    result = db_run(db,
                    "INSERT INTO clinic_content (site, content, kind, title, page, sha256, "
                    "duration_ms, show_from, show_to, weekdays, daypart_from, daypart_to, active, "
                    "made, changed, changed_by) VALUES ($1, $2, '', '', '', '', 0, 0, 0, 0, 0, 0, "
                    "0, $3, 0, '') ON CONFLICT (site, content) DO NOTHING",
                    "tti", site, content->id, content->made);
    if (result < 0)
        return result;
    return db_run(
        db,
        "UPDATE clinic_content SET kind = $3, title = $4, page = $5, sha256 = $6, duration_ms = "
        "$7, show_from = $8, show_to = $9, weekdays = $10, daypart_from = $11, daypart_to = $12, "
        "active = $13, changed = $14, changed_by = $15 WHERE site = $1 AND content = $2",
        "ttttttiiiiiiiit", site, content->id, content_kind_name(content->kind), content->title,
        content->page ? content->page : "", content->sha256, content->duration_ms,
        content->show_from, content->show_to, (int64_t)content->weekdays,
        (int64_t)content->daypart_from, (int64_t)content->daypart_to, (int64_t)content->active,
        content->changed, content->changed_by);
}

int contents_clinic_put(struct db *db, const char *site, const struct clinic_content *content)
{
    int result;

    result = db_begin(db);
    if (result < 0)
        return result;
    result = check_film(db, site, content);
    if (result == 0)
        result = check_room(db, site, content->id);
    if (result == 0)
        result = store(db, site, content);
    if (result >= 0)
        result = contents_changed(db, site);
    return contents_end(db, result);
}

int contents_clinic_remove(struct db *db, const char *site, const char *id)
{
    int result;

    result = db_begin(db);
    if (result < 0)
        return result;
    result =
        db_run(db, "DELETE FROM clinic_content WHERE site = $1 AND content = $2", "tt", site, id);
    result = result == 0 ? -ENOENT : result;
    if (result > 0)
        result = contents_changed(db, site);
    return contents_end(db, result);
}

/* -- photographs ------------------------------------------------------------------------------- */

int contents_photo_put(struct db *db, const char *site, const struct photo *photo)
{
    int64_t others = 0;
    int result;

    result = db_begin(db);
    if (result < 0)
        return result;
    result = db_get_int(db, &others, "SELECT COUNT(*) FROM photo WHERE site = $1 AND sha256 <> $2",
                        "tt", site, photo->sha256);
    if (result >= 0 && others >= CONTENTS_PHOTOS_MAX)
        result = -EDQUOT;
    if (result >= 0)
        result = db_run(db,
                        "INSERT INTO photo (site, sha256, width, height, size, made) VALUES ($1, "
                        "$2, $3, $4, $5, $6) ON CONFLICT (site, sha256) DO NOTHING",
                        "ttiiii", site, photo->sha256, (int64_t)photo->width,
                        (int64_t)photo->height, photo->size, photo->made);
    return contents_end(db, result);
}

int contents_photo_has(struct db *db, const char *site, const char *sha256)
{
    int64_t one = 0;

    return db_get_int(db, &one, "SELECT 1 FROM photo WHERE site = $1 AND sha256 = $2", "tt", site,
                      sha256);
}

int contents_photos(struct db *db, const char *site,
                    void (*each)(const struct photo *photo, void *context), void *context)
{
    struct db_rows *rows = NULL;
    struct photo photo;
    int result;

    result = db_query(db, &rows,
                      "SELECT sha256, width, height, size, made FROM photo WHERE site = $1 ORDER "
                      "BY made DESC, sha256",
                      "t", site);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        photo = (struct photo){.width = (int)db_int(rows, 1),
                               .height = (int)db_int(rows, 2),
                               .size = db_int(rows, 3),
                               .made = db_int(rows, 4)};
        TAKE_TEXT(photo.sha256, rows, 0);
        each(&photo, context);
    }
    db_done(rows);
    return result;
}

/* -- the monthly limit ------------------------------------------------------------------------- */

void contents_month(int64_t now, int utc_offset_min, char ret[static CONTENTS_MONTH_SIZE])
{
    struct civil civil;
    char date[DATE_SIZE];

    civil_from_ms(now, utc_offset_min, &civil);
    civil_format_date(&civil, date);
    (void)snprintf(ret, CONTENTS_MONTH_SIZE, "%.7s", date);
}

int contents_self_made_limit(struct db *db, const char *site, int64_t *ret)
{
    int64_t limit = CONTENTS_SELF_MADE_DEFAULT;
    int result;

    result =
        db_get_int(db, &limit, "SELECT month_max FROM self_made_limit WHERE site = $1", "t", site);
    if (result < 0)
        return result;
    *ret = limit;
    return 0;
}

int contents_self_made_limit_set(struct db *db, const char *site, int64_t limit)
{
    int result;

    result = db_run(db,
                    "INSERT INTO self_made_limit (site, month_max) VALUES ($1, $2) ON CONFLICT "
                    "(site) DO UPDATE SET month_max = $2",
                    "ti", site, limit);
    return result < 0 ? result : 0;
}

int contents_self_made_used(struct db *db, const char *site, const char *month, int64_t *ret)
{
    int result;

    result = db_get_int(db, ret, "SELECT COUNT(*) FROM self_made WHERE site = $1 AND month = $2",
                        "tt", site, month);
    return result < 0 ? result : 0;
}

int contents_self_made_count(struct db *db, const char *site, const char *month, const char *upload)
{
    int result;

    result = db_run(db,
                    "INSERT INTO self_made (site, month, upload) VALUES ($1, $2, $3) ON CONFLICT "
                    "(site, month, upload) DO NOTHING",
                    "ttt", site, month, upload);
    return result < 0 ? result : 0;
}

int contents_self_made_uncount(struct db *db, const char *site, const char *upload)
{
    int result;

    result =
        db_run(db, "DELETE FROM self_made WHERE site = $1 AND upload = $2", "tt", site, upload);
    return result < 0 ? result : 0;
}
