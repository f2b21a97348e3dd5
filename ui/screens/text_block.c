#include "text.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

/* How far apart a text may be torn, from the mildest. */
enum tear { TEAR_SPACES, TEAR_PHRASES, TEAR_LETTERS };

enum { LEADING_PERCENT = 130, RUBY_PERCENT = 50, SHRINK_PERCENT = 96, PX_LEAST = 8 };

/* Where the baseline stands in a line of one em. */
#define ABOVE_BASELINE 0.87

static bool one_of(uint32_t letter, const char *set)
{
    const char *end = set + strlen(set);

    while (set < end)
        if (utf8_next(&set, end) == letter)
            return true;
    return false;
}

/* Letters that never begin a line (kinsoku). */
static bool never_first(uint32_t letter)
{
    return one_of(letter,
                  "、。，．・：；？！ー」』）】》〕〉～〜ぁぃぅぇぉっゃゅょァィゥェォッャュョ々"
                  "人番方,.!?:;)%");
}

static bool is_katakana(uint32_t letter)
{
    return letter >= 0x30A1 && letter <= 0x30FC;
}

static bool never_last(uint32_t letter)
{
    return one_of(letter, "「『（【《〔〈第(");
}

/* May the line break between the letters `before` and `next`? `earlier` stands before `before`. */
static bool may_break(enum tear tear, uint32_t earlier, uint32_t before, uint32_t next,
                      uint32_t after_next)
{
    bool prefix = one_of(next, "おご") && utf8_is_wide(after_next) && !utf8_is_hiragana(after_next);

    if (before == ' ')
        return next != ' ';
    if (never_first(next) || never_last(before))
        return false;
    if (one_of(before, "、。，！？"))
        return true;
    if (tear == TEAR_SPACES)
        return false;
    if (one_of(before, "・") ||
        (is_katakana(before) && !is_katakana(next) && !utf8_is_hiragana(next)))
        return true;
    if (tear == TEAR_LETTERS)
        return utf8_is_wide(before) || utf8_is_wide(next);
    if (one_of(before, "おご") && !utf8_is_hiragana(next) &&
        (earlier == 0 || utf8_is_hiragana(earlier) || earlier == ' '))
        return false;
    return utf8_is_hiragana(before) && (!utf8_is_hiragana(next) || prefix);
}

/* End of the piece that must stay together, its trailing spaces included. */
static const char *piece_end(enum tear tear, const char *text, const char *end)
{
    uint32_t earlier = 0, before = 0;
    bool in_ruby = false;

    while (text < end) {
        const char *ahead = text;
        uint32_t letter = utf8_next(&ahead, end);
        const char *further = ahead;
        uint32_t after = ahead < end ? utf8_next(&further, end) : 0;

        if (before == '\n' || (before && letter != '\n' && !in_ruby &&
                               may_break(tear, earlier, before, letter, after)))
            return text;
        if (one_of(letter, "｜"))
            in_ruby = true;
        else if (one_of(letter, "》"))
            in_ruby = false;
        earlier = before;
        before = letter;
        text = ahead;
    }
    return end;
}

/* Copies a stretch without the spaces and line ends at its tail. */
static void copy_line(char *line, const char *text, const char *end)
{
    size_t length;

    while (end > text && (end[-1] == ' ' || end[-1] == '\n'))
        end--;
    length = (size_t)(end - text);
    if (length > TEXT_LINE_SIZE - 1)
        length = TEXT_LINE_SIZE - 1;
    memcpy(line, text, length);
    line[length] = '\0';
}

/* Fills lines with as many pieces as fit. Returns the bytes taken. */
static size_t wrap(struct text_cache *cache, const struct text_style *style, enum tear tear,
                   int width, int lines_max, const char *text, struct text_lines *ret)
{
    const char *start = text, *end = text + strlen(text);

    ret->count = 0;
    ret->whole = true;
    ret->torn = false;
    while (start < end && ret->count < lines_max) {
        const char *stop = start;
        char *line = ret->line[ret->count];

        do {
            const char *next = piece_end(tear, stop, end);
            char longer[TEXT_LINE_SIZE];

            copy_line(longer, start, next);
            if (text_width(cache, style, longer) > width) {
                if (stop > start)
                    break;
                ret->whole = false;
            }
            stop = next;
        } while (stop < end && stop[-1] != '\n');
        copy_line(line, start, stop);
        ret->count++;
        start = stop;
    }
    if (start < end)
        ret->whole = false;
    return (size_t)(start - text);
}

static bool chinese(const struct text_style *style)
{
    return style->language && strcmp(style->language, "zh-Hans") == 0;
}

size_t text_wrap(struct text_cache *cache, const struct text_style *style, int width, int lines_max,
                 const char *text, struct text_lines *ret)
{
    enum tear last = chinese(style) ? TEAR_LETTERS : TEAR_PHRASES;
    size_t taken = 0;

    if (lines_max > TEXT_LINES_MAX)
        lines_max = TEXT_LINES_MAX;
    for (enum tear tear = TEAR_SPACES; tear <= last; tear++) {
        taken = wrap(cache, style, tear, width, lines_max, text, ret);
        if (ret->whole)
            return taken;
    }
    for (int i = 0; i < ret->count; i++) {
        if (text_width(cache, style, ret->line[i]) > width) {
            taken = wrap(cache, style, TEAR_LETTERS, width, lines_max, text, ret);
            ret->torn = true;
            return taken;
        }
    }
    return taken;
}

static double pitch(const struct text_block *block)
{
    return block->leading > 0 ? block->leading : LEADING_PERCENT / 100.0;
}

static double ruby_em(const char *line)
{
    return strstr(line, "《") ? RUBY_PERCENT / 100.0 : 0;
}

static int block_height(const struct text_block *block, const struct text_lines *lines, int px)
{
    double em = 1 + pitch(block) * (lines->count - 1);

    for (int i = 0; i < lines->count; i++)
        em += ruby_em(lines->line[i]);
    return (int)(px * em);
}

static int floor_of(struct text_cache *cache, const struct text_style *style,
                    const struct text_block *block, const char *text)
{
    int least = text_least_px(cache, style, text);

    if (block->least_px > least)
        least = block->least_px;
    return least > PX_LEAST ? least : PX_LEAST;
}

/* Largest size at which the text fits in lines_max lines; 0 = none, and the lines are those of the
 * least size. */
static int fit(struct text_cache *cache, const struct text_style *style,
               const struct text_block *block, int lines_max, const char *text,
               struct text_lines *ret)
{
    struct text_style at = *style;
    int least = floor_of(cache, style, block, text);

    if (at.px < least)
        at.px = least;
    for (;;) {
        text_wrap(cache, &at, block->box.w, lines_max, text, ret);
        if (ret->whole && block_height(block, ret, at.px) <= block->box.h)
            return at.px;
        if (at.px == least)
            return 0;
        at.px = at.px * SHRINK_PERCENT / 100;
        if (at.px < least)
            at.px = least;
    }
}

static int fit_lines(struct text_cache *cache, const struct text_style *style,
                     const struct text_block *block, const char *text, struct text_lines *ret)
{
    int lines_max = block->lines_max > 0 ? block->lines_max : 1;
    int px = 0;

    if (block->shrink_first && lines_max > 1)
        px = fit(cache, style, block, 1, text, ret);
    if (px == 0)
        px = fit(cache, style, block, lines_max, text, ret);
    return px;
}

/* A text that does not fit with its furigana is set without it: small panels. */
static int fit_block(struct text_cache *cache, const struct text_style *style,
                     const struct text_block *block, const char *text, struct text_lines *ret)
{
    int px = fit_lines(cache, style, block, text, ret);
    char bare[TEXT_LINES_MAX * TEXT_LINE_SIZE];

    if (px == 0 && strstr(text, "《")) {
        utf8_strip_ruby(text, bare, sizeof bare);
        px = fit_lines(cache, style, block, bare, ret);
    }
    return px;
}

int text_block_draw(struct text_cache *cache, const struct text_style *style,
                    const struct text_block *block, const char *text)
{
    struct text_style at = *style;
    struct text_lines lines;
    int x = block->box.x, height;
    double y = block->box.y;

    if (!*text)
        return 0;
    at.px = fit_block(cache, style, block, text, &lines);
    if (at.px == 0) {
        text_problem(cache, "does not fit", text);
        at.px = floor_of(cache, style, block, text);
    }
    height = block_height(block, &lines, at.px);
    if (!block->top)
        y += (block->box.h - height) / 2.0;
    if (block->align == ALIGN_CENTRE)
        x += block->box.w / 2;
    else if (block->align == ALIGN_RIGHT)
        x += block->box.w;
    for (int i = 0; i < lines.count; i++) {
        y += at.px * ruby_em(lines.line[i]);
        text_draw(cache, &at, block->align, x, (int)(y + at.px * ABOVE_BASELINE), lines.line[i]);
        y += at.px * pitch(block);
    }
    return height;
}
