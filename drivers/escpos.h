/* ESC/POS bytes of a 1-bit picture: GS v 0 strips of at most 128 rows, feed, cut.
 *
 * The picture is drawn by the host, so neither code pages nor kanji ROMs matter; strips, because
 * tall single images overrun the buffers of printers in the field. This is the only form that the
 * CUPS backend `escpos` takes:
 *
 *     ESC @   (GS v 0 '0' xL xH yL yH data)+   ESC J n   GS V 'B' 0
 */
#ifndef MACHIAI_DRIVERS_ESCPOS_H
#define MACHIAI_DRIVERS_ESCPOS_H

#include <stddef.h>
#include <stdint.h>

enum { ESCPOS_STRIP_ROWS = 128, ESCPOS_WIDTH_MAX = 576, ESCPOS_HEIGHT_MAX = 2400 };

/* bits: 1 = black, most significant bit leftmost, rows of stride bytes; what lies between width and
 * the row's end is not printed. Caller frees *ret_bytes. -EINVAL for a picture outside the limits,
 * -ENOMEM. */
int escpos_encode(const uint8_t *bits, int width, int height, int stride, uint8_t **ret_bytes,
                  size_t *ret_size) __attribute__((warn_unused_result));

#endif
