/* Calls as they are heard: SDL writes into a file what a loudspeaker would get, and the file is
 * listened to. Each clip is a tone of its own, so that the order can be read off. */
#include "test.h"

#include "announcer.h"
#include "voice.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CALLS = 10,
    WINDOW_MS = 50,
    WINDOW = ANNOUNCER_RATE / 1000 * WINDOW_MS,
    SOUNDS_MAX = 400,
    WAIT_MS = 20000
};

/* What a stretch of the recording holds: a tone's letter, ' ' = silence, '?' = a mixture. */
struct sound {
    char what;
    int from_ms, ms;
};

static const struct {
    const char *clip;
    char what;
    int hertz;
} tones[] = {
    {"number/1", '1', 1000},
    {"number/2", '2', 1100},
    {"number/3", '3', 1200},
    {"number/4", '4', 1300},
    {"number/5", '5', 1400},
    {"number/6", '6', 1500},
    {"number/7", '7', 1600},
    {"number/8", '8', 1700},
    {"number/9", '9', 1800},
    {"number/A3", 'A', 1900},
    {"letter/R", 'R', 2000},
    {"value/30", 'v', 2100},
    {"room/だいいちしんさつしつ", 'r', 400},
    {"room/はなれ", 'h', 300},
    {"phrase/screen", 's', 2200},
    {"phrase/check", 'k', 2400},
    {"phrase/payment", 'p', 2600},
};
enum { TONES = sizeof tones / sizeof tones[0] };

/* -- a place with clips ------------------------------------------------------------------------ */

static char place[64];

static void make_tone(const char *clip, int hertz)
{
    char path[256], command[1024];
    snprintf(path, sizeof path, "%s/tone.raw", place);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (int i = 0; i < ANNOUNCER_RATE / 2; i++) {
        int16_t sample = (int16_t)(12000 * sin(2 * 3.14159265358979 * hertz * i / ANNOUNCER_RATE));
        assert_int_equal(fwrite(&sample, sizeof sample, 1, file), 1);
    }
    assert_int_equal(fclose(file), 0);
    snprintf(command, sizeof command,
             "opusenc --quiet --raw --raw-rate 48000 --raw-chan 1 '%s' '%s/%s.opus'", path, place,
             clip);
    assert_int_equal(system(command), 0);
}

static int setup(void **state)
{
    static const char *const kinds[] = {"number", "letter", "value", "room", "phrase"};
    char path[256];
    (void)state;
    strcpy(place, "/tmp/machiai-voice-XXXXXX");
    assert_non_null(mkdtemp(place));
    for (int i = 0; i < 5; i++) {
        snprintf(path, sizeof path, "%s/%s", place, kinds[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    for (int i = 0; i < TONES; i++)
        make_tone(tones[i].clip, tones[i].hertz);
    snprintf(path, sizeof path, "%s/number/13.opus", place);
    FILE *file = fopen(path, "wb");
    assert_true(file != NULL && fputs("OggS, but broken", file) >= 0 && fclose(file) == 0);
    return 0;
}

static int teardown(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", place);
    return system(command);
}

/* -- recording --------------------------------------------------------------------------------- */

/* Both sides say the same: one of them is kept. */
static int one_side(int16_t *samples, int count)
{
    for (int i = 0; i + 1 < count; i += 2) {
        assert_int_equal(samples[i], samples[i + 1]);
        samples[i / 2] = samples[i];
    }
    return count / 2;
}

/* All calls at once; returns what was recorded until the last one had ended. */
static int16_t *record(const char *clips, const struct voice_call *calls, int count, int *ret_count)
{
    char path[128];
    struct voice *voice = NULL;
    snprintf(path, sizeof path, "%s/recording.raw", place);
    setenv("SDL_AUDIODRIVER", "disk", 1);
    setenv("SDL_DISKAUDIOFILE", path, 1);
    setenv("SDL_DISKAUDIODELAY", "1", 1); /* faster than life */
    assert_int_equal(voice_create(clips, &voice), 0);
    for (int i = 0; i < count; i++)
        (void)voice_announce(voice, &calls[i]);
    usleep(100 * 1000);
    for (int i = 0; i < WAIT_MS / 20 && voice_film_gain(voice) < 1; i++)
        usleep(20 * 1000);
    assert_true(voice_film_gain(voice) >= 1);
    voice_destroy(voice);

    struct stat info;
    FILE *file = fopen(path, "rb");
    assert_true(file != NULL && fstat(fileno(file), &info) == 0);
    int16_t *samples = malloc((size_t)info.st_size);
    assert_non_null(samples);
    *ret_count = (int)fread(samples, sizeof *samples, (size_t)info.st_size / sizeof *samples, file);
    fclose(file);
    unlink(path);
    *ret_count = one_side(samples, *ret_count);
    return samples;
}

/* Strength of one frequency in a window, about the tone's amplitude / 2 (Goertzel). */
static double strength(const int16_t *samples, double hertz)
{
    double turn = 2 * 3.14159265358979 * hertz / ANNOUNCER_RATE, a = 0, b = 0;
    for (int i = 0; i < WINDOW; i++) {
        double next = samples[i] + 2 * cos(turn) * a - b;
        b = a;
        a = next;
    }
    return sqrt(a * a + b * b - 2 * cos(turn) * a * b) / WINDOW;
}

static char listen(const int16_t *samples)
{
    double best = fmax(strength(samples, 659.26), strength(samples, 523.25)), second = 0;
    char what = 'c';
    for (int i = 0; i < TONES; i++) {
        double here = strength(samples, tones[i].hertz);
        if (here > best) {
            second = best;
            best = here;
            what = tones[i].what;
        } else if (here > second) {
            second = here;
        }
    }
    if (best < 150)
        return ' ';
    return what == 'c' || second < best * 0.3 ? what : '?';
}

/* The recording as stretches. The one window where two stretches meet belongs to either. */
static int divide(const int16_t *samples, int count, struct sound *sounds)
{
    int found = 0;
    for (int at = 0; at + WINDOW <= count; at += WINDOW) {
        char what = listen(samples + at);
        if (what == '?' && at + 2 * WINDOW <= count && found > 0) {
            char next = listen(samples + at + WINDOW);
            if (next != '?' && next != sounds[found - 1].what)
                what = next;
        }
        if (found > 0 && sounds[found - 1].what == what) {
            sounds[found - 1].ms += WINDOW_MS;
            continue;
        }
        assert_true(found < SOUNDS_MAX);
        sounds[found++] = (struct sound){what, at / WINDOW * WINDOW_MS, WINDOW_MS};
    }
    return found;
}

/* Without silences: "c1r1r c2r2r". */
static void spell(const struct sound *sounds, int count, char *ret, size_t size)
{
    size_t used = 0;
    for (int i = 0; i < count && used + 2 < size; i++) {
        if (sounds[i].what != ' ')
            ret[used++] = sounds[i].what;
        else if (used > 0 && sounds[i].ms > ANNOUNCER_REST_MS - 2 * WINDOW_MS)
            ret[used++] = ' ';
    }
    ret[used] = '\0';
}

static void heard(const char *clips, const struct voice_call *calls, int count, const char *wanted)
{
    struct sound sounds[SOUNDS_MAX];
    char is[256];
    int size = 0;
    int16_t *samples = record(clips, calls, count, &size);
    spell(sounds, divide(samples, size, sounds), is, sizeof is);
    free(samples);
    for (size_t end = strlen(is); end > 0 && is[end - 1] == ' ';)
        is[--end] = '\0';
    assert_string_equal(is, wanted);
}

/* -- tests ------------------------------------------------------------------------------------- */

static void check_levels(const int16_t *samples, int count)
{
    int peak = 0;
    for (int i = 0; i < count; i++)
        peak = abs(samples[i]) > peak ? abs(samples[i]) : peak;
    assert_in_range(peak, 8000, 30000); /* heard, and far from clipping */
}

static void check_times(const struct sound *sounds, int count)
{
    int chime = -1, words = 0, pauses = 0, rests = 0;
    for (int i = 0; i < count; i++) {
        const struct sound *now = &sounds[i];
        if (now->what == 'c' && (i == 0 || sounds[i - 1].what == ' ')) {
            chime = now->from_ms;
            words = 0;
        } else if (now->what != ' ' && words++ == 0) {
            assert_in_range(now->from_ms - chime, ANNOUNCER_VOICE_MS - 60, ANNOUNCER_VOICE_MS + 60);
        } else if (now->what == ' ' && words == 2) {
            assert_in_range(now->ms, ANNOUNCER_PAUSE_MS - 60, ANNOUNCER_PAUSE_MS + 60);
            pauses++;
        } else if (now->what == ' ' && words == 4 && i < count - 1) {
            assert_true(now->ms >= ANNOUNCER_REST_MS - 60);
            rests++;
        }
    }
    assert_int_equal(pauses, CALLS);
    assert_int_equal(rests, CALLS - 1);
}

static void test_ten_calls_one_after_another(void **state)
{
    static const char *const numbers[CALLS] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "A3"};
    struct voice_call calls[CALLS];
    struct sound sounds[SOUNDS_MAX];
    char is[256];
    int size = 0;
    (void)state;
    for (int i = 0; i < CALLS; i++)
        calls[i] = (struct voice_call){
            .numbers = {numbers[i]}, .count = 1, .reading = "", .room = "第1診察室", .volume = 100};
    int16_t *samples = record(place, calls, CALLS, &size);
    int count = divide(samples, size, sounds);
    spell(sounds, count, is, sizeof is);
    assert_memory_equal(is, "c1r1r c2r2r c3r3r c4r4r c5r5r c6r6r c7r7r c8r8r c9r9r cArAr",
                        strlen("c1r1r ") * CALLS - 1);
    check_times(sounds, count);
    check_levels(samples, size);
    free(samples);
}

static void test_missing_clips(void **state)
{
    const struct voice_call calls[] = {
        {.numbers = {"1"},
         .count = 1,
         .reading = "はなれ",
         .room = "第1診察室",
         .volume = 100}, /* the clinic's own よみ first */
        {.numbers = {"2"},
         .count = 1,
         .reading = "れいぎ",
         .room = "第1診察室",
         .volume = 100}, /* no such clip: the usual one */
        {.numbers = {"3"},
         .count = 1,
         .reading = "",
         .room = "はなれ",
         .volume = 100}, /* "the room on the screen" */
        {.numbers = {"4"},
         .count = 1,
         .reading = "../number/9",
         .room = "",
         .volume = 100}, /* leads nowhere */
        {.numbers = {"99"},
         .count = 1,
         .reading = "",
         .room = "第1診察室",
         .volume = 100}, /* "look at your number" */
        {.numbers = {"13"},
         .count = 1,
         .reading = "",
         .room = "第1診察室",
         .volume = 100}, /* a broken clip: chime only */
        {.numbers = {"5"},
         .count = 1,
         .reading = "",
         .room = "会計窓口",
         .payment = true,
         .volume = 100},
    };
    (void)state;
    heard(place, calls, 7, "c1h1h c2r2r c3s3s c4s4s ckk c c5p5p");
    heard("", calls, 1, "c");
    heard("/nowhere", calls, 1, "c");
}

/* A party hears every number, then the place once. One whose number is unknown is not passed over:
 * then all of them look at the glass. Who wishes no voice has the chime. */
static void test_parties_and_silence(void **state)
{
    const struct voice_call calls[] = {
        {.numbers = {"1", "2", "3"}, .count = 3, .reading = "", .room = "第1診察室", .volume = 100},
        {.numbers = {"1", "99"}, .count = 2, .reading = "", .room = "第1診察室", .volume = 100},
        {.count = 0, .reading = "", .room = "第1診察室", .volume = 100},
        {.numbers = {"R30"}, .count = 1, .reading = "", .room = "第1診察室", .volume = 100},
        {.numbers = {"R31"}, .count = 1, .reading = "", .room = "第1診察室", .volume = 100},
    };
    (void)state;
    heard(place, calls, 5, "c123r123r ckk c cRvrRvr ckk");
}

static void test_time_of_the_words(void **state)
{
    const struct voice_call call = {
        .numbers = {"1"}, .count = 1, .reading = "", .room = "第1診察室", .volume = 100};
    const struct voice_call broken = {
        .numbers = {"13"}, .count = 1, .reading = "", .room = "", .volume = 100};
    struct voice *voice = NULL;
    char path[128];
    (void)state;
    snprintf(path, sizeof path, "%s/recording.raw", place);
    setenv("SDL_AUDIODRIVER", "disk", 1);
    setenv("SDL_DISKAUDIOFILE", path, 1);
    assert_int_equal(voice_create(place, &voice), 0);
    struct voice_times times = voice_announce(voice, &call);
    int reading = 2 * 500 + ANNOUNCER_BREATH_MS;
    int second = ANNOUNCER_VOICE_MS + reading + ANNOUNCER_PAUSE_MS;
    assert_in_range(times.second_ms, second - 50, second + 50);
    assert_in_range(times.end_ms, second + reading - 50, second + reading + 50);
    times = voice_announce(voice, &broken);
    assert_int_equal(times.second_ms, 0);
    assert_int_equal(times.end_ms, 0);
    voice_destroy(voice); /* in the middle of the first call */
}

static void test_no_device_is_no_fault(void **state)
{
    struct voice *voice = NULL;
    char text[8] = "";
    (void)state;
    FILE *log = tmpfile();
    int stderr_copy = dup(STDERR_FILENO);
    assert_non_null(log);
    dup2(fileno(log), STDERR_FILENO);
    setenv("SDL_AUDIODRIVER", "no such driver", 1);
    int result = voice_create(place, &voice);
    dup2(stderr_copy, STDERR_FILENO);
    close(stderr_copy);
    assert_int_equal(result, -ENODEV);
    assert_null(voice);
    rewind(log);
    assert_int_equal(fread(text, 1, sizeof text, log), 0);
    fclose(log);
    voice_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_calls_one_after_another),
        cmocka_unit_test(test_missing_clips),
        cmocka_unit_test(test_parties_and_silence),
        cmocka_unit_test(test_time_of_the_words),
        cmocka_unit_test(test_no_device_is_no_fault),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
