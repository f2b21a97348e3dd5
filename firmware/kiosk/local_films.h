/* The relaxation films that are on the device from the first boot: [video] substitutes. */
#ifndef MACHIAI_KIOSK_LOCAL_FILMS_H
#define MACHIAI_KIOSK_LOCAL_FILMS_H

#include "playlist.h"

/* Adds the films of the directory in the order of their names. What cannot be added is logged. */
void local_films_add(const char *dir, struct playlist *playlist);

#endif
