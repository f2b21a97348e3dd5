#include "photo.h"

#include <errno.h>
#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

/* What libjpeg may take for itself, and how often a progressive file may go over its picture: a few
 * kilobytes can ask for hours otherwise. */
enum { JPEG_MEMORY_MAX = 64 << 20, JPEG_SCANS_MAX = 40, CHANNELS = 4 };

static SDL_Surface *surface_of(int width, int height)
{
    return SDL_CreateRGBSurfaceWithFormat(0, width, height, 32, SDL_PIXELFORMAT_ARGB8888);
}

static uint8_t *line_of(const SDL_Surface *surface, int y)
{
    return (uint8_t *)surface->pixels + (ptrdiff_t)y * surface->pitch;
}

/* -- JPEG -------------------------------------------------------------------------------------- */

struct jpeg {
    struct jpeg_decompress_struct file;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf out;
    SDL_Surface *surface;
};

static void jpeg_give_up(j_common_ptr file)
{
    struct jpeg *jpeg = file->client_data;

    longjmp(jpeg->out, 1);
}

/* A warning is damage: half a photograph is none. Messages of a higher level are traces. */
static void jpeg_hear(j_common_ptr file, int level)
{
    if (level < 0)
        jpeg_give_up(file);
}

static void jpeg_watch(j_common_ptr file)
{
    const struct jpeg *jpeg = file->client_data;

    if (jpeg->file.input_scan_number > JPEG_SCANS_MAX)
        jpeg_give_up(file);
}

/* Eighths at which no side falls under `enough`. */
static unsigned reduction(const struct jpeg_decompress_struct *file, int enough)
{
    unsigned eighths = 8;
    unsigned least =
        file->image_width < file->image_height ? file->image_width : file->image_height;

    while (enough > 0 && eighths > 1 && least * (eighths / 2) / 8 >= (unsigned)enough)
        eighths /= 2;
    while (eighths > 1 &&
           (size_t)file->image_width * eighths / 8 * ((size_t)file->image_height * eighths / 8) >
               PHOTO_AREA_MAX)
        eighths /= 2;
    return eighths;
}

static int jpeg_read(struct jpeg *jpeg, const uint8_t *data, size_t size, int enough)
{
    struct jpeg_decompress_struct *file = &jpeg->file;

    jpeg_mem_src(file, data, size);
    if (jpeg_read_header(file, TRUE) != JPEG_HEADER_OK || file->num_components == 4)
        return -EINVAL;
    if (file->image_width > PHOTO_SIDE_MAX || file->image_height > PHOTO_SIDE_MAX)
        return -EFBIG;
    file->scale_num = reduction(file, enough);
    file->scale_denom = 8;
    file->out_color_space = JCS_EXT_BGRA; /* ARGB8888 in memory */
    jpeg_calc_output_dimensions(file);
    if (file->output_width > PHOTO_KEPT_MAX || file->output_height > PHOTO_KEPT_MAX ||
        (size_t)file->output_width * file->output_height > PHOTO_AREA_MAX)
        return -EFBIG;
    jpeg->surface = surface_of((int)file->output_width, (int)file->output_height);
    if (!jpeg->surface)
        return -ENOMEM;
    jpeg_start_decompress(file);
    while (file->output_scanline < file->output_height) {
        JSAMPROW line = line_of(jpeg->surface, (int)file->output_scanline);

        jpeg_read_scanlines(file, &line, 1);
    }
    jpeg_finish_decompress(file);
    return 0;
}

static int jpeg_decode(const uint8_t *data, size_t size, int enough, SDL_Surface **ret)
{
    struct jpeg *jpeg = calloc(1, sizeof *jpeg); /* on the heap: longjmp() spares it */
    int r = -EINVAL;

    if (!jpeg)
        return -ENOMEM;
    jpeg->file.err = jpeg_std_error(&jpeg->errors);
    jpeg->errors.error_exit = jpeg_give_up;
    jpeg->errors.emit_message = jpeg_hear;
    jpeg->file.client_data = jpeg;
    if (setjmp(jpeg->out) == 0) {
        jpeg_create_decompress(&jpeg->file);
        jpeg->file.mem->max_memory_to_use = JPEG_MEMORY_MAX;
        jpeg->progress.progress_monitor = jpeg_watch;
        jpeg->file.progress = &jpeg->progress;
        r = jpeg_read(jpeg, data, size, enough);
    } else {
        r = -EINVAL;
    }
    jpeg_destroy_decompress(&jpeg->file);
    if (r == 0)
        *ret = jpeg->surface;
    else
        SDL_FreeSurface(jpeg->surface);
    free(jpeg);
    return r;
}

/* -- PNG --------------------------------------------------------------------------------------- */

static int png_decode(const uint8_t *data, size_t size, SDL_Surface **ret)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    SDL_Surface *surface = NULL;
    int r = -EINVAL;

    if (!png_image_begin_read_from_memory(&image, data, size))
        return -EINVAL;
    if (image.width > PHOTO_KEPT_MAX || image.height > PHOTO_KEPT_MAX ||
        (size_t)image.width * image.height > PHOTO_AREA_MAX) {
        png_image_free(&image);
        return -EFBIG;
    }
    image.format = PNG_FORMAT_BGRA;
    surface = surface_of((int)image.width, (int)image.height);
    if (!surface)
        r = -ENOMEM;
    else if (png_image_finish_read(&image, NULL, surface->pixels, surface->pitch, NULL))
        r = 0;
    png_image_free(&image);
    if (r == 0)
        *ret = surface;
    else
        SDL_FreeSurface(surface);
    return r;
}

int photo_decode(const uint8_t *data, size_t size, int enough, SDL_Surface **ret)
{
    static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF}, png[] = {0x89, 'P', 'N', 'G'};

    if (size > PHOTO_BYTES_MAX)
        return -EFBIG;
    if (size > sizeof jpeg && memcmp(data, jpeg, sizeof jpeg) == 0)
        return jpeg_decode(data, size, enough, ret);
    if (size > sizeof png && memcmp(data, png, sizeof png) == 0)
        return png_decode(data, size, ret);
    return -EINVAL;
}

/* -- cutting and reducing -----------------------------------------------------------------------
 */

/* One direction of the work: `count` values of the new side from a stretch of the old one. A tent
 * as wide as the step between new values, at least one old value to each side. */
struct filter {
    int count, taps;
    int *first;
    float *weights; /* count * taps; each row adds up to 1 */
};

static void filter_row(struct filter *filter, int index, double centre, double reach, int limit)
{
    float *weights = filter->weights + (ptrdiff_t)index * filter->taps;
    int first = (int)floor(centre - reach - 0.5) + 1, last; /* the first within reach */
    float sum = 0;

    first = first < 0 ? 0 : first > limit - 1 ? limit - 1 : first;
    last = first + filter->taps > limit ? limit : first + filter->taps;
    for (int i = first; i < last; i++) {
        double away = fabs(i + 0.5 - centre) / reach;

        weights[i - first] = away < 1 ? (float)(1 - away) : 0;
        sum += weights[i - first];
    }
    if (sum <= 0) {
        weights[0] = sum = 1;
    }
    for (int i = 0; i < last - first; i++)
        weights[i] /= sum;
    filter->first[index] = first;
}

static bool filter_init(struct filter *filter, int count, double from, double length, int limit)
{
    double step = length / count, reach = step > 1 ? step : 1;

    filter->count = count;
    filter->taps = (int)ceil(2 * reach) + 2;
    filter->first = calloc((size_t)count, sizeof *filter->first);
    filter->weights = calloc((size_t)count * (size_t)filter->taps, sizeof *filter->weights);
    if (!filter->first || !filter->weights)
        return false;
    for (int i = 0; i < count; i++)
        filter_row(filter, i, from + (i + 0.5) * step, reach, limit);
    return true;
}

static void filter_finish(struct filter *filter)
{
    free(filter->first);
    free(filter->weights);
}

static uint8_t rounded(float value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5f);
}

/* A line of the picture, colours multiplied by alpha so that what is clear does not shine through,
 * at its new width. */
static void squeeze_line(const struct filter *across, const uint8_t *from, uint8_t *to)
{
    for (int x = 0; x < across->count; x++) {
        const float *weights = across->weights + (ptrdiff_t)x * across->taps;
        const uint8_t *pixel = from + (ptrdiff_t)across->first[x] * CHANNELS;
        float sum[CHANNELS] = {0};

        for (int i = 0; i < across->taps && weights[i] > 0; i++, pixel += CHANNELS) {
            float alpha = weights[i] * pixel[3] / 255;

            for (int c = 0; c < 3; c++)
                sum[c] += alpha * pixel[c];
            sum[3] += 255 * alpha;
        }
        for (int c = 0; c < CHANNELS; c++)
            to[CHANNELS * x + c] = rounded(sum[c]);
    }
}

static void squeeze_down(const struct filter *down, int y, const uint8_t *lines, int width,
                         uint8_t *to)
{
    const float *weights = down->weights + (ptrdiff_t)y * down->taps;
    const uint8_t *from = lines + (ptrdiff_t)down->first[y] * width * CHANNELS;

    for (int x = 0; x < width; x++) {
        float sum[CHANNELS] = {0};

        for (int i = 0; i < down->taps && weights[i] > 0; i++)
            for (int c = 0; c < CHANNELS; c++)
                sum[c] += weights[i] * from[((ptrdiff_t)i * width + x) * CHANNELS + c];
        for (int c = 0; c < 3; c++)
            to[CHANNELS * x + c] = sum[3] > 0 ? rounded(sum[c] * 255 / sum[3]) : 0;
        to[CHANNELS * x + 3] = rounded(sum[3]);
    }
}

static SDL_Surface *squeeze(const SDL_Surface *picture, const struct filter *across,
                            const struct filter *down)
{
    SDL_Surface *surface = surface_of(across->count, down->count);
    /* `taps` may reach over the last line by what has no weight */
    uint8_t *lines = calloc((size_t)picture->h, (size_t)across->count * CHANNELS);

    if (surface && lines) {
        for (int y = 0; y < picture->h; y++)
            squeeze_line(across, line_of(picture, y),
                         lines + (ptrdiff_t)y * across->count * CHANNELS);
        for (int y = 0; y < down->count; y++)
            squeeze_down(down, y, lines, across->count, line_of(surface, y));
        free(lines);
        return surface;
    }
    SDL_FreeSurface(surface);
    free(lines);
    return NULL;
}

static double shifted(double side, double part, double focus)
{
    double from = side * focus - part / 2;

    return from < 0 ? 0 : from > side - part ? side - part : from;
}

SDL_Surface *photo_cut(const SDL_Surface *picture, int width, int height, struct photo_focus focus)
{
    double scale = fmin((double)picture->w / width, (double)picture->h / height);
    double w = width * scale, h = height * scale;
    struct filter across = {0}, down = {0};
    SDL_Surface *surface = NULL;

    if (filter_init(&across, width, shifted(picture->w, w, focus.x), w, picture->w) &&
        filter_init(&down, height, shifted(picture->h, h, focus.y), h, picture->h))
        surface = squeeze(picture, &across, &down);
    filter_finish(&across);
    filter_finish(&down);
    return surface;
}
