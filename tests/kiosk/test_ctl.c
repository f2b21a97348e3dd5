/* The control socket: one line in, one line out; bad clients, a silent main thread, the end. */
#include "test.h"

#include "ctl.h"
#include "screenshot.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct fixture {
    char dir[64], path[96], file[96];
    struct ctl *ctl;
    sem_t woken;
};

static void wake(void *context)
{
    struct fixture *f = context;
    sem_post(&f->woken);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/machiai-ctl-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->path, sizeof f->path, "%s/s", f->dir);
    snprintf(f->file, sizeof f->file, "%s/x.png", f->dir);
    sem_init(&f->woken, 0, 0);
    struct ctl_options options = {.path = f->path, .wake = wake, .context = f};
    assert_int_equal(ctl_create(&options, &f->ctl), 0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    ctl_destroy(f->ctl);
    assert_int_equal(access(f->path, F_OK), -1);
    unlink(f->file);
    assert_int_equal(rmdir(f->dir), 0);
    sem_destroy(&f->woken);
    free(f);
    return 0;
}

static int client(struct fixture *f, const char *text, size_t size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", f->path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    if (size > 0)
        assert_int_equal(send(fd, text, size, MSG_NOSIGNAL), size);
    return fd;
}

static int send_line(struct fixture *f, const char *text)
{
    return client(f, text, strlen(text));
}

/* The whole answer, up to the end of the connection. */
static cJSON *answer(int fd)
{
    char text[4096];
    size_t size = 0;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    while (poll(&wait, 1, 10000) > 0) {
        ssize_t got = read(fd, text + size, sizeof text - 1 - size);
        if (got <= 0)
            break;
        size += (size_t)got;
    }
    close(fd);
    text[size] = '\0';
    assert_true(size > 0 && text[size - 1] == '\n');
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    return json;
}

static void expect_text(const cJSON *json, const char *key, const char *wanted)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    assert_true(cJSON_IsString(item));
    assert_string_equal(item->valuestring, wanted);
}

static cJSON *take_request(struct fixture *f)
{
    struct timespec until;
    cJSON *request = NULL;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 5;
    assert_int_equal(sem_timedwait(&f->woken, &until), 0);
    assert_true(ctl_poll(f->ctl, &request));
    return request;
}

static cJSON *made(const char *key, const char *value)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, key, value);
    return json;
}

static void test_question_and_answer(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 3; i++) {
        int fd = send_line(f, "{\"command\":\"tap\",\"widget\":\"finish\"}\n");
        cJSON *request = take_request(f);
        expect_text(request, "widget", "finish");
        cJSON_Delete(request);
        assert_false(ctl_poll(f->ctl, &request));
        ctl_answer(f->ctl, made("screen", "start"), NULL, NULL);
        cJSON *json = answer(fd);
        expect_text(json, "screen", "start");
        cJSON_Delete(json);
    }
}

static void test_rights(void **state)
{
    struct fixture *f = *state;
    struct stat info;
    assert_int_equal(stat(f->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void test_bad_requests(void **state)
{
    struct fixture *f = *state;
    static const char *const lines[] = {"hello\n", "{\"command\":\n", "[1]\n", "\n"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        cJSON *json = answer(send_line(f, lines[i]));
        expect_text(json, "error", "bad_json");
        cJSON_Delete(json);
    }
    char *long_line = malloc(3 * CTL_REQUEST_MAX);
    memset(long_line, 'x', 3 * CTL_REQUEST_MAX);
    int fd = client(f, long_line, CTL_REQUEST_MAX - 1);
    cJSON *json = answer(fd);
    expect_text(json, "error", "bad_request");
    cJSON_Delete(json);
    free(long_line);
    close(send_line(f, "{\"comm")); /* a client that goes away half way */
    fd = send_line(f, "{}\n");
    cJSON_Delete(take_request(f));
    ctl_answer(f->ctl, made("ok", "yes"), NULL, NULL);
    cJSON_Delete(answer(fd));
}

static void test_client_gone_before_the_answer(void **state)
{
    struct fixture *f = *state;
    int fd = send_line(f, "{}\n");
    cJSON_Delete(take_request(f));
    close(fd);
    ctl_answer(f->ctl, made("ok", "yes"), NULL, NULL);
    fd = send_line(f, "{}\n");
    cJSON_Delete(take_request(f));
    ctl_answer(f->ctl, made("ok", "again"), NULL, NULL);
    cJSON *json = answer(fd);
    expect_text(json, "ok", "again");
    cJSON_Delete(json);
}

static void test_picture(void **state)
{
    struct fixture *f = *state;
    unsigned char head[8];
    int fd = send_line(f, "{}\n");
    cJSON_Delete(take_request(f));
    struct picture *picture = picture_create(3, 2);
    picture->pixels[5] = 0xff0080;
    ctl_answer(f->ctl, made("file", f->file), picture, f->file);
    cJSON *json = answer(fd);
    expect_text(json, "file", f->file);
    cJSON_Delete(json);
    FILE *file = fopen(f->file, "rb");
    assert_non_null(file);
    assert_int_equal(fread(head, 1, 8, file), 8);
    assert_memory_equal(head, "\x89PNG\r\n\x1a\n", 8);
    fclose(file);

    fd = send_line(f, "{}\n");
    cJSON_Delete(take_request(f));
    ctl_answer(f->ctl, made("ok", "yes"), picture_create(1, 1), "/nowhere/x.png");
    json = answer(fd);
    expect_text(json, "error", "not_written");
    cJSON_Delete(json);
}

static void test_only_one_kiosk(void **state)
{
    struct fixture *f = *state;
    struct ctl *second = NULL;
    struct ctl_options options = {.path = f->path, .wake = wake, .context = f};
    assert_int_equal(ctl_create(&options, &second), -EADDRINUSE);
    assert_null(second);
    options.path = "/nowhere/socket";
    assert_int_equal(ctl_create(&options, &second), -ENOENT);
}

static void test_socket_of_a_dead_kiosk(void **state)
{
    struct fixture *f = *state;
    char path[128];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct ctl *second = NULL;
    snprintf(path, sizeof path, "%s/dead", f->dir);
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    struct ctl_options options = {.path = path, .wake = wake, .context = f};
    assert_int_equal(ctl_create(&options, &second), 0);
    ctl_destroy(second);
}

static void test_end_while_a_client_waits(void **state)
{
    struct fixture *f = *state;
    int fd = send_line(f, "{}\n");
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 5;
    assert_int_equal(sem_timedwait(&f->woken, &until), 0);
    ctl_destroy(f->ctl);
    f->ctl = NULL;
    cJSON *json = answer(fd);
    expect_text(json, "error", "ending");
    cJSON_Delete(json);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_question_and_answer),
        TEST(test_rights),
        TEST(test_bad_requests),
        TEST(test_client_gone_before_the_answer),
        TEST(test_picture),
        TEST(test_only_one_kiosk),
        TEST(test_socket_of_a_dead_kiosk),
        TEST(test_end_while_a_client_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
