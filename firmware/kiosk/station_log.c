#include "station_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "station_report.h"

void station_log_init(struct station_log *log)
{
    *log = (struct station_log){0};
    queue_init(&log->confirmed);
    queue_init(&log->view);
    outbox_init(&log->outbox);
    memcpy(log->hash, entry_first_hash, HASH_SIZE);
}

void station_log_finish(struct station_log *log)
{
    queue_finish(&log->confirmed);
    queue_finish(&log->view);
    outbox_finish(&log->outbox);
}

bool station_log_lacks(const struct station_log *log, int64_t counter)
{
    return counter > log->outbox.counter;
}

static void count_own(struct station_log *log, int64_t counter)
{
    if (station_log_lacks(log, counter))
        log->outbox.counter = counter; /* the cloud knows more than the journal */
}

/* The cloud knew more: stored, for the entries that tell it do not stay for ever. A failure costs
 * nothing as long as they do. */
static void store_counter(struct station_log *log, int64_t before)
{
    int64_t counter = log->outbox.counter;
    if (counter > before && journal_raise_counter(log->journal, counter) < 0)
        station_report("log: the counter %lld could not be stored", (long long)counter);
}

static void compare_state(struct station_log *log, const struct entry *entry)
{
    char state[STATE_SIZE];
    if (!*entry->state || log->strayed)
        return;
    entry_state(&log->confirmed, state);
    if (strcmp(state, entry->state) == 0)
        return;
    station_report("log: entry %lld (%s) gave state %s in the cloud, %s here",
                   (long long)entry->seq, event_kind_name(entry->event.kind), entry->state, state);
    log->strayed = true;
}

/* The cloud's verdict rules: an entry that it did not apply is not applied here either. */
static void apply(struct station_log *log, const struct entry *entry)
{
    if (entry->verdict == VERDICT_APPLIED) {
        struct judgement own = queue_apply(&log->confirmed, &entry->event, entry->at);
        if (own.verdict != VERDICT_APPLIED)
            station_report("log: entry %lld (%s) applied in the cloud but not here: %s",
                           (long long)entry->seq, event_kind_name(entry->event.kind),
                           reason_name(own.reason));
    }
    log->seq = entry->seq;
    memcpy(log->hash, entry->hash, HASH_SIZE);
    if (strcmp(entry->event.device, log->device) == 0)
        count_own(log, entry->event.counter);
    compare_state(log, entry);
}

static int replay(const struct entry *entry, void *context)
{
    struct station_log *log = context;
    if (entry->seq != log->seq + 1)
        return -EBADMSG;
    apply(log, entry);
    return 0;
}

int station_log_load(struct station_log *log, struct journal *journal, const char *device)
{
    station_log_finish(log);
    station_log_init(log);
    log->journal = journal;
    (void)snprintf(log->device, sizeof log->device, "%s", device);
    int r = outbox_load(&log->outbox, journal);
    if (r < 0)
        return r;
    r = journal_load_state(journal, MACHIAI_RULES, &log->seq, log->hash, &log->confirmed);
    if (r < 0 && r != -ENOENT)
        return r;
    log->saved_seq = log->seq;
    if (log->seq == 0 && journal_first_seq(journal) > 1)
        return station_log_restart(log);
    int64_t counter = log->outbox.counter;
    r = journal_each_entry(journal, log->seq, replay, log);
    store_counter(log, counter);
    /* -EINVAL: a later program stored it, and this one was put back. */
    if ((r == -EBADMSG || r == -EINVAL) && !journal_damaged(journal)) {
        station_report("log: the stored entries cannot be followed; they are fetched again");
        return station_log_restart(log);
    }
    station_log_rebase(log);
    return r;
}

/* A failure costs nothing but a longer start: it is tried again with the next entries. */
static void save_state(struct station_log *log)
{
    if (log->seq - log->saved_seq < LOG_SAVE_EVERY)
        return;
    if (journal_save_state(log->journal, log->seq, log->hash, MACHIAI_RULES, &log->confirmed,
                           log->seq - LOG_KEEP) == 0)
        log->saved_seq = log->seq;
}

int station_log_confirm(struct station_log *log, const struct entry *entries, int count)
{
    int r = journal_confirm(log->journal, entries, count);
    if (r < 0)
        return r;
    int64_t counter = log->outbox.counter;
    for (int i = 0; i < count; i++) {
        apply(log, &entries[i]);
        if (strcmp(entries[i].event.device, log->device) == 0)
            outbox_forget(&log->outbox, entries[i].event.id);
    }
    store_counter(log, counter);
    save_state(log);
    return 0;
}

int station_log_restart(struct station_log *log)
{
    int r = journal_restart(log->journal, log->device);
    if (r < 0)
        return r;
    r = outbox_load(&log->outbox, log->journal);
    if (r < 0)
        return r;
    queue_finish(&log->confirmed);
    log->seq = log->saved_seq = log->cried_seq = 0;
    memcpy(log->hash, entry_first_hash, HASH_SIZE);
    log->strayed = false;
    station_log_rebase(log);
    return 0;
}

int station_log_replace(struct station_log *log, struct snapshot *snapshot, bool replaced,
                        int64_t counter)
{
    int r = station_log_lacks(log, counter) ? journal_raise_counter(log->journal, counter) : 0;
    if (r == 0)
        r = journal_replace(log->journal, log->device, replaced, snapshot->seq, snapshot->hash,
                            MACHIAI_RULES, &snapshot->queue);
    if (r < 0)
        return r;
    r = outbox_load(&log->outbox, log->journal);
    if (r < 0)
        return r;
    queue_finish(&log->confirmed);
    log->confirmed = snapshot->queue;
    queue_init(&snapshot->queue);
    log->seq = log->saved_seq = log->cried_seq = snapshot->seq;
    memcpy(log->hash, snapshot->hash, HASH_SIZE);
    log->strayed = false;
    station_log_rebase(log);
    return 0;
}

int station_log_covered(struct station_log *log, const char (*ids)[UID_SIZE], int count)
{
    int r = journal_covered(log->journal, ids, count);
    for (int i = 0; r == 0 && i < count; i++)
        outbox_forget(&log->outbox, ids[i]);
    return r;
}

void station_log_rebase(struct station_log *log)
{
    station_log_foresee(log, NULL, 0);
}

void station_log_foresee(struct station_log *log, const struct entry *entries, int count)
{
    if (queue_copy(&log->confirmed, &log->view) < 0)
        abort(); /* a view that lacks tickets would give their numbers again */
    for (int i = 0; i < count; i++)
        if (entries[i].verdict == VERDICT_APPLIED)
            (void)queue_apply(&log->view, &entries[i].event, entries[i].at);
    for (int i = 0; i < log->outbox.count; i++) {
        const struct event *event = &log->outbox.items[i]->event;
        (void)queue_apply(&log->view, event, event->at); /* the cloud's verdict comes later */
    }
}

int station_log_draft(struct station_log *log, const struct event *event, int ahead, int64_t at,
                      struct outbox_draft *ret)
{
    return outbox_draft(&log->outbox, event, ahead, log->device, log->seq, at, ret);
}

void station_log_keep(struct station_log *log, struct outbox_draft *draft)
{
    outbox_keep(&log->outbox, draft);
    station_log_rebase(log);
}
