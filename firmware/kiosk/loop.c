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

/* -- fingers ----------------------------------------------------------------------------------- */

static void pressed(struct kiosk *kiosk, const SDL_MouseButtonEvent *event)
{
    const struct widget *widget = widgets_at(&kiosk->widgets, event->x, event->y);
    if (widget != NULL && terminal_flow_press(&kiosk->terminal_flow, widget->name, kiosk->now))
        kiosk->stale = true;
}

/* A button acts when the finger leaves it where it came down. */
static void released(struct kiosk *kiosk, const SDL_MouseButtonEvent *event)
{
    struct terminal_world world;
    char name[WIDGET_NAME_SIZE];
    const struct widget *widget = widgets_at(&kiosk->widgets, event->x, event->y);
    if (kiosk->terminal_flow.pressed[0] == '\0')
        return;
    memcpy(name, kiosk->terminal_flow.pressed, sizeof name);
    terminal_flow_release(&kiosk->terminal_flow);
    kiosk->stale = true;
    if (widget == NULL || strcmp(widget->name, name) != 0)
        return;
    kiosk_terminal_world(kiosk, &world);
    (void)terminal_flow_tap(&kiosk->terminal_flow, &world, name); /* a button that has gone */
}

static void handle(struct kiosk *kiosk, const SDL_Event *event)
{
    bool touch = kiosk->terminal != NULL &&
                 (event->type == SDL_MOUSEBUTTONDOWN || event->type == SDL_MOUSEBUTTONUP) &&
                 event->button.windowID == kiosk->terminal->id &&
                 event->button.button == SDL_BUTTON_LEFT;
    if (event->type == SDL_QUIT) {
        kiosk->quit = true;
    } else if (event->type == kiosk->wake_event) {
        SDL_AtomicSet(&kiosk->woken, 0);
    } else if (event->type == SDL_WINDOWEVENT && event->window.event == SDL_WINDOWEVENT_EXPOSED) {
        kiosk->redraw_terminal = kiosk->redraw_monitor = true;
    } else if (touch && event->type == SDL_MOUSEBUTTONDOWN) {
        pressed(kiosk, &event->button);
    } else if (touch) {
        released(kiosk, &event->button);
    }
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
    if (kiosk->terminal_view.slip_ms != 0)
        sooner(&due, kiosk->terminal_at + KIOSK_MOTION_MS);
    if (kiosk->monitor != NULL) {
        sooner(&due, monitor_flow_deadline(&kiosk->monitor_flow));
        sooner(&due, playlist_deadline(kiosk->playlist));
        /* Between two films the decoder's news is as urgent as its frames; a board alone rests. */
        if (playlist_decodes(kiosk->playlist))
            sooner(&due, kiosk->now + KIOSK_FILM_MS);
        if (monitor_moving(&kiosk->monitor_view))
            sooner(&due, kiosk->monitor_at + KIOSK_MOTION_MS);
    }
    if (kiosk->stale || kiosk->monitor_waits)
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
    if (kiosk->monitor == NULL)
        return;
    kiosk_monitor_world(kiosk, &monitor);
    if (monitor_flow_tick(&kiosk->monitor_flow, &monitor))
        kiosk->stale = true;
    kiosk_announce(kiosk);
}

static void turn(struct kiosk *kiosk, const SDL_Event *first)
{
    SDL_Event event;
    kiosk->turn_us = loop_now_us();
    kiosk->now = kiosk->turn_us / 1000;
    if (first != NULL)
        handle(kiosk, first);
    while (SDL_PollEvent(&event))
        handle(kiosk, &event);
    turns_part(&kiosk->turns, KIOSK_EVENTS);
    kiosk_take_news(kiosk);
    turns_part(&kiosk->turns, KIOSK_NEWS);
    kiosk_take_films(kiosk);
    turns_part(&kiosk->turns, KIOSK_FILMS);
    pass_time(kiosk);
    turns_part(&kiosk->turns, KIOSK_FLOWS);
    kiosk_take_requests(kiosk);
    turns_part(&kiosk->turns, KIOSK_REQUESTS);
    kiosk_draw(kiosk);
    kiosk_warm_one(kiosk);
    turns_part(&kiosk->turns, KIOSK_WARM);
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
