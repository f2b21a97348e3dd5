/* A USB numeric keypad for staff: an evdev device that belongs to the kiosk alone (grabbed), so
 * that its keys go nowhere else. Read by a thread of its own; one that is pulled out is looked for
 * again.
 */
#ifndef MACHIAI_KEYPAD_H
#define MACHIAI_KEYPAD_H

#include <stdbool.h>

enum { KEYPAD_KEYS_MAX = 64, KEYPAD_RETRY_MS = 2000 };

struct keypad_options {
    const char *device; /* /dev/input/by-id/... */
    void (*wake)(void *context);
    void *context;
};

struct keypad;

/* The device need not be there yet. -ENOMEM, -EAGAIN. */
int keypad_create(const struct keypad_options *options, struct keypad **ret)
    __attribute__((warn_unused_result));
void keypad_destroy(struct keypad *keypad);
/* The next key: 0..9, '\n', '\b', + * - /. A full list drops what comes later. */
bool keypad_poll(struct keypad *keypad, char *ret);
/* Key of an evdev code (KEY_KP1, KEY_1, ...); 0 = means nothing here. */
char keypad_key(int code);

#endif
