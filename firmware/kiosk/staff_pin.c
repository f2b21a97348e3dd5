#include "staff_pin.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 600, MEMORY = 16 * 1024 * 1024, PASSES = 3, SECOND_MS = 1000 };

struct staff_pin {
    struct staff_pin_options options;
    char hash[STAFF_PIN_HASH_SIZE], path[PATH_SIZE];
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t asked;
    bool ending, busy, answered, right;
    char text[STAFF_PIN_SIZE];
    int wrong;
    int64_t locked_until; /* monotonic ms; the main thread's */
};

int staff_pin_wait_s(int wrong)
{
    int wait = STAFF_PIN_WAIT_S;
    if (wrong < STAFF_PIN_FREE)
        return 0;
    for (int i = STAFF_PIN_FREE; i < wrong && wait < STAFF_PIN_LONGEST_S; i++)
        wait *= 2;
    return wait < STAFF_PIN_LONGEST_S ? wait : STAFF_PIN_LONGEST_S;
}

bool staff_pin_valid(const char *text)
{
    size_t length = strspn(text, "0123456789");
    return text[length] == '\0' && length >= STAFF_PIN_LEAST && length < STAFF_PIN_SIZE;
}

/* -- the count --------------------------------------------------------------------------------- */

static int read_count(const char *path)
{
    char text[16] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    long count = got > 0 ? strtol(text, NULL, 10) : 0;
    return count < 0 ? 0 : count > 1000 ? 1000 : (int)count;
}

/* A count that cannot be stored slows all the same until the next start. */
static void write_count(const char *path, int count)
{
    char text[16];
    int size = snprintf(text, sizeof text, "%d\n", count);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool stored = fd >= 0 && write(fd, text, (size_t)size) == size && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (!stored)
        fprintf(stderr, "machiai-kiosk: the count of wrong PINs was not stored: %s\n",
                strerror(errno));
}

/* -- the thread -------------------------------------------------------------------------------- */

static bool check(struct staff_pin *pin, const char *text, int wrong)
{
    write_count(pin->path, wrong + 1);
    bool right = staff_pin_valid(text) && pin->hash[0] != '\0' &&
                 crypto_pwhash_str_verify(pin->hash, text, strlen(text)) == 0;
    if (right)
        write_count(pin->path, 0);
    return right;
}

static void *run(void *argument)
{
    struct staff_pin *pin = argument;
    char text[STAFF_PIN_SIZE];
    pthread_mutex_lock(&pin->lock);
    while (!pin->ending) {
        if (!pin->busy || pin->answered) {
            pthread_cond_wait(&pin->asked, &pin->lock);
            continue;
        }
        int wrong = pin->wrong;
        memcpy(text, pin->text, sizeof text);
        pthread_mutex_unlock(&pin->lock);
        bool right = check(pin, text, wrong);
        sodium_memzero(text, sizeof text);
        pthread_mutex_lock(&pin->lock);
        pin->right = right;
        pin->wrong = right ? 0 : wrong + 1;
        pin->answered = true;
        pthread_mutex_unlock(&pin->lock);
        pin->options.wake(pin->options.context);
        pthread_mutex_lock(&pin->lock);
    }
    pthread_mutex_unlock(&pin->lock);
    return NULL;
}

int staff_pin_create(const struct staff_pin_options *options, struct staff_pin **ret)
{
    if (sodium_init() < 0)
        return -ENOSYS;
    struct staff_pin *pin = calloc(1, sizeof *pin);
    if (pin == NULL)
        return -ENOMEM;
    pin->options = *options;
    snprintf(pin->hash, sizeof pin->hash, "%s", options->hash);
    snprintf(pin->path, sizeof pin->path, "%s/wrong_pins", options->dir);
    pin->wrong = read_count(pin->path);
    pin->locked_until = options->now + (int64_t)staff_pin_wait_s(pin->wrong) * SECOND_MS;
    pthread_mutex_init(&pin->lock, NULL);
    pthread_cond_init(&pin->asked, NULL);
    int result = -pthread_create(&pin->thread, NULL, run, pin);
    if (result < 0) {
        pthread_cond_destroy(&pin->asked);
        pthread_mutex_destroy(&pin->lock);
        free(pin);
        return result;
    }
    *ret = pin;
    return 0;
}

void staff_pin_destroy(struct staff_pin *pin)
{
    if (pin == NULL)
        return;
    pthread_mutex_lock(&pin->lock);
    pin->ending = true;
    pthread_cond_signal(&pin->asked);
    pthread_mutex_unlock(&pin->lock);
    pthread_join(pin->thread, NULL);
    pthread_cond_destroy(&pin->asked);
    pthread_mutex_destroy(&pin->lock);
    sodium_memzero(pin, sizeof *pin);
    free(pin);
}

int staff_pin_locked_s(const struct staff_pin *pin, int64_t now)
{
    int64_t left = pin->locked_until - now;
    return left > 0 ? (int)((left + SECOND_MS - 1) / SECOND_MS) : 0;
}

void staff_pin_check(struct staff_pin *pin, const char *text)
{
    pthread_mutex_lock(&pin->lock);
    if (!pin->busy) {
        snprintf(pin->text, sizeof pin->text, "%s", text);
        pin->busy = true;
        pthread_cond_signal(&pin->asked);
    }
    pthread_mutex_unlock(&pin->lock);
}

bool staff_pin_poll(struct staff_pin *pin, int64_t now, bool *ret_right)
{
    pthread_mutex_lock(&pin->lock);
    bool there = pin->answered;
    if (there) {
        *ret_right = pin->right;
        pin->answered = pin->busy = false;
        sodium_memzero(pin->text, sizeof pin->text);
        pin->locked_until = now + (int64_t)staff_pin_wait_s(pin->wrong) * SECOND_MS;
    }
    pthread_mutex_unlock(&pin->lock);
    return there;
}

/* -- kiosk.conf -------------------------------------------------------------------------------- */

int staff_pin_hash(const char *text, char ret[static STAFF_PIN_HASH_SIZE])
{
    static_assert(STAFF_PIN_HASH_SIZE >= crypto_pwhash_STRBYTES, "the hash fits");
    if (!staff_pin_valid(text))
        return -EINVAL;
    if (sodium_init() < 0 || crypto_pwhash_str_alg(ret, text, strlen(text), PASSES, MEMORY,
                                                   crypto_pwhash_ALG_ARGON2ID13) != 0)
        return -ENOMEM;
    return 0;
}

int staff_pin_main(void)
{
    char text[64] = "", hash[STAFF_PIN_HASH_SIZE];
    if (isatty(STDIN_FILENO))
        (void)fputs("PIN of 4 to 8 digits: ", stderr);
    if (fgets(text, sizeof text, stdin) == NULL)
        text[0] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    int result = staff_pin_hash(text, hash);
    sodium_memzero(text, sizeof text);
    if (result < 0) {
        fprintf(stderr, "machiai-kiosk: no PIN of 4 to 8 digits came; write one line of digits\n");
        return 1;
    }
    printf("[staff]\npin = %s\n", hash);
    return 0;
}
