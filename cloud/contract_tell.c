/* What stands in a contract, and its days; nothing here changes it. */
#include <stdio.h>
#include <string.h>

#include "contract.h"
#include "contract_private.h"
#include "hours.h"

static const char *const services[] = {"reservation", "video"};

/* -- days -------------------------------------------------------------------------------------- */

/* Start of a day; a day that its month does not have is the first of the next. */
static int64_t day_of(int year, int month, int day)
{
    char date[DATE_SIZE + 16];
    int64_t ms = 0;

    year += (month - 1) / 12;
    month = (month - 1) % 12 + 1;
    (void)snprintf(date, sizeof(date), "%04d-%02d-%02d", year, month, day);
    return civil_date_to_ms(date, HOURS_UTC_OFFSET_MIN, &ms) == 0 ? ms : day_of(year, month + 1, 1);
}

int64_t contract_first_discontinuation(int64_t now)
{
    struct civil civil;

    civil_from_ms(now, HOURS_UTC_OFFSET_MIN, &civil);
    return day_of(civil.year, civil.month + CONTRACT_NOTICE_MONTHS, civil.day);
}

int64_t contract_end_after_notice(int64_t arrived, int64_t wanted)
{
    struct civil civil;
    int64_t earliest, named;

    civil_from_ms(arrived, HOURS_UTC_OFFSET_MIN, &civil);
    earliest = day_of(civil.year, civil.month + 2, 1);
    civil_from_ms(wanted, HOURS_UTC_OFFSET_MIN, &civil);
    named = day_of(civil.year, civil.month + 1, 1);
    return wanted > 0 && named > earliest ? named : earliest;
}

/* -- the state --------------------------------------------------------------------------------- */

bool contract_is_video(const char *service)
{
    return strcmp(service, "video") == 0;
}

static int load_end(struct db *db, const char *site, const char *service,
                    struct contract_standing *ret)
{
    struct db_rows *rows = NULL;
    int result;

    result =
        db_query(db, &rows, "SELECT due, act FROM contract_end WHERE site = $1 AND service = $2",
                 "tt", site, service);
    if (result == 0)
        result = db_next(rows);
    if (result == 1) {
        ret->due = db_int(rows, 0);
        (void)snprintf(ret->act, sizeof(ret->act), "%s", db_text(rows, 1));
    }
    db_done(rows);
    return result < 0 ? result : 0;
}

int contract_stands(struct db *db, const char *site, const struct settings *settings,
                    const char *service, struct contract_standing *ret)
{
    bool video = contract_is_video(service);

    *ret = (struct contract_standing){
        .has = video ? settings->video_service : settings->reservation_service,
        .suspended = video ? settings->video_suspended : settings->reservation_suspended};
    return load_end(db, site, service, ret);
}

/* -- telling ----------------------------------------------------------------------------------- */

/* Why a service is suspended: of the last such act. */
static int add_cause(struct db *db, const char *site, const char *service, cJSON *json)
{
    struct db_rows *rows = NULL;
    int result = db_query(db, &rows,
                          "SELECT cause FROM contract_act WHERE site = $1 AND service = $2 AND act "
                          "= $3 ORDER BY at DESC LIMIT 1",
                          "ttt", site, service, contract_act_name(CONTRACT_SUSPEND));

    if (result == 0)
        result = db_next(rows);
    if (result >= 0)
        cJSON_AddStringToObject(json, "cause", result == 1 ? db_text(rows, 0) : "");
    db_done(rows);
    return result < 0 ? result : 0;
}

static int add_service(struct cloud *cloud, const char *site, const struct settings *settings,
                       const char *service, cJSON *list)
{
    cJSON *json = cJSON_CreateObject();
    struct contract_standing standing;
    int result;

    cJSON_AddItemToArray(list, json);
    result = contract_stands(cloud->db, site, settings, service, &standing);
    cJSON_AddStringToObject(json, "service", service);
    cJSON_AddStringToObject(json, "state",
                            !standing.has        ? "none"
                            : standing.suspended ? "suspended"
                                                 : "active");
    cJSON_AddNumberToObject(json, "ends", (double)standing.due);
    cJSON_AddStringToObject(json, "ends_by", standing.act);
    if (result == 0 && standing.suspended)
        return add_cause(cloud->db, site, service, json);
    cJSON_AddStringToObject(json, "cause", "");
    return result;
}

static int add_acts(struct db *db, const char *site, cJSON *list)
{
    struct db_rows *rows = NULL;
    int result = db_query(db, &rows,
                          "SELECT act, service, at, begins, ends, cause, person FROM contract_act "
                          "WHERE site = $1 ORDER BY at DESC, id LIMIT $2",
                          "ti", site, (int64_t)CONTRACT_ACTS_MAX);

    while (result >= 0 && (result = db_next(rows)) == 1) {
        cJSON *item = cJSON_CreateObject();

        cJSON_AddStringToObject(item, "act", db_text(rows, 0));
        cJSON_AddStringToObject(item, "service", db_text(rows, 1));
        cJSON_AddNumberToObject(item, "at", (double)db_int(rows, 2));
        cJSON_AddNumberToObject(item, "from", (double)db_int(rows, 3));
        cJSON_AddNumberToObject(item, "to", (double)db_int(rows, 4));
        cJSON_AddStringToObject(item, "cause", db_text(rows, 5));
        cJSON_AddStringToObject(item, "user", db_text(rows, 6));
        cJSON_AddItemToArray(list, item);
    }
    db_done(rows);
    return result;
}

cJSON *contract_json(struct cloud *cloud, struct site *site)
{
    struct settings settings = site_read(site)->settings;
    cJSON *json = cJSON_CreateObject(), *list, *span;
    int result = 0;

    site_read_end(site);
    list = cJSON_AddArrayToObject(json, "services");
    for (int i = 0; i < 2 && result == 0; i++)
        result = add_service(cloud, site_id(site), &settings, services[i], list);
    if (settings.maintenance_to > site_now(site)) {
        span = cJSON_AddObjectToObject(json, "interruption");
        cJSON_AddNumberToObject(span, "from", (double)settings.maintenance_from);
        cJSON_AddNumberToObject(span, "to", (double)settings.maintenance_to);
    } else {
        cJSON_AddNullToObject(json, "interruption");
    }
    list = cJSON_AddArrayToObject(json, "acts");
    if (result == 0)
        result = add_acts(cloud->db, site_id(site), list);
    if (result >= 0)
        return json;
    cJSON_Delete(json);
    return NULL;
}
