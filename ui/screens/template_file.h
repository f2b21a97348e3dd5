/* A template as it was read: what template_press lays out. assets/templates/README.md is the
 * format's description; the names are the same.
 */
#ifndef MACHIAI_SCREENS_TEMPLATE_FILE_H
#define MACHIAI_SCREENS_TEMPLATE_FILE_H

#include "photo.h"
#include "template.h"
#include "text.h"

#include <cjson/cJSON.h>

enum {
    TEMPLATE_ELEMENTS_MAX = 32, /* of one layout */
    TEMPLATE_ITEMS_MAX = 48,    /* of all stacks of one layout */
    TEMPLATE_FACTS_MAX = 6,
    TEMPLATE_FACT_SIZE = 48
};

#define TEMPLATE_ITEM_KINDS(X)                                                                     \
    X(TEXT, "text")         /* a field */                                                          \
    X(WORDS, "words")       /* words of the template */                                            \
    X(CLINIC, "clinic")     /* the clinic's name */                                                \
    X(RULE, "rule")         /* a line */                                                           \
    X(FACTS, "facts")       /* labels, each with a field beside it */                              \
    X(TABLE, "table")       /* a field of type rows */                                             \
    X(WEEK, "week")         /* a field of type week */                                             \
    X(CALENDAR, "calendar") /* weeks about a field of type date, its days marked */

enum template_item_kind {
#define X(name, word) TEMPLATE_ITEM_##name,
    TEMPLATE_ITEM_KINDS(X)
#undef X
        TEMPLATE_ITEM_KIND_COUNT
};

struct template_fact {
    char words[TEMPLATE_FACT_SIZE];
    char field[TEMPLATE_NAME_SIZE];
};

/* A part of a stack. Lengths in design pixels. */
struct template_item {
    enum template_item_kind kind;
    char field[TEMPLATE_NAME_SIZE];
    char words[TEMPLATE_WORDS_SIZE]; /* may have {} for the field's text */
    double px, gap, leading; /* of letters; air above, when something is above; line pitch */
    double width;            /* of a rule; 0 = the stack's */
    int lines;
    enum text_face face;
    enum theme_colour colour, plate; /* plate: a square behind it; THEME_COLOURS = none */
    bool figures;                    /* digits are larger than what stands between them */
    struct template_fact facts[TEMPLATE_FACTS_MAX];
    int fact_count;
};

enum template_element_kind { TEMPLATE_FILL, TEMPLATE_ART, TEMPLATE_PHOTO, TEMPLATE_STACK };
enum template_shape { TEMPLATE_SQUARE, TEMPLATE_CIRCLE, TEMPLATE_ARCH };

struct template_element {
    enum template_element_kind kind;
    double x, y, w, h;             /* design pixels */
    char name[TEMPLATE_NAME_SIZE]; /* picture or photo */
    /* Drawn only if the page has all of these, and not this one. */
    char with[2 * TEMPLATE_NAME_SIZE], without[TEMPLATE_NAME_SIZE];
    enum theme_colour colour;
    enum template_shape shape;
    struct photo_focus focus; /* of a photo; of a picture, where in its box it stands */
    bool cover;               /* a picture fills its box and is cut */
    enum text_align align;
    double stand; /* where a stack stands in its box: 0 top, 1 foot */
    int item_from, item_count;
};

struct template_layout {
    double width, height; /* the sheet it is designed for */
    enum theme_colour ground;
    struct template_element elements[TEMPLATE_ELEMENTS_MAX];
    int element_count;
    struct template_item items[TEMPLATE_ITEMS_MAX];
    int item_count;
};

struct template
{
    char key[TEMPLATE_NAME_SIZE];
    int order;
    struct template_field fields[TEMPLATE_FIELDS_MAX];
    int field_count;
    char photos[TEMPLATE_PHOTOS_MAX][TEMPLATE_NAME_SIZE];
    bool photo_required[TEMPLATE_PHOTOS_MAX];
    int photo_count;
    struct template_layout wide, tall;
};

/* Takes one file's text. -EINVAL: error names the place. ret is filled as far as it went then. */
int template_read(const char *text, struct template *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* The part of template_read() that reads a layout ("wide", "tall"). */
int template_read_layout(const cJSON *json, const struct template *template,
                         struct template_layout *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));

const struct template_field *template_field_named(const struct template *template,
                                                  const char *name);
bool template_has_photo(const struct template *template, const char *name);

/* Reading values, shared by both parts; each says in error what is wrong and returns false. */
struct template_reading {
    char *error;
    size_t error_size;
    char place[96];
};

bool template_wrong(struct template_reading *in, const char *what);
/* Refuses keys that are not in the list (words parted by spaces). */
bool template_knows(struct template_reading *in, const cJSON *object, const char *keys);
/* A text that is absent is left as it is. */
bool template_take_text(struct template_reading *in, const cJSON *object, const char *key,
                        char *ret, size_t size);
bool template_take_number(struct template_reading *in, const cJSON *object, const char *key,
                          double least, double most, double *ret);
bool template_take_bool(struct template_reading *in, const cJSON *object, const char *key,
                        bool *ret);

#endif
