/* The web pages, embedded in the program when it is built: shells, scripts, styles, pictures.
 *
 * ui/web puts its finished files into the build directory's web/; each becomes bytes, a gzip
 * variant where that is smaller, a type and an ETag (hash of the content). Shells are asked for
 * anew each time (ETag, no-cache). Under /assets/ a file whose name holds a hash
 * ("app.3f9a2c1b.js", eight or more hex digits between dots or after "-") may be kept for a year.
 */
#ifndef MACHIAI_CLOUD_PAGES_H
#define MACHIAI_CLOUD_PAGES_H

#include <stddef.h>

#include "http_server.h"

struct page {
    const char *path; /* relative to web/: "index.html", "staff/index.html", "assets/app.js" */
    const char *type; /* "text/html; charset=utf-8" */
    const char *etag; /* with quotes */
    const unsigned char *body, *gzip; /* gzip may be NULL */
    size_t size, gzip_size;
};

/* NULL when there is no such file. */
const struct page *pages_find(const char *path);
size_t pages_count(void);

/* One handler for all page routes: / -> index.html, /staff/ -> staff/index.html, /programme/,
 * /operator/, /pair/, /account/, /q/{}/book -> book/index.html, /assets/{*}; /staff, /programme,
 * /operator, /pair and /account redirect to the form with "/". Uses no context. */
void pages_handle(struct http_request *req, void *context);

/* The page routes, to stand in a struct http_route table; data_ = the role column of "anyone". */
/* clang-format off */
#define PAGES_ROUTES(data_)                                                                        \
    {HTTP_GET, "/", pages_handle, data_}, {HTTP_GET, "/staff", pages_handle, data_},               \
    {HTTP_GET, "/staff/", pages_handle, data_}, {HTTP_GET, "/programme", pages_handle, data_},     \
    {HTTP_GET, "/programme/", pages_handle, data_}, {HTTP_GET, "/operator", pages_handle, data_},  \
    {HTTP_GET, "/operator/", pages_handle, data_}, {HTTP_GET, "/pair", pages_handle, data_},       \
    {HTTP_GET, "/pair/", pages_handle, data_}, {HTTP_GET, "/account", pages_handle, data_},        \
    {HTTP_GET, "/account/", pages_handle, data_},                                                \
    {HTTP_GET, "/patients", pages_handle, data_}, {HTTP_GET, "/patients/", pages_handle, data_},   \
    {HTTP_GET, "/assets/{*}", pages_handle, data_}
/* clang-format on */

#endif
