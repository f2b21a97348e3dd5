/* Round after round: one item ahead, notices, withdrawals, failures. The decoder is played here. */
#include "test.h"

#include "playlist.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILMS = 8 };

struct fixture {
    struct playlist *playlist;
    struct playlist_world world;
    struct programme_set set;
    struct programme *programme; /* the only one of the set */
    bool missing[FILMS];
    char playing[VIDEO_TAG_SIZE], queued[VIDEO_TAG_SIZE]; /* the decoder's two places */
    char path[VIDEO_PATH_SIZE];
    bool sealed; /* the item queued last */
    char doubted[VIDEO_TAG_SIZE];
    int stops;
    /* what the play log heard last */
    struct play play;
    bool shown;
    int begun, seen;
};

/* SHA-256 of film n, as letters. */
static const char *sha(int n)
{
    static char text[4][SHA256_SIZE];
    static int next;
    char *made = text[next++ % 4];
    memset(made, 'a' + n, SHA256_SIZE - 1);
    made[SHA256_SIZE - 1] = '\0';
    return made;
}

static int queue(void *context, const struct video_item *item)
{
    struct fixture *f = context;
    if (f->queued[0] != '\0')
        return -EBUSY;
    strcpy(f->queued, item->tag);
    strcpy(f->path, item->path);
    f->sealed = item->sealed;
    assert_int_equal(item->key[0], f->sealed ? item->tag[0] : 0);
    return 0;
}

static void stop(void *context)
{
    struct fixture *f = context;
    f->stops++;
    f->playing[0] = f->queued[0] = '\0';
}

static enum programme_file file(void *context, const char *sha256)
{
    struct fixture *f = context;
    return f->missing[sha256[0] - 'a'] ? PROGRAMME_FILE_MISSING : PROGRAMME_FILE_READY;
}

static bool film(void *context, const char *sha256, struct video_item *item)
{
    struct fixture *f = context;
    snprintf(item->path, sizeof item->path, "/store/%s.sealed", sha256);
    item->sealed = true;
    item->key[0] = (uint8_t)sha256[0];
    return !f->missing[sha256[0] - 'a'];
}

static void doubt(void *context, const char *sha256)
{
    struct fixture *f = context;
    strcpy(f->doubted, sha256);
}

static void proof(void *context, enum playlist_proof kind, const struct play *play)
{
    struct fixture *f = context;
    if (kind == PLAYLIST_PROOF_BEGIN) {
        assert_false(f->shown);
        f->begun++;
    } else {
        assert_true(f->shown);
        f->seen += kind == PLAYLIST_PROOF_SEEN;
    }
    f->shown = kind != PLAYLIST_PROOF_END;
    f->play = *play;
}

static void add_film(struct fixture *f, int n, enum content_kind kind)
{
    struct content *content = kind == CONTENT_SUBSTITUTE
                                  ? &f->set.substitutes[f->set.substitute_count++]
                                  : &f->programme->items[f->programme->item_count++];
    *content = (struct content){.kind = kind, .duration_ms = 30000};
    strcpy(content->sha256, sha(n));
    snprintf(content->title, sizeof content->title, "film %d", n);
}

static void add_notice(struct fixture *f, const char *title)
{
    struct content *content = &f->programme->items[f->programme->item_count++];
    *content = (struct content){.kind = CONTENT_NOTICE, .duration_ms = 8000, .body = "body"};
    strcpy(content->title, title);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct playlist_actions actions = {.queue = queue,
                                       .stop = stop,
                                       .file = file,
                                       .film = film,
                                       .doubt = doubt,
                                       .proof = proof,
                                       .context = f};
    f->world = (struct playlist_world){
        .now = 1000, .site_ms = 5000, .has_time = true, .video_service = true};
    programme_set_init(&f->set);
    f->set.programme_count = 1;
    f->programme = &f->set.programmes[0];
    f->programme->from = 1000;
    f->programme->to = 9000000;
    f->programme->distributed = 1000;
    f->programme->deadline = 3000;
    f->programme->approved = 2000;
    assert_int_equal(playlist_create(&actions, &f->playlist), 0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    playlist_destroy(f->playlist);
    free(f);
    return 0;
}

static void set(struct fixture *f)
{
    playlist_programme(f->playlist, &f->world, &f->set);
}

static void tell(struct fixture *f, enum video_event_kind kind, const char *tag)
{
    struct video_event event = {.kind = kind};
    snprintf(event.tag, sizeof event.tag, "%s", tag);
    playlist_event(f->playlist, &f->world, &event);
}

/* The decoder begins with the film that it was given. */
static void begin(struct fixture *f)
{
    assert_string_not_equal(f->queued, "");
    strcpy(f->playing, f->queued);
    f->queued[0] = '\0';
    tell(f, VIDEO_STARTED, f->playing);
}

/* The present film comes to its end as the decoder tells it. */
static void run_out(struct fixture *f)
{
    char tag[VIDEO_TAG_SIZE];
    strcpy(tag, f->playing);
    f->world.now += 28000;
    tell(f, VIDEO_WANT, tag);
    f->world.now += 2000;
    f->playing[0] = '\0';
    tell(f, VIDEO_ENDED, tag);
}

static void pass(struct fixture *f, int64_t ms)
{
    f->world.now += ms;
    f->world.site_ms += ms;
    playlist_tick(f->playlist, &f->world);
}

static void expect_film(struct fixture *f, int n)
{
    const struct playlist_entry *entry = NULL;
    assert_int_equal(playlist_picture(f->playlist, &entry), PICTURE_FILM);
    assert_string_equal(entry->tag, sha(n));
}

static void expect_notice(struct fixture *f, const char *title)
{
    const struct playlist_entry *entry = NULL;
    assert_int_equal(playlist_picture(f->playlist, &entry), PICTURE_NOTICE);
    assert_string_equal(entry->title, title);
    assert_string_equal(entry->body, "body");
}

static void expect_still(struct fixture *f)
{
    const struct playlist_entry *entry = NULL;
    assert_int_equal(playlist_picture(f->playlist, &entry), PICTURE_STILL);
    assert_null(entry);
}

static void test_rounds(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_HEALTH);
    add_notice(f, "flu");
    add_film(f, 1, CONTENT_ADVERTISEMENT);
    expect_still(f);
    set(f);
    for (int round = 0; round < 3; round++) {
        if (round == 0)
            expect_still(f);
        assert_string_equal(f->queued, sha(0));
        begin(f);
        expect_film(f, 0);
        run_out(f);
        assert_string_equal(f->queued, ""); /* a notice follows: nothing ahead */
        expect_notice(f, "flu");
        assert_int_equal(playlist_deadline(f->playlist),
                         f->world.now + (8000 < PLAYLIST_REFRESH_MS ? 8000 : PLAYLIST_REFRESH_MS));
        pass(f, 5000);
        pass(f, 2999);
        assert_string_equal(f->queued, "");
        pass(f, 1);
        assert_string_equal(f->queued, sha(1));
        expect_notice(f, "flu"); /* until the film's first frame is there */
        begin(f);
        expect_film(f, 1);
        run_out(f);
        expect_film(f, 1); /* its last frame is held */
    }
    assert_int_equal(playlist_films(f->playlist), 2);
    assert_int_equal(f->stops, 0);
}

static void test_one_ahead(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_HEALTH);
    add_film(f, 1, CONTENT_HEALTH);
    set(f);
    begin(f);
    assert_string_equal(f->queued, "");
    tell(f, VIDEO_WANT, sha(0));
    assert_string_equal(f->queued, sha(1));
    tell(f, VIDEO_WANT, sha(0));
    tell(f, VIDEO_ENDED, sha(0));
    assert_string_equal(f->queued, sha(1));
    begin(f);
    expect_film(f, 1);
    assert_string_equal(
        f->path, "/store/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.sealed");
    assert_true(f->sealed);
}

static void test_single_film_loops(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_HEALTH);
    set(f);
    begin(f);
    for (int i = 0; i < 3; i++) {
        run_out(f);
        assert_string_equal(f->queued, sha(0));
        begin(f);
        expect_film(f, 0);
    }
}

static void test_unapproved_then_approved(void **state)
{
    struct fixture *f = *state;
    const struct playlist_entry *entry = NULL;
    add_film(f, 0, CONTENT_HEALTH);
    add_film(f, 5, CONTENT_SUBSTITUTE);
    f->programme->approved = 0;
    set(f);
    begin(f);
    expect_film(f, 5);
    (void)playlist_picture(f->playlist, &entry);
    assert_int_equal(entry->reason, PLAY_SUBSTITUTE_UNAPPROVED);
    /* The approval is learnt: the relaxation film gives way, and stays until something follows. */
    f->programme->approved = 2000;
    set(f);
    assert_int_equal(f->stops, 1);
    assert_string_equal(f->queued, sha(0));
    expect_film(f, 5);
    begin(f);
    expect_film(f, 0);
    (void)playlist_picture(f->playlist, &entry);
    assert_int_equal(entry->reason, PLAY_SCHEDULED);
}

static void test_withdrawn_leaves_at_once(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_HEALTH);
    add_film(f, 1, CONTENT_HEALTH);
    add_film(f, 5, CONTENT_SUBSTITUTE);
    set(f);
    begin(f);
    strcpy(f->set.withdrawn[f->set.withdrawn_count++], sha(0));
    set(f);
    assert_int_equal(f->stops, 1);
    expect_still(f); /* not even its last frame */
    assert_string_equal(f->queued, sha(5));
    begin(f);
    run_out(f);
    begin(f);
    expect_film(f, 1);
    /* The item that was prepared is withdrawn before it began. */
    tell(f, VIDEO_WANT, sha(1));
    assert_string_equal(f->queued, sha(5));
    strcpy(f->set.withdrawn[f->set.withdrawn_count++], sha(5));
    set(f);
    assert_string_equal(f->queued, sha(1));
    assert_int_equal(f->stops, 2);
}

static void test_period_ends(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_HEALTH);
    add_film(f, 5, CONTENT_SUBSTITUTE);
    f->programme->to = f->world.site_ms + 7000;
    set(f);
    begin(f);
    pass(f, 6000);
    expect_film(f, 0);
    pass(f, PLAYLIST_REFRESH_MS);
    expect_still(f);
    assert_string_equal(f->queued, sha(5));
    /* No time known: what is valid under every time. */
    f->world.has_time = false;
    pass(f, PLAYLIST_REFRESH_MS);
    assert_string_equal(f->queued, sha(5));
}

static void test_substitute_is_cut_to_its_place(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_HEALTH);
    f->programme->items[0].duration_ms = 12000;
    add_notice(f, "flu");
    add_film(f, 5, CONTENT_SUBSTITUTE);
    f->programme->approved = 0;
    set(f);
    begin(f);
    pass(f, 11999);
    expect_film(f, 5);
    pass(f, 1);
    assert_int_equal(f->stops, 1);
    expect_notice(f, "flu");
}

static void test_failures_back_off(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_HEALTH);
    add_film(f, 1, CONTENT_HEALTH);
    set(f);
    /* Film 0 is junk: the next one goes on at once. */
    f->queued[0] = '\0';
    tell(f, VIDEO_FAILED, sha(0));
    assert_string_equal(f->queued, sha(1));
    begin(f);
    /* Within its pause it is not tried again. */
    f->world.now += 1000;
    tell(f, VIDEO_WANT, sha(1));
    assert_string_equal(f->queued, sha(1));
    /* Now both fail: nothing is asked of the decoder before the pause is over. */
    f->queued[0] = '\0';
    tell(f, VIDEO_FAILED, sha(1));
    tell(f, VIDEO_FAILED, sha(1));
    expect_film(f, 1);
    assert_string_equal(f->queued, "");
    int64_t retry = playlist_deadline(f->playlist);
    assert_in_range(retry, f->world.now + 1, f->world.now + PLAYLIST_BACKOFF_MS);
    pass(f, retry - f->world.now);
    assert_string_not_equal(f->queued, "");
}

static void test_pauses_grow_and_are_forgiven(void **state)
{
    struct fixture *f = *state;
    int64_t pause = PLAYLIST_BACKOFF_MS;
    add_film(f, 0, CONTENT_HEALTH);
    set(f);
    for (int i = 0; i < 4; i++) {
        f->queued[0] = '\0';
        tell(f, VIDEO_FAILED, sha(0));
        pass(f, pause - 1);
        assert_string_equal(f->queued, "");
        pass(f, 1);
        assert_string_equal(f->queued, sha(0));
        pause *= 4;
    }
    begin(f);
    run_out(f);
    begin(f);
    f->playing[0] = '\0';
    tell(f, VIDEO_FAILED, sha(0)); /* broke off */
    pass(f, PLAYLIST_BACKOFF_MS);
    assert_string_equal(f->queued, sha(0));
}

static void test_player_dies(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_HEALTH);
    add_film(f, 1, CONTENT_HEALTH);
    set(f);
    begin(f);
    f->playing[0] = '\0';
    tell(f, VIDEO_RESTARTED, sha(0));
    assert_string_equal(f->queued, sha(1));
    expect_film(f, 0); /* the last frame stays */
    begin(f);
    expect_film(f, 1);
}

static void test_film_that_never_starts(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_HEALTH);
    add_film(f, 1, CONTENT_HEALTH);
    set(f);
    pass(f, PLAYLIST_START_MS - 1);
    assert_string_equal(f->queued, sha(0));
    pass(f, 1);
    assert_int_equal(f->stops, 1);
    assert_string_equal(f->queued, sha(1));
}

static void test_missing_files(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_HEALTH);
    add_notice(f, "flu");
    add_film(f, 5, CONTENT_SUBSTITUTE);
    f->missing[0] = f->missing[5] = true;
    set(f);
    expect_notice(f, "flu"); /* all that there is */
    f->missing[0] = false;
    playlist_refresh(f->playlist, &f->world);
    pass(f, 8000);
    assert_string_equal(f->queued, sha(0));
}

static void test_local_films(void **state)
{
    struct fixture *f = *state;
    const struct playlist_entry *entry = NULL;
    assert_int_equal(playlist_add_local(f->playlist, "/films/lake.mp4"), 0);
    assert_int_equal(playlist_add_local(f->playlist, "/films/forest.mp4"), 0);
    playlist_tick(f->playlist, &f->world); /* no programme yet */
    assert_string_equal(f->path, "/films/lake.mp4");
    begin(f);
    assert_int_equal(playlist_picture(f->playlist, &entry), PICTURE_FILM);
    assert_int_equal(entry->kind, CONTENT_SUBSTITUTE);
    assert_int_equal(entry->reason, PLAY_SUBSTITUTE_NO_PROGRAMME);
    assert_string_equal(entry->title, "lake.mp4");
    assert_false(f->sealed);
    run_out(f);
    assert_string_equal(f->path, "/films/forest.mp4");
    begin(f);
    assert_int_equal(f->stops, 0); /* learning the film's length disturbs nothing */
    /* They also stand in for provided films that are not approved. */
    add_film(f, 0, CONTENT_HEALTH);
    f->programme->approved = 0;
    set(f);
    run_out(f);
    assert_string_not_equal(f->queued, sha(0));
    assert_string_not_equal(f->queued, "");
    /* Without a video service nothing plays. */
    f->world.video_service = false;
    pass(f, PLAYLIST_REFRESH_MS);
    expect_still(f);
    assert_string_equal(f->queued, "");
    for (int i = 2; i < PLAYLIST_LOCAL_MAX; i++)
        assert_int_equal(playlist_add_local(f->playlist, "/films/more.mp4"), 0);
    assert_int_equal(playlist_add_local(f->playlist, "/films/more.mp4"), -ENOSPC);
}

static void test_position_survives_a_changed_round(void **state)
{
    struct fixture *f = *state;
    for (int n = 0; n < 4; n++)
        add_film(f, n, CONTENT_HEALTH);
    f->missing[3] = true;
    set(f);
    begin(f);
    run_out(f);
    begin(f);
    expect_film(f, 1);
    f->missing[3] = false; /* a download has come in */
    playlist_refresh(f->playlist, &f->world);
    expect_film(f, 1);
    run_out(f);
    assert_string_equal(f->queued, sha(2));
    begin(f);
    run_out(f);
    assert_string_equal(f->queued, sha(3));
    assert_int_equal(f->stops, 0);
}

/* -- proof of play (terms 21.2) ---------------------------------------------------------------- */

static void frames(struct fixture *f, int n, int count)
{
    for (int i = 0; i < count; i++)
        playlist_frame(f->playlist, sha(n));
}

static void test_proof_tells_start_end_and_frames_terms_21_2(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_ADVERTISEMENT);
    strcpy(f->programme->id, "table");
    f->programme->version = 7;
    set(f);
    begin(f);
    assert_int_equal(f->begun, 1);
    frames(f, 0, 3);
    frames(f, 1, 9); /* of a film that is not on the screen */
    pass(f, PLAYLIST_SEEN_MS);
    assert_int_equal(f->seen, 1);
    assert_int_equal(f->play.frames, 3);
    frames(f, 0, 2);
    pass(f, 1000);
    tell(f, VIDEO_ENDED, sha(0));
    assert_false(f->shown);
    assert_string_equal(f->play.sha256, sha(0));
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
    add_film(f, 0, CONTENT_HEALTH);
    add_film(f, 5, CONTENT_SUBSTITUTE);
    f->programme->approved = 0;
    set(f);
    begin(f);
    assert_string_equal(f->play.sha256, sha(5));
    assert_string_equal(f->play.reason, "unapproved");
    assert_string_equal(f->play.planned, sha(0));
    assert_int_equal(f->play.item, 0);
    f->set.withdrawn_count = 1;
    strcpy(f->set.withdrawn[0], sha(5));
    set(f);
    assert_false(f->shown);
    assert_int_equal(f->play.ending, PLAY_ENDING_CUT);
}

static void test_proof_of_what_broke(void **state)
{
    struct fixture *f = *state;
    add_film(f, 0, CONTENT_HEALTH);
    set(f);
    begin(f);
    tell(f, VIDEO_FAILED, sha(0));
    assert_int_equal(f->play.ending, PLAY_ENDING_BROKE);
    assert_string_equal(f->doubted, sha(0));
    pass(f, PLAYLIST_BACKOFF_MS);
    begin(f);
    tell(f, VIDEO_RESTARTED, sha(0));
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
    add_film(f, 0, CONTENT_HEALTH);
    add_film(f, 5, CONTENT_SUBSTITUTE);
    f->set.clinic_count = 1;
    f->set.clinic[0] = (struct content){
        .kind = CONTENT_NOTICE, .duration_ms = 8000, .title = "hours", .body = "body"};
    f->set.expires = 9000000;
    f->world.has_time = false;
    set(f);
    begin(f);
    expect_film(f, 5);
    (void)playlist_picture(f->playlist, &entry);
    assert_string_equal(play_reason_name(entry->reason), "no_time");
    assert_int_equal(f->play.start, 0); /* and the log claims no time either */
    run_out(f);
    expect_notice(f, "hours"); /* the clinic's own has no end: it holds */
    f->world.has_time = true;
    pass(f, PLAYLIST_REFRESH_MS);
    f->world.now += 3000;
    playlist_tick(f->playlist, &f->world);
    assert_string_equal(f->queued, sha(0));
}

/* At a start the relaxation film comes before the document: the reason is put right under way. */
static void test_a_reason_that_changes_is_told(void **state)
{
    struct fixture *f = *state;
    const struct playlist_entry *entry = NULL;
    assert_int_equal(playlist_add_local(f->playlist, "/films/lake.mp4"), 0);
    f->world.has_time = false;
    playlist_tick(f->playlist, &f->world);
    begin(f);
    assert_string_equal(f->play.reason, "no_programme");
    add_film(f, 0, CONTENT_HEALTH);
    set(f);
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
    add_film(f, 0, CONTENT_HEALTH);
    add_film(f, 5, CONTENT_SUBSTITUTE);
    f->programme->from = f->world.site_ms + 1700;
    set(f);
    begin(f);
    expect_film(f, 5);
    assert_int_equal(playlist_deadline(f->playlist), f->world.now + 1700);
    pass(f, 1700);
    assert_string_equal(f->queued, sha(0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
        TEST(test_pauses_grow_and_are_forgiven),
        TEST(test_player_dies),
        TEST(test_film_that_never_starts),
        TEST(test_missing_files),
        TEST(test_local_films),
        TEST(test_position_survives_a_changed_round),
        TEST(test_proof_tells_start_end_and_frames_terms_21_2),
        TEST(test_proof_of_a_substitute_names_what_was_planned_terms_20),
        TEST(test_proof_of_what_broke),
        TEST(test_without_time_nothing_that_could_be_over),
        TEST(test_a_reason_that_changes_is_told),
        TEST(test_a_period_begins_at_its_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
