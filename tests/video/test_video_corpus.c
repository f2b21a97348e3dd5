/* The player over a corpus (corpus.sh): films as clinics bring them are shown in their size,
 * upright, heard, and to their end; what is broken ends with a reason, in bounded time, and the
 * next film plays. Catches: a coder or a shape that is not shown, a turned or stretched picture, a
 * sound that is not decoded, a film that rushes to its end, hangs the player or is taken for whole.
 */
#include <dirent.h>
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

#include "video.h"

enum {
    PATIENCE_MS = 30000, /* the longest film lasts four seconds; a hang costs eight */
    FRAMES_LEAST = 8,
    LASTS_LEAST_MS = 500, /* of 800 and more; a machine that is busy makes it longer */
    WHITE = 190,
    LOUD = 500,        /* the tone's peak is at 4,000 */
    LOUD_LEAST = 4800, /* samples of it, 50 ms of both sides */
    SOUND_PAIRS = 4096,
    FLIPPED = 4,     /* of each film */
    FLIPS_FIRST = 8, /* in the first of them, and eight times as many in each further one */
    FILM_MAX = 1 << 20
};

static char program[1024];
static struct video *video;

/* How one film went. */
struct play {
    enum video_event_kind end;
    char text[128];
    int frames, width, height, loud;
    int64_t began_ms, ended_ms; /* its first frame, its end */
    bool marked;                /* the white square stood in the upper left corner of each frame */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void look(const struct video_frame *frame, struct play *play)
{
    int side = (frame->width < frame->height ? frame->width : frame->height) / 16;
    bool white = frame->y[(size_t)side * frame->pitch_y + side] > WHITE;
    if (play->frames == 0)
        play->began_ms = now_ms();
    play->marked = (play->frames == 0 || play->marked) && white;
    play->width = frame->width;
    play->height = frame->height;
    play->frames++;
}

static void listen(struct play *play)
{
    static int16_t samples[SOUND_PAIRS * VIDEO_SOUND_CHANNELS];
    int count = video_sound(video, samples, SOUND_PAIRS).count;
    for (int i = 0; i < count * VIDEO_SOUND_CHANNELS; i++)
        play->loud += abs(samples[i]) > LOUD;
}

/* Plays one film to whatever end it has; fails the test when there is none. */
static struct play play_film(const char *path)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    struct play play = {.frames = 0};
    struct video_item item = {.tag = "film"};
    (void)snprintf(item.path, sizeof item.path, "%s", path);
    assert_int_equal(video_queue(video, &item), 0);
    for (int64_t end = now_ms() + PATIENCE_MS; now_ms() < end; nanosleep(&pause, NULL)) {
        struct video_frame frame;
        struct video_event event;
        if (video_poll(video, now_ms(), &frame))
            look(&frame, &play);
        listen(&play);
        while (video_event(video, &event)) {
            bool over = event.kind == VIDEO_ENDED || event.kind == VIDEO_FAILED ||
                        (event.kind == VIDEO_RESTARTED && event.tag[0] != '\0');
            play.end = event.kind;
            play.ended_ms = now_ms();
            (void)snprintf(play.text, sizeof play.text, "%s", event.text);
            if (over)
                return play;
        }
    }
    fail_msg("%s has no end", path);
    return play;
}

static int set_up(void **state)
{
    const struct video_options options = {.program = program, .sound = true};
    (void)state;
    return video_create(&options, &video);
}

static int tear_down(void **state)
{
    (void)state;
    video_destroy(video);
    return 0;
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void each_file(const char *folder, void (*visit)(const char *path, const char *name))
{
    struct dirent **list = NULL;
    int count = scandir(folder, &list, is_file, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        char path[VIDEO_PATH_SIZE];
        (void)snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        visit(path, list[i]->d_name);
        free(list[i]);
    }
    free(list);
}

/* ---- as they are brought ---- */

static void expect_shown(const char *path, const char *name)
{
    int width = 0, height = 0;
    assert_int_equal(sscanf(strrchr(name, '-'), "-%dx%d", &width, &height), 2);
    struct play play = play_film(path);
    bool mute = strncmp(name, "mute", 4) == 0;
    bool shown = play.end == VIDEO_ENDED && play.frames >= FRAMES_LEAST && play.marked &&
                 play.ended_ms - play.began_ms >= LASTS_LEAST_MS;
    bool sized = abs(play.width - width) <= 1 && abs(play.height - height) <= 1;
    bool heard = mute ? play.loud == 0 : play.loud >= LOUD_LEAST;
    if (!shown || !sized || !heard)
        fail_msg("%s: %d frames of %dx%d, %s, %s after %d ms, %d samples heard %s", name,
                 play.frames, play.width, play.height, play.marked ? "upright" : "not upright",
                 play.end == VIDEO_ENDED ? "whole" : "not whole",
                 (int)(play.ended_ms - play.began_ms), play.loud, play.text);
}

static void test_films_are_shown_as_they_are(void **state)
{
    (void)state;
    each_file(CORPUS "/good", expect_shown);
}

/* ---- broken ---- */

static void expect_refused(const char *path, const char *name)
{
    struct play play = play_film(path);
    bool part = strncmp(name, "truncated", 9) == 0 || strcmp(name, "endless.mp4") == 0;
    bool large = strncmp(name, "4k", 2) == 0;
    if (play.end == VIDEO_ENDED || play.text[0] == '\0' || (play.frames > 0 && !part))
        fail_msg("%s: taken for a film (%d frames) %s", name, play.frames, play.text);
    if (large && (play.end != VIDEO_FAILED || strstr(play.text, "is more than") == NULL))
        fail_msg("%s: not refused for its size: %s", name, play.text);
    print_message("%-20s %2d frames  %s\n", name, play.frames, play.text);
}

static void expect_good(void)
{
    assert_int_equal(play_film(CORPUS "/good/rate-25-320x180.mp4").end, VIDEO_ENDED);
}

static void test_what_is_no_film_ends_with_a_reason(void **state)
{
    (void)state;
    each_file(CORPUS "/bad", expect_refused);
    expect_good();
}

static uint32_t chance(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Another film of the same bytes but some; the same ones in each run. */
static void flip(const char *from, const char *to, uint32_t seed, int flips)
{
    static uint8_t bytes[FILM_MAX];
    FILE *file = fopen(from, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    assert_in_range(size, 1000, FILM_MAX - 1);
    for (int i = 0; i < flips; i++)
        bytes[chance(&seed) % size] ^= (uint8_t)(1u << chance(&seed) % 8);
    file = fopen(to, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Any end will do, as long as there is one: a decoder may well show what is left of it. */
static void test_flipped_bits_end_too(void **state)
{
    static const char *const films[] = {"rate-25-320x180.mp4", "hevc-aac-320x180.mp4",
                                        "vp9-opus-320x180.webm", "av1-opus-320x180.webm",
                                        "index-last-320x180.mov"};
    int ends[VIDEO_RESTARTED + 1] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof films / sizeof films[0]; i++) {
        int flips = FLIPS_FIRST;
        for (uint32_t seed = 1; seed <= FLIPPED; seed++, flips *= 8) {
            char path[VIDEO_PATH_SIZE];
            (void)snprintf(path, sizeof path, "%s/good/%s", CORPUS, films[i]);
            flip(path, CORPUS "/part/flipped", seed * 1000 + (uint32_t)i, flips);
            ends[play_film(CORPUS "/part/flipped").end]++;
        }
    }
    print_message("flipped: %d to their end, %d with a reason, %d took a player with them\n",
                  ends[VIDEO_ENDED], ends[VIDEO_FAILED], ends[VIDEO_RESTARTED]);
    expect_good();
}

static void expect_an_end(const char *path, const char *name)
{
    struct play play = play_film(path);
    print_message("%-20s %2d frames of %dx%d  %s\n", name, play.frames, play.width, play.height,
                  play.text);
    assert_true(play.width <= VIDEO_WIDTH_MAX && play.height <= VIDEO_HEIGHT_MAX);
}

static void test_odd_ones_end_too(void **state)
{
    (void)state;
    each_file(CORPUS "/odd", expect_an_end);
    expect_good();
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
#define T(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_films_are_shown_as_they_are),
        T(test_what_is_no_film_ends_with_a_reason),
        T(test_odd_ones_end_too),
        T(test_flipped_bits_end_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
