#include "cloud.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "contents.h"
#include "contract.h"
#include "holder.h"
#include "hours.h"
#include "intake.h"
#include "keeper.h"
#include "logging.h"
#include "near_mail.h"
#include "notices.h"
#include "patients.h"
#include "plays.h"
#include "presence.h"
#include "programmes.h"
#include "quarantine.h"
#include "recovery.h"
#include "reminders.h"
#include "signing.h"
#include "upload.h"

enum { PID_TEXT_SIZE = 32, LOCK_STEP_MS = 50, LOCK_PATIENCE_MS = 2000 };

int64_t cloud_now(void *context)
{
    struct timespec now;

    (void)context;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void changed(struct site *site, void *context)
{
    const struct cloud *cloud = context;

    (void)site;
    keeper_wake(cloud->keeper);
}

static int session_rules(struct site *site, void *context, int *ret)
{
    const struct cloud *cloud = context;

    return presence_rules(cloud->presence, site_id(site), ret);
}

/* The folders are for this program's user alone: names of staff and hashes of passwords. */
static int make_folders(const char *data_dir, char *error, size_t error_size)
{
    static const char *const folders[] = {"", "/contents", "/uploads", "/stills"};
    char folder[CLOUD_PATH_SIZE + 16];

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        (void)snprintf(folder, sizeof(folder), "%s%s", data_dir, folders[i]);
        if (mkdir(folder, 0700) < 0 && errno != EEXIST) {
            int code = -errno;

            (void)snprintf(error, error_size,
                           "%s: %s; make a folder there that this user may write", data_dir,
                           strerror(-code));
            return code;
        }
    }
    return 0;
}

/* A certificate authority without a database: kiosks trust this cloud, so it has had one. A new,
 * empty one would refuse them all and give their numbers again. */
static int check_lost(const char *data_dir, const char *path, char *error, size_t error_size)
{
    char authority[CLOUD_PATH_SIZE + 16];
    struct stat status;

    (void)snprintf(authority, sizeof(authority), "%s/tls/ca.pem", data_dir);
    if (access(authority, F_OK) < 0 || (stat(path, &status) == 0 && status.st_size > 0))
        return 0;
    (void)snprintf(error, error_size,
                   "%.100s is lost or empty, but %.100s/tls is there: restore a backup with "
                   "machiai-cloud admin --data DIR restore FILE; or, if a new cloud without "
                   "clinics is meant, start once with --new-database",
                   path, data_dir);
    return -ENOENT;
}

static int check_folder(const char *data_dir, enum cloud_make make,
                        char path[static CLOUD_PATH_SIZE], char *error, size_t error_size)
{
    int result;

    if (snprintf(path, CLOUD_PATH_SIZE, "%s/machiai.db", data_dir) >= CLOUD_PATH_SIZE) {
        (void)snprintf(error, error_size, "--data: the path is too long");
        return -ENAMETOOLONG;
    }
    result = make == CLOUD_MAKE_ANEW ? 0 : check_lost(data_dir, path, error, error_size);
    if (result < 0)
        return result;
    if (make)
        return make_folders(data_dir, error, error_size);
    if (access(path, F_OK) < 0 && errno == ENOENT) {
        (void)snprintf(error, error_size,
                       "%s holds no data of machiai-cloud; check --data, or start it first: "
                       "machiai-cloud serve --data %s --listen 127.0.0.1:8443",
                       data_dir, data_dir);
        return -ENOENT;
    }
    return 0;
}

/* What remote reception keeps. */
static int migrate_reception(struct db *db, char *error, size_t error_size)
{
    int result = patients_migrate(db, error, error_size);

    if (result == 0)
        result = holder_migrate(db, error, error_size);
    if (result == 0)
        result = near_mail_migrate(db, error, error_size);
    return result;
}

static int open_parts(struct cloud *cloud, const char *path, char *error, size_t error_size)
{
    const struct sites_options options = {
        .clock = cloud_now, .changed = changed, .rules = session_rules, .context = cloud};
    struct sites_options sites = options;
    int result;

    result = db_open(path, &cloud->db, error, error_size);
    if (result < 0)
        return result;
    sites.db = cloud->db;
    result = sites_create(&sites, &cloud->sites, error, error_size);
    if (result == 0)
        result = identity_create(cloud->db, NULL, NULL, &cloud->identity, error, error_size);
    if (result == 0)
        result = presence_create(cloud->db, cloud->identity, cloud_now, NULL, &cloud->presence,
                                 error, error_size);
    if (result == 0)
        result = intake_migrate(cloud->db, error, error_size);
    if (result == 0)
        result = quarantine_migrate(cloud->db, error, error_size);
    if (result == 0)
        result = hours_migrate(cloud->db, error, error_size);
    if (result == 0)
        result = notices_migrate(cloud->db, error, error_size);
    if (result == 0)
        result = recovery_migrate(cloud->db, error, error_size);
    if (result == 0)
        result = programmes_migrate(cloud->db, error, error_size);
    if (result == 0)
        result = contents_migrate(cloud->db, error, error_size);
    if (result == 0)
        result = reminders_migrate(cloud->db, error, error_size);
    if (result == 0)
        result = contract_migrate(cloud->db, error, error_size);
    if (result == 0)
        result = migrate_reception(cloud->db, error, error_size);
    if (result == 0)
        result = upload_migrate(cloud->db, error, error_size);
    if (result == 0)
        result = plays_migrate(cloud->db, error, error_size);
    if (result == 0)
        result = recovery_load(cloud);
    return result;
}

int cloud_open(const char *data_dir, enum cloud_make make, struct cloud **ret, char *error,
               size_t error_size)
{
    char path[CLOUD_PATH_SIZE];
    struct cloud *cloud;
    int result;

    (void)snprintf(error, error_size, "out of memory");
    if (sodium_init() < 0)
        return -EIO;
    result = check_folder(data_dir, make, path, error, error_size);
    if (result < 0)
        return result;
    cloud = calloc(1, sizeof(*cloud));
    if (!cloud)
        return -ENOMEM;
    (void)snprintf(cloud->data_dir, sizeof(cloud->data_dir), "%s", data_dir);
    cloud->keep_free = cloud_keep_free;
    randombytes_buf(cloud->secret, sizeof(cloud->secret));
    result = open_parts(cloud, path, error, error_size);
    if (result == 0 && make) {
        result = signing_prepare(data_dir);
        if (result < 0)
            (void)snprintf(error, error_size,
                           "%.200s/programme.key cannot be used (%s); put the one from your backup "
                           "there",
                           data_dir, strerror(-result));
    }
    if (result < 0) {
        cloud_close(cloud);
        return result;
    }
    *ret = cloud;
    return 0;
}

/* A killed server's child that was just being made holds the lock until it notices. */
static int take_lock(int fd)
{
    for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += LOCK_STEP_MS) {
        if (waited >= LOCK_PATIENCE_MS)
            return -EBUSY;
        (void)usleep(LOCK_STEP_MS * 1000);
    }
    return 0;
}

int cloud_lock(const char *data_dir, int *ret_fd, char *error, size_t error_size)
{
    char path[CLOUD_PATH_SIZE + 16], pid[PID_TEXT_SIZE] = "";
    int fd;

    (void)snprintf(path, sizeof(path), "%s/serve.lock", data_dir);
    (void)mkdir(data_dir, 0700); /* the first start; else the next step says why not */
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        int code = -errno;

        (void)snprintf(error, error_size,
                       "%.200s: %s; make a folder there that this user may write", data_dir,
                       strerror(-code));
        return code;
    }
    if (take_lock(fd) < 0) {
        ssize_t size = read(fd, pid, sizeof(pid) - 1);

        pid[size > 0 ? size : 0] = '\0';
        (void)snprintf(error, error_size,
                       "another machiai-cloud (process %s) serves %.200s already; stop it first",
                       *pid ? pid : "unknown", data_dir);
        (void)close(fd);
        return -EBUSY;
    }
    (void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
    if (ftruncate(fd, 0) < 0 || write(fd, pid, strlen(pid)) < 0)
        log_warning("%s: %s", path, strerror(errno)); /* it only helps people */
    *ret_fd = fd;
    return 0;
}

void cloud_close(struct cloud *cloud)
{
    if (!cloud)
        return;
    presence_destroy(cloud->presence);
    identity_destroy(cloud->identity);
    sites_destroy(cloud->sites);
    db_close(cloud->db);
    free(cloud);
}
