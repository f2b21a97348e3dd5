/* machiai-draw: one page into one PNG picture. Started by the cloud for previews, with texts that
 * anybody may have written: its memory and time are bounded before it reads anything.
 */
#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "options.h"
#include "photo.h"

/* AddressSanitizer reserves more address space than there is memory. */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_MAX RLIM_INFINITY
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_MAX RLIM_INFINITY
#endif
#endif
#ifndef MEMORY_MAX
#define MEMORY_MAX (768u << 20)
#endif

/* Looking for leaks at the end needs rights that the cloud's confinement takes away; the parts that
 * draw are looked at by their own tests. */
#if defined(__SANITIZE_ADDRESS__)
const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

enum { EXIT_MACHINE = 1, EXIT_PAGE = 2, SECONDS_MAX = 20, SENTENCE_SIZE = 400 };

static void set_bounds(void)
{
    const struct rlimit time = {SECONDS_MAX, SECONDS_MAX + 1};
    const struct rlimit memory = {MEMORY_MAX, MEMORY_MAX};
    const struct rlimit no_core = {0, 0};

    (void)setrlimit(RLIMIT_CPU, &time); /* a system that forbids it has its own */
    (void)setrlimit(RLIMIT_AS, &memory);
    (void)setrlimit(RLIMIT_CORE, &no_core);
}

static int say(int code, const char *sentence)
{
    (void)fprintf(stderr, "%s\n", sentence);
    return code;
}

static int read_page(const char *name, struct template_page *ret, char *error, size_t size)
{
    char text[TEMPLATE_PAGE_MAX + 1];
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    size_t length;

    if (!file) {
        snprintf(error, size, "%.200s: %s", name, strerror(errno));
        return -EINVAL;
    }
    length = fread(text, 1, sizeof text, file);
    if (file != stdin)
        (void)fclose(file);
    return template_page_parse(text, length, ret, error, size);
}

/* The bytes of a file of the photos' folder; the name is a SHA-256 in hex. */
static int read_photo(void *context, const char *sha256, uint8_t **ret, size_t *ret_size)
{
    const struct draw_options *options = context;
    char path[4096];
    struct stat stat;
    uint8_t *data = NULL;
    FILE *file;
    int r = -EIO;

    if (!options->photos)
        return -ENOENT;
    snprintf(path, sizeof path, "%s/%s", options->photos, sha256);
    file = fopen(path, "rb");
    if (!file)
        return -ENOENT;
    if (fstat(fileno(file), &stat) == 0 && stat.st_size > 0 && stat.st_size <= PHOTO_BYTES_MAX)
        data = malloc((size_t)stat.st_size);
    if (data && fread(data, 1, (size_t)stat.st_size, file) == (size_t)stat.st_size) {
        *ret = data;
        *ret_size = (size_t)stat.st_size;
        r = 0;
    } else {
        free(data);
    }
    (void)fclose(file);
    return r;
}

/* A preview that left a photograph out would say nothing of why. */
static int check_photos(struct draw_options *options, const struct template_page *page, char *error,
                        size_t size)
{
    for (int i = 0; i < page->photo_count; i++) {
        SDL_Surface *picture = NULL;
        uint8_t *data = NULL;
        size_t length = 0;
        int r = read_photo(options, page->photos[i].sha256, &data, &length);

        if (r == 0)
            r = photo_decode(data, length, 1, &picture);
        SDL_FreeSurface(picture);
        free(data);
        if (r < 0) {
            snprintf(error, size, "%s: the photo %s", page->photos[i].name,
                     r == -ENOENT  ? "is not there"
                     : r == -EFBIG ? "is too large"
                                   : "is no JPEG or PNG, or is damaged");
            return -EINVAL;
        }
    }
    return 0;
}

static int write_png(const SDL_Surface *picture)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)picture->w,
                       .height = (png_uint_32)picture->h,
                       .format = PNG_FORMAT_RGB};
    SDL_Surface *rgb = SDL_ConvertSurfaceFormat((SDL_Surface *)picture, SDL_PIXELFORMAT_RGB24, 0);
    bool written = rgb &&
                   png_image_write_to_stdio(&image, stdout, 0, rgb->pixels, rgb->pitch, NULL) &&
                   fflush(stdout) == 0;

    SDL_FreeSurface(rgb);
    return written ? 0 : say(EXIT_MACHINE, "the picture could not be written");
}

static int draw(struct template_press *press, struct draw_options *options,
                const struct template_page *page)
{
    const struct template_photos photos = {.read = read_photo, .context = options};
    const struct template_job job = {.page = page,
                                     .clinic = options->clinic,
                                     .place = options->place,
                                     .photos = &photos,
                                     .sheet = options->sheet};
    SDL_Surface *picture;
    int r = template_press_draw(press, &job, &picture, NULL);

    if (r == -EINVAL)
        return say(EXIT_PAGE, "the picture would be too large");
    if (r < 0)
        return say(EXIT_MACHINE, "there is not enough memory");
    r = write_png(picture);
    SDL_FreeSurface(picture);
    return r;
}

int main(int argc, char **argv)
{
    struct draw_options options;
    struct template_page page;
    struct template_fault fault;
    struct template_press *press;
    char error[SENTENCE_SIZE] = "";
    int r = draw_options_read(argc, argv, &options, error, sizeof error);

    if (r == 1)
        return fputs(draw_usage, stdout) < 0 ? EXIT_MACHINE : 0;
    if (r < 0)
        return say(EXIT_PAGE, error);
    set_bounds();
    if (read_page(options.page, &page, error, sizeof error) < 0)
        return say(EXIT_PAGE, error);
    if (template_press_create(&options.folders, &press, error, sizeof error) < 0)
        return say(EXIT_MACHINE, *error ? error : "there is not enough memory");
    if (template_press_check(press, &page, &fault) < 0)
        r = say(EXIT_PAGE, fault.text);
    else if (check_photos(&options, &page, error, sizeof error) < 0)
        r = say(EXIT_PAGE, error);
    else if (!options.check)
        r = draw(press, &options, &page);
    template_press_destroy(press);
    return r;
}
