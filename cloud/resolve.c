#include "resolve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "claims.h"
#include "left_out.h"
#include "logging.h"
#include "notices.h"
#include "ticket_notes.h"

enum { OVERDUE_MAX = 64 /* told in one turn */ };

static const struct db_migration steps[] = {
    {"reissues that no kiosk has answered",
     "CREATE TABLE reissue_wait (site TEXT NOT NULL REFERENCES site, ticket TEXT NOT NULL, number "
     "TEXT NOT NULL, device TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (site, ticket));"
     "CREATE INDEX reissue_wait_at ON reissue_wait (at);"},
};

int resolve_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "resolve", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

/* -- to staff ---------------------------------------------------------------------------------- */

static int tell(struct cloud *cloud, struct site *site, enum notice kind, const char *about,
                struct number number, int desk_no, const char *device)
{
    cJSON *detail = cJSON_CreateObject();
    char text[NUMBER_TEXT_SIZE];

    number_format(number, text);
    cJSON_AddStringToObject(detail, "number", text);
    cJSON_AddNumberToObject(detail, "desk_no", desk_no);
    cJSON_AddStringToObject(detail, "device", device);
    return notices_put(cloud->db, site_id(site), kind, about, detail, site_now(site));
}

/* -- called_number, claimed -------------------------------------------------------------------- */

static int called_number(struct cloud *cloud, struct site *site, const struct event *event,
                         const struct site_put *put)
{
    if (put->judgement.verdict == VERDICT_APPLIED || put->judgement.reason != REASON_UNKNOWN_TICKET)
        return 0; /* called, or it has moved on since: nobody needs to look for it */
    return tell(cloud, site, NOTICE_CALLED_NUMBER, event->id, event->number, event->desk_no,
                event->device);
}

/* The booking that a claim means; "" = none that the cloud knows. */
static int find_booking(struct cloud *cloud, struct site *site, const char *claim,
                        char ret_ticket[static UID_SIZE])
{
    struct number given;
    int result;

    ret_ticket[0] = '\0';
    if (number_parse(claim, &given) == 0) {
        const struct ticket *holder = queue_holder(site_state(site), given);

        if (holder)
            memcpy(ret_ticket, holder->id, UID_SIZE);
        return 0;
    }
    result = claims_find_digest(cloud, site, claim, ret_ticket);
    return result == -ENOENT ? 0 : result;
}

/* The kiosk's own number takes over the booking's turn; what the link of the booking shows is from
 * now on that number. 1: done; 0: staff must look at it. */
static int join(struct cloud *cloud, struct site *site, const char *own, const char *booking)
{
    int desk_no = queue_ticket(site_state(site), booking)->desk_no, result;
    bool rules_join = site_state(site)->rules >= 2;
    struct event event;
    struct site_put put;

    event_init(&event);
    event.kind = rules_join ? EVENT_CLAIMED : EVENT_CANCELLED;
    memcpy(event.ticket, rules_join ? own : booking, UID_SIZE);
    if (rules_join)
        memcpy(event.target, booking, UID_SIZE);
    event.base = site_head(site);
    result = site_put(site, &event, &put);
    if (result < 0 || put.judgement.verdict != VERDICT_APPLIED)
        return result < 0 ? result : 0;
    result = ticket_notes_pass_on(cloud->db, site_id(site), booking, own);
    /* A slip that names another room than the booking's desk wants somebody's eye. */
    return result < 0 ? result
                      : rules_join && queue_ticket(site_state(site), own)->desk_no == desk_no;
}

static int claimed(struct cloud *cloud, struct site *site, const struct event *event)
{
    const struct ticket *own = queue_ticket(site_state(site), event->ticket), *booking;
    struct number number = own ? own->number : (struct number){0};
    int desk_no = own ? own->desk_no : event->desk_no, result;
    char ticket[UID_SIZE];

    result = find_booking(cloud, site, event->text, ticket);
    if (result < 0)
        return result;
    booking = queue_ticket(site_state(site), ticket);
    if (own && booking && booking->booked && !*booking->device)
        result = join(cloud, site, event->ticket, ticket);
    if (result != 0)
        return result < 0 ? result : 0;
    return tell(cloud, site, NOTICE_CLAIMED, event->ticket, number, desk_no, event->device);
}

/* -- reissues ---------------------------------------------------------------------------------- */

static int asked(struct cloud *cloud, struct site *site, const struct event *event)
{
    const struct ticket *ticket = queue_ticket(site_state(site), event->ticket);
    char number[NUMBER_TEXT_SIZE] = "";
    int result;

    if (!ticket)
        return 0;
    number_format(ticket->number, number);
    result =
        db_run(cloud->db,
               "INSERT INTO reissue_wait (site, ticket, number, device, at) VALUES ($1, $2, "
               "$3, $4, $5) ON CONFLICT (site, ticket) DO UPDATE SET at = $5",
               "tttti", site_id(site), event->ticket, number, ticket->device, site_moment(site));
    return result < 0 ? result : 0;
}

static int answered(struct cloud *cloud, const char *site, const char *ticket)
{
    int result = db_run(cloud->db, "DELETE FROM reissue_wait WHERE site = $1 AND ticket = $2", "tt",
                        site, ticket);

    return result < 0 ? result : 0;
}

int resolve_logged(struct cloud *cloud, struct site *site, const struct event *event,
                   const struct site_put *put)
{
    int result;

    if (put->repeated)
        return 0;
    result = left_out_logged(cloud, site, event, put);
    if (result < 0)
        return result;
    switch (event->kind) {
    case EVENT_CALLED_NUMBER:
        return called_number(cloud, site, event, put);
    case EVENT_CLAIMED:
        return put->judgement.verdict == VERDICT_APPLIED ? claimed(cloud, site, event) : 0;
    case EVENT_REISSUE:
        return put->judgement.verdict == VERDICT_APPLIED ? asked(cloud, site, event) : 0;
    case EVENT_SLIP:
        return answered(cloud, site_id(site), event->ticket);
    default:
        return 0;
    }
}

struct overdue {
    char site[UID_SIZE], ticket[UID_SIZE], number[NUMBER_TEXT_SIZE], device[UID_SIZE];
};

static int read_overdue(struct cloud *cloud, int64_t before, struct overdue *ret)
{
    struct db_rows *rows = NULL;
    int count = 0, result;

    result = db_query(cloud->db, &rows,
                      "SELECT site, ticket, number, device FROM reissue_wait WHERE at < $1 LIMIT "
                      "$2",
                      "ii", before, (int64_t)OVERDUE_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        struct overdue *one = &ret[count++];

        (void)snprintf(one->site, sizeof(one->site), "%s", db_text(rows, 0));
        (void)snprintf(one->ticket, sizeof(one->ticket), "%s", db_text(rows, 1));
        (void)snprintf(one->number, sizeof(one->number), "%s", db_text(rows, 2));
        (void)snprintf(one->device, sizeof(one->device), "%s", db_text(rows, 3));
    }
    db_done(rows);
    return result < 0 ? result : count;
}

static int tell_overdue(struct cloud *cloud, struct site *site, const struct overdue *one)
{
    struct number number = {0};
    int result;

    if (number_parse(one->number, &number) < 0)
        number.value = 0;
    result = db_begin(cloud->db);
    if (result < 0)
        return result;
    result = answered(cloud, one->site, one->ticket);
    if (result == 0)
        result = tell(cloud, site, NOTICE_REISSUE, one->ticket, number, 0, one->device);
    if (result < 0) {
        db_rollback(cloud->db);
        return result;
    }
    return db_commit(cloud->db);
}

void resolve_tick(struct cloud *cloud)
{
    struct overdue overdue[OVERDUE_MAX];
    int count = 0;

    for (int i = 0; i < sites_count(cloud->sites) && count == 0; i++)
        count =
            read_overdue(cloud, site_now(sites_at(cloud->sites, i)) - RESOLVE_REISSUE_MS, overdue);
    for (int i = 0; i < count; i++) {
        struct site *site = sites_find(cloud->sites, overdue[i].site);

        if (!site || tell_overdue(cloud, site, &overdue[i]) < 0)
            log_warning("a reissue that no kiosk answered could not be told");
        else
            site_touch(site);
    }
}
