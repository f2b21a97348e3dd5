/* The only form of job that the backend takes, as drivers/escpos.h writes it. Anything else could
 * leave the printer in the middle of a command, where questions become dots.
 */
#ifndef MACHIAI_CUPS_ESCPOS_FRAME_H
#define MACHIAI_CUPS_ESCPOS_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum {
    ESCPOS_JOB_MAX = 256 * 1024,
    ESCPOS_FRAME_PARTS_MAX = 64, /* prologue, strips, feed and cut */
    ESCPOS_FRAME_ERROR_SIZE = 128
};

/* Between two parts the printer expects a command. */
struct escpos_part {
    size_t start, size;
};

struct escpos_frame {
    size_t count;
    struct escpos_part parts[ESCPOS_FRAME_PARTS_MAX]; /* the last one is feed and cut */
};

/* -EINVAL: error says what is wrong, and where. */
int escpos_frame_parse(const uint8_t *bytes, size_t size, struct escpos_frame *ret,
                       char error[static ESCPOS_FRAME_ERROR_SIZE])
    __attribute__((warn_unused_result));

#endif
