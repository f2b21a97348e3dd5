/* Every layout and state of the monitor that people have looked at: what the gallery draws, the
 * golden pictures hold, and the tests of size, contrast and colour vision go through.
 */
#ifndef MACHIAI_TESTS_WALLS_H
#define MACHIAI_TESTS_WALLS_H

#include "monitor.h"

enum { WALLS_MAX = 192, WALL_NAME_SIZE = 48 };

struct wall_scene {
    char name[WALL_NAME_SIZE]; /* file name without extension */
    int width, height;
    struct monitor_view view;
};

/* All scenes, made once; the list is valid until the program ends. */
const struct wall_scene *walls(int *ret_count);

#endif
