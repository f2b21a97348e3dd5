#include "theme.h"

#include <math.h>

static const SDL_Color colours[THEME_COLOURS] = {
    [THEME_PAPER] = {0xFA, 0xF7, 0xF0, 255},   [THEME_WHITE] = {0xFF, 0xFF, 0xFF, 255},
    [THEME_INK] = {0x14, 0x20, 0x2E, 255},     [THEME_INK2] = {0x46, 0x52, 0x5F, 255},
    [THEME_RULE] = {0xC9, 0xC1, 0xB2, 255},    [THEME_AI] = {0x14, 0x40, 0x7F, 255},
    [THEME_AI_DEEP] = {0x0A, 0x28, 0x50, 255}, [THEME_SKY] = {0xBF, 0xE4, 0xFF, 255},
    [THEME_ORANGE] = {0xF6, 0xAA, 0x00, 255},  [THEME_BLACK] = {0x00, 0x00, 0x00, 255},
    [THEME_MIST] = {0xE6, 0xF2, 0xF9, 255},    [THEME_SAND] = {0xF3, 0xEA, 0xD8, 255},
    [THEME_SAGE] = {0xE5, 0xEE, 0xE0, 255},    [THEME_BLUSH] = {0xF8, 0xE9, 0xE3, 255},
};

SDL_Color theme_colour(enum theme_colour colour)
{
    return colours[colour];
}

static double linear(Uint8 channel)
{
    double value = channel / 255.0;

    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static double luminance(SDL_Color c)
{
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

double theme_contrast(SDL_Color a, SDL_Color b)
{
    double la = luminance(a), lb = luminance(b);

    return la > lb ? (la + 0.05) / (lb + 0.05) : (lb + 0.05) / (la + 0.05);
}
