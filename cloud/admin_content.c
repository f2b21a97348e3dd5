/* Films, clinics' contents and plays from the command line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "contents.h"
#include "logging.h"
#include "plays.h"
#include "upload.h"

static const int64_t time_max = INT64_C(4102444800000); /* 2100 */

/* The audit: what was typed on the machine itself. */
static void note(struct admin *admin, const char *act, const char *subject)
{
    if (identity_note(admin->cloud->identity, act, subject, "", "admin") < 0)
        log_warning("%s of %s was not noted", act, subject);
}

/* -- films ------------------------------------------------------------------------------------- */

static void add_film(const struct film *film, void *context)
{
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "sha256", film->sha256);
    cJSON_AddStringToObject(json, "site", film->site);
    cJSON_AddStringToObject(json, "kind", content_kind_name(film->kind));
    cJSON_AddStringToObject(json, "title", film->title);
    cJSON_AddNumberToObject(json, "duration_ms", (double)film->duration_ms);
    cJSON_AddNumberToObject(json, "size", (double)film->size);
    cJSON_AddBoolToObject(json, "allowed", film->allowed);
    if (film->withdrawn) {
        cJSON_AddNumberToObject(json, "withdrawn", (double)film->withdrawn);
        cJSON_AddStringToObject(json, "why", film->why);
    }
    cJSON_AddItemToArray(context, json);
}

static int read_kind(struct admin *admin, enum content_kind *ret)
{
    const char *name = args_get(&admin->args, "kind");

    if (!name || content_kind_from_name(name, ret) == 0)
        return ADMIN_OK;
    return admin_fail(admin, "--kind must be health, advertisement, introduction, self_made, "
                             "notice or substitute");
}

/* The site of --site, which may be left out: then *ret is NULL. */
static int maybe_site(struct admin *admin, struct site **ret)
{
    *ret = args_has(&admin->args, "site") ? admin_site(admin) : NULL;
    return *ret || !args_has(&admin->args, "site") ? ADMIN_OK : ADMIN_FAILED;
}

int admin_film_list(struct admin *admin)
{
    enum content_kind kind = CONTENT_KIND_COUNT;
    struct site *site;
    int result;

    if (read_kind(admin, &kind) != ADMIN_OK || maybe_site(admin, &site) != ADMIN_OK)
        return ADMIN_FAILED;
    result = contents_films(admin->cloud->db, site ? site_id(site) : NULL, kind, add_film,
                            cJSON_AddArrayToObject(admin->result, "films"));
    return result < 0 ? admin_errno(admin, "the films could not be read", result) : ADMIN_OK;
}

static int find_film(struct admin *admin, struct film *ret)
{
    const char *sha256 = args_get(&admin->args, "film");
    int result = contents_film_of(admin->cloud->db, NULL, sha256, ret);

    if (result == -ENOENT)
        return admin_fail(admin, "--film %.70s: there is no such film; see: film list", sha256);
    return result < 0 ? admin_errno(admin, "the film could not be read", result) : ADMIN_OK;
}

static int show_film(struct admin *admin, const struct film *film)
{
    struct film now;
    int result = contents_film_of(admin->cloud->db, film->site, film->sha256, &now);

    if (result < 0)
        return admin_errno(admin, "the film could not be read", result);
    add_film(&now, cJSON_AddArrayToObject(admin->result, "films"));
    return ADMIN_OK;
}

int admin_film_withdraw(struct admin *admin)
{
    struct film film;
    int result;

    if (find_film(admin, &film) != ADMIN_OK)
        return ADMIN_FAILED;
    result = contents_withdraw(admin->cloud->db, NULL, film.sha256,
                               args_get(&admin->args, "reason"), "admin", cloud_now(NULL));
    if (result < 0)
        return admin_errno(admin, "the film could not be withdrawn", result);
    note(admin, "film_withdrawn", film.sha256);
    return show_film(admin, &film);
}

int admin_film_change(struct admin *admin)
{
    const char *title = args_get(&admin->args, "title"),
               *allowed = args_get(&admin->args, "allowed");
    struct film film;
    int result;

    if (find_film(admin, &film) != ADMIN_OK || read_kind(admin, &film.kind) != ADMIN_OK)
        return ADMIN_FAILED;
    if (title && (!*title || strlen(title) >= sizeof(film.title)))
        return admin_fail(admin, "--title must have 1 to %zu bytes", sizeof(film.title) - 1);
    if (title)
        (void)snprintf(film.title, sizeof(film.title), "%s", title);
    if (allowed && strcmp(allowed, "yes") != 0 && strcmp(allowed, "no") != 0)
        return admin_fail(admin, "--allowed must be yes or no");
    if (allowed)
        film.allowed = strcmp(allowed, "yes") == 0;
    result = contents_film_change(admin->cloud->db, &film);
    if (result < 0)
        return admin_errno(admin, "the film could not be changed", result);
    note(admin, "film_changed", film.sha256);
    return show_film(admin, &film);
}

static void add_upload(const struct upload *upload, void *context)
{
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "upload", upload->id);
    cJSON_AddStringToObject(json, "site", upload->site);
    cJSON_AddStringToObject(json, "title", upload->title);
    cJSON_AddStringToObject(json, "state", upload_state_name(upload->state));
    cJSON_AddNumberToObject(json, "offset", (double)upload->offset);
    cJSON_AddNumberToObject(json, "size", (double)upload->size);
    if (upload->fault != FILM_GOOD)
        cJSON_AddStringToObject(json, "reason", film_fault_text(upload->fault));
    cJSON_AddItemToArray(context, json);
}

int admin_film_uploads(struct admin *admin)
{
    int result = upload_each(admin->cloud->db, NULL, add_upload,
                             cJSON_AddArrayToObject(admin->result, "uploads"));

    return result < 0 ? admin_errno(admin, "the uploads could not be read", result) : ADMIN_OK;
}

/* -- clinics' contents ------------------------------------------------------------------------- */

static void add_content(const struct clinic_content *content, void *context)
{
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "content", content->id);
    cJSON_AddStringToObject(json, "kind", content_kind_name(content->kind));
    cJSON_AddStringToObject(json, "title", content->title);
    cJSON_AddStringToObject(json, "sha256", content->sha256);
    cJSON_AddNumberToObject(json, "show_from", (double)content->show_from);
    cJSON_AddNumberToObject(json, "show_to", (double)content->show_to);
    cJSON_AddBoolToObject(json, "active", content->active);
    cJSON_AddStringToObject(json, "changed_by", content->changed_by);
    cJSON_AddItemToArray(context, json);
}

int admin_content_list(struct admin *admin)
{
    struct site *site = admin_site(admin);
    int64_t limit = 0;
    int result;

    if (!site)
        return ADMIN_FAILED;
    result = contents_clinic(admin->cloud->db, site_id(site), add_content,
                             cJSON_AddArrayToObject(admin->result, "contents"));
    if (result >= 0)
        result = contents_self_made_limit(admin->cloud->db, site_id(site), &limit);
    if (result < 0)
        return admin_errno(admin, "the contents could not be read", result);
    cJSON_AddNumberToObject(admin->result, "self_made_a_month", (double)limit);
    return ADMIN_OK;
}

int admin_content_remove(struct admin *admin)
{
    const char *content = args_get(&admin->args, "content");
    struct site *site = admin_site(admin);
    int result;

    if (!site)
        return ADMIN_FAILED;
    result = contents_clinic_remove(admin->cloud->db, site_id(site), content);
    if (result == -ENOENT)
        return admin_fail(admin, "--content %.40s: there is none such; see: content list", content);
    if (result < 0)
        return admin_errno(admin, "the content could not be removed", result);
    note(admin, "content_removed", content);
    cJSON_AddStringToObject(admin->result, "removed", content);
    return ADMIN_OK;
}

/* Conversions of self-made films a month (terms 19). */
int admin_content_limit(struct admin *admin)
{
    struct site *site = admin_site(admin);
    int64_t limit = 0;
    int result;

    if (!site || admin_number(admin, "self-made", 0, CONTENTS_SELF_MADE_LIMIT,
                              CONTENTS_SELF_MADE_DEFAULT, &limit) != ADMIN_OK)
        return ADMIN_FAILED;
    result = contents_self_made_limit_set(admin->cloud->db, site_id(site), limit);
    if (result < 0)
        return admin_errno(admin, "the limit could not be stored", result);
    note(admin, "self_made_limit", site_id(site));
    cJSON_AddNumberToObject(admin->result, "self_made_a_month", (double)limit);
    return ADMIN_OK;
}

/* -- plays ------------------------------------------------------------------------------------- */

static int write_csv(struct admin *admin, const cJSON *report, const char *path)
{
    char *text = plays_csv(admin->cloud, report);
    FILE *file = text ? fopen(path, "we") : NULL;
    bool bad = !file || fputs(text, file) < 0;

    bad |= file && fclose(file) != 0;
    free(text);
    if (bad)
        return admin_errno(admin, path, text ? -errno : -ENOMEM);
    cJSON_AddStringToObject(admin->result, "csv", path);
    return ADMIN_OK;
}

int admin_plays_report(struct admin *admin)
{
    const char *film = args_get(&admin->args, "film"), *csv = args_get(&admin->args, "csv");
    struct plays_query query = {.film = film ? film : "", .site = ""};
    cJSON *report = NULL;
    struct site *site;
    int result;

    if (maybe_site(admin, &site) != ADMIN_OK ||
        admin_number(admin, "from", 0, time_max, 0, &query.from) != ADMIN_OK ||
        admin_number(admin, "to", 0, time_max, time_max, &query.to) != ADMIN_OK)
        return ADMIN_FAILED;
    query.site = site ? site_id(site) : "";
    result = plays_report(admin->cloud, &query, &report);
    if (result < 0)
        return admin_errno(admin, "the plays could not be read", result);
    result = csv ? write_csv(admin, report, csv) : ADMIN_OK;
    if (!csv)
        cJSON_AddItemToObject(admin->result, "rows",
                              cJSON_DetachItemFromObjectCaseSensitive(report, "rows"));
    cJSON_Delete(report);
    return result;
}
