#include "export.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export_private.h"

enum { SQL_SIZE = 2048, BLOCK = 64 * 1024, PATH_SIZE = CLOUD_PATH_SIZE + 96 };

/* Accounts without password and second factor, devices without their tokens: whoever has the file
 * must not be able to log in with it. */
static const struct export_table tables[] = {
    {"site", "site clinic_no #made", "site", "site = $1", true},
    {"head", "site #seq hash", "site", "site = $1", true},
    {"log", "site #seq id #at #received verdict reason hash kind ticket device #counter text state",
     "seq", "site = $1", true},
    {"snapshot", "", "site", "site = $1", false},
    {"letters_aside", "site letter #restored", "letter", "site = $1", true},
    {"people", "person name role #added #locked", "person",
     "person IN (SELECT person FROM person_sites WHERE site = $1)", true},
    {"person_sites", "person site", "person", "site = $1", true},
    {"devices", "device site name #enrolled #revoked replaced_by", "device", "site = $1", true},
    {"web_sessions", "", "hash", "person IN (SELECT person FROM person_sites WHERE site = $1)",
     false},
    {"person_codes", "", "hash", "person IN (SELECT person FROM person_sites WHERE site = $1)",
     false},
    {"person_recovery", "", "hash", "person IN (SELECT person FROM person_sites WHERE site = $1)",
     false},
    {"enrolment_codes", "", "hash", "site = $1", false},
    {"mail_address", "user_id address", "user_id",
     "user_id IN (SELECT person FROM person_sites WHERE site = $1)", true},
    {"audit", "id #at act subject who address site", "at, id",
     "site = $1 OR who = $1 OR (site = '' AND (who IN (SELECT person FROM person_sites WHERE site "
     "= $1) OR who IN (SELECT device FROM devices WHERE site = $1)))",
     true},
    {"device_status",
     "site device #seen printer version clock programme media #rules lan_url lan_print health",
     "device", "site = $1", true},
    {"ticket_code", "code site ticket #made", "code", "site = $1", true},
    {"claim_key", "", "site", "site = $1", false},
    {"booking_card", "", "ticket", "site = $1", false},
    {"late", "site ticket #at", "ticket", "site = $1", true},
    {"patient_name", "site ticket name date", "ticket", "site = $1", true},
    {"patient", "", "digest", "site = $1", false},
    {"near_mail", "", "ticket", "site = $1", false},
    {"near_mail_off", "", "token", "site = $1", false},
    {"reissue_wait", "site ticket number device #at", "ticket", "site = $1", true},
    {"quarantine", "site device id #received why text", "device, id", "site = $1", true},
    {"notice", "site kind device id #first #last #count detail #seen seen_by", "kind, device",
     "site = $1", true},
    {"recovery", "", "site", "site = $1", false},
    {"recovery_heard", "", "device", "site = $1", false},
    {"programme",
     "site programme #version #begins #ends #distributed #deadline #approved approved_by #made "
     "body #changed model title",
     "begins, programme", "site = $1", true},
    {"programme_document", "", "site", "site = $1", false},
    {"programme_device", "site device #edition #files #present #confirmed playing #at fault",
     "device", "site = $1", true},
    {"film",
     "site sha256 kind title #size #duration_ms #added #allowed #withdrawn why withdrawn_by checks",
     "sha256", "site = $1", true},
    {"clinic_content",
     "site content kind title page sha256 #duration_ms #show_from #show_to #weekdays #daypart_from "
     "#daypart_to #active #made #changed changed_by",
     "made, content", "site = $1", true},
    {"photo", "site sha256 #width #height #size #made", "made, sha256", "site = $1", true},
    {"contents_head", "site #revision", "site", "site = $1", true},
    {"self_made_limit", "site #month_max", "site", "site = $1", true},
    {"self_made", "site month upload", "month, upload", "site = $1", true},
    {"reminder", "site programme user_id #days #at state", "at, programme, user_id, days",
     "site = $1", true},
    {"contract_act", "id site service act #at #begins #ends cause person", "at, id", "site = $1",
     true},
    {"contract_end", "site service act #due", "service", "site = $1", true},
    {"contract_mail", "site act person #queued #tried state", "act, person", "site = $1", true},
    {"upload",
     "site upload name kind title #size #taken state fault checks sha256 made_by #made #changed "
     "#crashes",
     "made, upload", "site = $1", true},
    {"play",
     "site device log #seq hash #begins #shown_ms #frames film planned reason programme #broken "
     "#received body",
     "device, log, seq, hash", "site = $1", true},
    {"play_head", "site device log #seq hash #breaks", "device, log", "site = $1", true},
};

const struct export_table *export_tables(int *ret_count)
{
    *ret_count = sizeof(tables) / sizeof(tables[0]);
    return tables;
}

int export_fail(char *error, size_t error_size, int code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(error, error_size, format, arguments);
    va_end(arguments);
    return code;
}

/* -- rows: one JSON object a line -------------------------------------------------------------- */

struct writing {
    struct cloud *cloud;
    const char *site;
    FILE *file;
    struct export_count count;
    int64_t now;
    bool films;
};

static int write_line(FILE *file, cJSON *json)
{
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    int result = -ENOMEM;

    cJSON_Delete(json);
    if (text)
        result = fprintf(file, "%s\n", text) < 0 ? -EIO : 0;
    cJSON_free(text);
    return result;
}

static cJSON *row_json(const struct export_table *table, const struct db_rows *rows)
{
    cJSON *json = cJSON_CreateObject(), *row;
    const char *name = table->columns;

    cJSON_AddStringToObject(json, "table", table->name);
    row = cJSON_AddObjectToObject(json, "row");
    for (int i = 0; *name; i++) {
        bool number = *name == '#';
        size_t length = strcspn(name + number, " ");
        char column[64];

        (void)snprintf(column, sizeof(column), "%.*s", (int)length, name + number);
        if (db_null(rows, i))
            cJSON_AddNullToObject(row, column);
        else if (number)
            cJSON_AddNumberToObject(row, column, (double)db_int(rows, i));
        else
            cJSON_AddStringToObject(row, column, db_text(rows, i));
        name += number + length;
        name += *name == ' ';
    }
    return json;
}

static void select_sql(const struct export_table *table, char sql[static SQL_SIZE])
{
    int used = snprintf(sql, SQL_SIZE, "SELECT ");

    for (const char *c = table->columns; *c; c++) {
        if (*c != '#')
            sql[used++] = *c;
        if (*c == ' ') {
            sql[used - 1] = ',';
            sql[used++] = ' ';
        }
    }
    (void)snprintf(sql + used, SQL_SIZE - (size_t)used, " FROM %s WHERE %s ORDER BY %s",
                   table->name, table->where, table->order);
}

static int write_table(struct writing *writing, const struct export_table *table)
{
    struct db_rows *rows = NULL;
    char sql[SQL_SIZE];
    int result;

    select_sql(table, sql);
    result = db_query(writing->cloud->db, &rows, sql, "t", writing->site);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        result = write_line(writing->file, row_json(table, rows));
        writing->count.rows++;
    }
    db_done(rows);
    return result;
}

static cJSON *head_json(struct writing *writing, struct site *site)
{
    cJSON *json = cJSON_CreateObject();

    cJSON_AddNumberToObject(json, "machiai_site", EXPORT_FORMAT);
    cJSON_AddStringToObject(json, "site", writing->site);
    cJSON_AddStringToObject(json, "clinic_no", site_clinic_no(site));
    cJSON_AddStringToObject(json, "name", site_read(site)->settings.name);
    site_read_end(site);
    cJSON_AddNumberToObject(json, "made", (double)writing->now);
    return json;
}

static int write_tables(struct writing *writing)
{
    int result = 0;

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && result >= 0; i++)
        if (tables[i].written)
            result = write_table(writing, &tables[i]);
    return result;
}

/* The state of one moment: nobody writes meanwhile. The header is written last, when the size is
 * known. */
static int write_rows(struct writing *writing, struct site *site)
{
    int64_t size = 0;
    cJSON *head = head_json(writing, site); /* before the database is held: the order of locks */
    int result = tar_write_header(writing->file, "site.jsonl", 0, writing->now);

    if (result == 0)
        result = db_begin(writing->cloud->db);
    if (result < 0) {
        cJSON_Delete(head);
        return result;
    }
    result = write_line(writing->file, head);
    if (result == 0)
        result = write_tables(writing);
    db_rollback(writing->cloud->db); /* nothing was written */
    if (result < 0)
        return result;
    size = (int64_t)ftello(writing->file) - TAR_BLOCK;
    result = tar_pad(writing->file, size);
    if (result == 0 && fseeko(writing->file, 0, SEEK_SET) != 0)
        result = -errno;
    if (result == 0)
        result = tar_write_header(writing->file, "site.jsonl", size, writing->now);
    if (result == 0 && fseeko(writing->file, 0, SEEK_END) != 0)
        result = -errno;
    return result;
}

/* -- files ------------------------------------------------------------------------------------- */

static int copy_bytes(FILE *from, FILE *to, int64_t size)
{
    char *block = malloc(BLOCK);
    int result = block ? 0 : -ENOMEM;

    while (size > 0 && result == 0) {
        size_t wanted = size < BLOCK ? (size_t)size : BLOCK, got = fread(block, 1, wanted, from);

        if (got == 0 || fwrite(block, 1, got, to) != got)
            result = -EIO;
        size -= (int64_t)got;
    }
    free(block);
    return result;
}

static int write_file(const char *sha256, void *context)
{
    struct writing *writing = context;
    char path[PATH_SIZE], name[TAR_NAME_SIZE];
    struct stat status;
    FILE *file;
    int result;

    (void)snprintf(path, sizeof(path), "%s/contents/%s", writing->cloud->data_dir, sha256);
    (void)snprintf(name, sizeof(name), "contents/%s", sha256);
    file = fopen(path, "re");
    if (!file)
        return -errno;
    result = fstat(fileno(file), &status) < 0 ? -errno : 0;
    if (result == 0)
        result = tar_write_header(writing->file, name, status.st_size, writing->now);
    if (result == 0)
        result = copy_bytes(file, writing->file, status.st_size);
    if (result == 0)
        result = tar_pad(writing->file, status.st_size);
    (void)fclose(file); /* read only */
    writing->count.files++;
    return result;
}

/* What is walked is not changed meanwhile by each(), hence the list. */
static int read_names(struct db *db, const char *sql, const char *site, char (*ret)[SHA256_SIZE],
                      int *ret_count)
{
    struct db_rows *rows = NULL;
    int result = db_query(db, &rows, sql, "ti", site, (int64_t)EXPORT_FILES_MAX);

    while (result >= 0 && (result = db_next(rows)) == 1)
        (void)snprintf(ret[(*ret_count)++], SHA256_SIZE, "%s", db_text(rows, 0));
    db_done(rows);
    return result;
}

static int each_file(struct cloud *cloud, const char *sql, const char *site,
                     int (*each)(const char *sha256, void *context), void *context)
{
    char(*names)[SHA256_SIZE] = calloc(EXPORT_FILES_MAX, sizeof(*names));
    int count = 0, result = names ? 0 : -ENOMEM;

    if (names)
        result = read_names(cloud->db, sql, site, names, &count);
    for (int i = 0; i < count && result >= 0; i++)
        result = each(names[i], context);
    free(names);
    return result < 0 ? result : 0;
}

int export_files(struct cloud *cloud, const char *site,
                 int (*each)(const char *sha256, void *context), void *context)
{
    return each_file(cloud,
                     "SELECT sha256 FROM film WHERE site = $1 UNION SELECT sha256 FROM photo WHERE "
                     "site = $1 ORDER BY 1 LIMIT $2",
                     site, each, context);
}

static int write_files(struct writing *writing)
{
    if (writing->films)
        return export_files(writing->cloud, writing->site, write_file, writing);
    return each_file(writing->cloud, "SELECT sha256 FROM photo WHERE site = $1 ORDER BY 1 LIMIT $2",
                     writing->site, write_file, writing);
}

/* -- the file ---------------------------------------------------------------------------------- */

static int write_all(struct writing *writing, struct site *site)
{
    int result = write_rows(writing, site);

    if (result >= 0)
        result = write_files(writing);
    if (result >= 0)
        result = tar_end(writing->file);
    if (result >= 0 && (fflush(writing->file) != 0 || fsync(fileno(writing->file)) < 0))
        result = -errno;
    return result;
}

int export_site(struct cloud *cloud, struct site *site, const char *path, bool films,
                struct export_count *ret, char *error, size_t error_size)
{
    struct writing writing = {
        .cloud = cloud, .site = site_id(site), .now = site_now(site), .films = films};
    mode_t mask = umask(077); /* names and dates of patients' visits */
    int result;

    writing.file = fopen(path, "wxe");
    result = writing.file ? 0 : -errno;
    (void)umask(mask);
    if (result < 0)
        return export_fail(error, error_size, result, "%.200s: %s", path, strerror(-result));
    result = write_all(&writing, site);
    if (fclose(writing.file) != 0 && result >= 0)
        result = -errno;
    if (result < 0) {
        (void)unlink(path);
        return export_fail(error, error_size, result, "%.200s could not be written: %s", path,
                           strerror(-result));
    }
    *ret = writing.count;
    return 0;
}
