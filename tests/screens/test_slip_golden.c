/* Every layout against a picture that people have approved: in Japanese, and in a chosen language
 * with its Japanese, on both papers. Compared by squares of eight dots: a moved or missing part
 * shows, another version of a font does not.
 *
 * After an intended change: MACHIAI_GOLDEN_UPDATE=1 test_slip_golden, look at the new pictures,
 * commit.
 */
#include "picture.h"
#include "slip_scenes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SQUARE = 8, APART = 14, MOST_APART = 6 }; /* dots of the 64 of a square; squares */

static int ink_of(const struct bitmap *bitmap, int column, int row)
{
    int ink = 0;

    for (int y = row * SQUARE; y < (row + 1) * SQUARE && y < bitmap->height; y++)
        ink += __builtin_popcount(bitmap->bits[y * bitmap->stride + column]);
    return ink;
}

static int golden_ink(const Uint8 *golden, int width, int height, int column, int row)
{
    int ink = 0;

    for (int y = row * SQUARE; y < (row + 1) * SQUARE && y < height; y++)
        for (int x = column * SQUARE; x < (column + 1) * SQUARE; x++)
            ink += golden[(y * width + x) * 3] < 128;
    return ink;
}

static void compare(const struct bitmap *bitmap, const char *name)
{
    char path[512];
    int width = 0, height = 0, apart = 0;

    snprintf(path, sizeof path, GOLDEN_DIR "/%s.png", name);
    if (getenv("MACHIAI_GOLDEN_UPDATE")) {
        assert_int_equal(picture_write_slip(bitmap, path), 0);
        return;
    }
    Uint8 *golden = picture_read(path, &width, &height);
    if (!golden)
        fail_msg("there is no %s", path);
    assert_int_equal(width, bitmap->width);
    assert_int_equal(height, bitmap->height);
    for (int row = 0; row * SQUARE < height; row++)
        for (int column = 0; column < width / SQUARE; column++)
            apart += abs(ink_of(bitmap, column, row) -
                         golden_ink(golden, width, height, column, row)) > APART;
    free(golden);
    if (apart > MOST_APART)
        fail_msg("%s: %d squares are apart", name, apart);
}

static void slips_look_as_approved(void **state)
{
    static const char *const languages[] = {"ja", "en"};
    const struct canvas_options options = {.language_dir = LANGUAGE_DIR};
    struct slip_press *press;

    (void)state;
    assert_int_equal(slip_press_create(&options, &press), 0);
    for (int i = 0; i < 2 * 2 * SCENES_SLIPS; i++) {
        const char *kind = scenes_slips[i / 4], *language = languages[i / 2 % 2];
        struct slip_view view = scenes_slip_of(kind, language);
        struct bitmap bitmap;
        char name[64];

        if (view.kind == SLIP_OF_TEST && strcmp(language, "ja") != 0)
            continue; /* always Japanese */
        view.dots = i % 2 == 0 ? SLIP_DOTS_80 : SLIP_DOTS_58;
        assert_int_equal(slip_press_draw(press, &view, &bitmap), 0);
        snprintf(name, sizeof name, "%s-%d-%s", kind, i % 2 == 0 ? 80 : 58, language);
        compare(&bitmap, name);
        bitmap_finish(&bitmap);
    }
    slip_press_destroy(press);
}

/* What a slip looks like does not depend on the slips before it. */
static void a_press_prints_each_slip_as_a_new_one_would(void **state)
{
    const struct canvas_options options = {.language_dir = LANGUAGE_DIR};
    struct slip_press *press;

    (void)state;
    assert_int_equal(slip_press_create(&options, &press), 0);
    for (int i = 0; i < 2 * SCENES_SLIPS; i++) {
        struct slip_view view = scenes_slip_of(scenes_slips[i / 2], "vi");
        struct bitmap kept, fresh;

        view.dots = i % 2 == 0 ? SLIP_DOTS_80 : SLIP_DOTS_58;
        assert_int_equal(slip_press_draw(press, &view, &kept), 0);
        assert_int_equal(slip_draw(&view, &options, &fresh), 0);
        assert_int_equal(kept.height, fresh.height);
        assert_memory_equal(kept.bits, fresh.bits, (size_t)kept.stride * (size_t)kept.height);
        bitmap_finish(&kept);
        bitmap_finish(&fresh);
    }
    slip_press_destroy(press);
    slip_press_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slips_look_as_approved),
        cmocka_unit_test(a_press_prints_each_slip_as_a_new_one_would),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
