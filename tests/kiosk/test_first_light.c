/* The picture in the kernel's frame buffer. Catches: colours of one kind of buffer in another, a
 * picture that is turned the wrong way, lines that are longer than the picture, a scrolled buffer,
 * a device that is none. The device is a file, and what the kernel would tell of it is told here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "first_light.h"

enum { WIDTH = 640, HEIGHT = 480, PITCH_32 = WIDTH * 4 + 64, SCROLLED = 8 };

static const struct fb_var_screeninfo *told;
static unsigned told_pitch;
static char device[] = "/tmp/machiai-first-light-XXXXXX";

int __wrap_ioctl(int fd, unsigned long request, void *ret);

int __wrap_ioctl(int fd, unsigned long request, void *ret)
{
    (void)fd;
    if (told == NULL) {
        errno = ENOTTY;
        return -1;
    }
    if (request == FBIOGET_VSCREENINFO)
        *(struct fb_var_screeninfo *)ret = *told;
    else if (request == FBIOGET_FSCREENINFO)
        *(struct fb_fix_screeninfo *)ret = (struct fb_fix_screeninfo){.line_length = told_pitch};
    return 0;
}

static const struct fb_var_screeninfo bits_32 = {.xres = WIDTH,
                                                 .yres = HEIGHT,
                                                 .yoffset = SCROLLED,
                                                 .bits_per_pixel = 32,
                                                 .red = {16, 8, 0},
                                                 .green = {8, 8, 0},
                                                 .blue = {0, 8, 0}};
static const struct fb_var_screeninfo bits_16 = {.xres = WIDTH,
                                                 .yres = HEIGHT,
                                                 .bits_per_pixel = 16,
                                                 .red = {11, 5, 0},
                                                 .green = {5, 6, 0},
                                                 .blue = {0, 5, 0}};

static int show(int rotate)
{
    static struct terminal_view view;
    view = (struct terminal_view){.screen = TERMINAL_SETUP, .language = "ja", .status_count = 1};
    (void)snprintf(view.status[0].name, sizeof view.status[0].name, "setup.model");
    (void)snprintf(view.status[0].value, sizeof view.status[0].value, "Raspberry Pi 4");
    const struct first_light_place place = {
        .device = device, .language_dir = LANGUAGE_DIR, .rotate = rotate};
    return first_light_show(&place, &view);
}

/* What stands in the file; the caller frees it. */
static uint8_t *contents(size_t *ret_size)
{
    int fd = open(device, O_RDONLY);
    *ret_size = (size_t)lseek(fd, 0, SEEK_END);
    uint8_t *bytes = malloc(*ret_size + 1);
    assert_int_equal(pread(fd, bytes, *ret_size, 0), *ret_size);
    close(fd);
    return bytes;
}

static int empty(void **state)
{
    (void)state;
    told = NULL;
    return truncate(device, 0);
}

static uint32_t dot_32(const uint8_t *bytes, int x, int y)
{
    uint32_t dot;
    memcpy(&dot, bytes + (size_t)(y + SCROLLED) * PITCH_32 + (size_t)x * 4, 4);
    return dot & 0xffffff;
}

/* The bar of the technician's screen is dark, along its upper edge; the rest is paper. */
static void test_a_buffer_of_32_bits(void **state)
{
    (void)state;
    told = &bits_32;
    told_pitch = PITCH_32;
    size_t size;
    assert_int_equal(show(0), 0);
    uint8_t *bytes = contents(&size);
    assert_int_equal(size, (HEIGHT + SCROLLED) * PITCH_32);
    uint32_t bar = dot_32(bytes, WIDTH - 2, 1), paper = dot_32(bytes, WIDTH - 2, HEIGHT / 2);
    assert_int_not_equal(bar, paper);
    assert_true((bar >> 16 & 255) < 80 && (bar & 255) < 110);
    assert_true((paper >> 16 & 255) > 200 && (paper & 255) > 180);
    free(bytes);
}

/* The same picture dot for dot, as far as five and six bits tell it. */
static void test_a_buffer_of_16_bits(void **state)
{
    (void)state;
    size_t size;
    told = &bits_32;
    told_pitch = PITCH_32;
    assert_int_equal(show(0), 0);
    uint8_t *full = contents(&size);
    assert_int_equal(truncate(device, 0), 0);
    told = &bits_16;
    told_pitch = WIDTH * 2;
    assert_int_equal(show(0), 0);
    uint8_t *bytes = contents(&size);
    assert_int_equal(size, WIDTH * HEIGHT * 2);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            uint16_t dot;
            uint32_t wanted = dot_32(full, x, y);
            memcpy(&dot, bytes + ((size_t)y * WIDTH + (size_t)x) * 2, 2);
            assert_int_equal(dot >> 11, wanted >> 19 & 31);
            assert_int_equal(dot >> 5 & 63, wanted >> 10 & 63);
            assert_int_equal(dot & 31, wanted >> 3 & 31);
        }
    free(bytes);
    free(full);
}

static void test_it_is_turned_clockwise(void **state)
{
    (void)state;
    static const uint32_t page[] = {1, 2, 3, 4, 5, 6}; /* 1 2 3 over 4 5 6 */
    static const struct {
        int rotate, width, height;
        uint32_t dots[6];
    } cases[] = {{0, 3, 2, {1, 2, 3, 4, 5, 6}},
                 {90, 2, 3, {4, 1, 5, 2, 6, 3}},
                 {180, 3, 2, {6, 5, 4, 3, 2, 1}},
                 {270, 2, 3, {3, 6, 2, 5, 1, 4}}};
    for (int i = 0; i < 4; i++) {
        uint32_t laid[6] = {0};
        SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormatFrom((void *)(uintptr_t)page, 3, 2, 32,
                                                                  12, SDL_PIXELFORMAT_RGB888);
        assert_int_equal(first_light_lay(surface, cases[i].rotate, SDL_PIXELFORMAT_RGB888,
                                         cases[i].width, cases[i].height, laid,
                                         (size_t)cases[i].width * 4),
                         0);
        assert_memory_equal(laid, cases[i].dots, sizeof laid);
        SDL_FreeSurface(surface);
    }
}

/* An upright panel that hangs on its side: the bar stands along its right edge. */
static void test_a_panel_on_its_side(void **state)
{
    (void)state;
    size_t size;
    told = &bits_32;
    told_pitch = PITCH_32;
    assert_int_equal(show(90), 0);
    uint8_t *bytes = contents(&size);
    uint32_t bar = dot_32(bytes, WIDTH - 2, HEIGHT - 2);
    assert_int_equal(bar, dot_32(bytes, WIDTH - 2, HEIGHT / 2));
    assert_int_not_equal(bar, dot_32(bytes, 2, HEIGHT - 2));
    free(bytes);
}

static void test_what_is_no_frame_buffer(void **state)
{
    (void)state;
    size_t size;
    assert_int_equal(show(0), -ENOTTY);
    struct fb_var_screeninfo strange = bits_32;
    told = &strange;
    told_pitch = WIDTH; /* less than a line needs */
    assert_int_equal(show(0), -ENOTSUP);
    told_pitch = PITCH_32;
    strange.bits_per_pixel = 1;
    assert_int_equal(show(0), -ENOTSUP);
    strange = bits_32;
    strange.xres = 0;
    assert_int_equal(show(0), -ENOTSUP);
    free(contents(&size));
    assert_int_equal(size, 0);
    const struct first_light_place nowhere = {.device = "/nonexistent/fb0", .language_dir = "/"};
    static const struct terminal_view view;
    assert_int_equal(first_light_show(&nowhere, &view), -ENOENT);
}

/* On a desktop the panels are somebody else's. */
static void test_only_where_the_panels_are_ours(void **state)
{
    (void)state;
    unsetenv("SDL_VIDEODRIVER");
    assert_false(first_light_wanted());
    setenv("SDL_VIDEODRIVER", "x11", 1);
    assert_false(first_light_wanted());
    setenv("SDL_VIDEODRIVER", "kmsdrm", 1);
    assert_true(first_light_wanted());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_buffer_of_32_bits, empty),
        cmocka_unit_test_setup(test_a_buffer_of_16_bits, empty),
        cmocka_unit_test_setup(test_it_is_turned_clockwise, empty),
        cmocka_unit_test_setup(test_a_panel_on_its_side, empty),
        cmocka_unit_test_setup(test_what_is_no_frame_buffer, empty),
        cmocka_unit_test_setup(test_only_where_the_panels_are_ours, empty),
    };
    int fd = mkstemp(device);
    if (fd < 0)
        return 1;
    close(fd);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)unlink(device);
    return failed;
}
