/* SQLite's door to the disks: a VFS. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk_private.h"

/* -- methods of a file ---------------------------------------------------------------------------
 */

static struct file *file_of(sqlite3_file *base)
{
    return ((struct handle *)base)->file;
}

static int file_close(sqlite3_file *base)
{
    struct handle *handle = (struct handle *)base;
    handle->file->users--;
    if (handle->temporary)
        disk_drop(handle->file);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *bytes, int size, sqlite3_int64 offset)
{
    const struct file *file = file_of(base);
    int64_t left = file->content.size - offset;
    if (disks[file->host].dead)
        return SQLITE_IOERR_READ;
    if (left >= size) {
        memcpy(bytes, file->content.bytes + offset, (size_t)size);
        return SQLITE_OK;
    }
    memset(bytes, 0, (size_t)size);
    if (left > 0)
        memcpy(bytes, file->content.bytes + offset, (size_t)left);
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *bytes, int size, sqlite3_int64 offset)
{
    struct file *file = file_of(base);
    bool lived = !disks[file->host].dead;
    int code = disk_may_write(file->host);
    if (code == SQLITE_OK)
        disk_write(file, offset, bytes, size);
    else if (lived && disks[file->host].dead && disks[file->host].loss == DISK_TORN)
        disk_write(file, offset, bytes, size / 2);
    return code;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct file *file = file_of(base);
    int code = disk_may_write(file->host);
    if (code == SQLITE_OK)
        disk_cut(file, size);
    return code;
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct file *file = file_of(base);
    (void)flags;
    int code = disk_may_write(file->host);
    if (code == SQLITE_OK && !(disk_all_lie && file->host < SIM_KIOSKS))
        disk_synced(file);
    return code == SQLITE_OK ? code : SQLITE_IOERR_FSYNC;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *ret)
{
    *ret = file_of(base)->content.size;
    return SQLITE_OK;
}

/* One connection a file: nobody else is ever there to lock out. */
static int file_lock(sqlite3_file *base, int level)
{
    (void)base;
    (void)level;
    return SQLITE_OK;
}

static int file_reserved(sqlite3_file *base, int *ret)
{
    (void)base;
    *ret = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int operation, void *argument)
{
    (void)base;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *base)
{
    (void)base;
    return 4096;
}

static int file_traits(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **ret)
{
    struct file *file = file_of(base);
    if (region >= SHM_REGIONS_MAX)
        return SQLITE_IOERR_SHMMAP;
    if (!file->shm[region] && extend)
        file->shm[region] = calloc(1, (size_t)size);
    *ret = file->shm[region];
    return SQLITE_OK;
}

static int shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
    (void)base;
    (void)offset;
    (void)count;
    (void)flags;
    return SQLITE_OK;
}

static void shm_barrier(sqlite3_file *base)
{
    (void)base;
}

static int shm_unmap(sqlite3_file *base, int gone)
{
    (void)gone;
    disk_drop_shm(file_of(base));
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

/* -- methods of the VFS --------------------------------------------------------------------------
 */

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *base, int flags,
                    int *ret_flags)
{
    struct handle *handle = (struct handle *)base;
    static int temporaries;
    char made[32];
    (void)vfs;
    *handle = (struct handle){.temporary = !name};
    if (!name) {
        (void)snprintf(made, sizeof made, "temporary-%d", temporaries++);
        name = made;
    }
    int host = disk_host_of(name);
    struct file *file = disk_find(name);
    if (disks[host].dead || (!file && !(flags & SQLITE_OPEN_CREATE)))
        return SQLITE_CANTOPEN;
    if (!file && disks[host].trouble != DISK_FINE)
        return SQLITE_CANTOPEN;
    if (!file)
        file = disk_make(name, host);
    file->users++;
    handle->file = file;
    handle->base.pMethods = &methods;
    if (ret_flags)
        *ret_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    struct file *file = disk_find(name);
    (void)vfs;
    (void)sync;
    if (!file)
        return SQLITE_IOERR_DELETE_NOENT;
    int code = disk_may_write(file->host);
    if (code != SQLITE_OK)
        return SQLITE_IOERR_DELETE;
    disk_drop(file);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    (void)vfs;
    (void)flags;
    *ret = disk_find(name) != NULL;
    return SQLITE_OK;
}

static int vfs_path(sqlite3_vfs *vfs, const char *name, int size, char *ret)
{
    (void)vfs;
    (void)snprintf(ret, (size_t)size, "%s", name);
    return SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *vfs, int size, char *ret)
{
    (void)vfs;
    for (int i = 0; i < size; i++)
        ret[i] = (char)(i * 37 + 11);
    return size;
}

static int vfs_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return us;
}

static int vfs_time(sqlite3_vfs *vfs, double *ret)
{
    (void)vfs;
    *ret = (double)sim_now / 86400000.0 + 2440587.5;
    return SQLITE_OK;
}

static int vfs_error(sqlite3_vfs *vfs, int size, char *ret)
{
    (void)vfs;
    (void)size;
    (void)ret;
    return 0;
}

/* One thread: SQLite need not lock, and nobody asks how much memory it has. */
void disk_install(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = sizeof(struct handle),
        .mxPathname = NAME_SIZE - 16,
        .zName = "machiai-sim",
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_error,
    };
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
        abort();
}

void disk_make_database(const char *name)
{
    sqlite3 *db;
    if (sqlite3_open(name, &db) != SQLITE_OK ||
        sqlite3_exec(db, "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; VACUUM", NULL, NULL,
                     NULL) != SQLITE_OK)
        abort();
    (void)sqlite3_close(db);
}

/* -- beside SQLite ------------------------------------------------------------------------------
 */

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    struct file *file = disk_find(from);
    if (!file)
        return __real_rename(from, to);
    if (disk_find(to))
        disk_drop(disk_find(to));
    disk_copy(file, disk_make(to, file->host));
    disk_drop(file);
    return 0;
}

int __real_access(const char *name, int mode);
int __wrap_access(const char *name, int mode);
int __wrap_access(const char *name, int mode)
{
    return disk_find(name) ? 0 : __real_access(name, mode);
}
