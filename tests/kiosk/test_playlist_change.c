/* One timeline of films and still items: what is loaded ahead, what is faded, what is cut. */
#include "test.h"

#include "playlist_rig.h"

#include <string.h>

static bool fades(const struct fixture *f)
{
    bool fade = false;
    (void)playlist_changes(f->playlist, &fade);
    return fade;
}

static void test_stills_fade_and_films_cut(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 1, CONTENT_HEALTH);
    rig_add_notice(f, "flu");
    rig_add_notice(f, "closed");
    rig_set(f);
    rig_begin(f);
    assert_false(fades(f)); /* there was nothing */
    for (int round = 0; round < 2; round++) {
        rig_run_out(f);
        rig_begin(f);
        rig_expect_film(f, 1);
        assert_false(fades(f));
        rig_run_out(f);
        rig_expect_notice(f, "flu");
        assert_true(fades(f));
        rig_pass(f, 8000);
        rig_expect_notice(f, "closed");
        assert_true(fades(f));
        rig_pass(f, 6000);
        rig_pass(f, 2000);
        rig_begin(f);
        rig_expect_film(f, 0);
        assert_true(fades(f));
    }
}

static void test_the_programme_says_how(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 1, CONTENT_HEALTH);
    rig_add_notice(f, "flu");
    f->programme->items[1].change = CONTENT_CHANGE_FADE;
    f->programme->items[2].change = CONTENT_CHANGE_CUT;
    rig_set(f);
    rig_begin(f);
    rig_run_out(f);
    rig_begin(f);
    assert_true(fades(f));
    rig_run_out(f);
    rig_expect_notice(f, "flu");
    assert_false(fades(f));
}

/* What may no longer be shown is gone at once, and what broke off is not looked at any longer. */
static void test_what_must_go_never_fades(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_notice(f, "flu");
    rig_set(f);
    rig_begin(f);
    strcpy(f->set.withdrawn[f->set.withdrawn_count++], rig_sha(0));
    rig_set(f);
    rig_expect_notice(f, "flu");
    assert_false(fades(f));
    f->set.withdrawn_count = 0;
    rig_set(f);
    rig_pass(f, 8000);
    rig_begin(f);
    rig_tell(f, VIDEO_FAILED, rig_sha(0));
    rig_expect_notice(f, "flu");
    assert_false(fades(f));
}

static void test_a_film_that_is_cut_has_the_next_one_ready(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    f->programme->items[0].duration_ms = 12000;
    rig_add_film(f, 1, CONTENT_HEALTH);
    rig_add_film(f, 5, CONTENT_SUBSTITUTE);
    f->missing[0] = true;
    rig_set(f);
    rig_begin(f);
    rig_pass(f, 9999);
    assert_string_equal(f->queued, "");
    rig_pass(f, 1);
    assert_string_equal(f->queued, rig_sha(1));
    assert_true(f->held);
    rig_pass(f, 2000);
    assert_int_equal(f->advances, 1);
    assert_int_equal(f->stops, 0);
    rig_expect_film(f, 5); /* its last frame, until the next one's first is there */
    rig_begin(f);
    rig_expect_film(f, 1);
}

/* The film that was loaded behind a notice may not be shown any more: the notice stays. */
static void test_a_notice_outlives_what_was_to_follow(void **state)
{
    struct fixture *f = *state;
    rig_add_notice(f, "flu");
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 1, CONTENT_HEALTH);
    rig_set(f);
    rig_pass(f, 6500);
    assert_string_equal(f->queued, rig_sha(0));
    f->missing[0] = true;
    playlist_refresh(f->playlist, &f->world);
    rig_expect_notice(f, "flu");
    assert_int_equal(f->stops, 1);
    rig_pass(f, 1);
    assert_string_equal(f->queued, rig_sha(1));
    rig_pass(f, 1500);
    rig_begin(f);
    rig_expect_film(f, 1);
}

/* It cannot be loaded, or takes the player with it: the next one is tried while the notice stands
 * there still. */
static void test_a_bad_film_behind_a_notice(void **state)
{
    struct fixture *f = *state;
    rig_add_notice(f, "flu");
    for (int n = 0; n < 3; n++)
        rig_add_film(f, n, CONTENT_HEALTH);
    rig_set(f);
    rig_pass(f, 6000);
    f->queued[0] = '\0';
    rig_tell(f, VIDEO_FAILED, rig_sha(0));
    rig_expect_notice(f, "flu");
    rig_pass(f, 1);
    assert_string_equal(f->queued, rig_sha(1));
    f->queued[0] = '\0';
    rig_tell(f, VIDEO_RESTARTED, rig_sha(1));
    rig_expect_notice(f, "flu");
    rig_pass(f, 1);
    assert_string_equal(f->queued, rig_sha(2));
    assert_true(playlist_deadline(f->playlist) > f->world.now); /* nothing spins */
    rig_pass(f, 2000);
    rig_begin(f);
    rig_expect_film(f, 2);
}

static void test_the_next_page_is_known_ahead(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_notice(f, "flu");
    rig_set(f);
    rig_begin(f);
    assert_non_null(playlist_coming(f->playlist));
    assert_string_equal(playlist_coming(f->playlist)->title, "flu");
    rig_run_out(f);
    assert_null(playlist_coming(f->playlist)); /* a film */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_stills_fade_and_films_cut),
        TEST(test_the_programme_says_how),
        TEST(test_what_must_go_never_fades),
        TEST(test_a_film_that_is_cut_has_the_next_one_ready),
        TEST(test_a_notice_outlives_what_was_to_follow),
        TEST(test_a_bad_film_behind_a_notice),
        TEST(test_the_next_page_is_known_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
