/* Strict reading of JSON with a path in every error. The first error wins; after it nothing more is
 * read. For the codecs of this folder.
 */
#ifndef MACHIAI_CORE_DECODE_H
#define MACHIAI_CORE_DECODE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct decoder {
    char *error; /* the caller's buffer */
    size_t error_size;
    bool failed;
};

enum { DECODE_OPTIONAL = 0, DECODE_REQUIRED = 1 };

void decode_fail(struct decoder *decoder, const char *path, const char *key, const char *what);
/* Absent optional fields leave *ret as it is. Strings: valid UTF-8 without control characters other
 * than \n, at most size - 1 bytes. */
void decode_string(struct decoder *decoder, const cJSON *object, const char *path, const char *key,
                   int required, char *ret, size_t size);
void decode_int64(struct decoder *decoder, const cJSON *object, const char *path, const char *key,
                  int required, int64_t min, int64_t max, int64_t *ret);
void decode_int(struct decoder *decoder, const cJSON *object, const char *path, const char *key,
                int required, int min, int max, int *ret);
void decode_bool(struct decoder *decoder, const cJSON *object, const char *path, const char *key,
                 bool *ret);
/* NULL when absent or wrong. */
const cJSON *decode_array(struct decoder *decoder, const cJSON *object, const char *path,
                          const char *key, int required, int max);
const cJSON *decode_object(struct decoder *decoder, const cJSON *object, const char *path,
                           const char *key, int required);
bool utf8_valid(const char *text);

#endif
