/* Eyes with a colour vision deficiency, simulated: Machado, Oliveira and Fernandes 2009, full
 * strength; and eyes that see lightness alone.
 */
#ifndef MACHIAI_TESTS_SIGHT_H
#define MACHIAI_TESTS_SIGHT_H

#include <SDL.h>

enum { SIGHTS = 5 }; /* common, protan, deutan, tritan, grey */

const char *sight_name(int sight);
SDL_Color sight_seen(SDL_Color colour, int sight);

#endif
