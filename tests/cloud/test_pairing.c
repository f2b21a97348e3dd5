/* A new device from its own code to its first token, by way of the contractor who reads its screen.
 */
#include "server_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SHOWN_SIZE = 16 };

static const char secret[] = "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE";

/* The state that the device is told; its code when there is one. */
static void ask_state(struct server *server, const char *state, char ret_code[static SHOWN_SIZE])
{
    char body[80];
    struct answer answer;

    (void)snprintf(body, sizeof(body), "{\"secret\":\"%s\"}", secret);
    answer = server_ask(server, ASK_NOBODY, "POST", "/api/v1/devices/pair", body);
    assert_string_equal(answer_text(&answer, "state"), state);
    if (answer.status == 201)
        (void)snprintf(ret_code, SHOWN_SIZE, "%s", answer_text(&answer, "code"));
    answer_free(&answer);
}

static void confirm(struct server *server, enum server_asker who, const char *code, long status)
{
    char path[120], body[120];

    (void)snprintf(path, sizeof(path), "/api/v1/sites/%s/pairings", server->site[CLINIC_A]);
    (void)snprintf(body, sizeof(body), "{\"code\":\"%s\",\"name\":\"entrance\"}", code);
    server_expect(server, who, "POST", path, body, status);
}

static void test_who_reads_the_screen_says_where_it_belongs(void **state)
{
    struct server *server = *state;
    char code[SHOWN_SIZE] = "", unused[SHOWN_SIZE], body[120];
    struct answer answer;

    ask_state(server, "waiting", code);
    assert_int_equal(strlen(code), 9);
    confirm(server, ASK_CONTRACTOR_A, "ABCD-EFGH", 404); /* no device shows it */
    confirm(server, ASK_CONTRACTOR_B, code, 403);        /* another clinic's */
    confirm(server, ASK_STAFF_A, code, 403);
    confirm(server, ASK_NOBODY, code, 401);
    ask_state(server, "waiting", unused);
    for (char *c = code; *c; c++) /* as people type it */
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
    confirm(server, ASK_CONTRACTOR_A, code, 201);
    confirm(server, ASK_CONTRACTOR_A, code, 404); /* once */
    ask_state(server, "confirmed", unused);
    (void)snprintf(body, sizeof(body), "{\"code\":\"%s\"}", secret);
    answer = server_ask(server, ASK_NOBODY, "POST", "/api/v1/devices/enrol", body);
    assert_int_equal(answer.status, 201);
    assert_string_equal(answer_text(&answer, "site"), server->site[CLINIC_A]);
    answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_reads_the_screen_says_where_it_belongs),
    };

    return cmocka_run_group_tests(tests, server_make, server_remove);
}
