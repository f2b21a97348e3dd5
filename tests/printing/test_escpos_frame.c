/* The framing of a job: what the encoder writes is taken, nothing else is, and no input leads out
 * of its bounds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "escpos.h"
#include "escpos_frame.h"

static uint8_t *job(int width, int height, size_t *ret_size)
{
    static uint8_t bits[72 * ESCPOS_HEIGHT_MAX];
    uint8_t *bytes;

    for (size_t i = 0; i < sizeof(bits); i++)
        bits[i] = (uint8_t)(rand() >> 7);
    assert_int_equal(escpos_encode(bits, width, height, 72, &bytes, ret_size), 0);
    return bytes;
}

static void parts_cover_the_job(void **state)
{
    static const int heights[] = {1, 128, 129, 458, ESCPOS_HEIGHT_MAX};
    char why[ESCPOS_FRAME_ERROR_SIZE];
    struct escpos_frame frame;

    (void)state;
    for (size_t i = 0; i < sizeof(heights) / sizeof(heights[0]); i++) {
        size_t size, at = 0;
        uint8_t *bytes = job(576, heights[i], &size);
        assert_int_equal(escpos_frame_parse(bytes, size, &frame, why), 0);
        assert_int_equal(frame.count, (heights[i] + 127) / 128 + 2);
        for (size_t part = 0; part < frame.count; part++) {
            assert_int_equal(frame.parts[part].start, at);
            at += frame.parts[part].size;
        }
        assert_int_equal(at, size);
        free(bytes);
    }
}

/* Each job in memory of its own size, so that the sanitizer sees a step too far. */
static void cut_short_or_changed(void **state)
{
    char why[ESCPOS_FRAME_ERROR_SIZE];
    struct escpos_frame frame = {.count = 99};
    size_t size;
    uint8_t *bytes = job(16, 200, &size);

    (void)state;
    for (size_t length = 0; length < size; length++) {
        uint8_t *part = malloc(length > 0 ? length : 1);
        assert_non_null(part);
        memcpy(part, bytes, length);
        assert_int_equal(escpos_frame_parse(part, length, &frame, why), -EINVAL);
        assert_true(strstr(why, " at byte ") != NULL);
        free(part);
    }
    assert_int_equal(frame.count, 99); /* untouched */
    for (size_t at = 0; at < size; at++) {
        uint8_t kept = bytes[at];
        bytes[at] = (uint8_t)(rand() >> 7);
        if (escpos_frame_parse(bytes, size, &frame, why) == 0) {
            size_t end = frame.parts[frame.count - 1].start + frame.parts[frame.count - 1].size;
            assert_int_equal(end, size);
        }
        bytes[at] = kept;
    }
    free(bytes);
}

static void too_many_strips(void **state)
{
    static uint8_t bytes[2 + 100 * 9 + 7] = "\x1b@";
    char why[ESCPOS_FRAME_ERROR_SIZE];
    struct escpos_frame frame;
    size_t at = 2;

    (void)state;
    for (int i = 0; i < 100; i++, at += 9)
        memcpy(bytes + at, "\x1dv0\0\1\0\1\0\xff", 9);
    memcpy(bytes + at, "\x1bJ\x18\x1dVB\0", 7);
    assert_int_equal(escpos_frame_parse(bytes, at + 7, &frame, why), -EINVAL);
    assert_true(strstr(why, "too many strips") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_cover_the_job),
        cmocka_unit_test(cut_short_or_changed),
        cmocka_unit_test(too_many_strips),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
