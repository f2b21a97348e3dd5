/* What keeps remote reception from being guessed at or emptied: card numbers with birth dates, and
 * bookings, are paced for each address and for each clinic. A patient who types right is not
 * counted. Nothing is stored.
 *
 * The pace of a card number, of real and invented ones alike, bounds what many addresses together
 * can try: a hundred years have 36,500 birth dates, so one card's takes two years at full speed.
 */
#ifndef MACHIAI_CLOUD_GUARD_H
#define MACHIAI_CLOUD_GUARD_H

#include <stdint.h>

enum {
    GUARD_ADDRESS_GUESSES = 10, /* wrong ones at once */
    GUARD_ADDRESS_GUESS_MS = 60 * 1000,
    GUARD_CLINIC_GUESSES = 60,
    GUARD_CLINIC_GUESS_MS = 60 * 1000,
    GUARD_CARD_GUESSES = 5,
    GUARD_CARD_GUESS_MS = 30 * 60 * 1000,
    /* Many phones of one company share an address: only a flood is held up. */
    GUARD_ADDRESS_PERSONS = 40,
    GUARD_ADDRESS_PERSON_MS = 30 * 1000,
    GUARD_CLINIC_PERSONS = 120,
    GUARD_CLINIC_PERSON_MS = 5 * 1000
};

struct guard;

int guard_create(struct guard **ret) __attribute__((warn_unused_result));
/* Accepts NULL. */
void guard_destroy(struct guard *guard);

/* Somebody who shows a card at a clinic: as patients_read_card() gives it. */
struct guard_guess {
    const char *address, *site, *card;
};

/* now_ms: monotonic. A guess under way: 0, or the seconds after which one may try again. Right ones
 * are given back by guard_right(). guard NULL: nobody is held up. */
int guard_try(struct guard *guard, const struct guard_guess *guess, int64_t now_ms);
void guard_right(struct guard *guard, const struct guard_guess *guess);
/* A booking of so many persons: 0 or seconds. */
int guard_book(struct guard *guard, const char *address, const char *site, int persons,
               int64_t now_ms);

#endif
