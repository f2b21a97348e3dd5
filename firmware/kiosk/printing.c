#include "printing.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct followed {
    struct printing_news news;
    struct printer_job job;
    int64_t until;
};

struct printing {
    struct printing_options options;
    struct printer *printer; /* the thread's */
    struct followed jobs[PRINTING_JOBS_MAX];
    int job_count;
    int64_t ask_at, state_at; /* monotonic ms */
    bool ready;               /* the queue is known to be there */

    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t wake;
    bool stop;
    struct printing_job queue[PRINTING_QUEUE_MAX];
    int queue_count;
    struct printing_news news[PRINTING_NEWS_MAX];
    int news_count;
    char reasons[PRINTER_REASONS];
    bool told; /* reasons were given out at least once: "" is news as well */
    struct slip_trace last;
};

const char *print_fate_name(enum print_fate fate)
{
    static const char *const names[] = {
#define X(name, text) text,
        PRINT_FATES(X)
#undef X
    };
    return names[fate];
}

static int64_t monotonic_ms(void)
{
    return slip_trace_now() / 1000;
}

/* -- telling ----------------------------------------------------------------------------------- */

static void tell(struct printing *printing, struct printing_news *news, enum print_fate fate,
                 const struct printer_job *job)
{
    news->fate = fate;
    if (news->ticket[0] != '\0')
        printing->options.report(printing->options.context, news, job);
    pthread_mutex_lock(&printing->lock);
    if (printing->news_count == PRINTING_NEWS_MAX) {
        printing->news_count--;
        memmove(printing->news, printing->news + 1, printing->news_count * sizeof *news);
    }
    printing->news[printing->news_count++] = *news;
    pthread_mutex_unlock(&printing->lock);
    printing->options.wake(printing->options.context);
}

static void set_reasons(struct printing *printing, const char *reasons)
{
    pthread_mutex_lock(&printing->lock);
    bool changed = !printing->told || strcmp(printing->reasons, reasons) != 0;
    printing->told = true;
    snprintf(printing->reasons, sizeof printing->reasons, "%s", reasons);
    pthread_mutex_unlock(&printing->lock);
    if (!changed)
        return;
    printing->options.state(printing->options.context, reasons);
    printing->options.wake(printing->options.context);
}

/* -- the thread -------------------------------------------------------------------------------- */

/* The queue is made at the first need, and looked after again whenever cupsd was away. */
static bool make_ready(struct printing *printing)
{
    if (!printing->ready)
        printing->ready = printer_setup(printing->printer) == 0;
    return printing->ready;
}

static void follow(struct printing *printing, struct printing_news *news,
                   const struct printer_job *job)
{
    assert(printing->job_count < PRINTING_JOBS_MAX);
    tell(printing, news, PRINT_SUBMITTED, job);
    int64_t now = monotonic_ms();
    printing->jobs[printing->job_count++] =
        (struct followed){.news = *news, .job = *job, .until = now + PRINTING_FOLLOW_MS};
    printing->ask_at = now;
}

/* A job is found again by its title, so each slip of a ticket has its own. */
static void title_of(const struct printing_news *news, char title[static PRINTING_TITLE_SIZE])
{
    if (news->ticket[0] == '\0')
        snprintf(title, PRINTING_TITLE_SIZE, "machiai-test-%d", news->print_count);
    else if (news->print_count < 2)
        snprintf(title, PRINTING_TITLE_SIZE, "%s", news->ticket);
    else
        snprintf(title, PRINTING_TITLE_SIZE, "%s-%d", news->ticket, news->print_count);
}

static int find(struct printing *printing, const struct printing_news *news,
                struct printer_job *ret)
{
    char title[PRINTING_TITLE_SIZE];
    title_of(news, title);
    return printer_find(printing->printer, title, ret);
}

/* After a submission that failed: did the job get through all the same? */
static void settle_doubt(struct printing *printing, struct printing_news *news)
{
    struct printer_job job = {0};
    int found = find(printing, news, &job);
    if (found > 0)
        follow(printing, news, &job);
    else
        tell(printing, news, found == 0 ? PRINT_FAILED : PRINT_UNKNOWN, &job);
}

/* From words to what the printer takes. */
static int make_bytes(struct printing *printing, const struct slip_view *view,
                      struct slip_trace *trace, uint8_t **ret, size_t *ret_size)
{
    struct bitmap bitmap;
    int result = printing->options.draw(printing->options.context, view, &bitmap);
    if (result < 0) {
        fprintf(stderr, "printing: the slip cannot be drawn: %s\n", strerror(-result));
        return result;
    }
    trace->drawn = slip_trace_now();
    result = printer_encode(printing->printer, bitmap.bits, bitmap.width, bitmap.height,
                            bitmap.stride, ret, ret_size);
    bitmap_finish(&bitmap);
    if (result < 0)
        fprintf(stderr, "printing: the slip cannot be put into the printer's words: %s\n",
                strerror(-result));
    return result;
}

static void note_submission(struct printing *printing, struct slip_trace *trace, int64_t cpu_us)
{
    trace->cpu_us += slip_trace_cpu() - cpu_us;
    trace->submitted = slip_trace_now();
    pthread_mutex_lock(&printing->lock);
    printing->last = *trace;
    pthread_mutex_unlock(&printing->lock);
}

static void submit(struct printing *printing, const struct printing_job *slip,
                   struct printing_news *news)
{
    struct printer_job job = {0};
    struct slip_trace trace = slip->trace;
    char title[PRINTING_TITLE_SIZE];
    uint8_t *bytes = NULL;
    size_t size = 0;
    int64_t cpu_us = slip_trace_cpu();
    trace.begun = slip_trace_now();
    int result = make_bytes(printing, &slip->view, &trace, &bytes, &size);
    if (result < 0) {
        tell(printing, news, PRINT_FAILED, &job);
        return;
    }
    title_of(news, title);
    note_submission(printing, &trace, cpu_us);
    result = printer_submit(printing->printer, title, bytes, size, &job);
    free(bytes);
    if (result == 0) {
        follow(printing, news, &job);
        return;
    }
    fprintf(stderr, "printing: cupsd did not take the slip: %s\n", strerror(-result));
    printing->ready = false;
    settle_doubt(printing, news);
}

/* Before the restart a job was perhaps made. If cupsd remembers none, it may have forgotten one;
 * but a slip that the ledger never saw handed over is a new one then. */
static void recover(struct printing *printing, const struct printing_job *slip,
                    struct printing_news *news)
{
    struct printer_job job = {0};
    bool can_print = slip->unsent && make_ready(printing);
    int found = find(printing, news, &job);
    if (found > 0)
        follow(printing, news, &job);
    else if (found == 0 && can_print)
        submit(printing, slip, news);
    else
        tell(printing, news, PRINT_UNKNOWN, &job);
}

static void take_slip(struct printing *printing, const struct printing_job *slip)
{
    struct printing_news news = {.print_count = slip->print_count};
    snprintf(news.ticket, sizeof news.ticket, "%s", slip->ticket);
    if (slip->recovered)
        recover(printing, slip, &news);
    else if (!make_ready(printing))
        tell(printing, &news, PRINT_FAILED, &(struct printer_job){0});
    else
        submit(printing, slip, &news);
}

static void ask_job(struct printing *printing, int index, int64_t now)
{
    static const enum print_fate fates[] = {
        [PRINTER_PRINTED] = PRINT_DONE,
        [PRINTER_FAILED] = PRINT_FAILED,
        [PRINTER_UNKNOWN] = PRINT_UNKNOWN,
    };
    struct followed *followed = &printing->jobs[index];
    enum printer_outcome outcome = PRINTER_PENDING;
    char reasons[PRINTER_REASONS] = "";
    int result = printer_outcome(printing->printer, &followed->job, &outcome, reasons);
    /* told while the job still waits: staff learn of an empty roll at once, not at the job's end */
    if (result == 0 && reasons[0] != '\0')
        set_reasons(printing, reasons);
    if (result < 0 || outcome == PRINTER_PENDING) {
        if (now < followed->until)
            return;
        outcome = PRINTER_UNKNOWN;
    }
    tell(printing, &followed->news, fates[outcome], &followed->job);
    printing->job_count--;
    memmove(followed, followed + 1, (printing->job_count - index) * sizeof *followed);
}

static void ask_jobs(struct printing *printing, int64_t now)
{
    for (int i = printing->job_count - 1; i >= 0; i--)
        ask_job(printing, i, now);
    now = monotonic_ms();
    printing->ask_at = now + PRINTING_ASK_MS;
    if (printing->job_count == 0)
        printing->state_at = now + PRINTING_STATE_MS;
}

static void look_at_printer(struct printing *printing)
{
    struct printer_state state = {0};
    bool known = make_ready(printing) && printer_state(printing->printer, &state) == 0;
    if (!known || !state.reachable)
        printing->ready = false;
    set_reasons(printing, printing->ready ? state.reasons : "");
    printing->state_at = monotonic_ms() + PRINTING_STATE_MS;
}

/* The next slip, if there is one and a place to follow it. */
static bool pop(struct printing *printing, struct printing_job *ret)
{
    if (printing->queue_count == 0 || printing->job_count == PRINTING_JOBS_MAX)
        return false;
    *ret = printing->queue[0];
    printing->queue_count--;
    memmove(printing->queue, printing->queue + 1, printing->queue_count * sizeof *ret);
    return true;
}

static void wait_until(struct printing *printing, int64_t due)
{
    struct timespec time = {.tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000};
    pthread_cond_timedwait(&printing->wake, &printing->lock, &time);
}

static void *run(void *argument)
{
    struct printing *printing = argument;
    pthread_mutex_lock(&printing->lock);
    while (!printing->stop) {
        struct printing_job slip;
        int64_t now = monotonic_ms();
        int64_t due = printing->job_count > 0 ? printing->ask_at : printing->state_at;
        bool taken = pop(printing, &slip);
        if (!taken && now < due) {
            wait_until(printing, due);
            continue;
        }
        pthread_mutex_unlock(&printing->lock);
        if (taken) {
            take_slip(printing, &slip);
        } else if (printing->job_count > 0) {
            ask_jobs(printing, now);
        } else {
            look_at_printer(printing);
        }
        pthread_mutex_lock(&printing->lock);
    }
    pthread_mutex_unlock(&printing->lock);
    return NULL;
}

/* -- the main thread's side -------------------------------------------------------------------- */

int printing_create(const struct printing_options *options, struct printing **ret)
{
    struct printing *printing = calloc(1, sizeof *printing);
    pthread_condattr_t attributes;
    if (printing == NULL)
        return -ENOMEM;
    printing->options = *options;
    int result = printer_create(&options->printer, &printing->printer);
    if (result < 0) {
        free(printing);
        return result;
    }
    pthread_mutex_init(&printing->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&printing->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    result = pthread_create(&printing->thread, NULL, run, printing);
    if (result != 0) {
        pthread_cond_destroy(&printing->wake);
        pthread_mutex_destroy(&printing->lock);
        printer_destroy(printing->printer);
        free(printing);
        return -result;
    }
    *ret = printing;
    return 0;
}

void printing_destroy(struct printing *printing)
{
    if (printing == NULL)
        return;
    pthread_mutex_lock(&printing->lock);
    printing->stop = true;
    pthread_cond_signal(&printing->wake);
    pthread_mutex_unlock(&printing->lock);
    pthread_join(printing->thread, NULL);
    pthread_cond_destroy(&printing->wake);
    pthread_mutex_destroy(&printing->lock);
    printer_destroy(printing->printer);
    free(printing);
}

int printing_submit(struct printing *printing, const struct printing_job *job)
{
    int result = -EAGAIN;
    pthread_mutex_lock(&printing->lock);
    if (printing->queue_count < PRINTING_QUEUE_MAX) {
        printing->queue[printing->queue_count++] = *job;
        pthread_cond_signal(&printing->wake);
        result = 0;
    }
    pthread_mutex_unlock(&printing->lock);
    return result;
}

bool printing_poll(struct printing *printing, struct printing_news *ret)
{
    pthread_mutex_lock(&printing->lock);
    bool there = printing->news_count > 0;
    if (there) {
        *ret = printing->news[0];
        printing->news_count--;
        memmove(printing->news, printing->news + 1, printing->news_count * sizeof *ret);
    }
    pthread_mutex_unlock(&printing->lock);
    return there;
}

bool printing_last(struct printing *printing, struct slip_trace *ret)
{
    pthread_mutex_lock(&printing->lock);
    *ret = printing->last;
    pthread_mutex_unlock(&printing->lock);
    return ret->submitted != 0;
}

void printing_reasons(struct printing *printing, char reasons[static PRINTER_REASONS])
{
    pthread_mutex_lock(&printing->lock);
    memcpy(reasons, printing->reasons, PRINTER_REASONS);
    pthread_mutex_unlock(&printing->lock);
}
