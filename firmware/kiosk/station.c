#include "station_private.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "station_report.h"
#include "version.h"

static const char key_high[] = "high_ms";
static const char key_device[] = "device";
static const char key_incomplete[] = "incomplete";

/* -- small things ------------------------------------------------------------------------------ */

int64_t station_up(void)
{
    return station_clock_read().up_ms;
}

int station_left(int64_t at_up_ms)
{
    int64_t left = at_up_ms - station_up();
    return left < 0 ? 0 : left > STATION_TURN_MS ? STATION_TURN_MS : (int)left;
}

bool station_trusted(struct station *station, int64_t *ret)
{
    struct clock_reading reading = station_clock_read();
    return station_clock_now(&station->clock, &reading, ret);
}

/* Logged once: an outage of a week is one line. */
void station_fail(struct station *station, enum station_error error, const char *detail)
{
    bool news = station->error != error;
    station->error = error;
    (void)snprintf(station->detail, sizeof station->detail, "%s", detail);
    if (news)
        station_report("%s", station->detail);
}

void station_clear(struct station *station)
{
    station->error = STATION_ERROR_NONE;
    station->detail[0] = '\0';
}

int station_post(struct station *station, const struct event *event)
{
    struct clock_reading reading = station_clock_read();
    struct outbox_draft draft;
    int r = station_log_draft(&station->log, event, 0,
                              station_clock_claim(&station->clock, &reading), &draft);
    if (r < 0)
        return r;
    r = journal_post(station->journal, &draft.row);
    if (r < 0) {
        outbox_drop(&draft);
        return r;
    }
    station_log_keep(&station->log, &draft);
    return 0;
}

/* -- the journal's life ------------------------------------------------------------------------ */

/* A journal of another device: its events are not ours to upload. */
static int check_owner(struct station *station)
{
    struct journal_found found;
    bool closed = journal_closed(station->journal); /* setting it aside was begun before */
    char *owner = closed ? NULL : journal_text(station->journal, key_device);
    if (!owner && !closed)
        return -ENOMEM;
    bool other = closed || (owner[0] && strcmp(owner, station->enrolment.device) != 0);
    bool mine = !other && owner[0];
    free(owner);
    if (mine)
        return 0;
    int r = 0;
    if (other) {
        station_report("the journal belongs to another device; it is set aside");
        r = journal_renew(station->journal, station->config->data, false, &found);
        if (r < 0)
            return r;
        r = journal_set_int(station->journal, key_high, station->clock.high_ms);
        station->move.done = true;
        station_programme_load(station); /* there is none: that of the old site goes */
    }
    if (r == 0)
        r = journal_set_text(station->journal, key_device, station->enrolment.device);
    return r;
}

int station_adopt(struct station *station)
{
    int r = http_client_set_token(station->http, station->enrolment.token);
    if (r == 0 && station->unsaved)
        r = enrol_save(station->config->data, &station->enrolment);
    if (r < 0)
        return r;
    if (station->unsaved)
        station_enrol_end(station);
    station->unsaved = false;
    r = check_owner(station);
    /* Records that are new although the device is not: until the cloud's log is here, nobody knows
     * which of the own numbers are given. */
    if (r == 0 && station->records_lost)
        r = journal_set_int(station->journal, key_incomplete, 1);
    if (r == 0)
        r = station_log_load(&station->log, station->journal, station->enrolment.device);
    if (r < 0)
        return r;
    station->records_lost = false;
    station->enrolled = true;
    station->incomplete = journal_int(station->journal, key_incomplete) != 0;
    station_device_recall(station);
    station_device_staff(station);
    station_clear(station);
    sync_adopt(station);
    station_news_queue(station);
    return 0;
}

/* What the cloud has not got yet is still in memory; a row that was rescued is there already. */
static void keep_outbox(struct station *station)
{
    const struct outbox *outbox = &station->log.outbox;
    for (int i = 0; i < outbox->count; i++) {
        const struct outbox_item *item = outbox->items[i];
        struct journal_event row = {.counter = item->event.counter, .text = item->text};
        memcpy(row.id, item->event.id, UID_SIZE);
        int r = journal_post(station->journal, &row);
        if (r < 0 && r != -EEXIST)
            station_report("event %s is lost with the journal", row.id);
    }
}

static void renew_damaged(struct station *station)
{
    struct journal_found found;
    station_fail(station, STATION_ERROR_DISK,
                 "the journal is damaged; it is set aside and fetched again from the cloud");
    int r = journal_renew(station->journal, station->config->data, true, &found);
    if (r < 0) {
        station_report("no new journal can be made: %s", strerror(-r));
        abort(); /* the service manager starts us again; without records there is no kiosk */
    }
    keep_outbox(station);
    sync_reset(station);
    station->enrolled = false; /* adopted again in the next turn */
    station->records_lost = true;
    station->device.records = "damaged";
    station->device.adopt_next_ms = 0;
}

static void store_high(struct station *station)
{
    int64_t now, up = station_up();
    if (up < station->high_next_ms || !station_trusted(station, &now))
        return;
    station->high_next_ms = up + STATION_HIGH_EVERY_MS;
    if (journal_set_int(station->journal, key_high, now) < 0)
        station_report("the time cannot be recorded");
}

/* -- the thread -------------------------------------------------------------------------------- */

static bool next_command(struct station *station, struct command *ret)
{
    struct station_box *box = &station->box;
    pthread_mutex_lock(&box->lock);
    bool found = box->command_count > 0;
    if (found) {
        *ret = box->commands[box->command_first];
        box->command_first = (box->command_first + 1) % STATION_COMMANDS_MAX;
        box->command_count--;
    }
    station->device.status_due = station->device.status_due || box->device_changed;
    box->device_changed = false;
    pthread_mutex_unlock(&box->lock);
    return found;
}

static void take_commands(struct station *station)
{
    struct command command;
    while (next_command(station, &command)) {
        switch (command.kind) {
        case COMMAND_ISSUE:
            station_issue_begin(station, &command);
            break;
        case COMMAND_SLIP:
            station_slip_fate(station, &command.slip);
            break;
        case COMMAND_ACT:
            station_act_begin(station, &command);
            break;
        case COMMAND_CHECK_IN:
            station_check_in_begin(station, &command);
            break;
        }
    }
}

static bool stopping(struct station *station)
{
    pthread_mutex_lock(&station->box.lock);
    bool stop = station->box.stopping;
    pthread_mutex_unlock(&station->box.lock);
    return stop;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static void turn(struct station *station)
{
    struct clock_reading reading = station_clock_read();
    take_commands(station);
    if (station_clock_ntp(&station->clock, &reading) || station->recover_again) {
        station->recover_again = false;
        station_recover(station, true);
    }
    int wait = station_health_tick(station);
    wait = least(wait, station_device_tick(station));
    wait = least(wait, station_move_tick(station));
    wait = least(wait, sync_tick(station));
    wait = least(wait, sync_history_tick(station));
    wait = least(wait, sync_snapshot_tick(station));
    wait = least(wait, sync_upload_tick(station));
    wait = least(wait, station_programme_tick(station));
    wait = least(wait, station_media_tick(station));
    wait = least(wait, station_plays_tick(station));
    store_high(station);
    station_give_back_tick(station);
    station_news_link(station);
    http_client_run(station->http, wait);
    sync_flush(station);
    if (journal_damaged(station->journal))
        renew_damaged(station);
}

static void load(struct station *station)
{
    int r = enrol_load(station->config->data, &station->enrolment);
    if (r == -EINVAL) {
        station_fail(station, STATION_ERROR_NO_CODE,
                     "identity.json cannot be read: remove it and enrol again with a new code");
        station->device.enrol_refused = true;
    } else {
        station_enrol_recall(station);
        if (r == 0)
            station_move_check(station);
    }
    station_programme_load(station);
    station_plays_load(station);
    station_news_link(station);
}

static void *run(void *context)
{
    struct station *station = context;
    load(station);
    while (!stopping(station))
        turn(station);
    return NULL;
}

static void wake(void *context)
{
    struct station *station = context;
    http_client_wake(station->http);
}

/* -- interface --------------------------------------------------------------------------------- */

static int open_parts(struct station *station)
{
    const struct config *config = station->config;
    struct journal_found found = {0};
    char boot[CLOCK_BOOT_SIZE];
    int r = journal_open(config->data, &station->journal, &found);
    if (r < 0)
        return r;
    station->records_lost = found.fresh; /* unless the device is new as well */
    if (found.aside[0])
        station->device.records = "damaged";
    struct clock_reading reading = station_clock_read();
    station_clock_boot(boot);
    station->earliest_ms = journal_int(station->journal, key_high);
    station_clock_init(&station->clock, station->earliest_ms, boot, &reading);
    struct http_client_options options = {
        .url = config->url, .ca = config->ca, .agent = "machiai-kiosk/" MACHIAI_VERSION};
    r = http_client_create(&options, &station->http);
    if (r == 0)
        r = store_create(config->data, wake, station, &station->store);
    station->sync.pending = calloc(SYNC_BATCH_MAX, sizeof *station->sync.pending);
    if (r == 0 && !station->sync.pending)
        r = -ENOMEM;
    return r;
}

int station_create(const struct station_options *options, struct station **ret)
{
    if (sodium_init() < 0)
        return -EIO;
    struct station *station = calloc(1, sizeof *station);
    if (!station)
        return -ENOMEM;
    station->options = *options;
    station->config = options->config;
    health_init(&station->board.health);
    station->sync.upload_max = OUTBOX_BATCH_MAX;
    station_log_init(&station->log);
    (void)pthread_mutex_init(&station->box.lock, NULL);
    int r = open_parts(station);
    if (r == 0)
        r = -pthread_create(&station->thread, NULL, run, station);
    station->started = r == 0;
    if (r < 0) {
        station_destroy(station);
        return r;
    }
    *ret = station;
    return 0;
}

void station_destroy(struct station *station)
{
    if (!station)
        return;
    if (station->started) {
        pthread_mutex_lock(&station->box.lock);
        station->box.stopping = true;
        pthread_mutex_unlock(&station->box.lock);
        http_client_wake(station->http);
        pthread_join(station->thread, NULL);
    }
    store_destroy(station->store); /* first: its thread wakes the client */
    http_client_destroy(station->http);
    station_media_finish(station);
    station_plays_finish(station);
    for (int i = 0; i < station->sync.pending_count; i++)
        entry_finish(&station->sync.pending[i]);
    free(station->sync.pending);
    free(station->media.programme);
    station_log_finish(&station->log);
    journal_close(station->journal);
    station_news_clear(&station->box);
    pthread_mutex_destroy(&station->box.lock);
    free(station);
}

/* Room for the answer is kept with the question. */
static bool has_room(const struct station_box *box, enum command_kind kind)
{
    if (kind == COMMAND_ISSUE || kind == COMMAND_CHECK_IN)
        return box->issues < STATION_ISSUES_MAX;
    return kind != COMMAND_ACT || box->acts < STATION_ACTS_MAX;
}

static int send_command(struct station *station, const struct command *command)
{
    struct station_box *box = &station->box;
    enum command_kind kind = command->kind;
    pthread_mutex_lock(&box->lock);
    int r = box->command_count == STATION_COMMANDS_MAX || !has_room(box, kind) ? -EAGAIN : 0;
    if (r == 0) {
        int place = (box->command_first + box->command_count++) % STATION_COMMANDS_MAX;
        box->commands[place] = *command;
        box->issues += kind == COMMAND_ISSUE || kind == COMMAND_CHECK_IN;
        box->acts += kind == COMMAND_ACT;
    }
    pthread_mutex_unlock(&box->lock);
    if (r == 0)
        http_client_wake(station->http);
    return r;
}

int station_issue(struct station *station, int64_t request, const struct station_wish *wish)
{
    struct command command = {
        .kind = COMMAND_ISSUE, .request = request, .up_ms = station_up(), .wish = *wish};
    if (request == 0 || wish->persons < 1 || wish->persons > STATION_PERSONS_MAX)
        return -EINVAL;
    return send_command(station, &command);
}

int station_act(struct station *station, int64_t request, const struct station_act *act)
{
    struct command command = {
        .kind = COMMAND_ACT, .request = request, .up_ms = station_up(), .act = *act};
    bool desk = act->kind == STATION_ACT_NEXT || act->kind == STATION_ACT_PAUSE ||
                act->kind == STATION_ACT_RESUME;
    bool whose = *act->ticket || act->number.value > 0 || act->kind == STATION_ACT_UNDO;
    if (request == 0 || (desk ? act->desk_no <= 0 : !whose) || act->places < 0)
        return -EINVAL;
    return send_command(station, &command);
}

int station_check_in(struct station *station, int64_t request, const char *code,
                     const char *language)
{
    struct command command = {.kind = COMMAND_CHECK_IN, .request = request, .up_ms = station_up()};
    if (request == 0 || !*code || strlen(code) >= sizeof command.check_in.code || !*language ||
        strlen(language) >= sizeof command.check_in.language)
        return -EINVAL;
    strcpy(command.check_in.code, code);
    strcpy(command.check_in.language, language);
    return send_command(station, &command);
}

int station_slip(struct station *station, const char *ticket, int print_count, const char *outcome,
                 int job_id, const char *job_uuid)
{
    struct command command = {.kind = COMMAND_SLIP};
    struct journal_slip *slip = &command.slip;
    if (slip_state_parse(outcome, &slip->state) < 0 || slip->state == SLIP_INTENT ||
        slip->state == SLIP_VOID || !uid_valid(ticket))
        return -EINVAL;
    (void)snprintf(slip->ticket, sizeof slip->ticket, "%s", ticket);
    (void)snprintf(slip->job_uuid, sizeof slip->job_uuid, "%s", job_uuid ? job_uuid : "");
    slip->print_count = print_count;
    slip->job_id = job_id;
    return send_command(station, &command);
}

static void set_word(struct station *station, char *word, size_t size, const char *value)
{
    struct station_box *box = &station->box;
    pthread_mutex_lock(&box->lock);
    bool changed = strncmp(word, value, size - 1) != 0;
    if (changed)
        (void)snprintf(word, size, "%s", value);
    box->device_changed = box->device_changed || changed;
    pthread_mutex_unlock(&box->lock);
    if (changed)
        http_client_wake(station->http);
}

void station_printer(struct station *station, const char *reasons)
{
    set_word(station, station->box.printer, sizeof station->box.printer, reasons);
}

void station_lan(struct station *station, const char *url, const char *fingerprint)
{
    set_word(station, station->box.lan_url, sizeof station->box.lan_url, url);
    set_word(station, station->box.lan_print, sizeof station->box.lan_print, fingerprint);
}

void station_playing(struct station *station, const char *content, const char *title)
{
    set_word(station, station->box.playing, sizeof station->box.playing, content);
    set_word(station, station->box.title, sizeof station->box.title, title);
}

void station_broken(struct station *station, const char *sha256)
{
    set_word(station, station->box.broken, sizeof station->box.broken, sha256);
}

void station_codecs(struct station *station, const char *missing)
{
    set_word(station, station->box.codecs, sizeof station->box.codecs, missing);
}

enum programme_file station_file(struct station *station, const char *sha256)
{
    return store_find(station->store, sha256);
}

bool station_film(struct station *station, const char *sha256, struct store_film *ret)
{
    return store_film(station->store, sha256, ret);
}

void station_doubt(struct station *station, const char *sha256)
{
    store_doubt(station->store, sha256);
}

int station_photo(struct station *station, const char *sha256, uint8_t **ret, size_t *ret_size)
{
    return store_bytes(station->store, sha256, STORE_PHOTO_MAX, ret, ret_size);
}

bool station_now(struct station *station, int64_t *ret)
{
    return station_trusted(station, ret);
}

int64_t station_earliest(const struct station *station)
{
    return station->earliest_ms;
}
