/* The watchdog: quiet while turns end, heard by the service manager, and sharp when they do not. */
#include "test.h"

#include "watchdog.h"

#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static sem_t expired;

static void on_expired(void *context)
{
    (void)context;
    sem_post(&expired);
}

static bool expires_within(int seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    return sem_timedwait(&expired, &until) == 0;
}

static void test_a_loop_that_stands_still(void **state)
{
    struct watchdog *watchdog = NULL;
    struct watchdog_options options = {.timeout_ms = 500, .expire = on_expired};
    (void)state;
    assert_int_equal(watchdog_create(&options, &watchdog), 0);
    usleep(900 * 1000);
    assert_int_equal(sem_trywait(&expired), -1); /* the start may take its time */
    watchdog_turn(watchdog);
    assert_true(expires_within(20));
    watchdog_destroy(watchdog);
}

static void test_a_loop_that_turns(void **state)
{
    struct watchdog *watchdog = NULL;
    struct watchdog_options options = {.timeout_ms = 20000, .expire = on_expired};
    (void)state;
    assert_int_equal(watchdog_create(&options, &watchdog), 0);
    for (int i = 0; i < 8; i++) {
        watchdog_turn(watchdog);
        usleep(100 * 1000);
    }
    assert_int_equal(sem_trywait(&expired), -1);
    watchdog_destroy(watchdog);
    assert_int_equal(sem_trywait(&expired), -1);
}

/* One turn that takes several times as long as a part may. */
static void test_a_turn_whose_parts_end(void **state)
{
    struct watchdog *watchdog = NULL;
    struct watchdog_options options = {.timeout_ms = 4000, .expire = on_expired};
    (void)state;
    assert_int_equal(watchdog_create(&options, &watchdog), 0);
    watchdog_turn(watchdog);
    for (int i = 0; i < 45; i++) {
        usleep(100 * 1000);
        watchdog_part(watchdog);
    }
    assert_int_equal(sem_trywait(&expired), -1);
    assert_true(expires_within(20)); /* the next part does not end */
    watchdog_destroy(watchdog);
}

static void test_the_start_has_no_parts(void **state)
{
    struct watchdog *watchdog = NULL;
    struct watchdog_options options = {.timeout_ms = 500, .expire = on_expired};
    (void)state;
    assert_int_equal(watchdog_create(&options, &watchdog), 0);
    watchdog_part(watchdog); /* not ready: nothing is watched yet */
    usleep(900 * 1000);
    assert_int_equal(sem_trywait(&expired), -1);
    watchdog_destroy(watchdog);
}

static void expect(int fd, const char *wanted)
{
    char text[64] = "";
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&wait, 1, 20000), 1);
    assert_true(recv(fd, text, sizeof text - 1, 0) > 0);
    assert_string_equal(text, wanted);
}

static void test_the_service_manager_hears(void **state)
{
    char dir[] = "/tmp/machiai-notify-XXXXXX", path[64];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct watchdog *watchdog = NULL;
    struct watchdog_options options = {.expire = on_expired};
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/notify", dir);
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    setenv("NOTIFY_SOCKET", path, 1);
    setenv("WATCHDOG_USEC", "1500000", 1);
    assert_int_equal(watchdog_create(&options, &watchdog), 0);
    watchdog_turn(watchdog);
    expect(fd, "READY=1");
    expect(fd, "WATCHDOG=1");
    watchdog_turn(watchdog); /* too soon for another word */
    usleep(600 * 1000);
    watchdog_turn(watchdog);
    expect(fd, "WATCHDOG=1");
    watchdog_destroy(watchdog);
    expect(fd, "STOPPING=1");
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    close(fd);
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_loop_that_stands_still),
        cmocka_unit_test(test_a_loop_that_turns),
        cmocka_unit_test(test_a_turn_whose_parts_end),
        cmocka_unit_test(test_the_start_has_no_parts),
        cmocka_unit_test(test_the_service_manager_hears),
    };
    sem_init(&expired, 0, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
