/* Acts of staff at the kiosk: menu, keypad, buttons. The kiosk is the author: what is done here is
 * in its outbox before it is told, whether there is a line or not. */
#include <errno.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

static const char failed[] = "act.failed", not_now[] = "act.not_now", not_here[] = "act.not_here";

static const enum event_kind kinds[] = {
    [STATION_ACT_NEXT] = EVENT_CALLED,     [STATION_ACT_CALL] = EVENT_CALLED,
    [STATION_ACT_RECALL] = EVENT_RECALLED, [STATION_ACT_ABSENT] = EVENT_ABSENT,
    [STATION_ACT_HOLD] = EVENT_HELD,       [STATION_ACT_BACK] = EVENT_BACK,
    [STATION_ACT_WAITING] = EVENT_WAITING, [STATION_ACT_IN_ROOM] = EVENT_IN_ROOM,
    [STATION_ACT_IN_EXAM] = EVENT_IN_EXAM, [STATION_ACT_TRANSFER] = EVENT_TRANSFERRED,
    [STATION_ACT_ARRIVED] = EVENT_ARRIVED, [STATION_ACT_RESTORE] = EVENT_RESTORED,
    [STATION_ACT_DONE] = EVENT_DONE,       [STATION_ACT_CANCEL] = EVENT_CANCELLED,
    [STATION_ACT_PAUSE] = EVENT_PAUSED,    [STATION_ACT_RESUME] = EVENT_RESUMED,
    [STATION_ACT_REISSUE] = EVENT_REISSUE, [STATION_ACT_UNDO] = EVENT_UNDONE,
};

static bool is_call(enum event_kind kind)
{
    return kind == EVENT_CALLED || kind == EVENT_RECALLED;
}

static int64_t claim_now(struct station *station)
{
    struct clock_reading reading = station_clock_read();
    return station_clock_claim(&station->clock, &reading);
}

/* -- whom it is about -------------------------------------------------------------------------- */

/* "Call next" is resolved to a ticket here, before it is logged: what is logged says who. */
static const struct ticket *subject(struct station *station, const struct station_act *act)
{
    const struct queue *view = &station->log.view;
    if (act->kind == STATION_ACT_NEXT)
        return queue_next(view, act->desk_no, claim_now(station));
    if (*act->ticket)
        return queue_ticket(view, act->ticket);
    if (act->number.value > 0)
        return queue_holder(view, act->number);
    return queue_ticket(view, station->acted.ticket);
}

/* Whoever held this number is done: it is known here, only not to be called. */
static bool was_here(const struct queue *queue, struct number number)
{
    for (int i = 0; i < queue->count; i++)
        if (number_equal(queue->tickets[i].number, number))
            return true;
    return false;
}

static const char *missing(struct station *station, const struct station_act *act)
{
    if (act->kind == STATION_ACT_NEXT)
        return "act.nobody";
    if (act->kind == STATION_ACT_UNDO ||
        (act->number.value > 0 && was_here(&station->log.view, act->number)))
        return not_now;
    return "act.unknown_number";
}

/* -- the event --------------------------------------------------------------------------------- */

static void fill_room(const struct station *station, const struct station_act *act, int desk_no,
                      struct event *event)
{
    const struct room *room = settings_room_of_desk(&station->log.view.settings, desk_no);
    if (*act->room)
        memcpy(event->room, act->room, sizeof event->room);
    else if (event->kind != EVENT_RECALLED && room) /* a recall stays in its room */
        memcpy(event->room, room->id, sizeof event->room);
}

static void fill(const struct station *station, const struct station_act *act,
                 const struct ticket *ticket, struct event *event)
{
    event_init(event);
    event->kind = kinds[act->kind];
    event->desk_no = ticket ? ticket->desk_no : act->desk_no;
    event->places = act->kind == STATION_ACT_BACK ? act->places : 0;
    memcpy(event->user, act->user, sizeof event->user);
    memcpy(event->id, act->id, sizeof event->id);
    if (ticket) {
        const char *seen = *act->seen ? act->seen : ticket->last_event;
        memcpy(event->ticket, ticket->id, sizeof event->ticket);
        memcpy(event->kind == EVENT_UNDONE ? event->target : event->seen, seen, UID_SIZE);
    }
    if (event->kind == EVENT_TRANSFERRED)
        event->desk_no = act->to_desk_no;
    if (is_call(event->kind))
        fill_room(station, act, event->desk_no, event);
}

/* -- acts -------------------------------------------------------------------------------------- */

static const char *set_intake(struct station *station, const struct station_act *act)
{
    struct event event;
    fill(station, act, NULL, &event);
    struct judgement judgement = queue_judge(&station->log.view, &event);
    if (judgement.reason == REASON_REPEATED)
        return "";
    if (judgement.verdict != VERDICT_APPLIED)
        return not_now;
    return station_post(station, &event) < 0 ? failed : "";
}

/* A number that this kiosk cannot see: another one gave it while the line is down. The patient is
 * called; who it was, the cloud finds out, or staff. */
static const char *call_unseen(struct station *station, const struct station_act *act,
                               struct station_ticket *ret)
{
    struct event event;
    event_init(&event);
    event.kind = EVENT_CALLED_NUMBER;
    event.number = act->number;
    event.desk_no = act->desk_no;
    memcpy(event.user, act->user, sizeof event.user);
    fill_room(station, act, act->desk_no, &event);
    if (station_post(station, &event) < 0)
        return failed;
    *ret = (struct station_ticket){
        .number = act->number, .desk_no = act->desk_no, .before = -1, .person = 1, .persons = 1};
    memcpy(ret->room, event.room, sizeof ret->room);
    station_news_call(station, ret, claim_now(station));
    return "act.noted";
}

/* One more slip: this kiosk's own ticket has its words and ledger here; another's is asked for
 * through the cloud. Offline only the issuing kiosk may, or two slips could be valid. */
static const char *reissue(struct station *station, const struct event *event,
                           const struct ticket *ticket)
{
    struct station_ticket slip;
    struct outbox_draft draft;
    bool prints = station->config->printer_uri[0] && station->config->role != ROLE_MONITOR;
    bool own = strcmp(ticket->device, station->enrolment.device) == 0;
    if (own && !prints)
        return failed;
    if (station_log_draft(&station->log, event, 0, claim_now(station), &draft) < 0)
        return failed;
    int r = prints
                ? journal_reissue(station->journal, ticket->id, draft.event.id, &draft.row, &slip)
                : -ENOENT;
    if (r == 0) {
        station_log_keep(&station->log, &draft);
        station_issue_check(station, slip.id, slip.print_count, slip.check);
        station_news_reissue(station, &slip);
        return "";
    }
    outbox_drop(&draft);
    if (r != -ENOENT)
        return failed;
    if (own || !*ticket->device || station->sync.link != LINK_UP)
        return not_here;
    return station_post(station, event) < 0 ? failed : "";
}

static const char *apply(struct station *station, const struct station_act *act,
                         const struct ticket *ticket)
{
    struct event event;
    char id[UID_SIZE];
    memcpy(id, ticket->id, sizeof id);
    if (*act->id && strcmp(ticket->last_event, act->id) == 0)
        return ""; /* pressed again because the first answer was lost */
    fill(station, act, ticket, &event);
    if (queue_judge(&station->log.view, &event).verdict != VERDICT_APPLIED)
        return not_now;
    if (event.kind == EVENT_REISSUE)
        return reissue(station, &event, ticket);
    if (station_post(station, &event) < 0)
        return failed;
    ticket = queue_ticket(&station->log.view, id); /* of the view made anew */
    if (ticket) {
        memcpy(station->acted.ticket, id, sizeof id);
        memcpy(station->acted.event, ticket->last_event, sizeof station->acted.event);
    }
    if (is_call(event.kind)) {
        station_news_before(
            station); /* a call that waits for the stage is of a ticket that is called */
        station_news_called(station, id, claim_now(station));
    }
    return "";
}

static const char *perform(struct station *station, const struct station_act *act,
                           struct station_ticket *ret)
{
    if (act->kind == STATION_ACT_PAUSE || act->kind == STATION_ACT_RESUME)
        return set_intake(station, act);
    const struct ticket *ticket = subject(station, act);
    bool elsewhere = ticket && act->desk_no && ticket->desk_no != act->desk_no;
    bool unseen = !ticket && act->kind == STATION_ACT_CALL && act->desk_no > 0 && !*act->ticket &&
                  !was_here(&station->log.view, act->number) && station->sync.link != LINK_UP;
    if (unseen)
        return call_unseen(station, act, ret);
    if (!ticket || elsewhere)
        return elsewhere ? "act.unknown_number" : missing(station, act);
    if (act->kind == STATION_ACT_UNDO && !*act->ticket && act->number.value == 0 &&
        strcmp(ticket->last_event, station->acted.event) != 0)
        return not_now;
    char id[UID_SIZE];
    memcpy(id, ticket->id, sizeof id);
    const char *key = apply(station, act, ticket);
    ticket = queue_ticket(&station->log.view, id);
    if (ticket)
        station_news_fill(ticket, ret);
    return key;
}

void station_act_begin(struct station *station, const struct command *command)
{
    struct station_ticket ticket = {.person = 1, .persons = 1};
    bool able = station->enrolled && !station->sync.revoked && station->log.view.has_settings;
    const char *key = able ? perform(station, &command->act, &ticket) : failed;
    if (*key == '\0' || strcmp(key, "act.noted") == 0) {
        station_news_queue(station);
        station_news_link(station);
    }
    station_news_acted(station, command->request, key, &ticket);
}
