#include "mistakes.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "data_dir.h"
#include "first_light.h"
#include "mistakes_view.h"
#include "watchdog.h"
#include "window.h"

enum { LOOK_MS = 1000, WINDOWS = 2 };

struct screens {
    struct words *words;
    struct window *windows[WINDOWS];
    struct watchdog *watchdog;
};

static volatile sig_atomic_t signalled;

static void on_signal(int number)
{
    (void)number;
    signalled = 1;
}

static int open_window(const struct config *config, bool monitor, const char *languages,
                       struct window **ret)
{
    bool second = monitor && config->role == ROLE_BOTH;
    struct window_options options = {.title = "Machiai set-up",
                                     .screen = monitor ? &config->monitor : &config->terminal,
                                     .fullscreen = config->fullscreen,
                                     .display = second ? 1 : 0,
                                     .x = second ? config->terminal.width : 0,
                                     .language_dir = languages};
    return window_create(&options, ret);
}

static void make_view(const struct config *config, const struct config_mistakes *mistakes,
                      const struct machine *machine, const struct words *words,
                      struct terminal_view *ret)
{
    const char *slash = strrchr(config->path, '/');
    mistakes_view(mistakes, slash != NULL ? slash + 1 : config->path, machine, words, ret);
}

static int open_screens(const struct config *config, const struct config_mistakes *mistakes,
                        const struct machine *machine, struct screens *screens)
{
    static struct terminal_view view; /* large; one thread */
    char languages[CANVAS_PATH_SIZE];
    struct watchdog_options watched = {0};
    data_dir_find("languages", "MACHIAI_LANGUAGES", MACHIAI_LANGUAGE_DIR, languages,
                  sizeof languages);
    int result = words_create(languages, &screens->words);
    if (result < 0)
        return result;
    make_view(config, mistakes, machine, screens->words, &view);
    first_light(config, languages, &view);
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    if (SDL_Init(SDL_INIT_VIDEO) != 0) {
        fprintf(stderr, "machiai-kiosk: no display: %s; set DISPLAY or SDL_VIDEODRIVER\n",
                SDL_GetError());
        return -ENODEV;
    }
    if (config->fullscreen)
        SDL_ShowCursor(SDL_DISABLE);
    if (config->role != ROLE_TERMINAL)
        result = open_window(config, true, languages, &screens->windows[0]);
    if (result == 0 && config->role != ROLE_MONITOR)
        result = open_window(config, false, languages, &screens->windows[1]);
    return result == 0 ? watchdog_create(&watched, &screens->watchdog) : result;
}

static void close_screens(struct screens *screens)
{
    watchdog_destroy(screens->watchdog);
    for (int i = 0; i < WINDOWS; i++)
        window_destroy(screens->windows[i]);
    words_destroy(screens->words);
    SDL_Quit();
}

static void draw(struct screens *screens, const struct terminal_view *view)
{
    static struct widgets widgets; /* nothing on them is pressed */
    for (int i = 0; i < WINDOWS; i++)
        if (screens->windows[i] != NULL) {
            terminal_draw(&screens->windows[i]->canvas, view, &widgets);
            window_present(screens->windows[i]);
        }
}

static bool same_file(const char *path, const struct stat *before)
{
    struct stat now = {.st_ino = 0};
    (void)stat(path, &now); /* a file that is gone is another one, too */
    return now.st_ino == before->st_ino && now.st_size == before->st_size &&
           now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

int mistakes_run(const struct config *config, const struct config_mistakes *mistakes)
{
    static struct terminal_view view, shown; /* large; one thread */
    struct screens screens = {0};
    struct machine machine;
    struct stat before = {.st_ino = 0};
    bool uncovered = true;
    (void)stat(config->path, &before); /* stays 0 while there is none */
    (void)signal(SIGTERM, on_signal);
    (void)signal(SIGINT, on_signal);
    machine_read(config->data, &machine);
    int result = open_screens(config, mistakes, &machine, &screens);
    while (result == 0 && signalled == 0 && same_file(config->path, &before)) {
        SDL_Event event;
        machine_refresh(config->data, &machine);
        make_view(config, mistakes, &machine, screens.words, &view);
        if (uncovered || memcmp(&view, &shown, sizeof view) != 0)
            draw(&screens, &view);
        memcpy(&shown, &view, sizeof view);
        watchdog_turn(screens.watchdog);
        uncovered = false;
        for (bool came = SDL_WaitEventTimeout(&event, LOOK_MS) == 1; came;
             came = SDL_PollEvent(&event) == 1) { /* taps and keys have nothing to do here */
            uncovered = uncovered || event.type == SDL_WINDOWEVENT;
            signalled = signalled || event.type == SDL_QUIT;
        }
    }
    close_screens(&screens);
    return result < 0 ? result : signalled != 0 ? 1 : 0;
}
