/* Films with real libvlc and real clips. Catches: a gap or a wrong order between films, a film that
 * fails without a reason, spinning on junk, lost descriptors. */
#include "video_run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sealed_file.h"

/* ---- films ---- */

static void assert_order(const struct run *run)
{
    static const enum video_event_kind kinds[] = {VIDEO_STARTED, VIDEO_WANT, VIDEO_ENDED};
    for (int i = 0; i < run->event_count; i++) {
        char tag[2] = {(char)('1' + i / 3), '\0'};
        assert_int_equal(run->events[i].kind, kinds[i % 3]);
        assert_string_equal(run->events[i].tag, tag);
    }
}

static void test_films_follow_without_a_gap(void **state)
{
    struct run *run = *state;
    int64_t gaps[3];
    queue(run, "a", "1");
    for (int i = 0; i < 3; i++) {
        char now[2] = {(char)('1' + i), '\0'}, next[2] = {(char)('2' + i), '\0'};
        assert_true(wait_for(run, VIDEO_WANT, now, 1));
        queue(run, i % 2 == 0 ? "b" : "a", next);
        run->stall_ms = 0;
        assert_true(wait_for(run, VIDEO_STARTED, next, 1));
        assert_string_equal(run->tag, next);
        gaps[i] = run->gap_ms - run->stall_ms; /* a loaded machine is not our gap */
    }
    assert_true(wait_for(run, VIDEO_ENDED, "4", 1));
    assert_order(run);
    assert_true(run->frames >= 150);
    qsort(gaps, 3, sizeof gaps[0], compare);
    assert_true(gaps[1] <= 120); /* three frames */
}

/* Inside the sandbox libvlc loads its decoders late, each from its own file. */
static void test_each_codec_plays(void **state)
{
    struct run *run = *state;
    static const char *const clips[] = {"hevc", "vp9.webm", "av1", "wrong-name.txt"};
    for (int i = 0; i < 4; i++) {
        queue(run, clips[i], clips[i]);
        assert_true(wait_for(run, VIDEO_ENDED, clips[i], 1));
    }
    assert_true(run->frames >= 4 * 25 / 2);
}

/* With one player films follow too, one loaded when the other is over. */
static void test_one_player_goes_on(void **state)
{
    struct run *run = *state;
    video_destroy(run->video);
    struct video_options options = {.program = program, .players = 1};
    assert_int_equal(video_create(&options, &run->video), 0);
    queue(run, "a", "1");
    for (int i = 0; i < 2; i++) {
        char now[2] = {(char)('1' + i), '\0'}, next[2] = {(char)('2' + i), '\0'};
        assert_true(wait_for(run, VIDEO_WANT, now, 1));
        queue(run, "b", next);
        assert_true(wait_for(run, VIDEO_ENDED, now, 1));
        assert_int_equal(count(run, VIDEO_STARTED, next), 0);
        assert_true(wait_for(run, VIDEO_STARTED, next, 1));
    }
    assert_order(run);
}

/* ... also one that was to wait for video_advance(), when the one before ends before that. */
static void test_one_player_goes_on_with_a_held_film(void **state)
{
    struct run *run = *state;
    struct video_item item = {.tag = "2", .held = true};
    struct video_options options = {.program = program, .players = 1};
    video_destroy(run->video);
    assert_int_equal(video_create(&options, &run->video), 0);
    (void)snprintf(item.path, sizeof item.path, "%s/b.mp4", CLIPS);
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    assert_int_equal(video_queue(run->video, &item), 0);
    assert_true(wait_for(run, VIDEO_ENDED, "1", 1));
    assert_true(wait_for(run, VIDEO_STARTED, "2", 1));
}

static void test_small_boards_have_one_player(void **state)
{
    (void)state;
    assert_int_equal(video_players(UINT64_C(925) << 20), 1);
    assert_int_equal(video_players(UINT64_C(1849) << 20), 2);
}

static void test_an_early_guest_waits(void **state)
{
    struct run *run = *state;
    queue(run, "long", "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    queue(run, "a", "2");
    struct video_item item = {.tag = "3"};
    assert_int_equal(video_queue(run->video, &item), -EBUSY);
    run_for(run, 500);
    assert_int_equal(count(run, VIDEO_STARTED, "2"), 0);
    assert_int_equal(count(run, VIDEO_WANT, "1"), 0);
}

/* A film behind a still item: loaded while that one is seen, begun at once when it is over. */
static void test_a_held_film_waits_for_its_turn(void **state)
{
    struct run *run = *state;
    struct video_item item = {.tag = "1", .held = true};
    (void)snprintf(item.path, sizeof item.path, "%s/a.mp4", CLIPS);
    assert_int_equal(video_queue(run->video, &item), 0);
    run_for(run, 4000);
    assert_int_equal(run->frames, 0);
    video_advance(run->video);
    turn(run);
    assert_int_equal(count(run, VIDEO_STARTED, "1"), 1);
    assert_true(wait_for(run, VIDEO_ENDED, "1", 1));
}

/* ... and behind one that is cut short. */
static void test_a_film_is_cut_for_the_next(void **state)
{
    struct run *run = *state;
    struct video_item item = {.tag = "2", .held = true};
    (void)snprintf(item.path, sizeof item.path, "%s/b.mp4", CLIPS);
    queue(run, "long", "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    assert_int_equal(video_queue(run->video, &item), 0);
    run_for(run, 1500);
    assert_int_equal(count(run, VIDEO_STARTED, "2"), 0);
    video_advance(run->video);
    turn(run);
    assert_int_equal(count(run, VIDEO_STARTED, "2"), 1);
    assert_true(wait_for(run, VIDEO_ENDED, "2", 1));
    assert_int_equal(count(run, VIDEO_ENDED, "1") + count(run, VIDEO_FAILED, "1"), 0);
}

/* A presentation has long pictures that do not move. Behind another film it waits with the first
 * one like any film: nothing of it is over before it is seen. */
static void test_a_presentation_waits_for_its_turn(void **state)
{
    struct run *run = *state;
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_WANT, "1", 1));
    queue(run, "slides", "2");
    assert_true(wait_for(run, VIDEO_STARTED, "2", 1));
    int64_t began = now_ms();
    assert_true(wait_for(run, VIDEO_ENDED, "2", 1));
    assert_in_range(now_ms() - began, 5500, 7500); /* of six seconds */
}

static int64_t length_of(struct run *run, const char *clip, bool sound)
{
    struct video_options options = {.program = program, .sound = sound};
    video_destroy(run->video);
    assert_int_equal(video_create(&options, &run->video), 0);
    run->event_count = 0;
    queue(run, clip, "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    int64_t began = now_ms();
    assert_true(wait_for(run, VIDEO_ENDED, "1", 1));
    return now_ms() - began;
}

/* A film whose sound outlasts its picture is whole: the last frame stays until the sound is over.
 * Where sound is not wanted the picture alone counts. */
static void test_music_is_heard_to_its_end(void **state)
{
    struct run *run = *state;
    assert_in_range(length_of(run, "music", true), 4900, 6500);
    assert_in_range(length_of(run, "music", false), 1900, 3500);
}

static void test_stop_drops_both(void **state)
{
    struct run *run = *state;
    queue(run, "long", "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    queue(run, "b", "2");
    video_stop(run->video);
    int frames = run->frames;
    run_for(run, 300);
    assert_int_equal(run->frames, frames);
    queue(run, "a", "3");
    assert_true(wait_for(run, VIDEO_ENDED, "3", 1));
    assert_int_equal(count(run, VIDEO_STARTED, "2") + count(run, VIDEO_ENDED, "1"), 0);
}

static void test_a_name_without_end_is_refused(void **state)
{
    struct run *run = *state;
    struct video_item item;
    memset(&item, 'x', sizeof item);
    assert_int_equal(video_queue(run->video, &item), -EINVAL);
}

/* ---- sealed films ---- */

static const uint8_t film_key[SEALED_KEY_SIZE] = {'f', 'i', 'l', 'm'};

/* Seals a clip; flip: a byte of the place (0..1 of the file) is changed, < 0 = none. */
static void seal(const char *clip, double flip, char path[static VIDEO_PATH_SIZE])
{
    char from[VIDEO_PATH_SIZE], bytes[4096];
    struct sealed_writer *writer;
    size_t n;
    (void)snprintf(from, sizeof from, "%s/%s.mp4", CLIPS, clip);
    (void)snprintf(path, VIDEO_PATH_SIZE, "/tmp/test_video_%d.sealed", (int)getpid());
    (void)unlink(path);
    FILE *film = fopen(from, "rb");
    assert_non_null(film);
    assert_int_equal(sealed_writer_open(path, film_key, &writer), 0);
    while ((n = fread(bytes, 1, sizeof bytes, film)) > 0)
        assert_int_equal(sealed_writer_write(writer, bytes, n), 0);
    assert_int_equal(sealed_writer_finish(writer), 0);
    sealed_writer_close(writer);
    (void)fclose(film);
    if (flip < 0)
        return;
    FILE *sealed = fopen(path, "r+b");
    assert_int_equal(fseek(sealed, 0, SEEK_END), 0);
    long at = (long)((double)ftell(sealed) * flip);
    assert_int_equal(fseek(sealed, at, SEEK_SET), 0);
    int byte = fgetc(sealed);
    assert_int_equal(fseek(sealed, at, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 1, sealed), byte ^ 1);
    (void)fclose(sealed);
}

static void queue_sealed(struct run *run, const char *path, const uint8_t *key, const char *tag)
{
    struct video_item item = {.sealed = true};
    (void)snprintf(item.path, sizeof item.path, "%s", path);
    (void)snprintf(item.tag, sizeof item.tag, "%s", tag);
    memcpy(item.key, key, sizeof item.key);
    assert_int_equal(video_queue(run->video, &item), 0);
}

/* Sealed and plain films in turn, as seamless as before. */
static void test_sealed_films_follow_without_a_gap(void **state)
{
    struct run *run = *state;
    char path[VIDEO_PATH_SIZE];
    int64_t gaps[3];
    seal("a", -1, path);
    queue_sealed(run, path, film_key, "1");
    for (int i = 0; i < 3; i++) {
        char now[2] = {(char)('1' + i), '\0'}, next[2] = {(char)('2' + i), '\0'};
        assert_true(wait_for(run, VIDEO_WANT, now, 1));
        if (i % 2 == 0)
            queue(run, "b", next);
        else
            queue_sealed(run, path, film_key, next);
        run->stall_ms = 0;
        assert_true(wait_for(run, VIDEO_STARTED, next, 1));
        gaps[i] = run->gap_ms - run->stall_ms;
    }
    assert_true(wait_for(run, VIDEO_ENDED, "4", 1));
    assert_order(run);
    assert_true(run->frames >= 150);
    qsort(gaps, 3, sizeof gaps[0], compare);
    assert_true(gaps[1] <= 120); /* three frames */
    (void)unlink(path);
}

/* Without its key, or changed where it lies, it is no film: the child says so and lives on. */
static void test_a_wrong_key_fails_with_a_reason(void **state)
{
    struct run *run = *state;
    char path[VIDEO_PATH_SIZE];
    seal("a", -1, path);
    queue_sealed(run, path, (const uint8_t[SEALED_KEY_SIZE]){'x'}, "1");
    assert_true(wait_for(run, VIDEO_FAILED, "1", 1));
    assert_string_equal(last_text(run), "does not open with its key");
    queue_sealed(run, path, film_key, "2");
    assert_true(wait_for(run, VIDEO_ENDED, "2", 1));
    (void)unlink(path);
}

static void test_a_damaged_chunk_is_no_end(void **state)
{
    struct run *run = *state;
    char path[VIDEO_PATH_SIZE];
    seal("long", 0.2, path);
    queue_sealed(run, path, film_key, "1");
    assert_true(wait_for(run, VIDEO_FAILED, "1", 1));
    assert_string_equal(last_text(run), "is damaged where it lies");
    assert_int_equal(count(run, VIDEO_ENDED, "1"), 0);
    (void)unlink(path);
}

/* ---- what is not a film ---- */

struct failure {
    const char *clip, *text;
};

static void assert_failures(struct run *run, const struct failure *cases, size_t case_count)
{
    for (size_t i = 0; i < case_count; i++) {
        run->event_count = 0;
        queue(run, cases[i].clip, cases[i].clip);
        assert_true(wait_for(run, VIDEO_FAILED, cases[i].clip, 1));
        assert_non_null(strstr(last_text(run), cases[i].text));
        assert_int_equal(run->event_count, 1);
    }
    assert_int_equal(run->frames, 0);
}

static void test_what_is_no_film_fails_with_a_reason(void **state)
{
    static const struct failure cases[] = {{"big", "3840x2160"},
                                           {"junk", "holds no picture"},
                                           {"headless", "holds no picture"},
                                           {"audio", "holds no picture"}};
    struct run *run = *state;
    assert_failures(run, cases, sizeof cases / sizeof cases[0]);
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
}

static void test_what_is_no_file_fails_with_a_reason(void **state)
{
    static const struct failure cases[] = {{"missing", "cannot be opened"}, {"empty", "is empty"}};
    assert_failures(*state, cases, sizeof cases / sizeof cases[0]);
}

static void test_a_directory_fails(void **state)
{
    struct run *run = *state;
    struct video_item item = {.path = CLIPS, .tag = "1"};
    assert_int_equal(video_queue(run->video, &item), 0);
    assert_true(wait_for(run, VIDEO_FAILED, "1", 1));
    assert_string_equal(last_text(run), "is not a regular file");
}

static void test_a_truncated_film_fails(void **state)
{
    struct run *run = *state;
    queue(run, "truncated", "1");
    assert_true(wait_for(run, VIDEO_FAILED, "1", 1));
    assert_int_equal(count(run, VIDEO_ENDED, "1"), 0);
}

static void test_junk_does_not_spin(void **state)
{
    struct run *run = *state;
    queue(run, "junk", "1");
    int64_t end = now_ms() + 2000;
    for (int failures = 0; now_ms() < end; wait_a_bit()) {
        turn(run);
        if (count(run, VIDEO_FAILED, "1") == failures)
            continue;
        failures++;
        queue(run, "junk", "1");
    }
    assert_in_range(count(run, VIDEO_FAILED, "1"), 1, 6);
}

/* A film that fails while another one plays costs that one nothing. */
static void test_junk_behind_a_film(void **state)
{
    struct run *run = *state;
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_WANT, "1", 1));
    queue(run, "junk", "2");
    assert_true(wait_for(run, VIDEO_FAILED, "2", 1));
    assert_int_equal(count(run, VIDEO_ENDED, "1"), 0);
    queue(run, "b", "3");
    assert_true(wait_for(run, VIDEO_STARTED, "3", 1));
    assert_int_equal(count(run, VIDEO_ENDED, "1"), 1);
}

static int all_tests(void)
{
    const struct CMUnitTest tests[] = {
        T(test_films_follow_without_a_gap),
        T(test_each_codec_plays),
        T(test_an_early_guest_waits),
        T(test_a_held_film_waits_for_its_turn),
        T(test_a_film_is_cut_for_the_next),
        T(test_a_presentation_waits_for_its_turn),
        T(test_music_is_heard_to_its_end),
        T(test_stop_drops_both),
        T(test_a_name_without_end_is_refused),
        T(test_sealed_films_follow_without_a_gap),
        T(test_a_wrong_key_fails_with_a_reason),
        T(test_a_damaged_chunk_is_no_end),
        T(test_what_is_no_film_fails_with_a_reason),
        T(test_what_is_no_file_fails_with_a_reason),
        T(test_a_directory_fails),
        T(test_a_truncated_film_fails),
        T(test_junk_does_not_spin),
        T(test_junk_behind_a_film),
        T(test_one_player_goes_on),
        T(test_one_player_goes_on_with_a_held_film),
        T(test_small_boards_have_one_player),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return video_run_main(argc, argv, all_tests);
}
