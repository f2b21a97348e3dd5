#include "lan_pages.h"

#include <string.h>

#include "lan_private.h"

void lan_page_get(struct http_request *req, void *context)
{
    const char *route = http_route_path(req);
    const char *path = strcmp(route, "/assets/{*}") == 0
                           ? http_printf(req, "assets/%s", http_param(req, 0))
                           : "staff/index.html";
    (void)context;
    if (strcmp(route, "/") == 0 || strcmp(route, "/staff") == 0) {
        http_add_header(req, "Location", "/staff/");
        http_reply(req, 302, NULL, NULL, 0, NULL);
        return;
    }
    for (size_t i = 0; i < pages_table_count; i++) {
        const struct page *page = &pages_table[i];
        if (strcmp(page->path, path) != 0)
            continue;
        http_add_header(req, "Cache-Control", "no-cache");
        http_reply_static(req, page->type, page->body, page->size, page->gzip, page->gzip_size,
                          page->etag);
        return;
    }
    http_reply_error(req, 404, "not_found", "There is no such page.", NULL);
}
