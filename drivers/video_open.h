/* A film's file, as the child may be given it.
 */
#ifndef MACHIAI_DRIVERS_VIDEO_OPEN_H
#define MACHIAI_DRIVERS_VIDEO_OPEN_H

#include <stddef.h>

/* A descriptor of a regular, non-empty file, or -1 with the reason in text. Never waits for a pipe
 * or a device. */
int video_open_film(const char *path, char *text, size_t size);

#endif
