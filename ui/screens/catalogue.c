#include "catalogue.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CATALOGUE_FILE_MAX = 1 << 20,
    CATALOGUE_ENTRIES_MAX = 4096,
    CATALOGUE_PATH = 512,
    CATALOGUE_FIELD = 32,
    HEADER_SIZE = 28,
};

#define MO_MAGIC 0x950412deu

/* The file as it lies on disk: two tables of (length, offset), each text ended by NUL. The keys are
 * sorted, so a binary search finds them. */
struct catalogue {
    uint32_t count, keys, words;
    size_t size;
    char *bytes;
};

static uint32_t word_at(const struct catalogue *c, size_t offset)
{
    const unsigned char *p = (const unsigned char *)c->bytes + offset;

    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The text at index of a table, NULL when it leaves the file or lacks its end. */
static const char *text_at(const struct catalogue *c, uint32_t table, uint32_t index)
{
    uint32_t length = word_at(c, table + 8u * index);
    uint32_t offset = word_at(c, table + 8u * index + 4u);

    if (offset >= c->size || length >= c->size - offset || c->bytes[offset + length] != '\0')
        return NULL;
    return c->bytes + offset;
}

/* Everything that a look-up relies on is proved here once. */
static bool sound(struct catalogue *c)
{
    const char *last = NULL;

    if (c->size < HEADER_SIZE || word_at(c, 0) != MO_MAGIC || word_at(c, 4) >> 16 != 0)
        return false;
    c->count = word_at(c, 8);
    c->keys = word_at(c, 12);
    c->words = word_at(c, 16);
    if (c->count > CATALOGUE_ENTRIES_MAX || c->keys > c->size || c->words > c->size ||
        c->size - c->keys < 8u * c->count || c->size - c->words < 8u * c->count)
        return false;
    for (uint32_t i = 0; i < c->count; i++) {
        const char *key = text_at(c, c->keys, i);

        if (!key || !text_at(c, c->words, i) || (last && strcmp(last, key) >= 0))
            return false;
        last = key;
    }
    return true;
}

static int read_all(const char *path, char **ret_bytes, size_t *ret_size)
{
    FILE *file = fopen(path, "rbe");
    char *bytes = NULL;
    size_t size;
    int r = 0;

    if (!file)
        return -errno;
    bytes = malloc(CATALOGUE_FILE_MAX);
    if (!bytes) {
        r = -ENOMEM;
        goto end;
    }
    size = fread(bytes, 1, CATALOGUE_FILE_MAX, file);
    if (ferror(file) || size == CATALOGUE_FILE_MAX) {
        r = ferror(file) ? -EIO : -EINVAL;
        goto end;
    }
    *ret_bytes = malloc(size ? size : 1);
    if (!*ret_bytes) {
        r = -ENOMEM;
        goto end;
    }
    memcpy(*ret_bytes, bytes, size);
    *ret_size = size;
end:
    free(bytes);
    fclose(file);
    return r;
}

int catalogue_open(const char *dir, const char *code, struct catalogue **ret)
{
    char path[CATALOGUE_PATH];
    struct catalogue *c;
    int r = snprintf(path, sizeof path, "%s/%s.mo", dir, code);

    if (r < 0 || (size_t)r >= sizeof path)
        return -ENAMETOOLONG;
    c = calloc(1, sizeof *c);
    if (!c)
        return -ENOMEM;
    r = read_all(path, &c->bytes, &c->size);
    if (r == 0 && !sound(c))
        r = -EINVAL;
    if (r < 0) {
        catalogue_close(c);
        return r;
    }
    *ret = c;
    return 0;
}

void catalogue_close(struct catalogue *catalogue)
{
    if (!catalogue)
        return;
    free(catalogue->bytes);
    free(catalogue);
}

const char *catalogue_find(const struct catalogue *catalogue, const char *key)
{
    uint32_t low = 0, high = catalogue ? catalogue->count : 0;

    if (!*key) /* the empty key holds the translator's header */
        return NULL;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(text_at(catalogue, catalogue->keys, middle), key);

        if (order == 0) {
            const char *words = text_at(catalogue, catalogue->words, middle);

            return *words ? words : NULL;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *catalogue_get(const struct catalogue *catalogue, const char *key)
{
    const char *words = catalogue_find(catalogue, key);

    return words ? words : key;
}

/* Bytes of text that fit into room without splitting a character. */
static size_t whole(const char *text, size_t length, size_t room)
{
    if (length <= room)
        return length;
    while (room > 0 && ((unsigned char)text[room] & 0xC0u) == 0x80u)
        room--;
    return room;
}

static const char *field_value(const char *name, size_t length, va_list pairs)
{
    const char *key;

    while ((key = va_arg(pairs, const char *))) {
        const char *value = va_arg(pairs, const char *);

        if (strlen(key) == length && strncmp(key, name, length) == 0)
            return value;
    }
    return NULL;
}

void catalogue_fill(char *text, size_t size, const char *pattern, ...)
{
    size_t used = 0;

    if (size == 0)
        return;
    while (*pattern) {
        const char *close = *pattern == '{' ? strchr(pattern, '}') : NULL;
        const char *value = NULL;
        size_t length = 1, part;

        if (close && close - pattern < CATALOGUE_FIELD) {
            va_list pairs;

            va_start(pairs, pattern);
            value = field_value(pattern + 1, (size_t)(close - pattern - 1), pairs);
            va_end(pairs);
        }
        if (value) {
            length = strlen(value);
            pattern = close + 1;
        } else {
            value = pattern;
            length = strcspn(pattern + 1, "{") + 1;
            pattern += length;
        }
        part = whole(value, length, size - 1 - used);
        memcpy(text + used, value, part);
        used += part;
        if (part < length)
            break;
    }
    text[used] = '\0';
}
