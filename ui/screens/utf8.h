/* Letters of UTF-8 text: enough to choose fonts and break lines.
 */
#ifndef MACHIAI_SCREENS_UTF8_H
#define MACHIAI_SCREENS_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Takes the letter at *text (before end) and moves on; a broken byte is taken as U+FFFD. */
uint32_t utf8_next(const char **text, const char *end);
int utf8_count(const char *text, const char *end);

/* Kanji, kana, hangul: letters that are read by their full square. */
bool utf8_is_wide(uint32_t letter);
bool utf8_is_hiragana(uint32_t letter);

/* ｜base《ruby》 */
struct utf8_ruby {
    const char *base, *base_end, *ruby, *ruby_end, *end;
};

/* The place of the next such mark, or end when there is none. */
const char *utf8_find_ruby(const char *text, const char *end, struct utf8_ruby *ret);

/* The text with the bases alone. Cuts at size on a whole character. */
void utf8_strip_ruby(const char *text, char *ret, size_t size);

#endif
