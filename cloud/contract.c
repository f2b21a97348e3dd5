#include "contract.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "contract_mail.h"
#include "contract_private.h"
#include "ids.h"
#include "logging.h"
#include "notices.h"

static const struct db_migration steps[] = {
    {"acts and announced ends",
     "CREATE TABLE contract_act (id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES site, service "
     "TEXT NOT NULL, act TEXT NOT NULL, at BIGINT NOT NULL, begins BIGINT NOT NULL, ends BIGINT "
     "NOT "
     "NULL, cause TEXT NOT NULL, person TEXT NOT NULL); CREATE INDEX contract_act_by_site ON "
     "contract_act (site, at); CREATE TABLE contract_end (site TEXT NOT NULL REFERENCES site, "
     "service TEXT NOT NULL, act TEXT NOT NULL, due BIGINT NOT NULL, PRIMARY KEY (site, service)); "
     "CREATE INDEX contract_end_due ON contract_end (due);"},
    {"acts by site",
     "CREATE TABLE act_of_contract (site TEXT NOT NULL REFERENCES site, id TEXT NOT NULL, service "
     "TEXT NOT NULL, act TEXT NOT NULL, at BIGINT NOT NULL, begins BIGINT NOT NULL, ends BIGINT "
     "NOT NULL, cause TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (site, id));"
     "INSERT INTO act_of_contract (site, id, service, act, at, begins, ends, cause, person) SELECT "
     "site, id, service, act, at, begins, ends, cause, person FROM contract_act;"
     "DROP TABLE contract_act;"
     "ALTER TABLE act_of_contract RENAME TO contract_act;"
     "CREATE INDEX contract_act_by_site ON contract_act (site, at);"},
};

static const char *const act_names[] = {
#define X(name, text) text,
    CONTRACT_ACTS(X)
#undef X
};

const char *contract_act_name(enum contract_act act)
{
    return act_names[act];
}

int contract_act_parse(const char *name, enum contract_act *ret)
{
    for (int i = 0; i < CONTRACT_ACT_COUNT; i++)
        if (strcmp(act_names[i], name) == 0) {
            *ret = (enum contract_act)i;
            return 0;
        }
    return -EINVAL;
}

int contract_migrate(struct db *db, char *error, size_t error_size)
{
    int result =
        db_migrate(db, "contract", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);

    return result < 0 ? result : contract_mail_migrate(db, error, error_size);
}

/* Why an order does not fit the state; NULL: it does. */
static const char *misfit(enum contract_act act, const struct contract_standing *now)
{
    switch (act) {
    case CONTRACT_START:
        return now->has ? "the contract has this service already" : NULL;
    case CONTRACT_RESUME:
        return now->suspended ? NULL : "this service is not suspended";
    case CONTRACT_KEEP:
        return now->due ? NULL : "no end of this service is announced";
    case CONTRACT_SUSPEND:
    case CONTRACT_DISCONTINUE:
    case CONTRACT_TERMINATE:
        return now->has ? NULL : "the contract does not have this service";
    default:
        return NULL;
    }
}

/* -- what an act writes ------------------------------------------------------------------------ */

static void set_item(cJSON *settings, const char *key, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(settings, key);
    cJSON_AddItemToObject(settings, key, value);
}

static void set_suspended(cJSON *settings, const char *service, bool value)
{
    char key[32];

    (void)snprintf(key, sizeof(key), "%s_suspended", service);
    set_item(settings, key, cJSON_CreateBool(value));
}

/* What the clinic's settings say from now on; false: nothing changes there. */
static bool edit_settings(cJSON *settings, const struct contract_order *order)
{
    switch (order->act) {
    case CONTRACT_START:
        set_item(settings, order->service, cJSON_CreateBool(true));
        set_suspended(settings, order->service, false);
        return true;
    case CONTRACT_SUSPEND:
    case CONTRACT_RESUME:
        set_suspended(settings, order->service, order->act == CONTRACT_SUSPEND);
        return true;
    case CONTRACT_INTERRUPT:
    case CONTRACT_UNINTERRUPT: {
        bool none = order->act == CONTRACT_UNINTERRUPT;

        set_item(settings, "maintenance_from", cJSON_CreateNumber(none ? 0 : (double)order->from));
        set_item(settings, "maintenance_to", cJSON_CreateNumber(none ? 0 : (double)order->to));
        return true;
    }
    case CONTRACT_END:
        set_item(settings, order->service, cJSON_CreateBool(false));
        set_suspended(settings, order->service, false);
        return true;
    default:
        return false;
    }
}

static int put_settings(struct site *site, const struct contract_order *order, char *error,
                        size_t error_size)
{
    cJSON *settings = NULL;
    int result = site_settings_json(site, &settings);

    if (result == 0 && edit_settings(settings, order))
        result = site_put_settings(site, settings, order->user, error, error_size);
    cJSON_Delete(settings);
    return result;
}

/* The announced end that the act makes, or takes away. */
static int put_end(struct db *db, const char *site, const struct contract_order *order)
{
    int result = 0;

    if (order->act == CONTRACT_DISCONTINUE || order->act == CONTRACT_TERMINATE)
        result = db_run(db,
                        "INSERT INTO contract_end (site, service, act, due) VALUES ($1, $2, $3, "
                        "$4) ON CONFLICT (site, service) DO UPDATE SET act = $3, due = $4",
                        "ttti", site, order->service, act_names[order->act], order->from);
    if (order->act == CONTRACT_KEEP || order->act == CONTRACT_END || order->act == CONTRACT_START)
        result = db_run(db, "DELETE FROM contract_end WHERE site = $1 AND service = $2", "tt", site,
                        order->service);
    return result < 0 ? result : 0;
}

static int put_act(struct db *db, const char *site, const struct contract_order *order, int64_t now,
                   char id[static IDS_UUID_SIZE])
{
    int result;

    ids_uuid(id);
    result = db_run(db,
                    "INSERT INTO contract_act (id, site, service, act, at, begins, ends, cause, "
                    "person) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                    "ttttiiitt", id, site, order->service, act_names[order->act], now, order->from,
                    order->to, order->cause ? order->cause : "", order->user);
    return result < 0 ? result : 0;
}

/* -- notices ----------------------------------------------------------------------------------- */

/* The notice that an act puts up for staff (its cause is told to contractor and operator alone). */
static const struct {
    enum notice put;
    bool puts;
} told[CONTRACT_ACT_COUNT] = {
    [CONTRACT_SUSPEND] = {NOTICE_SUSPENDED, true},
    [CONTRACT_RESUME] = {NOTICE_RESUMED, true},
    [CONTRACT_START] = {NOTICE_RESUMED, true},
    [CONTRACT_INTERRUPT] = {NOTICE_INTERRUPTION, true},
    [CONTRACT_DISCONTINUE] = {NOTICE_ENDING, true},
    [CONTRACT_TERMINATE] = {NOTICE_ENDING, true},
    [CONTRACT_END] = {NOTICE_ENDED, true},
};

/* What an act says is over, so that no notice contradicts the newest one. */
static int end_notices(struct db *db, const char *site, const struct contract_order *order)
{
    static const enum notice of_service[] = {NOTICE_SUSPENDED, NOTICE_SUSPENSION, NOTICE_RESUMED,
                                             NOTICE_ENDING, NOTICE_ENDED};
    bool site_wide = order->act == CONTRACT_INTERRUPT || order->act == CONTRACT_UNINTERRUPT;
    bool end_only = order->act == CONTRACT_KEEP || order->act == CONTRACT_DISCONTINUE ||
                    order->act == CONTRACT_TERMINATE;
    int result = 0;

    if (site_wide)
        return notices_end(db, site, NOTICE_INTERRUPTION, "");
    for (size_t i = 0; i < sizeof(of_service) / sizeof(of_service[0]) && result == 0; i++) {
        bool of_end = of_service[i] == NOTICE_ENDING;
        bool is_suspension = order->act == CONTRACT_SUSPEND || order->act == CONTRACT_RESUME;

        if ((end_only && !of_end) || (is_suspension && of_end))
            continue;
        result = notices_end(db, site, of_service[i], order->service);
    }
    return result;
}

static cJSON *notice_detail(const struct contract_order *order)
{
    cJSON *detail = cJSON_CreateObject();

    if (*order->service)
        cJSON_AddStringToObject(detail, "service", order->service);
    if (order->from)
        cJSON_AddNumberToObject(detail, "from", (double)order->from);
    if (order->to)
        cJSON_AddNumberToObject(detail, "to", (double)order->to);
    return detail;
}

static int put_notices(struct db *db, const char *site, const struct contract_order *order,
                       int64_t now)
{
    cJSON *detail;
    int result = end_notices(db, site, order);

    if (result == 0 && told[order->act].puts)
        result =
            notices_put(db, site, told[order->act].put, order->service, notice_detail(order), now);
    if (result < 0 || order->act != CONTRACT_SUSPEND)
        return result;
    detail = notice_detail(order);
    cJSON_AddStringToObject(detail, "cause", order->cause ? order->cause : "");
    return notices_put(db, site, NOTICE_SUSPENSION, order->service, detail, now);
}

/* -- ordering ---------------------------------------------------------------------------------- */

static int fail(char *error, size_t error_size, int code, const char *why)
{
    (void)snprintf(error, error_size, "%s", why);
    return code;
}

static int check_times(const struct contract_order *order, int64_t now, char *error,
                       size_t error_size)
{
    switch (order->act) {
    case CONTRACT_INTERRUPT:
        if (order->to <= order->from || order->to <= now)
            return fail(error, error_size, -ERANGE,
                        "the interruption must end after it begins, "
                        "and not in the past");
        if (order->from <= now && !order->urgent)
            return fail(error, error_size, -ERANGE,
                        "an interruption is announced beforehand (terms 13.2), unless it is "
                        "urgent");
        return 0;
    case CONTRACT_DISCONTINUE:
        if (order->from < contract_first_discontinuation(now))
            return fail(error, error_size, -ERANGE,
                        "a service is discontinued no sooner than two months after it is "
                        "announced (terms 14.2)");
        return 0;
    case CONTRACT_TERMINATE:
        return order->from > 0 ? 0
                               : fail(error, error_size, -EINVAL,
                                      "the day on which the contract ends is missing");
    default:
        return 0;
    }
}

static bool of_site(enum contract_act act)
{
    return act == CONTRACT_INTERRUPT || act == CONTRACT_UNINTERRUPT;
}

/* Beside its own record, where people look for what was done; who carried it out at a keyboard of
 * the server has no address. */
static int note_act(struct cloud *cloud, const char *site, const struct contract_order *order)
{
    char act[32];

    (void)snprintf(act, sizeof(act), "contract_%s", act_names[order->act]);
    return identity_note_at(cloud->identity, site, act, order->service, order->user, "");
}

/* In the site's transaction. */
static int write_order(struct cloud *cloud, struct site *site, const struct contract_order *order,
                       char *error, size_t error_size)
{
    struct contract_standing standing = {.has = true};
    char act[IDS_UUID_SIZE];
    const char *why;
    int result = 0;

    if (!of_site(order->act)) {
        result = contract_stands(cloud->db, site_id(site), &site_state(site)->settings,
                                 order->service, &standing);
    }
    why = misfit(order->act, &standing);
    if (result == 0 && why)
        return fail(error, error_size, -EINVAL, why);
    if (result == 0)
        result = put_settings(site, order, error, error_size);
    if (result == 0)
        result = put_end(cloud->db, site_id(site), order);
    if (result == 0)
        result = put_act(cloud->db, site_id(site), order, site_moment(site), act);
    if (result == 0)
        result = note_act(cloud, site_id(site), order);
    if (result == 0)
        result = put_notices(cloud->db, site_id(site), order, site_moment(site));
    if (result == 0)
        result = contract_mail_queue(cloud->db, site_id(site), act, site_moment(site));
    return result;
}

static int commit_order(struct cloud *cloud, struct site *site, const struct contract_order *order,
                        char *error, size_t error_size)
{
    int result = site_begin(site);

    if (result < 0)
        return result;
    result = write_order(cloud, site, order, error, error_size);
    if (result < 0) {
        site_rollback(site);
        return result;
    }
    result = site_commit(site);
    if (result == 0)
        log_info("site %s: %s %s", site_id(site), act_names[order->act], order->service);
    return result;
}

int contract_order(struct cloud *cloud, struct site *site, const struct contract_order *order,
                   char *error, size_t error_size)
{
    struct contract_order whole = *order;
    int result;

    (void)snprintf(error, error_size, "the order could not be stored");
    if (of_site(order->act))
        whole.service = "";
    else if (!order->service ||
             (strcmp(order->service, "reservation") != 0 && !contract_is_video(order->service)))
        return fail(error, error_size, -EINVAL, "service: is reservation or video");
    if (order->act == CONTRACT_END)
        return fail(error, error_size, -EINVAL, "act: an end comes by itself on its day");
    if (order->cause && strlen(order->cause) >= CONTRACT_CAUSE_SIZE)
        return fail(error, error_size, -EINVAL, "cause: is too long");
    result = check_times(order, site_now(site), error, error_size);
    return result < 0 ? result : commit_order(cloud, site, &whole, error, error_size);
}

/* -- the day has come -------------------------------------------------------------------------- */

static bool in_line(const struct ticket *ticket)
{
    return ticket->state != TICKET_CANCELLED && ticket->state != TICKET_DONE;
}

/* Somebody has a number of today and was not served yet. */
static bool in_use(struct site *site, int64_t now)
{
    const struct queue *queue = site_read(site);
    struct civil civil;
    char today[DATE_SIZE];
    bool any = false;

    civil_from_ms(now, queue->settings.utc_offset_min, &civil);
    civil_format_date(&civil, today);
    for (int i = 0; i < queue->count && !any; i++)
        any = in_line(&queue->tickets[i]) && strcmp(queue->tickets[i].session.date, today) == 0;
    site_read_end(site);
    return any;
}

struct due {
    char site[UID_SIZE], service[16];
};

static int load_due(struct db *db, int64_t now, struct due due[static CONTRACT_DUE_MAX])
{
    struct db_rows *rows = NULL;
    int count = 0, result;

    result = db_query(db, &rows,
                      "SELECT site, service FROM contract_end WHERE due <= $1 ORDER BY due, site "
                      "LIMIT $2",
                      "ii", now, (int64_t)CONTRACT_DUE_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        (void)snprintf(due[count].site, sizeof(due[count].site), "%s", db_text(rows, 0));
        (void)snprintf(due[count].service, sizeof(due[count].service), "%s", db_text(rows, 1));
        count++;
    }
    db_done(rows);
    return result < 0 ? result : count;
}

/* No further number, while those who have one are served: a suspension that tells nobody of a
 * cause. */
static int stop_numbers(struct site *site, char *error, size_t error_size)
{
    bool stopped = site_read(site)->settings.reservation_suspended;
    cJSON *settings = NULL;
    int result;

    site_read_end(site);
    if (stopped)
        return 0;
    result = site_settings_json(site, &settings);
    if (result < 0)
        return result;
    set_suspended(settings, "reservation", true);
    result = site_change_settings(site, settings, "cloud", error, error_size);
    cJSON_Delete(settings);
    return result;
}

static int end_one(struct cloud *cloud, const struct due *due, int64_t now)
{
    const struct contract_order order = {
        .act = CONTRACT_END, .service = due->service, .user = "cloud", .from = now};
    struct site *site = sites_find(cloud->sites, due->site);
    char error[DB_ERROR_SIZE] = "";
    int result;

    if (!site)
        return 0;
    if (!contract_is_video(due->service) && in_use(site, now))
        result = stop_numbers(site, error, sizeof(error));
    else
        result = commit_order(cloud, site, &order, error, sizeof(error));
    if (result < 0)
        log_warning("site %s: the %s service could not be ended: %s", due->site, due->service,
                    *error ? error : strerror(-result));
    return result;
}

int contract_tick(struct cloud *cloud, int64_t now)
{
    struct due due[CONTRACT_DUE_MAX];
    int count = load_due(cloud->db, now, due), result = 0;

    for (int i = 0; i < count; i++) {
        int one = end_one(cloud, &due[i], now);

        result = one < 0 ? one : result;
    }
    return count < 0 ? count : result;
}
