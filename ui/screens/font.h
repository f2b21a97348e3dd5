/* The fonts of the kiosk: which files, which first for a language, each open once.
 */
#ifndef MACHIAI_SCREENS_FONT_H
#define MACHIAI_SCREENS_FONT_H

#include <SDL_ttf.h>
#include <stdbool.h>
#include <stdint.h>

enum font {
    FONT_UD,  /* BIZ UDGothic: digits half an em wide */
    FONT_UDP, /* BIZ UDPGothic: Latin sentences */
    FONT_JP,
    FONT_SC,
    FONT_KR, /* Noto Sans CJK */
    FONT_NOTO,
    FONTS
};

enum { FONT_CHAIN = 5 };

struct font_store;

/* -ENOENT when no Japanese font is found in dir (may be NULL) and the system's places. */
int font_store_create(const char *dir, struct font_store **ret) __attribute__((warn_unused_result));
void font_store_destroy(struct font_store *store);

/* Fonts to try for a language, best first: FONT_CHAIN of them. */
const enum font *font_chain(const char *language);

bool font_has(struct font_store *store, enum font font, bool bold, uint32_t letter);

/* The face at a size, until the next call for the same face: a face is opened once and changes its
 * size, because opening a CJK collection reads megabytes. NULL when the file is missing or broken.
 */
TTF_Font *font_at(struct font_store *store, enum font font, bool bold, int px);

#endif
