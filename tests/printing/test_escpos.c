/* The encoder, read back by a reader of its own that knows only the published commands. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "escpos.h"

enum { FRAME = 0xa5 };

static uint8_t *noise(size_t size)
{
    uint8_t *bits = malloc(size);

    assert_non_null(bits);
    for (size_t i = 0; i < size; i++)
        bits[i] = (uint8_t)(rand() >> 7);
    return bits;
}

static int dot(const uint8_t *bits, int stride, int x, int y)
{
    return bits[y * stride + x / 8] >> (7 - x % 8) & 1;
}

/* Reads the job's strips into a picture of width x height dots; FRAME marks what none has set. */
static uint8_t *read_back(const uint8_t *bytes, size_t size, int width, int height)
{
    size_t row_bytes = (size_t)(width + 7) / 8;
    uint8_t *out = malloc(row_bytes * (size_t)height);
    size_t at = 2;
    int y = 0;

    assert_non_null(out);
    assert_memory_equal(bytes, "\x1b@", 2);
    while (at + 8 <= size && memcmp(bytes + at, "\x1dv0\0", 4) == 0) {
        size_t wide = bytes[at + 4] + 256u * bytes[at + 5];
        int rows = bytes[at + 6] + 256 * bytes[at + 7];
        assert_int_equal(wide, row_bytes);
        assert_in_range(rows, 1, ESCPOS_STRIP_ROWS);
        assert_true(y + rows <= height);
        assert_true(at + 8 + wide * (size_t)rows <= size);
        memcpy(out + (size_t)y * row_bytes, bytes + at + 8, wide * (size_t)rows);
        y += rows;
        at += 8 + wide * (size_t)rows;
    }
    assert_int_equal(y, height);
    assert_int_equal(size - at, 7); /* ESC J n, GS V B 0: feed, then cut, and nothing more */
    assert_memory_equal(bytes + at, "\x1bJ", 2);
    assert_memory_equal(bytes + at + 3, "\x1dVB\0", 4);
    return out;
}

static void every_dot_comes_back(void **state)
{
    static const int sizes[][3] = {{576, 458, 72}, {384, 300, 48}, {1, 1, 1},      {9, 128, 2},
                                   {575, 129, 80}, {576, 127, 96}, {100, 257, 13}, {576, 2400, 72}};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        int width = sizes[i][0], height = sizes[i][1], stride = sizes[i][2];
        uint8_t *bits = noise((size_t)stride * (size_t)height), *bytes;
        size_t size;
        assert_int_equal(escpos_encode(bits, width, height, stride, &bytes, &size), 0);
        uint8_t *back = read_back(bytes, size, width, height);
        int padded = (width + 7) / 8 * 8;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < padded; x++) /* what lies beyond the width stays white */
                assert_int_equal(dot(back, padded / 8, x, y),
                                 x < width ? dot(bits, stride, x, y) : 0);
        free(back);
        free(bytes);
        free(bits);
    }
}

static void limits(void **state)
{
    static const int bad[][3] = {{0, 10, 72},  {577, 10, 80},   {576, 0, 72},  {576, -1, 72},
                                 {-8, 10, 72}, {576, 2401, 72}, {576, 10, 71}, {576, 10, -72}};
    uint8_t bits[8] = {0}, *bytes = bits;
    size_t size = FRAME;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(escpos_encode(bits, bad[i][0], bad[i][1], bad[i][2], &bytes, &size),
                         -EINVAL);
        assert_ptr_equal(bytes, bits); /* untouched on failure */
        assert_int_equal(size, FRAME);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dot_comes_back),
        cmocka_unit_test(limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
