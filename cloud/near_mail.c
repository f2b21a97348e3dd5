#include "near_mail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claims.h"
#include "logging.h"
#include "mail_texts.h"
#include "ticker.h"

enum { BODY_SIZE = 4096, SUBJECT_SIZE = 400, LINK_SIZE = CLOUD_URL_SIZE + 40, MEANING_SIZE = 160 };

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

static const struct db_migration steps[] = {
    {"mails to patients",
     "CREATE TABLE near_mail (site TEXT NOT NULL REFERENCES site, ticket TEXT NOT NULL, address "
     "TEXT NOT NULL, language TEXT NOT NULL, state TEXT NOT NULL, made BIGINT NOT NULL, again "
     "BIGINT NOT NULL, tries BIGINT NOT NULL, PRIMARY KEY (site, ticket));"
     "CREATE TABLE near_mail_off (token TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES site, "
     "digest TEXT NOT NULL, refused BIGINT NOT NULL, at BIGINT NOT NULL);"
     "CREATE INDEX near_mail_off_digest ON near_mail_off (site, digest);"},
    {"ends of mails by site",
     "CREATE TABLE mail_off (site TEXT NOT NULL REFERENCES site, digest TEXT NOT NULL, token TEXT "
     "NOT NULL UNIQUE, refused BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (site, digest, "
     "token));"
     "INSERT INTO mail_off (site, digest, token, refused, at) SELECT site, digest, token, refused, "
     "at FROM near_mail_off;"
     "DROP TABLE near_mail_off;"
     "ALTER TABLE mail_off RENAME TO near_mail_off;"},
};

static const char *const state_names[] = {
#define X(name, text) text,
    NEAR_MAIL_STATES(X)
#undef X
};

const char *near_mail_state_name(enum near_mail_state state)
{
    return state_names[state];
}

int near_mail_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "near mail", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

/* -- who wants none ---------------------------------------------------------------------------- */

/* The domain's case does not count, and hardly any server's local part. */
static int digest_of(struct db *db, const char *site, const char *address,
                     char ret[static CLAIM_DIGEST_SIZE])
{
    char lower[MAIL_ADDRESS_SIZE], key[CLAIM_KEY_SIZE];
    size_t size = strlen(address);
    int result;

    for (size_t i = 0; i <= size; i++)
        lower[i] =
            (char)(address[i] >= 'A' && address[i] <= 'Z' ? address[i] - 'A' + 'a' : address[i]);
    result = claims_key(db, site, key);
    return result < 0 ? result : claim_digest(key, lower, ret);
}

/* 1: no mail of this clinic to this address. */
static int wants_none(struct db *db, const char *site, const char *digest)
{
    int64_t one = 0;

    return db_get_int(db, &one,
                      "SELECT 1 FROM near_mail_off WHERE site = $1 AND digest = $2 AND refused > 0 "
                      "LIMIT 1",
                      "tt", site, digest);
}

/* A name of a ticket's mail that nobody can guess, and that each further try has again: so a server
 * that took the mail without being able to say so sees the same Message-ID. */
static int name_of(struct db *db, const char *site, const char *what, const char *ticket,
                   char ret[static IDS_CODE_SIZE])
{
    char key[CLAIM_KEY_SIZE], digest[CLAIM_DIGEST_SIZE], text[UID_SIZE + 8];
    int result;

    (void)snprintf(text, sizeof(text), "%s %s", what, ticket);
    result = claims_key(db, site, key);
    if (result == 0)
        result = claim_digest(key, text, digest);
    if (result == 0)
        (void)snprintf(ret, IDS_CODE_SIZE, "%.*s", IDS_CODE_SIZE - 1, digest);
    return result;
}

static int make_off(struct db *db, const char *site, const char *token, const char *digest,
                    int64_t now)
{
    int result = db_run(db,
                        "INSERT INTO near_mail_off (token, site, digest, refused, at) VALUES ($1, "
                        "$2, $3, 0, $4) ON CONFLICT (token) DO UPDATE SET digest = $3, at = $4",
                        "ttti", token, site, digest, now);

    return result < 0 ? result : 0;
}

int near_mail_refuse(struct db *db, const char *token, int64_t now)
{
    int result =
        db_run(db, "UPDATE near_mail_off SET refused = $2 WHERE token = $1", "ti", token, now);

    return result < 0 ? result : result == 0 ? -ENOENT : 0;
}

/* -- asking ------------------------------------------------------------------------------------ */

int near_mail_look(struct db *db, struct site *site, const char *ticket, enum near_mail_state *ret)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(db, &rows, "SELECT state FROM near_mail WHERE site = $1 AND ticket = $2",
                      "tt", site_id(site), ticket);
    if (result == 0)
        result = db_next(rows);
    if (result >= 0)
        *ret = NEAR_MAIL_NONE;
    for (int i = 0; result == 1 && i < NEAR_MAIL_STATE_COUNT; i++)
        if (strcmp(db_text(rows, 0), state_names[i]) == 0)
            *ret = (enum near_mail_state)i;
    db_done(rows);
    return result < 0 ? result : 0;
}

int near_mail_ask(struct db *db, struct site *site, const char *ticket, const char *address,
                  const char *language)
{
    int result;

    if (!mail_address_ok(address) || !mail_near_text(language))
        return -EINVAL;
    result =
        db_run(db,
               "INSERT INTO near_mail (site, ticket, address, language, state, made, again, "
               "tries) VALUES ($1, $2, $3, $4, 'waiting', $5, 0, 0) ON CONFLICT (site, ticket) "
               "DO UPDATE SET address = $3, language = $4, state = 'waiting', again = 0, tries "
               "= 0 WHERE near_mail.state <> 'sent'",
               "tttti", site_id(site), ticket, address, language, site_now(site));
    return result < 0 ? result : result == 0 ? -EALREADY : 0;
}

int near_mail_stop(struct db *db, struct site *site, const char *ticket)
{
    int result = db_run(db,
                        "DELETE FROM near_mail WHERE site = $1 AND ticket = $2 AND state <> "
                        "'sent'",
                        "tt", site_id(site), ticket);

    return result < 0 ? result : 0;
}

/* -- what is due ------------------------------------------------------------------------------- */

struct due {
    char site[UID_SIZE], ticket[UID_SIZE], address[MAIL_ADDRESS_SIZE];
    char language[NEAR_MAIL_LANGUAGE_SIZE], clinic[NAME_SIZE];
    char number[NUMBER_TEXT_SIZE];
    bool called, over; /* over: to be forgotten unsent */
    int64_t tries, now;
};

struct batch {
    struct cloud *cloud;
    const struct mail_settings *settings;
    struct due due[NEAR_MAIL_BATCH_MAX];
    int count;
};

/* The turn is over, or the session it was for. Then there is nothing to wait for. */
static bool is_over(const struct queue *queue, const struct ticket *ticket, int64_t now)
{
    struct session session;

    if (!ticket)
        return true;
    if (ticket->state == TICKET_CALLED)
        return false; /* too late to be early, but not too late to be told */
    if (ticket->state != TICKET_RESERVED && ticket->state != TICKET_WAITING)
        return true;
    (void)settings_session_at(&queue->settings, now, &session);
    return session_after(&session, &ticket->session) && now >= ticket->slot_to;
}

/* False: it is not due. */
static bool look_at(struct site *site, struct due *due)
{
    const struct queue *queue = site_read(site);
    const struct ticket *ticket = queue_ticket(queue, due->ticket);
    bool near;

    due->now = site_now(site);
    due->over = is_over(queue, ticket, due->now);
    due->called = ticket && ticket->state == TICKET_CALLED;
    near = ticket && !due->over && (due->called || queue_come_now(queue, ticket, due->now));
    if (near) {
        number_format(ticket->number, due->number);
        memcpy(due->clinic, queue->settings.name, sizeof(due->clinic));
    }
    site_read_end(site);
    return due->over || near;
}

static int find_due(struct batch *batch)
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(batch->cloud->db, &rows,
                      "SELECT site, ticket, address, language, again, tries FROM near_mail WHERE "
                      "state = 'waiting' ORDER BY made",
                      "");
    while (result >= 0 && batch->count < NEAR_MAIL_BATCH_MAX && (result = db_next(rows)) == 1) {
        struct due *due = &batch->due[batch->count];
        struct site *site = sites_find(batch->cloud->sites, db_text(rows, 0));

        if (!site || db_int(rows, 4) > site_now(site))
            continue;
        (void)snprintf(due->site, sizeof(due->site), "%s", db_text(rows, 0));
        (void)snprintf(due->ticket, sizeof(due->ticket), "%s", db_text(rows, 1));
        (void)snprintf(due->address, sizeof(due->address), "%s", db_text(rows, 2));
        (void)snprintf(due->language, sizeof(due->language), "%s", db_text(rows, 3));
        due->tries = db_int(rows, 5);
        batch->count += look_at(site, due);
    }
    db_done(rows);
    return result < 0 ? result : 0;
}

/* -- sending ----------------------------------------------------------------------------------- */

static int find_link(const struct batch *batch, const struct due *due, char ret[static LINK_SIZE])
{
    struct db_rows *rows = NULL;
    int result;

    result = db_query(batch->cloud->db, &rows,
                      "SELECT code FROM ticket_code WHERE site = $1 AND ticket = $2", "tt",
                      due->site, due->ticket);
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        (void)snprintf(ret, LINK_SIZE, "%s/t/%s", batch->cloud->url, db_text(rows, 0));
    db_done(rows);
    return result < 0 ? result : result == 1 ? 0 : -ENOENT;
}

static bool write_text(const struct due *due, const char *link, const char *off,
                       char subject[static SUBJECT_SIZE], char body[static BODY_SIZE])
{
    const char *text = mail_near_text(due->language);
    char state[MEANING_SIZE];
    const struct mail_filling fillings[] = {{"clinic", due->clinic},
                                            {"number", due->number},
                                            {"state", state},
                                            {"link", link},
                                            {"off", off},
                                            {NULL, NULL}};

    return text &&
           mail_text_head(text, due->called ? "called" : "near", fillings, state, sizeof(state)) &&
           mail_text_head(text, "subject", fillings, subject, SUBJECT_SIZE) &&
           mail_text_body(text, fillings, body, BODY_SIZE);
}

/* The address goes with every state but waiting. */
static int note(struct db *db, const struct due *due, enum near_mail_state state, int64_t tries)
{
    int result;

    result = db_run(db,
                    "UPDATE near_mail SET state = $3, again = $4, tries = $5, address = CASE WHEN "
                    "$3 = 'waiting' THEN $6 ELSE '' END WHERE site = $1 AND ticket = $2",
                    "tttiit", due->site, due->ticket, state_names[state],
                    due->now + NEAR_MAIL_AGAIN_MS, tries, due->address);
    return result < 0 ? result : 0;
}

static int forget_one(struct db *db, const struct due *due)
{
    int result = db_run(db, "DELETE FROM near_mail WHERE site = $1 AND ticket = $2", "tt",
                        due->site, due->ticket);

    return result < 0 ? result : 0;
}

/* After the server's no: again soon, while there is a chance and the turn is still to come.
 * -EAGAIN then. */
static int note_failure(struct batch *batch, const struct due *due, int why, const char *error)
{
    bool again = why == -EAGAIN && due->tries + 1 < NEAR_MAIL_TRIES_MAX;

    log_warning("the mail to the holder of a ticket: %s; %s", error,
                again ? "trying again" : "given up");
    why = note(batch->cloud->db, due, again ? NEAR_MAIL_WAITING : NEAR_MAIL_FAILED, due->tries + 1);
    return why < 0 ? why : again ? -EAGAIN : 0;
}

/* What the mail needs beside the queue's state. -ENOENT: the ticket has no link any more. */
static int find_names(const struct batch *batch, const struct due *due, const char *digest,
                      char link[static LINK_SIZE], char off[static LINK_SIZE],
                      char id[static IDS_CODE_SIZE])
{
    struct db *db = batch->cloud->db;
    char token[IDS_CODE_SIZE];
    int result;

    result = find_link(batch, due, link);
    if (result == 0)
        result = name_of(db, due->site, "mail", due->ticket, id);
    if (result == 0)
        result = name_of(db, due->site, "off", due->ticket, token);
    if (result == 0)
        result = make_off(db, due->site, token, digest, due->now);
    if (result == 0)
        (void)snprintf(off, LINK_SIZE, "%s/mail/%s", batch->cloud->url, token);
    return result;
}

/* Noted before it is sent: a power cut may cost a mail, a second one is never sent. 1: it is sent;
 * -EAGAIN: the server is asked again later. */
static int send_one(struct batch *batch, const struct due *due)
{
    char subject[SUBJECT_SIZE], body[BODY_SIZE], link[LINK_SIZE], off[LINK_SIZE];
    char digest[CLAIM_DIGEST_SIZE], error[MAIL_ERROR_SIZE], id[IDS_CODE_SIZE];
    const struct mail mail = {
        .to = due->address, .subject = subject, .body = body, .id = id, .off = off, .at = due->now};
    struct db *db = batch->cloud->db;
    int result;

    result = digest_of(db, due->site, due->address, digest);
    if (result == 0)
        result = wants_none(db, due->site, digest);
    if (result != 0)
        return result < 0 ? result : note(db, due, NEAR_MAIL_SENT, due->tries);
    result = find_names(batch, due, digest, link, off, id);
    if (result < 0)
        return result == -ENOENT ? forget_one(db, due) : result;
    if (!write_text(due, link, off, subject, body))
        return note(db, due, NEAR_MAIL_FAILED, due->tries);
    result = note(db, due, NEAR_MAIL_SENT, due->tries);
    if (result < 0)
        return result;
    result = mail_send(batch->settings, &mail, error);
    return result == 0 ? 1 : note_failure(batch, due, result, error);
}

/* A server that is away ends the turn: it would be waited for once a mail. The others' turn comes
 * with the next one, for this one's is put off. */
int near_mail_send(struct cloud *cloud, const struct mail_settings *settings)
{
    struct batch *batch = calloc(1, sizeof(*batch));
    int sent = 0, result;

    if (!batch)
        return -ENOMEM;
    batch->cloud = cloud;
    batch->settings = settings;
    result = find_due(batch);
    for (int i = 0; i < batch->count && result >= 0; i++) {
        struct due *due = &batch->due[i];

        result = due->over ? forget_one(cloud->db, due) : settings ? send_one(batch, due) : 0;
        sent += result > 0;
    }
    free(batch);
    return result < 0 && result != -EAGAIN ? result : sent;
}

int near_mail_forget(struct db *db, int64_t now)
{
    int result;

    result = db_run(db, "DELETE FROM near_mail WHERE state <> 'waiting' AND made < $1", "i",
                    now - day_ms);
    if (result >= 0)
        result =
            db_run(db,
                   "DELETE FROM near_mail_off WHERE (refused = 0 AND at < $1) OR (refused > 0 "
                   "AND refused < $2)",
                   "ii", now - NEAR_MAIL_OFF_DAYS * day_ms, now - NEAR_MAIL_REFUSED_DAYS * day_ms);
    return result < 0 ? result : 0;
}

/* -- the thread -------------------------------------------------------------------------------- */

struct near_mail {
    struct cloud *cloud;
    struct ticker *ticker;
    atomic_bool ready;
    bool warned;
};

static void work(void *context)
{
    struct near_mail *near_mail = context;
    struct mail_settings settings;
    char error[MAIL_ERROR_SIZE];
    int result;

    result = mail_settings_load(near_mail->cloud->data_dir, &settings, error);
    if (result == -EINVAL && !near_mail->warned)
        log_warning("%s", error);
    near_mail->warned = result == -EINVAL;
    near_mail->ready = result == 0;
    result = near_mail_send(near_mail->cloud, result == 0 ? &settings : NULL);
    if (result < 0)
        log_warning("mails to patients could not be sent: %s", strerror(-result));
}

int near_mail_create(struct cloud *cloud, struct near_mail **ret)
{
    struct near_mail *near_mail = calloc(1, sizeof(*near_mail));
    int result;

    if (!near_mail)
        return -ENOMEM;
    near_mail->cloud = cloud;
    result =
        ticker_create(work, near_mail, NEAR_MAIL_FIRST_MS, NEAR_MAIL_TICK_MS, &near_mail->ticker);
    if (result < 0) {
        free(near_mail);
        return result;
    }
    *ret = near_mail;
    return 0;
}

void near_mail_destroy(struct near_mail *near_mail)
{
    if (!near_mail)
        return;
    ticker_destroy(near_mail->ticker);
    free(near_mail);
}

bool near_mail_ready(const struct near_mail *near_mail)
{
    return near_mail && near_mail->ready;
}
