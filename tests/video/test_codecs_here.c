/* The self-test with the real player in its real sandbox: this machine has all codecs; a clip that
 * is damaged, and a player that cannot load the plugin of a decoder, are told apart from them.
 * Catches: a self-test that calls everything good, or a decoder that the sandbox keeps out. */
#include <dlfcn.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "codec_test.h"

enum { PATIENCE_MS = 240000, DAMAGE_FROM = 200 };

#define LACKING "MACHIAI_TEST_LACKING"

static char program[1024];

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct codec_test *run(const char *folder)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    struct codec_test *test = NULL;
    assert_int_equal(codec_test_create(program, folder, &test), 0);
    int64_t end = now_ms() + PATIENCE_MS;
    assert_false(codec_test_tick(test, now_ms() - CODEC_TEST_IDLE_MS, false));
    while (!codec_test_tick(test, now_ms(), false)) {
        if (now_ms() > end)
            fail_msg("it has no end");
        nanosleep(&pause, NULL);
    }
    for (int i = 0; i < CODECS; i++)
        print_message("%s: %s %s\n", codec_name((enum codec)i),
                      codec_state_name(codec_test_state(test, (enum codec)i)),
                      codec_test_reason(test, (enum codec)i));
    return test;
}

static void expect_missing(struct codec_test *test, const char *expected)
{
    char missing[CODEC_LIST_SIZE];
    codec_test_missing(test, missing);
    assert_string_equal(missing, expected);
}

static void test_all_codecs_play_here(void **state)
{
    (void)state;
    struct codec_test *test = run(CODECS_DIR);
    for (int i = 0; i < CODECS; i++)
        assert_int_equal(codec_test_state(test, (enum codec)i), CODEC_OK);
    codec_test_destroy(test);
}

static void copy(const char *name, const char *folder, bool damaged)
{
    char from[256], to[256];
    static uint8_t bytes[1 << 16];
    (void)snprintf(from, sizeof from, "%s/%s", CODECS_DIR, name);
    (void)snprintf(to, sizeof to, "%s/%s", folder, name);
    FILE *file = fopen(from, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    assert_in_range(size, DAMAGE_FROM + 1, sizeof bytes - 1);
    if (damaged)
        memset(bytes + DAMAGE_FROM, 0, size - DAMAGE_FROM);
    file = fopen(to, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void test_a_damaged_clip_is_told(void **state)
{
    char folder[] = "/tmp/codecs.XXXXXX", path[256];
    static const char *const names[] = {"h264-aac.mp4", "hevc-aac.mp4", "vp9-opus.webm",
                                        "av1-opus.webm"};
    (void)state;
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < 4; i++)
        copy(names[i], folder, i == 1);
    struct codec_test *test = run(folder);
    expect_missing(test, "hevc");
    assert_true(codec_test_reason(test, CODEC_HEVC)[0] != '\0');
    codec_test_destroy(test);
    for (int i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

/* A package that is not whole: libvlc finds its plugin for most codecs, and cannot load it. */
void *dlopen(const char *file, int mode)
{
    static void *(*real)(const char *, int);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "dlopen");
    const char *lacking = getenv(LACKING);
    if (file != NULL && lacking != NULL && strstr(file, lacking) != NULL)
        return NULL;
    return real(file, mode);
}

static void test_a_plugin_that_is_missing_is_told(void **state)
{
    (void)state;
    assert_int_equal(setenv(LACKING, "libavcodec_plugin", 1), 0);
    struct codec_test *test = run(CODECS_DIR);
    assert_int_equal(unsetenv(LACKING), 0);
    expect_missing(test, "h264,hevc,vp9");
    assert_int_equal(codec_test_state(test, CODEC_AV1), CODEC_OK);
    assert_int_equal(codec_test_state(test, CODEC_OPUS), CODEC_OK);
    codec_test_destroy(test);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "player") == 0)
        return video_child_main(argc, argv);
    if (sodium_init() < 0)
        return 1;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_codecs_play_here),
        cmocka_unit_test(test_a_damaged_clip_is_told),
        cmocka_unit_test(test_a_plugin_that_is_missing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
