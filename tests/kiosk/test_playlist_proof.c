/* Proof of play, and what the playlist makes of time: known late, at a period's second, or not. */
#include "test.h"

#include "playlist_rig.h"

#include <string.h>

static void frames(struct fixture *f, int n, int count)
{
    for (int i = 0; i < count; i++)
        playlist_frame(f->playlist, rig_sha(n));
}

static void test_proof_tells_start_end_and_frames_terms_21_2(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_ADVERTISEMENT);
    strcpy(f->programme->id, "table");
    f->programme->version = 7;
    rig_set(f);
    rig_begin(f);
    assert_int_equal(f->begun, 1);
    frames(f, 0, 3);
    frames(f, 1, 9); /* of a film that is not on the screen */
    rig_pass(f, PLAYLIST_SEEN_MS);
    assert_int_equal(f->seen, 1);
    assert_int_equal(f->play.frames, 3);
    frames(f, 0, 2);
    rig_pass(f, 1000);
    rig_tell(f, VIDEO_ENDED, rig_sha(0));
    assert_false(f->shown);
    assert_string_equal(f->play.sha256, rig_sha(0));
    assert_string_equal(f->play.reason, "scheduled");
    assert_string_equal(f->play.programme, "table");
    assert_int_equal(f->play.version, 7);
    assert_int_equal(f->play.item, 0);
    assert_int_equal(f->play.start, 5000);
    assert_int_equal(f->play.end, 5000 + PLAYLIST_SEEN_MS + 1000);
    assert_int_equal(f->play.shown_ms, PLAYLIST_SEEN_MS + 1000);
    assert_int_equal(f->play.frames, 5);
    assert_int_equal(f->play.ending, PLAY_ENDING_WHOLE);
    assert_string_equal(f->play.planned, "");
}

/* What should have been seen there is told with what was. */
static void test_proof_of_a_substitute_names_what_was_planned_terms_20(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 5, CONTENT_SUBSTITUTE);
    f->programme->approved = 0;
    rig_set(f);
    rig_begin(f);
    assert_string_equal(f->play.sha256, rig_sha(5));
    assert_string_equal(f->play.reason, "unapproved");
    assert_string_equal(f->play.planned, rig_sha(0));
    assert_int_equal(f->play.item, 0);
    f->set.withdrawn_count = 1;
    strcpy(f->set.withdrawn[0], rig_sha(5));
    rig_set(f);
    assert_false(f->shown);
    assert_int_equal(f->play.ending, PLAY_ENDING_CUT);
}

static void test_proof_of_what_broke(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_set(f);
    rig_begin(f);
    rig_tell(f, VIDEO_FAILED, rig_sha(0));
    assert_int_equal(f->play.ending, PLAY_ENDING_BROKE);
    assert_string_equal(f->doubted, rig_sha(0));
    rig_pass(f, PLAYLIST_BACKOFF_MS);
    rig_begin(f);
    rig_tell(f, VIDEO_RESTARTED, rig_sha(0));
    assert_false(f->shown);
    assert_int_equal(f->play.ending, PLAY_ENDING_BROKE);
    assert_int_equal(f->begun, 2);
}

/* -- time -------------------------------------------------------------------------------------- */

/* Before any time is known only what holds at every time that it could be: no period does. */
static void test_without_time_nothing_that_could_be_over(void **state)
{
    struct fixture *f = *state;
    const struct playlist_entry *entry = NULL;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 5, CONTENT_SUBSTITUTE);
    f->set.clinic_count = 1;
    f->set.clinic[0] = (struct content){
        .kind = CONTENT_NOTICE, .duration_ms = 8000, .title = "hours", .body = "body"};
    f->set.expires = 9000000;
    f->world.has_time = false;
    rig_set(f);
    rig_begin(f);
    rig_expect_film(f, 5);
    (void)playlist_picture(f->playlist, &entry);
    assert_string_equal(play_reason_name(entry->reason), "no_time");
    assert_int_equal(f->play.start, 0); /* and the log claims no time either */
    rig_run_out(f);
    rig_expect_notice(f, "hours"); /* the clinic's own has no end: it holds */
    f->world.has_time = true;
    rig_pass(f, PLAYLIST_REFRESH_MS);
    f->world.now += 3000;
    playlist_tick(f->playlist, &f->world);
    assert_string_equal(f->queued, rig_sha(0));
}

/* At a start the relaxation film comes before the document: the reason is put right under way. */
static void test_a_reason_that_changes_is_told(void **state)
{
    struct fixture *f = *state;
    const struct playlist_entry *entry = NULL;
    assert_int_equal(playlist_add_local(f->playlist, "/films/lake.mp4"), 0);
    f->world.has_time = false;
    playlist_tick(f->playlist, &f->world);
    rig_begin(f);
    assert_string_equal(f->play.reason, "no_programme");
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_set(f);
    (void)playlist_picture(f->playlist, &entry);
    assert_string_equal(play_reason_name(entry->reason), "no_time");
    assert_string_equal(f->play.reason, "no_time");
    assert_int_equal(f->begun, 2);
    assert_int_equal(f->stops, 0); /* the picture goes on */
    playlist_refresh(f->playlist, &f->world);
    assert_int_equal(f->begun, 2);
}

/* The period's second, not the next look at the clock. */
static void test_a_period_begins_at_its_moment(void **state)
{
    struct fixture *f = *state;
    rig_add_film(f, 0, CONTENT_HEALTH);
    rig_add_film(f, 5, CONTENT_SUBSTITUTE);
    f->programme->from = f->world.site_ms + 1700;
    rig_set(f);
    rig_begin(f);
    rig_expect_film(f, 5);
    assert_int_equal(playlist_deadline(f->playlist), f->world.now + 1700);
    rig_pass(f, 1700);
    assert_string_equal(f->queued, rig_sha(0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_proof_tells_start_end_and_frames_terms_21_2),
        TEST(test_proof_of_a_substitute_names_what_was_planned_terms_20),
        TEST(test_proof_of_what_broke),
        TEST(test_without_time_nothing_that_could_be_over),
        TEST(test_a_reason_that_changes_is_told),
        TEST(test_a_period_begins_at_its_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
