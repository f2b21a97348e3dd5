/* The slip: a ticket as a 1-bit picture for a receipt printer (203 dpi, 8 dots a millimetre).
 */
#ifndef MACHIAI_SCREENS_SLIP_H
#define MACHIAI_SCREENS_SLIP_H

#include "canvas.h"

#include <stdint.h>

enum { SLIP_DOTS_80 = 576, SLIP_DOTS_58 = 384, SLIP_HEIGHT_MAX = 2400, SLIP_TEXT = 128 };

struct slip_view {
    int dots;         /* SLIP_DOTS_80 or SLIP_DOTS_58 */
    bool large;       /* large print */
    char language[8]; /* the chosen language comes first, Japanese beneath */
    char clinic[SLIP_TEXT];
    char date[64]; /* "2026年11月24日（火）午前" */
    char time[8];  /* "10:42" */
    char number[8];
    char service[SLIP_TEXT], service_en[SLIP_TEXT];
    int before; /* at the time of issue; -1 = not printed */
    char qr[256];
    char queue_id[16];
    char code[16]; /* "7K4Q-9M2X": ticket's short code for people */
    char phone[32];
    int print_count;   /* 1 = first; more = reissue, with its band */
    char check[8];     /* check code */
    char validity[64]; /* "午前のみ有効" */
    char message[512]; /* the clinic's message or "" */
};

/* 1 = black; rows of (width + 7) / 8 bytes, most significant bit leftmost. */
struct bitmap {
    int width, height, stride;
    uint8_t *bits;
};

/* Draws with its own software renderer: needs SDL_ttf only. Caller frees with bitmap_finish(). */
int slip_draw(const struct slip_view *view, const struct canvas_options *options,
              struct bitmap *ret) __attribute__((warn_unused_result));
/* The same on a canvas of the caller's, view->dots wide, before the threshold: to be looked at.
 * Returns the height used. */
int slip_draw_on(const struct slip_view *view, struct canvas *canvas);

void bitmap_finish(struct bitmap *bitmap);

#endif
