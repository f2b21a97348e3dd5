/* Catalogues: found words, missing words, and files that are none. */
#include "catalogue.h"
#include "scenes.h"

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

enum { FILE_MAX = 1 << 17, PATH = 256 };

static char dir[PATH];

static int make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "catalogueXXXXXX"); /* in the build's folder */
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    char path[PATH + 16];

    (void)state;
    snprintf(path, sizeof path, "%s/x.mo", dir);
    unlink(path);
    return rmdir(dir);
}

static size_t read_real(char *bytes)
{
    FILE *file = fopen(LANGUAGE_DIR "/ja.mo", "rb");
    size_t size;

    assert_non_null(file);
    size = fread(bytes, 1, FILE_MAX, file);
    assert_in_range(size, 1000, FILE_MAX - 1);
    fclose(file);
    return size;
}

/* Opens the bytes as a catalogue named x. */
static int open_bytes(const char *bytes, size_t size, struct catalogue **ret)
{
    char path[PATH + 16];
    FILE *file;

    snprintf(path, sizeof path, "%s/x.mo", dir);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    return catalogue_open(dir, "x", ret);
}

static void every_language_names_itself(void **state)
{
    static const char *const names[SCENES_LANGUAGES] = {
        "日本語", "やさしい\n日本語", "English", "简体中文", "한국어", "Tiếng Việt", "Português"};

    (void)state;
    for (int i = 0; i < SCENES_LANGUAGES; i++) {
        struct catalogue *catalogue;

        assert_int_equal(catalogue_open(LANGUAGE_DIR, scenes_languages[i], &catalogue), 0);
        assert_string_equal(catalogue_get(catalogue, "language.name"), names[i]);
        catalogue_close(catalogue);
    }
}

static void a_missing_key_is_its_own_word(void **state)
{
    struct catalogue *catalogue;

    (void)state;
    assert_int_equal(catalogue_open(LANGUAGE_DIR, "ja", &catalogue), 0);
    assert_string_equal(catalogue_get(catalogue, "no.such.key"), "no.such.key");
    assert_null(catalogue_find(catalogue, "no.such.key"));
    assert_null(catalogue_find(catalogue, "")); /* the translator's header is no word */
    assert_string_equal(catalogue_get(NULL, "terminal.finish"), "terminal.finish");
    catalogue_close(catalogue);
    catalogue_close(NULL);
}

static void what_is_not_there_is_not_opened(void **state)
{
    struct catalogue *catalogue = (struct catalogue *)&dir, *before = catalogue;
    char bytes[8] = "";

    (void)state;
    assert_int_equal(catalogue_open(LANGUAGE_DIR, "xx", &catalogue), -ENOENT);
    assert_int_equal(open_bytes(bytes, 0, &catalogue), -EINVAL);
    assert_int_equal(
        open_bytes("not a catalogue, but long enough to look like one", 49, &catalogue), -EINVAL);
    assert_ptr_equal(catalogue, before);
}

/* Cut at any length, it is refused or still sound; never read past its end (ASan looks). */
static void a_cut_file_is_refused(void **state)
{
    static char bytes[FILE_MAX];
    size_t size = read_real(bytes);

    (void)state;
    for (size_t cut = 0; cut < size; cut += cut < 64 ? 1 : 97) {
        struct catalogue *catalogue;

        assert_int_equal(open_bytes(bytes, cut, &catalogue), -EINVAL);
    }
}

static void put_word(char *bytes, size_t offset, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[offset + (size_t)i] = (char)(value >> 8 * i);
}

static uint32_t get_word(const char *bytes, size_t offset)
{
    const unsigned char *p = (const unsigned char *)bytes + offset;

    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void a_lying_table_is_refused(void **state)
{
    static const uint32_t lies[] = {0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFF0, 1 << 20};
    static const size_t fields[] = {8, 12, 16}; /* count, keys, words */
    static char good[FILE_MAX], bad[FILE_MAX];
    size_t size = read_real(good);
    struct catalogue *catalogue;
    uint32_t keys = get_word(good, 12);

    (void)state;
    for (size_t l = 0; l < sizeof lies / sizeof *lies; l++) {
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
            memcpy(bad, good, size);
            put_word(bad, fields[f], lies[l]);
            assert_int_equal(open_bytes(bad, size, &catalogue), -EINVAL);
        }
        for (size_t f = 0; f < 2; f++) { /* length and offset of the second key */
            memcpy(bad, good, size);
            put_word(bad, keys + 8 + 4 * f, lies[l]);
            assert_int_equal(open_bytes(bad, size, &catalogue), -EINVAL);
        }
    }
    memcpy(bad, good, size); /* two keys exchanged: a search would miss words that are there */
    put_word(bad, keys + 8, get_word(good, keys + 16));
    put_word(bad, keys + 12, get_word(good, keys + 20));
    put_word(bad, keys + 16, get_word(good, keys + 8));
    put_word(bad, keys + 20, get_word(good, keys + 12));
    assert_int_equal(open_bytes(bad, size, &catalogue), -EINVAL);
}

static void fields_are_filled(void **state)
{
    char text[64], small[9];

    (void)state;
    catalogue_fill(text, sizeof text, "受付番号 {number}番、{room}へ", "number", "14", "room",
                   "第1診察室", NULL);
    assert_string_equal(text, "受付番号 14番、第1診察室へ");
    catalogue_fill(text, sizeof text, "{unknown} {a", "a", "1", NULL);
    assert_string_equal(text, "{unknown} {a");
    catalogue_fill(text, sizeof text, "{a}{a}", "a", "{b}", "b", "x", NULL);
    assert_string_equal(text, "{b}{b}"); /* a value is never filled again */
    catalogue_fill(small, sizeof small, "{a}", "a", "診察室", NULL);
    assert_string_equal(small, "診察"); /* 9 bytes of room for 9 and the end: whole letters only */
    catalogue_fill(small, 1, "abc", NULL, NULL);
    assert_string_equal(small, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_language_names_itself),
        cmocka_unit_test(a_missing_key_is_its_own_word),
        cmocka_unit_test(what_is_not_there_is_not_opened),
        cmocka_unit_test(a_cut_file_is_refused),
        cmocka_unit_test(a_lying_table_is_refused),
        cmocka_unit_test(fields_are_filled),
    };

    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
