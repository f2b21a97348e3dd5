#include "bugs.h"

#include <stdlib.h>
#include <string.h>

#include "crash.h"
#include "disk.h"
#include "divergence.h"
#include "hosts.h"
#include "journal_private.h"
#include "presence.h"
#include "quarantine.h"

#define BUGS(X)                                                                                    \
    X(ack_before_commit, 20, "the cloud answers, then loses the transaction")                      \
    X(shown_not_stored, 20, "a number is shown although the journal did not take it")              \
    X(outbox_forgotten, 20, "a restarted kiosk does not read its outbox")                          \
    X(outbox_deleted_early, 240,                                                                   \
      "an outbox row goes with the answer, not with its confirmed copy")                           \
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
    X(printed_again, 60, "a restarted kiosk prints a slip that exists")                            \
    X(party_apart, 40, "persons who came together get numbers that do not follow")                 \
    X(party_split, 40, "a call leaves the family of whom it names waiting")                        \
    X(before_wrong, 20, "a patient is told one fewer than there are before them")                  \
    X(call_not_shown, 20, "a call at a kiosk is not on its board")                                 \
    X(booking_not_arrived, 60, "who checks in without a line stays a booking in the cloud")        \
    X(no_jump, 300, "numbers do not jump after a restore")                                         \
    X(set_back_unnoticed, 60, "a kiosk whose card was set back keeps its letter")                  \
    X(quarantine_lost, 120, "what a revoked kiosk still had is kept nowhere")                      \
    X(rules_not_pinned, 120, "a session opens by rules that a kiosk does not follow")

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
    if (site->open->count == 0)
        return CRASH_OTHER;
    const struct event *event = &site->open->entries[0].event;
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
    if (planted == BUG_ack_before_commit && site->open->count > 0 && every(40)) {
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

int __real_site_put(struct site *site, struct event *event, struct site_put *ret);
int __wrap_site_put(struct site *site, struct event *event, struct site_put *ret);
int __wrap_site_put(struct site *site, struct event *event, struct site_put *ret)
{
    if (planted == BUG_no_jump && event->kind == EVENT_JUMPED)
        event->number.value =
            queue_next_number(site_state(site), event->desk_no, "", CHANNEL_DESK).value;
    return __real_site_put(site, event, ret);
}

int __real_divergence_put(struct cloud *cloud, struct site *site, const char *device,
                          const char *why);
int __wrap_divergence_put(struct cloud *cloud, struct site *site, const char *device,
                          const char *why);
int __wrap_divergence_put(struct cloud *cloud, struct site *site, const char *device,
                          const char *why)
{
    return planted == BUG_set_back_unnoticed ? 0 : __real_divergence_put(cloud, site, device, why);
}

int __real_divergence_note(struct cloud *cloud, struct site *site, const char *device,
                           const char *why);
int __wrap_divergence_note(struct cloud *cloud, struct site *site, const char *device,
                           const char *why);
int __wrap_divergence_note(struct cloud *cloud, struct site *site, const char *device,
                           const char *why)
{
    return planted == BUG_set_back_unnoticed ? 0 : __real_divergence_note(cloud, site, device, why);
}

int __real_quarantine_keep(struct db *db, const char *site, const char *device, const char *id,
                           const char *why, const cJSON *event, int64_t now);
int __wrap_quarantine_keep(struct db *db, const char *site, const char *device, const char *id,
                           const char *why, const cJSON *event, int64_t now);
int __wrap_quarantine_keep(struct db *db, const char *site, const char *device, const char *id,
                           const char *why, const cJSON *event, int64_t now)
{
    return planted == BUG_quarantine_lost
               ? 1
               : __real_quarantine_keep(db, site, device, id, why, event, now);
}

int __real_presence_rules(struct presence *presence, const char *site, int *ret);
int __wrap_presence_rules(struct presence *presence, const char *site, int *ret);
int __wrap_presence_rules(struct presence *presence, const char *site, int *ret)
{
    int r = __real_presence_rules(presence, site, ret);
    if (planted == BUG_rules_not_pinned)
        *ret = RULES_MAX;
    return r;
}

int __real_queue_before(const struct queue *queue, const struct ticket *ticket, int64_t now);
int __wrap_queue_before(const struct queue *queue, const struct ticket *ticket, int64_t now);
int __wrap_queue_before(const struct queue *queue, const struct ticket *ticket, int64_t now)
{
    int before = __real_queue_before(queue, ticket, now);
    return planted == BUG_before_wrong && before > 0 ? before - 1 : before;
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
    if (planted == BUG_party_apart && every(10))
        number.value += 3;
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
                 ticket->state == TICKET_DONE) ||
                (planted == BUG_letter_shared && judgement.reason == REASON_NOT_YOURS);
    return lets ? (struct judgement){VERDICT_APPLIED, REASON_NONE} : judgement;
}

struct judgement __real_queue_apply(struct queue *queue, const struct event *event, int64_t at);
struct judgement __wrap_queue_apply(struct queue *queue, const struct event *event, int64_t at);
struct judgement __wrap_queue_apply(struct queue *queue, const struct event *event, int64_t at)
{
    if (planted == BUG_rules_differ && event->kind == EVENT_ABSENT && sim_host < SIM_KIOSKS)
        return (struct judgement){VERDICT_APPLIED, REASON_NONE};
    if (planted == BUG_party_split && event->kind == EVENT_CALLED) {
        struct ticket *ticket = (struct ticket *)queue_ticket(queue, event->ticket);
        if (ticket)
            ticket->family[0] = '\0';
    }
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
    bool lost = (planted == BUG_taken_not_uploaded && draft->event.kind == EVENT_TAKEN) ||
                (planted == BUG_booking_not_arrived && draft->event.kind == EVENT_ARRIVED);
    __real_station_log_keep(log, draft);
    if (lost)
        outbox_forget(&log->outbox, id);
}

void __real_station_news_called(struct station *station, const char *id, int64_t now);
void __wrap_station_news_called(struct station *station, const char *id, int64_t now);
void __wrap_station_news_called(struct station *station, const char *id, int64_t now)
{
    if (planted != BUG_call_not_shown)
        __real_station_news_called(station, id, now);
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
