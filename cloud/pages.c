#include "pages_table.h"

#include <string.h>

enum { HASH_DIGITS_MIN = 8 };

const struct page *pages_find(const char *path)
{
    for (size_t i = 0; i < pages_table_count; i++) {
        if (strcmp(pages_table[i].path, path) == 0)
            return &pages_table[i];
    }
    return NULL;
}

size_t pages_count(void)
{
    return pages_table_count;
}

/* "app.3f9a2c1b.js", "app-3f9a2c1b.js": other content would have another name. */
static bool is_hashed(const char *path)
{
    const char *name = strrchr(path, '/');

    for (const char *c = name ? name : path; *c; c++) {
        size_t digits = *c == '.' || *c == '-' ? strspn(c + 1, "0123456789abcdef") : 0;
        if (digits >= HASH_DIGITS_MIN && c[1 + digits] == '.')
            return true;
    }
    return false;
}

/* File of a route's pattern; NULL = it is to be asked for with a slash at its end. */
static const char *file_of(struct http_request *req)
{
    static const struct {
        const char *route, *file;
    } shells[] = {
        {"/", "index.html"},
        {"/staff/", "staff/index.html"},
        {"/programme/", "programme/index.html"},
        {"/operator/", "operator/index.html"},
        {"/pair/", "pair/index.html"},
        {"/account/", "account/index.html"},
        {"/patients/", "patients/index.html"},
    };
    const char *route = http_route_path(req);

    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(shells[i].route, route) == 0)
            return shells[i].file;
    }
    return strcmp(route, "/assets/{*}") == 0 ? http_printf(req, "assets/%s", http_param(req, 0))
                                             : NULL;
}

void pages_handle(struct http_request *req, void *context)
{
    const char *file = file_of(req);
    const struct page *page = file ? pages_find(file) : NULL;
    (void)context;

    if (!file) {
        http_add_header(req, "Location", http_printf(req, "%s/", http_route_path(req)));
        http_reply(req, 301, NULL, NULL, 0, NULL);
    } else if (!page) {
        http_reply_error(req, 404, "not_found", "There is no such page.", NULL);
    } else {
        http_add_header(req, "Cache-Control",
                        is_hashed(page->path) ? "public, max-age=31536000, immutable" : "no-cache");
        http_reply_static(req, page->type, page->body, page->size, page->gzip, page->gzip_size,
                          page->etag);
    }
}
