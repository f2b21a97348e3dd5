/* The colours of kiosk screens, and the arithmetic that proves that they can be read.
 *
 * Public signage on a warm white wall: one family of blue, and one orange that says "you are being
 * called" and nothing else.
 */
#ifndef MACHIAI_SCREENS_THEME_H
#define MACHIAI_SCREENS_THEME_H

#include <SDL.h>

enum theme_colour {
    THEME_PAPER,   /* the ground */
    THEME_WHITE,   /* number frame, outlined buttons, behind every QR */
    THEME_INK,     /* text, strong rules, inverted bands */
    THEME_INK2,    /* secondary text */
    THEME_RULE,    /* hairlines; decoration only, never the sole sign */
    THEME_AI,      /* 藍: room plates, buttons */
    THEME_AI_DEEP, /* lower edge of a button, text on sky */
    THEME_SKY,     /* the chosen language or desk */
    THEME_ORANGE,  /* you are being called; nothing else, on any screen */
    THEME_BLACK,   /* QR modules and the slip */
    THEME_MIST,    /* grounds of still pages (templates), as light as paper, ink on them: */
    THEME_SAND,
    THEME_SAGE,
    THEME_BLUSH,
    THEME_COLOURS
};

SDL_Color theme_colour(enum theme_colour colour);

/* WCAG 2 contrast ratio, 1 to 21. */
double theme_contrast(SDL_Color a, SDL_Color b);

#endif
