/* Whether a desk takes new tickets. Gates issuing only: what was issued is never turned away. */
#include <string.h>

#include "queue_rules.h"

static const char *const gate_names[] = {
#define X(name, text) text,
    INTAKE_GATES(X)
#undef X
};

const char *intake_gate_name(enum intake_gate gate)
{
    return gate_names[gate];
}

/* Tickets that a desk gave in a session; an offer that was not taken gives its place back. */
static int issued_in(const struct queue *queue, int desk_no, const struct session *session,
                     bool remote_only)
{
    int count = 0;
    for (int i = 0; i < queue->count; i++) {
        const struct ticket *ticket = &queue->tickets[i];
        count += ticket->issue_desk_no == desk_no && !ticket->abandoned &&
                 session_equal(&ticket->session, session) &&
                 (!remote_only || channel_remote(ticket->channel));
    }
    return count;
}

static bool limit_reached(const struct queue *queue, const struct desk *desk, enum channel channel,
                          const struct session *session)
{
    int limit = desk->intake_limit ? desk->intake_limit : queue->settings.intake_limit;
    if (queue->count >= QUEUE_TICKETS_MAX)
        return true;
    if (limit && issued_in(queue, desk->desk_no, session, false) >= limit)
        return true;
    return desk->web_limit && channel_remote(channel) &&
           issued_in(queue, desk->desk_no, session, true) >= desk->web_limit;
}

static enum intake_gate hours_gate(enum intake intake)
{
    switch (intake) {
    case INTAKE_BEFORE:
        return GATE_BEFORE;
    case INTAKE_BREAK:
        return GATE_BREAK;
    case INTAKE_ENDED:
        return GATE_ENDED;
    case INTAKE_CLOSED_DAY:
        return GATE_CLOSED_DAY;
    default:
        return GATE_OPEN;
    }
}

/* Staff closed the session of `now`: the clinic's hours know whether another follows today. */
static enum intake_gate closed_gate(const struct settings *settings, const struct session *session,
                                    int64_t now)
{
    struct civil civil;

    if (now == QUEUE_TIME_UNKNOWN || !settings->has_hours)
        return GATE_ENDED;
    civil_from_ms(now, settings->utc_offset_min, &civil);
    const struct span *spans = settings_spans(settings, session->date, civil.weekday);
    for (int i = session->kind + 1; spans && i < SESSION_KIND_COUNT; i++)
        if (spans[i].from != MINUTES_NONE)
            return GATE_BREAK;
    return GATE_ENDED;
}

enum intake_gate queue_intake(const struct queue *queue, int desk_no, enum channel channel,
                              int64_t now)
{
    int index = queue_desk_index(queue, desk_no);
    struct session session = queue->session;
    enum intake_gate hours = GATE_OPEN;

    if (index < 0 || !queue->settings.reservation_service ||
        !series_any(queue, &queue->settings.desks[index]))
        return GATE_NO_SERVICE;
    if (queue->settings.reservation_suspended)
        return GATE_SUSPENDED;
    if (now != QUEUE_TIME_UNKNOWN)
        hours = hours_gate(settings_session_at(&queue->settings, now, &session));
    if (hours != GATE_OPEN)
        return hours;
    bool opened = session_equal(&session, &queue->session);
    if (opened && queue->session_closed)
        return closed_gate(&queue->settings, &session, now);
    if (opened && queue->desks[index].paused)
        return GATE_PAUSED;
    return limit_reached(queue, &queue->settings.desks[index], channel, &session) ? GATE_FULL
                                                                                  : GATE_OPEN;
}
