#include "openapi.h"

/* The assembler reads the file: a string literal of that length is beyond what C promises. */
__asm__(".section .rodata\n"
        ".global openapi_text\n"
        "openapi_text:\n"
        ".incbin \"" MACHIAI_OPENAPI "\"\n"
        "openapi_end:\n"
        ".byte 0\n"
        ".balign 8\n"
        ".global openapi_size\n"
        "openapi_size:\n"
#if __SIZEOF_SIZE_T__ == 8
        ".quad openapi_end - openapi_text\n"
#else
        ".long openapi_end - openapi_text\n"
#endif
        ".previous\n");
