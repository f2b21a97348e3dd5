#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char draw_usage[] =
    "usage: machiai-draw [--template-dir DIR] [--page FILE] [--clinic NAME] [--photos DIR]\n"
    "                    [--width PX] [--height PX] [--pixel-mm MM] [--view-m M] [--sheet N]\n"
    "                    [--language-dir DIR] [--font-dir DIR] [--check]\n"
    "\n"
    "Reads a page's JSON ({\"template\",\"fields\",\"photos\"}; standard input by default) and "
    "writes it\n"
    "as PNG on standard output: exactly what a monitor shows in an area of that size (1280x720).\n"
    "Photographs are files of DIR named after their SHA-256. --check draws nothing.\n"
    "Exit code 2: the page cannot be used, one sentence on standard error says why, beginning "
    "with\n"
    "the field's name. 1: this machine cannot draw (fonts, templates, memory).\n";

enum { SIDE, MILLIMETRES, METRES, SHEET };

static const struct {
    double least, most;
} limits[] = {[SIDE] = {TEMPLATE_SIDE_LEAST, TEMPLATE_SIDE_MAX},
              [MILLIMETRES] = {0.05, 2},
              [METRES] = {0.5, 20},
              [SHEET] = {0, TEMPLATE_SHEETS_MAX + TEMPLATE_PHOTOS_MAX}};

static int number(const char *name, const char *text, int kind, double *ret, char *error,
                  size_t size)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end || !(value >= limits[kind].least && value <= limits[kind].most)) {
        snprintf(error, size, "--%s is no number from %g to %g", name, limits[kind].least,
                 limits[kind].most);
        return -EINVAL;
    }
    *ret = value;
    return 0;
}

static int whole(const char *name, const char *text, int kind, int *ret, char *error, size_t size)
{
    double value;
    int r = number(name, text, kind, &value, error, size);

    if (r == 0)
        *ret = (int)value;
    return r;
}

static int take(int letter, const char *name, struct draw_options *options, char *error,
                size_t size)
{
    switch (letter) {
    case 't':
        options->folders.template_dir = optarg;
        return 0;
    case 'l':
        options->folders.language_dir = optarg;
        return 0;
    case 'f':
        options->folders.font_dir = optarg;
        return 0;
    case 'p':
        options->page = optarg;
        return 0;
    case 'c':
        options->clinic = optarg;
        return 0;
    case 'o':
        options->photos = optarg;
        return 0;
    case 'w':
        return whole(name, optarg, SIDE, &options->place.width, error, size);
    case 'h':
        return whole(name, optarg, SIDE, &options->place.height, error, size);
    case 'm':
        return number(name, optarg, MILLIMETRES, &options->place.pixel_mm, error, size);
    case 'v':
        return number(name, optarg, METRES, &options->place.view_m, error, size);
    case 's':
        return whole(name, optarg, SHEET, &options->sheet, error, size);
    case 'k':
        options->check = true;
        return 0;
    case 'H':
        return 1;
    default:
        snprintf(error, size, "an option is unknown or lacks its value (see --help)");
        return -EINVAL;
    }
}

int draw_options_read(int argc, char **argv, struct draw_options *ret, char *error, size_t size)
{
    static const struct option names[] = {
        {"template-dir", required_argument, NULL, 't'},
        {"language-dir", required_argument, NULL, 'l'},
        {"font-dir", required_argument, NULL, 'f'},
        {"page", required_argument, NULL, 'p'},
        {"clinic", required_argument, NULL, 'c'},
        {"photos", required_argument, NULL, 'o'},
        {"width", required_argument, NULL, 'w'},
        {"height", required_argument, NULL, 'h'},
        {"pixel-mm", required_argument, NULL, 'm'},
        {"view-m", required_argument, NULL, 'v'},
        {"sheet", required_argument, NULL, 's'},
        {"check", no_argument, NULL, 'k'},
        {"help", no_argument, NULL, 'H'},
        {NULL, 0, NULL, 0},
    };
    struct draw_options options = {
        .folders = {.template_dir = MACHIAI_TEMPLATE_DIR, .language_dir = MACHIAI_LANGUAGE_DIR},
        .place = {.width = 1280, .height = 720},
        .page = "-",
        .clinic = "",
    };
    int letter, index = 0, r = 0;

    opterr = 0;
    while (r == 0 && (letter = getopt_long(argc, argv, "", names, &index)) != -1)
        r = take(letter, names[index].name, &options, error, size);
    if (r == 0 && optind < argc) {
        snprintf(error, size, "%.60s is no option (see --help)", argv[optind]);
        r = -EINVAL;
    }
    if (r == 0 && strlen(options.clinic) >= OPTIONS_CLINIC_SIZE) {
        snprintf(error, size, "--clinic has more than %d bytes", OPTIONS_CLINIC_SIZE - 1);
        r = -EINVAL;
    }
    if (r == 0)
        *ret = options;
    return r;
}
