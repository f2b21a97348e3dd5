/* A job as the kiosk's client makes it, of a picture in which every byte matters: to standard
 * output. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "escpos.h"

enum { WIDTH = 576, HEIGHT = 900, STRIDE = WIDTH / 8 };

int main(void)
{
    static uint8_t bits[STRIDE * HEIGHT];
    uint8_t *bytes = NULL;
    size_t size = 0;
    for (size_t i = 0; i < sizeof bits; i++)
        bits[i] = (uint8_t)(i * 37 >> 3);
    if (escpos_encode(bits, WIDTH, HEIGHT, STRIDE, &bytes, &size) < 0)
        return 1;
    bool failed = fwrite(bytes, 1, size, stdout) != size;
    free(bytes);
    return failed;
}
