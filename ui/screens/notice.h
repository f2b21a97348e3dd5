/* A notice (お知らせ) as a still picture beside or between films, drawn from its text.
 */
#ifndef MACHIAI_SCREENS_NOTICE_H
#define MACHIAI_SCREENS_NOTICE_H

#include "canvas.h"

/* Fills area with title and body (lines parted by \n). Text is fitted, never clipped. */
void notice_draw(struct canvas *canvas, SDL_Rect area, const char *title, const char *body,
                 const char *clinic);

#endif
