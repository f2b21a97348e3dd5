#include "video_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "landlock.h"
#include "seccomp.h"

enum {
    FILES_MAX = 128,
    NICENESS = 2,         /* a tap on the terminal comes before a frame */
    MEMORY_MAX = 1 << 30, /* bytes; two 1080p lanes take a third of it */
    OOM_SCORE = 800       /* of 1000: the kiosk has 0 */
};

/* Bytes; threads reserve many and use few. */
#define ADDRESSES_MAX (UINT64_C(32) << 30)

/* ---- limits ---- */

static void limit(int resource, rlim_t most)
{
    struct rlimit now;
    if (getrlimit(resource, &now) != 0)
        return;
    if (now.rlim_max < most)
        most = now.rlim_max;
    (void)setrlimit(resource, &(struct rlimit){.rlim_cur = most, .rlim_max = most});
}

static void offer_to_oom_killer(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return; /* no /proc: then without */
    (void)!dprintf(fd, "%d", OOM_SCORE);
    close(fd);
}

static void set_limits(void)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, FILES_MAX);
#if !defined(__SANITIZE_ADDRESS__)
    limit(RLIMIT_DATA, MEMORY_MAX);
#if UINTPTR_MAX > UINT32_MAX
    limit(RLIMIT_AS, (rlim_t)ADDRESSES_MAX); /* bounds the tables of the pages */
#endif
#endif
    if (getpriority(PRIO_PROCESS, 0) < NICENESS) /* one in the background stays there */
        (void)setpriority(PRIO_PROCESS, 0, NICENESS);
    offer_to_oom_killer();
}

/* ---- files ---- */

static int restrict_files(void)
{
    static const struct landlock_path readable[] = {
        {.path = "/usr"}, {.path = "/etc/fonts"}, {.path = "/etc/ld.so.cache"}};
    return landlock_enter(readable, sizeof readable / sizeof readable[0]);
}

int video_sandbox_enter(void)
{
    set_limits();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -errno;
    int result = restrict_files();
    if (result != 0)
        (void)fprintf(stderr, "player: files stay readable, this kernel's Landlock says: %s\n",
                      strerror(-result));
    return seccomp_enter(false);
}
