/* Backups, and what a restore has to do so that no number is given twice. EXCEPTIONS.md */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "admin.h"
#include "letters.h"
#include "notices.h"
#include "quarantine.h"
#include "recovery.h"

enum { ASIDE_SIZE = CLOUD_PATH_SIZE + 64, TIME_SIZE = 24 };

static const char database[] = "machiai.db";

/* -- backup ------------------------------------------------------------------------------------ */

static void add_site(cJSON *list, struct site *site)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "site", site_id(site));
    cJSON_AddStringToObject(item, "clinic_no", site_clinic_no(site));
    (void)site_read(site);
    cJSON_AddNumberToObject(item, "seq", (double)site_seq(site));
    cJSON_AddStringToObject(item, "hash", site_hash(site));
    site_read_end(site);
    cJSON_AddItemToArray(list, item);
}

static void add_sites(struct admin *admin, struct cloud *cloud)
{
    cJSON *list = cJSON_AddArrayToObject(admin->result, "sites");

    for (int i = 0; i < sites_count(cloud->sites); i++)
        add_site(list, sites_at(cloud->sites, i));
}

int admin_backup(struct admin *admin)
{
    const char *file = args_get(&admin->args, "file");

    if (db_backup(admin->cloud->db, file, admin->error, sizeof(admin->error)) < 0)
        return ADMIN_FAILED;
    cJSON_AddStringToObject(admin->result, "backup", file);
    cJSON_AddStringToObject(
        admin->result, "not_in_it",
        "tls/, contents/, programme.key and mail.conf of the data directory: copy them "
        "as files");
    add_sites(admin, admin->cloud); /* at least this much is in it */
    return ADMIN_OK;
}

/* -- restore ----------------------------------------------------------------------------------- */

struct restore {
    const char *data;
    char staging[CLOUD_PATH_SIZE], staged[ASIDE_SIZE], place[ASIDE_SIZE], aside[ASIDE_SIZE];
    int lock;
};

static void utc_now(char text[static TIME_SIZE])
{
    time_t now = time(NULL);
    struct tm parts;

    (void)gmtime_r(&now, &parts);
    (void)strftime(text, TIME_SIZE, "%Y%m%dT%H%M%SZ", &parts);
}

static void remove_staging(const struct restore *restore)
{
    static const char *const tails[] = {"", "-wal", "-shm", "-journal"};
    char path[ASIDE_SIZE + 16];

    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", restore->staged, tails[i]);
        (void)unlink(path); /* what an earlier try left, or nothing */
    }
    (void)rmdir(restore->staging);
}

/* Entries that the present database has beyond the backup; -1: it is no continuation of it. */
static int64_t entries_ahead(struct cloud *present, struct site *restored)
{
    struct site *site = sites_find(present->sites, site_id(restored));
    char hash[HASH_SIZE];
    bool known = false;
    int64_t seq, head;

    (void)site_read(restored);
    seq = site_seq(restored);
    memcpy(hash, site_hash(restored), sizeof(hash));
    site_read_end(restored);
    if (!site || site_knows(site, seq, hash, &known) < 0 || !known)
        return -1;
    (void)site_read(site);
    head = site_seq(site);
    site_read_end(site);
    return head - seq;
}

/* A restore is for a database that is lost. One that is whole and ahead is not lost. */
static int check_present(struct admin *admin, const struct restore *restore, struct cloud *restored)
{
    struct cloud *present = NULL;
    char ignored[DB_ERROR_SIZE];
    int64_t ahead, most = 0;

    if (args_has(&admin->args, "force") ||
        cloud_open(restore->data, CLOUD_EXISTING, &present, ignored, sizeof(ignored)) < 0)
        return ADMIN_OK;
    for (int i = 0; i < sites_count(restored->sites); i++) {
        ahead = entries_ahead(present, sites_at(restored->sites, i));
        most = ahead > most ? ahead : most;
    }
    cloud_close(present);
    if (most == 0)
        return ADMIN_OK;
    return admin_fail(admin,
                      "the present database is whole and up to %" PRId64
                      " entries of a site ahead of this backup; what no kiosk has of them would be "
                      "lost. Give --force if that is meant",
                      most);
}

/* Reads the backup with all checks, brings it up to date, and notes that it was restored. */
static int prepare(struct admin *admin, const struct restore *restore)
{
    struct cloud *cloud = NULL;
    int result;

    if (mkdir(restore->staging, 0700) < 0)
        return admin_fail(admin, "%.200s: %s", restore->staging, strerror(errno));
    if (db_copy_file(args_get(&admin->args, "file"), restore->staged, admin->error,
                     sizeof(admin->error)) < 0 ||
        cloud_open(restore->staging, CLOUD_EXISTING, &cloud, admin->error, sizeof(admin->error)) <
            0)
        return ADMIN_FAILED;
    result = check_present(admin, restore, cloud);
    if (result == ADMIN_OK && sites_count(cloud->sites) == 0)
        result = admin_fail(admin, "the backup holds no site: is it a backup of machiai-cloud?");
    if (result == ADMIN_OK && recovery_begin(cloud) < 0)
        result = admin_fail(admin, "the restored database could not be written; is the disk full?");
    if (result == ADMIN_OK)
        add_sites(admin, cloud);
    cloud_close(cloud); /* its write-ahead log goes into the file */
    return result;
}

static int sync_path(const char *path, int flags)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | flags), code = 0;

    if (fd < 0 || fsync(fd) < 0)
        code = -errno;
    if (fd >= 0)
        (void)close(fd);
    return code;
}

static int move_aside(const struct restore *restore)
{
    static const char *const tails[] = {"", "-wal", "-shm"};

    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        char from[ASIDE_SIZE + 8], to[ASIDE_SIZE + 8];

        (void)snprintf(from, sizeof(from), "%s%s", restore->place, tails[i]);
        (void)snprintf(to, sizeof(to), "%s%s", restore->aside, tails[i]);
        if (rename(from, to) < 0 && errno != ENOENT)
            return -errno;
    }
    return 0;
}

/* Cut short between the two renames there is no database, which the next start says plainly; the
 * restore is then repeated. */
static int replace(struct admin *admin, const struct restore *restore)
{
    int result;

    result = sync_path(restore->staged, 0);
    if (result == 0)
        result = move_aside(restore);
    if (result == 0 && rename(restore->staged, restore->place) < 0)
        result = -errno;
    if (result == 0)
        result = sync_path(restore->data, O_DIRECTORY);
    return result < 0 ? admin_errno(admin, restore->place, result) : ADMIN_OK;
}

int admin_restore(struct admin *admin)
{
    struct restore restore = {.data = args_get(&admin->args, "data"), .lock = -1};
    char now[TIME_SIZE];
    int result = ADMIN_FAILED;

    utc_now(now);
    (void)snprintf(restore.staging, sizeof(restore.staging), "%.900s/restoring", restore.data);
    (void)snprintf(restore.staged, sizeof(restore.staged), "%s/%s", restore.staging, database);
    (void)snprintf(restore.place, sizeof(restore.place), "%.900s/%s", restore.data, database);
    (void)snprintf(restore.aside, sizeof(restore.aside), "%s.before-restore-%s", restore.place,
                   now);
    if (cloud_lock(restore.data, &restore.lock, admin->error, sizeof(admin->error)) < 0)
        return ADMIN_FAILED;
    remove_staging(&restore);
    result = prepare(admin, &restore);
    if (result == ADMIN_OK)
        result = replace(admin, &restore);
    remove_staging(&restore);
    (void)close(restore.lock); /* ends the lock */
    if (result != ADMIN_OK)
        return result;
    cJSON_AddStringToObject(admin->result, "before",
                            access(restore.aside, F_OK) == 0 ? restore.aside : "");
    cJSON_AddStringToObject(admin->result, "next",
                            "start the cloud: kiosks give back what they have of the lost time, "
                            "and main numbers go on behind a gap once all were heard");
    return ADMIN_OK;
}

/* -- what came of it --------------------------------------------------------------------------- */

int admin_notice_list(struct admin *admin)
{
    struct site *site = admin_site(admin);
    cJSON *list = site ? notices_json(admin->cloud->db, site_id(site)) : NULL;
    cJSON *owners = site ? notices_owners_json(admin->cloud->db, site_id(site)) : NULL;

    if (!site)
        return ADMIN_FAILED;
    if (!list || !owners) {
        cJSON_Delete(list);
        cJSON_Delete(owners);
        return admin_fail(admin, "the notices could not be read");
    }
    cJSON_AddItemToObject(admin->result, "notices", list);
    cJSON_AddItemToObject(admin->result, "contractor_notices", owners);
    return ADMIN_OK;
}

int admin_quarantine_list(struct admin *admin)
{
    struct site *site = admin_site(admin);
    cJSON *json = site ? quarantine_json(admin->cloud->db, site_id(site), QUARANTINE_MAX) : NULL;

    if (!site)
        return ADMIN_FAILED;
    if (!json)
        return admin_fail(admin, "the quarantine could not be read");
    cJSON_AddItemToObject(admin->result, "items",
                          cJSON_DetachItemFromObjectCaseSensitive(json, "items"));
    cJSON_Delete(json);
    return ADMIN_OK;
}

int admin_recovery_end(struct admin *admin)
{
    struct site *site = admin_site(admin);
    int result;

    if (!site)
        return ADMIN_FAILED;
    result = recovery_end(admin->cloud, site);
    if (result == -ENOENT)
        return admin_fail(admin, "the site does not recover from a restore");
    if (result < 0)
        return admin_errno(admin, "the recovery could not be ended", result);
    cJSON_AddStringToObject(admin->result, "site", site_id(site));
    return ADMIN_OK;
}

int admin_letter_list(struct admin *admin)
{
    struct site *site = admin_site(admin);
    char aside[LETTERS_SIZE];
    int result;

    if (!site)
        return ADMIN_FAILED;
    result = letters_aside(admin->cloud->db, site_id(site), aside);
    if (result < 0)
        return admin_errno(admin, "the letters could not be read", result);
    cJSON_AddStringToObject(admin->result, "set_aside", aside);
    return ADMIN_OK;
}

int admin_letter_release(struct admin *admin)
{
    struct site *site = admin_site(admin);
    const char *letter = args_get(&admin->args, "letter");
    int result;

    if (!site)
        return ADMIN_FAILED;
    result =
        strlen(letter) == 1 ? letters_release(admin->cloud->db, site_id(site), *letter) : -ENOENT;
    if (result == -ENOENT)
        return admin_fail(admin, "--letter %.8s: is not set aside; see: letter list", letter);
    if (result < 0)
        return admin_errno(admin, "the letter could not be released", result);
    cJSON_AddStringToObject(admin->result, "released", letter);
    return ADMIN_OK;
}
