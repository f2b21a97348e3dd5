#include "upload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "contents_private.h"
#include "ids.h"

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

static const struct db_migration steps[] = {
    {"uploads",
     "CREATE TABLE upload (site TEXT NOT NULL, upload TEXT NOT NULL UNIQUE, name TEXT NOT NULL, "
     "kind TEXT NOT NULL, title TEXT NOT NULL, size BIGINT NOT NULL, taken BIGINT NOT NULL, state "
     "TEXT NOT NULL, fault TEXT NOT NULL, checks TEXT NOT NULL, sha256 TEXT NOT NULL, made_by TEXT "
     "NOT NULL, made BIGINT NOT NULL, changed BIGINT NOT NULL, crashes BIGINT NOT NULL, PRIMARY "
     "KEY (site, upload));"
     "CREATE INDEX upload_by_state ON upload (state, changed);"},
};

int upload_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "upload", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

static const char *const states[] = {
#define X(name, text) text,
    UPLOAD_STATES(X)
#undef X
};

const char *upload_state_name(enum upload_state state)
{
    return states[state];
}

static enum upload_state state_of(const char *name)
{
    for (int i = 0; i < UPLOAD_STATE_COUNT; i++)
        if (strcmp(states[i], name) == 0)
            return (enum upload_state)i;
    return UPLOAD_REFUSED;
}

void upload_path(const struct cloud *cloud, const char *id, const char *suffix,
                 char ret[static UPLOAD_PATH_SIZE])
{
    (void)snprintf(ret, UPLOAD_PATH_SIZE, "%s/uploads/%s%s", cloud->data_dir, id, suffix);
}

bool upload_has_room(const struct cloud *cloud, int64_t bytes)
{
    struct statvfs status;

    if (statvfs(cloud->data_dir, &status) < 0)
        return true; /* the write itself will tell */
    return (int64_t)(status.f_bavail * status.f_frsize) >= cloud->keep_free + bytes;
}

/* -- rows -------------------------------------------------------------------------------------- */

#define COLUMNS                                                                                    \
    "site, upload, name, kind, title, size, taken, state, fault, checks, sha256, made_by, made, "  \
    "changed, crashes"

static void take_row(const struct db_rows *rows, struct upload *ret)
{
    *ret = (struct upload){
        .kind = contents_kind(db_text(rows, 3)),
        .size = db_int(rows, 5),
        .offset = db_int(rows, 6),
        .state = state_of(db_text(rows, 7)),
        .fault = film_fault_from_code(db_text(rows, 8)),
        .made = db_int(rows, 12),
        .changed = db_int(rows, 13),
        .crashes = (int)db_int(rows, 14),
    };
    TAKE_TEXT(ret->site, rows, 0);
    TAKE_TEXT(ret->id, rows, 1);
    TAKE_TEXT(ret->name, rows, 2);
    TAKE_TEXT(ret->title, rows, 4);
    TAKE_TEXT(ret->checks, rows, 9);
    TAKE_TEXT(ret->sha256, rows, 10);
    TAKE_TEXT(ret->by, rows, 11);
}

static int one_row(struct db_rows *rows, int result, struct upload *ret)
{
    if (result == 0)
        result = db_next(rows);
    if (result == 1)
        take_row(rows, ret);
    db_done(rows);
    return result == 1 ? 0 : result < 0 ? result : -ENOENT;
}

int upload_get(struct db *db, const char *id, struct upload *ret)
{
    struct db_rows *rows = NULL;
    int result = db_query(db, &rows, "SELECT " COLUMNS " FROM upload WHERE upload = $1", "t", id);

    return one_row(rows, result, ret);
}

int upload_next(struct db *db, struct upload *ret)
{
    struct db_rows *rows = NULL;
    int result = db_query(db, &rows,
                          "SELECT " COLUMNS " FROM upload WHERE state IN ('checking', "
                          "'converting') ORDER BY made, upload LIMIT 1",
                          "");

    return one_row(rows, result, ret);
}

int upload_each(struct db *db, const char *site,
                void (*each)(const struct upload *upload, void *context), void *context)
{
    struct db_rows *rows = NULL;
    struct upload upload;
    int result;

    result = db_query(db, &rows,
                      "SELECT " COLUMNS " FROM upload WHERE $1 = 1 OR site = $2 ORDER BY made "
                      "DESC, upload LIMIT $3",
                      "iti", (int64_t)!site, site ? site : "", (int64_t)UPLOAD_LIST_MAX);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        take_row(rows, &upload);
        each(&upload, context);
    }
    db_done(rows);
    return result;
}

/* -- beginning --------------------------------------------------------------------------------- */

/* Room for this one, and for what the others have announced and not yet sent. */
static int check_room(struct cloud *cloud, const struct upload *upload)
{
    int64_t promised = 0;
    int result = db_get_int(cloud->db, &promised,
                            "SELECT COALESCE(SUM(size - taken), 0) FROM upload WHERE state = "
                            "'receiving'",
                            "");

    if (result < 0)
        return result;
    return upload_has_room(cloud, promised + upload->size) ? 0 : -ENOSPC;
}

static int check_count(struct db *db, const char *site)
{
    int64_t open = 0, waiting = 0;
    int result =
        db_get_int(db, &open, "SELECT COUNT(*) FROM upload WHERE site = $1 AND state = 'receiving'",
                   "t", site);

    if (result >= 0)
        result = db_get_int(db, &waiting,
                            "SELECT COUNT(*) FROM upload WHERE site = $1 AND state IN "
                            "('checking', 'converting')",
                            "t", site);
    if (result < 0)
        return result;
    return open >= UPLOAD_OPEN_MAX || waiting >= UPLOAD_WAITING_MAX ? -EMFILE : 0;
}

/* 19: what is announced counts at once, or two uploads side by side would pass the limit. */
static int count_self_made(struct db *db, const struct upload *upload, const char *month)
{
    int64_t used = 0, limit = 0;
    int result;

    if (upload->kind != CONTENT_SELF_MADE || !*upload->site)
        return 0;
    result = contents_self_made_used(db, upload->site, month, &used);
    if (result == 0)
        result = contents_self_made_limit(db, upload->site, &limit);
    if (result == 0 && used >= limit)
        result = -EDQUOT;
    return result == 0 ? contents_self_made_count(db, upload->site, month, upload->id) : result;
}

static int insert(struct db *db, const struct upload *upload)
{
    int result;

    result =
        db_run(db,
               "INSERT INTO upload (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, 0, "
               "'receiving', '', '', '', $7, $8, $8, 0)",
               "tttttiti", upload->site, upload->id, upload->name, content_kind_name(upload->kind),
               upload->title, upload->size, upload->by, upload->made);
    return result < 0 ? result : 0;
}

int upload_begin(struct cloud *cloud, struct upload *upload, const char *month)
{
    int result;

    if (upload->size > film_source_max)
        return -E2BIG;
    ids_uuid(upload->id);
    upload->made = upload->changed = cloud_now(NULL);
    upload->offset = 0;
    upload->state = UPLOAD_RECEIVING;
    result = db_begin(cloud->db);
    if (result < 0)
        return result;
    result = check_count(cloud->db, upload->site);
    if (result == 0)
        result = check_room(cloud, upload);
    if (result == 0)
        result = count_self_made(cloud->db, upload, month);
    if (result == 0)
        result = insert(cloud->db, upload);
    return contents_end(cloud->db, result);
}

/* -- its bytes --------------------------------------------------------------------------------- */

static int write_at(int fd, const unsigned char *bytes, size_t size, int64_t offset)
{
    while (size > 0) {
        ssize_t done = pwrite(fd, bytes, size, (off_t)offset);

        if (done < 0 && errno != EINTR)
            return -errno;
        bytes += done > 0 ? done : 0;
        offset += done > 0 ? done : 0;
        size -= done > 0 ? (size_t)done : 0;
    }
    return fdatasync(fd) < 0 ? -errno : 0;
}

/* The lock keeps two pieces of one film apart: the second is told to ask again. */
static int open_locked(const char *path, int *ret)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return -errno;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        (void)close(fd); /* nothing was written */
        return -EBUSY;
    }
    *ret = fd;
    return 0;
}

static int advance(struct db *db, const struct upload *upload, int64_t offset)
{
    int result = db_run(db,
                        "UPDATE upload SET taken = $3, changed = $4, state = CASE WHEN $3 = size "
                        "THEN 'checking' ELSE state END WHERE site = $1 AND upload = $2 AND state "
                        "= 'receiving'",
                        "ttii", upload->site, upload->id, offset, cloud_now(NULL));

    return result == 0 ? -ENOENT : result < 0 ? result : 0;
}

/* After a restore of the database there may be fewer bytes than it says: those that are there
 * count, and whoever sends is told to go on there. */
static int count_what_is_there(struct db *db, int fd, struct upload *upload)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return -errno;
    if (upload->state != UPLOAD_RECEIVING || status.st_size >= upload->offset)
        return 0;
    upload->offset = status.st_size;
    return advance(db, upload, upload->offset);
}

static int check_piece(const struct cloud *cloud, const struct upload *upload, int64_t offset,
                       size_t size)
{
    if (upload->state != UPLOAD_RECEIVING)
        return -EALREADY;
    if (offset != upload->offset)
        return -ERANGE;
    if ((int64_t)size > upload->size - offset)
        return -EFBIG;
    return upload_has_room(cloud, (int64_t)size) ? 0 : -ENOSPC;
}

int upload_take(struct cloud *cloud, const char *id, int64_t offset, const void *bytes, size_t size,
                int64_t *ret_offset)
{
    char path[UPLOAD_PATH_SIZE];
    struct upload upload;
    int fd = -1, result;

    result = upload_get(cloud->db, id, &upload);
    if (result < 0)
        return result;
    *ret_offset = upload.offset;
    upload_path(cloud, upload.id, "", path);
    result = open_locked(path, &fd);
    if (result < 0)
        return result;
    result = upload_get(cloud->db, id, &upload); /* as the one before us left it */
    if (result == 0)
        result = count_what_is_there(cloud->db, fd, &upload);
    if (result == 0) {
        *ret_offset = upload.offset;
        result = check_piece(cloud, &upload, offset, size);
    }
    if (result == 0)
        result = write_at(fd, bytes, size, offset);
    if (result == 0)
        result = advance(cloud->db, &upload, offset + (int64_t)size);
    if (result == 0)
        *ret_offset = offset + (int64_t)size;
    (void)close(fd); /* ends the lock; fdatasync has told */
    return result;
}

/* -- its end ----------------------------------------------------------------------------------- */

static void remove_files(const struct cloud *cloud, const char *id)
{
    static const char *const suffixes[] = {"", ".mp4"};
    char path[UPLOAD_PATH_SIZE];

    for (int i = 0; i < 2; i++) {
        upload_path(cloud, id, suffixes[i], path);
        (void)unlink(path); /* may be gone; upload_tidy() looks again */
    }
}

int upload_drop(struct cloud *cloud, const char *id)
{
    struct upload upload;
    int result;

    result = db_begin(cloud->db);
    if (result < 0)
        return result;
    result = upload_get(cloud->db, id, &upload);
    if (result == 0)
        result = db_run(cloud->db, "DELETE FROM upload WHERE site = $1 AND upload = $2", "tt",
                        upload.site, upload.id);
    if (result > 0 && upload.state != UPLOAD_READY)
        result = contents_self_made_uncount(cloud->db, upload.site, upload.id);
    result = contents_end(cloud->db, result);
    if (result == 0)
        remove_files(cloud, id);
    return result;
}

static int store(struct db *db, const struct upload *upload)
{
    int result = db_run(
        db,
        "UPDATE upload SET state = $3, fault = $4, checks = $5, sha256 = $6, crashes = $7, changed "
        "= $8 WHERE site = $1 AND upload = $2",
        "ttttttii", upload->site, upload->id, states[upload->state], film_fault_code(upload->fault),
        upload->checks, upload->sha256, (int64_t)upload->crashes, cloud_now(NULL));

    return result == 0 ? -ENOENT : result < 0 ? result : 0;
}

int upload_note(struct cloud *cloud, const struct upload *upload)
{
    bool refused = upload->state == UPLOAD_REFUSED;
    int result;

    result = db_begin(cloud->db);
    if (result < 0)
        return result;
    result = store(cloud->db, upload);
    if (result == 0 && refused)
        result = contents_self_made_uncount(cloud->db, upload->site, upload->id);
    result = contents_end(cloud->db, result);
    if (result == 0 && refused)
        remove_files(cloud, upload->id);
    return result;
}

int upload_ready(struct cloud *cloud, const struct upload *upload, const struct film *film)
{
    struct upload ready = *upload;
    int result;

    ready.state = UPLOAD_READY;
    ready.fault = FILM_GOOD;
    memcpy(ready.sha256, film->sha256, sizeof(ready.sha256));
    result = db_begin(cloud->db);
    if (result < 0)
        return result;
    result = store(cloud->db, &ready);
    if (result == 0)
        result = contents_film_put(cloud->db, film);
    result = contents_end(cloud->db, result);
    if (result == 0)
        remove_files(cloud, upload->id);
    return result;
}

/* -- tidying ----------------------------------------------------------------------------------- */

/* Drops one that idled; -ENOENT: there is none. */
static int drop_idle(struct cloud *cloud)
{
    struct db_rows *rows = NULL;
    int64_t now = cloud_now(NULL);
    struct upload upload;
    int result;

    result = db_query(cloud->db, &rows,
                      "SELECT " COLUMNS " FROM upload WHERE (state = 'receiving' AND changed < $1) "
                      "OR (state IN ('ready', 'refused') AND changed < $2) LIMIT 1",
                      "ii", now - UPLOAD_IDLE_DAYS * day_ms, now - UPLOAD_KEPT_DAYS * day_ms);
    result = one_row(rows, result, &upload);
    return result == 0 ? upload_drop(cloud, upload.id) : result;
}

int upload_tidy(struct cloud *cloud)
{
    char folder[UPLOAD_PATH_SIZE], id[UID_SIZE];
    const struct dirent *entry;
    struct upload upload;
    DIR *list;
    int result;

    while ((result = drop_idle(cloud)) == 0)
        ;
    if (result != -ENOENT)
        return result;
    upload_path(cloud, "", "", folder);
    list = opendir(folder);
    while (list && (entry = readdir(list))) {
        (void)snprintf(id, sizeof(id), "%s", entry->d_name);
        if (uid_valid(id) &&
            (upload_get(cloud->db, id, &upload) == -ENOENT || upload.state >= UPLOAD_READY))
            (void)unlinkat(dirfd(list), entry->d_name, 0); /* tried again next time */
    }
    if (list)
        (void)closedir(list); /* only read */
    return 0;
}
