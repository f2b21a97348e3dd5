/* Where the kiosk's data lie: languages, templates. */
#ifndef MACHIAI_KIOSK_DATA_DIR_H
#define MACHIAI_KIOSK_DATA_DIR_H

#include <stddef.h>

/* The folder that the environment names in `variable`; else that of the installed program; else
 * `built`, where the build made it. */
void data_dir_find(const char *name, const char *variable, const char *built, char *path,
                   size_t size);

#endif
