/* The terminal's flow in a clinic of one service, its actions recorded. */
#ifndef MACHIAI_TESTS_TERMINAL_RIG_H
#define MACHIAI_TESTS_TERMINAL_RIG_H

#include "site.h"
#include "terminal_flow.h"
#include "test.h"

struct fixture {
    struct site site;
    struct station_status status;
    struct terminal_world world;
    struct terminal_flow flow;
    struct terminal_view view;
    int issues, prints;
    int64_t request;
    int issue_result;
    bool print_result;
    struct station_wish wish;
    char code[64]; /* asked for at check-in */
};

int setup(void **state);
int teardown(void **state);
const struct terminal_view *view(struct fixture *f);
enum terminal_screen screen(struct fixture *f);
/* A ticket with number n, its slip to be printed. */
struct station_ticket ticket(int n);
void pass(struct fixture *f, int64_t ms);
bool tap(struct fixture *f, const char *widget);
/* Touch and ticket number n. */
void take(struct fixture *f, int n);

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
