/* The catalogues of the patients' pages (ui/web/languages/patient.*.json) for HTML that the cloud
 * itself writes. Everything comes back escaped, lives as long as the request, and is never NULL.
 */
#ifndef MACHIAI_CLOUD_PLAIN_WORDS_H
#define MACHIAI_CLOUD_PLAIN_WORDS_H

#include <cjson/cJSON.h>

#include "http_server.h"

/* Ends with NULL; the first is the language of the house. */
extern const char *const plain_languages[];
/* How each is called by those who speak it. */
extern const char *const plain_names[];

struct plain_words {
    struct http_request *req;
    const char *language;
    cJSON *json;
};

/* Values in a text are HTML already; the list ends with a NULL name. */
struct plain_value {
    const char *name, *html;
};

/* language: an element of plain_languages, which is kept. False: there is no such catalogue. */
bool plain_words_load(struct http_request *req, const char *language, struct plain_words *ret)
    __attribute__((warn_unused_result));
void plain_words_finish(struct plain_words *words);

/* A text with its values; readings become <ruby>. values may be NULL. A value "n" of 1 chooses the
 * form "key.one" where the language has one. */
const char *plain_say(struct plain_words *words, const char *key, const struct plain_value *values);
/* One of a list such as "months". */
const char *plain_item(struct plain_words *words, const char *key, int index);
const char *plain_escape(struct http_request *req, const char *text);

#endif
