/* The disks' files, between disk.c and the VFS. */
#ifndef MACHIAI_TESTS_SIM_DISK_PRIVATE_H
#define MACHIAI_TESTS_SIM_DISK_PRIVATE_H

#include <sqlite3.h>

#include "disk.h"

enum { FILES_MAX = 64, NAME_SIZE = 320, SHM_REGIONS_MAX = 16 };

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

extern struct disk disks[SIM_HOSTS + 1];
extern bool disk_all_lie;

struct file *disk_find(const char *name);
struct file *disk_make(const char *name, int host);
void disk_drop(struct file *file);
/* Content, and that it is synced. */
void disk_copy(const struct file *from, struct file *to);
void disk_drop_shm(struct file *file);
/* Whose file that is. */
int disk_host_of(const char *name);

void disk_write(struct file *file, int64_t offset, const void *bytes, int64_t size);
void disk_cut(struct file *file, int64_t size);
void disk_synced(struct file *file);
/* A write or sync is about to happen: an SQLite code when it does not. */
int disk_may_write(int host);

#endif
