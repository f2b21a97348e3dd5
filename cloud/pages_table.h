/* What embed.cmake makes of a folder: one row a file, sorted by path. */
#ifndef MACHIAI_CLOUD_PAGES_TABLE_H
#define MACHIAI_CLOUD_PAGES_TABLE_H

#include "pages.h"

extern const struct page pages_table[];
extern const size_t pages_table_count;

#endif
