#include "plain_words.h"

#include <stdio.h>
#include <string.h>

#include "pages.h"

const char *const plain_languages[] = {"ja", "ja-easy", "en", "zh-Hans", "ko", "vi", "pt", NULL};

const char *const plain_names[] = {"日本語", "やさしい日本語", "English",   "简体中文",
                                   "한국어", "Tiếng Việt",     "Português", NULL};

/* A text that is put together in the request's arena: first counted, then written. */
struct output {
    char *text; /* NULL: only counting */
    size_t used;
};

static void put(struct output *out, const char *text, size_t size)
{
    if (out->text)
        memcpy(out->text + out->used, text, size);
    out->used += size;
}

static void put_escaped(struct output *out, const char *text, size_t size)
{
    for (const char *c = text; c < text + size; c++) {
        const char *name = *c == '&'   ? "&amp;"
                           : *c == '<' ? "&lt;"
                           : *c == '>' ? "&gt;"
                           : *c == '"' ? "&quot;"
                                       : NULL;

        if (name)
            put(out, name, strlen(name));
        else
            put(out, c, 1);
    }
}

bool plain_words_load(struct http_request *req, const char *language, struct plain_words *ret)
{
    const struct page *page =
        pages_find(http_printf(req, "assets/languages/patient.%s.json", language));
    cJSON *json = page ? cJSON_ParseWithLength((const char *)page->body, page->size) : NULL;

    if (!json)
        return false;
    *ret = (struct plain_words){.req = req, .language = language, .json = json};
    return true;
}

void plain_words_finish(struct plain_words *words)
{
    cJSON_Delete(words->json);
    words->json = NULL;
}

const char *plain_escape(struct http_request *req, const char *text)
{
    struct output out = {NULL, 0};

    put_escaped(&out, text, strlen(text));
    out.text = http_alloc(req, out.used + 1);
    out.used = 0;
    put_escaped(&out, text, strlen(text));
    return out.text;
}

static const char *pattern_of(struct plain_words *words, const char *key,
                              const struct plain_value *values)
{
    const char *text = NULL;

    for (; values && values->name; values++)
        if (strcmp(values->name, "n") == 0 && strcmp(values->html, "1") == 0)
            text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
                words->json, http_printf(words->req, "%s.one", key)));
    if (!text)
        text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(words->json, key));
    return text ? text : key;
}

/* "[番号|ばんごう]" at `at`: true with its length. */
static bool put_reading(struct output *out, const char *at, size_t *ret_size)
{
    const char *bar = *at == '[' ? strchr(at, '|') : NULL;
    const char *end = bar ? strchr(bar, ']') : NULL;

    if (!end || memchr(at, ']', (size_t)(bar - at)))
        return false;
    put(out, "<ruby>", 6);
    put_escaped(out, at + 1, (size_t)(bar - at - 1));
    put(out, "<rp>(</rp><rt>", 14);
    put_escaped(out, bar + 1, (size_t)(end - bar - 1));
    put(out, "</rt><rp>)</rp></ruby>", 22);
    *ret_size = (size_t)(end - at) + 1;
    return true;
}

static bool put_value(struct output *out, const char *at, const struct plain_value *values,
                      size_t *ret_size)
{
    for (; *at == '{' && values && values->name; values++) {
        size_t size = strlen(values->name);

        if (strncmp(at + 1, values->name, size) != 0 || at[size + 1] != '}')
            continue;
        put(out, values->html, strlen(values->html));
        *ret_size = size + 2;
        return true;
    }
    return false;
}

static void write_pattern(struct output *out, const char *pattern, const struct plain_value *values)
{
    while (*pattern) {
        size_t size = 1;

        if (!put_reading(out, pattern, &size) && !put_value(out, pattern, values, &size))
            put_escaped(out, pattern, 1);
        pattern += size;
    }
}

const char *plain_say(struct plain_words *words, const char *key, const struct plain_value *values)
{
    const char *pattern = pattern_of(words, key, values);
    struct output out = {NULL, 0};

    write_pattern(&out, pattern, values);
    out.text = http_alloc(words->req, out.used + 1);
    out.used = 0;
    write_pattern(&out, pattern, values);
    return out.text;
}

const char *plain_item(struct plain_words *words, const char *key, int index)
{
    const char *at = pattern_of(words, key, NULL);

    for (; index > 0 && *at; index--) {
        at += strcspn(at, ",");
        at += *at == ',';
    }
    return plain_escape(words->req, http_printf(words->req, "%.*s", (int)strcspn(at, ","), at));
}
