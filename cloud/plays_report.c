/* Shown and planned (terms 21.2), side by side. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contents_private.h"
#include "plays.h"
#include "session.h"

/* One film in one programme at one site. */
struct row {
    char site[UID_SIZE], sha256[SHA256_SIZE], programme[UID_SIZE], title[NAME_SIZE];
    enum content_kind kind;
    int64_t period_from, period_to;
    bool approved;
    int64_t planned, shown, shown_ms, frames, first, last, substituted, broken;
};

struct report {
    const struct plays_query *query;
    struct row *rows;
    int count;
    bool more; /* than PLAYS_ROWS_MAX */
};

/* The row of that film, programme and site; NULL when there is no room for another. */
static struct row *row_of(struct report *report, const char *site, const char *programme,
                          const char *sha256)
{
    struct row *row;

    for (int i = report->count - 1; i >= 0; i--) {
        row = &report->rows[i];
        if (strcmp(row->sha256, sha256) == 0 && strcmp(row->programme, programme) == 0 &&
            strcmp(row->site, site) == 0)
            return row;
    }
    if (report->count == PLAYS_ROWS_MAX) {
        report->more = true;
        return NULL;
    }
    row = &report->rows[report->count++];
    *row = (struct row){.kind = CONTENT_KIND_COUNT};
    (void)snprintf(row->site, sizeof(row->site), "%s", site);
    (void)snprintf(row->programme, sizeof(row->programme), "%s", programme);
    (void)snprintf(row->sha256, sizeof(row->sha256), "%s", sha256);
    return row;
}

/* -- planned ----------------------------------------------------------------------------------- */

static const char *text_of(const cJSON *json, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));

    return text ? text : "";
}

static void add_planned(struct report *report, const struct db_rows *rows)
{
    int64_t distributed = db_int(rows, 4), deadline = db_int(rows, 5), approved = db_int(rows, 6);
    cJSON *body = cJSON_Parse(db_text(rows, 7));
    const cJSON *item;

    cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(body, "items")) {
        const char *sha256 = text_of(item, "sha256");
        struct row *row;

        if (!*sha256 || (*report->query->film && strcmp(sha256, report->query->film) != 0))
            continue;
        row = row_of(report, db_text(rows, 0), db_text(rows, 1), sha256);
        if (!row)
            continue;
        row->planned++;
        row->kind = contents_kind(text_of(item, "kind"));
        (void)snprintf(row->title, sizeof(row->title), "%s", text_of(item, "title"));
        row->period_from = db_int(rows, 2);
        row->period_to = db_int(rows, 3);
        row->approved = approved >= distributed && approved > 0 && approved < deadline;
    }
    cJSON_Delete(body);
}

static int read_planned(struct db *db, struct report *report)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows,
                      "SELECT site, programme, begins, ends, distributed, deadline, approved, body "
                      "FROM programme WHERE distributed > 0 AND begins < $1 AND ends > $2 AND ($3 "
                      "= '' OR site = $3) ORDER BY site, begins LIMIT $4",
                      "iiti", report->query->to, report->query->from, report->query->site,
                      (int64_t)PLAYS_PROGRAMMES_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1)
        add_planned(report, rows);
    db_done(rows);
    return result;
}

/* -- shown ------------------------------------------------------------------------------------- */

static int read_shown(struct db *db, struct report *report)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(
        db, &rows,
        "SELECT site, programme, film, COUNT(*), SUM(shown_ms), SUM(frames), MIN(begins), "
        "MAX(begins), SUM(broken) FROM play WHERE film <> '' AND begins >= $1 AND begins < $2 AND "
        "($3 = '' OR film = $3) AND ($4 = '' OR site = $4) GROUP BY site, programme, film ORDER BY "
        "site, programme, film",
        "iitt", report->query->from, report->query->to, report->query->film, report->query->site);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        struct row *row = row_of(report, db_text(rows, 0), db_text(rows, 1), db_text(rows, 2));

        if (!row)
            continue;
        row->shown = db_int(rows, 3);
        row->shown_ms = db_int(rows, 4);
        row->frames = db_int(rows, 5);
        row->first = db_int(rows, 6);
        row->last = db_int(rows, 7);
        row->broken = db_int(rows, 8);
    }
    db_done(rows);
    return result;
}

/* Where something else stood in its place. */
static int read_substituted(struct db *db, struct report *report)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(
        db, &rows,
        "SELECT site, programme, planned, COUNT(*) FROM play WHERE planned <> '' AND begins >= $1 "
        "AND begins < $2 AND ($3 = '' OR planned = $3) AND ($4 = '' OR site = $4) GROUP BY site, "
        "programme, planned",
        "iitt", report->query->from, report->query->to, report->query->film, report->query->site);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        struct row *row = row_of(report, db_text(rows, 0), db_text(rows, 1), db_text(rows, 2));

        if (row)
            row->substituted = db_int(rows, 3);
    }
    db_done(rows);
    return result;
}

/* -- the report -------------------------------------------------------------------------------- */

/* Of a film that no programme of the time named: as the catalogue knows it. */
static void name_film(struct db *db, struct row *row)
{
    struct film film;

    if (row->kind != CONTENT_KIND_COUNT || contents_film_of(db, NULL, row->sha256, &film) < 0)
        return;
    row->kind = film.kind;
    memcpy(row->title, film.title, sizeof(row->title));
}

static cJSON *row_json(struct cloud *cloud, struct row *row)
{
    struct site *site = sites_find(cloud->sites, row->site);
    cJSON *json = cJSON_CreateObject();

    name_film(cloud->db, row);
    cJSON_AddStringToObject(json, "site", row->site);
    cJSON_AddStringToObject(json, "clinic_no", site ? site_clinic_no(site) : "");
    cJSON_AddStringToObject(json, "clinic_name", site ? site_read(site)->settings.name : "");
    if (site)
        site_read_end(site);
    cJSON_AddStringToObject(json, "sha256", row->sha256);
    cJSON_AddStringToObject(json, "title", row->title);
    cJSON_AddStringToObject(json, "kind",
                            row->kind == CONTENT_KIND_COUNT ? "" : content_kind_name(row->kind));
    cJSON_AddStringToObject(json, "programme", row->programme);
    cJSON_AddNumberToObject(json, "period_from", (double)row->period_from);
    cJSON_AddNumberToObject(json, "period_to", (double)row->period_to);
    cJSON_AddNumberToObject(json, "planned", (double)row->planned);
    cJSON_AddBoolToObject(json, "approved", row->approved);
    cJSON_AddNumberToObject(json, "shown", (double)row->shown);
    cJSON_AddNumberToObject(json, "shown_ms", (double)row->shown_ms);
    cJSON_AddNumberToObject(json, "frames", (double)row->frames);
    cJSON_AddNumberToObject(json, "first", (double)row->first);
    cJSON_AddNumberToObject(json, "last", (double)row->last);
    cJSON_AddNumberToObject(json, "substituted", (double)row->substituted);
    cJSON_AddNumberToObject(json, "broken", (double)row->broken);
    return json;
}

int plays_report(struct cloud *cloud, const struct plays_query *query, cJSON **ret)
{
    struct report report = {.query = query};
    cJSON *json, *list;
    int result;

    report.rows = calloc(PLAYS_ROWS_MAX, sizeof(*report.rows));
    if (!report.rows)
        return -ENOMEM;
    result = read_planned(cloud->db, &report);
    if (result >= 0)
        result = read_shown(cloud->db, &report);
    if (result >= 0)
        result = read_substituted(cloud->db, &report);
    if (result >= 0) {
        json = cJSON_CreateObject();
        cJSON_AddNumberToObject(json, "from", (double)query->from);
        cJSON_AddNumberToObject(json, "to", (double)query->to);
        list = cJSON_AddArrayToObject(json, "rows");
        for (int i = 0; i < report.count; i++)
            cJSON_AddItemToArray(list, row_json(cloud, &report.rows[i]));
        cJSON_AddBoolToObject(json, "more", report.more);
        *ret = json;
    }
    free(report.rows);
    return result < 0 ? result : 0;
}

/* -- CSV --------------------------------------------------------------------------------------- */

/* A text that a spreadsheet would take for a formula gets an apostrophe. */
static void write_text(FILE *out, const char *text)
{
    (void)fputc('"', out);
    if (*text && strchr("=+-@\t\r", *text))
        (void)fputc('\'', out);
    for (; *text; text++) {
        if (*text == '"')
            (void)fputc('"', out);
        (void)fputc(*text, out);
    }
    (void)fputc('"', out);
}

static void write_time(FILE *out, int64_t ms, int offset_min)
{
    int away = abs(offset_min);
    struct civil civil;

    if (ms <= 0)
        return;
    civil_from_ms(ms, offset_min, &civil);
    (void)fprintf(out, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", civil.year, civil.month,
                  civil.day, civil.hour, civil.minute, civil.second, offset_min < 0 ? '-' : '+',
                  away / 60, away % 60);
}

static int offset_of(struct cloud *cloud, const char *id)
{
    struct site *site = sites_find(cloud->sites, id);
    int offset = 0;

    if (site) {
        offset = site_read(site)->settings.utc_offset_min;
        site_read_end(site);
    }
    return offset;
}

static void write_row(FILE *out, struct cloud *cloud, const cJSON *row)
{
    static const char *const columns[] = {
        "site",      "clinic_no",   "clinic_name", "sha256",  "title",       "kind",
        "programme", "period_from", "period_to",   "planned", "approved",    "shown",
        "shown_ms",  "frames",      "first",       "last",    "substituted", "broken"};
    const int count = (int)(sizeof(columns) / sizeof(columns[0]));
    int offset = row ? offset_of(cloud, text_of(row, "site")) : 0;

    for (int i = 0; i < count; i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(row, columns[i]);
        bool is_time = strncmp(columns[i], "period", 6) == 0 || strcmp(columns[i], "first") == 0 ||
                       strcmp(columns[i], "last") == 0;

        if (i > 0)
            (void)fputc(',', out);
        if (!row)
            (void)fputs(columns[i], out);
        else if (cJSON_IsString(item))
            write_text(out, item->valuestring);
        else if (cJSON_IsBool(item))
            (void)fputs(cJSON_IsTrue(item) ? "1" : "0", out);
        else if (is_time && item)
            write_time(out, (int64_t)item->valuedouble, offset);
        else if (item)
            (void)fprintf(out, "%lld", (long long)item->valuedouble);
    }
    (void)fputs("\r\n", out);
}

char *plays_csv(struct cloud *cloud, const cJSON *report)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const cJSON *row;
    bool bad;

    if (!out)
        return NULL;
    (void)fputs("\xef\xbb\xbf", out);
    write_row(out, cloud, NULL);
    cJSON_ArrayForEach (row, cJSON_GetObjectItemCaseSensitive(report, "rows"))
        write_row(out, cloud, row);
    bad = ferror(out) != 0;
    if (fclose(out) != 0 || bad) {
        free(text);
        return NULL;
    }
    return text;
}
