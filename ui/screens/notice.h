/* A still page (notice, introduction) in the film's place.
 */
#ifndef MACHIAI_SCREENS_NOTICE_H
#define MACHIAI_SCREENS_NOTICE_H

#include "canvas.h"
#include "template_press.h"

/* Draws the job's page into the area, whose size and canvas its place is taken from (view_m stays
 * the job's). A page is drawn by the press once and kept among the canvas' sprites; later calls
 * copy it. Returns the number of sheets (see template_press_draw()), or 0 when nothing could be
 * drawn. */
int notice_draw(struct canvas *canvas, SDL_Rect area, struct template_press *press,
                const struct template_job *job);

#endif
