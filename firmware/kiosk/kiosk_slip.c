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
    if (!ticket->begun && (kiosk->printing == NULL || kiosk->slip_count == KIOSK_SLIPS_MAX)) {
        give_up(kiosk, ticket);
        return false;
    }
    if (kiosk->slip_count < KIOSK_SLIPS_MAX)
        kiosk->slips[kiosk->slip_count++] = *ticket;
    return true;
}

int kiosk_draw_slip(void *context, const struct slip_view *view, struct bitmap *ret)
{
    struct kiosk *kiosk = context;
    struct canvas_options options = {.language_dir = kiosk->terminal->canvas.language_dir};
    int result = kiosk->press != NULL ? 0 : slip_press_create(&options, &kiosk->press);
    return result == 0 ? slip_press_draw(kiosk->press, view, ret) : result;
}

/* settings NULL: nothing is known of the clinic, so the slip can be looked for, not drawn. */
static void job_of(const struct kiosk *kiosk, const struct station_ticket *ticket,
                   const struct settings *settings, struct printing_job *ret)
{
    *ret = (struct printing_job){.print_count = ticket->print_count,
                                 .recovered = ticket->recovered,
                                 .unsent = ticket->unsent,
                                 .trace = ticket->trace};
    snprintf(ret->ticket, sizeof ret->ticket, "%s", ticket->id);
    if (settings != NULL)
        slip_content_fill(ticket, settings, kiosk->words, kiosk->config->paper_mm, &ret->view);
}

/* -- as soon as the ticket is durable ---------------------------------------------------------- */

void kiosk_open_slips(struct kiosk *kiosk)
{
    pthread_mutex_lock(&kiosk->slip_lock);
    kiosk->takes_slips = true;
    pthread_mutex_unlock(&kiosk->slip_lock);
}

void kiosk_close_slips(struct kiosk *kiosk)
{
    pthread_mutex_lock(&kiosk->slip_lock);
    kiosk->takes_slips = false;
    pthread_mutex_unlock(&kiosk->slip_lock);
}

bool kiosk_issued(void *context, const struct station_ticket *ticket,
                  const struct settings *settings)
{
    struct kiosk *kiosk = context;
    struct printing_job job;
    pthread_mutex_lock(&kiosk->slip_lock);
    bool taken = kiosk->takes_slips;
    if (taken) {
        job_of(kiosk, ticket, settings, &job);
        taken = printing_submit(kiosk->printing, &job) == 0;
    }
    pthread_mutex_unlock(&kiosk->slip_lock);
    return taken;
}

/* -- through the main thread ------------------------------------------------------------------- */

void kiosk_slip_ended(struct kiosk *kiosk, const struct printing_news *news)
{
    if (news->fate != PRINT_SUBMITTED)
        kiosk->fates[kiosk->fate_count++ % KIOSK_FATES_MAX] = *news;
    terminal_flow_slip(&kiosk->terminal_flow, news->ticket, news->fate, kiosk->now);
}

/* Begun by the station: perhaps its end came while another ticket was shown. */
static void look_for_end(struct kiosk *kiosk, const struct station_ticket *ticket)
{
    for (int i = 0; i < kiosk->fate_count && i < KIOSK_FATES_MAX; i++) {
        const struct printing_news *news = &kiosk->fates[i];
        if (news->print_count == ticket->print_count && strcmp(news->ticket, ticket->id) == 0)
            terminal_flow_slip(&kiosk->terminal_flow, news->ticket, news->fate, kiosk->now);
    }
}

static void send_slip(struct kiosk *kiosk, const struct station_ticket *ticket)
{
    struct printing_job job;
    if (ticket->begun) {
        look_for_end(kiosk, ticket);
        return;
    }
    job_of(kiosk, ticket, kiosk->queue == NULL ? NULL : &kiosk->queue->settings, &job);
    if (printing_submit(kiosk->printing, &job) == 0)
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
    struct printing_job job = {.print_count = kiosk->test_count + 1};
    if (kiosk->printing == NULL)
        return -ENODEV;
    fill_test(kiosk, &job.view);
    int result = printing_submit(kiosk->printing, &job);
    if (result < 0)
        return result;
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
        if (kiosk_draw_slip(kiosk, &view, &bitmap) == 0)
            bitmap_finish(&bitmap);
    }
    free(settings);
}
