/* Round after round: one item ahead, notices, withdrawals, failures. The decoder is played here. */
#include "test.h"

#include "playlist_rig.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void test_rounds(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_notice(f, "flu");
    rig_add_film(f, 1, CONTENT_ADVERTISEMENT);
    rig_expect_still(f);
    rig_set(f);
    for (int round = 0; round < 3; round++) {
        if (round == 0)
            rig_expect_still(f);
        assert_string_equal(f->queued, rig_sha(0));
        rig_begin(f);
        rig_expect_film(f, 0);
        rig_run_out(f);
        assert_string_equal(f->queued, ""); /* a notice follows: nothing ahead */
        rig_expect_notice(f, "flu");
        assert_int_equal(playlist_deadline(f->playlist),
                         f->world.now + (8000 < PLAYLIST_REFRESH_MS ? 8000 : PLAYLIST_REFRESH_MS));
        rig_pass(f, 5000);
        assert_int_equal(playlist_deadline(f->playlist), f->world.now + 1000);
        rig_pass(f, 999);
        assert_string_equal(f->queued, "");
        rig_pass(f, 1);
        assert_string_equal(f->queued, rig_sha(1)); /* loaded while the notice stands there */
        assert_true(f->held);
        rig_pass(f, 1999);
        assert_int_equal(f->advances, round);
        rig_pass(f, 1);
        assert_int_equal(f->advances, round + 1);
        rig_expect_notice(f, "flu"); /* until the film's first frame is there */
        rig_begin(f);
        rig_expect_film(f, 1);
        rig_run_out(f);
        rig_expect_film(f, 1); /* its last frame is held */
    }
    assert_int_equal(playlist_films(f->playlist), 2);
    assert_int_equal(f->stops, 0);
}

static void test_one_ahead(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 1, CONTENT_HEALTH);
    rig_set(f);
    rig_begin(f);
    assert_string_equal(f->queued, "");
    rig_tell(f, VIDEO_WANT, rig_sha(0));
    assert_string_equal(f->queued, rig_sha(1));
    rig_tell(f, VIDEO_WANT, rig_sha(0));
    rig_tell(f, VIDEO_ENDED, rig_sha(0));
    assert_string_equal(f->queued, rig_sha(1));
    rig_begin(f);
    rig_expect_film(f, 1);
    assert_string_equal(
        f->path, "/store/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.sealed");
    assert_true(f->sealed);
}

static void test_single_film_loops(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_set(f);
    rig_begin(f);
    for (int i = 0; i < 3; i++) {
        rig_run_out(f);
        assert_string_equal(f->queued, rig_sha(0));
        rig_begin(f);
        rig_expect_film(f, 0);
    }
}

static void test_unapproved_then_approved(void **state)
{
    struct fixture *f = *state;
    const struct playlist_entry *entry = NULL;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 5, CONTENT_SUBSTITUTE);
    f->programme->approved = 0;
    rig_set(f);
    rig_begin(f);
    rig_expect_film(f, 5);
    (void)playlist_picture(f->playlist, &entry);
    assert_int_equal(entry->reason, PLAY_SUBSTITUTE_UNAPPROVED);
    /* The approval is learnt: the relaxation film gives way, and stays until something follows. */
    f->programme->approved = 2000;
    rig_set(f);
    assert_int_equal(f->stops, 1);
    assert_string_equal(f->queued, rig_sha(0));
    rig_expect_film(f, 5);
    rig_begin(f);
    rig_expect_film(f, 0);
    (void)playlist_picture(f->playlist, &entry);
    assert_int_equal(entry->reason, PLAY_SCHEDULED);
}

static void test_withdrawn_leaves_at_once(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 1, CONTENT_HEALTH);
    rig_add_film(f, 5, CONTENT_SUBSTITUTE);
    rig_set(f);
    rig_begin(f);
    strcpy(f->set.withdrawn[f->set.withdrawn_count++], rig_sha(0));
    rig_set(f);
    assert_int_equal(f->stops, 1);
    rig_expect_still(f); /* not even its last frame */
    assert_string_equal(f->queued, rig_sha(5));
    rig_begin(f);
    rig_run_out(f);
    rig_begin(f);
    rig_expect_film(f, 1);
    /* The item that was prepared is withdrawn before it began. */
    rig_tell(f, VIDEO_WANT, rig_sha(1));
    assert_string_equal(f->queued, rig_sha(5));
    strcpy(f->set.withdrawn[f->set.withdrawn_count++], rig_sha(5));
    rig_set(f);
    assert_string_equal(f->queued, rig_sha(1));
    assert_int_equal(f->stops, 2);
}

static void test_period_ends(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 5, CONTENT_SUBSTITUTE);
    f->programme->to = f->world.site_ms + 7000;
    rig_set(f);
    rig_begin(f);
    rig_pass(f, 6000);
    rig_expect_film(f, 0);
    rig_pass(f, PLAYLIST_REFRESH_MS);
    rig_expect_still(f);
    assert_string_equal(f->queued, rig_sha(5));
    /* No time known: what is valid under every time. */
    f->world.has_time = false;
    rig_pass(f, PLAYLIST_REFRESH_MS);
    assert_string_equal(f->queued, rig_sha(5));
}

static void test_substitute_is_cut_to_its_place(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    f->programme->items[0].duration_ms = 12000;
    rig_add_notice(f, "flu");
    rig_add_film(f, 5, CONTENT_SUBSTITUTE);
    f->programme->approved = 0;
    rig_set(f);
    rig_begin(f);
    rig_pass(f, 11999);
    rig_expect_film(f, 5);
    rig_pass(f, 1);
    assert_int_equal(f->stops, 1);
    rig_expect_notice(f, "flu");
}

/* The cloud is told of a film that fails until it has been seen whole, or is of the round no more.
 */
static void test_a_broken_film_is_named(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 1, CONTENT_HEALTH);
    rig_set(f);
    assert_string_equal(playlist_broken(f->playlist), "");
    rig_tell(f, VIDEO_FAILED, rig_sha(0));
    assert_string_equal(playlist_broken(f->playlist), rig_sha(0));
    rig_begin(f);
    rig_tell(f, VIDEO_ENDED, rig_sha(1));
    assert_string_equal(playlist_broken(f->playlist), rig_sha(0));
    playlist_programme(f->playlist, &f->world, NULL);
    assert_string_equal(playlist_broken(f->playlist), "");
}

/* ... or for as long as its place is, where it never is seen whole. */
static void test_a_film_that_is_cut_is_forgiven(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    f->programme->items[0].duration_ms = 12000;
    rig_add_film(f, 5, CONTENT_SUBSTITUTE);
    f->programme->approved = 0;
    rig_set(f);
    f->queued[0] = '\0';
    rig_tell(f, VIDEO_FAILED, rig_sha(5));
    assert_string_equal(playlist_broken(f->playlist), rig_sha(5));
    rig_pass(f, PLAYLIST_BACKOFF_MS);
    rig_begin(f);
    rig_pass(f, 11999);
    assert_string_equal(playlist_broken(f->playlist), rig_sha(5));
    rig_pass(f, 1);
    assert_string_equal(playlist_broken(f->playlist), "");
}

static void test_failures_back_off(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 1, CONTENT_HEALTH);
    rig_set(f);
    /* Film 0 is junk: the next one goes on at once. */
    f->queued[0] = '\0';
    rig_tell(f, VIDEO_FAILED, rig_sha(0));
    assert_string_equal(f->queued, rig_sha(1));
    rig_begin(f);
    /* Within its pause it is not tried again. */
    f->world.now += 1000;
    rig_tell(f, VIDEO_WANT, rig_sha(1));
    assert_string_equal(f->queued, rig_sha(1));
    /* Now both fail: nothing is asked of the decoder before the pause is over. */
    f->queued[0] = '\0';
    rig_tell(f, VIDEO_FAILED, rig_sha(1));
    rig_tell(f, VIDEO_FAILED, rig_sha(1));
    rig_expect_film(f, 1);
    assert_string_equal(f->queued, "");
    int64_t retry = playlist_deadline(f->playlist);
    assert_in_range(retry, f->world.now + 1, f->world.now + PLAYLIST_BACKOFF_MS);
    rig_pass(f, retry - f->world.now);
    assert_string_not_equal(f->queued, "");
}

/* Relaxation footage takes the place of a programme of which nothing can be played now. */
static void test_substitutes_when_all_is_broken(void **state)
{
    struct fixture *f = *state;
    const struct playlist_entry *entry = NULL;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 5, CONTENT_SUBSTITUTE);
    rig_add_film(f, 6, CONTENT_SUBSTITUTE);
    f->missing[6] = true;
    rig_set(f);
    f->queued[0] = '\0';
    rig_tell(f, VIDEO_FAILED, rig_sha(0));
    assert_string_equal(f->queued, ""); /* the first pause is short */
    rig_pass(f, PLAYLIST_BACKOFF_MS);
    assert_string_equal(f->queued, rig_sha(0));
    f->queued[0] = '\0';
    rig_tell(f, VIDEO_FAILED, rig_sha(0));
    assert_string_equal(f->queued, rig_sha(5));
    rig_begin(f);
    rig_expect_film(f, 5);
    (void)playlist_picture(f->playlist, &entry);
    assert_int_equal(entry->reason, PLAY_SUBSTITUTE_MISSING);
    assert_string_equal(entry->planned, rig_sha(0));
    assert_int_equal(entry->item, 0);
    assert_string_equal(playlist_broken(f->playlist), rig_sha(0));
    /* Its pause is over: it is tried again behind the footage, which goes on when it fails. */
    f->world.now += 28000;
    rig_tell(f, VIDEO_WANT, rig_sha(5));
    assert_string_equal(f->queued, rig_sha(0));
    f->queued[0] = '\0';
    rig_tell(f, VIDEO_FAILED, rig_sha(0));
    assert_string_equal(f->queued, rig_sha(5));
    rig_tell(f, VIDEO_ENDED, rig_sha(5));
    rig_begin(f);
    rig_expect_film(f, 5);
    assert_int_equal(f->stops, 0);
    /* What is withdrawn is no substitute. */
    strcpy(f->set.withdrawn[f->set.withdrawn_count++], rig_sha(5));
    rig_set(f);
    rig_expect_still(f);
    assert_string_equal(f->queued, "");
}

static void test_pauses_grow_and_are_forgiven(void **state)
{
    struct fixture *f = *state;
    int64_t pause = PLAYLIST_BACKOFF_MS;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_set(f);
    for (int i = 0; i < 4; i++) {
        f->queued[0] = '\0';
        rig_tell(f, VIDEO_FAILED, rig_sha(0));
        rig_pass(f, pause - 1);
        assert_string_equal(f->queued, "");
        rig_pass(f, 1);
        assert_string_equal(f->queued, rig_sha(0));
        pause *= 4;
    }
    rig_begin(f);
    rig_run_out(f);
    rig_begin(f);
    f->playing[0] = '\0';
    rig_tell(f, VIDEO_FAILED, rig_sha(0)); /* broke off */
    rig_pass(f, PLAYLIST_BACKOFF_MS);
    assert_string_equal(f->queued, rig_sha(0));
}

static void test_player_dies(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 1, CONTENT_HEALTH);
    rig_set(f);
    rig_begin(f);
    f->playing[0] = '\0';
    rig_tell(f, VIDEO_RESTARTED, rig_sha(0));
    assert_string_equal(f->queued, rig_sha(1));
    rig_expect_film(f, 0); /* the last frame stays */
    rig_begin(f);
    rig_expect_film(f, 1);
}

static void test_film_that_never_starts(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 1, CONTENT_HEALTH);
    rig_set(f);
    rig_pass(f, PLAYLIST_START_MS - 1);
    assert_string_equal(f->queued, rig_sha(0));
    rig_pass(f, 1);
    assert_int_equal(f->stops, 1);
    assert_string_equal(f->queued, rig_sha(1));
}

static void test_missing_files(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_notice(f, "flu");
    rig_add_film(f, 5, CONTENT_SUBSTITUTE);
    f->missing[0] = f->missing[5] = true;
    rig_set(f);
    rig_expect_notice(f, "flu"); /* all that there is */
    f->missing[0] = false;
    playlist_refresh(f->playlist, &f->world);
    rig_pass(f, 8000);
    assert_string_equal(f->queued, rig_sha(0));
}

static void test_local_films(void **state)
{
    struct fixture *f = *state;
    const struct playlist_entry *entry = NULL;
    assert_int_equal(playlist_add_local(f->playlist, "/films/lake.mp4"), 0);
    assert_int_equal(playlist_add_local(f->playlist, "/films/forest.mp4"), 0);
    playlist_tick(f->playlist, &f->world); /* no programme yet */
    assert_string_equal(f->path, "/films/lake.mp4");
    rig_begin(f);
    assert_int_equal(playlist_picture(f->playlist, &entry), PICTURE_FILM);
    assert_int_equal(entry->kind, CONTENT_SUBSTITUTE);
    assert_int_equal(entry->reason, PLAY_SUBSTITUTE_NO_PROGRAMME);
    assert_string_equal(entry->title, "lake.mp4");
    assert_false(f->sealed);
    rig_run_out(f);
    assert_string_equal(f->path, "/films/forest.mp4");
    rig_begin(f);
    assert_int_equal(f->stops, 0); /* learning the film's length disturbs nothing */
    /* They also stand in for provided films that are not approved. */
    rig_add_film(f, 0, CONTENT_HEALTH);
    f->programme->approved = 0;
    rig_set(f);
    rig_run_out(f);
    assert_string_not_equal(f->queued, rig_sha(0));
    assert_string_not_equal(f->queued, "");
    /* Without a video service nothing plays. */
    f->world.video_service = false;
    rig_pass(f, PLAYLIST_REFRESH_MS);
    rig_expect_still(f);
    assert_string_equal(f->queued, "");
    for (int i = 2; i < PLAYLIST_LOCAL_MAX; i++)
        assert_int_equal(playlist_add_local(f->playlist, "/films/more.mp4"), 0);
    assert_int_equal(playlist_add_local(f->playlist, "/films/more.mp4"), -ENOSPC);
}

static void test_position_survives_a_changed_round(void **state)
{
    struct fixture *f = *state;
    for (int n = 0; n < 4; n++)
        rig_add_film(f, n, CONTENT_HEALTH);
    f->missing[3] = true;
    rig_set(f);
    rig_begin(f);
    rig_run_out(f);
    rig_begin(f);
    rig_expect_film(f, 1);
    f->missing[3] = false; /* a download has come in */
    playlist_refresh(f->playlist, &f->world);
    rig_expect_film(f, 1);
    rig_run_out(f);
    assert_string_equal(f->queued, rig_sha(2));
    rig_begin(f);
    rig_run_out(f);
    assert_string_equal(f->queued, rig_sha(3));
    assert_int_equal(f->stops, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rounds),
        TEST(test_one_ahead),
        TEST(test_single_film_loops),
        TEST(test_unapproved_then_approved),
        TEST(test_withdrawn_leaves_at_once),
        TEST(test_period_ends),
        TEST(test_substitute_is_cut_to_its_place),
        TEST(test_failures_back_off),
        TEST(test_a_broken_film_is_named),
        TEST(test_a_film_that_is_cut_is_forgiven),
        TEST(test_substitutes_when_all_is_broken),
        TEST(test_pauses_grow_and_are_forgiven),
        TEST(test_player_dies),
        TEST(test_film_that_never_starts),
        TEST(test_missing_files),
        TEST(test_local_films),
        TEST(test_position_survives_a_changed_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
