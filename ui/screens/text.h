/* Text of every language on one baseline: fonts by language with fall-back inside a line, furigana,
 * and a store of what was drawn before.
 *
 * Sizes are pixels of the em. In BIZ UDGothic a kanji's ink is 0.95 em high, a digit or a Latin
 * capital 0.81 em; digits are half an em wide in every weight, hence stand in columns.
 *
 * Furigana is written as ｜漢字《かんじ》.
 */
#ifndef MACHIAI_SCREENS_TEXT_H
#define MACHIAI_SCREENS_TEXT_H

#include "sprite.h"
#include "theme.h"

#include <stdbool.h>

enum text_face { FACE_BOLD, FACE_REGULAR };

/* From where a text is read; each has a least height. See text_floors(). */
enum text_tier {
    TIER_FREE, /* a sign within another text (furigana), or proved elsewhere */
    TIER_A,    /* terminal, from the queue; monitor, from a chair */
    TIER_B,    /* terminal, while touching */
    TEXT_TIERS
};

enum text_align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

struct text_style {
    enum text_face face;
    int px;
    enum theme_colour colour;
    enum text_tier tier;
    const char *language; /* NULL = ja; chooses the font */
};

/* Least font sizes in pixels, by the kind of letters; 0 = none. */
struct text_floors {
    int kanji[TEXT_TIERS], latin[TEXT_TIERS];
};

/* One line as it was drawn, for tests and `ctl`. */
struct text_run {
    const char *text;
    struct text_style style;
    SDL_Rect area; /* about the ink's height, the advance's width */
};

typedef void (*text_watch)(void *context, const struct text_run *run);

enum { TEXT_PROBLEM_SIZE = 160, TEXT_LINES_MAX = 8, TEXT_LINE_SIZE = 256 };

/* What went wrong while drawing: a text wider than its box, a letter that no font has, a size under
 * its tier's floor, words missing in a catalogue. */
struct text_problems {
    int count;
    char first[TEXT_PROBLEM_SIZE];
};

struct text_cache;

/* font_dir may be NULL. -ENOENT: not even one Japanese font is installed. Needs TTF_Init(). */
int text_cache_create(SDL_Renderer *renderer, const char *font_dir, struct text_cache **ret)
    __attribute__((warn_unused_result));
void text_cache_destroy(struct text_cache *cache);

struct sprite_store *text_sprites(struct text_cache *cache);
struct text_problems *text_problems(struct text_cache *cache);
void text_problem(struct text_cache *cache, const char *what, const char *text);
void text_set_floors(struct text_cache *cache, const struct text_floors *floors);
/* The least size of this text, 0 = none. */
int text_least_px(const struct text_cache *cache, const struct text_style *style, const char *text);
void text_set_watch(struct text_cache *cache, text_watch watch, void *context);

int text_width(struct text_cache *cache, const struct text_style *style, const char *text);
/* Draws one line; x is its left end, centre or right end. Returns its width. */
int text_draw(struct text_cache *cache, const struct text_style *style, enum text_align align,
              int x, int baseline, const char *text);

/* A text in a box: largest size from style.px down to its floor at which it fits in lines_max
 * lines. Lines break at \n, at spaces, between Japanese phrases; inside a word never. */
struct text_block {
    SDL_Rect box;
    enum text_align align;
    int lines_max;     /* 0 = 1 */
    double leading;    /* line pitch in em; 0 = 1.3 */
    bool top;          /* lines start at the top of the box; else they stand in its middle */
    bool shrink_first; /* rather smaller than broken (labels of buttons) */
    int least_px;      /* a floor of its own, when higher than the tier's */
};

/* Returns the height used, from the top of the first line to the end of the last. */
int text_block_draw(struct text_cache *cache, const struct text_style *style,
                    const struct text_block *block, const char *text);
struct text_lines {
    char line[TEXT_LINES_MAX][TEXT_LINE_SIZE];
    int count;
    bool whole; /* all of the text is in the lines and none is too wide */
    bool torn;  /* between letters, because a phrase is wider than a line */
};

/* Breaks the text into at most lines_max lines no wider than width. Returns the bytes taken. */
size_t text_wrap(struct text_cache *cache, const struct text_style *style, int width, int lines_max,
                 const char *text, struct text_lines *ret);

#endif
