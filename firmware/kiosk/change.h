/* The change from one item to the next in the film's place: what was there is kept as a picture and
 * fades away over what comes, which moves already. Only what stands in the place is drawn, so it is
 * never dark. Main thread only.
 */
#ifndef MACHIAI_KIOSK_CHANGE_H
#define MACHIAI_KIOSK_CHANGE_H

#include <SDL.h>
#include <stdbool.h>
#include <stdint.h>

enum { CHANGE_MS = 500 };

struct change {
    SDL_Renderer *renderer; /* not owned */
    SDL_Texture *former;    /* NULL = nothing fades */
    SDL_Texture *drawn_on;  /* what the renderer drew on before: a turned monitor has a texture */
    int width, height;
    int64_t since; /* monotonic ms */
};

void change_init(struct change *change, SDL_Renderer *renderer);
void change_finish(struct change *change);

/* Between these two, what is drawn (at 0,0, in this size) is what fades away from `now` on. False:
 * the renderer cannot keep it, and the change is a cut; change_kept() is not to be called then. */
bool change_keep(struct change *change, int width, int height, int64_t now)
    __attribute__((warn_unused_result));
void change_kept(struct change *change);

/* Over what was drawn in `area`; nothing where nothing fades. After its time, or in another size,
 * it is over. */
void change_draw(struct change *change, SDL_Rect area, int64_t now);
/* To be drawn again and again until it is over. */
bool change_runs(const struct change *change);
/* A cut: what fades away is gone in the next drawing. */
void change_stop(struct change *change);

#endif
