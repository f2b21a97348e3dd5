/* The slip: a ticket as a 1-bit picture for a receipt printer (203 dpi, 8 dots a millimetre).
 *
 * What stands where is data: assets/slips (slip_layout.h).
 */
#ifndef MACHIAI_SCREENS_SLIP_H
#define MACHIAI_SCREENS_SLIP_H

#include "bitmap.h"
#include "canvas.h"

#include <stdint.h>

enum { SLIP_DOTS_80 = 576, SLIP_DOTS_58 = 384, SLIP_HEIGHT_MAX = 2400, SLIP_NAME_SIZE = 128 };

enum slip_kind { SLIP_OF_TICKET, SLIP_OF_TEST };

struct slip_view {
    enum slip_kind kind;
    int dots;         /* SLIP_DOTS_80 or SLIP_DOTS_58 */
    bool large;       /* large print */
    char language[8]; /* the chosen one comes first, Japanese beneath; a test is Japanese */
    char clinic[SLIP_NAME_SIZE], clinic_en[SLIP_NAME_SIZE];
    char date[64]; /* "2026年11月24日（火）午前"; "" = no time is known */
    char time[8];  /* "10:42" */
    char number[8];
    char service[SLIP_NAME_SIZE], service_en[SLIP_NAME_SIZE];
    int before;                    /* at the time of issue; -1 = not printed */
    char slot_from[8], slot_to[8]; /* "10:30" of a booking; "" = none */
    int person, persons;           /* 2 of 3 of one party; persons under 2 = alone */
    char qr[256];
    char queue_id[16];
    char code[16]; /* "7K4Q-9M2X": ticket's short code for people */
    char phone[32];
    int print_count;             /* 1 = first; more = reissue, with its band */
    char check[8];               /* check code */
    char validity[64];           /* "午前のみ有効" */
    char message[512];           /* the clinic's message or "" */
    char device[SLIP_NAME_SIZE]; /* of a test: what prints here */
};

/* Draws slips on dots of its own (needs SDL_ttf only), one thread at a time. It keeps fonts and
 * letters: the second slip costs a tenth of the first. */
struct slip_press;

/* -ENOENT: no Japanese font. */
int slip_press_create(const struct canvas_options *options, struct slip_press **ret)
    __attribute__((warn_unused_result));
void slip_press_destroy(struct slip_press *press);
/* -EINVAL: no such paper. Caller frees with bitmap_finish(). */
int slip_press_draw(struct slip_press *press, const struct slip_view *view, struct bitmap *ret)
    __attribute__((warn_unused_result));

/* One slip with a press of its own. */
int slip_draw(const struct slip_view *view, const struct canvas_options *options,
              struct bitmap *ret) __attribute__((warn_unused_result));
/* The same on a canvas of the caller's, view->dots wide, before the threshold: to be looked at.
 * Returns the height used; -EINVAL: the layout has a mistake. */
int slip_draw_on(const struct slip_view *view, struct canvas *canvas);

#endif
