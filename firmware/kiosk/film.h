/* The film's texture: takes decoded frames, keeps the last one, draws it letterboxed. */
#ifndef MACHIAI_KIOSK_FILM_H
#define MACHIAI_KIOSK_FILM_H

#include <SDL.h>
#include <stdbool.h>

#include "video.h"

struct film {
    SDL_Renderer *renderer; /* not owned */
    SDL_Texture *texture;   /* NULL until the first frame */
    int width, height;
    int64_t frames; /* taken so far */
};

void film_init(struct film *film, SDL_Renderer *renderer);
void film_finish(struct film *film);
/* Copies the planes. False: no memory for them; the last frame stays. */
bool film_take(struct film *film, const struct video_frame *frame);
/* Fills area: the frame as large as it fits, ink about it. Ink alone before the first frame. */
void film_draw(const struct film *film, SDL_Rect area);

#endif
