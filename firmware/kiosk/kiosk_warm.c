/* What nobody has seen yet is drawn, unseen, while nobody is there: the first person who chooses
 * another language does not wait for its fonts. One screen in one language a turn, so that a film
 * goes on beside it. */
#include "kiosk.h"

enum {
    WARM_QUIET_MS = 2000, /* after the last touch */
    WARM_EVERY_MS = 250   /* between two screens */
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
