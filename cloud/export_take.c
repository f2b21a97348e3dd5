/* An exported site taken in again. */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export_private.h"
#include "ids.h"
#include "site_private.h"

enum { SQL_SIZE = 2048, BLOCK = 64 * 1024, PATH_SIZE = CLOUD_PATH_SIZE + 128, COLUMNS_MAX = 16 };

struct taking {
    struct cloud *cloud;
    FILE *file;
    struct export_count count;
    char site[UID_SIZE], clinic_no[CLINIC_NO_SIZE];
    cJSON *skipped; /* user IDs that are others' here */
    char *error;
    size_t error_size;
};

static int damaged(struct taking *taking, const char *what)
{
    return export_fail(taking->error, taking->error_size, -EBADMSG,
                       "this is no whole export of a site: %s", what);
}

/* -- one row ----------------------------------------------------------------------------------- */

struct insert {
    char columns[SQL_SIZE], values[SQL_SIZE];
    char numbers[COLUMNS_MAX][24];
    const char *texts[COLUMNS_MAX];
    int count;
};

static void add_value(struct insert *insert, const char *column, bool number, const cJSON *value)
{
    size_t used = strlen(insert->columns), filled = strlen(insert->values);
    const char *comma = insert->count > 0 ? ", " : "";

    (void)snprintf(insert->columns + used, SQL_SIZE - used, "%s%s", comma, column);
    (void)snprintf(insert->values + filled, SQL_SIZE - filled,
                   number ? "%sCAST($%d AS BIGINT)" : "%s$%d", comma, insert->count + 1);
    if (cJSON_IsNumber(value)) {
        (void)snprintf(insert->numbers[insert->count], sizeof(insert->numbers[0]), "%.0f",
                       value->valuedouble);
        insert->texts[insert->count] = insert->numbers[insert->count];
    } else {
        insert->texts[insert->count] = cJSON_GetStringValue(value); /* NULL: null */
    }
    insert->count++;
}

/* Columns that an export does not have, and the schema wants. */
static void add_secrets(struct insert *insert, const char *table)
{
    static const cJSON nothing = {.type = cJSON_String, .valuestring = (char *)""};

    if (strcmp(table, "people") == 0) {
        add_value(insert, "password", false, &nothing); /* which no password fits */
    } else if (strcmp(table, "devices") == 0) {
        char none[IDS_UUID_SIZE], *text = insert->numbers[insert->count];
        const cJSON token = {.type = cJSON_String, .valuestring = text};

        ids_uuid(none);
        (void)snprintf(text, sizeof(insert->numbers[0]), "%.20s", none); /* no token's hash */
        add_value(insert, "token", false, &token);
    }
}

static int run_insert(struct db *db, const char *table, const struct insert *insert,
                      bool may_be_there)
{
    const char *const *t = insert->texts;
    char sql[3 * SQL_SIZE], types[COLUMNS_MAX + 1] = "";
    int result;

    memset(types, 't', (size_t)insert->count);
    types[insert->count] = '\0';
    (void)snprintf(sql, sizeof(sql), "INSERT INTO %s (%s) VALUES (%s)%s", table, insert->columns,
                   insert->values, may_be_there ? " ON CONFLICT DO NOTHING" : "");
    result = db_run(db, sql, types, t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9],
                    t[10], t[11], t[12], t[13], t[14], t[15]);
    return result;
}

/* Somebody else's account here has this user ID: it must not come to see this site. */
static bool is_skipped(struct taking *taking, const cJSON *row)
{
    const char *person = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, "person"));
    const cJSON *item;

    cJSON_ArrayForEach (item, taking->skipped)
        if (person && strcmp(item->valuestring, person) == 0)
            return true;
    return false;
}

static int fill_insert(struct taking *taking, const struct export_table *table, const cJSON *row,
                       struct insert *insert)
{
    const char *name = table->columns;

    while (*name) {
        bool number = *name == '#';
        size_t length = strcspn(name + number, " ");
        char column[64];
        const cJSON *value;

        (void)snprintf(column, sizeof(column), "%.*s", (int)length, name + number);
        value = cJSON_GetObjectItemCaseSensitive(row, column);
        if (!value || (!cJSON_IsNull(value) && number != (bool)cJSON_IsNumber(value)))
            return damaged(taking, "a row lacks a column");
        if (strcmp(column, "site") == 0 && strcmp(table->name, "audit") != 0 &&
            (!cJSON_IsString(value) || strcmp(value->valuestring, taking->site) != 0))
            return damaged(taking, "a row is another site's");
        add_value(insert, column, number, value);
        name += number + length;
        name += *name == ' ';
    }
    return 0;
}

static int take_row(struct taking *taking, const struct export_table *table, const cJSON *row)
{
    bool people = strcmp(table->name, "people") == 0, soft;
    struct insert insert = {.count = 0};
    int result = fill_insert(taking, table, row, &insert);

    if (result < 0)
        return result;
    if (strcmp(table->name, "person_sites") == 0 && is_skipped(taking, row))
        return 0;
    add_secrets(&insert, table->name);
    soft = people || strcmp(table->name, "mail_address") == 0 || strcmp(table->name, "audit") == 0;
    result = run_insert(taking->cloud->db, table->name, &insert, soft);
    if (result == -EEXIST)
        return export_fail(taking->error, taking->error_size, result,
                           "this cloud has the site, or something of it, already (%s)",
                           table->name);
    if (people && result == 0)
        cJSON_AddItemToArray(taking->skipped,
                             cJSON_Duplicate(cJSON_GetObjectItem(row, "person"), true));
    taking->count.rows += result > 0;
    return result < 0 ? result : 0;
}

/* -- the lines --------------------------------------------------------------------------------- */

static int take_head(struct taking *taking, const cJSON *json)
{
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(json, "machiai_site");
    const char *site = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "site"));
    const char *clinic_no =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "clinic_no"));

    if (!cJSON_IsNumber(format) || !site || !clinic_no || strlen(site) >= sizeof(taking->site) ||
        strlen(clinic_no) >= sizeof(taking->clinic_no))
        return damaged(taking, "its first line does not say which");
    if (format->valuedouble != EXPORT_FORMAT)
        return export_fail(taking->error, taking->error_size, -ENOTSUP,
                           "the file is of another format (%.0f); use the program that it was "
                           "made with, or a newer one",
                           format->valuedouble);
    (void)snprintf(taking->site, sizeof(taking->site), "%s", site);
    (void)snprintf(taking->clinic_no, sizeof(taking->clinic_no), "%s", clinic_no);
    return 0;
}

static int take_line(struct taking *taking, const cJSON *json)
{
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "table"));
    const cJSON *row = cJSON_GetObjectItemCaseSensitive(json, "row");
    const struct export_table *tables;
    int count;

    if (!*taking->site)
        return take_head(taking, json);
    tables = export_tables(&count);
    for (int i = 0; i < count; i++)
        if (name && tables[i].written && strcmp(tables[i].name, name) == 0)
            return take_row(taking, &tables[i], row);
    return damaged(taking, "it names a table that there is not");
}

static int take_lines(struct taking *taking, int64_t size)
{
    char *line = NULL;
    size_t capacity = 0;
    int result = 0;

    while (size > 0 && result == 0) {
        ssize_t length = getline(&line, &capacity, taking->file);
        cJSON *json = length > 0 && length <= EXPORT_LINE_MAX && length <= size
                          ? cJSON_ParseWithLength(line, (size_t)length)
                          : NULL;

        result = json ? take_line(taking, json) : damaged(taking, "a line is no JSON");
        cJSON_Delete(json);
        size -= length;
    }
    free(line);
    return result;
}

/* -- the files --------------------------------------------------------------------------------- */

static bool names_content(const char *name)
{
    return strncmp(name, "contents/", 9) == 0 && strlen(name) == 9 + SHA256_SIZE - 1 &&
           strspn(name + 9, "0123456789abcdef") == SHA256_SIZE - 1;
}

/* Copies and hashes; the hash as hex. */
static int copy_hashed(FILE *from, FILE *to, int64_t size, char hex[static SHA256_SIZE])
{
    unsigned char *block = malloc(BLOCK), hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    int result = block ? 0 : -ENOMEM;

    (void)crypto_hash_sha256_init(&state);
    while (size > 0 && result == 0) {
        size_t wanted = size < BLOCK ? (size_t)size : BLOCK, got = fread(block, 1, wanted, from);

        if (got == 0)
            result = -EBADMSG;
        else if (fwrite(block, 1, got, to) != got)
            result = -EIO;
        (void)crypto_hash_sha256_update(&state, block, got);
        size -= (int64_t)got;
    }
    (void)crypto_hash_sha256_final(&state, hash);
    (void)sodium_bin2hex(hex, SHA256_SIZE, hash, sizeof(hash));
    free(block);
    return result;
}

/* A file that is here already stays: its name is its hash. */
static int take_file(struct taking *taking, const char *name, int64_t size)
{
    char part[PATH_SIZE], path[PATH_SIZE], id[IDS_UUID_SIZE], hex[SHA256_SIZE] = "";
    FILE *file;
    int result;

    if (!names_content(name))
        return damaged(taking, "it has a file of an unknown name");
    ids_uuid(id);
    (void)snprintf(part, sizeof(part), "%s/contents/.incoming-%s", taking->cloud->data_dir, id);
    (void)snprintf(path, sizeof(path), "%s/%s", taking->cloud->data_dir, name);
    file = fopen(part, "wxe");
    if (!file)
        return -errno;
    result = copy_hashed(taking->file, file, size, hex);
    if (result == 0 && (fflush(file) != 0 || fsync(fileno(file)) < 0))
        result = -errno;
    if (fclose(file) != 0 && result == 0)
        result = -errno;
    if (result == 0 && strcmp(hex, name + 9) != 0)
        result = damaged(taking, "a film or photograph is not what its name says");
    if (result == 0 && access(path, F_OK) < 0 && rename(part, path) < 0)
        result = -errno;
    (void)unlink(part); /* gone by the rename, or not wanted */
    taking->count.files += result == 0;
    return result;
}

/* -- all of it --------------------------------------------------------------------------------- */

static int skip(FILE *file, int64_t bytes)
{
    return fseeko(file, (off_t)bytes, SEEK_CUR) == 0 ? 0 : -errno;
}

static int take_entries(struct taking *taking)
{
    char name[TAR_NAME_SIZE];
    int64_t size = 0;
    int result;

    while ((result = tar_read_header(taking->file, name, &size)) == 1) {
        bool rows = strcmp(name, "site.jsonl") == 0;

        if (rows == (*taking->site != '\0'))
            return damaged(taking, "site.jsonl must stand first, and once");
        result = rows ? take_lines(taking, size) : take_file(taking, name, size);
        if (result == 0)
            result = skip(taking->file, tar_padding(size));
        if (result < 0)
            return result;
    }
    if (result == -EBADMSG || !*taking->site)
        return damaged(taking, "it is cut short, or no tar archive");
    return result;
}

static int take_all(struct taking *taking)
{
    int result = db_begin(taking->cloud->db);

    if (result < 0)
        return result;
    result = take_entries(taking);
    if (result == 0 && sites_verify(taking->cloud->sites, taking->site, taking->clinic_no) < 0)
        result = damaged(taking, "its log does not hold together");
    if (result < 0) {
        db_rollback(taking->cloud->db);
        return result;
    }
    return db_commit(taking->cloud->db);
}

int export_take_in(struct cloud *cloud, const char *path, struct export_count *ret, char *error,
                   size_t error_size)
{
    struct taking taking = {.cloud = cloud, .error = error, .error_size = error_size};
    int result;

    (void)snprintf(error, error_size, "the site could not be stored");
    taking.file = fopen(path, "re");
    if (!taking.file) {
        result = -errno;
        return export_fail(error, error_size, result, "%.200s: %s", path, strerror(-result));
    }
    taking.skipped = cJSON_CreateArray();
    result = take_all(&taking);
    taking.count.left_out = cJSON_GetArraySize(taking.skipped);
    cJSON_Delete(taking.skipped);
    (void)fclose(taking.file); /* read only */
    if (result == 0)
        result = sites_refresh(cloud->sites);
    if (result == 0)
        *ret = taking.count;
    return result;
}
