/* Which files a process may still touch: Linux' Landlock, in the few words that we need. */
#ifndef MACHIAI_DRIVERS_LANDLOCK_H
#define MACHIAI_DRIVERS_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

struct landlock_path {
    const char *path; /* a file, or a folder with all below it; one that is not there is skipped */
    bool write;       /* the file may be written and cut too; nothing is ever made or removed */
};

/* From now on this thread, and whatever it starts or executes, opens no other files; what is below
 * the paths may be read and executed. PR_SET_NO_NEW_PRIVS must be set. Allocates nothing: good
 * between fork and exec. -ENOSYS, -EOPNOTSUPP: this kernel has no Landlock. */
int landlock_enter(const struct landlock_path *paths, size_t count)
    __attribute__((warn_unused_result));

#endif
