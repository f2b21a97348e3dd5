/* QR codes: level M, whole pixels a module, the quiet zone always drawn.
 */
#ifndef MACHIAI_SCREENS_QR_H
#define MACHIAI_SCREENS_QR_H

#include "canvas.h"

#include <stdint.h>

enum { QR_MODULES_MAX = 177, QR_QUIET = 4 };

struct qr {
    int modules;                                   /* a side, without the quiet zone */
    uint8_t dark[QR_MODULES_MAX * QR_MODULES_MAX]; /* 1 = dark, row by row */
};

/* -EINVAL: empty or too long for a code. */
int qr_encode(const char *text, struct qr *ret) __attribute__((warn_unused_result));

/* Draws black on white in the middle of the area, as large as whole pixels a module allow.
 * Returns pixels a module, 0 when the area is too small to draw it. */
int qr_draw(struct canvas *canvas, const struct qr *qr, SDL_Rect area);

#endif
