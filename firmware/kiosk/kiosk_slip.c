/* From a ticket on the screen to a slip in the printing thread's list. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

static int draw_view(struct kiosk *kiosk, const struct slip_view *view, struct bitmap *ret)
{
    struct canvas_options options = {.language_dir = kiosk->terminal->canvas.language_dir};
    int result = kiosk->press != NULL ? 0 : slip_press_create(&options, &kiosk->press);
    if (result == 0)
        result = slip_press_draw(kiosk->press, view, ret);
    if (result < 0)
        fprintf(stderr, "machiai-kiosk: the slip cannot be drawn: %s\n", strerror(-result));
    return result;
}

static bool draw_slip(struct kiosk *kiosk, const struct station_ticket *ticket, struct bitmap *ret)
{
    struct slip_view view;
    if (kiosk->queue == NULL)
        return false;
    slip_content_fill(ticket, &kiosk->queue->settings, kiosk->words, kiosk->config->paper_mm,
                      &view);
    return draw_view(kiosk, &view, ret) == 0;
}

static void send_slip(struct kiosk *kiosk, const struct station_ticket *ticket)
{
    struct printing_job job = {.print_count = ticket->print_count,
                               .recovered = ticket->recovered,
                               .unsent = ticket->unsent};
    bool looked_for = ticket->recovered && !ticket->unsent;
    snprintf(job.ticket, sizeof job.ticket, "%s", ticket->id);
    bool sent = looked_for || draw_slip(kiosk, ticket, &job.bitmap);
    if (ticket->print_count == 1 && !ticket->recovered)
        job.marks = kiosk->slip_marks;
    job.marks.drawn = loop_now_us();
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

/* -- test prints ------------------------------------------------------------------------------- */

static void fill_test(struct kiosk *kiosk, struct slip_view *ret)
{
    const struct config *config = kiosk->config;
    struct slip_test test = {
        .paper_mm = config->paper_mm, .address = config->url, .device = config->printer_uri};
    if (!station_now(kiosk->station, &test.now_ms))
        test.now_ms = 0;
    slip_content_test(kiosk->queue == NULL ? NULL : &kiosk->queue->settings, kiosk->words, &test,
                      ret);
}

int kiosk_print_test(struct kiosk *kiosk)
{
    struct slip_view view;
    struct printing_job job = {.print_count = kiosk->test_count + 1};
    if (kiosk->printing == NULL)
        return -ENODEV;
    fill_test(kiosk, &view);
    int result = draw_view(kiosk, &view, &job.bitmap);
    if (result < 0)
        return result;
    result = printing_submit(kiosk->printing, &job);
    if (result < 0) {
        bitmap_finish(&job.bitmap);
        return result;
    }
    kiosk->test_count++;
    kiosk->test_fate = PRINT_SUBMITTED;
    return 0;
}

void kiosk_warm_press(struct kiosk *kiosk)
{
    static const char *const languages[] = {"ja", "en", "zh-Hans", "ko", "vi", "pt"};
    struct station_ticket ticket = {.number = {'A', 10}, .print_count = 2, .check = "ABCD"};
    struct settings *settings = calloc(1, sizeof *settings);
    if (settings == NULL || kiosk->config->printer_uri[0] == '\0') {
        free(settings);
        return;
    }
    settings_init(settings);
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        struct slip_view view;
        struct bitmap bitmap = {0};
        snprintf(ticket.language, sizeof ticket.language, "%s", languages[i]);
        slip_content_fill(&ticket, settings, kiosk->words, kiosk->config->paper_mm, &view);
        if (draw_view(kiosk, &view, &bitmap) == 0)
            bitmap_finish(&bitmap);
    }
    free(settings);
}
