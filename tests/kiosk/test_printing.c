/* The printing thread against a printer that is played here. */
#include "test.h"

#include "printing.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, REPORTS_MAX = 64 };

/* What cupsd and the printer do; guarded by lock, as two threads look at it. */
static struct {
    pthread_mutex_t lock;
    int setup_result, submit_result, find_result, outcome_result;
    enum printer_outcome outcome;
    char reasons[PRINTER_REASONS];
    bool reachable;
    int setups, submits, finds, states;
    char title[PRINTER_UUID_SIZE];
    bool hold; /* printer_submit() waits */
} cups = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct {
    struct printing_news list[REPORTS_MAX];
    int job_ids[REPORTS_MAX];
    int count, wakes;
    char reasons[PRINTER_REASONS];
} told; /* guarded by cups.lock too */

int printer_create(const struct printer_options *options, struct printer **ret)
{
    (void)options;
    *ret = calloc(1, 1);
    return 0;
}

void printer_destroy(struct printer *printer)
{
    free(printer);
}

int printer_setup(struct printer *printer)
{
    (void)printer;
    pthread_mutex_lock(&cups.lock);
    cups.setups++;
    int result = cups.setup_result;
    pthread_mutex_unlock(&cups.lock);
    return result;
}

int printer_submit(struct printer *printer, const char *title, const void *bytes, size_t size,
                   struct printer_job *ret)
{
    (void)printer;
    assert_true(size == 3 && memcmp(bytes, "abc", 3) == 0);
    for (bool wait = true; wait; usleep(1000)) {
        pthread_mutex_lock(&cups.lock);
        wait = cups.hold;
        pthread_mutex_unlock(&cups.lock);
    }
    pthread_mutex_lock(&cups.lock);
    cups.submits++;
    snprintf(cups.title, sizeof cups.title, "%s", title);
    ret->id = 100 + cups.submits;
    int result = cups.submit_result;
    pthread_mutex_unlock(&cups.lock);
    return result;
}

int printer_find(struct printer *printer, const char *title, struct printer_job *ret)
{
    (void)printer;
    (void)title;
    pthread_mutex_lock(&cups.lock);
    cups.finds++;
    ret->id = 7;
    int result = cups.find_result;
    pthread_mutex_unlock(&cups.lock);
    return result;
}

int printer_outcome(struct printer *printer, const struct printer_job *job,
                    enum printer_outcome *ret, char reasons[static PRINTER_REASONS])
{
    (void)printer;
    assert_true(job->id != 0);
    pthread_mutex_lock(&cups.lock);
    *ret = cups.outcome;
    memcpy(reasons, cups.reasons, PRINTER_REASONS);
    int result = cups.outcome_result;
    pthread_mutex_unlock(&cups.lock);
    return result;
}

int printer_state(struct printer *printer, struct printer_state *ret)
{
    (void)printer;
    pthread_mutex_lock(&cups.lock);
    cups.states++;
    ret->reachable = cups.reachable;
    memcpy(ret->reasons, cups.reasons, PRINTER_REASONS);
    pthread_mutex_unlock(&cups.lock);
    return 0;
}

int printer_encode(struct printer *printer, const uint8_t *bits, int width, int height, int stride,
                   uint8_t **ret_bytes, size_t *ret_size)
{
    (void)printer;
    (void)bits;
    (void)stride;
    if (width != 8 || height != 1)
        return -EINVAL;
    *ret_bytes = malloc(3);
    memcpy(*ret_bytes, "abc", 3);
    *ret_size = 3;
    return 0;
}

void bitmap_finish(struct bitmap *bitmap)
{
    free(bitmap->bits);
    *bitmap = (struct bitmap){0};
}

/* -- what is told ------------------------------------------------------------------------------ */

static void report(void *context, const struct printing_news *news, const struct printer_job *job)
{
    (void)context;
    pthread_mutex_lock(&cups.lock);
    assert_true(told.count < REPORTS_MAX);
    told.job_ids[told.count] = job->id;
    told.list[told.count++] = *news;
    pthread_mutex_unlock(&cups.lock);
}

static void state_changed(void *context, const char *reasons)
{
    (void)context;
    pthread_mutex_lock(&cups.lock);
    snprintf(told.reasons, sizeof told.reasons, "%s", reasons);
    pthread_mutex_unlock(&cups.lock);
}

static void wake(void *context)
{
    (void)context;
    pthread_mutex_lock(&cups.lock);
    told.wakes++;
    pthread_mutex_unlock(&cups.lock);
}

static void reset(void)
{
    pthread_mutex_lock(&cups.lock);
    cups.setup_result = cups.submit_result = cups.find_result = cups.outcome_result = 0;
    cups.setups = cups.submits = cups.finds = cups.states = 0;
    cups.outcome = PRINTER_PENDING;
    cups.reachable = true;
    cups.hold = false;
    snprintf(cups.reasons, sizeof cups.reasons, "none");
    memset(&told, 0, sizeof told);
    pthread_mutex_unlock(&cups.lock);
}

/* A view of no width cannot be drawn; one that is too high cannot be encoded. */
static int draw(void *context, const struct slip_view *view, struct bitmap *ret)
{
    (void)context;
    if (view->dots == 0)
        return -EINVAL;
    *ret =
        (struct bitmap){.width = 8, .height = view->large ? 2 : 1, .stride = 1, .bits = malloc(1)};
    return 0;
}

static int start(void **state)
{
    struct printing_options options = {
        .draw = draw, .report = report, .state = state_changed, .wake = wake};
    return printing_create(&options, (struct printing **)state);
}

static int setup(void **state)
{
    reset();
    return start(state);
}

/* The thread looks for its queue at once, so cupsd is away before the thread begins. */
static int setup_without_cupsd(void **state)
{
    reset();
    cups.setup_result = -EHOSTUNREACH;
    return start(state);
}

static int teardown(void **state)
{
    printing_destroy(*state);
    return 0;
}

static struct printing_job slip(const char *ticket, bool recovered)
{
    struct printing_job job = {.print_count = 1, .recovered = recovered};
    snprintf(job.ticket, sizeof job.ticket, "%s", ticket);
    job.view.dots = 8;
    return job;
}

static void print(struct printing *printing, const char *ticket, bool recovered)
{
    struct printing_job job = slip(ticket, recovered);
    assert_int_equal(printing_submit(printing, &job), 0);
}

static void set(int *place, int value)
{
    pthread_mutex_lock(&cups.lock);
    *place = value;
    pthread_mutex_unlock(&cups.lock);
}

static void set_outcome(enum printer_outcome outcome)
{
    pthread_mutex_lock(&cups.lock);
    cups.outcome = outcome;
    pthread_mutex_unlock(&cups.lock);
}

static int get(const int *place)
{
    pthread_mutex_lock(&cups.lock);
    int value = *place;
    pthread_mutex_unlock(&cups.lock);
    return value;
}

static void nap(void)
{
    struct timespec time = {.tv_nsec = 5000000};
    nanosleep(&time, NULL);
}

/* The next piece of news must be this one, and the ledger must have been told before. */
static void expect_slip(struct printing *printing, const char *ticket, int print_count,
                        enum print_fate fate)
{
    struct printing_news news;
    for (int i = 0; !printing_poll(printing, &news); i++) {
        assert_true(i < PATIENCE_MS / 5);
        nap();
    }
    assert_string_equal(news.ticket, ticket);
    assert_string_equal(print_fate_name(news.fate), print_fate_name(fate));
    assert_int_equal(news.print_count, print_count);
    bool reported = false;
    pthread_mutex_lock(&cups.lock);
    for (int i = 0; i < told.count; i++)
        reported =
            reported || (strcmp(told.list[i].ticket, ticket) == 0 && told.list[i].fate == fate);
    pthread_mutex_unlock(&cups.lock);
    assert_true(reported);
}

static void expect(struct printing *printing, const char *ticket, enum print_fate fate)
{
    expect_slip(printing, ticket, 1, fate);
}

static void test_printed(void **state)
{
    struct printing *printing = *state;
    print(printing, "t1", false);
    expect(printing, "t1", PRINT_SUBMITTED);
    assert_int_equal(get(&told.job_ids[0]), 101);
    assert_int_equal(get(&cups.finds), 0);
    set_outcome(PRINTER_PRINTED);
    expect(printing, "t1", PRINT_DONE);
    assert_string_equal(cups.title, "t1");
    assert_int_equal(get(&cups.submits), 1);
    assert_int_equal(get(&cups.setups), 1);
    assert_true(get(&told.wakes) >= 2);
}

/* Else the first slip's job would be taken for the further one's after a restart. */
static void test_a_further_slip_has_a_job_of_its_own(void **state)
{
    struct printing *printing = *state;
    struct printing_job job = slip("t1", false);
    job.print_count = 2;
    assert_int_equal(printing_submit(printing, &job), 0);
    expect_slip(printing, "t1", 2, PRINT_SUBMITTED);
    assert_string_equal(cups.title, "t1-2");
    set_outcome(PRINTER_PRINTED);
    expect_slip(printing, "t1", 2, PRINT_DONE);
}

/* Staff hear of an empty roll while cupsd still tries, not when it has given up. */
static void test_reasons_while_pending(void **state)
{
    struct printing *printing = *state;
    pthread_mutex_lock(&cups.lock);
    strcpy(cups.reasons, "media-empty-error");
    pthread_mutex_unlock(&cups.lock);
    set_outcome(PRINTER_PENDING);
    print(printing, "t1", false);
    expect(printing, "t1", PRINT_SUBMITTED);
    char reasons[PRINTER_REASONS] = "";
    for (int i = 0; strcmp(reasons, "media-empty-error") != 0; i++) {
        assert_true(i < PATIENCE_MS / 5);
        nap();
        printing_reasons(printing, reasons);
    }
    set_outcome(PRINTER_FAILED);
    expect(printing, "t1", PRINT_FAILED);
}

static void test_no_paper(void **state)
{
    struct printing *printing = *state;
    char reasons[PRINTER_REASONS];
    print(printing, "t1", false);
    expect(printing, "t1", PRINT_SUBMITTED);
    pthread_mutex_lock(&cups.lock);
    snprintf(cups.reasons, sizeof cups.reasons, "media-empty-error");
    cups.outcome = PRINTER_FAILED;
    pthread_mutex_unlock(&cups.lock);
    expect(printing, "t1", PRINT_FAILED);
    printing_reasons(printing, reasons);
    assert_string_equal(reasons, "media-empty-error");
    assert_string_equal(told.reasons, "media-empty-error");
    assert_int_equal(get(&cups.submits), 1); /* never by itself a second time */
}

static void test_no_cupsd(void **state)
{
    struct printing *printing = *state;
    print(printing, "t1", false);
    expect(printing, "t1", PRINT_FAILED);
    assert_int_equal(get(&cups.submits), 0);
    set(&cups.setup_result, 0);
    print(printing, "t2", false);
    expect(printing, "t2", PRINT_SUBMITTED);
}

static void test_doubtful_submission(void **state)
{
    struct printing *printing = *state;
    set(&cups.submit_result, -ETIMEDOUT);
    set(&cups.find_result, 1);
    print(printing, "t1", false);
    expect(printing, "t1", PRINT_SUBMITTED); /* it got through: followed */
    assert_int_equal(get(&told.job_ids[0]), 7);
    set(&cups.find_result, 0);
    print(printing, "t2", false);
    expect(printing, "t2", PRINT_FAILED);
    set(&cups.find_result, -ETIMEDOUT);
    print(printing, "t3", false);
    expect(printing, "t3", PRINT_UNKNOWN);
    assert_int_equal(get(&cups.submits), 3);
}

static void test_recovered(void **state)
{
    struct printing *printing = *state;
    set(&cups.find_result, 1);
    print(printing, "t1", true);
    expect(printing, "t1", PRINT_SUBMITTED);
    set_outcome(PRINTER_PRINTED);
    expect(printing, "t1", PRINT_DONE);
    assert_int_equal(get(&cups.submits), 0); /* it was printed before the restart */
    set(&cups.find_result, -EHOSTUNREACH);
    print(printing, "t2", true);
    expect(printing, "t2", PRINT_UNKNOWN);
    assert_int_equal(get(&cups.submits), 0); /* never blindly */
    set(&cups.find_result, 0);               /* cupsd may have forgotten a job that was printed */
    print(printing, "t3", true);
    expect(printing, "t3", PRINT_UNKNOWN);
    assert_int_equal(get(&cups.submits), 0);
}

static void print_unsent(struct printing *printing, const char *ticket)
{
    struct printing_job job = slip(ticket, true);
    job.unsent = true;
    assert_int_equal(printing_submit(printing, &job), 0);
}

/* The kiosk was killed between the ticket and its slip: nobody has printed it. */
static void test_never_handed_over(void **state)
{
    struct printing *printing = *state;
    set(&cups.find_result, -EHOSTUNREACH);
    print_unsent(printing, "t1");
    expect(printing, "t1", PRINT_UNKNOWN); /* who cannot be asked may have printed it */
    assert_int_equal(get(&cups.submits), 0);
    set(&cups.find_result, 1);
    print_unsent(printing, "t2"); /* killed just behind the submission */
    expect(printing, "t2", PRINT_SUBMITTED);
    assert_int_equal(get(&cups.submits), 0);
    set(&cups.find_result, 0);
    print_unsent(printing, "t3");
    expect(printing, "t3", PRINT_SUBMITTED);
    assert_int_equal(get(&cups.submits), 1);
    assert_string_equal(cups.title, "t3");
}

static void test_a_test_print_is_in_no_ledger(void **state)
{
    struct printing *printing = *state;
    struct printing_news news;
    struct slip_trace trace;
    assert_false(printing_last(printing, &trace));
    struct printing_job job = slip("", false);
    job.trace.touched = 5;
    set_outcome(PRINTER_PRINTED);
    assert_int_equal(printing_submit(printing, &job), 0);
    for (enum print_fate fate = PRINT_SUBMITTED; fate <= PRINT_DONE; fate++) {
        for (int i = 0; !printing_poll(printing, &news); i++) {
            assert_true(i < PATIENCE_MS / 5);
            nap();
        }
        assert_string_equal(news.ticket, "");
        assert_int_equal(news.fate, fate);
    }
    assert_int_equal(get(&told.count), 0);
    assert_string_equal(cups.title, "machiai-test-1");
    assert_true(printing_last(printing, &trace));
    assert_true(trace.touched == 5 && trace.begun > trace.touched && trace.drawn >= trace.begun &&
                trace.submitted >= trace.drawn && trace.cpu_us >= 0);
}

static void test_picture_outside_limits(void **state)
{
    struct printing *printing = *state;
    struct printing_job job = slip("t1", false);
    job.view.large = true;
    assert_int_equal(printing_submit(printing, &job), 0);
    expect(printing, "t1", PRINT_FAILED);
    job = slip("t2", false);
    job.view.dots = 0;
    assert_int_equal(printing_submit(printing, &job), 0);
    expect(printing, "t2", PRINT_FAILED);
    assert_int_equal(get(&cups.submits), 0);
}

static void test_unknown_job(void **state)
{
    struct printing *printing = *state;
    set_outcome(PRINTER_UNKNOWN);
    print(printing, "t1", false);
    expect(printing, "t1", PRINT_SUBMITTED);
    expect(printing, "t1", PRINT_UNKNOWN);
}

static void test_next_slip_does_not_wait_for_the_last(void **state)
{
    struct printing *printing = *state;
    print(printing, "t1", false);
    print(printing, "t2", false);
    expect(printing, "t1", PRINT_SUBMITTED);
    expect(printing, "t2", PRINT_SUBMITTED);
    set_outcome(PRINTER_PRINTED);
    expect(printing, "t2", PRINT_DONE);
    expect(printing, "t1", PRINT_DONE);
}

static void test_full_and_destroyed(void **state)
{
    struct printing *printing = *state;
    pthread_mutex_lock(&cups.lock);
    cups.hold = true;
    pthread_mutex_unlock(&cups.lock);
    int taken = 0;
    for (;; taken++) {
        struct printing_job job = slip("t", false);
        int result = printing_submit(printing, &job);
        if (result != 0) {
            assert_int_equal(result, -EAGAIN);
            break;
        }
    }
    assert_in_range(taken, PRINTING_QUEUE_MAX, PRINTING_QUEUE_MAX + 1);
    pthread_mutex_lock(&cups.lock);
    cups.hold = false;
    pthread_mutex_unlock(&cups.lock);
    /* teardown destroys it with slips still waiting: nothing may leak */
}

static void test_idle_printer_is_watched(void **state)
{
    struct printing *printing = *state;
    char reasons[PRINTER_REASONS] = "";
    for (int i = 0; strcmp(reasons, "none") != 0; i++) {
        assert_true(i < PATIENCE_MS / 5);
        nap();
        printing_reasons(printing, reasons);
    }
    assert_string_equal(told.reasons, "none");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_printed),
        TEST(test_a_further_slip_has_a_job_of_its_own),
        TEST(test_reasons_while_pending),
        TEST(test_no_paper),
        cmocka_unit_test_setup_teardown(test_no_cupsd, setup_without_cupsd, teardown),
        TEST(test_doubtful_submission),
        TEST(test_recovered),
        TEST(test_never_handed_over),
        TEST(test_a_test_print_is_in_no_ledger),
        TEST(test_picture_outside_limits),
        TEST(test_unknown_job),
        TEST(test_next_slip_does_not_wait_for_the_last),
        TEST(test_full_and_destroyed),
        TEST(test_idle_printer_is_watched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
