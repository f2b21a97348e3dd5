#include "disk_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNDO_MAX = 8192, SECTOR = 512, TROUBLE_PERCENT = 50 };

static struct file files[FILES_MAX];
struct disk disks[SIM_HOSTS + 1];
bool disk_all_lie;
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

void disk_synced(struct file *file)
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

void disk_write(struct file *file, int64_t offset, const void *bytes, int64_t size)
{
    (void)add_undo(file, offset, size);
    save_bytes(file, bytes, size);
    put(&file->content, offset, bytes, size);
}

void disk_cut(struct file *file, int64_t size)
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
    disk_synced(file);
}

/* -- files ------------------------------------------------------------------------------------- */

int disk_host_of(const char *name)
{
    size_t length = strlen(sim_base);
    if (strncmp(name, sim_base, length) != 0 || name[length] != '/')
        return SIM_NOBODY;
    return name[length + 1] == 'k' ? name[length + 2] - '0' : SIM_CLOUD;
}

struct file *disk_find(const char *name)
{
    for (int i = 0; i < FILES_MAX; i++)
        if (files[i].used && !files[i].hidden && strcmp(files[i].name, name) == 0)
            return &files[i];
    return NULL;
}

struct file *disk_make(const char *name, int host)
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

void disk_drop_shm(struct file *file)
{
    for (int i = 0; i < SHM_REGIONS_MAX; i++) {
        free(file->shm[i]);
        file->shm[i] = NULL;
    }
}

void disk_drop(struct file *file)
{
    disk_synced(file);
    disk_drop_shm(file);
    cut(&file->content, 0);
    file->hidden = file->has_kept;
    file->used = file->has_kept;
}

void disk_copy(const struct file *from, struct file *to)
{
    disk_synced(to);
    if (from->content.size > 0)
        put(&to->content, 0, from->content.bytes, from->content.size);
}

/* -- images ------------------------------------------------------------------------------------ */

enum { IMAGE_FILES_MAX = 8 };

static struct image {
    char names[IMAGE_FILES_MAX][NAME_SIZE];
    struct content contents[IMAGE_FILES_MAX];
    int count;
} images[SIM_HOSTS];

static void drop_image(struct image *image)
{
    for (int i = 0; i < image->count; i++)
        free(image->contents[i].bytes);
    *image = (struct image){0};
}

void disk_image(int host)
{
    struct image *image = &images[host];
    drop_image(image);
    for (int i = 0; i < FILES_MAX; i++) {
        const struct file *file = &files[i];
        if (!file->used || file->hidden || file->host != host)
            continue;
        if (image->count == IMAGE_FILES_MAX)
            abort();
        struct content *content = &image->contents[image->count];
        memcpy(image->names[image->count++], file->name, NAME_SIZE);
        if (file->content.size > 0)
            put(content, 0, file->content.bytes, file->content.size);
    }
}

void disk_image_back(int host)
{
    const struct image *image = &images[host];
    for (int i = 0; i < FILES_MAX; i++)
        if (files[i].used && !files[i].hidden && files[i].host == host)
            disk_drop(&files[i]);
    for (int i = 0; i < image->count; i++) {
        struct file *file = disk_make(image->names[i], host);
        if (image->contents[i].size > 0)
            put(&file->content, 0, image->contents[i].bytes, image->contents[i].size);
    }
}

/* -- beginning -----------------------------------------------------------------------------------
 */

void disk_clear(void)
{
    for (int i = 0; i < SIM_HOSTS; i++)
        drop_image(&images[i]);
    for (int i = 0; i < FILES_MAX; i++) {
        struct file *file = &files[i];
        disk_drop_shm(file);
        free(file->kept.bytes);
        free(file->content.bytes);
        free(file->former.bytes);
        free(file->undos);
        *file = (struct file){0};
    }
    memset(disks, 0, sizeof disks);
}

void disk_keep(void)
{
    for (int i = 0; i < FILES_MAX; i++) {
        struct file *file = &files[i];
        if (!file->used || file->hidden)
            continue;
        disk_synced(file);
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
            disk_drop(file);
            continue;
        }
        file->hidden = false;
        disk_synced(file);
        disk_drop_shm(file);
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
    disk_all_lie = lies;
}

int disk_may_write(int host)
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
