/* Pictures that people have approved, each reduced to an eighth: a moved or missing part shows, a
 * changed edge of a letter does not.
 */
#ifndef MACHIAI_TESTS_GOLDEN_H
#define MACHIAI_TESTS_GOLDEN_H

#include <SDL.h>

enum { GOLDEN_REDUCE = 8, GOLDEN_SMALL_MAX = 240 * 240 };

/* Holds the picture (ARGB8888) against DIR/NAME.png; fails the test when it is another. With
 * MACHIAI_GOLDEN_UPDATE in the environment it writes that file instead. */
void golden_compare(const SDL_Surface *picture, const char *dir, const char *name);

#endif
