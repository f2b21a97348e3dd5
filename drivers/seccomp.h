/* Which system calls a process that works on a stranger's bytes may still make: Linux' seccomp, in
 * the few words that we need.
 *
 * The process reads and writes what it holds, maps memory that its limits count, and starts
 * threads. Refused with EPERM: sockets, processes, looking into, signalling or holding back other
 * ones, changing what a file is (length by name, owner, rights, dates), memory that no limit
 * counts, and the system's inside. A call that is newer than Linux 6.1 does not exist for it
 * (ENOSYS).
 */
#ifndef MACHIAI_DRIVERS_SECCOMP_H
#define MACHIAI_DRIVERS_SECCOMP_H

#include <stdbool.h>

/* From now on, for this thread and whatever it starts or executes. executes: it may become other
 * programs, which stay as limited. PR_SET_NO_NEW_PRIVS must be set. Allocates nothing: good between
 * fork and exec. Negative errno when the kernel has no seccomp. */
int seccomp_enter(bool executes) __attribute__((warn_unused_result));

#endif
