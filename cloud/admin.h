/* `machiai-cloud admin`: commands for whoever runs the cloud. They work while it serves.
 *
 * Exit codes: 0 done, 1 failed, 2 wrong usage. Results go to standard output, as lines or, with
 * --json, as one JSON object; reasons go to standard error.
 */
#ifndef MACHIAI_CLOUD_ADMIN_H
#define MACHIAI_CLOUD_ADMIN_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "args.h"
#include "cloud.h"

enum { ADMIN_OK = 0, ADMIN_FAILED = 1, ADMIN_USAGE = 2, ADMIN_FILE_MAX = 1024 * 1024 };

/* One command under way. */
struct admin {
    struct cloud *cloud;
    struct args args;
    cJSON *result; /* an object to be filled with what is printed */
    char error[DB_ERROR_SIZE];
};

/* Returns an exit code; on failure error is filled. */
typedef int admin_command(struct admin *admin);

enum admin_opens {
    ADMIN_OPENS,  /* the cloud must be there */
    ADMIN_MAKES,  /* may make a new data directory */
    ADMIN_CLOSED, /* works on files: admin->cloud is NULL */
};

struct admin_entry {
    const char *name; /* "site add"; one word: what follows it is its --file */
    const char *spec; /* args.h, without the options that all commands know */
    const char *help;
    admin_command *run;
    enum admin_opens opens;
};

int admin_run(int argc, char *const argv[]);
void admin_help(FILE *out);

/* -- for the commands -------------------------------------------------------------------------- */
/* Fills error and returns ADMIN_FAILED. */
int admin_fail(struct admin *admin, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same with a sentence for an errno. */
int admin_errno(struct admin *admin, const char *what, int code);
/* The site of --site: its ID or its clinic_no. NULL with error. */
struct site *admin_site(struct admin *admin);
/* The same by a name that stands elsewhere. */
struct site *admin_find_site(struct admin *admin, const char *name);
/* A JSON file; NULL with error. Caller owns it. */
cJSON *admin_read_json(struct admin *admin, const char *path);
/* A file's text without the line end, e.g. a password; malloc()ed, NULL with error. */
char *admin_read_text(struct admin *admin, const char *path);
/* An option that is a whole number within the limits; `otherwise` when it is absent. */
int admin_number(struct admin *admin, const char *name, int64_t min, int64_t max, int64_t otherwise,
                 int64_t *ret) __attribute__((warn_unused_result));

/* admin_site.c */
admin_command admin_site_add, admin_site_settings, admin_desk_add;
/* admin_service.c */
admin_command admin_site_suspend, admin_site_resume, admin_site_maintenance, admin_site_start,
    admin_site_keep, admin_site_end, admin_site_contract, admin_service_discontinue,
    admin_service_announce, admin_service_list, admin_service_withdraw;
/* Settings from a file keep what only these commands set, when the file does not say it. */
int admin_keep_service(struct admin *admin, struct site *site, cJSON *settings);
/* admin_backup.c */
admin_command admin_backup, admin_restore, admin_recovery_end, admin_notice_list,
    admin_quarantine_list, admin_letter_list, admin_letter_release;
/* admin_export.c */
admin_command admin_site_export, admin_site_import, admin_site_delete;
/* admin_patient.c */
admin_command admin_patient_import, admin_patient_count, admin_patient_clear;
/* admin_account.c */
admin_command admin_user_reset, admin_user_role, admin_user_remove, admin_user_list,
    admin_audit_list;
/* admin_people.c */
admin_command admin_user_password, admin_user_lock, admin_user_unlock, admin_user_factor_off;
admin_command admin_user_add, admin_device_code, admin_device_pair, admin_device_list,
    admin_device_revoke;
/* admin_programme.c */
admin_command admin_film_add, admin_programme_add, admin_programme_distribute, admin_programme_list,
    admin_programme_approve, admin_programme_sites, admin_programme_swap, admin_programme_key,
    admin_user_mail;
/* admin_content.c */
admin_command admin_film_list, admin_film_change, admin_film_withdraw, admin_film_uploads,
    admin_content_list, admin_content_remove, admin_content_limit, admin_plays_report;

#endif
