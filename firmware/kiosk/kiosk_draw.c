/* The windows: views from the flows, drawn when they differ from what stands there. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "kiosk.h"
#include "screenshot.h"
#include "staff_demo.h"
#include "terminal_demo.h"
#include "version.h"

bool kiosk_setup_on_monitor(const struct kiosk *kiosk)
{
    return kiosk->terminal == NULL && !kiosk->status.enrolled;
}

static void draw_terminal(struct kiosk *kiosk, struct window *window)
{
    if (kiosk->staff_view.screen != STAFF_SHUT)
        staff_draw(&window->canvas, &kiosk->staff_view, &kiosk->widgets);
    else
        terminal_draw(&window->canvas, &kiosk->terminal_view, &kiosk->widgets);
    if (kiosk->demo[0] != '\0')
        widgets_clear(&kiosk->widgets); /* a picture only */
}

/* A notice or an introduction, or the clinic's name: something is always on the screen. */
static void draw_still(struct kiosk *kiosk, SDL_Rect area)
{
    char product[64];
    const char *clinic = kiosk->monitor_view.clinic;
    bool playing = kiosk->picture == PICTURE_NOTICE;
    struct stills_item item = {.entry = playing ? &kiosk->entry : NULL,
                               .title = clinic[0] != '\0' ? clinic : product,
                               .clinic = playing ? clinic : "",
                               .view_m = kiosk->monitor_view.view_m,
                               .since = kiosk->shown_at};
    catalogue_fill(product, sizeof product, words_get(kiosk->words, "ja", "setup.product"),
                   "version", MACHIAI_VERSION, NULL);
    stills_draw(kiosk->stills, &kiosk->monitor->canvas, area, &item, kiosk->now);
}

static void draw_place(struct kiosk *kiosk, SDL_Rect area)
{
    if (kiosk->picture == PICTURE_FILM)
        film_draw(&kiosk->film, area);
    else
        draw_still(kiosk, area);
}

void kiosk_change(struct kiosk *kiosk)
{
    bool fade = false;
    int64_t changes = playlist_changes(kiosk->playlist, &fade);
    if (changes == kiosk->changes)
        return;
    kiosk->changes = changes;
    kiosk->changed_at = kiosk->now;
    change_stop(&kiosk->change);
    SDL_Rect area = monitor_film_area(&kiosk->monitor->canvas, &kiosk->monitor_view);
    bool seen = area.w > 0 && kiosk->views_at != 0 && !kiosk_setup_on_monitor(kiosk) &&
                !monitor_flow_covers(&kiosk->monitor_view);
    if (!fade || !seen || !kiosk->config->motion ||
        !change_keep(&kiosk->change, area.w, area.h, kiosk->now))
        return;
    draw_place(kiosk, (SDL_Rect){0, 0, area.w, area.h});
    change_kept(&kiosk->change);
}

/* Everything, or (film_only) what stands in the film's place. */
static void draw_monitor(struct kiosk *kiosk, bool film_only)
{
    struct canvas *canvas = &kiosk->monitor->canvas;
    const struct monitor_view *view = &kiosk->monitor_view;
    if (kiosk_setup_on_monitor(kiosk)) {
        draw_terminal(kiosk, kiosk->monitor);
        return;
    }
    SDL_Rect area = monitor_film_area(canvas, view);
    if (film_only)
        SDL_RenderSetClipRect(canvas->renderer, &area);
    if (area.w > 0) {
        draw_place(kiosk, area);
        change_draw(&kiosk->change, area, kiosk->now);
    }
    monitor_draw(canvas, view);
    if (film_only)
        SDL_RenderSetClipRect(canvas->renderer, NULL);
}

/* A new frame of a film changes nothing else, unless a call is on the stage, or the renderer
 * forgets what it has shown. */
static bool film_only(const struct kiosk *kiosk)
{
    return !kiosk->redraw_monitor && kiosk->monitor->keeps_picture &&
           kiosk->monitor_view.stage.number[0] == '\0';
}

void kiosk_warm_up(struct kiosk *kiosk)
{
    static const enum terminal_screen screens[] = {TERMINAL_START, TERMINAL_TICKET,
                                                   TERMINAL_NO_SLIP};
    static struct terminal_view terminal;
    static struct monitor_view monitor;
    terminal = (struct terminal_view){
        .language = "ja", .clock = "0:00", .number = "10", .service_count = 1};
    for (size_t i = 0; kiosk->terminal != NULL && i < sizeof screens / sizeof screens[0]; i++) {
        terminal.screen = screens[i];
        terminal_draw(&kiosk->terminal->canvas, &terminal, &kiosk->widgets);
    }
    monitor = (struct monitor_view){.clock = "0:00", .video = true, .queue = true, .desk_count = 1};
    monitor.stage = monitor.desks[0].now = (struct monitor_call){.number = "1", .live = true};
    monitor.stage_ms = STAGE_LEAST_MS;
    if (kiosk->monitor != NULL)
        monitor_draw(&kiosk->monitor->canvas, &monitor);
    widgets_clear(&kiosk->widgets);
}

/* -- views ------------------------------------------------------------------------------------- */

/* Views are cleared before they are filled; where a byte of padding differs all the same, the cost
 * is one drawing. */
static bool same_bytes(const void *a, const void *b, size_t size)
{
    return memcmp(a, b, size) == 0;
}

static const char *demo_words(const void *context, const char *language, const char *key)
{
    return words_get(context, language, key);
}

/* `ctl show staff-...`: with the rooms and people that are known. */
static void show_staff_demo(const struct kiosk *kiosk, const struct staff_world *world,
                            struct staff_view *ret)
{
    struct staff_flow flow = {.screen = STAFF_MENU, .until = world->now};
    staff_flow_view(&flow, world, kiosk->words, ret);
    (void)staff_demo(kiosk->demo, words_get(kiosk->words, "ja", "staff.demo_room"), ret);
}

/* A staff view opens, changes or closes over the patients' screen. */
static void make_staff_view(struct kiosk *kiosk)
{
    static struct staff_view view;
    struct staff_world world;
    kiosk_staff_world(kiosk, &world);
    if (staff_state_screen(kiosk->demo) != STAFF_SHUT)
        show_staff_demo(kiosk, &world, &view);
    else
        staff_flow_view(&kiosk->staff_flow, &world, kiosk->words, &view);
    if (same_bytes(&view, &kiosk->staff_view, sizeof view))
        return;
    memcpy(&kiosk->staff_view, &view, sizeof view);
    kiosk->redraw_terminal = true;
}

/* `ctl show`: the state over what is known, and nothing that can be pressed. */
static void apply_demo(struct kiosk *kiosk, struct terminal_view *view)
{
    if (kiosk->demo[0] == '\0' || kiosk->now >= kiosk->demo_until) {
        kiosk->demo[0] = '\0';
        return;
    }
    snprintf(view->language, sizeof view->language, "%s", kiosk->demo_language);
    (void)terminal_demo(kiosk->demo, demo_words, kiosk->words, view); /* ctl knew it */
}

static void make_terminal_view(struct kiosk *kiosk)
{
    static struct terminal_view view; /* large; one thread */
    struct terminal_world world;
    if (kiosk->terminal_view.screen == TERMINAL_SETUP &&
        kiosk->now - kiosk->machine_at >= KIOSK_MACHINE_MS) {
        kiosk->machine_at = kiosk->now;
        machine_refresh(kiosk->config->data, &kiosk->machine);
    }
    kiosk_terminal_world(kiosk, &world);
    terminal_flow_view(&kiosk->terminal_flow, &world, kiosk->words, &view);
    apply_demo(kiosk, &view);
    if (same_bytes(&view, &kiosk->terminal_view, sizeof view))
        return;
    memcpy(&kiosk->terminal_view, &view, sizeof view);
    kiosk->redraw_terminal = true;
    if (kiosk_setup_on_monitor(kiosk))
        kiosk->redraw_monitor = true;
}

static void make_monitor_view(struct kiosk *kiosk)
{
    static struct monitor_view view;
    struct monitor_world world;
    const struct playlist_entry *entry = NULL;
    kiosk_monitor_world(kiosk, &world);
    monitor_flow_view(&kiosk->monitor_flow, &world, kiosk->words, &view);
    view.reduce_motion = !kiosk->config->motion;
    view.view_m = kiosk->config->view_cm / 100.0;
    view.message_page =
        view.message[0] == '\0'
            ? 0
            : view.message_page % monitor_message_pages(&kiosk->monitor->canvas, &view);
    enum picture_kind picture = playlist_picture(kiosk->playlist, &entry);
    bool stays =
        picture == kiosk->picture && (entry == NULL || playlist_entry_equal(entry, &kiosk->entry));
    bool same = same_bytes(&view, &kiosk->monitor_view, sizeof view) && stays &&
                (picture == PICTURE_FILM || !stills_due(kiosk->stills, kiosk->now));
    if (same)
        return;
    if (!stays)
        kiosk->shown_at = kiosk->now;
    memcpy(&kiosk->monitor_view, &view, sizeof view);
    kiosk->picture = picture;
    if (entry != NULL)
        kiosk->entry = *entry;
    kiosk->redraw_monitor = true;
}

static void make_views(struct kiosk *kiosk)
{
    bool moves = kiosk->monitor != NULL && monitor_moving(&kiosk->monitor_view) &&
                 kiosk->now - kiosk->monitor_at >= KIOSK_MOTION_MS;
    bool arrow =
        kiosk->terminal_view.slip_ms != 0 && kiosk->now - kiosk->terminal_at >= KIOSK_MOTION_MS;
    if (!kiosk->stale && !moves && !arrow && kiosk->now - kiosk->views_at < KIOSK_SECOND_MS)
        return;
    kiosk->stale = false;
    kiosk->views_at = kiosk->now;
    make_terminal_view(kiosk);
    kiosk_guide(kiosk);
    if (kiosk->terminal != NULL)
        make_staff_view(kiosk);
    if (kiosk->monitor != NULL)
        make_monitor_view(kiosk);
}

/* area: NULL = all of it may be new. */
static void show(struct kiosk *kiosk, struct window *window, const SDL_Rect *area)
{
    turns_show(&kiosk->turns);
    if (area != NULL)
        window_present_part(window, area);
    else
        window_present(window);
    turns_shown(&kiosk->turns);
}

/* The terminal first: after it the monitor waits for the next turn, but never twice. */
static bool draw_first(struct kiosk *kiosk)
{
    bool wanted = kiosk->terminal != NULL && kiosk->redraw_terminal;
    kiosk->redraw_terminal = false;
    if (!wanted)
        return false;
    draw_terminal(kiosk, kiosk->terminal);
    show(kiosk, kiosk->terminal, NULL);
    kiosk->terminal_at = kiosk->now;
    return true;
}

static void draw_second(struct kiosk *kiosk)
{
    bool part = film_only(kiosk) && !kiosk_setup_on_monitor(kiosk);
    SDL_Rect area = monitor_film_area(&kiosk->monitor->canvas, &kiosk->monitor_view);
    draw_monitor(kiosk, part);
    if (kiosk->call_first)
        kiosk->call.drawn = call_trace_now();
    show(kiosk, kiosk->monitor, part ? &area : NULL);
    kiosk->monitor_at = kiosk->now;
    kiosk->redraw_monitor = kiosk->redraw_film = kiosk->monitor_waits = false;
}

/* Whoever is called has waited for longer than who stands at the terminal: its picture comes in the
 * next turn. */
static void draw_call(struct kiosk *kiosk)
{
    draw_second(kiosk);
    kiosk->call_first = false;
    kiosk->call.shown = call_trace_now();
    kiosk->call.cpu_us = slip_trace_cpu() - kiosk->call_cpu_us;
}

void kiosk_draw(struct kiosk *kiosk)
{
    make_views(kiosk);
    if (kiosk->call_first) {
        draw_call(kiosk);
        turns_part(&kiosk->turns, KIOSK_MONITOR);
        return;
    }
    bool drawn = draw_first(kiosk);
    turns_part(&kiosk->turns, KIOSK_TERMINAL);
    watchdog_part(kiosk->watchdog);
    bool covered = kiosk->monitor != NULL && monitor_flow_covers(&kiosk->monitor_view);
    if (covered)
        change_stop(&kiosk->change); /* nobody sees it */
    if (change_runs(&kiosk->change) && kiosk->now - kiosk->monitor_at >= KIOSK_MOTION_MS)
        kiosk->redraw_film = true;
    bool frame = kiosk->redraw_film && !covered;
    bool wanted = kiosk->monitor != NULL && (kiosk->redraw_monitor || frame);
    if (wanted && drawn && !kiosk->monitor_waits) {
        kiosk->monitor_waits = true;
        return;
    }
    if (wanted)
        draw_second(kiosk);
    kiosk->redraw_monitor = kiosk->redraw_film = kiosk->monitor_waits = false;
    turns_part(&kiosk->turns, KIOSK_MONITOR);
}

struct picture *kiosk_picture(struct kiosk *kiosk, struct window *window)
{
    assert(window != NULL);
    kiosk->stale = true;
    make_views(kiosk);
    if (window == kiosk->monitor)
        draw_monitor(kiosk, false);
    else
        draw_terminal(kiosk, window);
    struct picture *picture = window_picture(window);
    show(kiosk, window, NULL);
    return picture;
}
