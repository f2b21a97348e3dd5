/* The slip as it is printed: dots, QR, order, and what must not be on it. */
#include "picture.h"
#include "qr.h"
#include "slip.h"
#include "slip_scenes.h"
#include "watch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* 203 dpi is 8 dots a millimetre. Nothing under 28 dots of type. */
enum { DOTS_MM = 8, LEAST_DOTS = 28, RULE_STRONG = 4 };
static const double mm_kanji[TEXT_TIERS] = {[TIER_B] = LEAST_DOTS * 0.95 / DOTS_MM};
static const double mm_latin[TEXT_TIERS] = {[TIER_B] = LEAST_DOTS * 0.81 / DOTS_MM};

static const struct canvas_options options = {.language_dir = LANGUAGE_DIR};

static struct bitmap draw(const struct slip_view *view)
{
    struct bitmap bitmap;

    assert_int_equal(slip_draw(view, &options, &bitmap), 0);
    assert_int_equal(bitmap.width, view->dots);
    assert_int_equal(bitmap.stride, view->dots / 8);
    assert_in_range(bitmap.height, 600, SLIP_HEIGHT_MAX - 1);
    return bitmap;
}

static bool black(const struct bitmap *bitmap, int x, int y)
{
    return bitmap->bits[y * bitmap->stride + x / 8] >> (7 - x % 8) & 1;
}

static int blacks(const struct bitmap *bitmap, int y)
{
    int count = 0;

    for (int x = 0; x < bitmap->width; x++)
        count += black(bitmap, x, y);
    return count;
}

static bool is_rule(const struct bitmap *bitmap, int y)
{
    return blacks(bitmap, y) == bitmap->width;
}

/* First and last rule of the strong pair about the number; then rows between that have ink, the
 * longest stretch of them: the number. */
static int number_height(const struct bitmap *bitmap)
{
    int top = 0, foot, longest = 0, run = 0;

    while (!is_rule(bitmap, top) || !is_rule(bitmap, top + RULE_STRONG - 1) ||
           is_rule(bitmap, top + RULE_STRONG))
        top++;
    foot = top + RULE_STRONG;
    while (!is_rule(bitmap, foot))
        foot++;
    for (int y = top + RULE_STRONG; y < foot; y++) {
        run = blacks(bitmap, y) > 0 ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void numbers_are_large(void **state)
{
    static const struct {
        const char *number;
        int dots;
        bool large;
        int mm;
    } slips[] = {{"7", 576, false, 30},    {"15", 576, false, 30}, {"108", 576, false, 30},
                 {"A108", 576, false, 26}, {"15", 576, true, 46},  {"108", 576, true, 35},
                 {"A108", 576, true, 26},  {"15", 384, false, 22}, {"108", 384, false, 22},
                 {"A108", 384, false, 17}, {"15", 384, true, 30},  {"A108", 384, true, 17}};

    (void)state;
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        struct slip_view view = scenes_slip("ja");
        struct bitmap bitmap;
        int height;

        view.dots = slips[i].dots;
        view.large = slips[i].large;
        snprintf(view.number, sizeof view.number, "%s", slips[i].number);
        bitmap = draw(&view);
        height = number_height(&bitmap);
        if (height < 15 * DOTS_MM || height < slips[i].mm * DOTS_MM || height > 60 * DOTS_MM)
            fail_msg("%s on %d dots is %d dots high", slips[i].number, slips[i].dots, height);
        bitmap_finish(&bitmap);
    }
}

static int is_module(const struct bitmap *bitmap, int x, int y, int module)
{
    bool first = black(bitmap, x, y);

    for (int dy = 0; dy < module; dy++)
        for (int dx = 0; dx < module; dx++)
            if (black(bitmap, x + dx, y + dy) != first)
                return -1; /* a module of mixed dots */
    return first;
}

/* True when the code stands at x, y with whole dots a module and its quiet zone is white. */
static bool code_at(const struct bitmap *bitmap, const struct qr *qr, int x, int y, int module)
{
    int side = qr->modules + 2 * QR_QUIET;

    if (x < 0 || y < 0 || x + side * module > bitmap->width || y + side * module > bitmap->height)
        return false;
    for (int row = 0; row < side; row++) {
        for (int column = 0; column < side; column++) {
            int inside = row >= QR_QUIET && column >= QR_QUIET && row < QR_QUIET + qr->modules &&
                         column < QR_QUIET + qr->modules;
            int dark = inside ? qr->dark[(row - QR_QUIET) * qr->modules + column - QR_QUIET] : 0;

            if (is_module(bitmap, x + column * module, y + row * module, module) != dark)
                return false;
        }
    }
    return true;
}

/* The corner of the first finder: a quick no for most places. */
static bool corner_at(const struct bitmap *bitmap, int x, int y, int module)
{
    int inner = QR_QUIET * module;

    return x + inner < bitmap->width && y + inner < bitmap->height &&
           black(bitmap, x + inner, y + inner) && !black(bitmap, x + inner - 1, y + inner) &&
           !black(bitmap, x + inner, y + inner - 1);
}

static int find_code(const struct bitmap *bitmap, const char *text)
{
    static struct qr qr;

    assert_int_equal(qr_encode(text, &qr), 0);
    for (int module = 8; module >= 4; module--)
        for (int y = 0; y < bitmap->height; y++)
            for (int x = 0; x < bitmap->width / 2; x++)
                if (corner_at(bitmap, x, y, module) && code_at(bitmap, &qr, x, y, module))
                    return module;
    return 0;
}

static void the_code_is_of_whole_dots(void **state)
{
    static const struct {
        int dots;
        bool large;
        int module;
    } slips[] = {{576, false, 6}, {576, true, 8}, {384, false, 5}, {384, true, 6}};

    (void)state;
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        struct slip_view view = scenes_slip("ja");
        struct bitmap bitmap;

        view.dots = slips[i].dots;
        view.large = slips[i].large;
        bitmap = draw(&view);
        assert_int_equal(find_code(&bitmap, SCENES_URL), slips[i].module);
        bitmap_finish(&bitmap);
    }
}

/* A long address: smaller modules, still whole and at least half a millimetre. */
static void a_long_address_still_fits(void **state)
{
    struct slip_view view = scenes_slip("ja");
    struct bitmap bitmap;

    (void)state;
    snprintf(view.qr, sizeof view.qr,
             "https://reservation.long-clinic-name.example.or.jp/"
             "q/1024-1/t/7K4Q9M2XH3TA7K4Q9M2XH3TA7K4Q9M2XH3TA");
    bitmap = draw(&view);
    assert_in_range(find_code(&bitmap, view.qr), 4, 6);
    bitmap_finish(&bitmap);
}

/* A telephone's eye: zbarimg reads the printed picture. */
static void a_reader_reads_it(void **state)
{
    struct slip_view view = scenes_slip("ja");
    struct bitmap bitmap = draw(&view);
    char path[] = "slipXXXXXX", command[128], line[256] = "";
    int file = mkstemp(path);
    FILE *pipe;

    (void)state;
    assert_true(file >= 0);
    close(file);
    assert_int_equal(picture_write_slip(&bitmap, path), 0);
    snprintf(command, sizeof command, "zbarimg -q --raw %s 2>/dev/null || echo none", path);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(line, sizeof line, pipe));
    pclose(pipe);
    unlink(path);
    bitmap_finish(&bitmap);
    if (strcmp(line, "none\n") == 0 && access("/usr/bin/zbarimg", X_OK) != 0)
        skip(); /* no reader here; the modules were compared one by one above */
    assert_string_equal(line, SCENES_URL "\n");
}

/* Every text of a slip, before the threshold. */
static int check(const struct slip_view *view, const char *what)
{
    static struct watch watch;
    struct picture picture;
    char name[96];
    int faults, height;

    snprintf(name, sizeof name, "%s, %d dots, %s", what, view->dots, view->language);
    picture_open(&picture, view->dots, SLIP_HEIGHT_MAX, 0);
    watch_start(&watch, &picture);
    height = slip_draw_on(view, &picture.canvas);
    picture_finish(&picture);
    faults = watch_check(&watch, &picture, name, 1.0 / DOTS_MM, mm_kanji, mm_latin);
    for (int i = 0; i < watch.count; i++) {
        SDL_Rect a = watch.runs[i].area;

        if (a.x < 8 || a.x + a.w > view->dots - 8 || a.y + a.h > height) {
            print_error("%s: \"%s\" is not 8 dots from the edge\n", name, watch.runs[i].text);
            faults++;
        }
    }
    picture_close(&picture);
    return faults;
}

static void every_slip_can_be_read(void **state)
{
    int faults = 0;

    (void)state;
    for (int i = 0; i < SCENES_LANGUAGES; i++) {
        for (int kind = 0; kind < 2 * 2 * SCENES_SLIPS; kind++) {
            const char *name = scenes_slips[kind / 4];
            struct slip_view view = scenes_slip_of(name, scenes_languages[i]);

            view.dots = kind & 1 ? SLIP_DOTS_58 : SLIP_DOTS_80;
            view.large = kind & 2;
            faults += check(&view, name);
            if (strcmp(name, "bare") != 0)
                continue;
            view.queue_id[0] = view.phone[0] = '\0';
            view.before = -1;
            faults += check(&view, "least");
        }
    }
    assert_int_equal(faults, 0);
}

static int top_of(const struct watch *watch, const char *text)
{
    const struct watched *run = watch_find(watch, text);

    if (!run)
        fail_msg("no \"%s\" on the slip", text);
    return run->area.y;
}

static void the_order_never_changes(void **state)
{
    static const char *const order[] = {"再発行 1回目",
                                        "前の番号票は 使えません",
                                        "さくら台クリニック",
                                        "2026年11月24日（火）午前",
                                        "10:42 発券",
                                        "受付番号",
                                        "15",
                                        "あなたの前に",
                                        "10:42 の時点です",
                                        "番号で お呼びします",
                                        "順番を",
                                        "1024-1",
                                        "7K4Q-9M2X",
                                        "電話 03-5555-0142",
                                        "印刷 2　照合 3A07"};
    static struct watch watch;
    struct slip_view view = scenes_slip("ja");
    struct picture picture;

    (void)state;
    view.print_count = 2;
    picture_open(&picture, view.dots, SLIP_HEIGHT_MAX, 0);
    watch_start(&watch, &picture);
    (void)slip_draw_on(&view, &picture.canvas);
    for (size_t i = 1; i < sizeof order / sizeof *order; i++)
        assert_true(top_of(&watch, order[i]) > top_of(&watch, order[i - 1]));
    assert_int_equal(top_of(&watch, "内科"), top_of(&watch, "受付番号"));
    picture_close(&picture);
}

/* Other languages first, Japanese beneath for the staff. */
static void japanese_stands_beneath(void **state)
{
    static struct watch watch;
    struct slip_view view = scenes_slip("en");
    struct picture picture;

    (void)state;
    picture_open(&picture, view.dots, SLIP_HEIGHT_MAX, 0);
    watch_start(&watch, &picture);
    (void)slip_draw_on(&view, &picture.canvas);
    assert_true(top_of(&watch, "受付番号") > top_of(&watch, "Your number"));
    assert_true(top_of(&watch, "内科") > top_of(&watch, "Internal medicine"));
    assert_true(top_of(&watch, "番号で お呼びします") >
                top_of(&watch, "We will call your number."));
    assert_true(top_of(&watch, "順番を見られます") > top_of(&watch, "See your turn"));
    picture_close(&picture);
}

/* A dark band only on a reissue. */
static void only_a_reissue_is_reversed(void **state)
{
    struct slip_view view = scenes_slip("ja");

    (void)state;
    for (view.print_count = 1; view.print_count < 3; view.print_count++) {
        struct bitmap bitmap = draw(&view);
        int dark = 0;

        for (int y = 0; y < bitmap.height; y++)
            dark += blacks(&bitmap, y) > bitmap.width * 6 / 10 && !is_rule(&bitmap, y);
        assert_int_equal(dark > 20, view.print_count == 2);
        bitmap_finish(&bitmap);
    }
}

static void wrong_paper_is_refused(void **state)
{
    struct slip_view view = scenes_slip("ja");
    struct bitmap bitmap = {.width = 1};

    (void)state;
    view.dots = 500;
    assert_int_equal(slip_draw(&view, &options, &bitmap), -EINVAL);
    assert_int_equal(bitmap.width, 1);
    bitmap_finish(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_large),         cmocka_unit_test(the_code_is_of_whole_dots),
        cmocka_unit_test(a_long_address_still_fits), cmocka_unit_test(a_reader_reads_it),
        cmocka_unit_test(every_slip_can_be_read),    cmocka_unit_test(the_order_never_changes),
        cmocka_unit_test(japanese_stands_beneath),   cmocka_unit_test(only_a_reissue_is_reversed),
        cmocka_unit_test(wrong_paper_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
