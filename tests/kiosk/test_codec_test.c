/* The player's self-test, over a player that is played here: when it begins, what a clip's end
 * says, and how often one is tried again. Catches: a test that gets into the first film's way, a
 * busy machine taken for a missing decoder, a decoder called missing because another one is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "codec_test.h"

enum { CHUNKS = 5, TURN_MS = 50, TURNS_MOST = 20000 };

/* -- the player -------------------------------------------------------------------------------- */

enum ending { GOOD, SILENT, FAILS, KILLED, SMALL };

static struct player {
    bool there, queued, given;
    int chunks; /* of sound, that are still to be read */
    char path[VIDEO_PATH_SIZE];
    const char *bad; /* what such clips do; "" = all are good */
    enum ending ending;
    int bad_times; /* how often */
    int plays, over;
} player;

struct video {
    int unused;
};
static struct video only;

int video_create(const struct video_options *options, struct video **ret)
{
    assert_true(options->sound && options->background);
    assert_int_equal(options->players, 1);
    player.there = true;
    *ret = &only;
    return 0;
}

void video_destroy(struct video *video)
{
    player.there = player.there && video == NULL;
}

bool video_over(struct video *video)
{
    (void)video;
    return ++player.over >= 3;
}

int video_queue(struct video *video, const struct video_item *item)
{
    (void)video;
    assert_false(player.queued);
    player.queued = true;
    player.given = false;
    player.chunks = CHUNKS;
    player.plays++;
    memcpy(player.path, item->path, sizeof player.path);
    return 0;
}

static enum ending ending(void)
{
    bool bad = player.bad[0] != '\0' && strstr(player.path, player.bad) != NULL;
    return bad && player.bad_times > 0 ? player.ending : GOOD;
}

bool video_poll(struct video *video, int64_t now_ms, struct video_frame *ret)
{
    (void)video, (void)now_ms;
    if (!player.queued || player.given || ending() == FAILS || ending() == KILLED)
        return false;
    player.given = true;
    *ret = (struct video_frame){.width = ending() == SMALL ? 32 : 64, .height = 64};
    return true;
}

struct video_sound video_sound(struct video *video, int16_t *samples, int most)
{
    (void)video;
    if (!player.given || player.chunks == 0 || ending() == SILENT)
        return (struct video_sound){.count = 0};
    player.chunks--;
    for (int i = 0; i < 2 * most; i++)
        samples[i] = i % 4 < 2 ? 8000 : -8000;
    return (struct video_sound){.count = most};
}

bool video_event(struct video *video, struct video_event *ret)
{
    (void)video;
    if (!player.queued)
        return false;
    enum ending end = ending();
    player.queued = false;
    if (player.bad[0] != '\0' && strstr(player.path, player.bad) != NULL)
        player.bad_times--;
    *ret = (struct video_event){.kind = end == FAILS    ? VIDEO_FAILED
                                        : end == KILLED ? VIDEO_RESTARTED
                                                        : VIDEO_ENDED};
    (void)snprintf(ret->text, sizeof ret->text, "%s", end == FAILS ? "no decoder" : "");
    return true;
}

/* -- the test ---------------------------------------------------------------------------------- */

struct fixture {
    struct codec_test *test;
    char folder[32];
    int64_t now;
};

static void lay(const struct fixture *f, const char *file)
{
    char path[64];
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, file);
    FILE *clip = fopen(path, "w");
    assert_non_null(clip);
    assert_int_equal(fclose(clip), 0);
}

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.folder = "/tmp/codec_test.XXXXXX", .now = 5000};
    player = (struct player){.bad = ""};
    assert_non_null(mkdtemp(f.folder));
    lay(&f, "h264-aac.mp4");
    lay(&f, "hevc-aac.mp4");
    lay(&f, "vp9-opus.webm");
    lay(&f, "av1-opus.webm");
    *state = &f;
    return codec_test_create("/program", f.folder, &f.test);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    const char *files[] = {"h264-aac.mp4", "hevc-aac.mp4", "vp9-opus.webm", "av1-opus.webm"};
    codec_test_destroy(f->test);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "%s/%s", f->folder, files[i]);
        (void)unlink(path);
    }
    return rmdir(f->folder);
}

/* Turns until it is done; milliseconds that it took. */
static int64_t run(struct fixture *f)
{
    int64_t start = f->now;
    for (int i = 0; i < TURNS_MOST; i++, f->now += TURN_MS)
        if (codec_test_tick(f->test, f->now, false)) {
            assert_false(codec_test_runs(f->test));
            assert_false(codec_test_tick(f->test, f->now, false));
            return f->now - start;
        }
    fail_msg("it has no end");
    return 0;
}

static void expect(struct fixture *f, const char *states, const char *missing)
{
    char text[CODECS + 1] = "", list[CODEC_LIST_SIZE];
    for (int i = 0; i < CODECS; i++)
        text[i] = codec_state_name(codec_test_state(f->test, (enum codec)i))[0];
    assert_string_equal(text, states);
    codec_test_missing(f->test, list);
    assert_string_equal(list, missing);
}

static void test_all_play(void **state)
{
    struct fixture *f = *state;
    expect(f, "uuuuuu", "");
    assert_in_range(run(f), CODEC_TEST_IDLE_MS, CODEC_TEST_IDLE_MS + 2000);
    expect(f, "oooooo", "");
    assert_int_equal(player.plays, 4);
    assert_int_equal(player.over, 3); /* it waited for the child's end */
    assert_false(player.there);
}

static void test_a_film_goes_first(void **state)
{
    struct fixture *f = *state;
    assert_false(codec_test_tick(f->test, f->now, true));
    assert_false(codec_test_tick(f->test, f->now += CODEC_TEST_FILM_MS - 1, false));
    assert_false(codec_test_runs(f->test));
    assert_false(codec_test_tick(f->test, f->now += 1, true));
    assert_true(codec_test_runs(f->test));
}

static void test_a_decoder_is_missing(void **state)
{
    struct fixture *f = *state;
    player.bad = "hevc";
    player.ending = FAILS;
    player.bad_times = 100;
    (void)run(f);
    expect(f, "omoooo", "hevc");
    assert_string_equal(codec_test_reason(f->test, CODEC_HEVC), "no decoder");
    assert_int_equal(player.plays, 3 + CODEC_TEST_TRIES);
}

static void test_no_picture_says_nothing_of_the_sound(void **state)
{
    struct fixture *f = *state;
    player.bad = ".webm";
    player.ending = FAILS;
    player.bad_times = 100;
    (void)run(f);
    expect(f, "oommou", "vp9,av1");
}

static void test_sound_is_missing(void **state)
{
    struct fixture *f = *state;
    player.bad = ".mp4";
    player.ending = SILENT;
    player.bad_times = 100;
    (void)run(f);
    expect(f, "oooomo", "aac");
}

static void test_another_picture_is_none(void **state)
{
    struct fixture *f = *state;
    player.bad = "av1";
    player.ending = SMALL;
    player.bad_times = 100;
    (void)run(f);
    expect(f, "ooomoo", "av1");
}

static void test_a_busy_machine_is_asked_again(void **state)
{
    struct fixture *f = *state;
    player.bad = "vp9";
    player.ending = FAILS;
    player.bad_times = CODEC_TEST_TRIES - 1;
    assert_true(run(f) >= CODEC_TEST_IDLE_MS + (CODEC_TEST_TRIES - 1) * CODEC_TEST_RETRY_MS);
    expect(f, "oooooo", "");
}

/* Whoever kills the player says nothing of its decoders. */
static void test_killed_from_outside(void **state)
{
    struct fixture *f = *state;
    player.bad = "h264";
    player.ending = KILLED;
    player.bad_times = 100;
    (void)run(f);
    expect(f, "uooooo", "");
}

static void test_a_clip_that_is_not_there(void **state)
{
    struct fixture *f = *state;
    char path[64];
    (void)snprintf(path, sizeof path, "%s/av1-opus.webm", f->folder);
    assert_int_equal(unlink(path), 0);
    (void)run(f);
    expect(f, "ooouoo", "");
    assert_string_equal(codec_test_reason(f->test, CODEC_AV1), "its clip is not installed");
}

int main(void)
{
#define T(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_all_play),
        T(test_a_film_goes_first),
        T(test_a_decoder_is_missing),
        T(test_no_picture_says_nothing_of_the_sound),
        T(test_sound_is_missing),
        T(test_another_picture_is_none),
        T(test_a_busy_machine_is_asked_again),
        T(test_killed_from_outside),
        T(test_a_clip_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
