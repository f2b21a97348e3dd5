#include "utf8.h"

#include <string.h>

enum { BROKEN = 0xFFFD };

uint32_t utf8_next(const char **text, const char *end)
{
    const unsigned char *p = (const unsigned char *)*text;
    int more = *p < 0x80 ? 0 : *p >= 0xF0 && *p < 0xF5 ? 3 : *p >= 0xE0 ? 2 : *p >= 0xC2 ? 1 : -1;
    uint32_t letter = more == 3 ? *p & 0x07u : more == 2 ? *p & 0x0Fu : more == 1 ? *p & 0x1Fu : *p;

    if (more < 0 || *p >= 0xF5 || end - *text <= more) {
        (*text)++;
        return BROKEN;
    }
    for (int i = 1; i <= more; i++) {
        if ((p[i] & 0xC0u) != 0x80u) {
            (*text)++;
            return BROKEN;
        }
        letter = letter << 6 | (p[i] & 0x3Fu);
    }
    *text += more + 1;
    return letter;
}

int utf8_count(const char *text, const char *end)
{
    int count = 0;

    for (; text < end; count++)
        (void)utf8_next(&text, end);
    return count;
}

bool utf8_is_wide(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x11FF) || (c >= 0x2E80 && c <= 0xA4CF) ||
           (c >= 0xAC00 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFF01 && c <= 0xFF60) || (c >= 0x1F000 && c <= 0x3FFFF);
}

bool utf8_is_hiragana(uint32_t c)
{
    return c >= 0x3041 && c <= 0x309F;
}

static const char *find(const char *text, const char *end, const char *mark)
{
    return memmem(text, (size_t)(end - text), mark, strlen(mark));
}

const char *utf8_find_ruby(const char *text, const char *end, struct utf8_ruby *ret)
{
    static const char bar[] = "｜", open[] = "《", close[] = "》";
    const char *start = find(text, end, bar);
    const char *middle = start ? find(start, end, open) : NULL;
    const char *stop = middle ? find(middle, end, close) : NULL;

    if (!stop)
        return end;
    *ret = (struct utf8_ruby){start + sizeof bar - 1, middle, middle + sizeof open - 1, stop,
                              stop + sizeof close - 1};
    return start;
}

static size_t append(char *to, size_t used, size_t size, const char *from, const char *end)
{
    size_t length = (size_t)(end - from), room = size - 1 - used;

    if (length > room) {
        length = room;
        while (length > 0 && ((unsigned char)from[length] & 0xC0u) == 0x80u)
            length--;
    }
    memcpy(to + used, from, length);
    return used + length;
}

void utf8_strip_ruby(const char *text, char *ret, size_t size)
{
    const char *end = text + strlen(text);
    struct utf8_ruby ruby;
    size_t used = 0;

    while (text < end) {
        const char *mark = utf8_find_ruby(text, end, &ruby);

        used = append(ret, used, size, text, mark);
        text = mark;
        if (mark < end) {
            used = append(ret, used, size, ruby.base, ruby.base_end);
            text = ruby.end;
        }
    }
    ret[used] = '\0';
}
