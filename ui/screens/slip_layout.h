/* Layouts of slips: assets/slips/NAME.slip, put into the program by the build. That folder's README
 * explains the format.
 */
#ifndef MACHIAI_SCREENS_SLIP_LAYOUT_H
#define MACHIAI_SCREENS_SLIP_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#define SLIP_ELEMENTS(X)                                                                           \
    X(SPACE, "space")                                                                              \
    X(RULE, "rule")                                                                                \
    X(RULER, "ruler")                                                                              \
    X(TEXT, "text")                                                                                \
    X(BAND, "band")                                                                                \
    X(LABELS, "labels")                                                                            \
    X(NUMBER, "number")                                                                            \
    X(COUNT, "count")                                                                              \
    X(CODE, "code")                                                                                \
    X(FOOT, "foot")

enum slip_element_kind {
#define X(name, word) SLIP_##name,
    SLIP_ELEMENTS(X)
#undef X
        SLIP_ELEMENT_COUNT
};

/* When an element is printed; all of an element's conditions have to hold. */
#define SLIP_CONDITIONS(X)                                                                         \
    X(FIRST, "first")                                                                              \
    X(REISSUE, "reissue")                                                                          \
    X(MESSAGE, "message")                                                                          \
    X(SLOT, "slot")                                                                                \
    X(FAMILY, "family")                                                                            \
    X(BEFORE, "before")                                                                            \
    X(TIME, "time")                                                                                \
    X(PHONE, "phone")                                                                              \
    X(JAPANESE, "japanese")                                                                        \
    X(FOREIGN, "foreign")

enum slip_condition {
#define X(name, word) SLIP_WHEN_##name,
    SLIP_CONDITIONS(X)
#undef X
        SLIP_CONDITION_COUNT
};

/* Where the QR stands to its words. */
enum slip_place { SLIP_ASIDE, SLIP_UNDER, SLIP_OVER };

enum { SLIP_ELEMENTS_MAX = 64, SLIP_DOTS_LISTED = 3, SLIP_WHAT_SIZE = 48, SLIP_DOTS_MAX = 999 };

struct slip_element {
    enum slip_element_kind kind;
    int dots[SLIP_DOTS_LISTED]; /* in the order of the format */
    bool bold, figures, japanese;
    int lines;
    enum slip_place place;
    char what[SLIP_WHAT_SIZE]; /* key, or a pattern with { */
    unsigned when;             /* bits of enum slip_condition */
};

struct slip_layout {
    int dots; /* of the paper's width */
    struct slip_element elements[SLIP_ELEMENTS_MAX];
    int count;
};

/* -EINVAL: error names the line and what it should be. ret is untouched then. */
int slip_layout_parse(const char *text, struct slip_layout *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* The text of "80-standard" as built in; NULL when there is none of that name. */
const char *slip_layout_text(const char *name);

#endif
