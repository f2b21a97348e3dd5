/* Films as clinics bring them: each is converted to the profile, or refused with its reason. The
 * clips are made by clips.sh with a real ffmpeg. */
#include "film.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "contents.h"
#include "film_private.h"
#include "transcode.h"

enum { PATH_SIZE = 400 };

struct house {
    char folder[64];
    struct cloud *cloud;
};

static void clip(const char *name, char ret[static PATH_SIZE])
{
    (void)snprintf(ret, PATH_SIZE, "%s/%s", CLIPS, name);
}

static enum film_fault fault_of(const char *name, struct film_facts *ret)
{
    char path[PATH_SIZE];
    enum film_fault fault = FILM_GOOD;

    clip(name, path);
    assert_int_equal(film_probe(path, ret, &fault), 0);
    return fault;
}

/* -- refused ----------------------------------------------------------------------------------- */

static void test_what_is_no_film_is_refused_with_its_reason(void **state)
{
    static const struct {
        const char *name;
        enum film_fault fault;
    } bad[] = {
        {"junk.mp4", FILM_NOT_FILM},
        {"empty.mp4", FILM_NOT_FILM},
        {"text.mp4", FILM_NOT_FILM},
        {"list.mp4", FILM_NOT_FILM},
        {"concat.mp4", FILM_NOT_FILM},
        {"headless.mp4", FILM_NOT_FILM},
        {"still.png", FILM_NOT_FILM},
        {"sound.mp4", FILM_NOT_FILM},
        {"cover.mp3", FILM_NOT_FILM},
        {"one.mp4", FILM_NOT_FILM},
        {"short.mp4", FILM_TOO_SHORT},
        {"long.mp4", FILM_TOO_LONG},
        {"eightk.mp4", FILM_PICTURE_TOO_LARGE},
        {"tiny.mp4", FILM_PICTURE_TOO_SMALL},
        {"fast.mp4", FILM_FRAME_RATE},
        {"cut.mp4", FILM_DAMAGED},
    };
    struct film_facts facts;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        enum film_fault fault = fault_of(bad[i].name, &facts);

        if (fault != bad[i].fault)
            fail_msg("%s: %s, not %s", bad[i].name, film_fault_code(fault),
                     film_fault_code(bad[i].fault));
    }
}

static void test_every_fault_has_a_code_and_a_sentence(void **state)
{
    (void)state;
    for (int i = FILM_GOOD + 1; i < FILM_FAULT_COUNT; i++) {
        enum film_fault fault = (enum film_fault)i;

        assert_int_equal(film_fault_from_code(film_fault_code(fault)), fault);
        assert_true(strlen(film_fault_text(fault)) > 20);
    }
    assert_int_equal(film_fault_from_code("no such"), FILM_GOOD);
}

/* -- converted --------------------------------------------------------------------------------- */

struct made {
    struct film_facts facts;
    enum film_fault fault;
    char path[PATH_SIZE];
};

/* From the file as it came to the film that kiosks get. */
static unsigned convert(const struct house *house, const char *name, struct made *ret)
{
    struct transcode_options options = {0};
    struct film_facts facts;
    char source[PATH_SIZE];
    FILE *empty;

    clip(name, source);
    (void)snprintf(ret->path, sizeof(ret->path), "%s/made.mp4", house->folder);
    empty = fopen(ret->path, "w");
    assert_non_null(empty);
    assert_int_equal(fclose(empty), 0);
    assert_int_equal(film_probe(source, &facts, &ret->fault), 0);
    if (ret->fault != FILM_GOOD)
        fail_msg("%s: %s", name, film_fault_code(ret->fault));
    assert_int_equal(film_measure(source, &facts, NULL, NULL, &ret->fault), 0);
    assert_int_equal(ret->fault, FILM_GOOD);
    options.source = source;
    options.target = ret->path;
    options.facts = &facts;
    options.changes = film_deviations(&facts);
    assert_int_equal(transcode_run(&options, &ret->facts, &ret->fault), 0);
    return options.changes;
}

#define BIT(change) (1U << FILM_CHANGED_##change)

static void test_every_film_becomes_one_of_the_profile(void **state)
{
    static const struct {
        const char *name;
        unsigned changes;
        int width, height;
        double rate;
        bool sound;
    } clips[] = {
        {"wide4k.mp4", BIT(SCALED), 1920, 1080, 10, false},
        {"upright.mp4", BIT(SCALED), 608, 1080, 10, false},
        {"sixty.mp4", BIT(RATE), 320, 180, 30, false},
        {"uneven.mp4", BIT(RATE), 320, 180, 24, false},
        {"turned.mp4", BIT(ROTATED), 180, 320, 25, false},
        {"surround.mp4", BIT(DOWNMIXED) | BIT(LOUDNESS), 320, 180, 25, true},
        {"loud.mp4", BIT(LOUDNESS), 320, 180, 25, true},
        {"soft.mp4", BIT(LOUDNESS), 320, 180, 25, true},
        {"silence.mp4", BIT(SILENT), 320, 180, 25, false},
        {"named.mkv", BIT(CONTAINER), 320, 180, 25, false},
        {"presentation.wmv", BIT(CONTAINER) | BIT(CODEC) | BIT(DOWNMIXED), 640, 480, 15, true},
        {"nine.webm", BIT(CONTAINER) | BIT(CODEC), 320, 180, 25, false},
        {"phone.mp4", BIT(CODEC) | BIT(PIXELS), 320, 180, 25, false},
        {"tv.mpg", BIT(CONTAINER) | BIT(CODEC) | BIT(SQUARED) | BIT(DEINTERLACED), 640, 480, 29.97,
         false},
        {"four44.mp4", BIT(CODEC) | BIT(PIXELS), 320, 180, 25, false},
        {"odd.avi", BIT(CONTAINER) | BIT(CODEC) | BIT(SCALED), 322, 182, 25, false},
    };

    for (size_t i = 0; i < sizeof(clips) / sizeof(clips[0]); i++) {
        struct made made;
        unsigned changes = convert(*state, clips[i].name, &made);
        double rate = (double)made.facts.rate.num / (double)made.facts.rate.den;

        if (made.fault != FILM_GOOD)
            fail_msg("%s: %s", clips[i].name, film_fault_code(made.fault));
        if ((changes & clips[i].changes) != clips[i].changes)
            fail_msg("%s: changes %x, not %x", clips[i].name, changes, clips[i].changes);
        if (made.facts.width != clips[i].width || made.facts.height != clips[i].height ||
            fabs(rate - clips[i].rate) > 0.02 || (made.facts.audio_index >= 0) != clips[i].sound)
            fail_msg("%s became %dx%d at %.2f", clips[i].name, made.facts.width, made.facts.height,
                     rate);
    }
}

/* What is heard beside each other is equally loud. */
static void test_sound_comes_to_minus_23(void **state)
{
    static const char *const names[] = {"loud.mp4", "soft.mp4", "surround.mp4"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct made made;

        (void)convert(*state, names[i], &made);
        assert_int_equal(film_measure(made.path, &made.facts, NULL, NULL, &made.fault), 0);
        if (fabs(made.facts.loudness + 23) > 1)
            fail_msg("%s: %.1f LUFS", names[i], made.facts.loudness);
    }
}

static bool holds(const char *path, const char *text)
{
    FILE *file = fopen(path, "r");
    char *bytes = calloc(1, 4 << 20);
    size_t size, length = strlen(text);
    bool found = false;

    assert_non_null(file);
    assert_non_null(bytes);
    size = fread(bytes, 1, 4 << 20, file);
    for (size_t i = 0; i + length <= size && !found; i++)
        found = memcmp(bytes + i, text, length) == 0;
    free(bytes);
    assert_int_equal(fclose(file), 0);
    return found;
}

static void test_names_and_places_do_not_come_through(void **state)
{
    char source[PATH_SIZE];
    struct made made;

    clip("named.mkv", source);
    assert_true(holds(source, "SECRET-NAME"));
    (void)convert(*state, "named.mkv", &made);
    assert_false(holds(made.path, "SECRET-NAME"));
    assert_false(holds(made.path, "+35.6-139.7"));
}

/* Whole in its index and damaged in its data, or without an index that could tell. */
static void test_damage_that_only_shows_in_the_end(void **state)
{
    struct made made;

    (void)convert(*state, "zeros.mp4", &made);
    assert_int_equal(made.fault, FILM_DAMAGED);
    (void)convert(*state, "cut.mkv", &made);
    assert_int_equal(made.fault, FILM_DAMAGED);
}

/* Two seconds, and one more frame 25 minutes later: 45,000 frames are made of 20, within bounds. */
static void test_a_bomb_of_few_frames_stays_bounded(void **state)
{
    struct film_facts facts;
    struct stat status;
    struct made made;

    assert_int_equal(fault_of("gap.mp4", &facts), FILM_GOOD);
    (void)convert(*state, "gap.mp4", &made);
    assert_int_equal(made.fault, FILM_GOOD);
    assert_int_equal(stat(made.path, &status), 0);
    assert_true(status.st_size < transcode_room(&facts) / 100);
}

static void test_what_the_end_of_a_converter_says_of_its_film(void **state)
{
    static const struct {
        struct confined_result result;
        int code;
        enum film_fault fault;
    } ends[] = {
        {{.end = CONFINED_DONE}, 0, FILM_GOOD},
        {{.end = CONFINED_DONE, .exit_code = 69}, 0, FILM_DAMAGED},
        {{.end = CONFINED_SLOW}, 0, FILM_TOO_DEMANDING},
        {{.end = CONFINED_TALKED}, 0, FILM_UNSUPPORTED},
        {{.end = CONFINED_CRASHED}, -ECHILD, FILM_GOOD},
        {{.end = CONFINED_STOPPED}, -ECANCELED, FILM_GOOD},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        enum film_fault fault = FILM_GOOD;

        assert_int_equal(film_fault_of_end(&ends[i].result, FILM_DAMAGED, &fault), ends[i].code);
        assert_int_equal(fault, ends[i].fault);
    }
}

static bool stop_at_once(void *context, int percent)
{
    (void)context;
    (void)percent;
    return false;
}

static void test_a_conversion_can_be_stopped(void **state)
{
    const struct house *house = *state;
    struct transcode_options options = {.go_on = stop_at_once};
    struct film_facts facts, target;
    enum film_fault fault = FILM_GOOD;
    char source[PATH_SIZE], path[PATH_SIZE];
    FILE *empty;

    clip("wide4k.mp4", source);
    (void)snprintf(path, sizeof(path), "%s/stopped.mp4", house->folder);
    empty = fopen(path, "w");
    assert_non_null(empty);
    assert_int_equal(fclose(empty), 0);
    assert_int_equal(film_probe(source, &facts, &fault), 0);
    options.source = source;
    options.target = path;
    options.facts = &facts;
    assert_int_equal(transcode_run(&options, &target, &fault), -ECANCELED);
    assert_int_equal(unlink(path), 0);
}

/* -- from the command line --------------------------------------------------------------------- */

static int add(const struct house *house, const char *name, struct content *ret, char *error)
{
    char path[PATH_SIZE];

    clip(name, path);
    return film_add(house->cloud, path, CONTENT_HEALTH, name, ret, error, DB_ERROR_SIZE);
}

static off_t size_of(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? status.st_size : -1;
}

static void test_a_film_of_the_profile_is_taken_as_it_is(void **state)
{
    const struct house *house = *state;
    char error[DB_ERROR_SIZE] = "", path[PATH_SIZE];
    struct content content;
    struct film film;

    if (add(house, "good.mp4", &content, error) < 0)
        fail_msg("%s", error);
    clip("good.mp4", path);
    assert_int_equal(content.size, size_of(path));
    assert_int_equal(content.duration_ms, 2000);
    if (add(house, "named.mkv", &content, error) < 0)
        fail_msg("%s", error);
    assert_int_equal(contents_film_of(house->cloud->db, "", content.sha256, &film), 0);
    assert_non_null(strstr(film.checks, "\"container\""));
    (void)snprintf(path, sizeof(path), "%s/contents/%s", house->folder, content.sha256);
    assert_int_equal(content.size, size_of(path));
}

static void test_nothing_of_a_refused_film_is_left(void **state)
{
    const struct house *house = *state;
    char error[DB_ERROR_SIZE] = "", command[PATH_SIZE];
    struct content content;

    assert_int_equal(add(house, "text.mp4", &content, error), -EINVAL);
    assert_non_null(strstr(error, "text.mp4 is not a film"));
    assert_int_equal(add(house, "cut.mkv", &content, error), -EINVAL);
    assert_non_null(strstr(error, "is damaged"));
    assert_true(add(house, "nowhere.mp4", &content, error) < 0);
    assert_non_null(strstr(error, "No such file"));
    assert_true(film_add(house->cloud, house->folder, CONTENT_HEALTH, "x", &content, error,
                         sizeof(error)) < 0);
    assert_non_null(strstr(error, "is not a file"));
    (void)snprintf(command, sizeof(command), "! ls -A '%s/contents' | grep -q incoming",
                   house->folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): fixed text */
}

static int make(void **state)
{
    struct house *house = calloc(1, sizeof(*house));
    char error[DB_ERROR_SIZE] = "";

    assert_non_null(house);
    (void)snprintf(house->folder, sizeof(house->folder), P_tmpdir "/machiai-film-XXXXXX");
    assert_non_null(mkdtemp(house->folder));
    if (cloud_open(house->folder, CLOUD_MAKE, &house->cloud, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    *state = house;
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int drop(void **state)
{
    struct house *house = *state;

    cloud_close(house->cloud);
    (void)nftw(house->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(house);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_film_is_refused_with_its_reason),
        cmocka_unit_test(test_every_fault_has_a_code_and_a_sentence),
        cmocka_unit_test(test_every_film_becomes_one_of_the_profile),
        cmocka_unit_test(test_sound_comes_to_minus_23),
        cmocka_unit_test(test_names_and_places_do_not_come_through),
        cmocka_unit_test(test_damage_that_only_shows_in_the_end),
        cmocka_unit_test(test_a_bomb_of_few_frames_stays_bounded),
        cmocka_unit_test(test_what_the_end_of_a_converter_says_of_its_film),
        cmocka_unit_test(test_a_conversion_can_be_stopped),
        cmocka_unit_test(test_a_film_of_the_profile_is_taken_as_it_is),
        cmocka_unit_test(test_nothing_of_a_refused_film_is_left),
    };
    return cmocka_run_group_tests_name("film", tests, make, drop);
}
