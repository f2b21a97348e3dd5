/* level IN.wav OUT.wav: cuts the silence off both ends of a spoken phrase and brings it to an even
 * loudness. Mono, 16 bit, 48 kHz, as open_jtalk writes it.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RATE = 48000,
    HEADER_SIZE = 44,
    SAMPLES_MAX = 30 * RATE,
    BLOCK = RATE / 200,    /* 5 ms */
    LEAD = RATE / 50,      /* kept before the first sound: a consonant begins softly */
    TAIL = RATE * 6 / 100, /* kept behind the last one, faded out */
    FADE = RATE / 100
};

static const double speech_floor = 0.01; /* a block softer than this part of the peak is silence */
static const double target_rms = 0.12;   /* of full scale, over the blocks that speak: -18.4 dB */
static const double peak_limit = 0.7;    /* -3 dB, which leaves room for the codec's ripple */

static double block_rms(const int16_t *samples, int at)
{
    double sum = 0;
    for (int i = 0; i < BLOCK; i++)
        sum += (double)samples[at + i] * samples[at + i];
    return sqrt(sum / BLOCK);
}

/* What is to be kept: [*first, *end). False when nothing speaks. */
static bool find_speech(const int16_t *samples, int count, int *first, int *end, double *rms)
{
    int peak = 0, loud = 0;
    double sum = 0;
    for (int i = 0; i < count; i++)
        peak = abs(samples[i]) > peak ? abs(samples[i]) : peak;
    *first = -1;
    for (int at = 0; at + BLOCK <= count; at += BLOCK) {
        double here = block_rms(samples, at);
        if (here < peak * speech_floor || here < 1)
            continue;
        *first = *first < 0 ? at : *first;
        *end = at + BLOCK;
        if (here > peak * 0.05) {
            sum += here * here;
            loud++;
        }
    }
    if (*first < 0 || loud == 0)
        return false;
    *rms = sqrt(sum / loud);
    *first = *first > LEAD ? *first - LEAD : 0;
    *end = *end + TAIL < count ? *end + TAIL : count;
    return true;
}

static void shape(int16_t *samples, int count, double rms)
{
    int peak = 1;
    for (int i = 0; i < count; i++)
        peak = abs(samples[i]) > peak ? abs(samples[i]) : peak;
    double gain = target_rms * INT16_MAX / rms;
    gain = fmin(gain, peak_limit * INT16_MAX / peak);
    for (int i = 0; i < count; i++) {
        int edge = i < count - 1 - i ? i : count - 1 - i;
        double fade = edge < FADE ? (double)edge / FADE : 1;
        samples[i] = (int16_t)lround(samples[i] * gain * fade);
    }
}

static int16_t *read_wav(const char *path, uint8_t header[HEADER_SIZE], int *ret_count)
{
    FILE *file = fopen(path, "rb");
    int16_t *samples = malloc(SAMPLES_MAX * sizeof *samples);
    const uint8_t form[] = {1, 0, 1, 0, RATE & 0xff, RATE >> 8 & 0xff, RATE >> 16, 0};
    size_t got = 0;
    if (file != NULL && samples != NULL && fread(header, 1, HEADER_SIZE, file) == HEADER_SIZE &&
        memcmp(header + 20, form, sizeof form) == 0 && memcmp(header + 36, "data", 4) == 0)
        got = fread(samples, sizeof *samples, SAMPLES_MAX, file);
    if (file != NULL)
        (void)fclose(file);
    *ret_count = (int)got;
    return samples;
}

static void put_size(uint8_t *at, uint32_t size)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(size >> 8 * i);
}

static bool write_wav(const char *path, uint8_t header[HEADER_SIZE], const int16_t *samples,
                      int count)
{
    uint32_t size = (uint32_t)count * 2;
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return false;
    put_size(header + 4, HEADER_SIZE - 8 + size);
    put_size(header + 40, size);
    bool good = fwrite(header, 1, HEADER_SIZE, file) == HEADER_SIZE &&
                fwrite(samples, 2, (size_t)count, file) == (size_t)count;
    return fclose(file) == 0 && good;
}

int main(int argc, char **argv)
{
    uint8_t header[HEADER_SIZE];
    int count = 0, first = 0, end = 0;
    double rms = 0;
    if (argc != 3) {
        fprintf(stderr, "usage: level IN.wav OUT.wav\n");
        return 2;
    }
    int16_t *samples = read_wav(argv[1], header, &count);
    if (samples == NULL || !find_speech(samples, count, &first, &end, &rms)) {
        fprintf(stderr, "level: %s holds no speech of 48 kHz, mono, 16 bit\n", argv[1]);
        free(samples);
        return 1;
    }
    shape(samples + first, end - first, rms);
    bool good = write_wav(argv[2], header, samples + first, end - first);
    if (!good)
        fprintf(stderr, "level: %s cannot be written\n", argv[2]);
    free(samples);
    return good ? 0 : 1;
}
