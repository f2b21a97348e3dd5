#include "video_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "landlock.h"

enum {
    FILES_MAX = 128,
    NICENESS = 2,         /* a tap on the terminal comes before a frame */
    MEMORY_MAX = 1 << 30, /* bytes; two 1080p lanes take a third of it */
    OOM_SCORE = 800,      /* of 1000: the kiosk has 0 */
    FILTER_MAX = 160
};

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCHITECTURE AUDIT_ARCH_ARM
#else
#error "the player's sandbox does not know this architecture"
#endif

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

/* ---- system calls ---- */

struct program {
    struct sock_filter code[FILTER_MAX];
    unsigned short length;
};

static void add(struct program *program, struct sock_filter step)
{
    program->code[program->length++] = step;
}

static void load(struct program *program, size_t offset)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void answer(struct program *program, int error)
{
    uint32_t value = error == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | (uint32_t)error;
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value));
}

/* Goes on with the next step if the value loaded equals `value`, else passes `skip` steps over. */
static void only_if(struct program *program, uint32_t value, uint8_t skip)
{
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip));
}

static void refuse(struct program *program, long call, int error)
{
    only_if(program, (uint32_t)call, 1);
    answer(program, error);
}

/* The low half of a call's argument: all that are looked at here are small or flags. */
static size_t argument(unsigned number)
{
    size_t offset = offsetof(struct seccomp_data, args) + number * sizeof(uint64_t);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    offset += sizeof(uint32_t);
#endif
    return offset;
}

/* Allowed with this value of an argument, refused with any other. */
static void allow_with(struct program *program, long call, unsigned number, uint32_t value)
{
    only_if(program, (uint32_t)call, 4);
    load(program, argument(number));
    only_if(program, value, 1);
    answer(program, 0);
    answer(program, EPERM);
}

/* Refused with this value of an argument, allowed with any other. */
static void refuse_with(struct program *program, long call, unsigned number, uint32_t value)
{
    only_if(program, (uint32_t)call, 4);
    load(program, argument(number));
    only_if(program, value, 1);
    answer(program, EPERM);
    answer(program, 0);
}

static const long refused[] = {
    /* network */
    SYS_socket, SYS_connect, SYS_bind, SYS_listen, SYS_accept4,
    /* programs and processes; clone and tgkill are looked at below */
    SYS_execve, SYS_execveat, SYS_kill, SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo,
    SYS_pidfd_open, SYS_pidfd_getfd, SYS_pidfd_send_signal, SYS_ptrace, SYS_process_vm_readv,
    SYS_process_vm_writev, SYS_kcmp, SYS_setpriority, SYS_sched_setscheduler, SYS_sched_setparam,
    SYS_sched_setattr, SYS_setpgid, SYS_setsid,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
    /* the system's inside, and ways around the rules of files */
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter,
    SYS_io_uring_register, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_unshare, SYS_setns,
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_by_handle_at, SYS_personality,
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_reboot, SYS_swapon, SYS_acct};

static void write_filter(struct program *program)
{
    load(program, offsetof(struct seccomp_data, arch));
    only_if(program, ARCHITECTURE, 1);
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0));
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    load(program, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
    answer(program, EPERM); /* the x32 calls have numbers of their own */
#endif
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        refuse(program, refused[i], EPERM);
    /* glibc falls back to clone, whose flags can be seen: threads only */
    refuse(program, SYS_clone3, ENOSYS);
    only_if(program, SYS_clone, 4);
    load(program, argument(0));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
    answer(program, 0);
    answer(program, EPERM);
    allow_with(program, SYS_tgkill, 0, (uint32_t)getpid());
    allow_with(program, SYS_prlimit64, 0, 0);
    /* keys typed into the terminal that we may have been started from */
    refuse_with(program, SYS_ioctl, 1, TIOCSTI);
    answer(program, 0);
}

static int restrict_calls(void)
{
    static struct program program;
    program.length = 0;
    write_filter(&program);
    struct sock_fprog filter = {.len = program.length, .filter = program.code};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        return -errno;
    return 0;
}

_Static_assert(2 * (sizeof refused / sizeof refused[0]) + 40 <= FILTER_MAX, "the filter fits");

int video_sandbox_enter(void)
{
    set_limits();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -errno;
    int result = restrict_files();
    if (result != 0)
        (void)fprintf(stderr, "player: files stay readable, this kernel's Landlock says: %s\n",
                      strerror(-result));
    return restrict_calls();
}
