/* No tofu: the fonts are asked for every letter of every catalogue, in both weights, and for kanji
 * of names that many fonts lack.
 */
#include "font.h"
#include "slip_scenes.h"
#include "text.h"
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FILE_MAX = 1 << 18, MO_COUNT = 8, MO_TABLE = 12, MO_ENTRY = 8, LETTERS_LEAST = 100 };

static struct font_store *store;

static int open_fonts(void **state)
{
    (void)state;
    return TTF_Init() == 0 ? font_store_create(NULL, &store) : -1;
}

static int close_fonts(void **state)
{
    (void)state;
    font_store_destroy(store);
    TTF_Quit();
    return 0;
}

static bool some_font_has(const char *language, bool bold, uint32_t letter)
{
    const enum font *chain = font_chain(language);

    for (int i = 0; i < FONT_CHAIN; i++)
        if (font_has(store, chain[i], bold, letter))
            return true;
    return false;
}

/* Letters that no font of the language draws. */
static int missing_in(const char *language, const char *text, int *ret_letters)
{
    const char *end = text + strlen(text);
    int missing = 0;

    while (text < end) {
        uint32_t letter = utf8_next(&text, end);

        if (letter == '\n')
            continue;
        (*ret_letters)++;
        for (int bold = 0; bold < 2; bold++) {
            if (some_font_has(language, bold, letter))
                continue;
            print_error("%s, %s: no glyph of U+%04X\n", language, bold ? "bold" : "regular",
                        (unsigned)letter);
            missing++;
        }
    }
    return missing;
}

static uint32_t word_at(const char *bytes, size_t at)
{
    uint32_t word;

    memcpy(&word, bytes + at, sizeof word);
    return word;
}

static void every_letter_of_every_catalogue_has_a_glyph(void **state)
{
    static char bytes[FILE_MAX];
    int missing = 0;

    (void)state;
    for (int i = 0; i < SCENES_LANGUAGES; i++) {
        char path[512];
        int letters = 0;

        snprintf(path, sizeof path, LANGUAGE_DIR "/%s.mo", scenes_languages[i]);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        assert_in_range(fread(bytes, 1, sizeof bytes, file), 1000, sizeof bytes - 1);
        fclose(file);
        /* the first entry is the translators' header */
        for (uint32_t entry = 1; entry < word_at(bytes, MO_COUNT); entry++) {
            size_t at = word_at(bytes, MO_TABLE + 4) + entry * MO_ENTRY;

            missing += missing_in(scenes_languages[i], bytes + word_at(bytes, at + 4), &letters);
        }
        assert_in_range(letters, LETTERS_LEAST, FILE_MAX);
    }
    assert_int_equal(missing, 0);
}

/* Names as they stand in registers: U+20BB7 and friends, compatibility forms, JIS X 0213. */
static void rare_kanji_have_glyphs(void **state)
{
    static const char names[] =
        "𠮷野 髙橋 﨑山 草彅 濵田 德永 祐介 隆 增田 淸水 邉 邊 籠 葛 辻 栁 閒 靑 塚 "
        "𠂉 𠀋 𠮟 𡈽 𡌛 𡑮 𡢽 𠮷 𡚴 𣗄 𥒎 𥔎 𥝱 𥧄 𥶡 𦁠 𦥑 𦾔 𧃴 𧚄 𨉷 𨏍 𩊠 𩒐 𩙿 𩸽 𩹉";
    int letters = 0, missing = 0;

    (void)state;
    for (int i = 0; i < SCENES_LANGUAGES; i++)
        missing += missing_in(scenes_languages[i], names, &letters);
    assert_int_equal(missing, 0);
}

/* The question must be able to be answered with no. */
static void a_letter_of_no_font_is_told(void **state)
{
    int letters = 0;

    (void)state;
    assert_false(some_font_has("ja", true, 0xE123)); /* of the private use area */
    assert_int_equal(missing_in("ja", "\U0010FFFD", &letters), 2);
}

/* A name may carry a selector of the kanji's form; it stays with its kanji. */
static void a_selected_form_is_no_missing_letter(void **state)
{
    const struct canvas_options options = {.language_dir = LANGUAGE_DIR};
    struct slip_view view = scenes_slip("ja");
    struct bitmap plain, selected;

    (void)state;
    snprintf(view.clinic, sizeof view.clinic, "葛城クリニック");
    assert_int_equal(slip_draw(&view, &options, &plain), 0);
    snprintf(view.clinic, sizeof view.clinic, "葛\U000E0100城クリニック");
    assert_int_equal(slip_draw(&view, &options, &selected), 0);
    assert_int_equal(plain.height, selected.height);
    /* 葛 may differ in a stroke; a box for the selector would move all that follows */
    int apart = 0;
    for (int i = 0; i < plain.stride * plain.height; i++)
        apart += __builtin_popcount(plain.bits[i] ^ selected.bits[i]);
    assert_in_range(apart, 0, 200);
    bitmap_finish(&plain);
    bitmap_finish(&selected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_of_every_catalogue_has_a_glyph),
        cmocka_unit_test(rare_kanji_have_glyphs),
        cmocka_unit_test(a_letter_of_no_font_is_told),
        cmocka_unit_test(a_selected_form_is_no_missing_letter),
    };

    return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
