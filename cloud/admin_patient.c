/* A clinic's known patients (patients.h) from a file. What is wrong with it is told by file and
 * line, and then nothing is changed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "patients_file.h"

static char *read_file(struct admin *admin, const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = file ? calloc(1, PATIENTS_FILE_MAX + 1) : NULL;
    size_t size = text ? fread(text, 1, PATIENTS_FILE_MAX, file) : 0;
    bool bad = !text || ferror(file), large = text && fgetc(file) != EOF;

    if (bad || large || memchr(text, '\0', size)) {
        (void)admin_fail(admin, "%.200s: %s", path,
                         bad     ? strerror(errno)
                         : large ? "is larger than 16 MiB"
                                 : "is no text in UTF-8");
        free(text);
        text = NULL;
    }
    if (file)
        (void)fclose(file); /* only read */
    return text;
}

static int tell_faults(struct admin *admin, const char *path, const struct patients_file *file)
{
    for (int i = 0; i < file->fault_count && i < PATIENTS_FILE_FAULTS_MAX; i++)
        (void)fprintf(stderr, "%s:%d: %s\n", path, file->faults[i].line, file->faults[i].why);
    return admin_fail(admin, "%d line%s wrong; nothing was changed", file->fault_count,
                      file->fault_count == 1 ? " is" : "s are");
}

static int told(struct admin *admin, struct site *site, const char *act)
{
    int64_t count = 0;
    int result = patients_count(admin->cloud->db, site, &count);

    if (result < 0)
        return admin_errno(admin, "the list could not be counted", result);
    cJSON_AddNumberToObject(admin->result, "count", (double)count);
    if (act && identity_note_at(admin->cloud->identity, site_id(site), act, site_id(site), "admin",
                                "admin") < 0)
        return admin_fail(admin, "the list is changed, but the act could not be noted");
    return ADMIN_OK;
}

static int put(struct admin *admin, struct site *site, const struct patients_file *file)
{
    int64_t keep_days = 0;
    int result;

    if (admin_number(admin, "keep-days", 1, PATIENTS_KEEP_DAYS_MAX, PATIENTS_KEEP_DAYS,
                     &keep_days) != ADMIN_OK)
        return ADMIN_FAILED;
    if (file->count == 0)
        return admin_fail(admin, "the file has no patient; to empty the list: patient clear");
    result = patients_import(admin->cloud->db, site, file->list, file->count,
                             args_has(&admin->args, "replace"), (int)keep_days);
    if (result == -ENOSPC)
        return admin_fail(admin, "a clinic's list has room for %d patients; nothing was changed",
                          PATIENTS_MAX);
    if (result < 0)
        return admin_errno(admin, "the list is stored in part at most; import it again", result);
    cJSON_AddNumberToObject(admin->result, "read", file->count);
    return told(admin, site, "patients");
}

int admin_patient_import(struct admin *admin)
{
    const char *path = args_get(&admin->args, "file");
    struct site *site = admin_site(admin);
    char *text = site ? read_file(admin, path) : NULL;
    struct patients_file file;
    int result;

    if (!text)
        return ADMIN_FAILED;
    result = patients_file_read(text, site_now(site), &file);
    free(text);
    if (result == -E2BIG)
        return admin_fail(admin, "%.200s: has more than %d patients", path, PATIENTS_MAX);
    if (result < 0)
        return admin_errno(admin, path, result);
    result = file.fault_count > 0 ? tell_faults(admin, path, &file) : put(admin, site, &file);
    patients_file_finish(&file);
    return result;
}

int admin_patient_count(struct admin *admin)
{
    struct site *site = admin_site(admin);

    return site ? told(admin, site, NULL) : ADMIN_FAILED;
}

int admin_patient_clear(struct admin *admin)
{
    struct site *site = admin_site(admin);
    int result = site ? patients_clear(admin->cloud->db, site) : 0;

    if (!site)
        return ADMIN_FAILED;
    return result < 0 ? admin_errno(admin, "the list could not be cleared", result)
                      : told(admin, site, "patients_cleared");
}
