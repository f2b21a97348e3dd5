/* The patient view that is answered from memory is never one that is not true any more. */
#include "server_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "kept_views.h"

#define VIEW "/api/v1/queues/1024-1"

enum { TICKETS = 20 };

static int64_t ask_view(struct server *server, const char *field)
{
    struct answer answer = server_ask(server, ASK_NOBODY, "GET", VIEW, NULL);
    int64_t value = answer_int(&answer, field);

    assert_int_equal(answer.status, 200);
    answer_free(&answer);
    return value;
}

/* Each entry is in the very next view, however many views were asked for before it. */
static void test_a_change_is_seen_at_once(void **state)
{
    struct server *server = *state;
    int64_t seq = ask_view(server, "seq");

    for (int i = 0; i < TICKETS; i++) {
        char body[80];

        (void)snprintf(body, sizeof(body),
                       "{\"ticket\":\"0badc0de-0000-4000-8000-0000000000%02d\"}", i);
        server_expect(server, ASK_STAFF_A, "POST", VIEW "/tickets", body, 201);
        int64_t next = ask_view(server, "seq");
        assert_true(next > seq);
        assert_int_equal(ask_view(server, "seq"), next);
        seq = next;
    }
}

/* Estimates move with time: without any change, a view is made anew. */
static void test_it_grows_old(void **state)
{
    struct server *server = *state;
    int64_t at = ask_view(server, "at");

    (void)usleep((KEPT_VIEW_MS + 200) * 1000);
    assert_true(ask_view(server, "at") >= at + KEPT_VIEW_MS);
}

/* What is kept for one queue answers for no other, and whoever shows a wrong token is no stranger.
 */
static void test_it_is_of_one_queue(void **state)
{
    struct server *server = *state;
    struct answer answer;

    (void)ask_view(server, "seq");
    answer = server_ask(server, ASK_NOBODY, "GET", "/api/v1/queues/1024-9", NULL);
    assert_int_equal(answer.status, 404);
    answer_free(&answer);
    answer = server_ask_with(server, ASK_NOBODY, "GET", VIEW "/tickets/x", NULL,
                             "Authorization: Bearer nonsense");
    assert_int_equal(answer.status, 401);
    answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_change_is_seen_at_once),
        cmocka_unit_test(test_it_grows_old),
        cmocka_unit_test(test_it_is_of_one_queue),
    };
    return cmocka_run_group_tests(tests, server_make, server_remove);
}
