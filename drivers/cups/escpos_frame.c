#include "escpos_frame.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { ESC = 0x1b, GS = 0x1d };
enum { STRIP_HEAD = 8, ROW_BYTES_MAX = 72, ROWS_MAX = 128, TAIL_SIZE = 7, START_SIZE = 2 };

static const uint8_t start[START_SIZE] = {ESC, '@'};
static const uint8_t strip[] = {GS, 'v', '0', 0};

static bool is_strip(const uint8_t *at, size_t left)
{
    return left >= sizeof(strip) && memcmp(at, strip, sizeof(strip)) == 0;
}

/* ESC J n, GS V B n: only the two amounts are free. */
static bool is_tail(const uint8_t *at, size_t left)
{
    return left == TAIL_SIZE && at[0] == ESC && at[1] == 'J' && at[3] == GS && at[4] == 'V' &&
           at[5] == 'B';
}

/* Whole size of the strip at `at`, 0 when it is out of bounds. */
static size_t strip_size(const uint8_t *at, size_t left)
{
    if (left < STRIP_HEAD)
        return 0;
    size_t row_bytes = (size_t)at[4] | (size_t)at[5] << 8;
    size_t rows = (size_t)at[6] | (size_t)at[7] << 8;
    if (row_bytes < 1 || row_bytes > ROW_BYTES_MAX || rows < 1 || rows > ROWS_MAX)
        return 0;
    size_t size = STRIP_HEAD + row_bytes * rows;
    return size <= left ? size : 0;
}

static int refuse(char error[static ESCPOS_FRAME_ERROR_SIZE], const char *what, size_t at)
{
    (void)snprintf(error, ESCPOS_FRAME_ERROR_SIZE, "%s at byte %zu", what, at);
    return -EINVAL;
}

int escpos_frame_parse(const uint8_t *bytes, size_t size, struct escpos_frame *ret,
                       char error[static ESCPOS_FRAME_ERROR_SIZE])
{
    struct escpos_frame frame = {.count = 1, .parts = {{0, START_SIZE}}};

    if (size > ESCPOS_JOB_MAX)
        return refuse(error, "the job is longer than a slip can be", ESCPOS_JOB_MAX);
    if (size < START_SIZE || memcmp(bytes, start, START_SIZE) != 0)
        return refuse(error, "the job does not begin with ESC @", 0);

    size_t at = START_SIZE;
    while (is_strip(bytes + at, size - at)) {
        size_t part = strip_size(bytes + at, size - at);
        if (part == 0)
            return refuse(error, "a strip of the picture is cut short or too large", at);
        if (frame.count == ESCPOS_FRAME_PARTS_MAX - 1)
            return refuse(error, "the picture has too many strips", at);
        frame.parts[frame.count++] = (struct escpos_part){at, part};
        at += part;
    }
    if (frame.count == 1)
        return refuse(error, "there is no picture (GS v 0)", at);
    if (!is_tail(bytes + at, size - at))
        return refuse(error, "feed and cut (ESC J, GS V B) do not end the job", at);
    frame.parts[frame.count++] = (struct escpos_part){at, TAIL_SIZE};
    *ret = frame;
    return 0;
}
