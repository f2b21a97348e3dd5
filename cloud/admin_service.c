/* What the operator alone orders about a clinic's services (contract.h), and the service hours of
 * the whole cloud (hours.h). Causes are told to contractor and operator, never to patients. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "contract.h"
#include "hours.h"

enum {
    MINUTES_MS = 60 * 1000,
    MOMENT_SIZE = 17 /* 2026-12-01T13:00 */
};

static const char *const operators_keys[] = {"reservation",           "video",
                                             "reservation_suspended", "video_suspended",
                                             "maintenance_from",      "maintenance_to"};

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

/* -- moments and days -------------------------------------------------------------------------- */

/* "2026-12-01T13:00", and "2026-12-01" where a day is meant. */
static int read_moment(struct admin *admin, const char *name, int offset, bool day_only,
                       int64_t *ret)
{
    const char *text = args_get(&admin->args, name);
    int hour = 0, minute = 0, length = 0;
    char date[DATE_SIZE] = "";
    int64_t day;
    bool good;

    if (day_only)
        good = text && strlen(text) == DATE_SIZE - 1 &&
               sscanf(text, "%10[0-9-]%n", date, &length) == 1 && length == DATE_SIZE - 1;
    else
        good = text && strlen(text) == MOMENT_SIZE - 1 &&
               sscanf(text, "%10[0-9-]T%2d:%2d%n", date, &hour, &minute, &length) == 3 &&
               length == MOMENT_SIZE - 1;
    if (!good || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        civil_date_to_ms(date, offset, &day) < 0)
        return admin_fail(admin, "--%s: must be such as %s", name,
                          day_only ? "2027-02-01" : "2026-12-01T13:00, by the clinic's clock");
    *ret = day + (hour * 60 + minute) * (int64_t)MINUTES_MS;
    return ADMIN_OK;
}

static int offset_of(struct site *site)
{
    int offset = site_read(site)->settings.utc_offset_min;

    site_read_end(site);
    return offset;
}

/* -- a clinic's services ----------------------------------------------------------------------- */

static int order(struct admin *admin, struct site *site, struct contract_order *order)
{
    order->user = "admin";
    order->cause = args_get(&admin->args, "cause");
    if (contract_order(admin->cloud, site, order, admin->error, sizeof(admin->error)) < 0)
        return ADMIN_FAILED;
    cJSON_AddStringToObject(admin->result, "site", site_id(site));
    return ADMIN_OK;
}

static int order_service(struct admin *admin, struct contract_order *given)
{
    struct site *site = admin_site(admin);
    int result;

    if (!site)
        return ADMIN_FAILED;
    given->service = args_get(&admin->args, "service");
    result = order(admin, site, given);
    if (result == ADMIN_OK)
        cJSON_AddStringToObject(admin->result, "service", given->service);
    if (result == ADMIN_OK && given->from)
        cJSON_AddNumberToObject(admin->result, "from", (double)given->from);
    return result;
}

static int set_suspended(struct admin *admin, bool suspended)
{
    struct contract_order given = {.act = suspended ? CONTRACT_SUSPEND : CONTRACT_RESUME};
    int result = order_service(admin, &given);

    if (result == ADMIN_OK)
        cJSON_AddBoolToObject(admin->result, "suspended", suspended);
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

int admin_site_start(struct admin *admin)
{
    struct contract_order given = {.act = CONTRACT_START};

    return order_service(admin, &given);
}

int admin_site_keep(struct admin *admin)
{
    struct contract_order given = {.act = CONTRACT_KEEP};

    return order_service(admin, &given);
}

/* --on a day, --now, or --notice: the day a written notice arrived, from which terms 16.1 count. */
int admin_site_end(struct admin *admin)
{
    struct contract_order given = {.act = CONTRACT_TERMINATE};
    bool now = args_has(&admin->args, "now"), on = args_has(&admin->args, "on");
    bool notice = args_has(&admin->args, "notice");
    int64_t arrived = 0, wanted = 0;

    if (now + on + notice != 1)
        return admin_fail(admin, "give one of --on, --now and --notice");
    if (now)
        given.from = cloud_now(NULL);
    if (on && read_moment(admin, "on", HOURS_UTC_OFFSET_MIN, true, &given.from) != ADMIN_OK)
        return ADMIN_FAILED;
    if (notice && (read_moment(admin, "notice", HOURS_UTC_OFFSET_MIN, true, &arrived) != ADMIN_OK ||
                   (args_has(&admin->args, "wanted") &&
                    read_moment(admin, "wanted", HOURS_UTC_OFFSET_MIN, true, &wanted) != ADMIN_OK)))
        return ADMIN_FAILED;
    if (notice)
        given.from = contract_end_after_notice(arrived, wanted);
    return order_service(admin, &given);
}

int admin_site_maintenance(struct admin *admin)
{
    struct contract_order given = {.urgent = args_has(&admin->args, "urgent")};
    struct site *site = admin_site(admin);
    bool none = args_has(&admin->args, "none");

    if (!site)
        return ADMIN_FAILED;
    given.act = none ? CONTRACT_UNINTERRUPT : CONTRACT_INTERRUPT;
    if (!none && (read_moment(admin, "from", offset_of(site), false, &given.from) != ADMIN_OK ||
                  read_moment(admin, "to", offset_of(site), false, &given.to) != ADMIN_OK))
        return ADMIN_FAILED;
    if (!none && given.to <= given.from)
        return admin_fail(admin, "--to: must be after --from");
    if (order(admin, site, &given) != ADMIN_OK)
        return ADMIN_FAILED;
    cJSON_AddNumberToObject(admin->result, "maintenance_from", (double)given.from);
    cJSON_AddNumberToObject(admin->result, "maintenance_to", (double)given.to);
    return ADMIN_OK;
}

int admin_site_contract(struct admin *admin)
{
    struct site *site = admin_site(admin);
    cJSON *json = site ? contract_json(admin->cloud, site) : NULL;

    if (!site)
        return ADMIN_FAILED;
    if (!json)
        return admin_fail(admin, "the contract could not be read");
    cJSON_Delete(admin->result);
    admin->result = json;
    return ADMIN_OK;
}

/* Terms 14: of everybody who has the service. */
int admin_service_discontinue(struct admin *admin)
{
    struct contract_order given = {.act = CONTRACT_DISCONTINUE,
                                   .service = args_get(&admin->args, "service"),
                                   .cause = args_get(&admin->args, "cause"),
                                   .user = "admin"};
    int count = 0;

    if (read_moment(admin, "on", HOURS_UTC_OFFSET_MIN, true, &given.from) != ADMIN_OK)
        return ADMIN_FAILED;
    if (strcmp(given.service, "reservation") != 0 && strcmp(given.service, "video") != 0)
        return admin_fail(admin, "--service %.40s: is reservation or video", given.service);
    for (int i = 0; i < sites_count(admin->cloud->sites); i++) {
        struct site *site = sites_at(admin->cloud->sites, i);
        const struct settings *settings = &site_read(site)->settings;
        bool has = *given.service == 'v' ? settings->video_service : settings->reservation_service;

        site_read_end(site);
        if (!has)
            continue;
        if (contract_order(admin->cloud, site, &given, admin->error, sizeof(admin->error)) < 0)
            return ADMIN_FAILED;
        count++;
    }
    cJSON_AddStringToObject(admin->result, "service", given.service);
    cJSON_AddNumberToObject(admin->result, "from", (double)given.from);
    cJSON_AddNumberToObject(admin->result, "sites", count);
    return ADMIN_OK;
}

/* -- service hours ----------------------------------------------------------------------------- */

int admin_service_announce(struct admin *admin)
{
    struct hours_exception exception = {.open = args_has(&admin->args, "open")};
    char id[HOURS_ID_SIZE];
    int result;

    if (exception.open == args_has(&admin->args, "pause"))
        return admin_fail(admin, "give one of --open and --pause");
    if (read_moment(admin, "from", HOURS_UTC_OFFSET_MIN, false, &exception.from) != ADMIN_OK ||
        read_moment(admin, "to", HOURS_UTC_OFFSET_MIN, false, &exception.to) != ADMIN_OK)
        return ADMIN_FAILED;
    result = hours_announce(admin->cloud->db, &exception, "admin", cloud_now(NULL), id);
    if (result == -ERANGE)
        return admin_fail(admin, "--from: must be in the future (service hours are changed by an "
                                 "announcement beforehand, terms 3(19)), and --to after it");
    if (result == -ENOSPC)
        return admin_fail(admin, "%d exceptions are announced already; withdraw one",
                          HOURS_EXCEPTIONS_MAX);
    if (result < 0)
        return admin_errno(admin, "the announcement could not be stored", result);
    cJSON_AddStringToObject(admin->result, "id", id);
    return ADMIN_OK;
}

int admin_service_list(struct admin *admin)
{
    cJSON *json = hours_json(admin->cloud->db, cloud_now(NULL));

    if (!json)
        return admin_fail(admin, "the announcements could not be read");
    cJSON_Delete(admin->result);
    admin->result = json;
    return ADMIN_OK;
}

int admin_service_withdraw(struct admin *admin)
{
    const char *id = args_get(&admin->args, "id");
    int result = hours_withdraw(admin->cloud->db, id, cloud_now(NULL));

    if (result == -ENOENT)
        return admin_fail(admin,
                          "--id %.40s: there is no such announcement, or it is over; see: "
                          "service list",
                          id);
    if (result < 0)
        return admin_errno(admin, "the announcement could not be withdrawn", result);
    cJSON_AddStringToObject(admin->result, "id", id);
    return ADMIN_OK;
}
