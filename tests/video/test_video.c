/* The player with real libvlc and real clips. Catches: a gap or a wrong order between films, a
 * film that costs more than a new child, spinning on junk, lost children and descriptors, trust in
 * what a hostile child writes. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "doubles.h"
#include "sealed_file.h"
#include "video.h"

enum {
    PATIENCE_MS = 20000,
    LOG_MAX = 256,
    BACK_MS = 2000 /* a sanitized child on a machine that is not calm; tests/bench measures */
};

/* What one run saw. */
struct run {
    struct video *video;
    struct video_event events[LOG_MAX];
    int event_count;
    int frames;
    char tag[VIDEO_TAG_SIZE]; /* of the newest frame */
    int64_t last_ms;          /* when it came */
    int64_t gap_ms, stall_ms; /* at the last change of tag; longest pause between two polls */
    int64_t polled_ms;
    uint64_t sum; /* of samples, so that frames are really read */
};

static char program[1024];

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void read_frame(struct run *run, const struct video_frame *frame)
{
    for (int y = 0; y < frame->height; y++)
        run->sum += frame->y[(size_t)y * frame->pitch_y + frame->width - 1];
    int width = (frame->width + 1) / 2, height = (frame->height + 1) / 2;
    for (int y = 0; y < height; y++)
        run->sum += (uint64_t)frame->u[(size_t)y * frame->pitch_uv + width - 1] +
                    frame->v[(size_t)y * frame->pitch_uv + width - 1];
}

static void turn(struct run *run)
{
    int64_t now = now_ms();
    if (run->polled_ms != 0 && now - run->polled_ms > run->stall_ms)
        run->stall_ms = now - run->polled_ms;
    run->polled_ms = now;
    struct video_frame frame;
    static int16_t samples[1024 * VIDEO_SOUND_CHANNELS];
    bool fresh = video_poll(run->video, now, &frame);
    while (video_sound(run->video, samples, 1024).count == 1024)
        ;
    if (fresh) {
        read_frame(run, &frame);
        if (run->frames > 0 && strcmp(run->tag, frame.tag) != 0)
            run->gap_ms = now - run->last_ms;
        (void)snprintf(run->tag, sizeof run->tag, "%s", frame.tag);
        run->last_ms = now;
        run->frames++;
    }
    while (run->event_count < LOG_MAX && video_event(run->video, &run->events[run->event_count]))
        run->event_count++;
}

static void wait_a_bit(void)
{
    struct timespec pause = {.tv_nsec = 8000000};
    nanosleep(&pause, NULL);
}

static void run_for(struct run *run, int ms)
{
    for (int64_t end = now_ms() + ms; now_ms() < end; wait_a_bit())
        turn(run);
}

static int count(const struct run *run, enum video_event_kind kind, const char *tag)
{
    int found = 0;
    for (int i = 0; i < run->event_count; i++)
        if (run->events[i].kind == kind && strcmp(run->events[i].tag, tag) == 0)
            found++;
    return found;
}

/* Runs until there are `times` events of this kind and tag. */
static bool wait_for(struct run *run, enum video_event_kind kind, const char *tag, int times)
{
    for (int64_t end = now_ms() + PATIENCE_MS; now_ms() < end; wait_a_bit()) {
        turn(run);
        if (count(run, kind, tag) >= times)
            return true;
    }
    return false;
}

static const char *last_text(const struct run *run)
{
    return run->event_count > 0 ? run->events[run->event_count - 1].text : "";
}

static void queue(struct run *run, const char *clip, const char *tag)
{
    struct video_item item = {0};
    const char *extension = strchr(clip, '.') != NULL ? "" : ".mp4";
    (void)snprintf(item.path, sizeof item.path, "%s/%s%s", CLIPS, clip, extension);
    (void)snprintf(item.tag, sizeof item.tag, "%s", tag);
    assert_int_equal(video_queue(run->video, &item), 0);
}

static int count_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int found = 0;
    while (readdir(directory) != NULL)
        found++;
    closedir(directory);
    return found;
}

static int descriptors_before;

static int set_up(void **state)
{
    struct run *run = calloc(1, sizeof *run);
    struct video_options options = {.program = program};
    descriptors_before = count_descriptors();
    *state = run;
    return video_create(&options, &run->video);
}

/* After each test: no child, no zombie, no descriptor. */
static int tear_down(void **state)
{
    struct run *run = *state;
    video_destroy(run->video);
    free(run);
    unsetenv(DOUBLE_VARIABLE);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(count_descriptors(), descriptors_before);
    return 0;
}

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

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
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

/* ---- the child ---- */

static void test_a_killed_child_is_replaced(void **state)
{
    struct run *run = *state;
    for (int i = 1; i <= 3; i++) {
        queue(run, "long", "1");
        assert_true(wait_for(run, VIDEO_STARTED, "1", i));
        queue(run, "a", "2");
        kill(video_pid(run->video), SIGKILL);
        /* no film is blamed */
        assert_true(wait_for(run, VIDEO_RESTARTED, "", i));
        run_for(run, 50);
    }
    assert_int_equal(count(run, VIDEO_STARTED, "2"), 0);
    assert_true(count_descriptors() <= descriptors_before + 1);
}

/* No film is blamed for a child that dies while none is loaded. */
static void test_an_idle_child_dies_for_itself(void **state)
{
    struct run *run = *state;
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_ENDED, "1", 1));
    kill(video_pid(run->video), SIGKILL);
    assert_true(wait_for(run, VIDEO_RESTARTED, "", 1));
}

/* ... while it starts. */
static void kill_the_next(struct run *run)
{
    while (video_pid(run->video) == 0)
        run_for(run, 8);
    kill(video_pid(run->video), SIGKILL);
    assert_true(wait_for(run, VIDEO_RESTARTED, "", 2));
}

/* Killed twenty times, each at another moment, the start among them: the picture comes back soon,
 * for a hand from outside costs neither a film its turn nor the child a pause. */
static void test_a_child_is_killed_and_killed(void **state)
{
    struct run *run = *state;
    int64_t back[20];
    unsigned moment = 1;
    queue(run, "long", "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    for (int i = 0; i < 20; i++) {
        moment = moment * 1103515245u + 12345u;
        run_for(run, (int)(moment >> 16) % 300);
        run->event_count = 0;
        assert_int_equal(kill(video_pid(run->video), i % 4 == 3 ? SIGSTOP : SIGKILL), 0);
        back[i] = now_ms();
        assert_true(wait_for(run, VIDEO_RESTARTED, "", 1));
        if (i % 3 == 2)
            kill_the_next(run);
        queue(run, "long", "1");
        assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
        back[i] = now_ms() - back[i];
        assert_int_equal(count(run, VIDEO_FAILED, "1"), 0);
    }
    qsort(back, 20, sizeof back[0], compare);
    assert_true(back[10] < BACK_MS);
}

static void test_a_stopped_child_is_noticed(void **state)
{
    struct run *run = *state;
    queue(run, "long", "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    int pid = video_pid(run->video);
    kill(pid, SIGSTOP);
    assert_true(wait_for(run, VIDEO_RESTARTED, "", 1));
    assert_string_equal(last_text(run), "was stopped from outside");
    queue(run, "a", "2");
    assert_true(wait_for(run, VIDEO_STARTED, "2", 1));
    assert_int_not_equal(video_pid(run->video), pid);
}

/* A film that brings the decoder down is named. */
static void test_a_crash_is_the_films(void **state)
{
    struct run *run = *state;
    queue(run, "long", "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    kill(video_pid(run->video), SIGABRT);
    assert_true(wait_for(run, VIDEO_RESTARTED, "1", 1));
}

/* Longer than a film may take for its first frame: the caller was away, not the film. */
static void test_a_stalled_caller_blames_no_film(void **state)
{
    struct run *run = *state;
    queue(run, "long", "1");
    while (video_pid(run->video) == 0)
        run_for(run, 8);
    run_for(run, 50);
    struct timespec away = {.tv_sec = 9};
    nanosleep(&away, NULL);
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    assert_int_equal(count(run, VIDEO_FAILED, "1"), 0);
}

/* A caller that was away does not blame the child. */
static void test_a_stalled_caller_kills_nobody(void **state)
{
    struct run *run = *state;
    queue(run, "long", "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    int pid = video_pid(run->video);
    struct timespec away = {.tv_sec = 3};
    nanosleep(&away, NULL);
    run_for(run, 500);
    assert_int_equal(video_pid(run->video), pid);
    assert_int_equal(count(run, VIDEO_RESTARTED, "1"), 0);
    int frames = run->frames;
    run_for(run, 500);
    assert_true(run->frames > frames);
}

/* The turn that asks for a child has none yet. Its end comes while the child is being started. */
static void test_a_start_is_not_waited_for(void **state)
{
    struct run *run = *state;
    turn(run);
    assert_int_equal(video_pid(run->video), 0);
}

static void test_a_missing_program_fails_slowly(void **state)
{
    struct run *run = *state;
    video_destroy(run->video);
    struct video_options options = {.program = "/nonexistent/player"};
    assert_int_equal(video_create(&options, &run->video), 0);
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_FAILED, "1", 1));
    assert_non_null(strstr(last_text(run), "cannot be started"));
    assert_int_equal(video_pid(run->video), 0);
}

/* Without its parent the child ends. The helper's child falls to us, as its reaper. */
static void test_the_child_ends_with_its_parent(void **state)
{
    (void)state;
    int line[2];
    assert_int_equal(pipe(line), 0);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    pid_t helper = fork();
    if (helper == 0) {
        struct run run = {0};
        struct video_options options = {.program = program};
        if (video_create(&options, &run.video) != 0)
            _exit(1);
        queue(&run, "long", "1");
        wait_for(&run, VIDEO_STARTED, "1", 1);
        int pid = video_pid(run.video);
        (void)!write(line[1], &pid, sizeof pid);
        pause();
    }
    int pid = 0;
    assert_int_equal(read(line[0], &pid, sizeof pid), sizeof pid);
    assert_true(pid > 0);
    kill(helper, SIGKILL);
    assert_int_equal(waitpid(helper, NULL, 0), helper);
    pid_t gone = 0;
    for (int64_t end = now_ms() + 5000; gone == 0 && now_ms() < end; wait_a_bit())
        gone = waitpid(pid, NULL, WNOHANG);
    assert_int_equal(gone, pid);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    close(line[0]);
    close(line[1]);
}

/* ---- a child that an attacker has taken over ---- */

static void restart_with(struct run *run, const char *name, const char *text)
{
    setenv(DOUBLE_VARIABLE, name, 1);
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_RESTARTED, "1", 1));
    assert_non_null(strstr(last_text(run), text));
    unsetenv(DOUBLE_VARIABLE);
    queue(run, "a", "2");
    assert_true(wait_for(run, VIDEO_STARTED, "2", 1));
}

static void test_a_wild_counter_ends_the_child(void **state)
{
    restart_with(*state, "wild-counter", "counter out of range");
}

static void test_a_wild_sound_ends_the_child(void **state)
{
    restart_with(*state, "wild-sound", "sound counter out of range");
}

static void test_a_wild_size_ends_the_child(void **state)
{
    restart_with(*state, "wild-size", "impossible size");
}

static void test_a_silent_child_is_ended(void **state)
{
    restart_with(*state, "silent", "gave no sign of life for 2 s");
}

static void test_a_silent_line_ends_the_child(void **state)
{
    restart_with(*state, "hang-up", "closed its line");
}

static void test_a_short_report_ends_the_child(void **state)
{
    restart_with(*state, "short-report", "wrong report");
}

static void test_the_memory_cannot_be_taken_away(void **state)
{
    restart_with(*state, "truncate", "status 42");
}

static void test_lies_are_survived(void **state)
{
    struct run *run = *state;
    setenv(DOUBLE_VARIABLE, "lies", 1);
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_FAILED, "1", 1));
    for (const char *c = last_text(run); *c != '\0'; c++)
        assert_int_equal(*c, '?');
}

static void test_noise_is_survived(void **state)
{
    struct run *run = *state;
    static const char *const names[] = {"wild-reports", "scribble"};
    for (int i = 0; i < 2; i++) {
        setenv(DOUBLE_VARIABLE, names[i], 1);
        queue(run, "a", "1");
        run_for(run, 1000);
        if (video_pid(run->video) != 0)
            kill(video_pid(run->video), SIGKILL);
        run_for(run, 100);
        video_stop(run->video);
    }
}

int main(int argc, char **argv)
{
    const char *name = getenv(DOUBLE_VARIABLE);
    if (argc > 1 && strcmp(argv[1], "player") == 0)
        return name != NULL ? double_main(name, argv) : video_child_main(argc, argv);
    if (sodium_init() < 0)
        return 1;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return 1;
#define T(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_films_follow_without_a_gap),
        T(test_each_codec_plays),
        T(test_an_early_guest_waits),
        T(test_a_held_film_waits_for_its_turn),
        T(test_a_film_is_cut_for_the_next),
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
        T(test_a_killed_child_is_replaced),
        T(test_an_idle_child_dies_for_itself),
        T(test_a_child_is_killed_and_killed),
        T(test_a_stopped_child_is_noticed),
        T(test_a_crash_is_the_films),
        T(test_one_player_goes_on),
        T(test_small_boards_have_one_player),
        T(test_a_stalled_caller_kills_nobody),
        T(test_a_stalled_caller_blames_no_film),
        T(test_a_start_is_not_waited_for),
        T(test_a_missing_program_fails_slowly),
        T(test_the_child_ends_with_its_parent),
        T(test_a_wild_counter_ends_the_child),
        T(test_a_wild_sound_ends_the_child),
        T(test_a_wild_size_ends_the_child),
        T(test_a_silent_child_is_ended),
        T(test_a_silent_line_ends_the_child),
        T(test_a_short_report_ends_the_child),
        T(test_the_memory_cannot_be_taken_away),
        T(test_lies_are_survived),
        T(test_noise_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
