/* A site removed with nothing left behind. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export_private.h"
#include "logging.h"

enum { SQL_SIZE = 1024, PATH_SIZE = CLOUD_PATH_SIZE + 300, UPLOADS_MAX = 4096 };

/* -- rows -------------------------------------------------------------------------------------- */

/* Accounts that belong to no other site go with it. */
static const char alone[] =
    "person IN (SELECT person FROM person_sites WHERE site = $1) AND person NOT IN (SELECT person "
    "FROM person_sites WHERE site <> $1)";

static bool is_of_person(const char *table)
{
    static const char *const names[] = {"people", "web_sessions", "person_codes",
                                        "person_recovery"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], table) == 0)
            return true;
    return false;
}

static int erase_rows(struct db *db, const struct export_table *table, const char *site,
                      int64_t *count)
{
    char sql[SQL_SIZE];
    int result;

    if (strcmp(table->name, "mail_address") == 0)
        (void)snprintf(sql, sizeof(sql),
                       "DELETE FROM mail_address WHERE user_id IN (SELECT person FROM person_sites "
                       "WHERE %s)",
                       alone);
    else
        (void)snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE %s", table->name,
                       is_of_person(table->name) ? alone : table->where);
    result = db_run(db, sql, "t", site);
    if (result > 0)
        *count += result;
    return result < 0 ? result : 0;
}

/* What the rows of other tables are found by goes last: who belongs where, the devices. */
static int rank_of(const char *table)
{
    return strcmp(table, "site") == 0           ? 4
           : strcmp(table, "people") == 0       ? 3
           : strcmp(table, "person_sites") == 0 ? 2
           : strcmp(table, "devices") == 0      ? 2
           : strcmp(table, "audit") == 0        ? 1
                                                : 0;
}

/* People whose only site this is: remembered, since nobody knows them once person_sites is gone. */
static int erase_people(struct db *db, const char *site, int64_t *count)
{
    int result = db_run(db,
                        "UPDATE people SET role = '' WHERE person IN (SELECT person FROM "
                        "person_sites WHERE site = $1) AND person NOT IN (SELECT person FROM "
                        "person_sites WHERE site <> $1)",
                        "t", site);

    if (result >= 0)
        result = db_run(db, "DELETE FROM person_sites WHERE site = $1", "t", site);
    if (result > 0)
        *count += result;
    if (result >= 0)
        result = db_run(db, "DELETE FROM people WHERE role = ''", "");
    if (result > 0)
        *count += result;
    return result < 0 ? result : 0;
}

static int erase_tables(struct db *db, const char *site, int64_t *count)
{
    int total = 0, result = 0;
    const struct export_table *tables = export_tables(&total);

    for (int rank = 0; rank <= 4 && result == 0; rank++) {
        for (int i = 0; i < total && result == 0; i++) {
            bool people = strcmp(tables[i].name, "people") == 0 ||
                          strcmp(tables[i].name, "person_sites") == 0;

            if (rank_of(tables[i].name) == rank && !people)
                result = erase_rows(db, &tables[i], site, count);
        }
        if (rank == 2 && result == 0)
            result = erase_people(db, site, count);
    }
    return result;
}

/* -- files ------------------------------------------------------------------------------------- */

struct names {
    char (*list)[SHA256_SIZE];
    int count;
};

static int keep_name(const char *sha256, void *context)
{
    struct names *names = context;

    (void)snprintf(names->list[names->count++], SHA256_SIZE, "%s", sha256);
    return 0;
}

/* 1: other rows still name the file. */
static int is_wanted(struct db *db, const char *sha256)
{
    int64_t one = 0;

    return db_get_int(db, &one,
                      "SELECT 1 FROM film WHERE sha256 = $1 UNION SELECT 1 FROM photo WHERE sha256 "
                      "= $1",
                      "t", sha256);
}

static int erase_file(struct cloud *cloud, const char *sha256, int64_t *count)
{
    static const char *const folders[] = {"contents", "stills"};
    int wanted = is_wanted(cloud->db, sha256);

    for (size_t i = 0; i < 2 && wanted == 0; i++) {
        char path[PATH_SIZE];

        (void)snprintf(path, sizeof(path), "%s/%s/%s", cloud->data_dir, folders[i], sha256);
        if (unlink(path) == 0)
            (*count)++;
        else if (errno != ENOENT)
            wanted = -errno;
    }
    return wanted < 0 ? wanted : 0;
}

/* uploads/ID and what is made beside it: the ID, or the ID and a dot. */
static bool belongs(const char *name, const struct names *uploads)
{
    for (int i = 0; i < uploads->count; i++) {
        size_t length = strlen(uploads->list[i]);

        if (strncmp(name, uploads->list[i], length) == 0 &&
            (name[length] == '\0' || name[length] == '.'))
            return true;
    }
    return false;
}

static int erase_uploads(struct cloud *cloud, const struct names *uploads, int64_t *count)
{
    char folder[PATH_SIZE], path[PATH_SIZE];
    const struct dirent *entry;
    DIR *dir;
    int result = 0;

    (void)snprintf(folder, sizeof(folder), "%s/uploads", cloud->data_dir);
    dir = opendir(folder);
    if (!dir)
        return errno == ENOENT ? 0 : -errno;
    while ((entry = readdir(dir))) {
        if (!belongs(entry->d_name, uploads))
            continue;
        if (snprintf(path, sizeof(path), "%s/uploads/%s", cloud->data_dir, entry->d_name) >=
                (int)sizeof(path) ||
            unlink(path) < 0)
            result = -EIO;
        else
            (*count)++;
    }
    (void)closedir(dir);
    return result;
}

static int read_uploads(struct db *db, const char *site, struct names *ret)
{
    struct db_rows *rows = NULL;
    int result = db_query(db, &rows, "SELECT upload FROM upload WHERE site = $1 LIMIT $2", "ti",
                          site, (int64_t)UPLOADS_MAX);

    while (result >= 0 && (result = db_next(rows)) == 1)
        (void)snprintf(ret->list[ret->count++], SHA256_SIZE, "%s", db_text(rows, 0));
    db_done(rows);
    return result;
}

/* -- all of it --------------------------------------------------------------------------------- */

static int commit_rows(struct cloud *cloud, const char *site, struct names *files,
                       struct names *uploads, int64_t *count)
{
    int result = db_begin(cloud->db);

    if (result < 0)
        return result;
    result = export_files(cloud, site, keep_name, files);
    if (result == 0)
        result = read_uploads(cloud->db, site, uploads);
    if (result == 0)
        result = erase_tables(cloud->db, site, count);
    if (result < 0) {
        db_rollback(cloud->db);
        return result;
    }
    return db_commit(cloud->db);
}

/* Once the rows are gone, so that no row names a file that is not there; a kill in between leaves
 * files that `check` finds. */
static int erase_files(struct cloud *cloud, const struct names *files, const struct names *uploads,
                       int64_t *count)
{
    int result = 0;

    for (int i = 0; i < files->count; i++) {
        int one = erase_file(cloud, files->list[i], count);

        result = one < 0 ? one : result;
    }
    int others = erase_uploads(cloud, uploads, count);

    return others < 0 ? others : result;
}

int export_erase(struct cloud *cloud, struct site *site, struct export_count *ret, char *error,
                 size_t error_size)
{
    struct names files = {.list = calloc(EXPORT_FILES_MAX, SHA256_SIZE)};
    struct names uploads = {.list = calloc(UPLOADS_MAX, SHA256_SIZE)};
    struct export_count count = {.rows = 0};
    char id[UID_SIZE];
    int result = files.list && uploads.list ? 0 : -ENOMEM;

    (void)snprintf(id, sizeof(id), "%s", site_id(site));
    if (result == 0)
        result = commit_rows(cloud, id, &files, &uploads, &count.rows);
    if (result == 0) {
        sites_drop(cloud->sites, id);
        log_info("site %s was erased: %lld rows", id, (long long)count.rows);
        result = erase_files(cloud, &files, &uploads, &count.files);
        if (result < 0)
            (void)export_fail(error, error_size, result,
                              "the site is gone, but not all of its files: %s; see: check",
                              strerror(-result));
    } else {
        (void)export_fail(error, error_size, result, "the site could not be removed: %s",
                          strerror(-result));
    }
    free(files.list);
    free(uploads.list);
    if (result == 0)
        *ret = count;
    return result;
}

/* -- what should not be here ------------------------------------------------------------------- */

static bool has_site_column(const struct export_table *table)
{
    return strcmp(table->where, "site = $1") == 0 && strcmp(table->name, "site") != 0;
}

static int stray_rows(struct cloud *cloud)
{
    int total = 0, strays = 0;
    const struct export_table *tables = export_tables(&total);

    for (int i = 0; i < total; i++) {
        char sql[SQL_SIZE];
        int64_t count = 0;
        int result;

        if (!has_site_column(&tables[i]))
            continue;
        (void)snprintf(sql, sizeof(sql),
                       "SELECT count(*) FROM %s WHERE site <> '' AND site NOT IN (SELECT site FROM "
                       "site)",
                       tables[i].name);
        result = db_get_int(cloud->db, &count, sql, "");
        if (result < 0)
            return result;
        if (count > 0)
            log_error("table %s: %lld rows of sites that are not here", tables[i].name,
                      (long long)count);
        strays += count > 0;
    }
    return strays;
}

/* Films and photographs that no row names; what is on its way in (.incoming-) is none. */
static int stray_files(struct cloud *cloud)
{
    char folder[PATH_SIZE];
    const struct dirent *entry;
    int strays = 0, wanted = 0;
    DIR *dir;

    (void)snprintf(folder, sizeof(folder), "%s/contents", cloud->data_dir);
    dir = opendir(folder);
    if (!dir)
        return errno == ENOENT ? 0 : -errno;
    while (wanted >= 0 && (entry = readdir(dir))) {
        if (strlen(entry->d_name) != SHA256_SIZE - 1)
            continue;
        wanted = is_wanted(cloud->db, entry->d_name);
        if (wanted == 0)
            log_error("%s/%s: no film or photograph of anybody; remove it", folder, entry->d_name);
        strays += wanted == 0;
    }
    (void)closedir(dir);
    return wanted < 0 ? wanted : strays;
}

int export_strays(struct cloud *cloud)
{
    int rows = stray_rows(cloud), files = rows < 0 ? rows : stray_files(cloud);

    return files < 0 ? files : rows + files;
}
