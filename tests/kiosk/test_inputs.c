/* Keypad and buttons at their ports: a pipe of evdev events, a chip of our own. The kernel's GPIO
 * simulator is not asked for, since few machines have it. */
#include "test.h"

#include "buttons.h"
#include "keypad.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static sem_t woken;

static void wake(void *context)
{
    (void)context;
    sem_post(&woken);
}

static void wait_woken(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    assert_int_equal(sem_timedwait(&woken, &until), 0);
}

/* -- keypad ------------------------------------------------------------------------------------ */

static void send_key(int fd, int code, int value)
{
    struct input_event event = {.type = EV_KEY, .code = (unsigned short)code, .value = value};
    assert_int_equal(write(fd, &event, sizeof event), sizeof event);
}

static void test_keypad(void **state)
{
    char dir[] = "/tmp/machiai-keypad-XXXXXX", path[64], key = 0;
    struct keypad *keypad = NULL;
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/event", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDWR); /* a device does not end either */
    assert_true(fd >= 0);
    struct keypad_options options = {.device = path, .wake = wake};
    assert_int_equal(keypad_create(&options, &keypad), 0);
    send_key(fd, KEY_KP1, 1);
    send_key(fd, KEY_KP1, 2); /* held down: no second key */
    send_key(fd, KEY_KP1, 0);
    send_key(fd, KEY_A, 1); /* no key of a keypad */
    send_key(fd, KEY_KPENTER, 1);
    wait_woken();
    wait_woken();
    assert_true(keypad_poll(keypad, &key));
    assert_int_equal(key, '1');
    assert_true(keypad_poll(keypad, &key));
    assert_int_equal(key, '\n');
    assert_false(keypad_poll(keypad, &key));
    keypad_destroy(keypad);
    close(fd);
    unlink(path);
    rmdir(dir);
}

static void test_keypad_that_is_not_there(void **state)
{
    struct keypad *keypad = NULL;
    struct keypad_options options = {.device = "/nowhere/event", .wake = wake};
    char key;
    (void)state;
    assert_int_equal(keypad_create(&options, &keypad), 0);
    assert_false(keypad_poll(keypad, &key));
    keypad_destroy(keypad); /* without waiting for the next try */
}

/* -- buttons ----------------------------------------------------------------------------------- */

static int pipe_of_edges[2];
static unsigned lines_asked[BUTTONS_MAX];

static int fake_open(const char *chip, const unsigned *lines, int count, void **ret_chip)
{
    if (strcmp(chip, "gpiochip7") != 0)
        return -ENOENT;
    memcpy(lines_asked, lines, (size_t)count * sizeof *lines);
    *ret_chip = pipe_of_edges;
    return 0;
}

static int fake_wait(void *chip, int timeout_ms)
{
    int *ends = chip;
    unsigned char line;
    (void)timeout_ms;
    if (read(ends[0], &line, 1) == 1)
        return line == 255 ? -ENODEV : line;
    usleep(2000);
    return -ETIMEDOUT;
}

static void fake_close(void *chip)
{
    (void)chip;
}

static const struct buttons_port fake_port = {fake_open, fake_wait, fake_close};

static void press(unsigned char line)
{
    assert_int_equal(write(pipe_of_edges[1], &line, 1), 1);
}

static void test_buttons(void **state)
{
    struct buttons *buttons = NULL;
    struct buttons_options options = {
        .chip = "gpiochip7", .lines = {17, 27}, .count = 2, .port = &fake_port, .wake = wake};
    int index = -1;
    (void)state;
    assert_int_equal(pipe2(pipe_of_edges, O_NONBLOCK), 0);
    assert_int_equal(buttons_create(&options, &buttons), 0);
    assert_int_equal(lines_asked[1], 27);
    press(1);
    press(1); /* the contact bounces */
    press(0);
    press(9); /* no line of ours */
    wait_woken();
    wait_woken();
    assert_true(buttons_poll(buttons, &index));
    assert_int_equal(index, 1);
    assert_true(buttons_poll(buttons, &index));
    assert_int_equal(index, 0);
    assert_false(buttons_poll(buttons, &index));
    press(255); /* the chip goes away: the kiosk goes on */
    buttons_destroy(buttons);
    close(pipe_of_edges[0]);
    close(pipe_of_edges[1]);
}

static void test_no_chip(void **state)
{
    struct buttons *buttons = NULL;
    struct buttons_options options = {.chip = "/nowhere/gpiochip0", .count = 1, .wake = wake};
    (void)state;
    assert_true(buttons_create(&options, &buttons) < 0); /* libgpiod itself */
    options.chip = "gpiochip6";
    options.port = &fake_port;
    assert_int_equal(buttons_create(&options, &buttons), -ENOENT);
    options.count = BUTTONS_MAX + 1;
    assert_int_equal(buttons_create(&options, &buttons), -EINVAL);
    assert_null(buttons);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keypad),
        cmocka_unit_test(test_keypad_that_is_not_there),
        cmocka_unit_test(test_buttons),
        cmocka_unit_test(test_no_chip),
    };
    sem_init(&woken, 0, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
