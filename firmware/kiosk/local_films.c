#include "local_films.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int is_film(const struct dirent *entry)
{
    static const char *const endings[] = {".mp4", ".m4v", ".webm", ".mkv", ".mov"};
    const char *dot = strrchr(entry->d_name, '.');
    if (dot == NULL || dot == entry->d_name)
        return 0;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return 1;
    return 0;
}

void local_films_add(const char *dir, struct playlist *playlist)
{
    struct dirent **list = NULL;
    int count = scandir(dir, &list, is_film, alphasort);
    if (count <= 0)
        fprintf(stderr, "machiai-kiosk: no films in %s%s%s\n", dir, count < 0 ? ": " : "",
                count < 0 ? strerror(errno) : "");
    for (int i = 0; i < count; i++) {
        char path[VIDEO_PATH_SIZE];
        snprintf(path, sizeof path, "%s/%s", dir, list[i]->d_name);
        int result = playlist_add_local(playlist, path);
        if (result < 0)
            fprintf(stderr, "machiai-kiosk: %s is left out: %s\n", path, strerror(-result));
        free(list[i]);
    }
    free(list);
}
