#include "recovery.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "letters.h"
#include "logging.h"
#include "notices.h"
#include "ticket_notes.h"

static const struct db_migration steps[] = {
    {"recovery",
     "CREATE TABLE recovery (site TEXT PRIMARY KEY, began BIGINT NOT NULL, seq BIGINT NOT NULL, "
     "opened BIGINT NOT NULL DEFAULT 0, "
     "taken BIGINT NOT NULL DEFAULT 0, first_heard BIGINT NOT NULL DEFAULT 0, last_heard BIGINT "
     "NOT NULL DEFAULT 0, ended BIGINT NOT NULL DEFAULT 0);"
     "CREATE TABLE recovery_heard (site TEXT NOT NULL, device TEXT NOT NULL, at BIGINT NOT NULL, "
     "PRIMARY KEY (site, device));"},
};

int recovery_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "recovery", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

/* -- beginning --------------------------------------------------------------------------------- */

static int begin_site(struct cloud *cloud, struct site *site)
{
    struct db *db = cloud->db;
    cJSON *detail = cJSON_CreateObject();
    char unused[LETTERS_SIZE];
    int64_t now = site_now(site), seq;
    int result;

    letters_unused(site_read(site), unused);
    seq = site_seq(site);
    site_read_end(site);
    cJSON_AddNumberToObject(detail, "seq", (double)seq);
    result = db_run(
        db,
        "INSERT INTO recovery (site, began, seq) VALUES ($1, $2, $3) ON CONFLICT (site) "
        "DO UPDATE SET began = $2, seq = $3, opened = 0, taken = 0, first_heard = 0, last_heard = "
        "0, ended = 0",
        "tii", site_id(site), now, seq);
    if (result >= 0)
        result = db_run(db, "DELETE FROM recovery_heard WHERE site = $1", "t", site_id(site));
    if (result >= 0)
        result = letters_set_aside(db, site_id(site), unused, now);
    if (result < 0) {
        cJSON_Delete(detail);
        return result;
    }
    return notices_put(db, site_id(site), NOTICE_RESTORED, "", detail, now);
}

int recovery_begin(struct cloud *cloud)
{
    int result;

    result = db_begin(cloud->db);
    for (int i = 0; result == 0 && i < sites_count(cloud->sites); i++) {
        result = begin_site(cloud, sites_at(cloud->sites, i));
        if (result < 0)
            db_rollback(cloud->db);
    }
    return result < 0 ? result : db_commit(cloud->db);
}

int recovery_holds(struct cloud *cloud, const struct site *site)
{
    int64_t one = 0;

    return db_get_int(cloud->db, &one, "SELECT 1 FROM recovery WHERE site = $1 AND ended = 0", "t",
                      site_id(site));
}

/* -- hearing the kiosks ------------------------------------------------------------------------ */

int recovery_heard(struct cloud *cloud, struct site *site, const char *device)
{
    int64_t now = site_now(site);
    int result;

    result = recovery_holds(cloud, site);
    if (result <= 0)
        return result;
    result = db_run(cloud->db,
                    "INSERT INTO recovery_heard (site, device, at) VALUES ($1, $2, $3) ON CONFLICT "
                    "(site, device) DO UPDATE SET at = $3",
                    "tti", site_id(site), device, now);
    if (result >= 0)
        result = db_run(cloud->db,
                        "UPDATE recovery SET last_heard = $2, first_heard = CASE WHEN first_heard "
                        "= 0 THEN $2 ELSE first_heard END WHERE site = $1",
                        "ti", site_id(site), now);
    return result < 0 ? result : 0;
}

/* A booking that was taken over: its link shows that slip again. */
static int pass_on(struct cloud *cloud, const struct site *site, const struct entry *entry)
{
    const struct event *event = &entry->event;

    if (event->kind != EVENT_CLAIMED || !*event->target || event->counter > 0 ||
        entry->verdict != VERDICT_APPLIED)
        return 0;
    return ticket_notes_pass_on(cloud->db, site_id(site), event->target, event->ticket);
}

static int take_one(struct cloud *cloud, struct site *site, const cJSON *json, int index,
                    int *ret_taken, char *error, size_t error_size)
{
    char inner[DB_ERROR_SIZE];
    struct entry entry;
    int result;

    if (entry_from_json(json, &entry, inner, sizeof(inner)) < 0) {
        (void)snprintf(error, error_size, "entries[%d].%.200s", index, inner);
        return -EINVAL;
    }
    if (entry.seq <= site_head(site)) {
        entry_finish(&entry);
        return 0; /* here already; whether it is the same shows with what follows */
    }
    result = site_put_entry(site, &entry);
    if (result == 0)
        result = pass_on(cloud, site, &entry);
    if (result == 0)
        (*ret_taken)++;
    return result;
}

static int take_all(struct cloud *cloud, struct site *site, const cJSON *entries, char *error,
                    size_t error_size)
{
    const cJSON *item;
    int taken = 0, index = 0, result;

    result = recovery_holds(cloud, site);
    if (result == 0)
        return -EPERM;
    cJSON_ArrayForEach (item, entries) {
        result =
            result < 0 ? result : take_one(cloud, site, item, index++, &taken, error, error_size);
        if (result < 0)
            return result;
    }
    result = db_run(cloud->db, "UPDATE recovery SET taken = taken + $2 WHERE site = $1", "ti",
                    site_id(site), (int64_t)taken);
    return result < 0 ? result : taken;
}

int recovery_take(struct cloud *cloud, struct site *site, const char *device, const cJSON *entries,
                  char *error, size_t error_size)
{
    int taken, result;

    (void)snprintf(error, error_size, "the entries do not follow this log");
    result = site_begin(site);
    if (result < 0)
        return result;
    taken = take_all(cloud, site, entries, error, error_size);
    if (taken < 0) {
        site_rollback(site);
        return taken;
    }
    result = site_commit(site);
    if (result < 0)
        return result;
    if (taken > 0)
        log_info("site %s: device %s gave %d entries back", site_id(site), device, taken);
    return taken;
}

/* -- the end ----------------------------------------------------------------------------------- */

static int count_devices(struct cloud *cloud, const struct site *site, int64_t *ret_all,
                         int64_t *ret_heard)
{
    int result;

    result = db_get_int(cloud->db, ret_all,
                        "SELECT COUNT(*) FROM devices WHERE site = $1 AND revoked = 0", "t",
                        site_id(site));
    if (result >= 0)
        result = db_get_int(cloud->db, ret_heard,
                            "SELECT COUNT(*) FROM recovery_heard h JOIN devices d ON d.device = "
                            "h.device WHERE h.site = $1 AND d.site = $1 AND d.revoked = 0",
                            "t", site_id(site));
    return result < 0 ? result : 0;
}

/* One series goes on behind a gap. It has an end: behind it nothing is given until the numbers
 * start again. */
static int jump_series(struct site *site, int desk_no, char letter, enum channel channel, int next,
                       int last)
{
    struct event event;
    struct site_put put;

    event_init(&event);
    event.kind = EVENT_JUMPED;
    event.desk_no = desk_no;
    event.channel = channel;
    event.number.letter = letter;
    event.number.value = next > last + 1 ? last + 1 : next;
    if (event.number.value > NUMBER_MAX)
        event.number.value = NUMBER_MAX;
    return site_put(site, &event, &put);
}

/* The lost cloud passed over what the clinic does not use and what somebody had, so these numbers
 * are no part of the gap: after a restart of the numbers a whole morning's may lie ahead. */
static bool passed_over(const struct queue *state, struct number number)
{
    bool taken = settings_unused(&state->settings, number.value);

    for (int i = 0; i < state->count && !taken; i++)
        taken = number_equal(state->tickets[i].number, number);
    return taken;
}

/* The number behind `margin` more of a series that goes on with `next`. */
static int behind(const struct queue *state, char letter, int next, int margin)
{
    int value = next;

    for (int gap = 0; gap < margin && value <= NUMBER_MAX; value++)
        gap += !passed_over(state, (struct number){letter, value});
    return value;
}

static int jump_desk(struct site *site, int index, int margin)
{
    const struct queue *state = site_state(site);
    const struct desk desk = state->settings.desks[index];
    const struct queue_desk next = state->desks[index];
    int result = 0;

    if (desk.first > 0)
        result = jump_series(site, desk.desk_no, 0, CHANNEL_KIOSK,
                             behind(state, 0, next.next, margin), desk.last);
    if (result == 0 && desk.web_first > 0 && state->rules >= 2) /* before, the main one is it */
        result = jump_series(site, desk.desk_no, 0, CHANNEL_WEB,
                             behind(site_state(site), 0, next.web_next, margin), desk.web_last);
    return result;
}

/* What kiosks gave back has shown some of the letters that were set aside to be given: as many more
 * may have been given behind them. */
static int set_letters_aside(struct cloud *cloud, struct site *site)
{
    char unused[LETTERS_SIZE];
    int64_t began = 0;
    int result;

    result = db_get_int(cloud->db, &began, "SELECT began FROM recovery WHERE site = $1", "t",
                        site_id(site));
    letters_unused(site_state(site), unused);
    return result < 0 ? result : letters_set_aside(cloud->db, site_id(site), unused, began);
}

/* All series that the cloud gives, past what the state knows and what nobody knows. */
static int jump(struct site *site, int margin)
{
    const struct settings settings = site_state(site)->settings;
    int result = 0;

    for (int i = 0; i < settings.desk_count && result == 0; i++)
        result = jump_desk(site, i, margin);
    for (int i = 0; i < settings.service_count && result == 0; i++) {
        char prefix = settings.services[i].prefix;

        if (prefix)
            result = jump_series(site, settings.services[i].desk_no, prefix, CHANNEL_KIOSK,
                                 behind(site_state(site), prefix,
                                        site_state(site)->letters[prefix - 'A'].next, margin),
                                 NUMBER_MAX);
    }
    return result;
}

static int put_recovered(struct cloud *cloud, struct site *site, int64_t all, int64_t heard,
                         int margin)
{
    cJSON *detail = cJSON_CreateObject();
    char letters[LETTERS_SIZE] = "";
    int64_t taken = 0;
    int result;

    result = db_get_int(cloud->db, &taken, "SELECT taken FROM recovery WHERE site = $1", "t",
                        site_id(site));
    if (result >= 0)
        result = letters_aside(cloud->db, site_id(site), letters);
    cJSON_AddStringToObject(detail, "letters", letters);
    cJSON_AddNumberToObject(detail, "devices", (double)all);
    cJSON_AddNumberToObject(detail, "heard", (double)heard);
    cJSON_AddNumberToObject(detail, "entries", (double)taken);
    cJSON_AddNumberToObject(detail, "margin", margin);
    if (result < 0) {
        cJSON_Delete(detail);
        return result;
    }
    return notices_put(cloud->db, site_id(site), NOTICE_RECOVERED, "", detail, site_moment(site));
}

static int end_site(struct cloud *cloud, struct site *site)
{
    int64_t all = 0, heard = 0;
    int margin, result;

    result = db_run(cloud->db, "UPDATE recovery SET ended = $2 WHERE site = $1 AND ended = 0", "ti",
                    site_id(site), site_moment(site));
    if (result <= 0)
        return result < 0 ? result : -ENOENT;
    result = count_devices(cloud, site, &all, &heard);
    site_freeze(site, false);
    margin = heard > 0 ? RECOVERY_MARGIN : RECOVERY_MARGIN_BLIND;
    if (result == 0 && site_state(site)->has_settings)
        result = site_open_session(site); /* or the next one would start the numbers again */
    if (result == 0)
        result = jump(site, margin);
    if (result == 0)
        result = set_letters_aside(cloud, site);
    return result < 0 ? result : put_recovered(cloud, site, all, heard, margin);
}

int recovery_end(struct cloud *cloud, struct site *site)
{
    int result;

    result = site_begin(site);
    if (result < 0)
        return result;
    result = end_site(cloud, site);
    if (result < 0) {
        site_rollback(site);
        return result;
    }
    return site_commit(site);
}

struct recovering {
    struct site *site;
    int64_t began, opened, first, last; /* first and last: when a device was heard; 0 = none */
    int64_t all, heard;
};

/* The next one after `after`; its site is NULL when there is no more. */
static int next_recovering(struct cloud *cloud, const char *after, struct recovering *ret)
{
    struct db_rows *rows = NULL;
    int result;

    *ret = (struct recovering){0};
    result = db_query(cloud->db, &rows,
                      "SELECT site, began, opened, first_heard, last_heard FROM recovery WHERE "
                      "ended = 0 AND site > $1 ORDER BY site LIMIT 1",
                      "t", after);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        *ret = (struct recovering){sites_find(cloud->sites, db_text(rows, 0)),
                                   db_int(rows, 1),
                                   db_int(rows, 2),
                                   db_int(rows, 3),
                                   db_int(rows, 4),
                                   0,
                                   0};
    db_done(rows);
    if (result == 1 && ret->site)
        result = count_devices(cloud, ret->site, &ret->all, &ret->heard);
    return result < 0 ? result : 0;
}

/* While it did not serve it heard nobody. */
static bool is_due(const struct cloud *cloud, const struct recovering *one, int64_t now)
{
    int64_t since = one->first > cloud->gathers_since ? one->first : cloud->gathers_since;

    if (one->heard >= one->all)
        return now - one->last >= RECOVERY_SETTLE_MS;
    return (one->first > 0 && now - since >= RECOVERY_WAIT_MS) ||
           now - one->began >= RECOVERY_MAX_MS;
}

static bool gathers(const struct cloud *cloud, const struct recovering *one, int64_t now)
{
    int64_t since = one->opened > cloud->gathers_since ? one->opened : cloud->gathers_since;

    return one->heard < one->all && (since == 0 || now - since < RECOVERY_GATHER_MS);
}

static int tick(struct cloud *cloud, struct recovering *one)
{
    int64_t now = site_now(one->site);
    int result = 0;

    if (one->opened == 0) {
        one->opened = now;
        result = db_run(cloud->db, "UPDATE recovery SET opened = $2 WHERE site = $1", "ti",
                        site_id(one->site), now);
    }
    site_freeze(one->site, gathers(cloud, one, now));
    if (result < 0 || !is_due(cloud, one, now))
        return result < 0 ? result : 0;
    result = recovery_end(cloud, one->site);
    if (result == 0)
        log_info("site %s: recovered; main numbers go on behind a gap", site_id(one->site));
    return result;
}

int recovery_load(struct cloud *cloud)
{
    struct recovering one = {0};
    char after[UID_SIZE] = "";
    int result;

    while ((result = next_recovering(cloud, after, &one)) == 0 && one.site) {
        site_freeze(one.site, gathers(cloud, &one, site_now(one.site)));
        memcpy(after, site_id(one.site), sizeof(after));
    }
    return result;
}

int recovery_gather(struct cloud *cloud)
{
    cloud->gathers_since = cloud_now(NULL);
    return recovery_load(cloud);
}

/* The operator may have ended it in another process, which cannot thaw this one. */
static void thaw_ended(struct cloud *cloud)
{
    for (int i = 0; i < sites_count(cloud->sites); i++) {
        struct site *site = sites_at(cloud->sites, i);

        if (site_frozen(site) && recovery_holds(cloud, site) == 0)
            site_freeze(site, false);
    }
}

void recovery_tick(struct cloud *cloud)
{
    struct recovering one = {0};
    char after[UID_SIZE] = "";
    int result;

    while ((result = next_recovering(cloud, after, &one)) == 0 && one.site) {
        memcpy(after, site_id(one.site), sizeof(after));
        result = tick(cloud, &one);
        if (result < 0)
            break;
    }
    thaw_ended(cloud);
    if (result < 0)
        log_warning("recovering: %s; trying again", strerror(-result));
}
