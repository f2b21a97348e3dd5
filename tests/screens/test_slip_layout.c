/* Layouts of slips: the built-in ones are sound and their words exist; mistakes are named.
 */
#include "slip_layout.h"

#include "catalogue.h"
#include "slip_scenes.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ERROR_SIZE = 128 };

static struct slip_layout parse(const char *name)
{
    struct slip_layout layout = {0};
    char error[ERROR_SIZE] = "";
    const char *text = slip_layout_text(name);

    assert_non_null(text);
    if (slip_layout_parse(text, &layout, error, sizeof error) < 0)
        fail_msg("assets/slips/%s.slip: %s", name, error);
    return layout;
}

static bool is_foreign_only(const struct slip_element *element)
{
    return element->when >> SLIP_WHEN_FOREIGN & 1u;
}

static bool is_japanese_only(const struct slip_element *element)
{
    return element->japanese || element->when >> SLIP_WHEN_JAPANESE & 1u;
}

/* Keys are looked up only when somebody prints: a typing error must not wait for that. */
static int missing_words(const struct slip_layout *layout, const char *name, const char *language)
{
    bool test = strstr(name, "test") != NULL, ja = strcmp(language, "ja") == 0;
    struct catalogue *words;
    int missing = 0;

    assert_int_equal(catalogue_open(LANGUAGE_DIR, language, &words), 0);
    for (int i = 0; i < layout->count; i++) {
        const struct slip_element *element = &layout->elements[i];
        bool needed = ja ? element->japanese || !is_foreign_only(element)
                         : !test && !is_japanese_only(element);

        if (!element->what[0] || strchr(element->what, '{') || !needed)
            continue;
        if (!catalogue_find(words, element->what)) {
            print_error("%s: \"%s\" is not in %s\n", name, element->what, language);
            missing++;
        }
    }
    catalogue_close(words);
    return missing;
}

static void the_layouts_are_sound(void **state)
{
    static const char *const kinds[] = {"standard", "large", "test"};
    int missing = 0;

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (int paper = 58; paper <= 80; paper += 80 - 58) {
            char name[32];

            snprintf(name, sizeof name, "%d-%s", paper, kinds[i]);
            struct slip_layout layout = parse(name);
            assert_int_equal(layout.dots, paper == 80 ? SLIP_DOTS_80 : SLIP_DOTS_58);
            for (int language = 0; language < SCENES_LANGUAGES; language++)
                if (strcmp(scenes_languages[language], "ja-easy") != 0) /* has the Japanese slip */
                    missing += missing_words(&layout, name, scenes_languages[language]);
        }
    }
    assert_int_equal(missing, 0);
    assert_null(slip_layout_text("80-no-such"));
}

static void an_element_is_read(void **state)
{
    struct slip_layout layout;
    char error[ERROR_SIZE];

    (void)state;
    assert_int_equal(slip_layout_parse("# a slip\n\ndots 576\n"
                                       "text bold-figures 40 2 slip.date japanese when slot and "
                                       "foreign # so\n"
                                       "code 6 over 34 30 slip.follow",
                                       &layout, error, sizeof error),
                     0);
    assert_int_equal(layout.dots, 576);
    assert_int_equal(layout.count, 2);
    const struct slip_element *text = &layout.elements[0], *code = &layout.elements[1];
    assert_int_equal(text->kind, SLIP_TEXT);
    assert_true(text->bold && text->figures && text->japanese);
    assert_int_equal(text->dots[0], 40);
    assert_int_equal(text->lines, 2);
    assert_string_equal(text->what, "slip.date");
    assert_int_equal(text->when, 1u << SLIP_WHEN_SLOT | 1u << SLIP_WHEN_FOREIGN);
    assert_int_equal(code->place, SLIP_OVER);
    assert_int_equal(code->dots[2], 30);
    assert_int_equal(code->when, 0);
}

static void mistakes_are_named(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"", "line 0: nothing to print"},
        {"dots 576\n", "line 1: nothing to print"},
        {"rule 4\n", "line 1: the first line is \"dots WIDTH\""},
        {"dots 12\nrule 4\n", "line 1: \"12\" is no number from 100 to 999"},
        {"dots 576\n\nrules 4\n", "line 3: \"rules\" is no element"},
        {"dots 576\nrule\n", "line 2: \"\" is no number from 1 to 999"},
        {"dots 576\nrule 4x\n", "line 2: \"4x\" is no number from 1 to 999"},
        {"dots 576\nrule 4 5\n", "line 2: \"5\" is too much"},
        {"dots 576\ntext italic 40 1 a\n", "line 2: \"italic\" is no face"},
        {"dots 576\ntext bold 40 9 a\n", "line 2: \"9\" is no number from 1 to 8"},
        {"dots 576\ntext bold 40 1\n", "line 2: \"\" is no key of 1 to 47 characters"},
        {"dots 576\ncode 6 left 3 3 a\n", "line 2: \"left\" is neither aside, under nor over"},
        {"dots 576\nrule 4 when raining\n", "line 2: \"raining\" is no condition"},
        {"dots 576\nrule 4 when slot or first\n", "line 2: \"or\" is too much"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slip_layout layout = {.dots = 1};
        char error[ERROR_SIZE] = "";

        assert_int_equal(slip_layout_parse(cases[i].text, &layout, error, sizeof error), -EINVAL);
        assert_string_equal(error, cases[i].error);
        assert_int_equal(layout.dots, 1);
    }
}

static void too_many_elements_are_refused(void **state)
{
    static char text[SLIP_ELEMENTS_MAX * 8 + 64] = "dots 576\n";
    struct slip_layout layout;
    char error[ERROR_SIZE];

    (void)state;
    for (int i = 0; i < SLIP_ELEMENTS_MAX; i++)
        strcat(text, "rule 4\n");
    assert_int_equal(slip_layout_parse(text, &layout, error, sizeof error), 0);
    strcat(text, "rule 4\n");
    assert_int_equal(slip_layout_parse(text, &layout, error, sizeof error), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layouts_are_sound),
        cmocka_unit_test(an_element_is_read),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(too_many_elements_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
