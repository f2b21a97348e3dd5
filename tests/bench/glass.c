/* Looks at a display from outside, as an eye would: reads the frame buffer of an Xvfb (-fbdir) each
 * millisecond and tells what is seen in one place of it.
 *
 *   glass FILE X Y WIDTH HEIGHT         until its standard input is closed
 *
 * Films of tests/bench/clips.mjs carry their number and each frame's number in a strip along their
 * upper edge. A line a change: microseconds of CLOCK_MONOTONIC, then
 *   f CLIP FRAME   another frame     ?   the strip cannot be read (something else, or a fade)
 *   dark | light   nothing in the place is brighter than black, and its end
 * and at the end: `late MICROSECONDS`, the longest pause between two looks.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_MS = 1,
    CELLS = 16, /* white, black, 4 of the clip, 10 of the frame */
    STRIP = 36, /* share of the height of half the strip */
    DARK = 24,  /* of 255: black of television is 16 */
    ACROSS = 32,
    DOWN = 18,
    WORD = 4,
    HEADER_WORDS = 25
};

/* Fields of an XWD header, in words. */
enum { XWD_HEADER = 0, XWD_LINE = 12, XWD_COLOURS = 19 };
enum { COLOUR_BYTES = 12 };

struct glass {
    const uint8_t *pixels;
    size_t line;
    int x, y, width, height;
};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static uint32_t word_at(const uint8_t *file, int field)
{
    const uint8_t *word = file + (size_t)WORD * (size_t)field;
    return (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
}

static bool open_glass(const char *path, struct glass *glass)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0)
        return false;
    const uint8_t *file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (file == MAP_FAILED)
        return false;
    glass->line = word_at(file, XWD_LINE);
    glass->pixels =
        file + word_at(file, XWD_HEADER) + (size_t)COLOUR_BYTES * word_at(file, XWD_COLOURS);
    return true;
}

/* Brightness in a part of the place. */
static int bright(const struct glass *glass, int part_x, int parts_x, int part_y, int parts_y)
{
    int x = glass->x + (2 * part_x + 1) * glass->width / (2 * parts_x);
    int y = glass->y + (2 * part_y + 1) * glass->height / (2 * parts_y);
    const uint8_t *pixel = glass->pixels + (size_t)y * glass->line + (size_t)WORD * (size_t)x;
    return (pixel[0] + 2 * pixel[1] + pixel[2]) / 4; /* blue, green, red */
}

/* The clip's and the frame's number as one, as the upper (0) or the lower (1) half of the strip
 * says it; -1: no strip. */
static int read_half(const struct glass *glass, int half)
{
    int value = 0;
    for (int i = 0; i < CELLS; i++) {
        int cell = bright(glass, i, CELLS, half, STRIP);
        if (cell > 80 && cell < 176)
            return -1;
        value = value << 1 | (cell >= 128);
    }
    return value >> (CELLS - 2) == 2 ? value & ((1 << (CELLS - 2)) - 1) : -1;
}

/* The server writes while we read: cells of two frames make the number of a third. It does so row
 * by row, so then one half is not as the other. `seen`, what is told already, stands meanwhile. */
static int read_strip(const struct glass *glass, int seen)
{
    int upper = read_half(glass, 0), lower = read_half(glass, 1);
    if (upper < 0 || lower < 0)
        return -1;
    return upper == lower ? upper : seen;
}

static bool is_dark(const struct glass *glass)
{
    for (int y = 0; y < DOWN; y++)
        for (int x = 0; x < ACROSS; x++)
            if (bright(glass, x, ACROSS, y, DOWN) > DARK)
                return false;
    return true;
}

static void watch(const struct glass *glass)
{
    struct pollfd end = {.fd = STDIN_FILENO, .events = POLLIN};
    int64_t last = now_us(), late = 0;
    int seen = -2;
    bool dark = false;
    while (poll(&end, 1, LOOK_MS) == 0) {
        int64_t now = now_us();
        late = now - last > late ? now - last : late;
        last = now;
        int strip = read_strip(glass, seen);
        if (strip != seen && strip >= 0)
            (void)printf("%lld f %d %d\n", (long long)now, strip >> 10, strip & 1023);
        else if (strip != seen)
            (void)printf("%lld ?\n", (long long)now);
        seen = strip;
        if (is_dark(glass) != dark)
            (void)printf("%lld %s\n", (long long)now, dark ? "light" : "dark");
        dark = is_dark(glass);
        (void)fflush(stdout);
    }
    (void)printf("%lld late %lld\n", (long long)now_us(), (long long)late);
}

int main(int argc, char **argv)
{
    struct glass glass = {0};
    if (argc != 6) {
        (void)fprintf(stderr, "usage: glass FILE X Y WIDTH HEIGHT\n");
        return 2;
    }
    if (!open_glass(argv[1], &glass)) {
        perror(argv[1]);
        return 1;
    }
    glass.x = atoi(argv[2]);
    glass.y = atoi(argv[3]);
    glass.width = atoi(argv[4]);
    glass.height = atoi(argv[5]);
    watch(&glass);
    return 0;
}
