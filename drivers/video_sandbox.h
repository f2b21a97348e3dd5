/* What the player child gives up before it looks at a film.
 *
 * A film is untrusted input for half a million lines of decoders, so the child is taken for lost
 * from the start. Inside it may still: read and execute what lies below /usr, /etc/fonts and
 * /etc/ld.so.cache (libvlc loads its plugins late); read the descriptors it is handed; write to its
 * memory, its socket and standard error; ask whether a file exists and how large it is; start
 * threads; use processor time and memory up to the limits. It may no longer open any other file,
 * write, create or shorten files, change their rights or dates, open sockets, start programs or
 * processes, look into, signal or hold back other processes, or change its own limits upward.
 * A call that is newer than Linux 6.1 does not exist for it.
 *
 * Memory is limited by RLIMIT_DATA and RLIMIT_AS (not under AddressSanitizer, whose shadow counts);
 * what these do not count (shared, named, or a stack that grows) it cannot ask for, and the frames
 * it shares with the parent have a sealed size. Its threads' kernel memory is the unit's to limit
 * (TasksMax=). The kernel picks the child first when memory runs out. The parent skips a film that
 * takes most of all processors and still does not keep its pace (video_budget.h).
 */
#ifndef MACHIAI_DRIVERS_VIDEO_SANDBOX_H
#define MACHIAI_DRIVERS_VIDEO_SANDBOX_H

/* Call it while the process has one thread; threads started later inherit it. What the kernel lacks
 * is left out and told on standard error: a board without Landlock still shows films. Negative
 * errno when the system calls cannot be limited. */
int video_sandbox_enter(void) __attribute__((warn_unused_result));

#endif
