/* Numbers that people read: 14, 108, A3.
 *
 * A number is a series letter (0 for the main series) and a value from 1. It is text only at the
 * edges: screens, slips and JSON. Never a leading zero, a space or a hyphen.
 */
#ifndef MACHIAI_CORE_NUMBER_H
#define MACHIAI_CORE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum {
    NUMBER_MAX = 999,    /* largest value of any series */
    NUMBER_TEXT_SIZE = 8 /* letter, three digits, terminator, rounded up */
};

struct number {
    char letter; /* 0 = main series, else 'A'..'Z' */
    int value;   /* 1..NUMBER_MAX; 0 = no number */
};

/* Letters of offline series, in the order in which they are given to devices: they look like no
 * digit, and the first ones sound unlike each other in Japanese. */
extern const char number_letters[];

bool number_valid(struct number number);
bool number_equal(struct number a, struct number b);

/* Writes "14" or "A3". An invalid number gives an empty string. */
void number_format(struct number number, char text[static NUMBER_TEXT_SIZE]);

/* Reads "14" or "A3"; refuses anything else, leading zeros included, with -EINVAL. */
int number_parse(const char *text, struct number *ret) __attribute__((warn_unused_result));

#endif
