/* Patient views as they were last answered, ready to be sent again: on a busy morning hundreds of
 * people ask for the same few lines within a second. A text serves while its site has not changed,
 * and at most KEPT_VIEW_MS, because estimates and hours move with time. Never waits for a site, the
 * database or a disk. */
#ifndef MACHIAI_CLOUD_KEPT_VIEWS_H
#define MACHIAI_CLOUD_KEPT_VIEWS_H

#include "cloud.h"

enum {
    KEPT_VIEWS_MAX = 4096,      /* queues; two that fall on one place take turns */
    KEPT_VIEW_SIZE = 16 * 1024, /* a longer text is not kept */
    KEPT_VIEW_MS = 1000         /* of the site's clock */
};

struct kept_views;

int kept_views_create(struct kept_views **ret) __attribute__((warn_unused_result));
/* Accepts NULL. */
void kept_views_destroy(struct kept_views *kept);
/* The view of the queue as of `now` (site_now()) and revision, as views_json() gave it. Copied. */
void kept_views_put(struct kept_views *kept, const char *queue_id, struct site *site,
                    uint64_t revision, int64_t now, const char *text);
/* A copy that lives as long as the request; NULL when there is none that may be sent. */
const char *kept_views_get(struct kept_views *kept, const char *queue_id, struct http_request *req);

#endif
