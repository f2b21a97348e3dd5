/* Push buttons on GPIO lines, for "next" and "call once more": libgpiod behind a small port, so
 * that a test stands in for the chip. A thread of its own waits for edges.
 */
#ifndef MACHIAI_BUTTONS_H
#define MACHIAI_BUTTONS_H

#include <stdbool.h>

enum { BUTTONS_MAX = 2, BUTTONS_PENDING_MAX = 16, BUTTONS_QUIET_MS = 250, BUTTONS_WAIT_MS = 200 };

/* The chip. Buttons connect a line to ground: pressed is low, and lines are pulled up. */
struct buttons_port {
    /* 0 with *ret_chip, or a negative errno. */
    int (*open)(const char *chip, const unsigned *lines, int count, void **ret_chip);
    /* Index of a line that was pressed within timeout_ms; -ETIMEDOUT, or another errno when the
     * chip is gone. */
    int (*wait)(void *chip, int timeout_ms);
    void (*close)(void *chip);
};

struct buttons_options {
    const char *chip;            /* "gpiochip0" or its path */
    unsigned lines[BUTTONS_MAX]; /* in the order of what buttons_poll() tells */
    int count;
    const struct buttons_port *port; /* NULL = libgpiod */
    void (*wake)(void *context);
    void *context;
};

struct buttons;

/* -ENODEV, -ENOENT, -EACCES, -EBUSY: the lines are not to be had. */
int buttons_create(const struct buttons_options *options, struct buttons **ret)
    __attribute__((warn_unused_result));
void buttons_destroy(struct buttons *buttons);
/* Index of the next button that was pressed. A bouncing contact presses once. */
bool buttons_poll(struct buttons *buttons, int *ret);

#endif
