#include "printer_pwg.h"

#include <cups/cups.h>
#include <cups/pwg.h>
#include <cups/raster.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escpos.h"

enum {
    SCALE_MAX = PRINTER_PWG_DPI_MAX / PRINTER_PWG_DPI + 1,
    LINE_BYTES_MAX = ESCPOS_WIDTH_MAX * SCALE_MAX,
    POINTS_PER_INCH = 72,
    PWG_UNITS_PER_INCH = 2540
};

static ssize_t write_out(void *context, unsigned char *bytes, size_t size)
{
    return (ssize_t)fwrite(bytes, 1, size, context);
}

static int make_header(const struct printer_pwg *pwg, int width, int height,
                       cups_page_header2_t *ret)
{
    pwg_media_t *media = pwgMediaForSize(width * PWG_UNITS_PER_INCH / pwg->dpi,
                                         height * PWG_UNITS_PER_INCH / pwg->dpi);

    memset(ret, 0, sizeof(*ret));
    if (media == NULL || !cupsRasterInitPWGHeader(ret, media, pwg->black_1 ? "black_1" : "sgray_8",
                                                  pwg->dpi, pwg->dpi, "one-sided", NULL))
        return -EINVAL;
    /* From the dots, not from a paper size that has been rounded to them. */
    ret->cupsWidth = (unsigned)width;
    ret->cupsHeight = (unsigned)height;
    ret->cupsBytesPerLine = (unsigned)(pwg->black_1 ? (width + 7) / 8 : width);
    ret->PageSize[0] = (unsigned)(width * POINTS_PER_INCH / pwg->dpi);
    ret->PageSize[1] = (unsigned)(height * POINTS_PER_INCH / pwg->dpi);
    return 0;
}

/* One line of dots, each made `scale` wide. */
static void make_line(const struct printer_pwg *pwg, const uint8_t *bits, int width, int scale,
                      uint8_t line[static LINE_BYTES_MAX])
{
    memset(line, pwg->black_1 ? 0 : 0xff, LINE_BYTES_MAX);
    for (int x = 0; x < width * scale; x++) {
        int from = x / scale;
        if ((bits[from / 8] >> (7 - from % 8) & 1) == 0)
            continue;
        if (pwg->black_1)
            line[x / 8] |= (uint8_t)(0x80 >> x % 8);
        else
            line[x] = 0;
    }
}

static int write_page(const struct printer_pwg *pwg, const uint8_t *bits, int width, int height,
                      int stride, FILE *file)
{
    static const int scale_half = PRINTER_PWG_DPI / 2;
    int scale = (pwg->dpi + scale_half) / PRINTER_PWG_DPI;
    uint8_t line[LINE_BYTES_MAX];
    cups_page_header2_t header;

    if (scale < 1)
        scale = 1;
    int error = make_header(pwg, width * scale, height * scale, &header);
    if (error < 0)
        return error;
    cups_raster_t *raster = cupsRasterOpenIO(write_out, file, CUPS_RASTER_WRITE_PWG);
    if (raster == NULL)
        return -ENOMEM;
    if (!cupsRasterWriteHeader2(raster, &header))
        error = -ENOMEM;
    for (int y = 0; error == 0 && y < height; y++) {
        make_line(pwg, bits + (size_t)y * (size_t)stride, width, scale, line);
        for (int i = 0; error == 0 && i < scale; i++)
            if (cupsRasterWritePixels(raster, line, header.cupsBytesPerLine) == 0)
                error = -ENOMEM;
    }
    cupsRasterClose(raster);
    return error;
}

int printer_pwg_encode(const struct printer_pwg *pwg, const uint8_t *bits, int width, int height,
                       int stride, uint8_t **ret_bytes, size_t *ret_size)
{
    char *bytes = NULL;
    size_t size = 0;

    if (width < 1 || width > ESCPOS_WIDTH_MAX || height < 1 || height > ESCPOS_HEIGHT_MAX ||
        stride < (width + 7) / 8 || pwg->dpi < 1 || pwg->dpi > PRINTER_PWG_DPI_MAX)
        return -EINVAL;
    FILE *file = open_memstream(&bytes, &size);
    if (file == NULL)
        return -ENOMEM;
    int error = write_page(pwg, bits, width, height, stride, file);
    if (fclose(file) != 0)
        error = -ENOMEM;
    if (error < 0) {
        free(bytes);
        return error;
    }
    *ret_bytes = (uint8_t *)bytes;
    *ret_size = size;
    return 0;
}
