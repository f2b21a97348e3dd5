/* The icons as geometry, painted into a square mask. Coordinates of a hundred units a side.
 */
#ifndef MACHIAI_SCREENS_ICON_H
#define MACHIAI_SCREENS_ICON_H

#include "mask.h"
#include "shape.h"

void icon_paint(struct mask *mask, enum icon icon);

/* A filled circle, in pixels. */
void icon_disc(struct mask *mask, struct point centre, float radius);

#endif
