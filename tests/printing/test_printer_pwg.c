/* PWG raster, read back with the reader of libcups. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <cups/raster.h>

#include "printer_pwg.h"

struct source {
    const uint8_t *bytes;
    size_t left;
};

static ssize_t read_in(void *context, unsigned char *bytes, size_t size)
{
    struct source *source = context;
    size_t count = size < source->left ? size : source->left;

    memcpy(bytes, source->bytes, count);
    source->bytes += count;
    source->left -= count;
    return (ssize_t)count;
}

/* 1 = black, whatever the page's colour space. */
static int dot_of_line(const cups_page_header2_t *header, const uint8_t *line, unsigned x)
{
    return header->cupsBitsPerPixel == 1 ? line[x / 8] >> (7 - x % 8) & 1 : line[x] == 0;
}

static void check(const struct printer_pwg *pwg, int scale, int width, int height)
{
    int stride = (width + 7) / 8 + 1;
    uint8_t *bits = malloc((size_t)stride * (size_t)height), *bytes;
    uint8_t line[8192];
    size_t size;

    assert_non_null(bits);
    for (int i = 0; i < stride * height; i++)
        bits[i] = (uint8_t)(rand() >> 7);
    assert_int_equal(printer_pwg_encode(pwg, bits, width, height, stride, &bytes, &size), 0);

    struct source source = {bytes, size};
    cups_raster_t *raster = cupsRasterOpenIO(read_in, &source, CUPS_RASTER_READ);
    cups_page_header2_t header;
    assert_non_null(raster);
    assert_int_equal(cupsRasterReadHeader2(raster, &header), 1);
    assert_int_equal(header.cupsWidth, width * scale);
    assert_int_equal(header.cupsHeight, height * scale);
    assert_int_equal(header.HWResolution[0], pwg->dpi);
    assert_int_equal(header.cupsBitsPerPixel, pwg->black_1 ? 1 : 8);
    assert_in_range(header.cupsBytesPerLine, 1, sizeof(line));
    for (int y = 0; y < height * scale; y++) {
        assert_int_equal(cupsRasterReadPixels(raster, line, header.cupsBytesPerLine),
                         header.cupsBytesPerLine);
        const uint8_t *row = bits + (size_t)(y / scale) * (size_t)stride;
        for (int x = 0; x < width * scale; x++) {
            int from = x / scale;
            assert_int_equal(dot_of_line(&header, line, (unsigned)x),
                             row[from / 8] >> (7 - from % 8) & 1);
        }
    }
    assert_int_equal(cupsRasterReadHeader2(raster, &header), 0); /* one page */
    cupsRasterClose(raster);
    free(bytes);
    free(bits);
}

static void every_dot_comes_back(void **state)
{
    (void)state;
    check(&(struct printer_pwg){203, true}, 1, 576, 458);
    check(&(struct printer_pwg){203, false}, 1, 384, 100);
    check(&(struct printer_pwg){300, true}, 1, 576, 100);
    check(&(struct printer_pwg){600, true}, 3, 575, 60);
    check(&(struct printer_pwg){1200, false}, 6, 576, 20);
    check(&(struct printer_pwg){72, true}, 1, 100, 10);
}

static void limits(void **state)
{
    static const uint8_t bits[72];
    uint8_t *bytes = NULL;
    size_t size = 7;

    (void)state;
    assert_int_equal(
        printer_pwg_encode(&(struct printer_pwg){1201, true}, bits, 8, 1, 1, &bytes, &size),
        -EINVAL);
    assert_int_equal(
        printer_pwg_encode(&(struct printer_pwg){203, true}, bits, 577, 1, 73, &bytes, &size),
        -EINVAL);
    assert_int_equal(
        printer_pwg_encode(&(struct printer_pwg){203, true}, bits, 16, 1, 1, &bytes, &size),
        -EINVAL);
    assert_null(bytes);
    assert_int_equal(size, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dot_comes_back),
        cmocka_unit_test(limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
