#include "qr.h"

#include "shape.h"

#include <errno.h>
#include <qrencode.h>

int qr_encode(const char *text, struct qr *ret)
{
    QRcode *code = *text ? QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) : NULL;

    if (!code)
        return -EINVAL;
    ret->modules = code->width;
    for (int i = 0; i < code->width * code->width; i++)
        ret->dark[i] = code->data[i] & 1;
    QRcode_free(code);
    return 0;
}

int qr_draw(struct canvas *canvas, const struct qr *qr, SDL_Rect area)
{
    int side = qr->modules + 2 * QR_QUIET;
    int module = (area.w < area.h ? area.w : area.h) / side;
    int x0 = area.x + (area.w - module * qr->modules) / 2;
    int y0 = area.y + (area.h - module * qr->modules) / 2;

    if (module < 1)
        return 0;
    shape_fill(canvas, area, THEME_WHITE);
    for (int y = 0; y < qr->modules; y++) {
        for (int x = 0; x < qr->modules; x++) {
            int from = x;

            while (x < qr->modules && qr->dark[y * qr->modules + x])
                x++;
            if (x > from)
                shape_fill(
                    canvas,
                    (SDL_Rect){x0 + from * module, y0 + y * module, (x - from) * module, module},
                    THEME_BLACK);
        }
    }
    return module;
}
