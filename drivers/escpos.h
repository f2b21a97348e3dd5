/* ESC/POS bytes of a 1-bit picture: GS v 0 strips of at most 128 rows, feed, cut.
 */
#ifndef MACHIAI_DRIVERS_ESCPOS_H
#define MACHIAI_DRIVERS_ESCPOS_H

#include <stddef.h>
#include <stdint.h>

enum { ESCPOS_STRIP_ROWS = 128, ESCPOS_WIDTH_MAX = 576, ESCPOS_HEIGHT_MAX = 2400 };

/* bits: 1 = black, most significant bit leftmost, rows of stride bytes. Caller frees *ret_bytes.
 * -EINVAL for a picture outside the limits. */
int escpos_encode(const uint8_t *bits, int width, int height, int stride, uint8_t **ret_bytes,
                  size_t *ret_size) __attribute__((warn_unused_result));

#endif
