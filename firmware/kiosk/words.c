#include "words.h"

#include "catalogue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const languages[] = {"ja", "ja-easy", "en", "zh-Hans", "ko", "vi", "pt"};
enum { LANGUAGE_COUNT = sizeof languages / sizeof languages[0], KEY_SIZE_MAX = 64 };

struct words {
    struct catalogue *list[LANGUAGE_COUNT]; /* NULL = no catalogue of its own */
};

int words_create(const char *dir, struct words **ret)
{
    struct words *words = calloc(1, sizeof *words);
    if (words == NULL)
        return -ENOMEM;
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        int result = catalogue_open(dir, languages[i], &words->list[i]);
        if (result < 0 && (i == 0 || result != -ENOENT)) {
            words_destroy(words);
            return result;
        }
    }
    *ret = words;
    return 0;
}

void words_destroy(struct words *words)
{
    if (words == NULL)
        return;
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        catalogue_close(words->list[i]);
    free(words);
}

static const struct catalogue *of_language(const struct words *words, const char *language)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (strcmp(languages[i], language) == 0)
            return words->list[i];
    return NULL;
}

bool words_has(const struct words *words, const char *language)
{
    return of_language(words, language) != NULL;
}

const char *words_get(const struct words *words, const char *language, const char *key)
{
    const struct catalogue *own = of_language(words, language);
    const char *text = own == NULL ? key : catalogue_get(own, key);
    /* The catalogue answers with the key itself when it lacks the word. */
    return strcmp(text, key) != 0 ? text : catalogue_get(words->list[0], key);
}

const char *words_session(const struct words *words, const char *language, const char *prefix,
                          enum session_kind kind)
{
    char key[KEY_SIZE_MAX];
    snprintf(key, sizeof key, "%s.%s", prefix, session_kind_name(kind));
    const char *text = words_get(words, language, key);
    return text == key ? "" : text; /* no language has it, and the key ends here */
}

static void fill_date(const struct words *words, const char *language, const char *pattern,
                      const struct civil *civil, const char *session, char *text, size_t size)
{
    char year[12], month[12], day[12], key[KEY_SIZE_MAX];
    snprintf(year, sizeof year, "%d", civil->year);
    snprintf(month, sizeof month, "%d", civil->month);
    snprintf(day, sizeof day, "%d", civil->day);
    snprintf(key, sizeof key, "date.weekday.%d", civil->weekday);
    catalogue_fill(text, size, words_get(words, language, pattern), "year", year, "month", month,
                   "day", day, "weekday", words_get(words, language, key), "session", session,
                   NULL);
}

void words_day(const struct words *words, const char *language, const struct civil *civil,
               char *text, size_t size)
{
    fill_date(words, language, "date.day", civil, "", text, size);
}

void words_session_date(const struct words *words, const char *language, const struct civil *civil,
                        enum session_kind kind, char *text, size_t size)
{
    fill_date(words, language, "date.full", civil,
              words_session(words, language, "date.session", kind), text, size);
}
