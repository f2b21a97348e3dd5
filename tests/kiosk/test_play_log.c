/* The proof of play outlives kills, and its chain shows what is missing (terms 21.2). */
#include "../core/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "play_log.h"
#include "station_rig.h"

struct fixture {
    struct rig rig;
    struct play_log *log;
};

static void start(struct fixture *f)
{
    assert_int_equal(play_log_open(f->rig.dir, &f->log), 0);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    rig_open(&f->rig);
    assert_false(play_log_exists(f->rig.dir));
    start(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    play_log_close(f->log);
    rig_close(&f->rig);
    free(f);
    return 0;
}

static struct play item(const char *title, int64_t start_ms)
{
    struct play play = {.start = start_ms, .end = start_ms, .item = 4, .kind = CONTENT_HEALTH};
    (void)snprintf(play.title, sizeof play.title, "%s", title);
    strcpy(play.reason, "scheduled");
    return play;
}

static struct play after(struct play play, int64_t ms, int64_t frames)
{
    play.end = play.start + ms;
    play.shown_ms = ms;
    play.frames = frames;
    return play;
}

static void show(struct fixture *f, const char *title, int64_t start_ms)
{
    struct play play = item(title, start_ms), over = after(play, 9000, 270);
    assert_int_equal(play_log_begin(f->log, &play), 0);
    assert_int_equal(play_log_end(f->log, &over), 0);
}

static int check_chain(struct fixture *f, struct play *plays, int max)
{
    int count = play_log_batch(f->log, plays, max);
    assert_true(count >= 0);
    for (int i = 1; i < count; i++)
        assert_true(play_follows(&plays[i], plays[i - 1].seq, plays[i - 1].hash));
    return count;
}

static void items_wait_in_their_order(void **state)
{
    struct fixture *f = *state;
    struct play plays[8];
    assert_int_equal(play_log_batch(f->log, plays, 8), 0);
    show(f, "一", 1000);
    show(f, "二", 10000);
    show(f, "三", 19000);
    assert_int_equal(play_log_count(f->log), 3);
    assert_int_equal(check_chain(f, plays, 8), 3);
    assert_true(play_follows(&plays[0], 0, entry_first_hash));
    assert_string_equal(plays[1].title, "二");
    assert_int_equal(plays[1].shown_ms, 9000);
    assert_int_equal(plays[1].frames, 270);
    assert_int_equal(plays[1].ending, PLAY_ENDING_WHOLE);
    assert_int_equal(play_log_batch(f->log, plays, 2), 2); /* no more than asked for */
}

static void what_the_cloud_has_goes_and_the_chain_goes_on(void **state)
{
    struct fixture *f = *state;
    struct play plays[8], last;
    show(f, "一", 1000);
    show(f, "二", 10000);
    assert_int_equal(check_chain(f, plays, 8), 2);
    last = plays[1];
    assert_int_equal(play_log_stored(f->log, 2), 0);
    assert_int_equal(play_log_count(f->log), 0);
    play_log_close(f->log);
    start(f);
    show(f, "三", 19000);
    assert_int_equal(check_chain(f, plays, 8), 1);
    assert_true(play_follows(&plays[0], last.seq, last.hash));
    assert_string_equal(plays[0].log, last.log);
}

/* A kiosk that dies in the middle of a film: the film ends when it was seen last. */
static void an_item_left_open_ends_when_it_was_seen_last(void **state)
{
    struct fixture *f = *state;
    struct play plays[4], film = item("映画", 50000), seen = after(film, 4000, 120);
    play_log_close(f->log);
    pid_t child = fork();
    if (child == 0) {
        struct play_log *log;
        if (play_log_open(f->rig.dir, &log) < 0 || play_log_begin(log, &film) < 0 ||
            play_log_seen(log, &seen) < 0)
            _exit(1);
        (void)raise(SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    start(f);
    assert_int_equal(check_chain(f, plays, 4), 1);
    assert_int_equal(plays[0].ending, PLAY_ENDING_STOPPED);
    assert_int_equal(plays[0].start, 50000);
    assert_int_equal(plays[0].end, 54000);
    assert_int_equal(plays[0].frames, 120);
    assert_int_equal(play_log_end(f->log, &seen), -ENOENT); /* once */
    play_log_close(f->log);
    start(f);
    assert_int_equal(play_log_count(f->log), 1);
}

static void an_item_that_nobody_ended_ends_with_the_next(void **state)
{
    struct fixture *f = *state;
    struct play plays[4], film = item("映画", 50000), seen = after(film, 4000, 120);
    assert_int_equal(play_log_seen(f->log, &seen), -ENOENT);
    assert_int_equal(play_log_begin(f->log, &film), 0);
    assert_int_equal(play_log_seen(f->log, &seen), 0);
    show(f, "次", 60000);
    assert_int_equal(check_chain(f, plays, 4), 2);
    assert_int_equal(plays[0].ending, PLAY_ENDING_STOPPED);
    assert_int_equal(plays[0].shown_ms, 4000);
}

/* A year without the cloud, made in the file: as many copies of the first play as are kept. */
static void fill_up(const struct fixture *f)
{
    char sql[512];
    sqlite3 *db;
    (void)snprintf(sql, sizeof sql,
                   "WITH RECURSIVE n(i) AS (VALUES(2) UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
                   "INSERT INTO plays SELECT i, (SELECT text FROM plays WHERE seq = 1) FROM n;"
                   "UPDATE meta SET value = %d WHERE key = 'seq'",
                   PLAY_LOG_MAX, PLAY_LOG_MAX);
    assert_int_equal(sqlite3_open(rig_path(&f->rig, "plays.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void the_log_is_bounded_and_its_gap_shows(void **state)
{
    struct fixture *f = *state;
    struct play plays[2];
    show(f, "一", 1000);
    play_log_close(f->log);
    fill_up(f);
    start(f);
    assert_int_equal(play_log_count(f->log), PLAY_LOG_MAX);
    for (int i = 0; i < 5; i++)
        show(f, "映画", 2000);
    assert_int_equal(play_log_count(f->log), PLAY_LOG_MAX);
    assert_int_equal(play_log_stored(f->log, PLAY_LOG_MAX), 0);
    assert_int_equal(play_log_count(f->log), 5);
    assert_int_equal(check_chain(f, plays, 2), 2);
    assert_int_equal(plays[0].seq, PLAY_LOG_MAX + 1);
    play_log_close(f->log);
    start(f);
    assert_int_equal(play_log_count(f->log), 5);
}

static void a_damaged_file_is_set_aside_and_the_new_log_has_another_name(void **state)
{
    struct fixture *f = *state;
    struct play before, plays[2];
    show(f, "一", 1000);
    assert_int_equal(play_log_batch(f->log, &before, 1), 1);
    play_log_close(f->log);
    int fd = open(rig_path(&f->rig, "plays.db"), O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_int_equal(write(fd, "this is no database, by no means at all", 39), 39);
    close(fd);
    (void)unlink(rig_path(&f->rig, "plays.db-wal"));
    start(f);
    assert_int_equal(access(rig_path(&f->rig, "plays.db.damaged"), F_OK), 0);
    show(f, "二", 2000);
    assert_int_equal(check_chain(f, plays, 2), 1);
    assert_int_equal(plays[0].seq, 1);
    assert_string_not_equal(plays[0].log, before.log);
}

int main(void)
{
#define WITH_LOG(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_LOG(items_wait_in_their_order),
        WITH_LOG(what_the_cloud_has_goes_and_the_chain_goes_on),
        WITH_LOG(an_item_left_open_ends_when_it_was_seen_last),
        WITH_LOG(an_item_that_nobody_ended_ends_with_the_next),
        WITH_LOG(the_log_is_bounded_and_its_gap_shows),
        WITH_LOG(a_damaged_file_is_set_aside_and_the_new_log_has_another_name),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
