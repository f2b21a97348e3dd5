/* A site written to a file, taken in from one, and removed (export.h). */
#include <errno.h>
#include <string.h>

#include "admin.h"
#include "export.h"

static int told(struct admin *admin, const struct export_count *count)
{
    cJSON_AddNumberToObject(admin->result, "rows", (double)count->rows);
    cJSON_AddNumberToObject(admin->result, "files", (double)count->files);
    return ADMIN_OK;
}

int admin_site_export(struct admin *admin)
{
    struct site *site = admin_site(admin);
    struct export_count count;

    if (!site)
        return ADMIN_FAILED;
    if (export_site(admin->cloud, site, args_get(&admin->args, "file"),
                    !args_has(&admin->args, "no-films"), &count, admin->error,
                    sizeof(admin->error)) < 0)
        return ADMIN_FAILED;
    if (identity_note_at(admin->cloud->identity, site_id(site), "site_exported", "", "admin",
                         "admin") < 0)
        return admin_fail(admin, "the file is there, but the act could not be noted");
    return told(admin, &count);
}

int admin_site_import(struct admin *admin)
{
    struct export_count count;

    if (export_take_in(admin->cloud, args_get(&admin->args, "file"), &count, admin->error,
                       sizeof(admin->error)) < 0)
        return ADMIN_FAILED;
    cJSON_AddNumberToObject(admin->result, "accounts_left_out", (double)count.left_out);
    return told(admin, &count);
}

/* The act is noted by the clinic's number alone: nothing else of the site stays. */
int admin_site_delete(struct admin *admin)
{
    struct site *site = admin_site(admin);
    const char *name = args_get(&admin->args, "confirm");
    struct export_count count;
    char clinic_no[CLINIC_NO_SIZE];
    bool right;

    if (!site)
        return ADMIN_FAILED;
    right = strcmp(site_read(site)->settings.name, name) == 0;
    site_read_end(site);
    if (!right)
        return admin_fail(admin, "--confirm %.100s: is not this clinic's name; nothing was removed",
                          name);
    (void)snprintf(clinic_no, sizeof(clinic_no), "%s", site_clinic_no(site));
    if (export_erase(admin->cloud, site, &count, admin->error, sizeof(admin->error)) < 0)
        return ADMIN_FAILED;
    if (identity_note(admin->cloud->identity, "site_erased", clinic_no, "admin", "admin") < 0)
        return admin_fail(admin, "the site is gone, but the act could not be noted");
    return told(admin, &count);
}
