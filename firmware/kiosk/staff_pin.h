/* The staff's PIN: checked against its Argon2id hash on a thread of its own, because a check takes
 * a while by design. Wrong PINs are slowed: after the third, each doubles the wait. Their count is
 * on the disk before a PIN is looked at, so that pulling the plug gives no free tries; after a
 * restart the whole wait begins anew.
 */
#ifndef MACHIAI_KIOSK_STAFF_PIN_H
#define MACHIAI_KIOSK_STAFF_PIN_H

#include <stdbool.h>
#include <stdint.h>

enum {
    STAFF_PIN_SIZE = 9, /* 4 to 8 digits */
    STAFF_PIN_LEAST = 4,
    STAFF_PIN_HASH_SIZE = 128,
    STAFF_PIN_FREE = 3, /* wrong ones before anybody waits */
    STAFF_PIN_WAIT_S = 5,
    STAFF_PIN_LONGEST_S = 3600
};

struct staff_pin_options {
    const char *hash; /* of crypto_pwhash_str(); "" = none is set, nothing is right */
    const char *dir;  /* the count of wrong ones is kept here */
    void (*wake)(void *context);
    void *context;
    int64_t now; /* monotonic ms */
};

struct staff_pin;

int staff_pin_create(const struct staff_pin_options *options, struct staff_pin **ret)
    __attribute__((warn_unused_result));
void staff_pin_destroy(struct staff_pin *pin);
/* Seconds for which no PIN is taken; 0 = now. */
int staff_pin_locked_s(const struct staff_pin *pin, int64_t now);
/* Has a PIN looked at; one at a time, others are ignored. */
void staff_pin_check(struct staff_pin *pin, const char *text);
/* Takes the answer, once. */
bool staff_pin_poll(struct staff_pin *pin, int64_t now, bool *ret_right);

/* Seconds to wait after so many wrong ones. */
int staff_pin_wait_s(int wrong);
/* 4 to 8 digits? */
bool staff_pin_valid(const char *text);
/* The line for kiosk.conf. -EINVAL: no PIN; -ENOMEM. */
int staff_pin_hash(const char *text, char ret[static STAFF_PIN_HASH_SIZE])
    __attribute__((warn_unused_result));
/* `machiai-kiosk pin`: reads a PIN from standard input and prints the line. */
int staff_pin_main(void);

#endif
