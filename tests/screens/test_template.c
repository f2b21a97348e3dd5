/* What a template declares and what a page may say: limits, dates, tables, and every mistake told
 * with its field and by how much.
 */
#include "catalogue.h"
#include "template_date.h"
#include "template_file.h"
#include "template_scenes.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct templates *templates;

static int open_templates(void **state)
{
    char error[300];

    (void)state;
    return templates_create(TEMPLATE_DIR, &templates, error, sizeof error);
}

static int close_templates(void **state)
{
    (void)state;
    templates_destroy(templates);
    templates_destroy(NULL);
    return 0;
}

static void there_are_enough_templates_and_each_has_samples_that_fit(void **state)
{
    const struct template *template;
    int count = 0;

    (void)state;
    for (; (template = templates_at(templates, count)); count++) {
        for (int scene = 0; scene <= SCENE_MOST; scene++) {
            struct template_page page;
            struct template_fault fault;

            template_scene_page(template, (enum template_scene)scene, &page);
            if (template_check(template, &page, &fault) < 0)
                fail_msg("%s, %s: %s", template_key(template), template_scene_names[scene],
                         fault.text);
        }
        assert_ptr_equal(templates_find(templates, template_key(template)), template);
    }
    assert_true(count >= 9); /* six notices, three introductions */
    assert_null(templates_find(templates, "nonesuch"));
}

static void expect_fault(const char *key, const char *field, const char *text, int over,
                         const char *words)
{
    const struct template *template = templates_find(templates, key);
    struct template_page page;
    struct template_fault fault = {.over = -1};

    template_scene_page(template, SCENE_SAMPLE, &page);
    template_scene_set(&page, field, text);
    if (template_check(template, &page, &fault) != -EINVAL)
        fail_msg("%s.%s took \"%s\"", key, field, text);
    assert_string_equal(fault.field, field);
    assert_int_equal(fault.over, over);
    if (!strstr(fault.text, words) || strncmp(fault.text, field, strlen(field)) != 0)
        fail_msg("%s.%s: %s", key, field, fault.text);
}

static void expect_good(const char *key, const char *field, const char *text)
{
    const struct template *template = templates_find(templates, key);
    struct template_page page;
    struct template_fault fault;

    template_scene_page(template, SCENE_SAMPLE, &page);
    template_scene_set(&page, field, text);
    if (template_check(template, &page, &fault) < 0)
        fail_msg("%s.%s refused \"%s\": %s", key, field, text, fault.text);
}

static void a_field_too_long_is_told_with_its_name_and_by_how_much(void **state)
{
    (void)state;
    expect_good("plain", "title", "一二三四五六七八九十一二三四五六");
    expect_fault("plain", "title", "一二三四五六七八九十一二三四五六七八", 2,
                 "2 letters too long (18 of at most 16)");
    expect_fault("plain", "title", "", 0, "required");
    expect_fault("plain", "title", "一行\n二行", 1, "1 lines too many");
    expect_fault("plain", "body", "一\n二\n三\n四\n五", 1, "1 lines too many (5 of at most 4)");
    expect_fault("holidays", "rows", "一二三四五六七八九十一二三|四五六七八九十一", 2,
                 "a row is 2");
    expect_fault("holidays", "rows", "a|b|c|d|e", 0, "5 cells");
}

static void half_width_letters_count_half_and_furigana_nothing(void **state)
{
    (void)state;
    expect_good("plain", "title", "abcdefghijklmnopqrstuvwxyz 12345");
    expect_fault("plain", "title", "abcdefghijklmnopqrstuvwxyz 1234567", 1, "17 of at most 16");
    expect_good("doctor", "name", "｜勅使河原《てしがわら》 ｜純一郎《じゅんいちろう》");
}

static void what_cannot_be_shown_is_refused(void **state)
{
    (void)state;
    expect_fault("plain", "title", "\x07", 0, "cannot be shown");
    expect_fault("plain", "title", "\xe3\x81", 0, "cannot be shown"); /* half a letter */
    expect_fault("plain", "body", "a\tb", 0, "cannot be shown");
    expect_fault("plain", "nonesuch", "x", 0, "no field");
}

static void dates_are_dates_or_words(void **state)
{
    (void)state;
    expect_good("closed", "dates", "2028-02-29");
    expect_good("closed", "dates", "毎月第2水曜日");
    expect_fault("closed", "dates", "2027-02-29", 0, "no date");
    expect_fault("closed", "dates", "2026-13-01", 0, "no date");
    expect_fault("closed", "dates", "2027-01-04/2026-12-29", 0, "no date");
    expect_fault("closed", "dates", "2026-12-29/soon", 0, "no date");
    expect_fault("closed", "dates", "2026-12-29 ほか、年明けの5日までずっと", 7, "too long");
}

static void hours_name_their_days(void **state)
{
    (void)state;
    expect_good("services", "hours", "9:00〜12:00|月 火 祝\n午後|日");
    expect_fault("services", "hours", "9:00〜12:00|月曜", 0, "a row is not like");
    expect_fault("services", "hours", "9:00〜12:00", 0, "a row is not like");
    expect_fault("services", "hours", "9:00〜12:00と13時|月", 1, "a row is 1 letters too long");
}

static void dates_are_written_as_people_say_them(void **state)
{
    struct catalogue *words;
    char text[128];
    unsigned days;

    (void)state;
    assert_int_equal(catalogue_open(LANGUAGE_DIR, "ja", &words), 0);
    template_date_write(words, "2026-11-27", text, sizeof text);
    assert_string_equal(text, "11月27日(金)");
    template_date_write(words, "2026-12-29/2027-01-04", text, sizeof text);
    assert_string_equal(text, "12月29日(火) 〜\u00a01月4日(月)");
    template_date_write(words, "2026-12-29/2026-12-29", text, sizeof text);
    assert_string_equal(text, "12月29日(火)");
    template_date_write(words, "来週", text, sizeof text);
    assert_string_equal(text, "来週");
    catalogue_close(words);
    assert_int_equal(template_week_of("日土祝", &days), 0);
    assert_int_equal(days, 1 | 1 << 6 | 1 << TEMPLATE_HOLIDAY);
}

/* Every day of four centuries: the next day is the next in the calendar and in the week. */
static void the_calendar_is_right(void **state)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct template_day at = {2000, 1, 1, 6}; /* a Saturday */
    struct template_days days;

    (void)state;
    assert_int_equal(template_days_of("2000-01-01", &days), 0);
    for (long day = days.first; at.year < 2400; day++) {
        struct template_day found = template_day_of(day);
        bool leap = at.year % 4 == 0 && (at.year % 100 != 0 || at.year % 400 == 0);

        assert_int_equal(found.year * 10000 + found.month * 100 + found.day,
                         at.year * 10000 + at.month * 100 + at.day);
        assert_int_equal(found.weekday, at.weekday);
        at.weekday = (at.weekday + 1) % 7;
        if (++at.day > lengths[at.month - 1] + (at.month == 2 && leap)) {
            at.day = 1;
            at.month = at.month % 12 + 1;
            at.year += at.month == 1;
        }
    }
}

static void expect_no_page(const char *json, const char *words)
{
    struct template_page page;
    char error[200] = "";

    if (template_page_parse(json, strlen(json), &page, error, sizeof error) != -EINVAL)
        fail_msg("taken: %.80s", json);
    if (!strstr(error, words))
        fail_msg("%.80s: %s", json, error);
}

static void a_page_of_any_origin_is_read_strictly(void **state)
{
    static char large[TEMPLATE_PAGE_MAX + 2];
    char json[200], hex[65] = "", error[200];
    struct template_page page;

    (void)state;
    expect_no_page("", "no JSON object");
    expect_no_page("[]", "no JSON object");
    expect_no_page("{\"fields\":{}}", "template is missing");
    expect_no_page("{\"template\":\"plain\",\"style\":{}}", "has a key");
    expect_no_page("{\"template\":\"plain\",\"fields\":[]}", "no object");
    expect_no_page("{\"template\":\"plain\",\"fields\":{\"title\":1}}", "no text");
    expect_no_page("{\"template\":\"plain\",\"fields\":{\"a\":\"x\",\"a\":\"y\"}}", "twice");
    expect_no_page("{\"template\":\"plain\",\"photos\":{\"p\":\"../../etc/passwd\"}}", "SHA-256");
    memset(large, ' ', sizeof large - 1);
    expect_no_page(large, "at most 2048");
    memset(hex, 'c', 64);
    snprintf(json, sizeof json, "{\"template\":\"photo\",\"photos\":{\"photo\":\"%s\"}}", hex);
    assert_int_equal(template_page_parse(json, strlen(json), &page, error, sizeof error), 0);
    assert_string_equal(template_page_photo(&page, "photo"), hex);
    assert_null(template_page_photo(&page, "portrait"));
    assert_string_equal(template_page_text(&page, "title"), "");
}

static void an_old_notice_is_a_page_of_the_plain_template(void **state)
{
    static char body[3 * TEMPLATE_TEXT_SIZE + 1];
    struct template_page page;

    (void)state;
    for (int i = 0; i < TEMPLATE_TEXT_SIZE; i++)
        memcpy(body + (ptrdiff_t)3 * i, "国", 4);
    template_page_plain(&page, "年末年始", body);
    assert_string_equal(page.key, "plain");
    assert_string_equal(template_page_text(&page, "title"), "年末年始");
    /* cut on a whole letter */
    assert_int_equal(strlen(template_page_text(&page, "body")), (TEMPLATE_TEXT_SIZE - 1) / 3 * 3);
}

/* -- template files ------------------------------------------------------------------------------
 */

/* A template's text with `from` replaced; expects the sentence. */
static void expect_broken(const char *from, const char *to, const char *words)
{
    static const char good[] =
        "{\"format\":1,\"key\":\"k\",\"kind\":\"notice\",\"order\":1,"
        "\"name\":{\"ja\":\"名\",\"en\":\"n\"},"
        "\"fields\":[{\"name\":\"title\",\"type\":\"line\",\"label\":{\"ja\":\"題\",\"en\":\"t\"},"
        "\"max\":9,\"lines\":1,\"required\":true,\"sample\":{\"ja\":\"例\"}}],"
        "\"wide\":{\"elements\":[{\"stack\":[{\"text\":\"title\",\"px\":60}],"
        "\"box\":[0,0,1280,700]}]},"
        "\"tall\":{\"ground\":\"mist\",\"elements\":[{\"fill\":\"sky\",\"box\":[0,0,9,9]}]}}";
    static struct template template;
    char text[2000], error[300] = "";
    const char *at = strstr(good, from);

    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    if (!words) {
        assert_int_equal(template_read(text, &template, error, sizeof error), 0);
        return;
    }
    if (template_read(text, &template, error, sizeof error) != -EINVAL)
        fail_msg("taken: %s", to);
    if (!strstr(error, words))
        fail_msg("%s: %s", to, error);
}

static void a_broken_template_file_says_where(void **state)
{
    (void)state;
    expect_broken("\"px\":60", "\"px\":60", NULL);
    expect_broken("\"px\":60", "\"px\":6000", "wide.elements[0].px: no number from 20 to 400");
    expect_broken("\"px\":60", "\"pixel\":60", "wide.elements[0]: unknown key pixel");
    expect_broken("\"text\":\"title\"", "\"text\":\"body\"", "a field that is not there");
    expect_broken("\"text\":\"title\"", "\"table\":\"title\"", "of another type");
    expect_broken("[0,0,1280,700]", "[0,0,1290,700]", "leaves the sheet");
    expect_broken("\"fill\":\"sky\"", "\"fill\":\"orange\"", "none of the pages'");
    expect_broken("\"fill\":\"sky\"", "\"art\":\"../x\"", "shows nothing");
    expect_broken("\"fill\":\"sky\"", "\"photo\":\"p\"", "not declared");
    expect_broken("\"max\":9", "\"max\":9000", "fields[0].max");
    expect_broken("\"type\":\"line\"", "\"type\":\"song\"", "type is none of");
    expect_broken("\"kind\":\"notice\"", "\"kind\":\"film\"", "kind is neither");
    expect_broken("\"en\":\"t\"", "\"en\":\"\"", "a label needs ja and en");
    expect_broken("\"format\":1", "\"format\":2", "template.format");
    expect_broken("{\"format\"", "{{\"format\"", "no JSON");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_enough_templates_and_each_has_samples_that_fit),
        cmocka_unit_test(a_field_too_long_is_told_with_its_name_and_by_how_much),
        cmocka_unit_test(half_width_letters_count_half_and_furigana_nothing),
        cmocka_unit_test(what_cannot_be_shown_is_refused),
        cmocka_unit_test(dates_are_dates_or_words),
        cmocka_unit_test(hours_name_their_days),
        cmocka_unit_test(dates_are_written_as_people_say_them),
        cmocka_unit_test(the_calendar_is_right),
        cmocka_unit_test(a_page_of_any_origin_is_read_strictly),
        cmocka_unit_test(an_old_notice_is_a_page_of_the_plain_template),
        cmocka_unit_test(a_broken_template_file_says_where),
    };

    return cmocka_run_group_tests(tests, open_templates, close_templates);
}
