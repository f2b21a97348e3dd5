/* The page of whoever holds a secret link: reading the ticket, late, giving it up, a mail when
 * near. */
#include <errno.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#include "holder.h"
#include "near_mail.h"
#include "routes.h"
#include "web.h"

enum { QR_QUIET = 4 /* modules of white around it, as ISO/IEC 18004 asks */ };

/* False: answered. */
static bool find(struct http_request *req, struct cloud *cloud, struct holder *ret)
{
    int result = holder_find(cloud, http_param(req, 0), ret);

    if (result == -ENOENT)
        http_reply_error(req, 404, "not_found", "There is no such ticket; scan the slip again.",
                         NULL);
    else if (result < 0)
        web_fail(req, result);
    return result == 0;
}

static void reply_ticket(struct http_request *req, struct cloud *cloud, const struct holder *holder)
{
    cJSON *json = NULL;
    int result = holder_json(cloud, holder, &json);

    if (result == -ESTALE)
        http_reply_error(req, 410, "over", "This ticket is of another day.", NULL);
    else if (result < 0)
        web_fail(req, result);
    else
        web_reply(req, 200, json);
}

void holder_get(struct http_request *req, void *context)
{
    struct holder holder;

    if (find(req, web_cloud(context), &holder))
        reply_ticket(req, web_cloud(context), &holder);
}

/* After an act: what the page shows from now on, or why not. */
static void reply_act(struct http_request *req, struct cloud *cloud, const struct holder *holder,
                      int result)
{
    if (result == -EPERM)
        http_reply_error(req, 409, "conflict",
                         "The ticket has moved on; this cannot be done any more.", NULL);
    else if (result < 0)
        web_fail(req, result);
    else
        reply_ticket(req, cloud, holder);
}

void holder_late_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct holder holder;

    if (find(req, cloud, &holder))
        reply_act(req, cloud, &holder, holder_late(cloud, &holder));
}

void holder_cancel_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct holder holder;
    struct web_body body;
    bool all = false;

    if (!find(req, cloud, &holder) || !web_body_read(req, &body))
        return;
    decode_bool(&body.decoder, body.json, "", "all", &all);
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    reply_act(req, cloud, &holder, holder_cancel(cloud, &holder, all));
}

/* -- mail -------------------------------------------------------------------------------------- */

static bool still_waits(const struct holder *holder)
{
    const struct queue *queue = site_read(holder->site);
    const struct ticket *ticket = queue_ticket(queue, holder->ticket);
    bool waits = ticket && holder_may_mail(queue, ticket, site_now(holder->site));

    site_read_end(holder->site);
    return waits;
}

void holder_mail_put(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    char address[MAIL_ADDRESS_SIZE] = "", language[NEAR_MAIL_LANGUAGE_SIZE] = "ja";
    struct holder holder;
    struct web_body body;
    int result;

    if (!find(req, cloud, &holder) || !web_body_read(req, &body))
        return;
    decode_string(&body.decoder, body.json, "", "address", DECODE_REQUIRED, address,
                  sizeof(address));
    decode_string(&body.decoder, body.json, "", "language", DECODE_OPTIONAL, language,
                  sizeof(language));
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    if (!near_mail_ready(cloud->near_mail) || !still_waits(&holder)) {
        reply_act(req, cloud, &holder, -EPERM);
        return;
    }
    result = near_mail_ask(cloud->db, holder.site, holder.ticket, address, language);
    if (result == -EINVAL)
        web_refuse(req, "address: is no e-mail address");
    else
        reply_act(req, cloud, &holder, result == -EALREADY ? -EPERM : result);
}

void holder_mail_delete(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct holder holder;

    if (find(req, cloud, &holder))
        reply_act(req, cloud, &holder, near_mail_stop(cloud->db, holder.site, holder.ticket));
}

/* -- QR ---------------------------------------------------------------------------------------- */

/* One path of rows of squares; needs about ten bytes a run. */
static char *draw(struct http_request *req, const QRcode *qr)
{
    enum { RUN_SIZE = 24, FRAME_SIZE = 320 };
    int side = qr->width + 2 * QR_QUIET;
    size_t size = FRAME_SIZE + (size_t)qr->width * (size_t)qr->width * RUN_SIZE / 2 + 1, used;
    char *text = http_alloc(req, size);

    used =
        (size_t)snprintf(text, size,
                         "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                         "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
                         "<path d=\"",
                         side, side, side, side);
    for (int y = 0; y < qr->width; y++) {
        for (int x = 0; x < qr->width; x++) {
            int run = 0;

            while (x + run < qr->width && qr->data[y * qr->width + x + run] & 1)
                run++;
            if (run > 0)
                used += (size_t)snprintf(text + used, size - used, "M%d %dh%dv1h-%dz", x + QR_QUIET,
                                         y + QR_QUIET, run, run);
            x += run;
        }
    }
    (void)snprintf(text + used, size - used, "\"/></svg>");
    return text;
}

void holder_qr_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct holder holder;
    QRcode *qr;
    char *text;

    if (!find(req, cloud, &holder))
        return;
    qr = QRcode_encodeString8bit(http_printf(req, "%s/t/%s", cloud->url, holder.code), 0,
                                 QR_ECLEVEL_M);
    if (!qr) {
        web_fail(req, -ENOMEM);
        return;
    }
    text = draw(req, qr);
    QRcode_free(qr);
    http_reply(req, 200, "image/svg+xml", text, strlen(text), NULL);
}
