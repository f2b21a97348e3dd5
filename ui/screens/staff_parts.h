/* What the files of the staff menu share. */
#ifndef MACHIAI_SCREENS_STAFF_PARTS_H
#define MACHIAI_SCREENS_STAFF_PARTS_H

#include "staff.h"
#include "terminal_parts.h"

struct staff_sheet {
    struct sheet sheet;
    const struct staff_view *view;
};

/* The inverted band, w wide, with title, seconds left and the button that closes; returns its
 * height. */
double staff_band(struct staff_sheet *staff, const char *title, double w);
/* What became of the last act, or that the line is down; nothing when there is nothing to say. */
void staff_result(struct staff_sheet *staff, struct box box);
/* staff_menu.c: the menu itself */
void staff_menu(struct staff_sheet *staff);
void staff_people(struct staff_sheet *staff);

#endif
