/* Templates of still pages: notices and introductions (terms 18). A template is a file
 * KEY.json of assets/templates, whose README explains the format: fields with their limits, photos,
 * and two layouts. A page is the choice of a template with its texts and photographs.
 */
#ifndef MACHIAI_SCREENS_TEMPLATE_H
#define MACHIAI_SCREENS_TEMPLATE_H

#include "theme.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    TEMPLATES_MAX = 32,
    TEMPLATE_NAME_SIZE = 24,      /* keys, fields, photos, pictures */
    TEMPLATE_FIELDS_MAX = 12,     /* of one template */
    TEMPLATE_PHOTOS_MAX = 3,      /* of one template */
    TEMPLATE_TEXT_SIZE = 768,     /* one field, bytes */
    TEMPLATE_FILE_MAX = 64 << 10, /* one template file, bytes */
    TEMPLATE_LETTERS_MAX = 240,   /* what a template may allow a field */
    TEMPLATE_ROWS_MAX = 7,
    TEMPLATE_CELLS_MAX = 4,
    TEMPLATE_WORDS_SIZE = 96,
    TEMPLATE_PAGE_MAX = 2048, /* a page's JSON text, bytes (CONTENT_PAGE_SIZE) */
    TEMPLATE_SHA256_SIZE = 65,
    TEMPLATE_FAULT_SIZE = 160
};

/* What a field holds; a form has an input of its own for each. */
#define TEMPLATE_TYPES(X)                                                                          \
    X(LINE, "line") /* no line ends */                                                             \
    X(TEXT, "text") /* line ends are kept */                                                       \
    X(DATE, "date") /* 2026-11-27, 2026-12-29/2027-01-04, or words */                              \
    X(ROWS, "rows") /* a table: a row a line, cells parted by | */                                 \
    X(WEEK, "week") /* opening hours: "9:00〜12:00|月火水金" a line */

enum template_type {
#define X(name, word) TEMPLATE_##name,
    TEMPLATE_TYPES(X)
#undef X
        TEMPLATE_TYPE_COUNT
};

struct template_field {
    char name[TEMPLATE_NAME_SIZE];
    enum template_type type;
    int letters; /* at most so many, half-width ones counting half, furigana none; of rows: in a
                  * row; of a week: before the | */
    int lines;   /* at most so many line ends + 1, or rows */
    bool required;
};

struct template;  /* one file, read */
struct templates; /* a folder of them */

/* Reads every KEY.json of the folder. -ENOENT: no folder or no template in it; -EINVAL: error names
 * file, place and what is wrong; -ENOMEM. The caller ends it with templates_destroy(). */
int templates_create(const char *dir, struct templates **ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
void templates_destroy(struct templates *templates);

/* NULL when there is none of that key. Valid until templates_destroy(). */
const struct template *templates_find(const struct templates *templates, const char *key);
/* In the order in which forms offer them; NULL behind the last. */
const struct template *templates_at(const struct templates *templates, int index);
const char *templates_dir(const struct templates *templates);

const char *template_key(const struct template *template);
/* NULL behind the last, here and below. */
const struct template_field *template_field_at(const struct template *template, int index);
const char *template_photo_at(const struct template *template, int index);

/* A page as the cloud sends it: {"template":KEY,"fields":{NAME:TEXT},"photos":{NAME:SHA256}}. */
struct template_page {
    char key[TEMPLATE_NAME_SIZE];
    struct {
        char name[TEMPLATE_NAME_SIZE], text[TEMPLATE_TEXT_SIZE];
    } fields[TEMPLATE_FIELDS_MAX];
    int field_count;
    struct {
        char name[TEMPLATE_NAME_SIZE], sha256[TEMPLATE_SHA256_SIZE];
    } photos[TEMPLATE_PHOTOS_MAX];
    int photo_count;
};

/* Reads a page's JSON of any origin. -EINVAL: error is one sentence. ret is untouched then. */
int template_page_parse(const char *json, size_t size, struct template_page *ret, char *error,
                        size_t error_size) __attribute__((warn_unused_result));
/* The page of a notice that has only title and body: template "plain". Too long texts are taken as
 * far as a field holds. */
void template_page_plain(struct template_page *ret, const char *title, const char *body);

/* "" when the page has no such field (NULL: no such photo). */
const char *template_page_text(const struct template_page *page, const char *name);
const char *template_page_photo(const struct template_page *page, const char *name);

/* What keeps a page from being used. */
struct template_fault {
    char field[TEMPLATE_NAME_SIZE]; /* or photo; "" = the page as a whole */
    int over;                       /* letters or lines too many; 0 = something else */
    char text[TEMPLATE_FAULT_SIZE]; /* one sentence in English: "body: 12 letters too long (72 of at
                                     * most 60)" */
};

/* Holds the page against its template's fields. -EINVAL: *ret_fault is the first that is wrong. */
int template_check(const struct template *template, const struct template_page *page,
                   struct template_fault *ret_fault) __attribute__((warn_unused_result));

#endif
