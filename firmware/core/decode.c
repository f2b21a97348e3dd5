#include "decode.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void decode_fail(struct decoder *decoder, const char *path, const char *key, const char *what)
{
    if (decoder->failed)
        return;
    decoder->failed = true;
    if (decoder->error_size > 0)
        (void)snprintf(decoder->error, decoder->error_size, "%s%s: %s", path, key, what);
}

/* cJSON_GetObjectItemCaseSensitive(), which calls strcmp() for every other key: most of the keys
 * asked for are absent, and reading a log does little else. */
static const cJSON *find(const cJSON *object, const char *key)
{
    for (const cJSON *item = object ? object->child : NULL; item; item = item->next)
        if (item->string && item->string[0] == key[0] && strcmp(item->string, key) == 0)
            return item;
    return NULL;
}

static const cJSON *field(struct decoder *decoder, const cJSON *object, const char *path,
                          const char *key, int required)
{
    if (decoder->failed)
        return NULL;
    const cJSON *item = find(object, key);
    if (!item && required)
        decode_fail(decoder, path, key, "is missing");
    return item;
}

static int utf8_length(const unsigned char *s)
{
    static const struct {
        unsigned char mask, lead;
        int length;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 1, 0},
                 {0xE0, 0xC0, 2, 0x80},
                 {0xF0, 0xE0, 3, 0x800},
                 {0xF8, 0xF0, 4, 0x10000}};

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if ((s[0] & forms[i].mask) != forms[i].lead)
            continue;
        uint32_t point = s[0] & (unsigned char)~forms[i].mask;
        for (int k = 1; k < forms[i].length; k++) {
            if ((s[k] & 0xC0) != 0x80)
                return 0;
            point = point << 6 | (s[k] & 0x3F);
        }
        bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        return point < forms[i].least || surrogate || point > 0x10FFFF ? 0 : forms[i].length;
    }
    return 0;
}

bool utf8_valid(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    while (*s) {
        int length = utf8_length(s);
        if (length == 0)
            return false;
        s += length;
    }
    return true;
}

static bool has_control(const char *text)
{
    for (const unsigned char *s = (const unsigned char *)text; *s; s++)
        if ((*s < 0x20 && *s != '\n') || *s == 0x7F)
            return true;
    return false;
}

void decode_string(struct decoder *decoder, const cJSON *object, const char *path, const char *key,
                   int required, char *ret, size_t size)
{
    const cJSON *item = field(decoder, object, path, key, required);
    if (!item)
        return;
    if (!cJSON_IsString(item)) {
        decode_fail(decoder, path, key, "must be a string");
        return;
    }
    if (strlen(item->valuestring) >= size) {
        char what[64];
        (void)snprintf(what, sizeof what, "is longer than %zu bytes", size - 1);
        decode_fail(decoder, path, key, what);
        return;
    }
    if (!utf8_valid(item->valuestring) || has_control(item->valuestring)) {
        decode_fail(decoder, path, key, "must be UTF-8 text without control characters");
        return;
    }
    memcpy(ret, item->valuestring, strlen(item->valuestring) + 1);
}

void decode_int64(struct decoder *decoder, const cJSON *object, const char *path, const char *key,
                  int required, int64_t min, int64_t max, int64_t *ret)
{
    const cJSON *item = field(decoder, object, path, key, required);
    if (!item)
        return;
    /* doubles are exact up to 2^53, far beyond any time or count here */
    double value = item->valuedouble;
    if (!cJSON_IsNumber(item) || value != floor(value) || fabs(value) > 9007199254740992.0) {
        decode_fail(decoder, path, key, "must be a whole number");
        return;
    }
    int64_t whole = (int64_t)value;
    if (whole < min || whole > max) {
        char what[80];
        (void)snprintf(what, sizeof what, "must be from %lld to %lld", (long long)min,
                       (long long)max);
        decode_fail(decoder, path, key, what);
        return;
    }
    *ret = whole;
}

void decode_int(struct decoder *decoder, const cJSON *object, const char *path, const char *key,
                int required, int min, int max, int *ret)
{
    int64_t value = *ret;
    decode_int64(decoder, object, path, key, required, min, max, &value);
    *ret = (int)value;
}

void decode_bool(struct decoder *decoder, const cJSON *object, const char *path, const char *key,
                 bool *ret)
{
    const cJSON *item = field(decoder, object, path, key, DECODE_OPTIONAL);
    if (!item)
        return;
    if (!cJSON_IsBool(item)) {
        decode_fail(decoder, path, key, "must be true or false");
        return;
    }
    *ret = cJSON_IsTrue(item);
}

const cJSON *decode_array(struct decoder *decoder, const cJSON *object, const char *path,
                          const char *key, int required, int max)
{
    const cJSON *item = field(decoder, object, path, key, required);
    if (!item)
        return NULL;
    if (!cJSON_IsArray(item)) {
        decode_fail(decoder, path, key, "must be a list");
        return NULL;
    }
    if (cJSON_GetArraySize(item) > max) {
        char what[64];
        (void)snprintf(what, sizeof what, "has more than %d entries", max);
        decode_fail(decoder, path, key, what);
        return NULL;
    }
    return item;
}

const cJSON *decode_object(struct decoder *decoder, const cJSON *object, const char *path,
                           const char *key, int required)
{
    const cJSON *item = field(decoder, object, path, key, required);
    if (item && !cJSON_IsObject(item)) {
        decode_fail(decoder, path, key, "must be an object");
        return NULL;
    }
    return item;
}
