/* Films on their way in: pieces that are kept through a SIGKILL of the cloud, limits, what becomes
 * of good and bad files, converters that die. */
#include "film_rig.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "contents.h"
#include "film_worker.h"
#include "upload.h"

static void expect_end(struct server *server, enum server_asker who, const char *id,
                       const char *state, const char *reason)
{
    struct answer answer = rig_await(server, who, id);

    if (strcmp(answer_text(&answer, "state"), state) != 0 ||
        (reason && strcmp(answer_text(&answer, "reasons.0.code"), reason) != 0))
        fail_msg("not %s %s: %s", state, reason ? reason : "", answer.text);
    answer_free(&answer);
}

/* A film is told to be ready a moment before its source is removed. */
static void expect_tidy(const struct server *server)
{
    for (int i = 0; rig_files(server, "uploads") > 0 && i < 200; i++)
        (void)usleep(50 * 1000);
    assert_int_equal(rig_files(server, "uploads"), 0);
}

static void remove_upload(struct server *server, enum server_asker who, const char *id)
{
    char path[100];

    (void)snprintf(path, sizeof(path), "/api/v1/uploads/%s", id);
    server_expect(server, who, "DELETE", path, NULL, 204);
}

/* -- pieces ------------------------------------------------------------------------------------ */

static void test_a_film_comes_in_pieces_and_becomes_a_film(void **state)
{
    struct server *server = *state;
    struct rig_file file = rig_clip("named.mkv");
    char id[UID_SIZE], path[160];
    struct answer answer;
    long long offset = 0;

    rig_begin(server, ASK_CONTRACTOR_A, "introduction", NULL, "院長紹介", (long long)file.size, 201,
              id);
    assert_int_equal(rig_piece(server, ASK_CONTRACTOR_A, id, 0, file.bytes, 1000, &offset), 200);
    assert_int_equal(offset, 1000);
    assert_int_equal(rig_piece(server, ASK_CONTRACTOR_A, id, 0, file.bytes, 1000, &offset), 409);
    assert_int_equal(rig_piece(server, ASK_CONTRACTOR_A, id, 2000, file.bytes, 1000, &offset), 409);
    assert_int_equal(rig_piece(server, ASK_CONTRACTOR_B, id, 1000, file.bytes, 1000, &offset), 404);
    rig_go_on(server, ASK_CONTRACTOR_A, id, &file);
    assert_int_equal(rig_piece(server, ASK_CONTRACTOR_A, id, 0, file.bytes, 10, &offset), 409);
    answer = rig_await(server, ASK_CONTRACTOR_A, id);
    assert_string_equal(answer_text(&answer, "state"), "ready");
    assert_string_equal(answer_text(&answer, "by"), "contractor-a");
    assert_string_equal(answer_text(&answer, "checks.changes.0"), "container");
    (void)snprintf(path, sizeof(path), "/api/v1/films/%s", answer_text(&answer, "sha256"));
    answer_free(&answer);
    answer = server_ask(server, ASK_CONTRACTOR_A, "GET", path, NULL);
    assert_string_equal(answer_text(&answer, "title"), "院長紹介");
    assert_string_equal(answer_text(&answer, "site"), server->site[CLINIC_A]);
    answer_free(&answer);
    server_expect(server, ASK_CONTRACTOR_B, "GET", path, NULL, 404);
    expect_tidy(server);
    free(file.bytes);
}

static void test_what_is_sent_must_be_what_was_announced(void **state)
{
    struct server *server = *state;
    static char piece[UPLOAD_PIECE_MAX + 1];
    const char *const text[2] = {"Content-Type: text/plain", "Upload-Offset: 0"};
    const char *const none[2] = {"Content-Type: application/offset+octet-stream", NULL};
    char id[UID_SIZE], path[100];
    struct answer answer;
    long long offset = 0;

    rig_begin(server, ASK_CONTRACTOR_A, "notice", NULL, "x", 1000, 201, id);
    assert_int_equal(rig_piece(server, ASK_CONTRACTOR_A, id, 0, piece, 1001, &offset), 413);
    assert_int_equal(rig_piece(server, ASK_CONTRACTOR_A, id, 0, piece, sizeof(piece), &offset),
                     413);
    (void)snprintf(path, sizeof(path), "/api/v1/uploads/%s", id);
    answer = rig_send(server, ASK_CONTRACTOR_A, "PATCH", path, text, piece, 10);
    assert_int_equal(answer.status, 415);
    answer_free(&answer);
    answer = rig_send(server, ASK_CONTRACTOR_A, "PATCH", path, none, piece, 10);
    assert_int_equal(answer.status, 400);
    answer_free(&answer);
    remove_upload(server, ASK_CONTRACTOR_A, id);
    server_expect(server, ASK_CONTRACTOR_A, "GET", path, NULL, 404);
    expect_tidy(server);
}

/* Said before a byte is sent. */
static void test_what_is_too_much_is_refused_at_once(void **state)
{
    struct server *server = *state;
    char ids[UPLOAD_OPEN_MAX][UID_SIZE], id[UID_SIZE];

    rig_begin(server, ASK_CONTRACTOR_A, "notice", NULL, "x", INT64_C(10) << 30, 413, id);
    rig_begin(server, ASK_CONTRACTOR_A, "notice", NULL, "x", 0, 400, id);
    rig_begin(server, ASK_CONTRACTOR_A, "notice", NULL, "", 10, 400, id);
    rig_begin(server, ASK_CONTRACTOR_A, "film", NULL, "x", 10, 400, id);
    for (int i = 0; i < UPLOAD_OPEN_MAX; i++)
        rig_begin(server, ASK_CONTRACTOR_A, "notice", NULL, "x", 10, 201, ids[i]);
    rig_begin(server, ASK_CONTRACTOR_A, "notice", NULL, "x", 10, 409, id);
    for (int i = 0; i < UPLOAD_OPEN_MAX; i++)
        remove_upload(server, ASK_CONTRACTOR_A, ids[i]);
}

static void test_who_may_bring_what(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE];

    rig_begin(server, ASK_CONTRACTOR_A, "health", NULL, "x", 10, 403, id);
    rig_begin(server, ASK_CONTRACTOR_A, "substitute", NULL, "x", 10, 403, id);
    rig_begin(server, ASK_CONTRACTOR_A, "notice", server->site[CLINIC_B], "x", 10, 403, id);
    rig_begin(server, ASK_STAFF_A, "notice", server->site[CLINIC_A], "x", 10, 403, id);
    rig_begin(server, ASK_OPERATOR, "advertisement", NULL, "x", 10, 201, id);
    remove_upload(server, ASK_OPERATOR, id);
    rig_begin(server, ASK_OPERATOR, "introduction", server->site[CLINIC_B], "x", 10, 201, id);
    remove_upload(server, ASK_CONTRACTOR_B, id);
}

/* -- good and bad ------------------------------------------------------------------------------ */

static void test_every_bad_file_is_refused_with_a_reason(void **state)
{
    static const char *const bad[][2] = {
        {"junk.mp4", "not_film"}, {"cut.mp4", "damaged"},   {"zeros.mp4", "damaged"},
        {"long.mp4", "too_long"}, {"list.mp4", "not_film"}, {"eightk.mp4", "picture_too_large"},
    };
    struct server *server = *state;
    int before = rig_files(server, "contents");

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char id[UID_SIZE];

        rig_upload(server, ASK_CONTRACTOR_A, bad[i][0], "notice", id);
        expect_end(server, ASK_CONTRACTOR_A, id, "refused", bad[i][1]);
    }
    expect_tidy(server);
    assert_int_equal(rig_files(server, "contents"), before);
}

static void test_19_conversions_of_a_month_have_a_limit(void **state)
{
    struct server *server = *state;
    struct cloud *beside = server_open_beside(server);
    char first[UID_SIZE], second[UID_SIZE], third[UID_SIZE];

    assert_int_equal(contents_self_made_limit_set(beside->db, server->site[CLINIC_A], 2), 0);
    cloud_close(beside);
    rig_upload(server, ASK_CONTRACTOR_A, "presentation.wmv", "self_made", first);
    expect_end(server, ASK_CONTRACTOR_A, first, "ready", NULL);
    /* a refused one and a dropped one give theirs back */
    rig_upload(server, ASK_CONTRACTOR_A, "junk.mp4", "self_made", second);
    expect_end(server, ASK_CONTRACTOR_A, second, "refused", "not_film");
    rig_begin(server, ASK_CONTRACTOR_A, "self_made", NULL, "x", 10, 201, second);
    rig_begin(server, ASK_CONTRACTOR_A, "self_made", NULL, "x", 10, 409, third);
    remove_upload(server, ASK_CONTRACTOR_A, second);
    rig_begin(server, ASK_CONTRACTOR_A, "self_made", NULL, "x", 10, 201, second);
    rig_begin(server, ASK_CONTRACTOR_A, "self_made", NULL, "x", 10, 409, third);
    /* one that was converted counts, whatever is done with it */
    remove_upload(server, ASK_CONTRACTOR_A, first);
    rig_begin(server, ASK_CONTRACTOR_A, "self_made", NULL, "x", 10, 409, third);
    rig_begin(server, ASK_CONTRACTOR_A, "notice", NULL, "x", 10, 201, third);
    remove_upload(server, ASK_CONTRACTOR_A, third);
    rig_begin(server, ASK_CONTRACTOR_B, "self_made", NULL, "x", 10, 201, third);
    remove_upload(server, ASK_CONTRACTOR_B, third);
    remove_upload(server, ASK_CONTRACTOR_A, second);
}

/* -- killed ------------------------------------------------------------------------------------ */

static void kill_and_start(struct server *server)
{
    assert_int_equal(server_stop(server, SIGKILL), 128 + SIGKILL);
    server_start(server);
}

/* Sends the rest in a process of its own, so that the cloud can be killed meanwhile. */
static pid_t send_beside(struct server *server, const char *id, const struct rig_file *file)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        long long offset = 0;

        server->curl = NULL; /* the parent's connection is not ours */
        while (offset < (long long)file->size &&
               rig_piece(server, ASK_OPERATOR, id, offset, file->bytes + offset,
                         file->size - (size_t)offset < 20000 ? file->size - (size_t)offset : 20000,
                         &offset) == 200)
            ;
        _exit(0);
    }
    return pid;
}

static void test_an_upload_goes_on_after_the_cloud_was_killed(void **state)
{
    static const int kill_after_ms[] = {5, 40, 120, 300};
    struct server *server = *state;
    struct rig_file file = rig_clip("surround.mp4");
    char id[UID_SIZE], sha256[SHA256_SIZE];
    struct answer answer;

    rig_begin(server, ASK_OPERATOR, "health", NULL, "手洗い", (long long)file.size, 201, id);
    kill_and_start(server);
    for (size_t i = 0; i < sizeof(kill_after_ms) / sizeof(kill_after_ms[0]); i++) {
        pid_t sender;

        remove_upload(server, ASK_OPERATOR, id);
        rig_begin(server, ASK_OPERATOR, "health", NULL, "手洗い", (long long)file.size, 201, id);
        sender = send_beside(server, id, &file);
        (void)usleep((useconds_t)kill_after_ms[i] * 1000);
        kill_and_start(server);
        assert_int_equal(waitpid(sender, NULL, 0), sender);
        rig_go_on(server, ASK_OPERATOR, id, &file);
        if (i % 2 == 0) { /* and while it is examined or converted */
            (void)usleep(200 * 1000);
            kill_and_start(server);
        }
        answer = rig_await(server, ASK_OPERATOR, id);
        assert_string_equal(answer_text(&answer, "state"), "ready");
        if (i > 0) /* not a byte is other than at the first time */
            assert_string_equal(answer_text(&answer, "sha256"), sha256);
        (void)snprintf(sha256, sizeof(sha256), "%s", answer_text(&answer, "sha256"));
        answer_free(&answer);
    }
    expect_tidy(server);
    free(file.bytes);
}

/* The child that converts, or 0: found among the server's own children. */
static pid_t converter_of(pid_t server)
{
    char command[200];
    long pid = 0;
    FILE *pipe;

    (void)snprintf(command, sizeof(command), "pgrep -x ffmpeg -P %ld", (long)server);
    pipe = popen(command, "re"); /* NOLINT(cert-env33-c): fixed text */
    assert_non_null(pipe);
    if (fscanf(pipe, "%ld", &pid) != 1) /* NOLINT(cert-err34-c): 0 is the answer */
        pid = 0;
    (void)pclose(pipe);
    return (pid_t)pid;
}

/* Kills so many converters in turn. */
static void kill_converters(const struct server *server, int count)
{
    pid_t last = 0;

    for (int tries = 0; count > 0 && tries < 6000; tries++) {
        pid_t now = converter_of(server->pid);

        if (now > 0 && now != last) {
            (void)kill(now, SIGKILL);
            last = now;
            count--;
        }
        (void)usleep(2000);
    }
    assert_int_equal(count, 0);
}

static void test_a_converter_that_dies_is_started_again(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE];

    rig_upload(server, ASK_OPERATOR, "wide4k.mp4", "health", id);
    kill_converters(server, 1);
    expect_end(server, ASK_OPERATOR, id, "ready", NULL);
}

static void test_a_film_that_kills_every_converter_is_refused(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE];

    rig_upload(server, ASK_OPERATOR, "upright.mp4", "health", id);
    kill_converters(server, UPLOAD_CRASHES_MAX);
    expect_end(server, ASK_OPERATOR, id, "refused", "worker_failed");
}

static void test_one_that_is_dropped_is_converted_no_further(void **state)
{
    struct server *server = *state;
    char id[UID_SIZE];

    rig_upload(server, ASK_OPERATOR, "wide4k.mp4", "substitute", id);
    while (converter_of(server->pid) == 0)
        (void)usleep(2000);
    remove_upload(server, ASK_OPERATOR, id);
    for (int i = 0; converter_of(server->pid) != 0 && i < 600; i++)
        (void)usleep(50 * 1000);
    assert_int_equal(converter_of(server->pid), 0);
    expect_tidy(server);
}

/* A backup of the database was restored, and the folder of uploads was not. */
static void test_what_a_restored_database_only_believes_to_have_is_asked_for_again(void **state)
{
    struct server *server = *state;
    struct rig_file file = rig_clip("named.mkv");
    char id[UID_SIZE], path[RIG_PATH_SIZE];
    long long offset = 0;

    rig_begin(server, ASK_OPERATOR, "health", NULL, "x", (long long)file.size, 201, id);
    assert_int_equal(rig_piece(server, ASK_OPERATOR, id, 0, file.bytes, 5000, &offset), 200);
    (void)snprintf(path, sizeof(path), "%s/uploads/%s", server->folder, id);
    assert_int_equal(truncate(path, 1000), 0);
    assert_int_equal(rig_piece(server, ASK_OPERATOR, id, 5000, file.bytes + 5000, 100, &offset),
                     409);
    rig_go_on(server, ASK_OPERATOR, id, &file); /* from 1000 on */
    expect_end(server, ASK_OPERATOR, id, "ready", NULL);
    free(file.bytes);
}

/* -- a full disk ------------------------------------------------------------------------------- */

static void wait_for(struct cloud *cloud, const char *id, enum upload_state state,
                     enum film_fault fault)
{
    struct upload upload = {.state = UPLOAD_STATE_COUNT};

    for (int i = 0; i < 600; i++) {
        assert_int_equal(upload_get(cloud->db, id, &upload), 0);
        if (upload.state == state && upload.fault == fault)
            return;
        (void)usleep(50 * 1000);
    }
    fail_msg("state %d fault %s", (int)upload.state, film_fault_code(upload.fault));
}

static void test_a_full_disk_stops_films_and_lets_them_go_on(void **state)
{
    const int64_t everything = INT64_MAX / 2;
    char error[DB_ERROR_SIZE] = "", folder[] = P_tmpdir "/machiai-full-XXXXXX", command[100];
    struct upload upload = {.kind = CONTENT_HEALTH, .title = "x", .name = "x"};
    struct rig_file file = rig_clip("named.mkv");
    struct film_worker *worker = NULL;
    struct cloud *cloud = NULL;
    int64_t offset = 0;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(cloud_open(folder, CLOUD_MAKE, &cloud, error, sizeof(error)), 0);
    upload.size = (int64_t)file.size;
    cloud->keep_free = everything;
    assert_int_equal(upload_begin(cloud, &upload, ""), -ENOSPC);
    cloud->keep_free = 0;
    assert_int_equal(upload_begin(cloud, &upload, ""), 0);
    cloud->keep_free = everything;
    assert_int_equal(upload_take(cloud, upload.id, 0, file.bytes, file.size, &offset), -ENOSPC);
    assert_int_equal(offset, 0);
    cloud->keep_free = 0;
    assert_int_equal(upload_take(cloud, upload.id, 0, file.bytes, file.size, &offset), 0);
    cloud->keep_free = everything;
    assert_int_equal(film_worker_create(cloud, &worker), 0);
    wait_for(cloud, upload.id, UPLOAD_CONVERTING, FILM_DISK_FULL);
    cloud->keep_free = 0;
    film_worker_wake(worker);
    wait_for(cloud, upload.id, UPLOAD_READY, FILM_GOOD);
    film_worker_destroy(worker);
    cloud_close(cloud);
    free(file.bytes);
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): fixed text */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_film_comes_in_pieces_and_becomes_a_film),
        cmocka_unit_test(test_what_is_sent_must_be_what_was_announced),
        cmocka_unit_test(test_what_is_too_much_is_refused_at_once),
        cmocka_unit_test(test_who_may_bring_what),
        cmocka_unit_test(test_every_bad_file_is_refused_with_a_reason),
        cmocka_unit_test(test_19_conversions_of_a_month_have_a_limit),
        cmocka_unit_test(test_an_upload_goes_on_after_the_cloud_was_killed),
        cmocka_unit_test(test_a_converter_that_dies_is_started_again),
        cmocka_unit_test(test_a_film_that_kills_every_converter_is_refused),
        cmocka_unit_test(test_one_that_is_dropped_is_converted_no_further),
        cmocka_unit_test(test_what_a_restored_database_only_believes_to_have_is_asked_for_again),
        cmocka_unit_test(test_a_full_disk_stops_films_and_lets_them_go_on),
    };
    return cmocka_run_group_tests_name("upload", tests, server_make, server_remove);
}
