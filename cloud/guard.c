#include "guard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "limits.h"

enum pace { ADDRESS_GUESSES, CLINIC_GUESSES, CARD_GUESSES, ADDRESS_PERSONS, CLINIC_PERSONS, PACES };

enum { NAMES_MAX = 3, CARD_NAME_SIZE = 128 };

static const struct {
    int64_t step_ms;
    int burst;
} paces[PACES] = {
    [ADDRESS_GUESSES] = {GUARD_ADDRESS_GUESS_MS, GUARD_ADDRESS_GUESSES},
    [CLINIC_GUESSES] = {GUARD_CLINIC_GUESS_MS, GUARD_CLINIC_GUESSES},
    [CARD_GUESSES] = {GUARD_CARD_GUESS_MS, GUARD_CARD_GUESSES},
    [ADDRESS_PERSONS] = {GUARD_ADDRESS_PERSON_MS, GUARD_ADDRESS_PERSONS},
    [CLINIC_PERSONS] = {GUARD_CLINIC_PERSON_MS, GUARD_CLINIC_PERSONS},
};

struct guard {
    struct limits *limits[PACES];
};

int guard_create(struct guard **ret)
{
    struct guard *guard = calloc(1, sizeof(*guard));
    int result = guard ? 0 : -ENOMEM;

    for (int i = 0; i < PACES && result == 0; i++)
        result = limits_create_paced(paces[i].step_ms, paces[i].burst, &guard->limits[i]);
    if (result < 0) {
        guard_destroy(guard);
        return result;
    }
    *ret = guard;
    return 0;
}

void guard_destroy(struct guard *guard)
{
    if (!guard)
        return;
    for (int i = 0; i < PACES; i++)
        limits_destroy(guard->limits[i]);
    free(guard);
}

/* One after the other, from the pace `first` on: all or none. */
static int take(struct guard *guard, enum pace first, const char *const names[], int names_count,
                int count, int64_t now_ms)
{
    int seconds = 0, taken = 0;

    while (guard && taken < names_count && seconds == 0) {
        seconds = limits_take_many(guard->limits[(int)first + taken], names[taken], count, now_ms);
        taken += seconds == 0;
    }
    while (seconds > 0 && taken-- > 0)
        limits_give_back(guard->limits[(int)first + taken], names[taken], count);
    return seconds;
}

static void name_card(const struct guard_guess *guess, char ret[static CARD_NAME_SIZE])
{
    (void)snprintf(ret, CARD_NAME_SIZE, "%s %s", guess->site, guess->card);
}

int guard_try(struct guard *guard, const struct guard_guess *guess, int64_t now_ms)
{
    char card[CARD_NAME_SIZE];
    const char *const names[NAMES_MAX] = {guess->address, guess->site, card};

    name_card(guess, card);
    return take(guard, ADDRESS_GUESSES, names, NAMES_MAX, 1, now_ms);
}

void guard_right(struct guard *guard, const struct guard_guess *guess)
{
    char card[CARD_NAME_SIZE];

    if (!guard)
        return;
    name_card(guess, card);
    limits_give_back(guard->limits[ADDRESS_GUESSES], guess->address, 1);
    limits_give_back(guard->limits[CLINIC_GUESSES], guess->site, 1);
    limits_give_back(guard->limits[CARD_GUESSES], card, 1);
}

int guard_book(struct guard *guard, const char *address, const char *site, int persons,
               int64_t now_ms)
{
    const char *const names[] = {address, site};

    return take(guard, ADDRESS_PERSONS, names, 2, persons, now_ms);
}
