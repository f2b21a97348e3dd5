/* Processor time of drawing a slip on a press that has drawn before: another number, time and code
 * each.
 *
 *   ninja -C build/release bench_slip && build/release/tests/printing/bench_slip
 *   valgrind --tool=callgrind --toggle-collect=slip_press_draw
 * build/release/tests/printing/bench_slip
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "slip_scenes.h"

enum { ROUNDS = 60 };

static double processor_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double draw(struct slip_press *press, int round)
{
    struct slip_view view = scenes_slip("ja");
    struct bitmap bitmap;
    snprintf(view.number, sizeof view.number, "%d", 10 + round);
    snprintf(view.time, sizeof view.time, "10:%02d", round);
    snprintf(view.check, sizeof view.check, "%04X", (unsigned)round * 977);
    snprintf(view.code, sizeof view.code, "7K4Q-%04d", round);
    snprintf(view.qr, sizeof view.qr, "https://m.example.jp/t/7K4Q9M2XH3T%d", round);
    double began = processor_us();
    if (slip_press_draw(press, &view, &bitmap) < 0)
        exit(1);
    double took = processor_us() - began;
    bitmap_finish(&bitmap);
    return took;
}

int main(void)
{
    const struct canvas_options options = {.language_dir = LANGUAGE_DIR};
    struct slip_press *press;
    double took[ROUNDS];
    if (slip_press_create(&options, &press) < 0)
        return 1;
    double first = draw(press, 0);
    for (int i = 0; i < ROUNDS; i++)
        took[i] = draw(press, i % 50 + 1);
    qsort(took, ROUNDS, sizeof took[0], by_size);
    printf("first slip %.0f us; further ones: min %.0f, p50 %.0f, p99 %.0f us of processor time\n",
           first, took[0], took[ROUNDS / 2], took[ROUNDS * 99 / 100]);
    slip_press_destroy(press);
    return 0;
}
