/* The child that plays films. Catches: a film that costs more than a new child, a film that is
 * blamed for what others did, children that are lost, trust in what a hostile child writes. */
#include "video_run.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "video_shm.h"

enum { BACK_MS = 2000 /* a sanitized child on a machine that is not calm; tests/bench measures */ };

/* ---- the child ---- */

/* The next child is of that kind (DOUBLE_VARIABLE, STUCK_VARIABLE), those behind it are players. */
static void start_as(struct run *run, const char *variable, const char *name)
{
    int before = video_pid(run->video);
    setenv(variable, name, 1);
    if (before != 0)
        kill(before, SIGKILL);
    while (video_pid(run->video) == 0 || video_pid(run->video) == before)
        run_for(run, 8);
    unsetenv(variable);
}

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

/* A call of libvlc's that does not end: the film is named, and the next one has another child. */
static void test_a_hang_inside_libvlc_is_the_films(void **state)
{
    struct run *run = *state;
    start_as(run, STUCK_VARIABLE, "yes");
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_RESTARTED, "1", 1));
    assert_non_null(strstr(last_text(run), "gave no sign of life"));
    queue(run, "a", "2");
    assert_true(wait_for(run, VIDEO_STARTED, "2", 1));
}

static int64_t processor_ms(int pid)
{
    clockid_t clock;
    struct timespec used;
    assert_int_equal(clock_getcpuclockid(pid, &clock), 0);
    assert_int_equal(clock_gettime(clock, &used), 0);
    return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* One processor is counted, and the film takes more than that for a frame now and then. On a
 * machine that gives it none there is nothing to be seen. */
static void test_a_film_that_eats_the_machine_is_passed_over(void **state)
{
    struct run *run = *state;
    struct video_options options = {.program = program};
    cpu_set_t all, one;
    video_destroy(run->video);
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    int result = video_create(&options, &run->video);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
    assert_int_equal(result, 0);
    start_as(run, DOUBLE_VARIABLE, "eat");
    queue(run, "long", "1");
    int64_t used = processor_ms(video_pid(run->video)), began = now_ms();
    if (!wait_for(run, VIDEO_FAILED, "1", 1)) {
        used = processor_ms(video_pid(run->video)) - used;
        print_message("got %d ms of %d\n", (int)used, (int)(now_ms() - began));
        assert_true(10 * used < 9 * (now_ms() - began));
        skip();
    }
    assert_string_equal(last_text(run), "needs more processor time than there is");
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
    start_as(run, DOUBLE_VARIABLE, name);
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_RESTARTED, "1", 1));
    assert_non_null(strstr(last_text(run), text));
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

/* One is shown behind the other. */
static void test_wild_times_are_passed_over(void **state)
{
    struct run *run = *state;
    start_as(run, DOUBLE_VARIABLE, "wild-times");
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    for (int64_t end = now_ms() + 10000; run->frames < 2 && now_ms() < end;)
        run_for(run, 50);
    assert_in_range(run->frames, 2, VIDEO_SLOTS);
}

static void test_lies_are_survived(void **state)
{
    struct run *run = *state;
    start_as(run, DOUBLE_VARIABLE, "lies");
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
        start_as(run, DOUBLE_VARIABLE, names[i]);
        queue(run, "a", "1");
        run_for(run, 1000);
        video_stop(run->video);
    }
}

/* Whatever it writes while the parent reads, the parent's turn has its end. */
static void test_a_flood_has_its_end(void **state)
{
    struct run *run = *state;
    start_as(run, DOUBLE_VARIABLE, "flood");
    queue(run, "a", "1");
    assert_true(wait_for(run, VIDEO_STARTED, "1", 1));
    run_for(run, 1000);
    assert_in_range(run->taken_most, 1, (VIDEO_SLOTS + 1) * VIDEO_LANES);
    assert_in_range(run->pairs_most, 1, VIDEO_SOUND_RING);
}

static int all_tests(void)
{
    const struct CMUnitTest tests[] = {
        T(test_a_killed_child_is_replaced),
        T(test_an_idle_child_dies_for_itself),
        T(test_a_child_is_killed_and_killed),
        T(test_a_stopped_child_is_noticed),
        T(test_a_crash_is_the_films),
        T(test_a_hang_inside_libvlc_is_the_films),
        T(test_a_film_that_eats_the_machine_is_passed_over),
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
        T(test_wild_times_are_passed_over),
        T(test_lies_are_survived),
        T(test_noise_is_survived),
        T(test_a_flood_has_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return video_run_main(argc, argv, all_tests);
}
