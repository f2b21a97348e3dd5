/* Suspension of a service (terms 12) and planned maintenance: the operator's alone.
 *
 * Suspension gates the issuing of new tickets, or the programme, of one site. It never stops calls,
 * uploads or tickets that were issued before. Its cause is told to contractor and operator as a
 * notice of the site, never on a patient's screen. */
#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "notices.h"

enum { MINUTES_MS = 60 * 1000, MOMENT_SIZE = 17 /* 2026-12-01T13:00 */ };

static const char *const operators_keys[] = {"reservation_suspended", "video_suspended",
                                             "maintenance_from", "maintenance_to"};

static void set_item(cJSON *settings, const char *key, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(settings, key);
    cJSON_AddItemToObject(settings, key, value);
}

int admin_keep_service(struct admin *admin, struct site *site, cJSON *settings)
{
    cJSON *present = NULL;
    int result = site_settings_json(site, &present);

    if (result < 0)
        return admin_errno(admin, "the site's settings could not be read", result);
    for (size_t i = 0; i < sizeof(operators_keys) / sizeof(operators_keys[0]); i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(present, operators_keys[i]);

        if (value && !cJSON_GetObjectItemCaseSensitive(settings, operators_keys[i]))
            cJSON_AddItemToObject(settings, operators_keys[i], cJSON_Duplicate(value, true));
    }
    cJSON_Delete(present);
    return ADMIN_OK;
}

/* Settings with `edit` applied, as one event of the log. */
static int change(struct admin *admin, struct site *site, const char *first, cJSON *first_value,
                  const char *second, cJSON *second_value)
{
    char error[DB_ERROR_SIZE] = "";
    cJSON *settings = NULL;
    int result = site_settings_json(site, &settings);

    if (result < 0) {
        cJSON_Delete(first_value);
        cJSON_Delete(second_value);
        return admin_errno(admin, "the site's settings could not be read", result);
    }
    set_item(settings, first, first_value);
    if (second)
        set_item(settings, second, second_value);
    result = site_change_settings(site, settings, "admin", error, sizeof(error));
    cJSON_Delete(settings);
    if (result < 0)
        return admin_fail(admin, "%s", error);
    cJSON_AddStringToObject(admin->result, "site", site_id(site));
    return ADMIN_OK;
}

/* -- suspension -------------------------------------------------------------------------------- */

static int put_notice(struct admin *admin, struct site *site, enum notice kind, const char *service,
                      const char *cause)
{
    cJSON *detail = cJSON_CreateObject();

    cJSON_AddStringToObject(detail, "service", service);
    if (cause)
        cJSON_AddStringToObject(detail, "cause", cause);
    return notices_put(admin->cloud->db, site_id(site), kind, service, detail, site_now(site));
}

/* Staff read which service; its cause is for contractor and operator. One after the other: what is
 * over is no news any more. */
static int tell(struct admin *admin, struct site *site, const char *service, bool suspended)
{
    struct db *db = admin->cloud->db;
    const char *cause = args_get(&admin->args, "cause");
    int result = suspended ? notices_end(db, site_id(site), NOTICE_RESUMED, service)
                           : notices_end(db, site_id(site), NOTICE_SUSPENDED, service);

    if (result == 0 && !suspended)
        result = notices_end(db, site_id(site), NOTICE_SUSPENSION, service);
    if (result < 0)
        return admin_errno(admin, "the notice could not be taken back", result);
    result = put_notice(admin, site, suspended ? NOTICE_SUSPENDED : NOTICE_RESUMED, service, NULL);
    if (result == 0 && suspended)
        result = put_notice(admin, site, NOTICE_SUSPENSION, service, cause ? cause : "");
    return result < 0 ? admin_errno(admin, "the notice could not be written", result) : ADMIN_OK;
}

static int set_suspended(struct admin *admin, bool suspended)
{
    struct site *site = admin_site(admin);
    const char *service = args_get(&admin->args, "service");
    char key[32];
    int result;

    if (!site)
        return ADMIN_FAILED;
    if (strcmp(service, "reservation") != 0 && strcmp(service, "video") != 0)
        return admin_fail(admin, "--service %.40s: is reservation or video", service);
    (void)snprintf(key, sizeof(key), "%s_suspended", service);
    result = change(admin, site, key, cJSON_CreateBool(suspended), NULL, NULL);
    if (result == ADMIN_OK)
        result = tell(admin, site, service, suspended);
    if (result == ADMIN_OK) {
        cJSON_AddStringToObject(admin->result, "service", service);
        cJSON_AddBoolToObject(admin->result, "suspended", suspended);
    }
    return result;
}

int admin_site_suspend(struct admin *admin)
{
    return set_suspended(admin, true);
}

int admin_site_resume(struct admin *admin)
{
    return set_suspended(admin, false);
}

/* -- maintenance ------------------------------------------------------------------------------- */

/* "2026-12-01T13:00" by the clinic's clock. */
static int read_moment(struct admin *admin, struct site *site, const char *name, int64_t *ret)
{
    const char *text = args_get(&admin->args, name);
    int offset = site_read(site)->settings.utc_offset_min, hour = -1, minute = -1, length = 0;
    char date[DATE_SIZE] = "";
    int64_t day;

    site_read_end(site);
    if (!text || strlen(text) != MOMENT_SIZE - 1 ||
        sscanf(text, "%10[0-9-]T%2d:%2d%n", date, &hour, &minute, &length) != 3 ||
        length != MOMENT_SIZE - 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        civil_date_to_ms(date, offset, &day) < 0)
        return admin_fail(admin, "--%s: must be such as 2026-12-01T13:00, by the clinic's clock",
                          name);
    *ret = day + (hour * 60 + minute) * (int64_t)MINUTES_MS;
    return ADMIN_OK;
}

int admin_site_maintenance(struct admin *admin)
{
    struct site *site = admin_site(admin);
    bool none = args_get(&admin->args, "none") != NULL;
    int64_t from = 0, to = 0;

    if (!site)
        return ADMIN_FAILED;
    if (!none && (read_moment(admin, site, "from", &from) != ADMIN_OK ||
                  read_moment(admin, site, "to", &to) != ADMIN_OK))
        return ADMIN_FAILED;
    if (!none && to <= from)
        return admin_fail(admin, "--to: must be after --from");
    if (change(admin, site, "maintenance_from", cJSON_CreateNumber((double)from), "maintenance_to",
               cJSON_CreateNumber((double)to)) != ADMIN_OK)
        return ADMIN_FAILED;
    cJSON_AddNumberToObject(admin->result, "maintenance_from", (double)from);
    cJSON_AddNumberToObject(admin->result, "maintenance_to", (double)to);
    return ADMIN_OK;
}
