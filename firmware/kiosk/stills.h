/* Still items (notices, introductions) in the film's place: which page, which of its sheets.
 */
#ifndef MACHIAI_KIOSK_STILLS_H
#define MACHIAI_KIOSK_STILLS_H

#include "canvas.h"
#include "playlist.h"
#include "template_press.h"

struct stills;

/* photos gives a photograph's bytes; its context must outlive the stills. Errors as
 * template_press_create(), with a sentence. */
int stills_create(const struct template_options *folders, const struct template_photos *photos,
                  struct stills **ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
void stills_destroy(struct stills *stills);

struct stills_item {
    const struct playlist_entry *entry; /* NULL: nothing plays, title stands there alone */
    const char *title;
    const char *clinic;
    double view_m;
    int64_t since; /* monotonic ms at which it came on the screen */
};

/* Draws the item's sheet of this moment (monotonic ms): an item of several sheets shows each for an
 * equal part of its time. */
void stills_draw(struct stills *stills, struct canvas *canvas, SDL_Rect area,
                 const struct stills_item *item, int64_t now);
/* Makes the page of an item that is not shown yet, so that it is there without a pause when its
 * turn comes: draws its first sheet, which the caller draws over. */
void stills_prepare(struct stills *stills, struct canvas *canvas, SDL_Rect area,
                    const struct stills_item *item);
/* Whether another sheet is due than the one that was drawn last. */
bool stills_due(const struct stills *stills, int64_t now);

#endif
