#include "terminal_rig.h"

#include <stdlib.h>
#include <string.h>

static int issue(void *context, int64_t request, const struct station_wish *wish)
{
    struct fixture *f = context;
    f->issues++;
    f->request = request;
    f->wish = *wish;
    return f->issue_result;
}

static int check_in(void *context, int64_t request, const char *code, const char *language)
{
    struct fixture *f = context;
    f->request = request;
    snprintf(f->wish.language, sizeof f->wish.language, "%s", language);
    snprintf(f->code, sizeof f->code, "%s", code);
    return 0;
}

static bool print(void *context, const struct station_ticket *ticket)
{
    struct fixture *f = context;
    assert_true(ticket->print_count > 0);
    f->prints++;
    return f->print_result;
}

int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct terminal_actions actions = {
        .issue = issue, .check_in = check_in, .print = print, .context = f};
    site_open(&f->site);
    f->status = (struct station_status){.enrolled = true, .online = true, .clock_trusted = true};
    f->world = (struct terminal_world){.now = 1000,
                                       .site_ms = f->site.now,
                                       .has_time = true,
                                       .queue = &f->site.queue,
                                       .station = &f->status,
                                       .issues = true,
                                       .printer = "none",
                                       .films = 3};
    f->print_result = true;
    terminal_flow_init(&f->flow, &actions);
    *state = f;
    return 0;
}

int teardown(void **state)
{
    struct fixture *f = *state;
    site_close(&f->site);
    free(f);
    return 0;
}

const struct terminal_view *view(struct fixture *f)
{
    terminal_flow_view(&f->flow, &f->world, NULL, &f->view);
    return &f->view;
}

enum terminal_screen screen(struct fixture *f)
{
    assert_int_equal(terminal_flow_screen(&f->flow, &f->world), view(f)->screen);
    return f->view.screen;
}

struct station_ticket ticket(int n)
{
    struct station_ticket made = {.number = {0, n}, .desk_no = 1, .before = 2, .print_count = 1};
    snprintf(made.id, sizeof made.id, "%s", site_ticket_id(n));
    strcpy(made.service, "first");
    strcpy(made.url, "https://c/t/ABC");
    made.accepted_ms = INT64_C(1795478400000);
    return made;
}

void pass(struct fixture *f, int64_t ms)
{
    f->world.now += ms;
    (void)terminal_flow_tick(&f->flow, &f->world);
}

bool tap(struct fixture *f, const char *widget)
{
    return terminal_flow_tap(&f->flow, &f->world, widget);
}

void take(struct fixture *f, int n)
{
    assert_true(tap(f, "service:first"));
    struct station_ticket made = ticket(n);
    terminal_flow_ticket(&f->flow, &f->world, f->request, &made);
}
