#include "slip_layout.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 160, WORDS_MAX = 16 };

static const char *const names[] = {
#define X(name, word) word,
    SLIP_ELEMENTS(X)
#undef X
};

/* What follows an element's name: d = dots, f = face, n = lines, w = key or pattern, p = place. */
static const char *const arguments[] = {
    [SLIP_SPACE] = "d",    [SLIP_RULE] = "d",   [SLIP_RULER] = "d",    [SLIP_TEXT] = "fdnw",
    [SLIP_BAND] = "dd",    [SLIP_LABELS] = "d", [SLIP_NUMBER] = "ddd", [SLIP_COUNT] = "ddw",
    [SLIP_CODE] = "dpddw", [SLIP_FOOT] = "d",
};

struct reading {
    char line[LINE_SIZE];
    char *words[WORDS_MAX];
    int count, at; /* words */
    int number;    /* of the line */
    char *error;
    size_t error_size;
};

static int refuse(struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int refuse(struct reading *reading, const char *format, ...)
{
    va_list list;
    int used = snprintf(reading->error, reading->error_size, "line %d: ", reading->number);

    va_start(list, format);
    if (used > 0 && (size_t)used < reading->error_size)
        (void)vsnprintf(reading->error + used, reading->error_size - (size_t)used, format, list);
    va_end(list);
    return -EINVAL;
}

/* Takes a line out of the text and parts it into words; false at the text's end. */
static bool next_line(struct reading *reading, const char **text)
{
    size_t length = strcspn(*text, "\n");
    char *save = NULL;

    if (**text == '\0')
        return false;
    snprintf(reading->line, sizeof reading->line, "%.*s", (int)length, *text);
    reading->line[strcspn(reading->line, "#")] = '\0';
    *text += length + ((*text)[length] == '\n');
    reading->number++;
    reading->count = reading->at = 0;
    for (char *word = strtok_r(reading->line, " \t", &save); word && reading->count < WORDS_MAX;
         word = strtok_r(NULL, " \t", &save))
        reading->words[reading->count++] = word;
    return true;
}

static const char *take(struct reading *reading)
{
    return reading->at < reading->count ? reading->words[reading->at++] : "";
}

static int take_number(struct reading *reading, int least, int most, int *ret)
{
    const char *word = take(reading);
    char *end;
    long value = strtol(word, &end, 10);

    if (end == word || *end || value < least || value > most)
        return refuse(reading, "\"%s\" is no number from %d to %d", word, least, most);
    *ret = (int)value;
    return 0;
}

static int take_face(struct reading *reading, struct slip_element *ret)
{
    const char *word = take(reading);

    ret->bold = strncmp(word, "bold", 4) == 0;
    ret->figures = strstr(word, "-figures") != NULL;
    if (strcmp(word, "bold") != 0 && strcmp(word, "regular") != 0 &&
        strcmp(word, "bold-figures") != 0 && strcmp(word, "regular-figures") != 0)
        return refuse(reading, "\"%s\" is no face", word);
    return 0;
}

static int take_place(struct reading *reading, struct slip_element *ret)
{
    static const char *const places[] = {
        [SLIP_ASIDE] = "aside", [SLIP_UNDER] = "under", [SLIP_OVER] = "over"};
    const char *word = take(reading);

    for (int i = SLIP_ASIDE; i <= SLIP_OVER; i++) {
        if (strcmp(word, places[i]) == 0) {
            ret->place = (enum slip_place)i;
            return 0;
        }
    }
    return refuse(reading, "\"%s\" is neither aside, under nor over", word);
}

static int take_what(struct reading *reading, struct slip_element *ret)
{
    const char *word = take(reading);
    int length = snprintf(ret->what, sizeof ret->what, "%s", word);

    if (length < 1 || (size_t)length >= sizeof ret->what)
        return refuse(reading, "\"%s\" is no key of 1 to %d characters", word, SLIP_WHAT_SIZE - 1);
    return 0;
}

static int take_arguments(struct reading *reading, struct slip_element *ret)
{
    int dots = 0, r = 0;

    for (const char *next = arguments[ret->kind]; *next && r == 0; next++) {
        if (*next == 'd')
            r = take_number(reading, 1, SLIP_DOTS_MAX, &ret->dots[dots++]);
        else if (*next == 'f')
            r = take_face(reading, ret);
        else if (*next == 'n')
            r = take_number(reading, 1, 8, &ret->lines);
        else if (*next == 'p')
            r = take_place(reading, ret);
        else
            r = take_what(reading, ret);
    }
    return r;
}

static int take_condition(struct reading *reading, struct slip_element *ret)
{
    static const char *const conditions[] = {
#define X(name, word) word,
        SLIP_CONDITIONS(X)
#undef X
    };
    const char *word = take(reading);

    for (unsigned i = 0; i < SLIP_CONDITION_COUNT; i++) {
        if (strcmp(word, conditions[i]) == 0) {
            ret->when |= 1u << i;
            return 0;
        }
    }
    return refuse(reading, "\"%s\" is no condition", word);
}

/* Optional: "japanese" behind a text, "when A and B" behind all. */
static int take_rest(struct reading *reading, struct slip_element *ret)
{
    const char *word = take(reading);
    int r = 0;

    if (ret->kind == SLIP_TEXT && strcmp(word, "japanese") == 0) {
        ret->japanese = true;
        word = take(reading);
    }
    if (strcmp(word, "when") == 0) {
        do {
            r = take_condition(reading, ret);
            word = take(reading);
        } while (r == 0 && strcmp(word, "and") == 0);
    }
    if (r == 0 && *word)
        return refuse(reading, "\"%s\" is too much", word);
    return r;
}

static int take_element(struct reading *reading, struct slip_layout *layout)
{
    struct slip_element element = {0};
    const char *word = take(reading);
    int kind = 0, r;

    while (kind < SLIP_ELEMENT_COUNT && strcmp(word, names[kind]) != 0)
        kind++;
    if (kind == SLIP_ELEMENT_COUNT)
        return refuse(reading, "\"%s\" is no element", word);
    if (layout->count == SLIP_ELEMENTS_MAX)
        return refuse(reading, "more than %d elements", SLIP_ELEMENTS_MAX);
    element.kind = (enum slip_element_kind)kind;
    r = take_arguments(reading, &element);
    if (r == 0)
        r = take_rest(reading, &element);
    if (r == 0)
        layout->elements[layout->count++] = element;
    return r;
}

int slip_layout_parse(const char *text, struct slip_layout *ret, char *error, size_t error_size)
{
    struct reading reading = {.error = error, .error_size = error_size};
    struct slip_layout layout = {0};
    int r = 0;

    while (r == 0 && next_line(&reading, &text)) {
        if (reading.count == 0)
            continue;
        if (layout.dots > 0)
            r = take_element(&reading, &layout);
        else if (strcmp(take(&reading), "dots") == 0)
            r = take_number(&reading, 100, SLIP_DOTS_MAX, &layout.dots);
        else
            r = refuse(&reading, "the first line is \"dots WIDTH\"");
    }
    if (r == 0 && layout.count == 0)
        r = refuse(&reading, "nothing to print");
    if (r == 0)
        *ret = layout;
    return r;
}

/* Written by the build: { name, text } of every file. */
static const struct {
    const char *name, *text;
} built_in[] = {
#include "slip_layouts.inc"
};

const char *slip_layout_text(const char *name)
{
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
        if (strcmp(name, built_in[i].name) == 0)
            return built_in[i].text;
    return NULL;
}
