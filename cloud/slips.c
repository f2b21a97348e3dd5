#include "slips.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "event.h"
#include "queue.h"

struct asked {
    char ticket[UID_SIZE];
    int desk_no, reissues;
    enum ticket_state state;
};

static int find(struct site *site, struct number number, struct asked ret[SLIPS_TICKETS_MAX])
{
    const struct queue *queue = site_read(site);
    int count = 0;

    for (int i = 0; i < queue->count && count < SLIPS_TICKETS_MAX; i++) {
        const struct ticket *ticket = &queue->tickets[i];

        if (ticket->number.letter != number.letter || ticket->number.value != number.value)
            continue;
        ret[count] = (struct asked){
            .desk_no = ticket->desk_no, .reissues = ticket->reissues, .state = ticket->state};
        memcpy(ret[count++].ticket, ticket->id, UID_SIZE);
    }
    site_read_end(site);
    return count;
}

/* ret_found: print_count of the slip with this code, 0 = none; ret_newest: of all that were told.
 */
static int look(struct db *db, struct site *site, const char *ticket, const char *check,
                int *ret_found, int *ret_newest)
{
    struct db_rows *rows = NULL;
    int result = db_query(db, &rows,
                          "SELECT text FROM log WHERE site = $1 AND ticket = $2 AND kind = $3 "
                          "AND verdict = $4 ORDER BY seq",
                          "tttt", site_id(site), ticket, event_kind_name(EVENT_SLIP),
                          verdict_name(VERDICT_APPLIED));

    *ret_found = *ret_newest = 0;
    while (result >= 0 && (result = db_next(rows)) == 1) {
        struct event event;
        char error[DB_ERROR_SIZE];
        cJSON *json = cJSON_Parse(db_text(rows, 0));

        if (event_from_json(json, &event, error, sizeof(error)) == 0) {
            if (event.print_count > *ret_newest)
                *ret_newest = event.print_count;
            if (*event.check && strcasecmp(event.check, check) == 0)
                *ret_found = event.print_count;
            event_finish(&event);
        }
        cJSON_Delete(json);
    }
    db_done(rows);
    return result;
}

static cJSON *judge(const struct asked *asked, int found, int newest)
{
    cJSON *json = cJSON_CreateObject();
    /* A slip that was asked for makes the former one void before it is printed. */
    bool newer = newest > found || asked->reissues >= found;

    cJSON_AddStringToObject(json, "ticket", asked->ticket);
    cJSON_AddNumberToObject(json, "desk", asked->desk_no);
    cJSON_AddStringToObject(json, "state", ticket_state_name(asked->state));
    cJSON_AddStringToObject(json, "slip", found == 0 ? "unknown" : newer ? "replaced" : "valid");
    cJSON_AddNumberToObject(json, "print_count", found);
    cJSON_AddNumberToObject(json, "reissues", asked->reissues);
    return json;
}

cJSON *slips_check(struct db *db, struct site *site, struct number number, const char *check)
{
    struct asked asked[SLIPS_TICKETS_MAX];
    int count = find(site, number, asked), result = 0;
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "tickets");

    for (int i = 0; i < count && result >= 0; i++) {
        int found, newest;

        result = look(db, site, asked[i].ticket, check, &found, &newest);
        if (result >= 0)
            cJSON_AddItemToArray(list, judge(&asked[i], found, newest));
    }
    if (result >= 0)
        return json;
    cJSON_Delete(json);
    return NULL;
}
