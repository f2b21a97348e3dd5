/* What the files of contents share. */
#ifndef MACHIAI_CLOUD_CONTENTS_PRIVATE_H
#define MACHIAI_CLOUD_CONTENTS_PRIVATE_H

#include <stdio.h>

#include "contents.h"

#define TAKE_TEXT(to, rows, column) ((void)snprintf(to, sizeof(to), "%s", db_text(rows, column)))

/* Ends a transaction: commits when result >= 0, else rolls back; returns the outcome. */
int contents_end(struct db *db, int result) __attribute__((warn_unused_result));
/* Of a stored name; CONTENT_KIND_COUNT when a newer program wrote it. */
enum content_kind contents_kind(const char *name);

#endif
