#include "reminders.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract_mail.h"
#include "logging.h"
#include "mail_texts.h"
#include "programme.h"
#include "ticker.h"

enum { ADDRESSES_MAX = 10000, BODY_SIZE = 4096, SUBJECT_SIZE = 400 };

static const int64_t hour_ms = 3600 * 1000, day_ms = INT64_C(24) * 3600 * 1000;

static const struct db_migration steps[] = {
    {"addresses and reminders",
     "CREATE TABLE mail_address (user_id TEXT PRIMARY KEY, address TEXT NOT NULL);"
     "CREATE TABLE reminder (site TEXT NOT NULL REFERENCES site, programme TEXT NOT NULL, user_id "
     "TEXT NOT NULL, days BIGINT NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL, PRIMARY KEY "
     "(site, programme, user_id, days));"},
};

int reminders_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "reminders", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

int reminders_address_set(struct db *db, const char *user, const char *address)
{
    int result;

    if (*address && !mail_address_ok(address))
        return -EINVAL;
    result = *address ? db_run(db,
                               "INSERT INTO mail_address (user_id, address) VALUES ($1, $2) ON "
                               "CONFLICT (user_id) DO UPDATE SET address = $2",
                               "tt", user, address)
                      : db_run(db, "DELETE FROM mail_address WHERE user_id = $1", "t", user);
    return result < 0 ? result : 0;
}

/* -- what is due ------------------------------------------------------------------------------- */

struct due {
    char site[UID_SIZE], programme[UID_SIZE], user[IDENTITY_ID_SIZE], address[MAIL_ADDRESS_SIZE];
    char title[NAME_SIZE];
    int64_t from, to, deadline;
    int days;
};

struct batch {
    struct cloud *cloud;
    const struct mail_settings *settings;
    int64_t now;
    struct due due[REMINDERS_BATCH_MAX];
    int count;
};

/* The nearest of the days whose moment has come, so that a cloud that was away sends one mail and
 * not all at once; 0: none has come. */
static int days_due(const struct mail_settings *settings, int64_t deadline, int64_t now)
{
    int nearest = 0;

    for (int i = 0; i < settings->reminder_count; i++) {
        int days = settings->reminder_days[i];

        if (now >= deadline - days * day_ms && (nearest == 0 || days < nearest))
            nearest = days;
    }
    return nearest;
}

/* 1: this mail was sent, or its next try is not yet. */
static int is_settled(const struct batch *batch, const struct due *due)
{
    int64_t known = 0;

    return db_get_int(batch->cloud->db, &known,
                      "SELECT 1 FROM reminder WHERE site = $1 AND programme = $2 AND user_id = $3 "
                      "AND days = $4 AND (state <> 'again' OR at > $5)",
                      "tttii", due->site, due->programme, due->user, (int64_t)due->days,
                      batch->now - REMINDERS_AGAIN_MS);
}

static int take_row(struct batch *batch, const struct db_rows *rows, struct due *due)
{
    int settled;

    due->deadline = db_int(rows, 3);
    due->days = days_due(batch->settings, due->deadline, batch->now);
    if (due->days == 0 || batch->count == REMINDERS_BATCH_MAX)
        return 0;
    (void)snprintf(due->programme, sizeof(due->programme), "%s", db_text(rows, 0));
    due->from = db_int(rows, 1);
    due->to = db_int(rows, 2);
    (void)snprintf(due->title, sizeof(due->title), "%s", db_text(rows, 4));
    settled = is_settled(batch, due);
    if (settled == 0)
        batch->due[batch->count++] = *due;
    return settled < 0 ? settled : 0;
}

static int find_of_site(struct batch *batch, struct due *due)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(batch->cloud->db, &rows,
                      "SELECT programme, begins, ends, deadline, title FROM programme WHERE site = "
                      "$1 AND distributed > 0 AND approved = 0 AND deadline > $2 ORDER BY deadline",
                      "ti", due->site, batch->now);
    while (result >= 0 && (result = db_next(rows)) == 1)
        result = take_row(batch, rows, due);
    db_done(rows);
    return result;
}

static int find_of_person(struct batch *batch, const char *user, const char *address)
{
    struct identity_who who;
    int result = identity_user_load(batch->cloud->identity, user, &who);

    if (result <= 0 || who.role != IDENTITY_CONTRACTOR)
        return result < 0 ? result : 0;
    for (int i = 0; i < who.site_count && result >= 0; i++) {
        struct due due = {.days = 0};

        (void)snprintf(due.user, sizeof(due.user), "%s", user);
        (void)snprintf(due.address, sizeof(due.address), "%s", address);
        (void)snprintf(due.site, sizeof(due.site), "%s", who.sites[i]);
        result = find_of_site(batch, &due);
    }
    return result;
}

static int find_due(struct batch *batch)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(batch->cloud->db, &rows,
                      "SELECT user_id, address FROM mail_address ORDER BY user_id LIMIT $1", "i",
                      (int64_t)ADDRESSES_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1)
        result = find_of_person(batch, db_text(rows, 0), db_text(rows, 1));
    db_done(rows);
    return result;
}

/* -- the text: assets/mail/reminder.ja.txt ----------------------------------------------------- */

static bool left_text(int64_t left_ms, char ret[static MAIL_WHEN_SIZE])
{
    bool days = left_ms >= day_ms;
    char n[24];
    const struct mail_filling fillings[] = {{"n", n}, {NULL, NULL}};

    (void)snprintf(n, sizeof(n), "%lld", (long long)(left_ms / (days ? day_ms : hour_ms)));
    return mail_text_head(mail_reminder_text, days ? "days" : "hours", fillings, ret,
                          MAIL_WHEN_SIZE);
}

static bool write_text(const struct batch *batch, const struct due *due,
                       char subject[static SUBJECT_SIZE], char body[static BODY_SIZE])
{
    struct site *site = sites_find(batch->cloud->sites, due->site);
    char clinic[NAME_SIZE], from[MAIL_WHEN_SIZE], to[MAIL_WHEN_SIZE], deadline[MAIL_WHEN_SIZE],
        left[MAIL_WHEN_SIZE];
    int offset;

    if (!site)
        return false;
    const struct settings *settings = &site_read(site)->settings;
    memcpy(clinic, settings->name, sizeof(clinic));
    offset = settings->utc_offset_min;
    site_read_end(site);
    const struct mail_filling fillings[] = {{"clinic", clinic},
                                            {"title", *due->title ? due->title : from},
                                            {"from", from},
                                            {"to", to},
                                            {"deadline", deadline},
                                            {"left", left},
                                            {"url", batch->cloud->url},
                                            {NULL, NULL}};
    return mail_text_moment(mail_reminder_text, "when", due->from, offset, from) &&
           mail_text_moment(mail_reminder_text, "when", due->to, offset, to) &&
           mail_text_moment(mail_reminder_text, "when", due->deadline, offset, deadline) &&
           left_text(due->deadline - batch->now, left) &&
           mail_text_head(mail_reminder_text, "subject", fillings, subject, SUBJECT_SIZE) &&
           mail_text_body(mail_reminder_text, fillings, body, BODY_SIZE);
}

/* -- sending ----------------------------------------------------------------------------------- */

static int note(struct db *db, const struct due *due, int64_t now, const char *state)
{
    int result;

    result =
        db_run(db,
               "INSERT INTO reminder (site, programme, user_id, days, at, state) VALUES ($1, "
               "$2, $3, $4, $5, $6) ON CONFLICT (site, programme, user_id, days) DO UPDATE SET "
               "at = $5, state = $6",
               "tttiit", due->site, due->programme, due->user, (int64_t)due->days, now, state);
    return result < 0 ? result : 0;
}

/* Noted first: a power cut may cost a reminder, a second one is never sent. 1: it is sent. */
static int send_one(struct batch *batch, const struct due *due)
{
    char subject[SUBJECT_SIZE], body[BODY_SIZE], id[128], error[MAIL_ERROR_SIZE];
    const struct mail mail = {
        .to = due->address, .subject = subject, .body = body, .id = id, .at = batch->now};
    int result;

    if (!write_text(batch, due, subject, body))
        return 0;
    (void)snprintf(id, sizeof(id), "%d.%s.%.40s", due->days, due->programme, due->user);
    result = note(batch->cloud->db, due, batch->now, "sent");
    if (result < 0)
        return result;
    result = mail_send(batch->settings, &mail, error);
    if (result == 0)
        return 1;
    log_warning("a reminder of programme %s: %s; %s", due->programme, error,
                result == -EAGAIN ? "trying again" : "given up");
    result = note(batch->cloud->db, due, batch->now, result == -EAGAIN ? "again" : "refused");
    return result < 0 ? result : 0;
}

int reminders_send(struct cloud *cloud, int64_t now)
{
    struct mail_settings settings;
    char error[MAIL_ERROR_SIZE];
    struct batch *batch;
    int sent = 0, result = mail_settings_load(cloud->data_dir, &settings, error);

    if (result < 0) {
        if (result == -EINVAL)
            log_warning("%s", error);
        return result == -ENOENT ? 0 : result;
    }
    batch = calloc(1, sizeof(*batch));
    if (!batch)
        return -ENOMEM;
    *batch = (struct batch){.cloud = cloud, .settings = &settings, .now = now};
    result = find_due(batch);
    for (int i = 0; i < batch->count && result >= 0; i++) {
        result = send_one(batch, &batch->due[i]);
        sent += result > 0;
    }
    free(batch);
    if (result >= 0)
        result = contract_mail_send(cloud, &settings, now);
    return result < 0 ? result : sent + result;
}

/* -- the thread -------------------------------------------------------------------------------- */

struct reminders {
    struct cloud *cloud;
    struct ticker *ticker;
};

static void work(void *context)
{
    struct reminders *reminders = context;
    int result = reminders_send(reminders->cloud, cloud_now(NULL));

    if (result < 0)
        log_warning("reminders could not be sent: %s", strerror(-result));
}

int reminders_create(struct cloud *cloud, struct reminders **ret)
{
    struct reminders *reminders = calloc(1, sizeof(*reminders));
    int result;

    if (!reminders)
        return -ENOMEM;
    reminders->cloud = cloud;
    result =
        ticker_create(work, reminders, REMINDERS_FIRST_MS, REMINDERS_TICK_MS, &reminders->ticker);
    if (result < 0) {
        free(reminders);
        return result;
    }
    *ret = reminders;
    return 0;
}

void reminders_destroy(struct reminders *reminders)
{
    if (!reminders)
        return;
    ticker_destroy(reminders->ticker);
    free(reminders);
}
