/* From a layout on a canvas of dots to a picture as high as the slip. */
#include "slip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct slip_press {
    struct bitmap paper;
    struct canvas canvas;
};

int slip_press_create(const struct canvas_options *options, struct slip_press **ret)
{
    struct slip_press *press = calloc(1, sizeof *press);
    int r = -ENOMEM;

    if (!press)
        return r;
    r = bitmap_init(&press->paper, SLIP_DOTS_80, SLIP_HEIGHT_MAX);
    if (r == 0)
        r = canvas_init_dots(&press->canvas, &press->paper, options);
    if (r < 0) {
        slip_press_destroy(press);
        return r;
    }
    *ret = press;
    return 0;
}

void slip_press_destroy(struct slip_press *press)
{
    if (!press)
        return;
    canvas_finish(&press->canvas);
    bitmap_finish(&press->paper);
    free(press);
}

/* Both papers are a multiple of eight dots wide. */
int slip_press_draw(struct slip_press *press, const struct slip_view *view, struct bitmap *ret)
{
    struct bitmap made;
    int height;

    if (view->dots != SLIP_DOTS_80 && view->dots != SLIP_DOTS_58)
        return -EINVAL;
    press->paper.width = press->canvas.width = view->dots;
    press->paper.stride = view->dots / 8;
    height = slip_draw_on(view, &press->canvas);
    if (height < 0)
        return height;
    if (bitmap_init(&made, view->dots, height) < 0)
        return -ENOMEM;
    memcpy(made.bits, press->paper.bits, (size_t)made.stride * (size_t)height);
    *ret = made;
    return 0;
}

int slip_draw(const struct slip_view *view, const struct canvas_options *options,
              struct bitmap *ret)
{
    struct slip_press *press;
    int r = slip_press_create(options, &press);

    if (r < 0)
        return r;
    r = slip_press_draw(press, view, ret);
    slip_press_destroy(press);
    return r;
}
