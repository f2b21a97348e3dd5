/* Runs a program on input that nobody trusts: a process of its own that reads the files it is given
 * and no others, makes only the system calls that a program for files needs (seccomp.h: no socket,
 * no process, nobody signalled), and has a limit on everything.
 *
 * It may read and execute what lies below /usr (and the linker's cache and the fonts' list), read
 * and write the named files, and use processor time, memory, file size and time up to the limits.
 * It runs behind everything else (nice), gets nothing of this process' files and signals, and ends
 * with the thread that runs it. Where the kernel has no Landlock (or a container forbids it) it may
 * read what this process may read.
 */
#ifndef MACHIAI_DRIVERS_CONFINED_H
#define MACHIAI_DRIVERS_CONFINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "landlock.h"

enum {
    CONFINED_PATHS_MAX = 8,
    CONFINED_NICE = 15,
    CONFINED_BEAT_MS = 250 /* go_on() is asked at least so often */
};

enum confined_end {
    CONFINED_DONE,    /* ended by itself: exit_code says how */
    CONFINED_CRASHED, /* by a signal that was not ours, e.g. for lack of memory or processor time */
    CONFINED_SLOW,    /* wall_seconds were over, or its processor time */
    CONFINED_TALKED,  /* wrote more than output_max */
    CONFINED_STOPPED  /* go_on() said no, or confined_end_all() did */
};

struct confined_options {
    const char *const *argv; /* NULL-terminated; argv[0] is looked for in PATH */
    struct landlock_path paths[CONFINED_PATHS_MAX];
    int path_count;
    int cpu_seconds, wall_seconds; /* both needed */
    uint64_t memory;               /* bytes of data; 0 = no limit */
    uint64_t file_size;            /* bytes of any file it writes */
    const void *input;             /* its standard input; NULL = nothing */
    size_t input_size;
    size_t output_max; /* bytes of standard output; needed */
    bool errors;       /* standard error goes into the output too, else nowhere */
    /* false: kill it. bytes: what it wrote since the last call, may be none. NULL = go on. */
    bool (*go_on)(void *context, const char *bytes, size_t size);
    void *context;
};

struct confined_result {
    enum confined_end end;
    int exit_code; /* of CONFINED_DONE */
    char *output;  /* malloc()ed, NUL-terminated; never NULL when 0 was returned */
    size_t size;
};

/* -ENOENT: there is no such program; -ENOMEM, -EAGAIN and the like: it could not be started. Then
 * *ret is untouched. */
int confined_run(const struct confined_options *options, struct confined_result *ret)
    __attribute__((warn_unused_result));
/* This process is about to end: whatever runs, and whatever is started from now on, is stopped
 * within CONFINED_BEAT_MS. false: as at first. Any thread. */
void confined_end_all(bool now);
/* Whether files are closed to it on this machine. */
bool confined_to_files(void);
void confined_free(struct confined_result *result);

#endif
