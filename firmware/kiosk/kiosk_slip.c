/* From a ticket on the screen to a slip in the printing thread's list. */
#include <stdio.h>
#include <string.h>

#include "kiosk.h"
#include "slip_content.h"

/* The ledger must know that this slip does not exist, or it would be looked for at each start. */
static void give_up(struct kiosk *kiosk, const struct station_ticket *ticket)
{
    if (station_slip(kiosk->station, ticket->id, ticket->print_count, print_fate_name(PRINT_FAILED),
                     0, "") < 0)
        fprintf(stderr, "machiai-kiosk: the fate of a slip was not stored\n");
}

bool kiosk_print(void *context, const struct station_ticket *ticket)
{
    struct kiosk *kiosk = context;
    if (kiosk->printing == NULL || kiosk->slip_count == KIOSK_SLIPS_MAX) {
        give_up(kiosk, ticket);
        return false;
    }
    kiosk->slips[kiosk->slip_count++] = *ticket;
    return true;
}

static bool draw_slip(struct kiosk *kiosk, const struct station_ticket *ticket, struct bitmap *ret)
{
    struct slip_view view;
    struct canvas_options options = {.language_dir = kiosk->terminal->canvas.language_dir};
    if (kiosk->queue == NULL)
        return false;
    slip_content_fill(ticket, &kiosk->queue->settings, kiosk->words, kiosk->config->paper_mm,
                      &view);
    int result = slip_draw(&view, &options, ret);
    if (result < 0)
        fprintf(stderr, "machiai-kiosk: the slip cannot be drawn: %s\n", strerror(-result));
    return result == 0;
}

static void send_slip(struct kiosk *kiosk, const struct station_ticket *ticket)
{
    struct printing_job job = {.print_count = ticket->print_count, .recovered = ticket->recovered};
    snprintf(job.ticket, sizeof job.ticket, "%s", ticket->id);
    bool sent = ticket->recovered || draw_slip(kiosk, ticket, &job.bitmap);
    if (sent && printing_submit(kiosk->printing, &job) < 0) {
        bitmap_finish(&job.bitmap);
        sent = false;
    }
    if (sent)
        return;
    give_up(kiosk, ticket);
    terminal_flow_slip(&kiosk->terminal_flow, ticket->id, PRINT_FAILED, kiosk->now);
    kiosk->stale = true;
}

void kiosk_send_slips(struct kiosk *kiosk)
{
    for (int i = 0; i < kiosk->slip_count; i++)
        send_slip(kiosk, &kiosk->slips[i]);
    kiosk->slip_count = 0;
}
