#include "openapi.h"

#if __SIZEOF_SIZE_T__ == 8
#define WORD ".quad"
#else
#define WORD ".long"
#endif

/* The assembler reads the files: a string literal of that length is beyond what C promises. */
#define HOLD(name, file)                                                                           \
    __asm__(".section .rodata\n"                                                                   \
            ".global " name "\n" name ":\n"                                                        \
            ".incbin \"" file "\"\n" name "_end:\n"                                                \
            ".byte 0\n"                                                                            \
            ".balign 8\n"                                                                          \
            ".previous\n")
#define MEASURE(name, size)                                                                        \
    __asm__(".section .rodata\n"                                                                   \
            ".balign 8\n"                                                                          \
            ".global " size "\n" size ":\n" WORD " " name "_end - " name "\n"                      \
            ".previous\n")

HOLD("openapi_text", MACHIAI_OPENAPI);
MEASURE("openapi_text", "openapi_size");
HOLD("openapi_gzip", MACHIAI_OPENAPI_GZIP);
MEASURE("openapi_gzip", "openapi_gzip_size");
