#include "escpos.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    ESC = 0x1b,
    GS = 0x1d,
    STRIP_HEAD = 8,
    FEED_DOTS = 24 /* 3 mm of white before the cut */
};

static const uint8_t prologue[] = {ESC, '@'};
static const uint8_t epilogue[] = {ESC, 'J', FEED_DOTS, GS, 'V', 'B', 0};

static uint8_t *put(uint8_t *at, const uint8_t *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static uint8_t *put_strip(uint8_t *at, const uint8_t *bits, int width, int rows, int stride)
{
    size_t row_bytes = (size_t)(width + 7) / 8;
    uint8_t last_mask = (uint8_t)(0xff << (row_bytes * 8 - (size_t)width));
    const uint8_t head[STRIP_HEAD] = {
        GS, 'v', '0', 0, (uint8_t)row_bytes, (uint8_t)(row_bytes >> 8), (uint8_t)rows, 0};

    at = put(at, head, sizeof(head));
    for (int y = 0; y < rows; y++) {
        at = put(at, bits + (size_t)y * (size_t)stride, row_bytes);
        at[-1] &= last_mask;
    }
    return at;
}

int escpos_encode(const uint8_t *bits, int width, int height, int stride, uint8_t **ret_bytes,
                  size_t *ret_size)
{
    if (width < 1 || width > ESCPOS_WIDTH_MAX || height < 1 || height > ESCPOS_HEIGHT_MAX ||
        stride < (width + 7) / 8)
        return -EINVAL;
    size_t row_bytes = (size_t)(width + 7) / 8;
    size_t strips = (size_t)(height + ESCPOS_STRIP_ROWS - 1) / ESCPOS_STRIP_ROWS;
    size_t size =
        sizeof(prologue) + strips * STRIP_HEAD + (size_t)height * row_bytes + sizeof(epilogue);
    uint8_t *bytes = malloc(size);
    if (bytes == NULL)
        return -ENOMEM;

    uint8_t *at = put(bytes, prologue, sizeof(prologue));
    for (int y = 0; y < height; y += ESCPOS_STRIP_ROWS) {
        int rows = height - y < ESCPOS_STRIP_ROWS ? height - y : ESCPOS_STRIP_ROWS;
        at = put_strip(at, bits + (size_t)y * (size_t)stride, width, rows, stride);
    }
    put(at, epilogue, sizeof(epilogue));
    *ret_bytes = bytes;
    *ret_size = size;
    return 0;
}
