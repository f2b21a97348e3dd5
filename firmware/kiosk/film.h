/* The film's texture: takes decoded frames, keeps the last one, draws it letterboxed.
 *
 * A renderer of a graphics card scales and colours frames by itself; for SDL's software renderer
 * they are made into the picture that is seen (film_scale.h).
 */
#ifndef MACHIAI_KIOSK_FILM_H
#define MACHIAI_KIOSK_FILM_H

#include <SDL.h>
#include <stdbool.h>

#include "film_scale.h"
#include "video.h"

struct film {
    SDL_Renderer *renderer; /* not owned */
    bool software;
    SDL_Texture *texture;     /* NULL until the first frame */
    struct film_scale *scale; /* NULL unless software */
    int width, height;        /* of the film */
    SDL_Point size;           /* of the texture */
    int64_t frames;           /* taken so far */
};

void film_init(struct film *film, SDL_Renderer *renderer);
void film_finish(struct film *film);
/* Copies the frame, to be drawn into an area of this size; another one is possible, and less sharp.
 * False: no memory for it; the last frame stays. */
bool film_take(struct film *film, const struct video_frame *frame, SDL_Point area);
/* Fills area: the frame as large as it fits, ink about it. Ink alone before the first frame. */
void film_draw(const struct film *film, SDL_Rect area);

#endif
