/* A monitor that hangs upright or upside down: the picture is turned, drawing knows nothing of it.
 */
#include "test.h"

#include "window.h"

#include <stdlib.h>

enum { WIDTH = 640, HEIGHT = 360, MARK = 60 };

/* Where the drawing's upper left corner comes out on the glass: 0 upper left, 1 upper right, 2
 * lower right, 3 lower left; -1 nowhere. Presented twice: the page stays what is drawn on. */
static int corner_of(int rotate)
{
    static Uint32 pixels[WIDTH * HEIGHT];
    const struct config_screen screen = {.width = WIDTH, .height = HEIGHT, .rotate = rotate};
    const struct window_options options = {
        .title = "test", .screen = &screen, .language_dir = "/nowhere"};
    const SDL_Rect all = {0, 0, WIDTH, HEIGHT}, mark = {0, 0, MARK, MARK};
    const int at[4] = {0, WIDTH - 1, WIDTH * HEIGHT - 1, WIDTH * (HEIGHT - 1)};
    struct window *window = NULL;
    int found = -1, marked = 0;
    assert_int_equal(window_create(&options, &window), 0);
    bool upright = rotate % 180 != 0;
    assert_int_equal(window->canvas.width, upright ? HEIGHT : WIDTH);
    assert_int_equal(window->canvas.height, upright ? WIDTH : HEIGHT);
    for (int i = 0; i < 2; i++) {
        SDL_SetRenderDrawColor(window->renderer, 0, 0, 0, 255);
        SDL_RenderClear(window->renderer);
        SDL_SetRenderDrawColor(window->renderer, 255, 255, 255, 255);
        SDL_RenderFillRect(window->renderer, &mark);
        window_present(window);
    }
    SDL_SetRenderTarget(window->renderer, NULL);
    assert_int_equal(
        SDL_RenderReadPixels(window->renderer, &all, SDL_PIXELFORMAT_RGB888, pixels, WIDTH * 4), 0);
    for (int i = 0; i < 4; i++)
        if ((pixels[at[i]] & 0xFFFFFF) == 0xFFFFFF)
            found = i;
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        marked += (pixels[i] & 0xFFFFFF) == 0xFFFFFF;
    assert_int_equal(marked, MARK * MARK); /* nothing is cut off or stretched */
    window_destroy(window);
    return found;
}

static void test_quarter_turns(void **state)
{
    (void)state;
    assert_int_equal(corner_of(0), 0);
    assert_int_equal(corner_of(90), 1);
    assert_int_equal(corner_of(180), 2);
    assert_int_equal(corner_of(270), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_quarter_turns)};
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    if (SDL_Init(SDL_INIT_VIDEO) != 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    SDL_Quit();
    return failed;
}
