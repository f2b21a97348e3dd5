/* A 1-bit picture as one page of PWG raster, for printers that need no driver. Used by printer.c
 * only.
 */
#ifndef MACHIAI_DRIVERS_PRINTER_PWG_H
#define MACHIAI_DRIVERS_PRINTER_PWG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PRINTER_PWG_DPI = 203, /* what pictures are drawn for */
    PRINTER_PWG_DPI_MAX = 1200
};

/* What the printer takes. On a finer one dots are made larger, by whole numbers. */
struct printer_pwg {
    int dpi;
    bool black_1; /* black_1, else sgray_8 */
};

/* As escpos_encode(): 1 = black, caller frees. -EINVAL, -ENOMEM. */
int printer_pwg_encode(const struct printer_pwg *pwg, const uint8_t *bits, int width, int height,
                       int stride, uint8_t **ret_bytes, size_t *ret_size)
    __attribute__((warn_unused_result));

#endif
