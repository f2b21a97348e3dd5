#include "keypad.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PATH_SIZE = 512 };

struct keypad {
    struct keypad_options options;
    char path[PATH_SIZE];
    int stop; /* an eventfd */
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    char keys[KEYPAD_KEYS_MAX];
    int first, count;
};

char keypad_key(int code)
{
    static const struct {
        int code;
        char key;
    } table[] = {
        {KEY_KP0, '0'},      {KEY_KP1, '1'},        {KEY_KP2, '2'},     {KEY_KP3, '3'},
        {KEY_KP4, '4'},      {KEY_KP5, '5'},        {KEY_KP6, '6'},     {KEY_KP7, '7'},
        {KEY_KP8, '8'},      {KEY_KP9, '9'},        {KEY_0, '0'},       {KEY_1, '1'},
        {KEY_2, '2'},        {KEY_3, '3'},          {KEY_4, '4'},       {KEY_5, '5'},
        {KEY_6, '6'},        {KEY_7, '7'},          {KEY_8, '8'},       {KEY_9, '9'},
        {KEY_KPENTER, '\n'}, {KEY_ENTER, '\n'},     {KEY_KPPLUS, '+'},  {KEY_KPMINUS, '-'},
        {KEY_MINUS, '-'},    {KEY_KPASTERISK, '*'}, {KEY_KPSLASH, '/'}, {KEY_SLASH, '/'},
        {KEY_KPDOT, '\b'},   {KEY_BACKSPACE, '\b'}, {KEY_DELETE, '\b'},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].code == code)
            return table[i].key;
    return 0;
}

static void keep(struct keypad *keypad, char key)
{
    pthread_mutex_lock(&keypad->lock);
    bool room = keypad->count < KEYPAD_KEYS_MAX;
    if (room)
        keypad->keys[(keypad->first + keypad->count++) % KEYPAD_KEYS_MAX] = key;
    pthread_mutex_unlock(&keypad->lock);
    if (room)
        keypad->options.wake(keypad->options.context);
}

/* False when the kiosk ends. */
static bool wait_for(struct keypad *keypad, int fd, int timeout_ms)
{
    struct pollfd list[2] = {{.fd = keypad->stop, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    while (poll(list, fd < 0 ? 1 : 2, timeout_ms) < 0 && errno == EINTR)
        continue;
    return list[0].revents == 0;
}

static int open_device(const struct keypad *keypad)
{
    int fd = open(keypad->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    /* What cannot be grabbed is read all the same: better twice than not at all. */
    if (fd >= 0 && ioctl(fd, EVIOCGRAB, 1) < 0 && errno != ENOTTY && errno != EINVAL)
        fprintf(stderr, "keypad: %s is used by others as well: %s\n", keypad->path,
                strerror(errno));
    return fd;
}

/* Until it goes away. False when the kiosk ends. */
static bool read_device(struct keypad *keypad, int fd)
{
    while (wait_for(keypad, fd, -1)) {
        struct input_event event;
        ssize_t got = read(fd, &event, sizeof event);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got != sizeof event)
            return true;
        char key = event.type == EV_KEY && event.value == 1 ? keypad_key(event.code) : 0;
        if (key != 0)
            keep(keypad, key);
    }
    return false;
}

static void *run(void *argument)
{
    struct keypad *keypad = argument;
    bool going = true;
    while (going) {
        int fd = open_device(keypad);
        going = fd < 0 || read_device(keypad, fd);
        if (fd >= 0)
            close(fd);
        going = going && wait_for(keypad, -1, KEYPAD_RETRY_MS);
    }
    return NULL;
}

int keypad_create(const struct keypad_options *options, struct keypad **ret)
{
    struct keypad *keypad = calloc(1, sizeof *keypad);
    int stop = eventfd(0, EFD_CLOEXEC);
    int result = keypad == NULL ? -ENOMEM : stop < 0 ? -errno : 0;
    if (result == 0) {
        keypad->options = *options;
        keypad->stop = stop;
        snprintf(keypad->path, sizeof keypad->path, "%s", options->device);
        pthread_mutex_init(&keypad->lock, NULL);
        result = -pthread_create(&keypad->thread, NULL, run, keypad);
        if (result < 0)
            pthread_mutex_destroy(&keypad->lock);
    }
    if (result < 0) {
        if (stop >= 0)
            close(stop);
        free(keypad);
        return result;
    }
    *ret = keypad;
    return 0;
}

void keypad_destroy(struct keypad *keypad)
{
    const uint64_t one = 1;
    if (keypad == NULL)
        return;
    if (write(keypad->stop, &one, sizeof one) != sizeof one)
        abort(); /* an eventfd takes a 1 at any time */
    pthread_join(keypad->thread, NULL);
    pthread_mutex_destroy(&keypad->lock);
    close(keypad->stop);
    free(keypad);
}

bool keypad_poll(struct keypad *keypad, char *ret)
{
    pthread_mutex_lock(&keypad->lock);
    bool there = keypad->count > 0;
    if (there) {
        *ret = keypad->keys[keypad->first];
        keypad->first = (keypad->first + 1) % KEYPAD_KEYS_MAX;
        keypad->count--;
    }
    pthread_mutex_unlock(&keypad->lock);
    return there;
}
