/* Draws every screen into PNG files, to be looked at: gallery DIR [LANGUAGE]. */
#include "monitor.h"
#include "picture.h"
#include "scenes.h"
#include "staff_demo.h"
#include "text.h"
#include "walls.h"

#include <stdio.h>
#include <string.h>

enum { PATH = 512 };

static const char *out;
static int problems;

static void keep(struct picture *picture, const char *name)
{
    char path[PATH];
    const struct text_problems *found = text_problems(picture->canvas.text);

    picture_finish(picture);
    snprintf(path, sizeof path, "%s/%s.png", out, name);
    if (picture_write(picture, path) < 0)
        fprintf(stderr, "%s: cannot be written\n", path);
    if (found->count > 0)
        printf("%-40s %d problems, first: %s\n", name, found->count, found->first);
    problems += found->count;
}

static void terminal(const char *name, int width, int height, const struct terminal_view *view)
{
    struct picture picture;
    struct widgets widgets;

    picture_open(&picture, width, height, 0);
    terminal_draw(&picture.canvas, view, &widgets);
    keep(&picture, name);
    picture_close(&picture);
}

static void terminals(const char *language)
{
    static const struct {
        const char *name;
        int width, height;
    } panels[] = {
        {"upright", 1080, 1920}, {"wide", 1280, 800}, {"small", 800, 480}, {"hd", 1920, 1080}};
    for (size_t p = 0; p < sizeof panels / sizeof *panels; p++) {
        for (int s = 0; s < TERMINAL_STATES; s++) {
            struct terminal_view view = scenes_state(terminal_states[s], language);
            char name[PATH];

            snprintf(name, sizeof name, "terminal-%s-%s-%s", terminal_states[s], panels[p].name,
                     language);
            terminal(name, panels[p].width, panels[p].height, &view);
        }
    }
}

static void staff(void)
{
    static const struct {
        const char *name;
        int width, height;
    } panels[] = {
        {"upright", 1080, 1920}, {"wide", 1280, 800}, {"small", 800, 480}, {"hd", 1920, 1080}};

    for (size_t p = 0; p < sizeof panels / sizeof *panels; p++) {
        for (int s = 0; s < STAFF_STATES; s++) {
            struct staff_view view = scenes_staff_state(staff_state(s));
            struct picture picture;
            struct widgets widgets;
            char name[PATH];

            snprintf(name, sizeof name, "%s-%s", staff_state(s), panels[p].name);
            picture_open(&picture, panels[p].width, panels[p].height, 0);
            staff_draw(&picture.canvas, &view, &widgets);
            keep(&picture, name);
            picture_close(&picture);
        }
    }
}

/* A calm picture in the film's place: sky, hills, water. */
static void film(struct picture *picture, SDL_Rect area)
{
    static const SDL_Color bands[] = {
        {197, 216, 224, 255}, {211, 224, 228, 255}, {226, 231, 224, 255}, {134, 165, 177, 255},
        {95, 138, 146, 255},  {187, 206, 214, 255}, {187, 206, 214, 255}, {49, 86, 91, 255}};
    enum { BANDS = sizeof bands / sizeof *bands };

    for (int i = 0; i < BANDS; i++) {
        SDL_Rect band = {area.x, area.y + area.h * i / BANDS, area.w,
                         area.h * (i + 1) / BANDS - area.h * i / BANDS};

        SDL_SetRenderDrawColor(picture->renderer, bands[i].r, bands[i].g, bands[i].b, 255);
        SDL_RenderFillRect(picture->renderer, &band);
    }
}

static void monitor(const char *name, int width, int height, const struct monitor_view *view)
{
    struct picture picture;

    picture_open(&picture, width, height, 0);
    film(&picture, monitor_film_area(&picture.canvas, view));
    monitor_draw(&picture.canvas, view);
    keep(&picture, name);
    picture_close(&picture);
}

static void monitors(void)
{
    int count;
    const struct wall_scene *scenes = walls(&count);

    for (int i = 0; i < count; i++) {
        char name[PATH];

        snprintf(name, sizeof name, "monitor-%s", scenes[i].name);
        monitor(name, scenes[i].width, scenes[i].height, &scenes[i].view);
    }
}

static void slip(const char *name, const struct slip_view *view)
{
    const struct canvas_options options = {.language_dir = LANGUAGE_DIR};
    struct bitmap bitmap;
    char path[PATH];

    snprintf(path, sizeof path, "%s/%s.png", out, name);
    if (slip_draw(view, &options, &bitmap) < 0 || picture_write_slip(&bitmap, path) < 0) {
        fprintf(stderr, "%s: failed\n", path);
        problems++;
        return;
    }
    bitmap_finish(&bitmap);
}

static void slips(void)
{
    for (int i = 0; i < SCENES_LANGUAGES; i++) {
        for (int kind = 0; kind < SCENES_SLIPS; kind++) {
            for (int paper = 80; paper >= 58; paper -= 80 - 58) {
                struct slip_view view = scenes_slip_of(scenes_slips[kind], scenes_languages[i]);
                char name[64];

                view.dots = paper == 80 ? SLIP_DOTS_80 : SLIP_DOTS_58;
                snprintf(name, sizeof name, "slip-%s-%d-%s", scenes_slips[kind], paper,
                         scenes_languages[i]);
                slip(name, &view);
            }
        }
    }
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: gallery DIR [LANGUAGE]\n");
        return 2;
    }
    out = argv[1];
    for (int i = 0; i < SCENES_LANGUAGES; i++)
        if (argc == 2 || strcmp(argv[2], scenes_languages[i]) == 0)
            terminals(scenes_languages[i]);
    staff();
    monitors();
    slips();
    printf("%d problems\n", problems);
    return problems ? 1 : 0;
}
