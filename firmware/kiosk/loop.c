/* The main loop: one turn takes everything that came in, lets time pass, draws what changed. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kiosk.h"

static volatile sig_atomic_t signalled;

static void on_signal(int number)
{
    (void)number;
    signalled = 1;
}

int64_t loop_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* -- time -------------------------------------------------------------------------------------- */

static void sooner(int64_t *due, int64_t at)
{
    if (at < *due)
        *due = at;
}

/* When the loop has to turn even if nothing comes in. */
static int64_t next_turn(const struct kiosk *kiosk)
{
    int64_t due = kiosk->views_at + KIOSK_SECOND_MS;
    sooner(&due, terminal_flow_deadline(&kiosk->terminal_flow, kiosk->now));
    sooner(&due, staff_flow_deadline(&kiosk->staff_flow, kiosk->now));
    if (kiosk->held_since != 0)
        sooner(&due, kiosk->held_since + STAFF_HOLD_MS);
    if (kiosk->terminal_view.slip_ms != 0)
        sooner(&due, kiosk->terminal_at + KIOSK_MOTION_MS);
    if (kiosk->monitor != NULL) {
        sooner(&due, monitor_flow_deadline(&kiosk->monitor_flow));
        sooner(&due, playlist_deadline(kiosk->playlist));
        /* Between two films the decoder's news is as urgent as its frames; a board alone rests. */
        if (playlist_decodes(kiosk->playlist))
            sooner(&due, kiosk->now + KIOSK_FILM_MS);
        if (codec_test_runs(kiosk->codecs))
            sooner(&due, kiosk->now + KIOSK_TEST_MS);
        if (change_runs(&kiosk->change))
            sooner(&due, kiosk->monitor_at + KIOSK_MOTION_MS);
        if (monitor_moving(&kiosk->monitor_view))
            sooner(&due, kiosk->monitor_at + KIOSK_MOTION_MS);
    }
    if (kiosk->stale || kiosk->monitor_waits || kiosk->redraw_terminal)
        due = kiosk->now;
    sooner(&due, kiosk->now + KIOSK_SIGNAL_MS);
    return due;
}

static void pass_time(struct kiosk *kiosk)
{
    struct terminal_world terminal;
    struct monitor_world monitor;
    kiosk_terminal_world(kiosk, &terminal);
    if (terminal_flow_tick(&kiosk->terminal_flow, &terminal) ||
        terminal_flow_deadline(&kiosk->terminal_flow, kiosk->now - 1) <= kiosk->now)
        kiosk->stale = true;
    kiosk_tick_staff(kiosk);
    if (kiosk->monitor == NULL)
        return;
    kiosk_monitor_world(kiosk, &monitor);
    if (monitor_flow_tick(&kiosk->monitor_flow, &monitor))
        kiosk->stale = true;
    kiosk_announce(kiosk);
}

static void part_ended(struct kiosk *kiosk, enum kiosk_part part)
{
    turns_part(&kiosk->turns, part);
    watchdog_part(kiosk->watchdog);
}

static void turn(struct kiosk *kiosk, const SDL_Event *first)
{
    SDL_Event event;
    kiosk->turn_us = loop_now_us();
    kiosk->now = kiosk->turn_us / 1000;
    kiosk->touched_us = kiosk->turn_us;
    if (first != NULL)
        kiosk_handle(kiosk, first);
    while (SDL_PollEvent(&event))
        kiosk_handle(kiosk, &event);
    kiosk_take_keys(kiosk);
    part_ended(kiosk, KIOSK_EVENTS);
    kiosk_take_news(kiosk);
    part_ended(kiosk, KIOSK_NEWS);
    kiosk_send_slips(kiosk); /* first of all: somebody waits at the printer */
    part_ended(kiosk, KIOSK_SLIP);
    kiosk_take_films(kiosk);
    part_ended(kiosk, KIOSK_FILMS);
    pass_time(kiosk);
    part_ended(kiosk, KIOSK_FLOWS);
    kiosk_take_requests(kiosk);
    part_ended(kiosk, KIOSK_REQUESTS);
    kiosk_draw(kiosk);
    watchdog_turn(kiosk->watchdog);
    kiosk_warm_one(kiosk);
    watchdog_part(kiosk->watchdog);
    kiosk_warm_still(kiosk);
    watchdog_part(kiosk->watchdog);
    kiosk_test_codecs(kiosk);
    part_ended(kiosk, KIOSK_WARM);
}

void loop_run(struct kiosk *kiosk)
{
    struct sigaction action = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
    SDL_Event event;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    turn(kiosk, NULL); /* draws everything for the first time: nobody waits for it */
    turns_init(&kiosk->turns);
    while (!kiosk->quit && !signalled) {
        int64_t wait = next_turn(kiosk) - loop_now_us() / 1000;
        bool came = SDL_WaitEventTimeout(&event, wait > 0 ? (int)wait : 0) == 1;
        turns_begin(&kiosk->turns);
        turn(kiosk, came ? &event : NULL);
        turns_end(&kiosk->turns);
    }
    turns_finish(&kiosk->turns);
}
