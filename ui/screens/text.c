#include "text.h"

#include "font.h"
#include "utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The ink of BIZ UDGothic in em above and below the baseline; furigana's foot above it. */
#define INK_ABOVE    0.84
#define INK_BELOW    0.11
#define RUBY_FOOT    0.88
#define RUBY_SIZE    0.5
#define FIGURE_ABOVE 0.82
#define LATIN_BELOW  0.22

struct text_cache {
    struct sprite_store *sprites;
    struct font_store *fonts;
    struct text_floors floors;
    struct text_problems problems;
    text_watch watch;
    void *watch_context;
};

int text_cache_create(SDL_Renderer *renderer, const char *font_dir, struct text_cache **ret)
{
    struct text_cache *cache = calloc(1, sizeof *cache);
    int r;

    if (!cache)
        return -ENOMEM;
    r = font_store_create(font_dir, &cache->fonts);
    if (r == 0)
        r = sprite_store_create(renderer, &cache->sprites);
    if (r < 0) {
        text_cache_destroy(cache);
        return r;
    }
    *ret = cache;
    return 0;
}

void text_cache_destroy(struct text_cache *cache)
{
    if (!cache)
        return;
    sprite_store_destroy(cache->sprites);
    font_store_destroy(cache->fonts);
    free(cache);
}

struct sprite_store *text_sprites(struct text_cache *cache)
{
    return cache->sprites;
}

struct text_problems *text_problems(struct text_cache *cache)
{
    return &cache->problems;
}

void text_problem(struct text_cache *cache, const char *what, const char *text)
{
    if (cache->problems.count++ == 0)
        snprintf(cache->problems.first, sizeof cache->problems.first, "%s: %s", what, text);
}

void text_set_floors(struct text_cache *cache, const struct text_floors *floors)
{
    cache->floors = *floors;
}

void text_set_watch(struct text_cache *cache, text_watch watch, void *context)
{
    cache->watch = watch;
    cache->watch_context = context;
}

static bool has_wide_letters(const char *text)
{
    const char *end = text + strlen(text);

    while (text < end)
        if (utf8_is_wide(utf8_next(&text, end)))
            return true;
    return false;
}

int text_least_px(const struct text_cache *cache, const struct text_style *style, const char *text)
{
    return has_wide_letters(text) ? cache->floors.kanji[style->tier]
                                  : cache->floors.latin[style->tier];
}

/* A stretch of one font. */
struct run {
    enum font font;
    char text[TEXT_LINE_SIZE];
};

static enum font font_for(struct text_cache *cache, const struct text_style *style, uint32_t letter,
                          bool *ret_missing)
{
    const enum font *chain = font_chain(style->language);

    for (int i = 0; i < FONT_CHAIN; i++)
        if (font_has(cache->fonts, chain[i], style->face == FACE_BOLD, letter))
            return chain[i];
    *ret_missing = true;
    return chain[0];
}

/* Says which form of the letter before it is meant (of a kanji in a name, say): draws nothing. */
static bool is_selector(uint32_t letter)
{
    return (letter >= 0xFE00 && letter <= 0xFE0F) || (letter >= 0xE0100 && letter <= 0xE01EF);
}

/* Takes the next run from the text; false at its end. Spaces stay with the run before them. */
static bool next_run(struct text_cache *cache, const struct text_style *style, const char **text,
                     const char *end, struct run *ret)
{
    size_t length = 0;
    bool missing = false;

    while (*text < end) {
        const char *next = *text;
        uint32_t letter = utf8_next(&next, end);
        size_t bytes = (size_t)(next - *text);
        enum font font = ret->font;

        if (length == 0 || (letter != ' ' && !is_selector(letter)))
            font = font_for(cache, style, letter, &missing);
        if ((length > 0 && font != ret->font) || length + bytes >= sizeof ret->text)
            break;
        ret->font = font;
        memcpy(ret->text + length, *text, bytes);
        length += bytes;
        *text = next;
    }
    ret->text[length] = '\0';
    if (missing)
        text_problem(cache, "no font has a letter of", ret->text);
    return length > 0;
}

static void run_key(const struct text_style *style, const struct run *run, char *key)
{
    snprintf(key, SPRITE_KEY_SIZE, "t%d.%d.%d.%d.%s", (int)run->font, style->face == FACE_BOLD,
             (int)style->colour, style->px, run->text);
}

/* What was drawn before knows its width: a screen at rest asks no font. */
static int run_width(struct text_cache *cache, const struct text_style *style,
                     const struct run *run)
{
    char key[SPRITE_KEY_SIZE];
    const struct sprite *sprite;
    TTF_Font *ttf;
    int width = 0;

    run_key(style, run, key);
    sprite = sprite_get(cache->sprites, key);
    if (sprite)
        return sprite->advance;
    ttf = font_at(cache->fonts, run->font, style->face == FACE_BOLD, style->px);
    if (ttf)
        TTF_SizeUTF8(ttf, run->text, &width, NULL);
    return width;
}

static const struct sprite *run_paint(struct text_cache *cache, const struct text_style *style,
                                      const struct run *run, const char *key)
{
    TTF_Font *ttf = font_at(cache->fonts, run->font, style->face == FACE_BOLD, style->px);
    const struct sprite *sprite = NULL;
    SDL_Surface *surface;
    int width = 0;

    if (!ttf)
        return NULL;
    TTF_SizeUTF8(ttf, run->text, &width, NULL);
    surface = TTF_RenderUTF8_Blended(ttf, run->text, theme_colour(style->colour));
    if (surface)
        sprite = sprite_put(cache->sprites, key, surface, TTF_FontAscent(ttf), width);
    SDL_FreeSurface(surface);
    return sprite;
}

/* Returns where the next run begins. */
static int run_draw(struct text_cache *cache, const struct text_style *style, const struct run *run,
                    int x, int baseline)
{
    /* A sprite of text has its own colour: without a graphics card that is drawn twice as fast. */
    static const SDL_Color as_it_is = {255, 255, 255, 255};
    char key[SPRITE_KEY_SIZE];
    const struct sprite *sprite;

    run_key(style, run, key);
    sprite = sprite_get(cache->sprites, key);
    if (!sprite)
        sprite = run_paint(cache, style, run, key);
    if (!sprite)
        return run_width(cache, style, run);
    sprite_draw(cache->sprites, sprite, x, baseline - sprite->baseline, as_it_is);
    return sprite->advance;
}

/* "18:49". Figures have one width and no kerning. */
static bool is_time(const char *text, const char *end)
{
    size_t length = (size_t)(end - text);
    return strspn(text, "0123456789:") >= length && memchr(text, ':', length);
}

/* Plain text, without furigana; draws only when asked to. Returns the width. A time is drawn figure
 * by figure, so that a clock does not keep a picture of each minute. */
static int plain(struct text_cache *cache, const struct text_style *style, const char *text,
                 const char *end, bool draw, int x, int baseline)
{
    struct run run = {0};
    bool time = is_time(text, end);
    int width = 0;

    while (text < end && next_run(cache, style, &text, time ? text + 1 : end, &run)) {
        if (draw)
            width += run_draw(cache, style, &run, x + width, baseline);
        else
            width += run_width(cache, style, &run);
    }
    return width;
}

/* Letters spread evenly over a width, as furigana over its kanji. */
static void spread(struct text_cache *cache, const struct text_style *style, const char *text,
                   const char *end, int x, int baseline, int width)
{
    int letters = utf8_count(text, end), index = 0;

    while (text < end) {
        const char *letter = text;
        int middle;

        (void)utf8_next(&text, end);
        middle = x + width * (2 * index++ + 1) / (2 * letters);
        middle -= plain(cache, style, letter, text, false, 0, 0) / 2;
        plain(cache, style, letter, text, true, middle, baseline);
    }
}

static struct text_style ruby_style(const struct text_cache *cache, const struct text_style *style)
{
    struct text_style ruby = *style;

    ruby.face = FACE_REGULAR;
    ruby.tier = TIER_FREE;
    ruby.px = (int)(style->px * RUBY_SIZE);
    if (ruby.px < cache->floors.kanji[TIER_B])
        ruby.px = cache->floors.kanji[TIER_B];
    return ruby;
}

static int piece(struct text_cache *cache, const struct text_style *style,
                 const struct utf8_ruby *part, bool draw, int x, int baseline)
{
    struct text_style ruby = ruby_style(cache, style);
    int base = plain(cache, style, part->base, part->base_end, false, 0, 0);
    int above = plain(cache, &ruby, part->ruby, part->ruby_end, false, 0, 0);
    int width = base > above ? base : above;

    if (!draw)
        return width;
    if (base < width)
        spread(cache, style, part->base, part->base_end, x, baseline, width);
    else
        plain(cache, style, part->base, part->base_end, true, x, baseline);
    spread(cache, &ruby, part->ruby, part->ruby_end, x, baseline - (int)(style->px * RUBY_FOOT),
           width);
    return width;
}

static int line(struct text_cache *cache, const struct text_style *style, const char *text,
                bool draw, int x, int baseline)
{
    const char *end = text + strlen(text);
    struct utf8_ruby part;
    int width = 0;

    while (text < end) {
        const char *mark = utf8_find_ruby(text, end, &part);

        width += plain(cache, style, text, mark, draw, x + width, baseline);
        text = mark;
        if (mark < end) {
            width += piece(cache, style, &part, draw, x + width, baseline);
            text = part.end;
        }
    }
    return width;
}

int text_width(struct text_cache *cache, const struct text_style *style, const char *text)
{
    return line(cache, style, text, false, 0, 0);
}

/* Height of the ink over and under the baseline in em, by the kind of letters. */
static void ink_of(const char *text, double *ret_above, double *ret_below)
{
    static const char figures[] = "0123456789:-/.,()ABCDEFHIKLMNRTUVXYZ ";

    *ret_above = INK_ABOVE;
    *ret_below = INK_BELOW;
    if (strspn(text, figures) == strlen(text)) {
        *ret_above = FIGURE_ABOVE;
        *ret_below = 0.02;
    } else if (!has_wide_letters(text)) {
        *ret_above = FIGURE_ABOVE;
        *ret_below = LATIN_BELOW;
    }
    if (strstr(text, "《"))
        *ret_above = RUBY_FOOT + RUBY_SIZE * INK_ABOVE;
}

static void tell_watch(struct text_cache *cache, const struct text_style *style, const char *text,
                       int x, int baseline, int width)
{
    struct text_run run = {.text = text, .style = *style};
    double above, below;

    if (!cache->watch)
        return;
    ink_of(text, &above, &below);
    run.area = (SDL_Rect){x, baseline - (int)(style->px * above), width,
                          (int)(style->px * (above + below))};
    cache->watch(cache->watch_context, &run);
}

int text_draw(struct text_cache *cache, const struct text_style *style, enum text_align align,
              int x, int baseline, const char *text)
{
    int least = text_least_px(cache, style, text);
    int width = text_width(cache, style, text);

    if (width == 0)
        return 0;
    if (align == ALIGN_CENTRE)
        x -= width / 2;
    else if (align == ALIGN_RIGHT)
        x -= width;
    if (style->px < least)
        text_problem(cache, "smaller than its distance asks for", text);
    line(cache, style, text, true, x, baseline);
    tell_watch(cache, style, text, x, baseline, width);
    return width;
}
