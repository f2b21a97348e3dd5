/* One more slip, because staff asked for it. Only the kiosk that issued the ticket has its words
 * and its ledger, so only that one prints. */
#include <errno.h>
#include <string.h>

#include "station_private.h"
#include "station_report.h"

/* Asked for while somebody may still stand at the counter for it. */
static bool lately(struct station *station, const struct entry *entry)
{
    int64_t now;
    return station_trusted(station, &now) && now - entry->at <= STATION_REISSUE_MS;
}

void station_reissue(struct station *station, const struct entry *entry)
{
    struct station_ticket ticket;
    const struct event *event = &entry->event;
    bool prints = station->config->printer_uri[0] && station->config->role != ROLE_MONITOR;
    if (event->kind != EVENT_REISSUE || entry->verdict != VERDICT_APPLIED || !prints ||
        !lately(station, entry))
        return;
    int r = journal_reissue(station->journal, event->ticket, event->id, NULL, &ticket);
    if (r == -ENOENT || r == -EALREADY)
        return; /* another kiosk's ticket; or the log came a second time */
    if (r < 0) {
        station_report("a slip that staff asked for could not be stored: %s", strerror(-r));
        return;
    }
    station_issue_check(station, ticket.id, ticket.print_count, ticket.check);
    station_news_reissue(station, &ticket);
}
