/* The OpenAPI document, embedded in the program. */
#ifndef MACHIAI_CLOUD_OPENAPI_H
#define MACHIAI_CLOUD_OPENAPI_H

#include <stddef.h>

extern const char openapi_text[]; /* openapi_size bytes, then a NUL */
extern const size_t openapi_size;
extern const char openapi_gzip[];
extern const size_t openapi_gzip_size;

#endif
