/* Photographs and pictures: what is decoded, what is refused, what is cut. */
#include "photo.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include <cmocka.h>

static uint8_t *room(size_t *ret_size)
{
    FILE *file = fopen(PHOTO_DIR "/room.jpg", "rb");
    uint8_t *data = malloc(1 << 20);

    assert_non_null(file);
    *ret_size = fread(data, 1, 1 << 20, file);
    (void)fclose(file);
    return data;
}

static void a_photograph_is_reduced_while_it_is_decoded(void **state)
{
    SDL_Surface *picture;
    size_t size;
    uint8_t *data = room(&size);

    (void)state;
    assert_int_equal(photo_decode(data, size, 0, &picture), 0);
    assert_int_equal(picture->w, 960);
    assert_int_equal(picture->h, 540);
    SDL_FreeSurface(picture);
    assert_int_equal(photo_decode(data, size, 270, &picture), 0);
    assert_int_equal(picture->h, 270); /* not less than enough */
    SDL_FreeSurface(picture);
    free(data);
}

static void a_damaged_photograph_is_refused(void **state)
{
    SDL_Surface *picture = NULL;
    size_t size;
    uint8_t *data = room(&size);

    (void)state;
    for (size_t cut = 0; cut < size - 2; cut += 1 + size / 50)
        assert_int_equal(photo_decode(data, cut, 0, &picture), -EINVAL);
    assert_int_equal(photo_decode((const uint8_t *)"GIF89a..", 8, 0, &picture), -EINVAL);
    assert_int_equal(photo_decode(data, PHOTO_BYTES_MAX + 1, 0, &picture), -EFBIG);
    assert_null(picture);
    free(data);
}

/* A JPEG of one colour, in as few bytes as it takes. */
static uint8_t *flat_jpeg(int width, int height, bool progressive, size_t *ret_size)
{
    struct jpeg_compress_struct file;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long size = 0;
    JSAMPLE *line = calloc((size_t)width, 1);

    file.err = jpeg_std_error(&errors);
    jpeg_create_compress(&file);
    jpeg_mem_dest(&file, &data, &size);
    file.image_width = (JDIMENSION)width;
    file.image_height = (JDIMENSION)height;
    file.input_components = 1;
    file.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&file);
    if (progressive)
        jpeg_simple_progression(&file);
    jpeg_start_compress(&file, TRUE);
    while (file.next_scanline < file.image_height)
        jpeg_write_scanlines(&file, &line, 1);
    jpeg_finish_compress(&file);
    jpeg_destroy_compress(&file);
    free(line);
    *ret_size = size;
    return data;
}

static void a_bomb_of_a_photograph_is_refused(void **state)
{
    SDL_Surface *picture = NULL;
    size_t size;
    uint8_t *data = flat_jpeg(PHOTO_SIDE_MAX + 8, 16, false, &size);

    (void)state;
    assert_int_equal(photo_decode(data, size, 0, &picture), -EFBIG);
    free(data);
    data = flat_jpeg(8192, 8192, true, &size); /* 128 MB of coefficients */
    assert_true(size < 1 << 20);
    assert_int_equal(photo_decode(data, size, 0, &picture), -EINVAL);
    free(data);
    assert_null(picture);
    data = flat_jpeg(640, 480, true, &size);
    assert_int_equal(photo_decode(data, size, 0, &picture), 0);
    SDL_FreeSurface(picture);
    free(data);
}

static SDL_Surface *painted(int width, int height, Uint32 left, Uint32 right)
{
    SDL_Surface *surface =
        SDL_CreateRGBSurfaceWithFormat(0, width, height, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Rect half = {width / 2, 0, width / 2, height};

    assert_non_null(surface);
    SDL_FillRect(surface, NULL, left);
    SDL_FillRect(surface, &half, right);
    return surface;
}

static Uint32 pixel(const SDL_Surface *surface, int x, int y)
{
    return ((const Uint32 *)((const Uint8 *)surface->pixels + (ptrdiff_t)y * surface->pitch))[x];
}

static void a_picture_is_cut_about_its_focus(void **state)
{
    SDL_Surface *wide = painted(400, 100, 0xFF102030, 0xFF405060);
    SDL_Surface *cut = photo_cut(wide, 100, 100, (struct photo_focus){0, 0.5});

    (void)state;
    assert_int_equal(pixel(cut, 0, 50), 0xFF102030);
    assert_int_equal(pixel(cut, 99, 50), 0xFF102030);
    SDL_FreeSurface(cut);
    cut = photo_cut(wide, 100, 100, (struct photo_focus){1, 0.5});
    assert_int_equal(pixel(cut, 0, 50), 0xFF405060);
    SDL_FreeSurface(cut);
    cut = photo_cut(wide, 100, 100, (struct photo_focus){0.5, 0.5});
    assert_int_equal(pixel(cut, 10, 50), 0xFF102030);
    assert_int_equal(pixel(cut, 90, 50), 0xFF405060);
    SDL_FreeSurface(cut);
    SDL_FreeSurface(wide);
}

/* Fine stripes become their mean, not a pattern of their own; what is clear stays without colour.
 */
static void reducing_takes_the_mean(void **state)
{
    SDL_Surface *stripes = painted(800, 800, 0xFF000000, 0xFF000000), *cut;
    SDL_Surface *clear = painted(800, 800, 0x00FF0000, 0xFF0000FF);
    SDL_Rect line = {0, 0, 1, 800};

    (void)state;
    for (line.x = 0; line.x < 800; line.x += 2)
        SDL_FillRect(stripes, &line, 0xFFFFFFFF);
    cut = photo_cut(stripes, 150, 150, (struct photo_focus){0.5, 0.5});
    for (int x = 2; x < 148; x++)
        assert_in_range(pixel(cut, x, 75) & 0xFF, 108, 148);
    SDL_FreeSurface(cut);
    cut = photo_cut(clear, 101, 101, (struct photo_focus){0.5, 0.5});
    assert_int_equal(pixel(cut, 50, 50) & 0xFF0000, 0); /* no red shines through at the edge */
    assert_in_range(pixel(cut, 50, 50) >> 24, 80, 180);
    assert_int_equal(pixel(cut, 100, 50), 0xFF0000FF);
    SDL_FreeSurface(cut);
    cut = photo_cut(clear, 1600, 1600, (struct photo_focus){0.5, 0.5});
    assert_int_equal(pixel(cut, 1599, 10), 0xFF0000FF);
    SDL_FreeSurface(cut);
    SDL_FreeSurface(clear);
    SDL_FreeSurface(stripes);
}

static void a_drawn_picture_keeps_what_is_clear(void **state)
{
    static const uint8_t pixels[] = {1, 2, 3, 0, 9, 8, 7, 255};
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = 2, .height = 1, .format = PNG_FORMAT_BGRA};
    uint8_t data[512];
    size_t size = sizeof data;
    SDL_Surface *picture;

    (void)state;
    assert_true(png_image_write_to_memory(&image, data, &size, 0, pixels, 0, NULL));
    assert_int_equal(photo_decode(data, size, 0, &picture), 0);
    assert_int_equal(pixel(picture, 0, 0) >> 24, 0);
    assert_int_equal(pixel(picture, 1, 0), 0xFF070809);
    SDL_FreeSurface(picture);
    assert_int_equal(photo_decode(data, size - 20, 0, &picture), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_photograph_is_reduced_while_it_is_decoded),
        cmocka_unit_test(a_damaged_photograph_is_refused),
        cmocka_unit_test(a_bomb_of_a_photograph_is_refused),
        cmocka_unit_test(a_picture_is_cut_about_its_focus),
        cmocka_unit_test(reducing_takes_the_mean),
        cmocka_unit_test(a_drawn_picture_keeps_what_is_clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
