#include "bugs.h"

#include <stdlib.h>
#include <string.h>

#include "crash.h"
#include "disk.h"
#include "hosts.h"
#include "journal_private.h"

#define BUGS(X)                                                                                    \
    X(ack_before_commit, 20, "the cloud answers, then loses the transaction")                      \
    X(shown_not_stored, 20, "a number is shown although the journal did not take it")              \
    X(outbox_forgotten, 20, "a restarted kiosk does not read its outbox")                          \
    X(outbox_deleted_early, 60, "an outbox row goes with the answer, not with its confirmed copy") \
    X(stale_call, 40, "a stale call brings back a patient who is done")                            \
    X(late_upload_refused, 20, "an upload is refused for being late")                              \
    X(taken_not_uploaded, 20, "the cloud never learns that an offered number was shown")           \
    X(number_reused, 20, "a number is given again while its holder is unfinished")                 \
    X(repeat_not_known, 20, "a repeated upload is logged as if it were new")                       \
    X(rebase_loses_outbox, 40, "the view forgets own events when news come from the cloud")        \
    X(disk_lies, 20, "the journal is not synced before the number is shown")                       \
    X(rules_differ, 20, "a kiosk's reducer passes over one kind of event")                         \
    X(letter_shared, 20, "two kiosks use one letter")                                              \
    X(time_unclamped, 20, "the claim of a wrong clock is believed")                                \
    X(confirm_not_stored, 20, "outbox rows go although the entries were not stored")               \
    X(printed_again, 20, "a restarted kiosk prints a slip that exists")

enum bug_index {
#define X(name, seeds, what) BUG_##name,
    BUGS(X)
#undef X
        BUG_COUNT
};

const struct bug bugs[] = {
#define X(name, seeds, what) {#name, what, seeds},
    BUGS(X)
#undef X
};
const int bug_count = BUG_COUNT;

static int planted = -1;
static int calls;
static bool often;

bool bug_plant(const char *name)
{
    planted = -1;
    for (int i = 0; i < BUG_COUNT; i++)
        if (strcmp(bugs[i].name, name) == 0)
            planted = i;
    disk_lies(planted == BUG_disk_lies);
    return planted >= 0 || !*name;
}

void bug_reset(void)
{
    calls = 0;
}

bool bug_prints_again(void)
{
    return planted == BUG_printed_again;
}

void bug_often(bool value)
{
    often = value;
}

static bool every(int count)
{
    return ++calls % (often ? 4 : count) == 0;
}

/* -- the cloud --------------------------------------------------------------------------------- */

static enum crash_transition transition_of(const struct site *site)
{
    if (site->pending_count == 0)
        return CRASH_OTHER;
    const struct event *event = &site->pending[0].event;
    if (event->kind == EVENT_SESSION_OPENED)
        return CRASH_ROLLOVER;
    if (event->counter > 0)
        return CRASH_UPLOAD;
    return event->kind == EVENT_OFFERED || event->kind == EVENT_ISSUED ? CRASH_OFFER : CRASH_STAFF;
}

int __real_site_commit(struct site *site);
int __wrap_site_commit(struct site *site);
int __wrap_site_commit(struct site *site)
{
    if (planted == BUG_ack_before_commit && site->pending_count > 0 && every(40)) {
        site_rollback(site);
        return 0;
    }
    enum crash_transition former = crash_enter(transition_of(site));
    int r = __real_site_commit(site);
    crash_leave(former);
    return r;
}

int __real_site_put_json(struct site *site, const cJSON *json, const struct judgement *forced,
                         struct site_put *ret, char *error, size_t error_size);
int __wrap_site_put_json(struct site *site, const cJSON *json, const struct judgement *forced,
                         struct site_put *ret, char *error, size_t error_size);
int __wrap_site_put_json(struct site *site, const cJSON *json, const struct judgement *forced,
                         struct site_put *ret, char *error, size_t error_size)
{
    const struct judgement late = {VERDICT_REFUSED, REASON_STATE};
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(json, "at");
    if (planted == BUG_late_upload_refused && cJSON_IsNumber(at) &&
        cJSON_HasObjectItem(json, "counter") &&
        site_moment(site) - (int64_t)at->valuedouble > 60000)
        forced = &late;
    struct site_put known;
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "id"));
    if (planted != BUG_repeat_not_known || !id || site_answered(site, id, &known) != 1)
        return __real_site_put_json(site, json, forced, ret, error, error_size);
    char again[UID_SIZE];
    cJSON *copy = cJSON_Duplicate(json, true);
    outbox_uuid(again);
    cJSON_ReplaceItemInObjectCaseSensitive(copy, "id", cJSON_CreateString(again));
    int r = __real_site_put_json(site, copy, forced, ret, error, error_size);
    cJSON_Delete(copy);
    return r;
}

int __real_site_log_time(struct site *site, int64_t seq, int64_t *ret);
int __wrap_site_log_time(struct site *site, int64_t seq, int64_t *ret);
int __wrap_site_log_time(struct site *site, int64_t seq, int64_t *ret)
{
    int r = __real_site_log_time(site, seq, ret);
    if (planted == BUG_time_unclamped)
        *ret = 0;
    return r;
}

struct number __real_queue_next_number(const struct queue *queue, int desk_no, const char *service,
                                       enum channel channel);
struct number __wrap_queue_next_number(const struct queue *queue, int desk_no, const char *service,
                                       enum channel channel);
struct number __wrap_queue_next_number(const struct queue *queue, int desk_no, const char *service,
                                       enum channel channel)
{
    struct number number = __real_queue_next_number(queue, desk_no, service, channel);
    if (planted == BUG_number_reused && number.value > 1 && every(10))
        number.value--;
    return number;
}

/* -- both -------------------------------------------------------------------------------------- */

struct judgement __real_queue_judge(const struct queue *queue, const struct event *event);
struct judgement __wrap_queue_judge(const struct queue *queue, const struct event *event);
struct judgement __wrap_queue_judge(const struct queue *queue, const struct event *event)
{
    struct judgement judgement = __real_queue_judge(queue, event);
    const struct ticket *ticket = *event->ticket ? queue_ticket(queue, event->ticket) : NULL;
    bool lets = (planted == BUG_number_reused && judgement.reason == REASON_NUMBER_LIVE) ||
                (planted == BUG_stale_call && event->kind == EVENT_CALLED && ticket &&
                 ticket->state == TICKET_DONE);
    return lets ? (struct judgement){VERDICT_APPLIED, REASON_NONE} : judgement;
}

struct judgement __real_queue_apply(struct queue *queue, const struct event *event, int64_t at);
struct judgement __wrap_queue_apply(struct queue *queue, const struct event *event, int64_t at);
struct judgement __wrap_queue_apply(struct queue *queue, const struct event *event, int64_t at)
{
    if (planted == BUG_rules_differ && event->kind == EVENT_ABSENT && sim_host < SIM_KIOSKS)
        return (struct judgement){VERDICT_APPLIED, REASON_NONE};
    return __real_queue_apply(queue, event, at);
}

/* -- kiosks ------------------------------------------------------------------------------------ */

int __real_journal_issue(struct journal *journal, const struct station_ticket *tickets, int count,
                         const struct clock_stamp *stamp, const struct journal_event *events);
int __wrap_journal_issue(struct journal *journal, const struct station_ticket *tickets, int count,
                         const struct clock_stamp *stamp, const struct journal_event *events);
int __wrap_journal_issue(struct journal *journal, const struct station_ticket *tickets, int count,
                         const struct clock_stamp *stamp, const struct journal_event *events)
{
    if (planted == BUG_shown_not_stored && every(5))
        return 0;
    enum crash_transition former = crash_enter(CRASH_ISSUE);
    int r = __real_journal_issue(journal, tickets, count, stamp, events);
    crash_leave(former);
    return r;
}

int __real_journal_confirm(struct journal *journal, const struct entry *entries, int count);
int __wrap_journal_confirm(struct journal *journal, const struct entry *entries, int count);
int __wrap_journal_confirm(struct journal *journal, const struct entry *entries, int count)
{
    if (planted != BUG_confirm_not_stored) {
        enum crash_transition former = crash_enter(CRASH_CONFIRM);
        int r = __real_journal_confirm(journal, entries, count);
        crash_leave(former);
        return r;
    }
    for (int i = 0; i < count; i++)
        (void)journal_exec(journal, "DELETE FROM outbox WHERE id = ?", "s", entries[i].event.id);
    return 0;
}

int __real_outbox_load(struct outbox *outbox, struct journal *journal);
int __wrap_outbox_load(struct outbox *outbox, struct journal *journal);
int __wrap_outbox_load(struct outbox *outbox, struct journal *journal)
{
    int r = __real_outbox_load(outbox, journal);
    while (planted == BUG_outbox_forgotten && outbox->count > 0)
        outbox_forget(outbox, outbox->items[0]->event.id);
    return r;
}

bool __real_outbox_sent(struct outbox *outbox, const char *id, int64_t up_ms);
bool __wrap_outbox_sent(struct outbox *outbox, const char *id, int64_t up_ms);
bool __wrap_outbox_sent(struct outbox *outbox, const char *id, int64_t up_ms)
{
    bool known = __real_outbox_sent(outbox, id, up_ms);
    if (planted == BUG_outbox_deleted_early && known) {
        (void)journal_exec(hosts_stations[sim_host]->journal, "DELETE FROM outbox WHERE id = ?",
                           "s", id);
        outbox_forget(outbox, id);
    }
    return known;
}

void __real_station_log_keep(struct station_log *log, struct outbox_draft *draft);
void __wrap_station_log_keep(struct station_log *log, struct outbox_draft *draft);
void __wrap_station_log_keep(struct station_log *log, struct outbox_draft *draft)
{
    char id[UID_SIZE];
    memcpy(id, draft->event.id, sizeof id);
    bool taken = draft->event.kind == EVENT_TAKEN;
    __real_station_log_keep(log, draft);
    if (planted == BUG_taken_not_uploaded && taken)
        outbox_forget(&log->outbox, id);
}

void __real_station_log_rebase(struct station_log *log);
void __wrap_station_log_rebase(struct station_log *log);
void __wrap_station_log_rebase(struct station_log *log)
{
    __real_station_log_rebase(log);
    if (planted == BUG_rebase_loses_outbox && queue_copy(&log->confirmed, &log->view) < 0)
        abort();
}

char __real_queue_letter_of(const struct queue *queue, const char *device);
char __wrap_queue_letter_of(const struct queue *queue, const char *device);
char __wrap_queue_letter_of(const struct queue *queue, const char *device)
{
    for (int i = 0; i < 26 && planted == BUG_letter_shared; i++)
        if (*queue->letters[i].device)
            return (char)('A' + i);
    return __real_queue_letter_of(queue, device);
}
