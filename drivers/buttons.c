#include "buttons.h"

#include <errno.h>
#include <gpiod.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct buttons {
    struct buttons_options options;
    const struct buttons_port *port;
    void *chip;
    pthread_t thread;
    atomic_bool ending;
    int64_t pressed_at[BUTTONS_MAX]; /* the thread's */
    pthread_mutex_t lock;            /* of all below */
    int pending[BUTTONS_PENDING_MAX];
    int count;
};

/* -- libgpiod ---------------------------------------------------------------------------------- */

struct real_chip {
    struct gpiod_chip *chip;
    struct gpiod_line_bulk lines;
};

static void real_close(void *context)
{
    struct real_chip *real = context;
    gpiod_line_release_bulk(&real->lines);
    gpiod_chip_close(real->chip);
    free(real);
}

static int real_open(const char *chip, const unsigned *lines, int count, void **ret_chip)
{
    struct real_chip *real = calloc(1, sizeof *real);
    unsigned offsets[BUTTONS_MAX];
    if (real == NULL)
        return -ENOMEM;
    memcpy(offsets, lines, (size_t)count * sizeof *lines);
    real->chip = gpiod_chip_open_lookup(chip);
    int result = real->chip == NULL ? -errno : 0;
    if (result == 0 &&
        (gpiod_chip_get_lines(real->chip, offsets, (unsigned)count, &real->lines) < 0 ||
         gpiod_line_request_bulk_falling_edge_events_flags(
             &real->lines, "machiai", GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP) < 0))
        result = -errno;
    if (result == 0) {
        *ret_chip = real;
        return 0;
    }
    if (real->chip != NULL)
        gpiod_chip_close(real->chip);
    free(real);
    return result;
}

static int real_wait(void *context, int timeout_ms)
{
    struct real_chip *real = context;
    struct gpiod_line_bulk fired;
    struct gpiod_line_event event;
    struct timespec timeout = {.tv_sec = timeout_ms / 1000,
                               .tv_nsec = timeout_ms % 1000 * 1000000L};
    int result = gpiod_line_event_wait_bulk(&real->lines, &timeout, &fired);
    if (result == 0)
        return -ETIMEDOUT;
    if (result < 0)
        return -errno;
    struct gpiod_line *line = gpiod_line_bulk_get_line(&fired, 0);
    if (gpiod_line_event_read(line, &event) < 0)
        return -errno;
    for (unsigned i = 0; i < gpiod_line_bulk_num_lines(&real->lines); i++)
        if (gpiod_line_bulk_get_line(&real->lines, i) == line)
            return (int)i;
    return -ETIMEDOUT;
}

static const struct buttons_port real_port = {real_open, real_wait, real_close};

/* -- the thread -------------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void press(struct buttons *buttons, int index)
{
    int64_t now = now_ms(), before = buttons->pressed_at[index];
    buttons->pressed_at[index] = now;
    if (before != 0 && now - before < BUTTONS_QUIET_MS)
        return; /* the contact bounces */
    pthread_mutex_lock(&buttons->lock);
    if (buttons->count < BUTTONS_PENDING_MAX)
        buttons->pending[buttons->count++] = index;
    pthread_mutex_unlock(&buttons->lock);
    buttons->options.wake(buttons->options.context);
}

static void *run(void *argument)
{
    struct buttons *buttons = argument;
    while (!atomic_load(&buttons->ending)) {
        int index = buttons->port->wait(buttons->chip, BUTTONS_WAIT_MS);
        if (index >= 0 && index < buttons->options.count) {
            press(buttons, index);
        } else if (index < 0 && index != -ETIMEDOUT && index != -EINTR) {
            fprintf(stderr, "buttons: the chip is gone: %s\n", strerror(-index));
            break;
        }
    }
    return NULL;
}

int buttons_create(const struct buttons_options *options, struct buttons **ret)
{
    if (options->count < 1 || options->count > BUTTONS_MAX)
        return -EINVAL;
    struct buttons *buttons = calloc(1, sizeof *buttons);
    if (buttons == NULL)
        return -ENOMEM;
    buttons->options = *options;
    buttons->port = options->port != NULL ? options->port : &real_port;
    int result = buttons->port->open(options->chip, options->lines, options->count, &buttons->chip);
    if (result < 0) {
        free(buttons);
        return result;
    }
    pthread_mutex_init(&buttons->lock, NULL);
    result = -pthread_create(&buttons->thread, NULL, run, buttons);
    if (result < 0) {
        buttons->port->close(buttons->chip);
        pthread_mutex_destroy(&buttons->lock);
        free(buttons);
        return result;
    }
    *ret = buttons;
    return 0;
}

void buttons_destroy(struct buttons *buttons)
{
    if (buttons == NULL)
        return;
    atomic_store(&buttons->ending, true);
    pthread_join(buttons->thread, NULL);
    buttons->port->close(buttons->chip);
    pthread_mutex_destroy(&buttons->lock);
    free(buttons);
}

bool buttons_poll(struct buttons *buttons, int *ret)
{
    pthread_mutex_lock(&buttons->lock);
    bool there = buttons->count > 0;
    if (there) {
        *ret = buttons->pending[0];
        buttons->count--;
        memmove(buttons->pending, buttons->pending + 1,
                (size_t)buttons->count * sizeof buttons->pending[0]);
    }
    pthread_mutex_unlock(&buttons->lock);
    return there;
}
