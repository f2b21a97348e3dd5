#include "mail_texts.h"

#include <stdio.h>
#include <string.h>

#include "session.h"

#define EMBED(symbol, path)                                                                        \
    __asm__(".section .rodata\n"                                                                   \
            ".global " symbol "\n" symbol ":\n"                                                    \
            ".incbin \"" path "\"\n"                                                               \
            ".byte 0\n"                                                                            \
            ".balign 8\n"                                                                          \
            ".previous\n")

EMBED("mail_reminder_text", MACHIAI_MAIL_REMINDER);
EMBED("mail_contract_text", MACHIAI_MAIL_CONTRACT);

EMBED("mail_near_ja", MACHIAI_MAIL_DIR "/near.ja.txt");
EMBED("mail_near_ja_easy", MACHIAI_MAIL_DIR "/near.ja-easy.txt");
EMBED("mail_near_en", MACHIAI_MAIL_DIR "/near.en.txt");
EMBED("mail_near_zh_hans", MACHIAI_MAIL_DIR "/near.zh-Hans.txt");
EMBED("mail_near_ko", MACHIAI_MAIL_DIR "/near.ko.txt");
EMBED("mail_near_vi", MACHIAI_MAIL_DIR "/near.vi.txt");
EMBED("mail_near_pt", MACHIAI_MAIL_DIR "/near.pt.txt");

extern const char mail_near_ja[], mail_near_ja_easy[], mail_near_en[], mail_near_zh_hans[],
    mail_near_ko[], mail_near_vi[], mail_near_pt[];

const char *mail_near_text(const char *language)
{
    static const struct {
        const char *language, *text;
    } texts[] = {
        {"ja", mail_near_ja},           {"ja-easy", mail_near_ja_easy}, {"en", mail_near_en},
        {"zh-Hans", mail_near_zh_hans}, {"ko", mail_near_ko},           {"vi", mail_near_vi},
        {"pt", mail_near_pt},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (strcmp(texts[i].language, language) == 0)
            return texts[i].text;
    return NULL;
}

/* Replaces {name} in a text; false: it does not fit. */
static bool fill(const char *text, size_t size, const struct mail_filling *fillings, char *ret,
                 size_t ret_size)
{
    size_t used = 0;

    for (size_t i = 0; i < size;) {
        const char *part = text + i;
        size_t part_size = 1, skip = 1;

        for (const struct mail_filling *f = fillings; *part == '{' && f->name; f++) {
            size_t length = strlen(f->name);

            if (i + length + 2 <= size && strncmp(part + 1, f->name, length) == 0 &&
                part[length + 1] == '}') {
                part = f->value;
                part_size = strlen(part);
                skip = length + 2;
                break;
            }
        }
        if (used + part_size >= ret_size)
            return false;
        memcpy(ret + used, part, part_size);
        used += part_size;
        i += skip;
    }
    ret[used] = '\0';
    return true;
}

bool mail_text_head(const char *text, const char *name, const struct mail_filling *fillings,
                    char *ret, size_t ret_size)
{
    size_t length = strlen(name);

    while (*text && *text != '\n') {
        size_t size = strcspn(text, "\n");

        if (size > length + 2 && strncmp(text, name, length) == 0 &&
            strncmp(text + length, ": ", 2) == 0)
            return fill(text + length + 2, size - length - 2, fillings, ret, ret_size);
        text += size + (text[size] == '\n');
    }
    return false;
}

bool mail_text_body(const char *text, const struct mail_filling *fillings, char *ret,
                    size_t ret_size)
{
    const char *body = strstr(text, "\n\n");

    return body && fill(body + 2, strlen(body + 2), fillings, ret, ret_size);
}

bool mail_text_moment(const char *text, const char *name, int64_t at, int utc_offset_min,
                      char ret[static MAIL_WHEN_SIZE])
{
    char year[8], month[8], day[8], hour[8], minute[8];
    const struct mail_filling fillings[] = {{"year", year}, {"month", month},   {"day", day},
                                            {"hour", hour}, {"minute", minute}, {NULL, NULL}};
    struct civil civil;

    civil_from_ms(at, utc_offset_min, &civil);
    (void)snprintf(year, sizeof(year), "%d", civil.year % 10000);
    (void)snprintf(month, sizeof(month), "%d", civil.month % 100);
    (void)snprintf(day, sizeof(day), "%d", civil.day % 100);
    (void)snprintf(hour, sizeof(hour), "%d", civil.hour % 100);
    (void)snprintf(minute, sizeof(minute), "%02d", civil.minute % 100);
    return mail_text_head(text, name, fillings, ret, MAIL_WHEN_SIZE);
}
