#include "contract_mail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "hours.h"
#include "ids.h"
#include "logging.h"
#include "mail_texts.h"

enum { BODY_SIZE = 4096, SUBJECT_SIZE = 400, WHAT_SIZE = 320, MORE_SIZE = 2048 };

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

static const struct db_migration steps[] = {
    {"mails about acts",
     "CREATE TABLE contract_mail (site TEXT NOT NULL REFERENCES site, act TEXT NOT NULL, person "
     "TEXT NOT NULL, queued BIGINT NOT NULL, tried BIGINT NOT NULL DEFAULT 0, state TEXT NOT NULL, "
     "PRIMARY KEY (site, act, person)); CREATE INDEX contract_mail_state ON contract_mail (state, "
     "queued);"},
};

int contract_mail_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "contract mail", steps, sizeof(steps) / sizeof(steps[0]), error,
                      error_size);
}

int contract_mail_queue(struct db *db, const char *site, const char *act, int64_t now)
{
    int result =
        db_run(db,
               "INSERT INTO contract_mail (site, act, person, queued, state) SELECT $1, $2, "
               "people.person, $3, 'due' FROM people JOIN person_sites ON person_sites.person = "
               "people.person WHERE person_sites.site = $1 AND people.role = 'contractor'",
               "tti", site, act, now);

    return result < 0 ? result : 0;
}

/* -- what is due ------------------------------------------------------------------------------- */

struct due {
    char site[UID_SIZE], act_id[IDS_UUID_SIZE], user[IDENTITY_ID_SIZE];
    char address[MAIL_ADDRESS_SIZE];
    char act[16], service[16], cause[CONTRACT_CAUSE_SIZE];
    int64_t from, to;
};

static void read_row(const struct db_rows *rows, struct due *due)
{
    (void)snprintf(due->site, sizeof(due->site), "%s", db_text(rows, 0));
    (void)snprintf(due->act_id, sizeof(due->act_id), "%s", db_text(rows, 1));
    (void)snprintf(due->user, sizeof(due->user), "%s", db_text(rows, 2));
    (void)snprintf(due->address, sizeof(due->address), "%s", db_text(rows, 3));
    (void)snprintf(due->act, sizeof(due->act), "%s", db_text(rows, 4));
    (void)snprintf(due->cause, sizeof(due->cause), "%s", db_text(rows, 6));
    due->from = db_int(rows, 7);
    due->to = db_int(rows, 8);
}

/* Whoever has no address yet gets it when one is entered, within the days. */
static int find_due(struct db *db, int64_t now, struct due due[static CONTRACT_MAIL_BATCH_MAX])
{
    struct db_rows *rows = NULL;
    int count = 0, result;

    result = db_query(
        db, &rows,
        "SELECT contract_mail.site, contract_mail.act, contract_mail.person, mail_address.address, "
        "contract_act.act, contract_act.service, contract_act.cause, contract_act.begins, "
        "contract_act.ends FROM contract_mail JOIN contract_act ON contract_act.site = "
        "contract_mail.site AND contract_act.id = contract_mail.act JOIN mail_address ON "
        "mail_address.user_id = contract_mail.person WHERE "
        "contract_mail.state = 'due' AND contract_mail.queued > $1 AND contract_mail.tried < $2 "
        "ORDER BY contract_mail.queued LIMIT $3",
        "iii", now - CONTRACT_MAIL_DAYS * day_ms, now - CONTRACT_MAIL_AGAIN_MS,
        (int64_t)CONTRACT_MAIL_BATCH_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1)
        read_row(rows, &due[count++]);
    db_done(rows);
    return result < 0 ? result : count;
}

/* -- the text ---------------------------------------------------------------------------------- */

/* The sentence of an act, and what it means; false: they do not fit. */
static bool write_words(const struct due *due, char what[static WHAT_SIZE],
                        char more[static MORE_SIZE])
{
    const int offset = HOURS_UTC_OFFSET_MIN;
    char service[64] = "", date[MAIL_WHEN_SIZE], from[MAIL_WHEN_SIZE], to[MAIL_WHEN_SIZE], name[32];
    const struct mail_filling none[] = {{NULL, NULL}};
    const struct mail_filling fillings[] = {{"service", service},
                                            {"date", date},
                                            {"from", from},
                                            {"to", to},
                                            {"cause", *due->cause ? due->cause : "-"},
                                            {NULL, NULL}};

    (void)snprintf(name, sizeof(name), "service.%s", due->service);
    if (*due->service && !mail_text_head(mail_contract_text, name, none, service, sizeof(service)))
        return false;
    if (!mail_text_moment(mail_contract_text, "date", due->from, offset, date) ||
        !mail_text_moment(mail_contract_text, "when", due->from, offset, from) ||
        !mail_text_moment(mail_contract_text, "when", due->to, offset, to))
        return false;
    (void)snprintf(name, sizeof(name), "%s.more", due->act);
    return mail_text_head(mail_contract_text, due->act, fillings, what, WHAT_SIZE) &&
           mail_text_head(mail_contract_text, name, fillings, more, MORE_SIZE);
}

static bool write_text(struct cloud *cloud, const struct due *due,
                       char subject[static SUBJECT_SIZE], char body[static BODY_SIZE])
{
    struct site *site = sites_find(cloud->sites, due->site);
    char clinic[NAME_SIZE], what[WHAT_SIZE], more[MORE_SIZE];
    const struct mail_filling fillings[] = {
        {"clinic", clinic}, {"what", what}, {"more", more}, {"url", cloud->url}, {NULL, NULL}};

    if (!site)
        return false;
    memcpy(clinic, site_read(site)->settings.name, sizeof(clinic));
    site_read_end(site);
    return write_words(due, what, more) &&
           mail_text_head(mail_contract_text, "subject", fillings, subject, SUBJECT_SIZE) &&
           mail_text_body(mail_contract_text, fillings, body, BODY_SIZE);
}

/* -- sending ----------------------------------------------------------------------------------- */

static int note(struct db *db, const struct due *due, int64_t now, const char *state)
{
    int result = db_run(db,
                        "UPDATE contract_mail SET state = $4, tried = $5 WHERE site = $1 AND act = "
                        "$2 AND person = $3",
                        "tttti", due->site, due->act_id, due->user, state, now);

    return result < 0 ? result : 0;
}

/* Noted first: a power cut may cost a mail, a second one is never sent. 1: it is sent. */
static int send_one(struct cloud *cloud, const struct mail_settings *settings,
                    const struct due *due, int64_t now)
{
    char subject[SUBJECT_SIZE], body[BODY_SIZE], id[128], error[MAIL_ERROR_SIZE];
    const struct mail mail = {
        .to = due->address, .subject = subject, .body = body, .id = id, .at = now};
    bool written = write_text(cloud, due, subject, body);
    int result = note(cloud->db, due, now, written ? "sent" : "refused");

    if (result < 0 || !written)
        return result;
    (void)snprintf(id, sizeof(id), "%s.%.40s", due->act_id, due->user);
    result = mail_send(settings, &mail, error);
    if (result == 0)
        return 1;
    log_warning("a mail about %s of site %s: %s; %s", due->act, due->site, error,
                result == -EAGAIN ? "trying again" : "given up");
    return note(cloud->db, due, now, result == -EAGAIN ? "due" : "refused");
}

int contract_mail_send(struct cloud *cloud, const struct mail_settings *settings, int64_t now)
{
    struct due *due = calloc(CONTRACT_MAIL_BATCH_MAX, sizeof(*due));
    int count, sent = 0, result = 0;

    if (!due)
        return -ENOMEM;
    count = find_due(cloud->db, now, due);
    for (int i = 0; i < count && result >= 0; i++) {
        result = send_one(cloud, settings, &due[i], now);
        sent += result > 0;
    }
    free(due);
    return count < 0 ? count : result < 0 ? result : sent;
}
