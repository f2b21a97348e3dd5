/* A door of its own for those who watch the server: `serve --listen-metrics ADDR:PORT`, plain HTTP,
 * for the operator's network only.
 *
 *   GET /metrics   Prometheus text (version 0.0.4): figures only, no names, no numbers of patients
 *   GET /healthz   200 while the process answers
 *   GET /readyz    200 while it can do its work: database, disk; else 503 and why
 */
#ifndef MACHIAI_CLOUD_METRICS_H
#define MACHIAI_CLOUD_METRICS_H

#include "cloud.h"

enum {
    METRICS_TEXT_MAX = 64 * 1024,
    METRICS_DISK_MIN = 64 * 1024 * 1024 /* free bytes below which the server is not ready */
};

/* Routes of that door; the context of its handlers is a struct door, as everywhere. */
const struct http_route *metrics_routes(size_t *ret_count);
/* NULL, or why the server cannot do its work: one short English sentence. */
const char *metrics_not_ready(struct cloud *cloud);

/* GET /readyz; also on the public door, for a balancer in front. */
http_handler ready_get;

#endif
