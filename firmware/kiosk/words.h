/* The words that the kiosk itself puts into views: dates, sessions, states of the technician's
 * screen. Japanese stands in where a language lacks a word.
 */
#ifndef MACHIAI_KIOSK_WORDS_H
#define MACHIAI_KIOSK_WORDS_H

#include <stddef.h>

#include "session.h"

enum { WORDS_LANGUAGES_MAX = 8, WORDS_LANGUAGE_SIZE = 8 };

struct words;

/* Opens every language of the directory that is there; -ENOENT when Japanese is not. */
int words_create(const char *dir, struct words **ret) __attribute__((warn_unused_result));
void words_destroy(struct words *words);

/* Valid until words_destroy(). */
const char *words_get(const struct words *words, const char *language, const char *key);
/* True for a language that has its own catalogue. */
bool words_has(const struct words *words, const char *language);

/* "11月24日（火）" */
void words_day(const struct words *words, const char *language, const struct civil *civil,
               char *text, size_t size);
/* "2026年11月24日（火）午前" */
void words_session_date(const struct words *words, const char *language, const struct civil *civil,
                        enum session_kind kind, char *text, size_t size);
/* Word of one session, e.g. words_session(w, "ja", "slip.validity", SESSION_AM): 午前のみ有効 */
const char *words_session(const struct words *words, const char *language, const char *prefix,
                          enum session_kind kind);

#endif
