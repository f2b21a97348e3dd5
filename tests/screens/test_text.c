/* Fonts, line breaks, furigana, and the bounds of what is kept. */
#include "picture.h"
#include "sprite.h"
#include "text.h"
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 900, HEIGHT = 300, PX = 40 };

static struct picture picture;
static struct text_cache *text;

static int open_picture(void **state)
{
    (void)state;
    picture_open(&picture, WIDTH, HEIGHT, 0);
    text = picture.canvas.text;
    return 0;
}

static int close_picture(void **state)
{
    (void)state;
    picture_close(&picture);
    return 0;
}

static struct text_style style_of(const char *language)
{
    return (struct text_style){
        .face = FACE_BOLD, .px = PX, .colour = THEME_INK, .language = language};
}

static void assert_lines(const char *language, double em, int most, const char *words,
                         const char *expected)
{
    struct text_style style = style_of(language);
    struct text_lines lines;
    char joined[512] = "";

    text_wrap(text, &style, (int)(em * PX), most, words, &lines);
    for (int i = 0; i < lines.count; i++)
        snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", i ? "|" : "",
                 lines.line[i]);
    assert_string_equal(joined, expected);
}

static void japanese_breaks_between_phrases(void **state)
{
    (void)state;
    assert_lines("ja", 14, 2, "インフルエンザの予防接種を始めました。窓口へどうぞ。",
                 "インフルエンザの予防接種を|始めました。窓口へどうぞ。");
    assert_lines("ja", 10, 3, "インフルエンザの予防接種を始めました。",
                 "インフルエンザの|予防接種を|始めました。");
    assert_lines("ja", 8, 3, "番号でお呼びします", "番号で|お呼びします");     /* お stays */
    assert_lines("ja", 7, 3, "予約・ネット受付の方", "予約・ネット|受付の方"); /* 方 never alone */
    assert_lines("ja", 9, 3, "ただいま こちらでは 受付できません。",
                 "ただいま|こちらでは|受付できません。");
}

static void no_line_begins_with_a_full_stop(void **state)
{
    struct text_style style = style_of("ja");
    struct text_lines lines;

    (void)state;
    for (int em = 4; em < 14; em++) {
        text_wrap(text, &style, em * PX, TEXT_LINES_MAX,
                  "あいうえおかきくけこ、さしすせそたちつてと。", &lines);
        for (int i = 0; i < lines.count; i++) {
            assert_true(strncmp(lines.line[i], "。", 3) != 0);
            assert_true(strncmp(lines.line[i], "、", 3) != 0);
        }
    }
}

static void words_of_latin_letters_stay_whole(void **state)
{
    struct text_style style = style_of("en");
    struct text_lines lines;

    (void)state;
    assert_lines("en", 7, 3, "Please ask at the desk", "Please ask|at the desk");
    text_wrap(text, &style, 60, 4, "Português", &lines);
    assert_false(lines.whole);
    assert_string_equal(lines.line[0], "Português");
}

static void a_long_notice_goes_on_where_it_stopped(void **state)
{
    static const char notice[] = "発熱のある方は、受付へお声がけください。明日は休診日です。";
    struct text_style style = style_of("ja");
    struct text_lines lines;
    char all[256] = "";
    size_t at = 0;

    (void)state;
    while (at < strlen(notice)) {
        size_t taken = text_wrap(text, &style, 10 * PX, 2, notice + at, &lines);

        assert_true(taken > 0);
        for (int i = 0; i < lines.count; i++)
            strncat(all, lines.line[i], sizeof all - strlen(all) - 1);
        at += taken;
    }
    assert_string_equal(all, notice);
}

/* Letters that BIZ UDGothic lacks come from another font; what none has is reported. */
static void rare_letters_are_found(void **state)
{
    struct text_style style = style_of("ja");

    (void)state;
    *text_problems(text) = (struct text_problems){0};
    text_draw(text, &style, ALIGN_LEFT, 0, 100, "𠮷野家 한국 简体 Việt");
    assert_int_equal(text_problems(text)->count, 0);
    text_draw(text, &style, ALIGN_LEFT, 0, 100, "\xF3\xB0\x80\x80"); /* a private letter */
    assert_true(text_problems(text)->count > 0);
    *text_problems(text) = (struct text_problems){0};
}

static void broken_bytes_do_no_harm(void **state)
{
    static const char *const broken[] = {"\xE3\x81", "\xFF\xFE", "a\xC3", "\xF0\x9F", "\x80\x80"};
    struct text_style style = style_of("ja");

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        text_draw(text, &style, ALIGN_LEFT, 0, 100, broken[i]);
    *text_problems(text) = (struct text_problems){0};
}

static void digits_stand_in_columns(void **state)
{
    struct text_style style = style_of("ja");

    (void)state;
    assert_int_equal(text_width(text, &style, "11:11"), text_width(text, &style, "08:48"));
    assert_int_equal(text_width(text, &style, "8"), PX / 2);
}

static void furigana_widens_only_when_it_must(void **state)
{
    struct text_style style = style_of("ja-easy");
    char bare[64];

    (void)state;
    assert_int_equal(text_width(text, &style, "｜番号《ばん》"), text_width(text, &style, "番号"));
    assert_true(text_width(text, &style, "｜人《にんにん》") > text_width(text, &style, "人"));
    utf8_strip_ruby("あなたの ｜前《まえ》に ｜人《ひと》", bare, sizeof bare);
    assert_string_equal(bare, "あなたの 前に 人");
    utf8_strip_ruby("｜前《まえ", bare, sizeof bare); /* no closing mark: plain text */
    assert_string_equal(bare, "｜前《まえ");
    utf8_strip_ruby("前前前", bare, 8);
    assert_string_equal(bare, "前前");
}

static void what_does_not_fit_is_reported(void **state)
{
    struct text_style style = style_of("ja");
    const struct text_block wide = {.box = {0, 0, 400, 60}, .lines_max = 1};
    const struct text_block narrow = {.box = {0, 0, 100, 60}, .lines_max = 1, .least_px = 30};

    (void)state;
    text_block_draw(text, &style, &wide, "受付しました");
    assert_int_equal(text_problems(text)->count, 0);
    text_block_draw(text, &style, &narrow, "受付しました");
    assert_int_equal(text_problems(text)->count, 1);
    *text_problems(text) = (struct text_problems){0};
}

static void a_clock_keeps_its_figures_alone(void **state)
{
    struct text_style style = style_of("ja");
    char words[8];
    int before = sprite_count(text_sprites(text));

    (void)state;
    for (int minute = 0; minute < 24 * 60; minute++) {
        snprintf(words, sizeof words, "%02d:%02d", minute / 60, minute % 60);
        text_draw(text, &style, ALIGN_LEFT, 0, 100, words);
    }
    assert_in_range(sprite_count(text_sprites(text)), before, before + 11);
    assert_int_equal(text_width(text, &style, "12:34"),
                     4 * text_width(text, &style, "0") + text_width(text, &style, ":"));
}

static void the_store_is_bounded(void **state)
{
    struct text_style style = style_of("ja");
    char words[32];

    (void)state;
    for (int i = 0; i < 3 * SPRITES_MAX; i++) {
        style.px = 20 + i % 90;
        snprintf(words, sizeof words, "%d番", i);
        text_draw(text, &style, ALIGN_LEFT, 0, 100, words);
        assert_in_range(sprite_count(text_sprites(text)), 1, SPRITES_MAX);
        assert_in_range(sprite_bytes(text_sprites(text)), 1, SPRITE_BYTES_MAX);
    }
    assert_int_equal(text_problems(text)->count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(japanese_breaks_between_phrases),
        cmocka_unit_test(no_line_begins_with_a_full_stop),
        cmocka_unit_test(words_of_latin_letters_stay_whole),
        cmocka_unit_test(a_long_notice_goes_on_where_it_stopped),
        cmocka_unit_test(rare_letters_are_found),
        cmocka_unit_test(broken_bytes_do_no_harm),
        cmocka_unit_test(digits_stand_in_columns),
        cmocka_unit_test(furigana_widens_only_when_it_must),
        cmocka_unit_test(what_does_not_fit_is_reported),
        cmocka_unit_test(a_clock_keeps_its_figures_alone),
        cmocka_unit_test(the_store_is_bounded),
    };

    return cmocka_run_group_tests(tests, open_picture, close_picture);
}
