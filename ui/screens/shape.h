/* Figures of the screens: rules, frames, buttons' bodies, the arrow plate, and the icons.
 * All sizes in pixels.
 */
#ifndef MACHIAI_SCREENS_SHAPE_H
#define MACHIAI_SCREENS_SHAPE_H

#include "canvas.h"
#include "theme.h"

void shape_fill(struct canvas *canvas, SDL_Rect area, enum theme_colour colour);
/* Square frame, drawn inside the area. */
void shape_frame(struct canvas *canvas, SDL_Rect area, int line, enum theme_colour colour);
void shape_round(struct canvas *canvas, SDL_Rect area, int radius, enum theme_colour colour);

enum shape_direction { POINT_RIGHT, POINT_DOWN };

/* The arrow plate: a rectangle whose last `tip` pixels come to a point. An edge of `line` pixels in
 * ink, none when line is 0. */
void shape_arrow(struct canvas *canvas, SDL_Rect area, enum shape_direction direction, int tip,
                 int line, enum theme_colour colour);

enum icon {
    ICON_PERSON,
    ICON_CHILD, /* a person with a child */
    ICON_SYRINGE,
    ICON_QR,
    ICON_DOOR,
    ICON_YEN,     /* in a circle */
    ICON_CHECK,   /* the tick alone */
    ICON_DONE,    /* tick in a circle */
    ICON_WAITING, /* dots in a circle */
    ICON_CLOCK,
    ICON_WARNING,
    ICON_CHEVRON,
    ICON_PRINTER, /* a slip that comes out of a slot */
    ICON_ARROW_DOWN,
    ICON_PHONE, /* a telephone in the corners of a viewfinder */
    ICON_SOUND,
    ICONS
};

/* Fitted into the area's middle at its own proportions. */
void shape_icon(struct canvas *canvas, SDL_Rect area, enum icon icon, enum theme_colour colour);
/* ICONS when the name is unknown. */
enum icon shape_icon_named(const char *name);

#endif
