#include "first_light.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { SIDE_MAX = 8192 };

static const Uint32 PAGE_FORMAT = SDL_PIXELFORMAT_RGB888;

struct buffer {
    int width, height;
    size_t pitch;
    off_t offset; /* of the first dot that is seen */
    Uint32 format;
};

static Uint32 mask(const struct fb_bitfield *field)
{
    return field->length >= 32 ? 0 : ((1U << field->length) - 1U) << field->offset;
}

static int look_at(int fd, struct buffer *ret)
{
    struct fb_var_screeninfo seen;
    struct fb_fix_screeninfo fixed;
    if (ioctl(fd, FBIOGET_VSCREENINFO, &seen) != 0 || ioctl(fd, FBIOGET_FSCREENINFO, &fixed) != 0)
        return -errno;
    size_t dot = seen.bits_per_pixel / 8;
    if (seen.xres == 0 || seen.yres == 0 || seen.xres > SIDE_MAX || seen.yres > SIDE_MAX ||
        fixed.line_length < seen.xres * dot)
        return -ENOTSUP;
    *ret = (struct buffer){
        .width = (int)seen.xres,
        .height = (int)seen.yres,
        .pitch = fixed.line_length,
        .offset = (off_t)seen.yoffset * fixed.line_length + (off_t)(seen.xoffset * dot),
        .format = SDL_MasksToPixelFormatEnum((int)seen.bits_per_pixel, mask(&seen.red),
                                             mask(&seen.green), mask(&seen.blue), 0)};
    return ret->format == SDL_PIXELFORMAT_UNKNOWN ? -ENOTSUP : 0;
}

/* Where a dot of the page comes to stand. */
static size_t turned(int rotate, int x, int y, int width, int height)
{
    switch (rotate) {
    case 90:
        return (size_t)x * (size_t)width + (size_t)(width - 1 - y);
    case 180:
        return (size_t)(height - 1 - y) * (size_t)width + (size_t)(width - 1 - x);
    case 270:
        return (size_t)(height - 1 - x) * (size_t)width + (size_t)y;
    default:
        return (size_t)y * (size_t)width + (size_t)x;
    }
}

int first_light_lay(SDL_Surface *page, int rotate, Uint32 format, int width, int height, void *ret,
                    size_t pitch)
{
    Uint32 *dots = malloc((size_t)width * (size_t)height * sizeof *dots);
    if (dots == NULL)
        return -ENOMEM;
    for (int y = 0; y < page->h; y++) {
        const Uint32 *line = (const Uint32 *)((const Uint8 *)page->pixels + y * page->pitch);
        for (int x = 0; x < page->w; x++)
            dots[turned(rotate, x, y, width, height)] = line[x];
    }
    int result = SDL_ConvertPixels(width, height, PAGE_FORMAT, dots, width * (int)sizeof *dots,
                                   format, ret, (int)pitch);
    free(dots);
    return result == 0 ? 0 : -ENOTSUP;
}

/* The caller frees it. */
static int draw_page(const struct first_light_place *place, const struct terminal_view *view,
                     int width, int height, SDL_Surface **ret)
{
    static struct widgets widgets; /* nothing on it is pressed */
    const struct canvas_options options = {.language_dir = place->language_dir};
    struct canvas canvas;
    SDL_Surface *page = SDL_CreateRGBSurfaceWithFormat(0, width, height,
                                                       SDL_BITSPERPIXEL(PAGE_FORMAT), PAGE_FORMAT);
    SDL_Renderer *renderer = page == NULL ? NULL : SDL_CreateSoftwareRenderer(page);
    int result =
        renderer == NULL ? -ENOMEM : canvas_init(&canvas, renderer, width, height, &options);
    if (result == 0) {
        terminal_draw(&canvas, view, &widgets);
        SDL_RenderPresent(renderer);
        canvas_finish(&canvas);
    }
    SDL_DestroyRenderer(renderer);
    if (result == 0)
        *ret = page;
    else
        SDL_FreeSurface(page);
    return result;
}

static int put(int fd, const struct buffer *buffer, const Uint8 *dots)
{
    size_t size = (size_t)buffer->height * buffer->pitch;
    for (size_t done = 0; done < size;) {
        ssize_t count = pwrite(fd, dots + done, size - done, buffer->offset + (off_t)done);
        if (count <= 0 && errno != EINTR)
            return count < 0 ? -errno : -EIO;
        done += count > 0 ? (size_t)count : 0;
    }
    return 0;
}

static int show(int fd, const struct first_light_place *place, const struct terminal_view *view)
{
    struct buffer buffer = {0}; /* an optimizing gcc does not know that errno is never 0 */
    SDL_Surface *page = NULL;
    bool upright = place->rotate == 0 || place->rotate == 180;
    int result = look_at(fd, &buffer);
    if (result < 0)
        return result;
    Uint8 *dots = calloc((size_t)buffer.height, buffer.pitch);
    result = dots == NULL ? -ENOMEM
                          : draw_page(place, view, upright ? buffer.width : buffer.height,
                                      upright ? buffer.height : buffer.width, &page);
    if (result == 0)
        result = first_light_lay(page, place->rotate, buffer.format, buffer.width, buffer.height,
                                 dots, buffer.pitch);
    if (result == 0)
        result = put(fd, &buffer, dots);
    SDL_FreeSurface(page);
    free(dots);
    return result;
}

int first_light_show(const struct first_light_place *place, const struct terminal_view *view)
{
    int fd = open(place->device, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int result = show(fd, place, view);
    close(fd);
    return result;
}

bool first_light_wanted(void)
{
    const char *driver = getenv("SDL_VIDEODRIVER");
    return driver != NULL && strcmp(driver, "kmsdrm") == 0;
}

void first_light(const struct config *config, const char *language_dir,
                 const struct terminal_view *view)
{
    /* A terminal is never turned. */
    const struct first_light_place place = {
        .device = FIRST_LIGHT_DEVICE,
        .language_dir = language_dir,
        .rotate = config->role == ROLE_MONITOR ? config->monitor.rotate : 0};
    int result = first_light_wanted() ? first_light_show(&place, view) : 0;
    if (result < 0 && result != -ENOENT)
        fprintf(stderr, "machiai-kiosk: the panels stay dark until a window is open: %s: %s\n",
                place.device, strerror(-result));
}
