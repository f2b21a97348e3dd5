#include "number.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Never B D G I O Q S Z: they look like 8 0 6 1 0 0 5 2. */
const char number_letters[] = "ARXYHMKCEFJLNPTUVW";

bool number_valid(struct number number)
{
    if (number.value < 1 || number.value > NUMBER_MAX)
        return false;
    return number.letter == 0 || strchr(number_letters, number.letter) != NULL;
}

bool number_equal(struct number a, struct number b)
{
    return a.letter == b.letter && a.value == b.value;
}

void number_format(struct number number, char text[static NUMBER_TEXT_SIZE])
{
    text[0] = '\0';
    if (!number_valid(number))
        return;
    if (number.letter)
        (void)snprintf(text, NUMBER_TEXT_SIZE, "%c%d", number.letter, number.value);
    else
        (void)snprintf(text, NUMBER_TEXT_SIZE, "%d", number.value);
}

int number_parse(const char *text, struct number *ret)
{
    struct number number = {0};
    if (*text >= 'A' && *text <= 'Z')
        number.letter = *text++;
    if (*text < '1' || *text > '9')
        return -EINVAL;
    for (; *text >= '0' && *text <= '9' && number.value <= NUMBER_MAX; text++)
        number.value = number.value * 10 + (*text - '0');
    if (*text != '\0' || !number_valid(number))
        return -EINVAL;
    *ret = number;
    return 0;
}
