#include "mail_texts.h"

__asm__(".section .rodata\n"
        ".global mail_reminder_text\n"
        "mail_reminder_text:\n"
        ".incbin \"" MACHIAI_MAIL_REMINDER "\"\n"
        ".byte 0\n"
        ".balign 8\n"
        ".previous\n");
