#include "disk.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILES_MAX = 64,
    NAME_SIZE = 320,
    UNDO_MAX = 8192,
    SECTOR = 512,
    SHM_REGIONS_MAX = 16,
    TROUBLE_PERCENT = 50
};

/* Bytes past the size are zeroes; the memory stays for the next content. */
struct content {
    unsigned char *bytes;
    int64_t size, capacity;
};

/* A write that is not synced. What was there is in the file's `former` from `at` on, as far as
 * there was anything; what is there now follows it. */
struct undo {
    int64_t offset, size_before;
    int64_t at, before, size; /* bytes that were there; bytes written or cut off */
    bool cut;                 /* a truncation to `offset`: nothing is there now */
};

struct file {
    bool used, hidden; /* hidden: deleted, but disk_restore() brings it back */
    char name[NAME_SIZE];
    int host, users;
    struct content content, kept;
    bool has_kept;
    struct content former;
    struct undo *undos;
    int undo_count;
    void *shm[SHM_REGIONS_MAX];
};

struct handle {
    sqlite3_file base;
    struct file *file;
    bool temporary;
};

struct disk {
    bool dead;
    enum disk_loss loss, loss_then;
    int crash_in; /* operations; then with loss_then */
    enum disk_trouble trouble;
};

static struct file files[FILES_MAX];
static struct disk disks[SIM_HOSTS + 1];
static bool all_lie;
void (*disk_before_write)(int host);

/* -- contents ---------------------------------------------------------------------------------- */

static void make_room(struct content *content, int64_t size)
{
    if (size <= content->capacity)
        return;
    int64_t capacity = size * 2 < 65536 ? 65536 : size * 2;
    content->bytes = realloc(content->bytes, (size_t)capacity);
    if (!content->bytes)
        abort();
    memset(content->bytes + content->capacity, 0, (size_t)(capacity - content->capacity));
    content->capacity = capacity;
}

static void put(struct content *content, int64_t offset, const void *bytes, int64_t size)
{
    make_room(content, offset + size);
    memcpy(content->bytes + offset, bytes, (size_t)size);
    if (content->size < offset + size)
        content->size = offset + size;
}

static void cut(struct content *content, int64_t size)
{
    if (size >= content->size)
        return;
    memset(content->bytes + size, 0, (size_t)(content->size - size));
    content->size = size;
}

static void forget_undos(struct file *file)
{
    file->undo_count = 0;
    file->former.size = 0;
}

static void save_bytes(struct file *file, const void *bytes, int64_t size)
{
    struct content *former = &file->former;
    make_room(former, former->size + size);
    memcpy(former->bytes + former->size, bytes, (size_t)size);
    former->size += size;
}

/* Keeps what is there between offset and offset + size. */
static struct undo *add_undo(struct file *file, int64_t offset, int64_t size)
{
    const struct content *content = &file->content;
    int64_t before = content->size - offset < size ? content->size - offset : size;
    if (!file->undos)
        file->undos = malloc(UNDO_MAX * sizeof *file->undos);
    if (!file->undos || file->undo_count == UNDO_MAX)
        abort();
    if (before < 0)
        before = 0;
    struct undo *undo = &file->undos[file->undo_count++];
    *undo = (struct undo){.offset = offset,
                          .size_before = content->size,
                          .at = file->former.size,
                          .before = before,
                          .size = size};
    if (before > 0)
        save_bytes(file, content->bytes + offset, before);
    return undo;
}

static void write_file(struct file *file, int64_t offset, const void *bytes, int64_t size)
{
    (void)add_undo(file, offset, size);
    save_bytes(file, bytes, size);
    put(&file->content, offset, bytes, size);
}

static void cut_file(struct file *file, int64_t size)
{
    if (size < file->content.size)
        add_undo(file, size, file->content.size - size)->cut = true;
    cut(&file->content, size);
}

static void take_back(struct file *file, const struct undo *undo)
{
    const unsigned char *before = file->former.bytes + undo->at;
    if (undo->before > 0)
        put(&file->content, undo->offset, before, undo->before);
    cut(&file->content, undo->size_before);
}

/* The synced image, then whichever of the later writes reached the disk. */
static void lose_power(struct file *file, enum disk_loss loss)
{
    for (int i = file->undo_count - 1; i >= 0; i--)
        take_back(file, &file->undos[i]);
    bool nothing = loss == DISK_NOTHING || sim_chance(40);
    for (int i = 0; i < file->undo_count && !nothing; i++) {
        const struct undo *undo = &file->undos[i];
        if (sim_chance(50))
            continue;
        int64_t size = undo->size;
        if (size > SECTOR && sim_chance(20))
            size = SECTOR * sim_between(1, size / SECTOR);
        if (undo->cut)
            cut(&file->content, undo->offset);
        else
            put(&file->content, undo->offset, file->former.bytes + undo->at + undo->before, size);
    }
    forget_undos(file);
}

/* -- files ------------------------------------------------------------------------------------- */

static int host_of(const char *name)
{
    size_t length = strlen(sim_base);
    if (strncmp(name, sim_base, length) != 0 || name[length] != '/')
        return SIM_NOBODY;
    return name[length + 1] == 'k' ? name[length + 2] - '0' : SIM_CLOUD;
}

static struct file *find(const char *name)
{
    for (int i = 0; i < FILES_MAX; i++)
        if (files[i].used && !files[i].hidden && strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

static struct file *make(const char *name, int host)
{
    for (int i = 0; i < FILES_MAX; i++) {
        if (files[i].used)
            continue;
        files[i].used = true;
        files[i].users = 0;
        files[i].host = host;
        (void)snprintf(files[i].name, sizeof files[i].name, "%s", name);
        return &files[i];
    }
    abort();
}

static void drop_shm(struct file *file)
{
    for (int i = 0; i < SHM_REGIONS_MAX; i++) {
        free(file->shm[i]);
        file->shm[i] = NULL;
    }
}

static void drop_file(struct file *file)
{
    forget_undos(file);
    drop_shm(file);
    cut(&file->content, 0);
    file->hidden = file->has_kept;
    file->used = file->has_kept;
}

void disk_clear(void)
{
    for (int i = 0; i < FILES_MAX; i++) {
        struct file *file = &files[i];
        drop_shm(file);
        free(file->kept.bytes);
        free(file->content.bytes);
        free(file->former.bytes);
        free(file->undos);
        *file = (struct file){0};
    }
    memset(disks, 0, sizeof disks);
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

void disk_keep(void)
{
    for (int i = 0; i < FILES_MAX; i++) {
        struct file *file = &files[i];
        if (!file->used || file->hidden)
            continue;
        forget_undos(file);
        free(file->kept.bytes);
        file->kept = (struct content){0};
        file->has_kept = true;
        if (file->content.size > 0)
            put(&file->kept, 0, file->content.bytes, file->content.size);
    }
}

void disk_restore(void)
{
    memset(disks, 0, sizeof disks);
    for (int i = 0; i < FILES_MAX; i++) {
        struct file *file = &files[i];
        if (!file->used)
            continue;
        if (file->users > 0)
            abort();
        if (!file->has_kept) {
            drop_file(file);
            continue;
        }
        file->hidden = false;
        forget_undos(file);
        drop_shm(file);
        cut(&file->content, 0);
        if (file->kept.size > 0)
            put(&file->content, 0, file->kept.bytes, file->kept.size);
    }
}

/* -- crashes ----------------------------------------------------------------------------------- */

void disk_crash(int host, enum disk_loss loss)
{
    disks[host].dead = true;
    disks[host].loss = loss;
    disks[host].crash_in = 0;
}

bool disk_dead(int host)
{
    return disks[host].dead;
}

void disk_revive(int host)
{
    enum disk_loss loss = disks[host].loss;
    bool loses = loss == DISK_CHANCE || loss == DISK_NOTHING;
    for (int i = 0; i < FILES_MAX && loses; i++)
        if (files[i].used && files[i].host == host)
            lose_power(&files[i], loss);
    disks[host].dead = false;
    disks[host].loss = DISK_KEEPS;
}

void disk_crash_in(int host, int operations, enum disk_loss loss)
{
    disks[host].crash_in = operations;
    disks[host].loss_then = loss;
}

void disk_trouble(int host, enum disk_trouble trouble)
{
    disks[host].trouble = trouble;
}

void disk_lies(bool lies)
{
    all_lie = lies;
}

/* A write or sync is about to happen: an SQLite code when it does not. */
static int before_write(int host)
{
    struct disk *disk = &disks[host];
    if (disk_before_write && !disk->dead)
        disk_before_write(host);
    if (disk->crash_in > 0 && --disk->crash_in == 0) {
        sim_trace("host %d crashes at a write", host);
        disk_crash(host, disk->loss_then);
    }
    if (disk->dead)
        return SQLITE_IOERR_WRITE;
    if (disk->trouble != DISK_FINE && sim_chance(TROUBLE_PERCENT))
        return disk->trouble == DISK_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    return SQLITE_OK;
}

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
        drop_file(handle->file);
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
    int code = before_write(file->host);
    if (code == SQLITE_OK)
        write_file(file, offset, bytes, size);
    else if (lived && disks[file->host].dead && disks[file->host].loss == DISK_TORN)
        write_file(file, offset, bytes, size / 2);
    return code;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct file *file = file_of(base);
    int code = before_write(file->host);
    if (code == SQLITE_OK)
        cut_file(file, size);
    return code;
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct file *file = file_of(base);
    (void)flags;
    int code = before_write(file->host);
    if (code == SQLITE_OK && !(all_lie && file->host < SIM_KIOSKS))
        forget_undos(file);
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
    drop_shm(file_of(base));
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
    int host = host_of(name);
    struct file *file = find(name);
    if (disks[host].dead || (!file && !(flags & SQLITE_OPEN_CREATE)))
        return SQLITE_CANTOPEN;
    if (!file && disks[host].trouble != DISK_FINE)
        return SQLITE_CANTOPEN;
    if (!file)
        file = make(name, host);
    file->users++;
    handle->file = file;
    handle->base.pMethods = &methods;
    if (ret_flags)
        *ret_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    struct file *file = find(name);
    (void)vfs;
    (void)sync;
    if (!file)
        return SQLITE_IOERR_DELETE_NOENT;
    int code = before_write(file->host);
    if (code != SQLITE_OK)
        return SQLITE_IOERR_DELETE;
    drop_file(file);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    (void)vfs;
    (void)flags;
    *ret = find(name) != NULL;
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
