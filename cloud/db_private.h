/* What db.c and db_backup.c share. */
#ifndef MACHIAI_CLOUD_DB_PRIVATE_H
#define MACHIAI_CLOUD_DB_PRIVATE_H

#include "db.h"

/* Of an SQLite result: the errno, and what to do about it. */
int db_code(int result);
const char *db_advice(int result);
const char *db_file_path(const struct db *db);

#endif
