#include "oracle_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hosts.h"
#include "journal_private.h"
#include "leavers.h"

enum {
    ENTRIES_MAX = 16384,
    SLIPS_MAX = 4096,
    DAY_MS = 24 * 60 * 60 * 1000,
    JAPAN_MS = 9 * 60 * 60 * 1000
};

struct line {
    char id[UID_SIZE], device[UID_SIZE];
    char hash[HASH_SIZE];
    int64_t counter;
    int64_t received; /* 0 = before this seed */
};

struct slip {
    char ticket[UID_SIZE];
    struct number number;
    int kiosk;
    int64_t at;
    char family[UID_SIZE];
    int person, persons;
    struct session session; /* of the numbers when it was told */
    bool refused; /* its number was somebody else's again after a restore: staff are told */
    bool ended;   /* its visit was over before a restore; the log that is gathered says so later */
};

static struct line *lines; /* by seq - 1 */
static int64_t line_count;
static struct line *former; /* before a restore */
static int64_t former_count, restored_at;
static int restores;
static int64_t card_since[SIM_KIOSKS]; /* 0 = it has its own card */
static struct slip *slips;
static int slip_count;
static bool session_restart, count_absent, old, unobserved;
static bool given_back; /* the entry at hand was in the log before the restore */

void oracle_forget(void)
{
    oracle_forget_tickets();
    slip_count = 0;
    line_count = former_count = 0;
    restored_at = 0;
    memset(card_since, 0, sizeof card_since);
}

void oracle_restored(void)
{
    if (!former)
        former = calloc(ENTRIES_MAX, sizeof *former);
    if (!former)
        abort();
    /* A second restore before a kiosk gave back what the first one took: that is still to come. */
    bool nothing_new = line_count > 0 && line_count <= former_count &&
                       strcmp(former[line_count - 1].hash, lines[line_count - 1].hash) == 0;
    if (!nothing_new) {
        struct line *swapped = former;
        former = lines;
        former_count = line_count;
        lines = swapped;
    }
    for (int i = 0; i < slip_count; i++)
        slips[i].ended |= oracle_over(oracle_find(slips[i].ticket));
    oracle_forget_tickets();
    line_count = 0;
    restored_at = sim_now;
    restores++;
    old = true;
    oracle_follow();
    old = false;
    sim_trace("restored: %lld entries of %lld", (long long)line_count, (long long)former_count);
}

bool oracle_reads_back(void)
{
    return old || given_back;
}

int oracle_restores(void)
{
    return restores;
}

void oracle_card_back(int kiosk, int64_t since)
{
    card_since[kiosk] = since;
}

void oracle_reset(bool restart_by_session, bool absent_counts)
{
    if (!lines)
        lines = calloc(ENTRIES_MAX, sizeof *lines);
    if (!slips)
        slips = calloc(SLIPS_MAX, sizeof *slips);
    if (!lines || !slips)
        abort();
    oracle_forget();
    session_restart = restart_by_session;
    count_absent = absent_counts;
    old = true;
    oracle_follow();
    old = false;
}

int oracle_slips(void)
{
    return slip_count;
}

/* -- slips ------------------------------------------------------------------------------------- */

static int64_t day_of(int64_t at)
{
    return (at + JAPAN_MS) / DAY_MS;
}

/* Staff told it, no kiosk heard of it, and the database is gone. Until the numbers start again,
 * nobody else may get it. */
static bool is_lost(const struct slip *slip, const struct known *holder)
{
    bool restarted = session_restart ? !session_equal(&slip->session, &oracle_session)
                                     : strcmp(slip->session.date, oracle_session.date) != 0;
    return !holder && slip->kiosk < 0 && slip->at < restored_at && restarted;
}

/* Invariant 2, as two patients with their slips in hand would find out. */
static void check_number(const struct slip *slip)
{
    char text[NUMBER_TEXT_SIZE];
    number_format(slip->number, text);
    for (int i = 0; i < slip_count; i++) {
        const struct slip *other = &slips[i];
        if (!number_equal(other->number, slip->number) || strcmp(other->ticket, slip->ticket) == 0)
            continue;
        const struct known *holder = oracle_find(other->ticket);
        if (is_lost(other, holder))
            continue;
        bool live = !oracle_over(holder) && !other->ended && slip->at - other->at < DAY_MS;
        if (live && !oracle_over(oracle_find(slip->ticket)))
            sim_violation("number live twice: %s is %.8s of kiosk %d and %.8s of kiosk %d", text,
                          other->ticket, other->kiosk, slip->ticket, slip->kiosk);
        else if (!session_restart && day_of(other->at) == day_of(slip->at))
            sim_violation("number used again on its day: %s is %.8s of kiosk %d and %.8s of "
                          "kiosk %d",
                          text, other->ticket, other->kiosk, slip->ticket, slip->kiosk);
    }
}

void oracle_check_again(const struct known *ticket)
{
    for (int i = 0; i < slip_count && !old && !given_back; i++) /* that was checked before */
        if (strcmp(slips[i].ticket, ticket->id) == 0)
            check_number(&slips[i]);
}

/* Between two numbers that follow each other lie only those that the clinic does not use, or that
 * are somebody's. */
static bool follows(struct number before, struct number after)
{
    for (before.value++; before.value < after.value; before.value++)
        if (before.value != 4 && before.value != 9 && !oracle_given(before))
            return false;
    return before.value == after.value && before.letter == after.letter;
}

/* Persons who came together have numbers of one series, one after another. */
static void check_party(const struct slip *slip)
{
    for (int i = 0; i < slip_count && slip->persons > 1; i++) {
        const struct slip *other = &slips[i];
        if (other->person != slip->person - 1 || strcmp(other->family, slip->family) != 0)
            continue;
        if (!follows(other->number, slip->number))
            sim_violation("party: %.8s and %.8s came together, but their numbers do not follow",
                          other->ticket, slip->ticket);
    }
}

void oracle_shown(int kiosk, const struct station_ticket *ticket)
{
    char text[NUMBER_TEXT_SIZE];
    number_format(ticket->number, text);
    sim_trace("shown: %s to %.8s by %d", text, ticket->id, kiosk);
    if (leavers_is_elsewhere(kiosk))
        sim_violation("moved: kiosk %d has kept %.8s of its former clinic", kiosk, ticket->id);
    if (leavers_knows(kiosk) && !ticket->recovered)
        sim_violation("revoked: kiosk %d knows it and gives %s", kiosk, text);
    for (int i = 0; i < slip_count; i++) {
        if (strcmp(slips[i].ticket, ticket->id) != 0)
            continue;
        if (!number_equal(slips[i].number, ticket->number))
            sim_violation("two numbers: %.8s was shown another number before %s", ticket->id, text);
        else if (kiosk >= 0 && slips[i].kiosk < 0)
            slips[i].kiosk = kiosk; /* staff had told the number when they booked */
        else if (kiosk >= 0)
            sim_violation("two slips: %.8s (%s) is printed twice", ticket->id, text);
        return;
    }
    if (slip_count == SLIPS_MAX)
        abort();
    struct slip *slip = &slips[slip_count++];
    *slip = (struct slip){
        .number = ticket->number, .kiosk = kiosk, .at = sim_now, .session = oracle_session};
    memcpy(slip->ticket, ticket->id, sizeof slip->ticket);
    memcpy(slip->family, ticket->family, sizeof slip->family);
    slip->person = ticket->person;
    slip->persons = ticket->persons;
    check_number(slip);
    check_party(slip);
}

bool oracle_has_slip(const char *ticket)
{
    for (int i = 0; i < slip_count; i++)
        if (strcmp(slips[i].ticket, ticket) == 0)
            return true;
    return false;
}

/* The number that the journal keeps for a slip of this kiosk. Read past the station, whose view may
 * lack what its prefix does not tell yet. False: it has none, or cannot be read now. */
static bool in_journal(const struct station *station, const struct slip *slip)
{
    int r = 0;
    struct number number;
    sqlite3_stmt *stmt = journal_prepare(
        station->journal, &r, "SELECT number FROM tickets WHERE ticket = ?", "s", slip->ticket);
    bool found = stmt && journal_step(station->journal, stmt) > 0 &&
                 number_parse((const char *)sqlite3_column_text(stmt, 0), &number) == 0 &&
                 number_equal(number, slip->number);
    journal_done(station->journal, stmt);
    return found;
}

/* The view has the ticket; or, as long as the kiosk lacks a part of the log (who came with a
 * booking is the cloud's event; a number's earlier holder may be over there already), the journal
 * has. */
static bool is_stored(const struct station *station, const struct slip *slip)
{
    const struct ticket *ticket = queue_ticket(&station->log.view, slip->ticket);
    if (ticket && number_equal(ticket->number, slip->number) && ticket->state != TICKET_OFFERED &&
        !ticket->abandoned)
        return true;
    /* What it lacked of a log that was lost since, it lacks still. */
    int64_t known = line_count > former_count ? line_count : former_count;
    return (station->log.seq < known || slip->refused) && in_journal(station, slip);
}

void oracle_check_stored(int kiosk)
{
    const struct station *station = hosts_stations[kiosk];
    if (!station->enrolled || leavers_is_elsewhere(kiosk))
        return;
    for (int i = 0; i < slip_count; i++) {
        const struct slip *slip = &slips[i];
        if (card_since[kiosk] && slip->at >= card_since[kiosk])
            continue;
        if (slip->kiosk != kiosk || oracle_over(oracle_find(slip->ticket)) ||
            day_of(slip->at) != day_of(sim_now))
            continue;
        if (!is_stored(station, slip))
            sim_violation("shown, not stored: kiosk %d has forgotten %.8s after a restart", kiosk,
                          slip->ticket);
    }
}

/* -- the log -------------------------------------------------------------------------------------
 */

static bool set_back(const char *device)
{
    for (int i = 0; i < SIM_KIOSKS; i++)
        if (card_since[i] && hosts_stations[i] &&
            strcmp(hosts_stations[i]->enrolment.device, device) == 0)
            return true;
    return false;
}

static void check_once(const struct entry *entry)
{
    const struct event *event = &entry->event;
    for (int64_t i = 0; i < line_count; i++) {
        if (lines[i].id[0] == event->id[0] && strcmp(lines[i].id, event->id) == 0)
            sim_violation("applied twice: event %.8s is entry %lld and %lld", event->id,
                          (long long)i + 1, (long long)entry->seq);
        if (event->counter && lines[i].counter == event->counter && !set_back(event->device) &&
            strcmp(lines[i].device, event->device) == 0)
            sim_violation("forked: two events of one device have the counter %lld",
                          (long long)event->counter);
    }
}

/* Acceptance is between what its author had seen and its arrival. */
static void check_time(const struct entry *entry)
{
    int64_t base = entry->event.base > 0 ? entry->event.base : 1;
    if (entry->at > sim_now)
        sim_violation("time: entry %lld is from the future", (long long)entry->seq);
    if (base <= line_count && entry->at < lines[base - 1].received)
        sim_violation("time: entry %lld is older than what its author had seen",
                      (long long)entry->seq);
}

/* A main number that was given before a restore and whose kiosk came late with it: what ended its
 * earlier holder is lost, or it was given again. Or a booking that is lost, and whose patient a
 * late kiosk has taken in. The only slips that the log may refuse: staff are told of each. */
static void note_refusal(const struct entry *entry)
{
    bool late = entry->event.kind == EVENT_TAKEN && entry->verdict == VERDICT_REFUSED &&
                entry->reason == REASON_NUMBER_LIVE;
    late = late || (entry->event.kind == EVENT_ARRIVED && entry->verdict == VERDICT_REFUSED &&
                    entry->reason == REASON_UNKNOWN_TICKET);
    for (int i = 0; i < slip_count && late; i++)
        if (slips[i].at < restored_at && strcmp(slips[i].ticket, entry->event.ticket) == 0)
            slips[i].refused = true;
}

/* From here on the log itself says whether the visit is over. */
static void end_known(const struct entry *entry)
{
    for (int i = 0; i < slip_count; i++)
        if (slips[i].ended && strcmp(slips[i].ticket, entry->event.ticket) == 0)
            slips[i].ended = !oracle_over(oracle_find(slips[i].ticket));
}

static void take(const struct entry *entry, void *context)
{
    (void)context;
    if (entry->seq != line_count + 1 || line_count == ENTRIES_MAX) {
        sim_violation("lost: the log goes on with entry %lld after %lld", (long long)entry->seq,
                      (long long)line_count);
        return;
    }
    given_back =
        !old && entry->seq <= former_count && strcmp(former[entry->seq - 1].hash, entry->hash) == 0;
    if (!old) {
        check_once(entry);
        if (!given_back)
            check_time(entry);
        sim_trace("entry %lld %s %.8s %s %s", (long long)entry->seq,
                  event_kind_name(entry->event.kind), entry->event.ticket,
                  verdict_name(entry->verdict), reason_name(entry->reason));
    }
    struct line *line = &lines[line_count++];
    /* A cloud that died right after its commit told nobody: it arrived at some time since. */
    *line = (struct line){.counter = entry->event.counter,
                          .received = old                        ? 0
                                      : unobserved || given_back ? entry->at
                                                                 : sim_now};
    memcpy(line->id, entry->event.id, sizeof line->id);
    memcpy(line->device, entry->event.device, sizeof line->device);
    memcpy(line->hash, entry->hash, sizeof line->hash);
    note_refusal(entry);
    oracle_fold(entry);
    end_known(entry);
}

void oracle_follow(void)
{
    if (!hosts_up(SIM_CLOUD) || !lines || hosts_site->seq <= line_count)
        return;
    sim_host = SIM_CLOUD;
    int r = site_entries(hosts_site, line_count, ENTRIES_MAX, take, NULL);
    if (r < 0)
        sim_trace("the log cannot be read now: %d", r); /* read at the next step */
    sim_host = SIM_NOBODY;
}

struct history {
    int64_t seq;
};

static void compare(const struct entry *entry, void *context)
{
    struct history *history = context;
    history->seq = entry->seq;
    if (entry->seq <= line_count && strcmp(lines[entry->seq - 1].hash, entry->hash) != 0)
        sim_violation("lost: entry %lld is another one after the restart", (long long)entry->seq);
}

void oracle_check_history(void)
{
    struct history history = {0};
    if (!lines || line_count == 0)
        return;
    unobserved = true;
    oracle_follow();
    unobserved = false;
    if (site_entries(hosts_site, 0, ENTRIES_MAX, compare, &history) < 0)
        return; /* the disk is in trouble again */
    if (history.seq < line_count)
        sim_violation("lost: the cloud had %lld entries and has %lld after its restart",
                      (long long)line_count, (long long)history.seq);
}

/* -- answers -------------------------------------------------------------------------------------
 */

void oracle_acknowledged(const char *event, int64_t seq)
{
    oracle_follow();
    if (seq < 1 || seq > line_count || strcmp(lines[seq - 1].id, event) != 0)
        sim_violation("lost: event %.8s was acknowledged as entry %lld, which it is not", event,
                      (long long)seq);
}

static bool counts(const struct known *ticket)
{
    return ticket->state == TICKET_WAITING || ticket->state == TICKET_TO_PAY ||
           ticket->state == TICKET_RESERVED || (ticket->state == TICKET_ABSENT && count_absent);
}

/* A new ticket stands behind everybody who waits there and came earlier. Whom staff have moved may
 * stand on either side, and so may a booking whose slot has begun. */
static void check_before(const cJSON *json)
{
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "ticket"));
    const cJSON *before = cJSON_GetObjectItemCaseSensitive(json, "before");
    const struct known *ticket = id ? oracle_find(id) : NULL;
    int least = 0, most = 0;
    if (!ticket || !cJSON_IsNumber(before) || ticket->slot_from)
        return;
    for (int i = 0; i < oracle_known_count; i++) {
        const struct known *other = &oracle_known[i];
        if (other == ticket || other->desk_no != ticket->desk_no || !counts(other))
            continue;
        bool unsure = other->moved || other->slot_from;
        most += unsure || other->accepted <= ticket->accepted;
        least += !unsure && other->accepted < ticket->accepted;
    }
    if (before->valueint < least || before->valueint > most)
        sim_violation("before you: %.8s was told %d, but %d to %d are waiting", id,
                      before->valueint, least, most);
}

void oracle_answered(int kiosk, const char *method, const char *path, int status, const char *body)
{
    if (strcmp(method, "POST") != 0 || status < 200 || status >= 300 || leavers_is_elsewhere(kiosk))
        return;
    oracle_follow();
    cJSON *json = cJSON_Parse(body);
    const cJSON *verdict, *entry = cJSON_GetObjectItemCaseSensitive(json, "event");
    cJSON_ArrayForEach (verdict, cJSON_GetObjectItemCaseSensitive(json, "verdicts")) {
        const cJSON *seq = cJSON_GetObjectItemCaseSensitive(verdict, "seq");
        if (seq->valuedouble == 0 && leavers_has_left(kiosk))
            continue; /* kept aside: what became of it shows at the end */
        oracle_acknowledged(cJSON_GetObjectItemCaseSensitive(verdict, "id")->valuestring,
                            (int64_t)seq->valuedouble);
    }
    if (entry && strstr(path, "/tickets")) {
        const cJSON *event = cJSON_GetObjectItemCaseSensitive(entry, "event");
        oracle_acknowledged(cJSON_GetObjectItemCaseSensitive(event, "id")->valuestring,
                            (int64_t)cJSON_GetObjectItemCaseSensitive(entry, "seq")->valuedouble);
        if (status == 201)
            check_before(json);
    }
    cJSON_Delete(json);
}

/* -- the end -------------------------------------------------------------------------------------
 */

/* What the log does not have as it was shown, staff find beside it. */
static bool is_left_behind(const struct slip *slip, const struct known *ticket)
{
    bool logged = ticket && !ticket->abandoned && number_equal(ticket->number, slip->number) &&
                  ticket->state != TICKET_OFFERED && ticket->state != TICKET_RESERVED;
    return leavers_has_left(slip->kiosk) && !logged && leavers_kept(slip->kiosk, slip->ticket);
}

static void check_slip(const struct slip *slip)
{
    const struct known *ticket = oracle_find(slip->ticket);
    char text[NUMBER_TEXT_SIZE];
    number_format(slip->number, text);
    if (is_left_behind(slip, ticket))
        return;
    if (!ticket && slip->kiosk < 0 && slip->at < restored_at)
        sim_trace("%s (%.8s) was lost with the database, no kiosk had seen it", text, slip->ticket);
    else if (!ticket && slip->refused)
        sim_trace("%s (%.8s) is not to be had after the restore, staff know", text, slip->ticket);
    else if (!ticket)
        sim_violation("lost: %s (%.8s of kiosk %d) is not in the cloud's log", text, slip->ticket,
                      slip->kiosk);
    else if (!number_equal(ticket->number, slip->number))
        sim_violation("two numbers: %.8s holds %s, the cloud says otherwise", slip->ticket, text);
    else if (ticket->state == TICKET_RESERVED && slip->kiosk >= 0 && !ticket->undone)
        sim_violation("lost: %s (%.8s) came to kiosk %d and is still expected", text, slip->ticket,
                      slip->kiosk);
    else if (ticket->abandoned || ticket->state == TICKET_OFFERED)
        sim_violation("lost: nobody will ever call %s (%.8s of kiosk %d)", text, slip->ticket,
                      slip->kiosk);
}

static void check_queue(const struct queue *queue)
{
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *ticket = &queue->tickets[i];
        const struct known *ours = oracle_find(ticket->id);
        if (!ours || ours->state != ticket->state || ours->desk_no != ticket->desk_no ||
            !number_equal(ours->number, ticket->number))
            sim_violation("state: %.8s is %s at desk %d, and by its events %s at desk %d",
                          ticket->id, ticket_state_name(ticket->state), ticket->desk_no,
                          ours ? ticket_state_name(ours->state) : "unknown",
                          ours ? ours->desk_no : 0);
    }
}

static void check_lines(const struct queue *queue)
{
    const struct ticket *line[QUEUE_TICKETS_MAX];
    for (int d = 0; d < queue->settings.desk_count; d++) {
        int count =
            queue_line(queue, queue->settings.desks[d].desk_no, sim_now, line, QUEUE_TICKETS_MAX);
        for (int i = 0; i < count; i++) {
            int before = queue_before(queue, line[i], sim_now);
            if (before != i)
                sim_violation("before you: %.8s is told %d and stands at %d", line[i]->id, before,
                              i);
        }
    }
}

void oracle_check_end(void)
{
    oracle_follow();
    for (int i = 0; i < slip_count; i++)
        check_slip(&slips[i]);
    check_queue(&hosts_site->queue);
    check_lines(&hosts_site->queue);
    for (int i = 0; i < SIM_KIOSKS; i++)
        check_lines(&hosts_stations[i]->log.view);
}
