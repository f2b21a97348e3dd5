/* The pages of the clinic's network, embedded when the kiosk is built: one row a file. */
#ifndef MACHIAI_KIOSK_LAN_PAGES_H
#define MACHIAI_KIOSK_LAN_PAGES_H

#include <stddef.h>

struct page {
    const char *path, *type, *etag;
    const unsigned char *body, *gzip; /* gzip may be NULL */
    size_t size, gzip_size;
};

extern const struct page pages_table[];
extern const size_t pages_table_count;

#endif
