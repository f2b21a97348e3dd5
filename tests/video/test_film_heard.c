/* Films as they are seen and heard: the real player, its frames as they are given, and the real
 * sound device of SDL, whose file is a pipe that is read as fast as a loudspeaker plays. Catches: a
 * film whose sound does not belong to its picture, a hole or a click between two films, a dead
 * child whose last sound goes on, a film that is as loud as ever under an announcement. */
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "video.h"
#include "voice.h"

enum {
    RATE = VIDEO_SOUND_RATE,
    PIPE = 4096,                    /* the least a pipe holds: 1024 pairs */
    PIPE_US = PIPE / 4 * 1000 / 48, /* what it takes to play them */
    SECONDS_MAX = 40,
    PATIENCE_MS = 20000,
    FILMS = 3,
    MARKS_MAX = 16,
    WINDOW = RATE / 100,
    AWAY_MAX_US = 150000 /* of a beep from its flash; 15 ms on a machine that is not crowded */
};

/* A loudspeaker: what it played, and when the first sample sounded. */
struct speaker {
    char path[64];
    int file;
    pthread_t thread;
    atomic_bool ends;
    atomic_int count; /* pairs */
    int64_t began_us;
    int16_t pairs[SECONDS_MAX * RATE][2];
};

struct run {
    struct video *video;
    struct voice *voice;
    int64_t flashes[FILMS][MARKS_MAX]; /* of each film that was begun */
    int flash_counts[FILMS];
    bool white;
    char shown[VIDEO_TAG_SIZE];
    struct video_event last;
    int ended, started, restarted;
};

static char program[1024], folder[] = "/tmp/machiai-heard-XXXXXX";
static struct speaker speaker;

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void sleep_until(int64_t at_us)
{
    struct timespec at = {.tv_sec = at_us / 1000000, .tv_nsec = at_us % 1000000 * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) != 0)
        ;
}

/* ---- the loudspeaker ---- */

/* Takes a pipe full each time that one has been played. A pipe full that is taken was asked for
 * when the one two before it was taken, so it counts as played one pipe full ago: the device delay
 * that voice.c reckons with is one pipe full. That is right within half of one, 10 ms. */
static void *play(void *context)
{
    struct speaker *card = context;
    int count = 0;
    for (int64_t next = 0; !atomic_load(&card->ends) && count + PIPE / 4 <= SECONDS_MAX * RATE;) {
        char *to = (char *)card->pairs[count];
        for (ssize_t got = 0, more; got < PIPE; got += more)
            if ((more = read(card->file, to + got, (size_t)(PIPE - got))) <= 0)
                return NULL;
        if (next == 0) {
            next = now_us();
            card->began_us = next - PIPE_US;
        }
        count += PIPE / 4;
        atomic_store(&card->count, count);
        next = card->began_us + PIPE_US + (int64_t)count * 1000 / 48;
        sleep_until(next);
    }
    char rest[PIPE]; /* the device shall not wait for ever */
    while (read(card->file, rest, sizeof rest) > 0)
        ;
    return NULL;
}

static void open_speaker(struct run *run)
{
    (void)snprintf(speaker.path, sizeof speaker.path, "%s/card", folder);
    assert_int_equal(mkfifo(speaker.path, 0600), 0);
    int both = open(speaker.path, O_RDWR | O_CLOEXEC); /* so that nobody waits for the other end */
    assert_true(fcntl(both, F_SETPIPE_SZ, PIPE) == PIPE);
    speaker.file = open(speaker.path, O_RDONLY | O_CLOEXEC);
    setenv("SDL_AUDIODRIVER", "disk", 1);
    setenv("SDL_DISKAUDIOFILE", speaker.path, 1);
    setenv("SDL_DISKAUDIODELAY", "0", 1);
    atomic_store(&speaker.ends, false);
    atomic_store(&speaker.count, 0);
    assert_int_equal(pthread_create(&speaker.thread, NULL, play, &speaker), 0);
    assert_int_equal(voice_create("", &run->voice), 0);
    voice_film_volume(run->voice, 100);
    close(both);
}

static int set_up(void **state)
{
    struct run *run = calloc(1, sizeof *run);
    struct video_options options = {.program = program, .sound = true};
    *state = run;
    open_speaker(run);
    return run == NULL ? -1 : video_create(&options, &run->video);
}

static int tear_down(void **state)
{
    struct run *run = *state;
    video_destroy(run->video);
    atomic_store(&speaker.ends, true);
    voice_destroy(run->voice);
    (void)pthread_join(speaker.thread, NULL);
    close(speaker.file);
    (void)unlink(speaker.path);
    free(run);
    return 0;
}

/* Loudest sample of a stretch. */
static int peak(int from, int count)
{
    int most = 0;
    for (int i = from; i < from + count; i++)
        for (int side = 0; side < 2; side++)
            most = abs(speaker.pairs[i][side]) > most ? abs(speaker.pairs[i][side]) : most;
    return most;
}

static int64_t heard_us(int pair)
{
    return speaker.began_us + (int64_t)pair * 1000 / 48;
}

/* ---- the kiosk's turns ---- */

static void look(struct run *run, const struct video_frame *frame, int64_t at_us)
{
    int64_t sum = 0, count = 0;
    for (int y = 0; y < frame->height; y += 4)
        for (int x = 0; x < frame->width; x += 4, count++)
            sum += frame->y[(ptrdiff_t)y * frame->pitch_y + x];
    bool white = sum / count > 220;
    int film = run->ended; /* a film ends before the next one's first frame is given */
    if (white && !run->white && film < FILMS && run->flash_counts[film] < MARKS_MAX)
        run->flashes[film][run->flash_counts[film]++] = at_us;
    run->white = white;
}

static void hear(struct run *run)
{
    static int16_t samples[4096 * VIDEO_SOUND_CHANNELS];
    struct video_sound sound;
    do {
        sound = video_sound(run->video, samples, 4096);
        voice_film(run->voice, sound.film, sound.due_us, samples, sound.count);
    } while (sound.count == 4096);
}

static void turn(struct run *run)
{
    struct video_frame frame;
    int64_t now = now_us();
    if (video_poll(run->video, now / 1000, &frame))
        look(run, &frame, now);
    hear(run);
    while (video_event(run->video, &run->last)) {
        run->ended += run->last.kind == VIDEO_ENDED;
        run->started += run->last.kind == VIDEO_STARTED;
        run->restarted += run->last.kind == VIDEO_RESTARTED;
    }
    sleep_until(now + 8000);
}

static void run_for(struct run *run, int ms)
{
    for (int64_t end = now_us() + (int64_t)ms * 1000; now_us() < end;)
        turn(run);
}

static void run_until(struct run *run, const int *counter, int wanted)
{
    for (int64_t end = now_us() + (int64_t)PATIENCE_MS * 1000; *counter < wanted;) {
        assert_true(now_us() < end);
        turn(run);
    }
}

static void queue_item(struct run *run, const char *clip, bool held)
{
    struct video_item item = {.held = held};
    (void)snprintf(item.path, sizeof item.path, "%s/%s", CLIPS, clip);
    (void)snprintf(item.tag, sizeof item.tag, "%s", clip);
    assert_int_equal(video_queue(run->video, &item), 0);
}

static void queue(struct run *run, const char *clip)
{
    queue_item(run, clip, false);
}

/* ---- picture and sound ---- */

/* Where beeps begin, behind 50 ms of silence. */
static int find_beeps(int64_t *beeps, int most)
{
    int found = 0, quiet = 0;
    for (int i = 0; i < atomic_load(&speaker.count) && found < most; i++) {
        bool loud = abs(speaker.pairs[i][0]) > 1500;
        if (loud && quiet > RATE / 20)
            beeps[found++] = heard_us(i);
        quiet = loud ? 0 : quiet + 1;
    }
    return found;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* The middle one of a film's distances between a flash and the beep that is nearest to it. */
static int64_t middle(const struct run *run, int film, const int64_t *beeps, int beep_count)
{
    int64_t away[MARKS_MAX];
    for (int i = 0; i < run->flash_counts[film]; i++) {
        away[i] = INT64_MAX;
        for (int j = 0; j < beep_count; j++)
            if (llabs(beeps[j] - run->flashes[film][i]) < llabs(away[i]))
                away[i] = beeps[j] - run->flashes[film][i];
    }
    qsort(away, (size_t)run->flash_counts[film], sizeof away[0], compare);
    return away[run->flash_counts[film] / 2];
}

/* The first film starts from nothing, the others follow prepared. */
static void test_sound_belongs_to_the_picture(void **state)
{
    static const char *const clips[FILMS] = {"flash-44.mp4", "flash-22.mp4", "flash-51.webm"};
    struct run *run = *state;
    int64_t beeps[FILMS * MARKS_MAX];
    for (int i = 0; i < FILMS; i++) {
        if (i == 0)
            queue(run, clips[0]);
        run_until(run, &run->started, i + 1);
        run_for(run, 1000);
        if (i + 1 < FILMS)
            queue(run, clips[i + 1]);
        run_until(run, &run->ended, i + 1);
    }
    int count = find_beeps(beeps, FILMS * MARKS_MAX);
    assert_true(count >= FILMS * 3);
    for (int i = 0; i < FILMS; i++) {
        assert_in_range(run->flash_counts[i], 3, 4);
        int64_t away = middle(run, i, beeps, count);
        print_message("%s: sound %+.1f ms behind the picture\n", clips[i], (double)away / 1000);
        assert_true(llabs(away) < AWAY_MAX_US);
    }
}

/* A still item, a film behind it, a still item behind that one, as the kiosk has them: the film
 * waits without a sound, begins with its picture, and is silent as soon as its place is over. */
static void test_a_film_between_still_items_is_in_time(void **state)
{
    struct run *run = *state;
    int64_t beeps[MARKS_MAX];
    queue_item(run, "flash-44.mp4", true);
    run_for(run, 2500);
    assert_int_equal(run->started, 0);
    assert_int_equal(peak(0, atomic_load(&speaker.count)), 0);
    video_advance(run->video);
    run_until(run, &run->started, 1);
    run_for(run, 3500);
    video_stop(run->video);
    run_for(run, 200);
    int from = atomic_load(&speaker.count), count = find_beeps(beeps, MARKS_MAX);
    assert_in_range(run->flash_counts[0], 3, 4);
    int64_t away = middle(run, 0, beeps, count);
    print_message("sound %+.1f ms behind the picture\n", (double)away / 1000);
    assert_true(llabs(away) < AWAY_MAX_US);
    run_for(run, 1000);
    assert_int_equal(peak(from, atomic_load(&speaker.count) - from), 0);
}

/* ---- changes ---- */

/* The longest stretch without a sound between two pairs, pairs. */
static int longest_hole(int from, int to)
{
    int longest = 0, hole = 0;
    for (int i = from; i + WINDOW / 10 < to; i += WINDOW / 10) {
        hole = peak(i, WINDOW / 10) < 1000 ? hole + WINDOW / 10 : 0;
        longest = hole > longest ? hole : longest;
    }
    return longest;
}

/* How sharply the curve bends at most: a tone of ours by 240 a pair, a cut one by its height. */
static int sharpest(int from, int to)
{
    int most = 0;
    for (int i = from + 2; i < to; i++) {
        int bend = abs(speaker.pairs[i][0] - 2 * speaker.pairs[i - 1][0] + speaker.pairs[i - 2][0]);
        most = bend > most ? bend : most;
    }
    return most;
}

static void test_films_follow_without_hole_or_click(void **state)
{
    struct run *run = *state;
    queue(run, "tone-a.mp4");
    run_until(run, &run->started, 1);
    run_for(run, 1500);
    int from = atomic_load(&speaker.count);
    queue(run, "tone-b.mp4");
    run_until(run, &run->started, 2);
    run_for(run, 1500);
    int to = atomic_load(&speaker.count);
    int hole = longest_hole(from, to), sharp = sharpest(from, to);
    print_message("a hole of %d ms, a bend of %d\n", hole * 1000 / RATE, sharp);
    assert_true(hole < RATE / 5);
    assert_true(sharp < 1500);
}

/* Five seconds of sound over two of picture. */
static void test_sound_that_outlasts_the_picture_is_heard(void **state)
{
    struct run *run = *state;
    int loud = 0;
    queue(run, "music.mp4");
    run_until(run, &run->ended, 1);
    run_for(run, 500);
    int end = atomic_load(&speaker.count);
    for (int i = 0; i + WINDOW <= end; i += WINDOW)
        loud += peak(i, WINDOW) >= 1000;
    print_message("%d ms were heard\n", loud * 10);
    assert_in_range(loud, 490, 510);
    assert_true(peak(end - WINDOW, WINDOW) == 0);
}

static void test_a_silent_film_is_silent(void **state)
{
    struct run *run = *state;
    queue(run, "tone-a.mp4");
    run_until(run, &run->started, 1);
    run_for(run, 1000);
    queue(run, "a.mp4");
    run_until(run, &run->started, 2);
    run_for(run, 500);
    int from = atomic_load(&speaker.count);
    run_for(run, 500);
    assert_int_equal(peak(from, atomic_load(&speaker.count) - from), 0);
}

/* Killed or held: silence, and nothing of it comes back. */
static void test_a_lost_child_is_silent(void **state)
{
    static const int signals[] = {SIGKILL, SIGSTOP};
    struct run *run = *state;
    for (int i = 0; i < 2; i++) {
        queue(run, "tone-a.mp4");
        run_until(run, &run->started, i + 1);
        run_for(run, 700);
        int before = atomic_load(&speaker.count);
        assert_true(peak(before - RATE / 5, RATE / 5) > 8000);
        kill(video_pid(run->video), signals[i]);
        run_until(run, &run->restarted, i + 1);
        run_for(run, 300);
        int from = atomic_load(&speaker.count);
        run_for(run, 700);
        assert_int_equal(peak(from, atomic_load(&speaker.count) - from), 0);
        assert_true(sharpest(before, atomic_load(&speaker.count)) < 1500);
    }
}

/* ---- announcements ---- */

/* Strength of the film's tone of 600 Hz in a stretch (Goertzel), the chime has other notes. */
static double tone(int from, int count)
{
    double turn = 2 * 3.14159265358979 * 600 / RATE, a = 0, b = 0;
    for (int i = from; i < from + count; i++) {
        double next = speaker.pairs[i][0] + 2 * cos(turn) * a - b;
        b = a;
        a = next;
    }
    return 2 * sqrt(a * a + b * b - 2 * cos(turn) * a * b) / count;
}

static void test_a_film_gives_way_to_an_announcement(void **state)
{
    struct run *run = *state;
    const struct voice_call call = {.reading = "", .room = "", .volume = 100};
    queue(run, "tone-a.mp4");
    run_until(run, &run->started, 1);
    run_for(run, 1000);
    int before = atomic_load(&speaker.count) - RATE / 5;
    (void)voice_announce(run->voice, &call);
    run_for(run, 500);
    int under = atomic_load(&speaker.count) - RATE / 5;
    double loud = tone(before, RATE / 5), soft = tone(under, RATE / 5);
    print_message("film %.0f, under the chime %.0f: %.1f dB\n", loud, soft,
                  20 * log10(soft / loud));
    assert_true(loud > 8000);
    assert_true(soft > loud * 0.08 && soft < loud * 0.2);
    assert_true(peak(0, atomic_load(&speaker.count)) < INT16_MAX);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "player") == 0)
        return video_child_main(argc, argv);
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (sodium_init() < 0 || length <= 0 || mkdtemp(folder) == NULL)
        return 1;
#define T(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_sound_belongs_to_the_picture),
        T(test_a_film_between_still_items_is_in_time),
        T(test_films_follow_without_hole_or_click),
        T(test_sound_that_outlasts_the_picture_is_heard),
        T(test_a_silent_film_is_silent),
        T(test_a_lost_child_is_silent),
        T(test_a_film_gives_way_to_an_announcement),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)rmdir(folder);
    return failed;
}
