/* The HTTPS client against the real cloud: answers, deadlines, and a name for every failure. */
#include "../core/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cloud_rig.h"
#include "http_client.h"

static struct cloud_rig cloud;

static int start_cloud(void **state)
{
    (void)state;
    cloud_rig_open(&cloud);
    return 0;
}

static int stop_cloud(void **state)
{
    (void)state;
    cloud_rig_close(&cloud);
    return 0;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct heard {
    bool done;
    enum http_client_result result;
    int status;
    int64_t date_ms;
    char body[512], text[HTTP_CLIENT_TEXT_SIZE], etag[HTTP_CLIENT_ETAG_SIZE];
    int events, opened;
    char event[64];
    int fd; /* of a download's file */
};

static void on_done(const struct http_client_answer *answer, void *context)
{
    struct heard *heard = context;
    assert_false(heard->done);
    heard->done = true;
    heard->result = answer->result;
    heard->status = answer->status;
    heard->date_ms = answer->date_ms;
    (void)snprintf(heard->body, sizeof heard->body, "%s", answer->body);
    (void)snprintf(heard->text, sizeof heard->text, "%s", answer->text);
    (void)snprintf(heard->etag, sizeof heard->etag, "%s", answer->etag);
}

static void run(struct http_client *client, const bool *until, int ms)
{
    int64_t end = now_ms() + ms;
    while (!*until && now_ms() < end)
        http_client_run(client, (int)(end - now_ms()));
}

static struct http_client *client_of(const char *url, const char *ca)
{
    struct http_client *client = NULL;
    struct http_client_options options = {.url = url, .ca = ca, .agent = "test"};
    assert_int_equal(http_client_create(&options, &client), 0);
    return client;
}

static struct heard get(const char *url, const char *ca, const char *path, int timeout_ms)
{
    struct heard heard = {0};
    struct http_client *client = client_of(url, ca);
    struct http_client_request request = {.method = "GET",
                                          .path = path,
                                          .timeout_ms = timeout_ms,
                                          .done = on_done,
                                          .context = &heard};
    assert_true(http_client_send(client, &request) > 0);
    run(client, &heard.done, timeout_ms + 3000);
    assert_true(heard.done);
    http_client_destroy(client);
    return heard;
}

/* -- answers ----------------------------------------------------------------------------------- */

static void a_good_answer(void **state)
{
    (void)state;
    struct heard heard = get(cloud.url, cloud.ca, "/healthz", 5000);
    assert_int_equal(heard.result, HTTP_CLIENT_OK);
    assert_string_equal(heard.body, "{\"status\":\"ok\"}");
    assert_string_equal(heard.text, "");
    assert_true(llabs(heard.date_ms - (int64_t)time(NULL) * 1000) < 5000);
}

static void a_refusal_has_its_status_and_body(void **state)
{
    (void)state;
    struct heard heard = get(cloud.url, cloud.ca, "/api/v1/device", 5000);
    assert_int_equal(heard.result, HTTP_CLIENT_STATUS);
    assert_int_equal(heard.status, 401);
    assert_non_null(strstr(heard.body, "\"unauthorized\""));
}

/* -- failures ---------------------------------------------------------------------------------- */

static void another_authority_is_not_trusted(void **state)
{
    (void)state;
    struct heard heard = get(cloud.url, "/etc/ssl/certs/ca-certificates.crt", "/healthz", 5000);
    assert_int_equal(heard.result, HTTP_CLIENT_UNTRUSTED);
    heard = get(cloud.url, "", "/healthz", 5000);
    assert_int_equal(heard.result, HTTP_CLIENT_UNTRUSTED);
}

static void a_missing_authority_is_named(void **state)
{
    (void)state;
    struct heard heard = get(cloud.url, "/nowhere/ca.pem", "/healthz", 5000);
    assert_int_equal(heard.result, HTTP_CLIENT_CA_FILE);
    assert_non_null(strstr(heard.text, "/nowhere/ca.pem"));
}

static void nobody_and_nonsense(void **state)
{
    (void)state;
    struct heard heard = get("https://127.0.0.1:1", cloud.ca, "/healthz", 5000);
    assert_int_equal(heard.result, HTTP_CLIENT_CONNECT);
    heard = get("https://kiosk.invalid:8443", cloud.ca, "/healthz", 5000);
    assert_int_equal(heard.result, HTTP_CLIENT_RESOLVE);
    heard = get("gopher://127.0.0.1", cloud.ca, "/healthz", 5000);
    assert_int_equal(heard.result, HTTP_CLIENT_URL);
}

static void a_stalled_cloud_costs_the_deadline_and_no_more(void **state)
{
    (void)state;
    cloud_rig_signal(&cloud, SIGSTOP);
    int64_t from = now_ms();
    struct heard heard = get(cloud.url, cloud.ca, "/healthz", 700);
    int64_t took = now_ms() - from;
    cloud_rig_signal(&cloud, SIGCONT);
    assert_int_equal(heard.result, HTTP_CLIENT_TIMEOUT);
    assert_in_range(took, 650, 1000);
}

static void what_is_cancelled_is_not_heard(void **state)
{
    (void)state;
    struct heard first = {0}, second = {0};
    struct http_client *client = client_of(cloud.url, cloud.ca);
    struct http_client_request request = {.method = "GET",
                                          .path = "/healthz",
                                          .timeout_ms = 5000,
                                          .done = on_done,
                                          .context = &first};
    int64_t id = http_client_send(client, &request);
    request.context = &second;
    assert_true(http_client_send(client, &request) > id);
    http_client_cancel(client, id);
    http_client_cancel(client, 999);
    run(client, &second.done, 5000);
    assert_true(second.done);
    assert_false(first.done);
    http_client_destroy(client);
}

static void tokens_and_limits(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct http_client *client = client_of(cloud.url, cloud.ca);
    assert_int_equal(http_client_set_token(client, "two words"), -EINVAL);
    struct http_client_request request = {.method = "GET",
                                          .path = "/healthz",
                                          .timeout_ms = 5000,
                                          .done = on_done,
                                          .context = &heard};
    for (int i = 0; i < HTTP_CLIENT_TRANSFERS_MAX; i++)
        assert_true(http_client_send(client, &request) > 0);
    assert_int_equal(http_client_send(client, &request), -EAGAIN);
    http_client_destroy(client); /* none of them is heard */
    assert_false(heard.done);
}

/* -- streams ----------------------------------------------------------------------------------- */

static void on_open(void *context)
{
    ((struct heard *)context)->opened++;
}

static void on_event(const struct http_stream_event *event, void *context)
{
    struct heard *heard = context;
    heard->events++;
    (void)snprintf(heard->event, sizeof heard->event, "%s", event->name);
}

static int64_t listen_to(struct http_client *client, const char *path, int idle_ms,
                         struct heard *heard)
{
    struct http_client_listen listen = {.path = path,
                                        .idle_ms = idle_ms,
                                        .open = on_open,
                                        .event = on_event,
                                        .done = on_done,
                                        .context = heard};
    return http_client_listen(client, &listen);
}

/* The view at the beginning; the cloud says it once more when it looks what time has changed. */
static void assert_viewed(const struct heard *heard)
{
    assert_in_range(heard->events, 1, 2);
}

static void a_stream_is_heard_until_it_is_silent(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct http_client *client = client_of(cloud.url, cloud.ca);
    assert_true(listen_to(client, "/api/v1/queues/1024-1/events", 600, &heard) > 0);
    run(client, &heard.done, 5000);
    assert_int_equal(heard.opened, 1);
    assert_viewed(&heard);
    assert_string_equal(heard.event, "queue");
    assert_int_equal(heard.result, HTTP_CLIENT_TIMEOUT);
    http_client_destroy(client);
}

static void a_refused_stream_is_not_open(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct http_client *client = client_of(cloud.url, cloud.ca);
    assert_true(listen_to(client, "/api/v1/device/events", 5000, &heard) > 0);
    run(client, &heard.done, 5000);
    assert_int_equal(heard.opened, 0);
    assert_int_equal(heard.result, HTTP_CLIENT_STATUS);
    assert_int_equal(heard.status, 401);
    assert_non_null(strstr(heard.body, "unauthorized"));
    http_client_destroy(client);
}

static void a_dead_cloud_cuts_the_stream(void **state)
{
    (void)state;
    struct heard heard = {0};
    struct http_client *client = client_of(cloud.url, cloud.ca);
    bool never = false;
    assert_true(listen_to(client, "/api/v1/queues/1024-1/events", 20000, &heard) > 0);
    run(client, &never, 500);
    assert_viewed(&heard);
    cloud_rig_kill(&cloud);
    run(client, &heard.done, 5000);
    assert_int_equal(heard.result, HTTP_CLIENT_CUT);
    http_client_destroy(client);
    cloud_rig_start(&cloud);
}

static void *wake_soon(void *client)
{
    usleep(50 * 1000);
    http_client_wake(client);
    return NULL;
}

static void another_thread_ends_the_wait(void **state)
{
    (void)state;
    pthread_t thread;
    struct http_client *client = client_of(cloud.url, cloud.ca);
    assert_int_equal(pthread_create(&thread, NULL, wake_soon, client), 0);
    int64_t from = now_ms();
    http_client_run(client, 5000);
    assert_in_range(now_ms() - from, 0, 2000);
    pthread_join(thread, NULL);
    http_client_destroy(client);
}

/* -- downloads --------------------------------------------------------------------------------- */

static cJSON *post(struct http_client *client, const char *path, const char *body)
{
    struct heard heard = {0};
    struct http_client_request request = {.method = "POST",
                                          .path = path,
                                          .body = body,
                                          .timeout_ms = 5000,
                                          .done = on_done,
                                          .context = &heard};
    assert_true(http_client_send(client, &request) > 0);
    run(client, &heard.done, 5000);
    return cJSON_Parse(heard.body);
}

static void enrol(struct http_client *client)
{
    char code[16], body[64];
    cloud_rig_code(&cloud, code);
    (void)snprintf(body, sizeof body, "{\"code\":\"%s\"}", code);
    cJSON *json = post(client, "/api/v1/devices/enrol", body);
    const char *token = cJSON_GetStringValue(cJSON_GetObjectItem(json, "token"));
    assert_non_null(token);
    assert_int_equal(http_client_set_token(client, token), 0);
    cJSON_Delete(json);
}

static int64_t size_of(const char *file)
{
    struct stat info;
    return stat(file, &info) < 0 ? -1 : info.st_size;
}

/* A film of noise: more than what lies in any buffer on the way. file is made anew as the cloud
 * keeps it, in its own form. */
static void add_film(char *path, size_t size, char file[static CLOUD_PATH_MAX + 16])
{
    char command[768];
    (void)snprintf(command, sizeof command,
                   "ffmpeg -v error -f lavfi -i testsrc=duration=2:size=640x360:rate=25,"
                   "noise=alls=100:allf=t -f lavfi -i anullsrc=r=48000:cl=stereo -shortest "
                   "-pix_fmt yuv420p -preset ultrafast -crf 1 '%s'",
                   file);
    assert_int_equal(system(command), 0);
    cJSON *json = cloud_rig_admin(&cloud, "film add --file '%s' --kind health --title 雪", file);
    const char *sha256 = cJSON_GetStringValue(cJSON_GetObjectItem(json, "sha256"));
    (void)snprintf(path, size, "/api/v1/contents/%s", sha256);
    (void)snprintf(file, CLOUD_PATH_MAX + 16, "%s/contents/%s", cloud.data, sha256);
    assert_true(size_of(file) > 2000000);
    cJSON_Delete(json);
}

static int restart_file(void *context)
{
    const struct heard *heard = context;
    return ftruncate(heard->fd, 0) == 0 && lseek(heard->fd, 0, SEEK_SET) == 0 ? 0 : -EIO;
}

static int write_file(void *context, const void *bytes, size_t count)
{
    const struct heard *heard = context;
    return write(heard->fd, bytes, count) == (ssize_t)count ? 0 : -ENOSPC;
}

/* Goes on with what the file holds; its descriptor is the caller's to close. */
static int64_t fetch_at(struct http_client *client, const char *path, const char *file,
                        int64_t size_max, int64_t rate_max, struct heard *heard)
{
    heard->fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct http_client_download download = {.path = path,
                                            .offset = lseek(heard->fd, 0, SEEK_END),
                                            .size_max = size_max,
                                            .rate_max = rate_max,
                                            .idle_ms = 5000,
                                            .sink = {restart_file, write_file},
                                            .done = on_done,
                                            .context = heard};
    return http_client_fetch(client, &download);
}

static int64_t fetch(struct http_client *client, const char *path, const char *file,
                     int64_t size_max, struct heard *heard)
{
    return fetch_at(client, path, file, size_max, 0, heard);
}

static void a_download_stands_still_while_somebody_waits(void **state)
{
    (void)state;
    struct heard film = {0}, number = {0}, other = {0};
    char path[128], source[CLOUD_PATH_MAX + 16], file[CLOUD_PATH_MAX + 16];
    struct http_client *client = client_of(cloud.url, cloud.ca);
    (void)snprintf(source, sizeof source, "%s/film.mp4", cloud.data);
    (void)snprintf(file, sizeof file, "%s/part", cloud.data);
    enrol(client);
    add_film(path, sizeof path, source);
    /* An answer that never ends stands for a slow one. */
    struct http_client_request request = {.method = "GET",
                                          .path = "/api/v1/queues/1024-1/events",
                                          .timeout_ms = 1200,
                                          .urgent = true,
                                          .done = on_done,
                                          .context = &number};
    assert_true(http_client_send(client, &request) > 0);
    assert_true(fetch(client, path, file, INT64_MAX, &film) > 0);
    assert_int_equal(fetch(client, path, file, INT64_MAX, &other), -EBUSY);
    run(client, &film.done, 900);
    assert_false(film.done);
    assert_false(number.done);
    assert_in_range(size_of(file), 0, 1024 * 1024);
    run(client, &film.done, 10000);
    assert_int_equal(number.result, HTTP_CLIENT_TIMEOUT);
    assert_int_equal(film.result, HTTP_CLIENT_OK);
    assert_int_equal(size_of(file), size_of(source));
    close(film.fd);
    close(other.fd);
    http_client_destroy(client);
}

/* What is there stays; a sink that is full ends it, and what it took counts. */
static void a_download_goes_on_and_stops_where_the_disk_does(void **state)
{
    (void)state;
    struct heard film = {0};
    char path[128], source[CLOUD_PATH_MAX + 16], file[CLOUD_PATH_MAX + 16], command[1024];
    struct http_client *client = client_of(cloud.url, cloud.ca);
    (void)snprintf(source, sizeof source, "%s/film4.mp4", cloud.data);
    (void)snprintf(file, sizeof file, "%s/part4", cloud.data);
    enrol(client);
    add_film(path, sizeof path, source);
    (void)snprintf(command, sizeof command, "head -c 700001 '%s' > '%s'", source, file);
    assert_int_equal(system(command), 0);
    assert_true(fetch(client, path, file, INT64_MAX, &film) > 0);
    run(client, &film.done, 10000);
    assert_int_equal(film.result, HTTP_CLIENT_OK);
    assert_int_equal(film.status, 206);
    close(film.fd);
    (void)snprintf(command, sizeof command, "cmp '%s' '%s'", source, file);
    assert_int_equal(system(command), 0);
    film = (struct heard){0};
    assert_true(fetch(client, path, "/dev/full", INT64_MAX, &film) > 0);
    run(client, &film.done, 10000);
    assert_int_equal(film.result, HTTP_CLIENT_DISK);
    assert_non_null(strstr(film.text, "No space left"));
    close(film.fd);
    http_client_destroy(client);
}

/* At a quarter of a megabyte a second it is not there after two seconds, else it is at once. */
static void a_download_keeps_to_its_rate(void **state)
{
    (void)state;
    struct heard film = {0};
    char path[128], file[CLOUD_PATH_MAX + 16];
    int64_t whole;
    struct http_client *client = client_of(cloud.url, cloud.ca);
    (void)snprintf(file, sizeof file, "%s/film5.mp4", cloud.data);
    enrol(client);
    add_film(path, sizeof path, file);
    whole = size_of(file);
    (void)snprintf(file, sizeof file, "%s/part5", cloud.data);
    assert_true(fetch_at(client, path, file, INT64_MAX, 250000, &film) > 0);
    run(client, &film.done, 2000);
    assert_false(film.done);
    assert_in_range(size_of(file), 100000, whole - 1); /* libcurl is generous at first */
    close(film.fd);
    http_client_destroy(client);
}

static void a_download_knows_its_limits(void **state)
{
    (void)state;
    struct heard film = {0};
    char path[128], file[CLOUD_PATH_MAX + 16];
    struct http_client *client = client_of(cloud.url, cloud.ca);
    (void)snprintf(file, sizeof file, "%s/film2.mp4", cloud.data);
    enrol(client);
    add_film(path, sizeof path, file);
    (void)snprintf(file, sizeof file, "%s/part2", cloud.data);
    assert_true(fetch(client, path, file, 100000, &film) > 0);
    run(client, &film.done, 5000);
    assert_int_equal(film.result, HTTP_CLIENT_TOO_LARGE);
    assert_in_range(size_of(file), 0, 100000);
    close(film.fd);
    film = (struct heard){0};
    (void)snprintf(file, sizeof file, "%s/part3", cloud.data);
    char *last = &path[strlen(path) - 1];
    *last = *last == '0' ? '1' : '0'; /* no such content: its answer is not the file */
    assert_true(fetch(client, path, file, 100000, &film) > 0);
    run(client, &film.done, 5000);
    assert_int_equal(film.status, 404);
    assert_non_null(strstr(film.body, "not_found"));
    assert_int_equal(size_of(file), 0);
    close(film.fd);
    http_client_destroy(client);
}

/* Long answers are refused unless the request says that it wants one. */
static void an_answer_may_be_as_long_as_the_request_says(void **state)
{
    (void)state;
    struct heard heard = {0};
    char path[128], file[CLOUD_PATH_MAX + 16];
    struct http_client *client = client_of(cloud.url, cloud.ca);
    (void)snprintf(file, sizeof file, "%s/film3.mp4", cloud.data);
    enrol(client);
    add_film(path, sizeof path, file);
    size_t size = (size_t)size_of(file), limits[] = {0, size - 1, size};
    assert_true(size > HTTP_CLIENT_BODY_MAX);
    for (int i = 0; i < 3; i++) {
        struct http_client_request request = {.method = "GET",
                                              .path = path,
                                              .body_max = limits[i],
                                              .timeout_ms = 10000,
                                              .done = on_done,
                                              .context = &heard};
        heard = (struct heard){0};
        assert_true(http_client_send(client, &request) > 0);
        run(client, &heard.done, 10000);
        assert_int_equal(heard.result, i < 2 ? HTTP_CLIENT_TOO_LARGE : HTTP_CLIENT_OK);
    }
    http_client_destroy(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_answer),
        cmocka_unit_test(a_refusal_has_its_status_and_body),
        cmocka_unit_test(another_authority_is_not_trusted),
        cmocka_unit_test(a_missing_authority_is_named),
        cmocka_unit_test(nobody_and_nonsense),
        cmocka_unit_test(a_stalled_cloud_costs_the_deadline_and_no_more),
        cmocka_unit_test(what_is_cancelled_is_not_heard),
        cmocka_unit_test(tokens_and_limits),
        cmocka_unit_test(an_answer_may_be_as_long_as_the_request_says),
        cmocka_unit_test(a_stream_is_heard_until_it_is_silent),
        cmocka_unit_test(a_refused_stream_is_not_open),
        cmocka_unit_test(a_dead_cloud_cuts_the_stream),
        cmocka_unit_test(another_thread_ends_the_wait),
        cmocka_unit_test(a_download_stands_still_while_somebody_waits),
        cmocka_unit_test(a_download_knows_its_limits),
        cmocka_unit_test(a_download_goes_on_and_stops_where_the_disk_does),
        cmocka_unit_test(a_download_keeps_to_its_rate),
    };
    return cmocka_run_group_tests(tests, start_cloud, stop_cloud);
}
