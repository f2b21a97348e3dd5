/* One program at a time; printing goes first; a dead holder holds nothing. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "escpos_lock.h"

/* An address of this test run only. */
static struct escpos_address own_address(int number)
{
    char uri[64];
    struct escpos_address address;

    snprintf(uri, sizeof(uri), "escpos:/dev/machiai-test-%d-%d", (int)getpid(), number);
    assert_int_equal(escpos_address_parse(uri, &address), 0);
    return address;
}

static void printing_excludes(void **state)
{
    struct escpos_address address = own_address(1), other = own_address(2);
    struct escpos_lock print, second, watch, elsewhere;

    (void)state;
    assert_int_equal(escpos_lock_print(&address, 0, &print), 0);
    int64_t begun = escpos_now_ms();
    assert_int_equal(escpos_lock_print(&address, begun + 50, &second), -ETIMEDOUT);
    assert_in_range(escpos_now_ms() - begun, 45, 1000);
    assert_int_equal(escpos_lock_watch(&address, &watch), -EBUSY);
    assert_int_equal(escpos_lock_print(&other, 0, &elsewhere), 0);
    escpos_lock_release(&elsewhere);
    escpos_lock_release(&print);
    assert_int_equal(escpos_lock_watch(&address, &watch), 0);
    escpos_lock_release(&watch);
}

static void a_watcher_learns_that_it_is_in_the_way(void **state)
{
    struct escpos_address address = own_address(3);
    struct escpos_lock watch, print;

    (void)state;
    assert_int_equal(escpos_lock_watch(&address, &watch), 0);
    assert_false(escpos_lock_wanted(&address));
    pid_t child = fork();
    if (child == 0) {
        close(watch.device); /* a copy, which would hold the lock as well */
        if (escpos_lock_print(&address, escpos_now_ms() + 5000, &print) != 0)
            _exit(1);
        escpos_lock_release(&print);
        _exit(0);
    }
    int64_t end = escpos_now_ms() + 4000;
    while (!escpos_lock_wanted(&address))
        assert_true(escpos_now_ms() < end);
    escpos_lock_release(&watch);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_false(escpos_lock_wanted(&address));
}

static void a_killed_holder_holds_nothing(void **state)
{
    struct escpos_address address = own_address(4);
    struct escpos_lock lock;
    int ready[2], status;
    char byte;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        if (escpos_lock_print(&address, 0, &lock) != 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(escpos_lock_watch(&address, &lock), -EBUSY);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(escpos_lock_print(&address, escpos_now_ms() + 1000, &lock), 0);
    escpos_lock_release(&lock);
    close(ready[0]);
    close(ready[1]);
}

/* Many takers of a file that each of them removes: never two at once. */
static void removal_lets_nobody_slip_in(void **state)
{
    enum { TAKERS = 3, ROUNDS = 60 };
    struct escpos_address address = own_address(5);
    char inside[64];
    int status, failed = 0;

    (void)state;
    snprintf(inside, sizeof(inside), "/tmp/machiai-lock-%d", (int)getpid());
    for (int i = 0; i < TAKERS; i++) {
        if (fork() != 0)
            continue;
        for (int round = 0; round < ROUNDS; round++) {
            struct escpos_lock lock;
            (void)escpos_lock_wanted(&address); /* which tidies up as well */
            if (escpos_lock_print(&address, escpos_now_ms() + 20000, &lock) != 0 ||
                mkdir(inside, 0700) != 0)
                _exit(1);
            rmdir(inside);
            escpos_lock_release(&lock);
        }
        _exit(0);
    }
    for (int i = 0; i < TAKERS; i++) {
        assert_true(wait(&status) > 0);
        failed += status != 0;
    }
    assert_int_equal(failed, 0);
    assert_false(escpos_lock_wanted(&address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printing_excludes),
        cmocka_unit_test(a_watcher_learns_that_it_is_in_the_way),
        cmocka_unit_test(a_killed_holder_holds_nothing),
        cmocka_unit_test(removal_lets_nobody_slip_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
