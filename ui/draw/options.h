/* What machiai-draw was asked for.
 */
#ifndef MACHIAI_DRAW_OPTIONS_H
#define MACHIAI_DRAW_OPTIONS_H

#include "template_press.h"

enum { OPTIONS_CLINIC_SIZE = 128 };

struct draw_options {
    struct template_options folders;
    struct template_place place;
    const char *page;   /* file; "-" = standard input */
    const char *photos; /* folder of files named after their SHA-256; NULL = none */
    const char *clinic;
    int sheet;
    bool check; /* draws nothing, says whether the page may be used */
};

/* 0; 1 when help was asked for; -EINVAL: error is one sentence. */
int draw_options_read(int argc, char **argv, struct draw_options *ret, char *error, size_t size)
    __attribute__((warn_unused_result));

extern const char draw_usage[];

#endif
