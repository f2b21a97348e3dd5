#include "sight.h"

#include <math.h>

static const struct sight {
    const char *name;
    double matrix[3][3];
} sights[SIGHTS] = {
    {"common", {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {"protan",
     {{0.152286, 1.052583, -0.204868},
      {0.114503, 0.786281, 0.099216},
      {-0.003882, -0.048116, 1.051998}}},
    {"deutan",
     {{0.367322, 0.860646, -0.227968},
      {0.280085, 0.672501, 0.047413},
      {-0.011820, 0.042940, 0.968881}}},
    {"tritan",
     {{1.255528, -0.076749, -0.178779},
      {-0.078411, 0.930809, 0.147602},
      {0.004733, 0.691367, 0.303900}}},
    {"grey", {{0.2126, 0.7152, 0.0722}, {0.2126, 0.7152, 0.0722}, {0.2126, 0.7152, 0.0722}}},
};

static double linear(Uint8 channel)
{
    double value = channel / 255.0;

    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

static Uint8 encoded(double value)
{
    double bounded = fmin(fmax(value, 0), 1);
    double shown = bounded <= 0.0031308 ? bounded * 12.92 : 1.055 * pow(bounded, 1 / 2.4) - 0.055;

    return (Uint8)lround(shown * 255);
}

SDL_Color sight_seen(SDL_Color colour, int index)
{
    const struct sight *sight = &sights[index];
    double in[3] = {linear(colour.r), linear(colour.g), linear(colour.b)}, out[3];

    for (int i = 0; i < 3; i++)
        out[i] =
            sight->matrix[i][0] * in[0] + sight->matrix[i][1] * in[1] + sight->matrix[i][2] * in[2];
    return (SDL_Color){encoded(out[0]), encoded(out[1]), encoded(out[2]), 255};
}

const char *sight_name(int sight)
{
    return sights[sight].name;
}
