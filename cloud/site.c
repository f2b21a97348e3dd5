#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "letters.h"
#include "logging.h"
#include "site_private.h"

void site_tell(struct site *site)
{
    if (site->sites->options.changed)
        site->sites->options.changed(site, site->sites->options.context);
}

/* -- reading ----------------------------------------------------------------------------------- */

const char *site_id(const struct site *site)
{
    return site->id;
}

const char *site_clinic_no(const struct site *site)
{
    return site->clinic_no;
}

int64_t site_now(const struct site *site)
{
    return site->sites->options.clock(site->sites->options.context);
}

const struct queue *site_read(struct site *site)
{
    pthread_mutex_lock(&site->lock);
    return &site->queue;
}

void site_read_end(struct site *site)
{
    pthread_mutex_unlock(&site->lock);
}

int64_t site_seq(const struct site *site)
{
    return site->seq;
}

const char *site_hash(const struct site *site)
{
    return site->hash;
}

uint64_t site_revision(const struct site *site)
{
    return site->revision;
}

void site_renew(struct site *site)
{
    pthread_mutex_lock(&site->lock);
    site->revision++;
    pthread_mutex_unlock(&site->lock);
}

void site_touch(struct site *site)
{
    site_renew(site);
    site_tell(site);
}

void site_freeze(struct site *site, bool frozen)
{
    site->frozen = frozen;
}

bool site_frozen(const struct site *site)
{
    return site->frozen;
}

/* -- changing ---------------------------------------------------------------------------------- */

/* What other processes have written to it; they are asked about once a turn. */
static int take_in_others(struct site *site)
{
    struct sites *sites = site->sites;
    struct db *db = sites->options.db;
    bool ignored = false;
    int64_t version = 0;
    int result;

    if (sites->alone == db_turn(db))
        return 0;
    result = db_data_version(db, &version);
    if (result == 0 && version == sites->data_version)
        sites->alone = db_turn(db);
    else if (result == 0)
        result = site_log_follow(site, &ignored);
    return result;
}

int site_join(struct site *site)
{
    int result;

    assert(!site->open);
    result = take_in_others(site);
    if (result < 0)
        return result;
    site->open = calloc(1, sizeof(*site->open));
    if (!site->open)
        return -ENOMEM;
    site->open->site = site;
    site->moment = site_now(site);
    return 0;
}

int site_begin(struct site *site)
{
    int result;

    result = db_begin(site->sites->options.db);
    if (result < 0)
        return result;
    result = site_join(site);
    if (result < 0)
        db_rollback(site->sites->options.db);
    return result;
}

int64_t site_moment(const struct site *site)
{
    return site->moment;
}

static const struct entry *last_of(const struct site_batch *batch)
{
    return batch && batch->count ? &batch->entries[batch->count - 1] : NULL;
}

void site_front(const struct site *site, int64_t *ret_seq, const char **ret_hash)
{
    const struct entry *last = last_of(site->open);

    for (const struct site_batch *batch = site->sealed; batch && !last_of(site->open);
         batch = batch->next)
        last = last_of(batch) ? last_of(batch) : last;
    *ret_seq = last ? last->seq : site->seq;
    *ret_hash = last ? last->hash : site->hash;
}

int64_t site_head(const struct site *site)
{
    const char *hash;
    int64_t seq;

    site_front(site, &seq, &hash);
    return seq;
}

const struct queue *site_state(struct site *site)
{
    assert(site->open);
    return site->open->count == 0 && !site->sealed ? &site->queue : site_work(site);
}

/* The author's claim, between what they had seen when they wrote it and its arrival. */
static int effective_time(struct site *site, const struct event *event, int64_t *ret)
{
    int64_t earliest = 0, at;
    int result;

    if (!*event->device && event->base == 0) {
        *ret = site->moment;
        return 0;
    }
    result = site_log_time(site, event->base > 0 ? event->base : 1, &earliest);
    if (result < 0)
        return result;
    at = event->at < site->moment ? event->at : site->moment;
    *ret = at > earliest ? at : earliest;
    return 0;
}

/* Room for one more entry. */
static int make_room(struct site_batch *batch)
{
    int room = batch->room ? 2 * batch->room : 2; /* a ticket, and the session that it opens */
    struct entry *grown;

    if (batch->count == SITE_BATCH_MAX)
        return -E2BIG;
    if (batch->count < batch->room)
        return 0;
    grown = realloc(batch->entries, (size_t)room * sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    batch->entries = grown;
    batch->room = room;
    return 0;
}

/* Takes over the entry's event and text, on failure too. is_new: nobody can have sent it before. */
static int put(struct site *site, struct entry *entry, const struct judgement *forced, bool is_new,
               struct site_put *ret)
{
    struct judgement judgement;
    const char *hash;
    int64_t seq;
    int result;

    result = site->frozen ? -EAGAIN : make_room(site->open);
    if (result == 0 && !is_new)
        result = site_answered(site, entry->event.id, ret);
    if (result != 0) {
        entry_finish(entry);
        return result < 0 ? result : 0;
    }
    judgement = forced ? *forced : queue_judge(site_state(site), &entry->event);
    entry->verdict = judgement.verdict;
    entry->reason = judgement.reason;
    result = effective_time(site, &entry->event, &entry->at);
    if (result == 0 && judgement.verdict == VERDICT_APPLIED)
        (void)queue_apply(site_work(site), &entry->event, entry->at);
    entry_state(judgement.verdict == VERDICT_APPLIED ? site_work(site) : site_state(site),
                entry->state);
    site_front(site, &seq, &hash);
    if (result == 0)
        result = site_log_insert(site, seq, hash, entry);
    if (result < 0) {
        site_work_drop(site); /* it may be ahead of what is written */
        entry_finish(entry);
        return result;
    }
    *ret = (struct site_put){.seq = entry->seq, .at = entry->at, .judgement = judgement};
    site->open->entries[site->open->count++] = *entry;
    return 0;
}

/* cJSON prints a number as a double, reads it again and compares: of whole ones the same bytes come
 * out in a tenth of the time. */
static void write_integers(cJSON *json)
{
    const double exponents_from = 1e15;
    cJSON *item;

    cJSON_ArrayForEach (item, json) {
        char *text;

        write_integers(item);
        if (!cJSON_IsNumber(item) || fabs(item->valuedouble) >= exponents_from ||
            item->valuedouble != trunc(item->valuedouble) ||
            asprintf(&text, "%" PRId64, (int64_t)item->valuedouble) < 0)
            continue;
        item->valuestring = text; /* cJSON frees it */
        item->type = cJSON_Raw | (item->type & ~UINT8_MAX);
    }
}

int site_put(struct site *site, struct event *event, struct site_put *ret)
{
    bool is_new = !*event->id;
    struct entry entry;
    cJSON *json;

    assert(site->open && event->kind != EVENT_SETTINGS);
    if (is_new)
        ids_uuid(event->id);
    if (event->at == 0)
        event->at = site->moment;
    entry_init(&entry);
    entry.event = *event;
    json = event_to_json(event);
    write_integers(json);
    entry.text = json ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    if (!entry.text)
        return -ENOMEM;
    return put(site, &entry, NULL, is_new, ret);
}

int site_put_json(struct site *site, const cJSON *json, const struct judgement *forced,
                  struct site_put *ret, char *error, size_t error_size)
{
    struct entry entry;
    int result;

    assert(site->open && (!forced || forced->verdict != VERDICT_APPLIED));
    entry_init(&entry);
    result = event_from_json(json, &entry.event, error, error_size);
    if (result < 0)
        return result;
    entry.text = cJSON_PrintUnformatted(json);
    if (!entry.text || strlen(entry.text) > EVENT_TEXT_MAX) {
        (void)snprintf(error, error_size, "is longer than %d bytes", EVENT_TEXT_MAX);
        entry_finish(&entry);
        return -EINVAL;
    }
    return put(site, &entry, forced, false, ret);
}

int site_put_entry(struct site *site, struct entry *entry)
{
    const char *hash;
    int64_t seq;
    int result;

    assert(site->open);
    result = make_room(site->open);
    site_front(site, &seq, &hash); /* afterwards: room moves the entries */
    if (result == 0 && (!entry_follows(entry, seq, hash) ||
                        (entry->verdict == VERDICT_APPLIED &&
                         queue_judge(site_state(site), &entry->event).verdict != VERDICT_APPLIED)))
        result = -EBADMSG;
    if (result == 0)
        result = site_log_append(site, entry);
    if (result < 0) {
        entry_finish(entry);
        return result;
    }
    if (site->work && entry->verdict == VERDICT_APPLIED)
        (void)queue_apply(site->work, &entry->event, entry->at);
    site->open->entries[site->open->count++] = *entry;
    return 0;
}

static void batch_destroy(struct site_batch *batch)
{
    for (int i = 0; i < batch->count; i++)
        entry_finish(&batch->entries[i]);
    free(batch->entries);
    free(batch);
}

/* The disk has the batch's entries: now everybody may see them. */
static void take_over(struct site *site, const struct site_batch *batch)
{
    pthread_mutex_lock(&site->lock);
    site_apply(&site->queue, batch);
    if (last_of(batch)) {
        site->seq = last_of(batch)->seq;
        memcpy(site->hash, last_of(batch)->hash, sizeof(site->hash));
    }
    site->revision++;
    pthread_mutex_unlock(&site->lock);
}

void site_batch_ended(void *context, int result)
{
    struct site_batch *batch = context;
    struct site *site = batch->site;

    assert(site->sealed == batch);
    site->sealed = batch->next;
    if (!site->sealed)
        site->last_sealed = NULL;
    if (result == 0)
        take_over(site, batch);
    if (result == 0 && !site->sealed)
        site_work_keep(site);
    if (result < 0) {
        site_work_drop(site);
        site->timed = (struct site_timed){0};
    }
    batch_destroy(batch);
}

struct site_batch *site_seal(struct site *site)
{
    struct site_batch *batch = site->open;

    site->open = NULL;
    if (site->last_sealed)
        site->last_sealed->next = batch;
    else
        site->sealed = batch;
    site->last_sealed = batch;
    return batch;
}

void site_discard(struct site *site)
{
    struct site_batch *batch = site->open;

    assert(batch);
    site->open = NULL;
    site->timed = (struct site_timed){0};
    site_work_drop(site);
    batch_destroy(batch);
}

int site_commit(struct site *site)
{
    int count = site->open->count;
    int result;

    result = db_commit_then(site->sites->options.db, site_batch_ended, site_seal(site));
    if (result == 0 && count > 0)
        site_tell(site);
    return result;
}

void site_rollback(struct site *site)
{
    site_discard(site);
    db_rollback(site->sites->options.db);
}

int site_open_session(struct site *site)
{
    const struct sites_options *options = &site->sites->options;
    const struct queue *state = site_state(site);
    struct event event;
    struct site_put ignored;

    event_init(&event);
    event.kind = EVENT_SESSION_OPENED;
    (void)settings_session_at(&state->settings, site->moment, &event.session); /* hours: callers */
    if (session_equal(&event.session, &state->session) ||
        queue_judge(state, &event).verdict != VERDICT_APPLIED)
        return 0;
    event.rules = RULES_MAX;
    if (options->rules) {
        int result = options->rules(site, options->context, &event.rules);

        if (result < 0)
            return result;
    }
    return site_put(site, &event, &ignored);
}

/* -- settings ---------------------------------------------------------------------------------- */

int site_put_settings(struct site *site, const cJSON *settings, const char *user, char *error,
                      size_t error_size)
{
    struct site_put put;
    char id[IDS_UUID_SIZE];
    cJSON *json = cJSON_CreateObject();
    int result;

    ids_uuid(id);
    cJSON_AddNumberToObject(json, "v", EVENT_VERSION);
    cJSON_AddStringToObject(json, "id", id);
    cJSON_AddStringToObject(json, "kind", event_kind_name(EVENT_SETTINGS));
    cJSON_AddNumberToObject(json, "at", (double)site->moment);
    cJSON_AddStringToObject(json, "user", user);
    cJSON_AddItemToObject(json, "settings", cJSON_Duplicate(settings, true));
    result = site_put_json(site, json, NULL, &put, error, error_size);
    cJSON_Delete(json);
    if (result == 0 && put.judgement.verdict != VERDICT_APPLIED) {
        (void)snprintf(error, error_size, "settings refused: %s",
                       reason_name(put.judgement.reason));
        return -EINVAL;
    }
    return result;
}

int site_change_settings(struct site *site, const cJSON *settings, const char *user, char *error,
                         size_t error_size)
{
    struct settings parsed;
    int result;

    result = settings_from_json(settings, &parsed, error, error_size);
    if (result < 0)
        return result;
    if (strcmp(parsed.clinic_no, site->clinic_no) != 0) {
        (void)snprintf(error, error_size, "clinic_no: is %s for ever, not %s", site->clinic_no,
                       parsed.clinic_no);
        return -EINVAL;
    }
    (void)snprintf(error, error_size, "the settings could not be stored");
    result = site_begin(site);
    if (result < 0)
        return result;
    result = queue_settings_fit(site_state(site), &parsed, error, error_size);
    if (result == 0)
        result = letters_fit(site->sites->options.db, site->id, site_state(site), &parsed, error,
                             error_size);
    if (result == 0)
        result = site_put_settings(site, settings, user, error, error_size);
    if (result < 0) {
        site_rollback(site);
        return result;
    }
    return site_commit(site);
}
