/* The hosts' disks: an SQLite VFS in memory that knows what was synced and what was not.
 *
 * A write is only in the page cache until the file is synced. A crash of the process keeps the
 * cache; a loss of power keeps the synced image and any subset of the later writes, in part if need
 * be. After a crash every call from the dead process fails, so that taking it down writes nothing.
 */
#ifndef MACHIAI_TESTS_SIM_DISK_H
#define MACHIAI_TESTS_SIM_DISK_H

#include "sim.h"

enum disk_trouble { DISK_FINE, DISK_FULL, DISK_FAILS };

/* What is left of the unsynced writes when a host ends. */
enum disk_loss {
    DISK_KEEPS,   /* all: the process died, the machine lives */
    DISK_CHANCE,  /* any part of any */
    DISK_NOTHING, /* none */
    DISK_TORN     /* all, and half of the write that was under way */
};

/* Becomes SQLite's default VFS. */
void disk_install(void);
/* Throws all files away. */
void disk_clear(void);
/* An empty database with small pages: less to copy, and a transaction has more writes to be cut
 * between. */
void disk_make_database(const char *name);
/* All files as they are now, to begin each seed with. */
void disk_keep(void);
void disk_restore(void);

/* A host's files as they are, all of it: a backup, a card's image; one a host. It is put back while
 * the host is down. */
void disk_image(int host);
void disk_image_back(int host);

/* The host's process ends here and now. */
void disk_crash(int host, enum disk_loss loss);
bool disk_dead(int host);
/* The host has started again. */
void disk_revive(int host);
/* Crashes the host at its n-th write or sync from now; 0 = no. */
void disk_crash_in(int host, int operations, enum disk_loss loss);
/* Told of each write or sync of a living host. */
extern void (*disk_before_write)(int host);
/* Some of the host's writes fail. */
void disk_trouble(int host, enum disk_trouble trouble);

/* For planted bugs: the kiosks' syncs do nothing. */
void disk_lies(bool lies);

#endif
