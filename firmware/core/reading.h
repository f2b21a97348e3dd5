/* How numbers and rooms are read aloud, in kana. Kana, because a speech engine misreads the signs:
 * 4番の方 becomes "ban no ho", 1診 "ichishin", あと7人 "shichinin".
 */
#ifndef MACHIAI_CORE_READING_H
#define MACHIAI_CORE_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "number.h"

enum { READING_LETTER_SIZE = 24, READING_VALUE_SIZE = 80, READING_SIZE = 160 };

/* "じゅうよん" of 14: 4 よん, 7 なな, 9 きゅう; さんびゃく, ろっぴゃく, はっぴゃく. 1..999. */
void reading_value(int value, char ret[static READING_VALUE_SIZE]);

/* "じゅうよんばん" of 14, "エーのさんばん" of A3. Empty for no number. */
void reading_number(struct number number, char ret[static READING_SIZE]);

/* "エー" of A; empty for a letter that no series has. */
void reading_letter(char letter, char ret[static READING_LETTER_SIZE]);

/* よみ of the usual names of rooms: 第1診察室, 診察室2, 1診 (いっしん), 10診 (じっしん), 処置室,
 * ... false for a name that is none of these: then the clinic has to give its own. */
bool reading_room(const char *name, char ret[static READING_SIZE]);

#endif
