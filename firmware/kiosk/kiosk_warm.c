/* What nobody has seen yet is drawn, unseen, while nobody is there: the first person who chooses
 * another language does not wait for its fonts. One screen in one language a turn, so that a film
 * goes on beside it. */
#include "kiosk.h"

enum {
    WARM_QUIET_MS = 2000, /* after the last touch */
    WARM_EVERY_MS = 250,  /* between two screens */
    WARM_STILL_MS = 1000  /* after a change: not beside its movement */
};

static const char *const languages[] = {"ja", "en", "ja-easy", "zh-Hans", "ko", "vi", "pt"};
static const enum terminal_screen screens[] = {TERMINAL_START, TERMINAL_WAIT, TERMINAL_TICKET,
                                               TERMINAL_NO_SLIP};
enum {
    LANGUAGES = sizeof languages / sizeof languages[0],
    SCREENS = sizeof screens / sizeof screens[0]
};

static bool quiet(const struct kiosk *kiosk)
{
    return kiosk->terminal != NULL && kiosk->terminal_view.screen == TERMINAL_START &&
           kiosk->now - kiosk->terminal_flow.touched >= WARM_QUIET_MS && !kiosk->stale &&
           kiosk->now - kiosk->warmed_at >= WARM_EVERY_MS;
}

void kiosk_warm_one(struct kiosk *kiosk)
{
    static struct terminal_view view; /* large; one thread */
    static struct widgets widgets;
    SDL_Renderer *renderer = kiosk->terminal == NULL ? NULL : kiosk->terminal->renderer;
    if (kiosk->warmed == LANGUAGES * SCREENS || !quiet(kiosk))
        return;
    SDL_Rect nowhere = {kiosk->terminal->canvas.width, kiosk->terminal->canvas.height, 1, 1};
    view = kiosk->terminal_view;
    view.screen = screens[kiosk->warmed % SCREENS];
    snprintf(view.language, sizeof view.language, "%s", languages[kiosk->warmed / SCREENS]);
    snprintf(view.number, sizeof view.number, "10");
    SDL_RenderSetClipRect(renderer, &nowhere);
    terminal_draw(&kiosk->terminal->canvas, &view, &widgets);
    SDL_RenderSetClipRect(renderer, NULL);
    kiosk->warmed++;
    kiosk->warmed_at = kiosk->now;
}

/* The page that follows, so that it comes without a pause. */
void kiosk_warm_still(struct kiosk *kiosk)
{
    if (kiosk->monitor == NULL || kiosk->prepared_for == kiosk->changes ||
        kiosk->now - kiosk->changed_at < WARM_STILL_MS)
        return;
    kiosk->prepared_for = kiosk->changes;
    const struct playlist_entry *entry = playlist_coming(kiosk->playlist);
    SDL_Rect area = monitor_film_area(&kiosk->monitor->canvas, &kiosk->monitor_view);
    if (entry == NULL || area.w == 0)
        return;
    SDL_Rect nowhere = {kiosk->monitor->canvas.width, kiosk->monitor->canvas.height, 1, 1};
    struct stills_item item = {.entry = entry,
                               .title = "",
                               .clinic = kiosk->monitor_view.clinic,
                               .view_m = kiosk->monitor_view.view_m};
    SDL_RenderSetClipRect(kiosk->monitor->renderer, &nowhere);
    stills_prepare(kiosk->stills, &kiosk->monitor->canvas, area, &item);
    SDL_RenderSetClipRect(kiosk->monitor->renderer, NULL);
}
