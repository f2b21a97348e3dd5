/* Preloaded into a kiosk: a page flip that never comes back, once the file exists that
 * MACHIAI_STUCK_PRESENT names. It stands in for a display driver, at SDL's own door. */
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

struct SDL_Renderer;
void SDL_RenderPresent(struct SDL_Renderer *renderer);

void SDL_RenderPresent(struct SDL_Renderer *renderer)
{
    static void (*present)(struct SDL_Renderer *);
    const char *file = getenv("MACHIAI_STUCK_PRESENT");
    while (file != NULL && access(file, F_OK) == 0)
        pause();
    if (present == NULL)
        *(void **)&present = dlsym(RTLD_NEXT, "SDL_RenderPresent");
    present(renderer);
}
