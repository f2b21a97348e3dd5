#include "seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    FILTER_MAX = 320,
    CALLS_KNOWN = 451, /* of Linux 6.1: numbers from here on mean what nobody here has looked at */
    CALLS_MAX = 4096   /* above are calls of one architecture alone */
};

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCHITECTURE AUDIT_ARCH_ARM
#else
#error "the sandbox does not know this architecture"
#endif

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

/* A call that is refused where its argument has this value under this mask. */
struct taboo {
    long call;
    unsigned argument;
    uint32_t mask, value;
};

static const struct taboo taboos[] = {
    /* keys typed and pasted into the terminal that we may have been started from */
    {SYS_ioctl, 1, UINT32_MAX, TIOCSTI},
    {SYS_ioctl, 1, UINT32_MAX, TIOCLINUX},
    /* signals, which the kernel sends to the owner of a descriptor */
    {SYS_ioctl, 1, UINT32_MAX, FIOSETOWN},
    {SYS_ioctl, 1, UINT32_MAX, SIOCSPGRP},
    {SYS_fcntl, 1, UINT32_MAX, F_SETOWN},
    {SYS_fcntl, 1, UINT32_MAX, F_SETOWN_EX},
#ifdef SYS_fcntl64
    {SYS_fcntl64, 1, UINT32_MAX, F_SETOWN},
    {SYS_fcntl64, 1, UINT32_MAX, F_SETOWN_EX},
#endif
/* memory that RLIMIT_DATA does not count */
#ifdef SYS_mmap2
    {SYS_mmap2, 3, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS},
    {SYS_mmap2, 3, MAP_GROWSDOWN, MAP_GROWSDOWN},
#else
    {SYS_mmap, 3, MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS},
    {SYS_mmap, 3, MAP_GROWSDOWN, MAP_GROWSDOWN},
#endif
};

static void refuse_taboo(struct program *program, const struct taboo *taboo)
{
    only_if(program, (uint32_t)taboo->call, 5);
    load(program, argument(taboo->argument));
    add(program, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, taboo->mask));
    only_if(program, taboo->value, 1);
    answer(program, EPERM);
    load(program, offsetof(struct seccomp_data, nr));
}

static const long refused[] = {
    /* network, also to other programs of this machine */
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
    /* programs and processes; execve, clone and tgkill are looked at below */
    SYS_kill, SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_open,
    SYS_pidfd_getfd, SYS_pidfd_send_signal, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev,
    SYS_process_madvise, SYS_process_mrelease, SYS_kcmp, SYS_setpriority, SYS_ioprio_set,
    SYS_sched_setscheduler, SYS_sched_setparam, SYS_sched_setattr, SYS_sched_setaffinity,
    SYS_migrate_pages, SYS_move_pages, SYS_setpgid, SYS_setsid,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
    /* memory that RLIMIT_DATA does not count, or that others share by a number */
    SYS_memfd_create, SYS_shmget, SYS_shmat, SYS_shmctl, SYS_msgget, SYS_msgsnd, SYS_msgrcv,
    SYS_msgctl, SYS_semget, SYS_semop, SYS_semctl, SYS_mq_open, SYS_mq_unlink,
#ifdef SYS_memfd_secret
    SYS_memfd_secret,
#endif
    /* what a file is: Landlock leaves it to whoever owns it (in Linux 6.1 its length, too) */
    SYS_truncate, SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_setxattr,
    SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
#ifdef SYS_chmod
    SYS_chmod, SYS_chown, SYS_lchown,
#endif
#ifdef SYS_utime
    SYS_utime,
#endif
#ifdef SYS_utimes
    SYS_utimes, SYS_futimesat,
#endif
#ifdef SYS_truncate64
    SYS_truncate64, SYS_chown32, SYS_fchown32, SYS_lchown32, SYS_utimensat_time64,
#endif
    /* the system's inside, and ways around the rules of files */
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter,
    SYS_io_uring_register, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_unshare, SYS_setns,
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_open_by_handle_at, SYS_personality,
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_reboot, SYS_swapon, SYS_acct,
    SYS_sync, SYS_syncfs, SYS_inotify_init1, SYS_fanotify_init};

/* A later kernel's calls do not exist; libraries know how to do without. */
static void refuse_unknown(struct program *program)
{
#if defined(__x86_64__)
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
    answer(program, EPERM); /* the x32 calls have numbers of their own */
#endif
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CALLS_KNOWN, 0, 2));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CALLS_MAX, 1, 0));
    answer(program, ENOSYS);
}

static void write_filter(struct program *program, bool executes)
{
    load(program, offsetof(struct seccomp_data, arch));
    only_if(program, ARCHITECTURE, 1);
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0));
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    load(program, offsetof(struct seccomp_data, nr));
    refuse_unknown(program);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        refuse(program, refused[i], EPERM);
    for (size_t i = 0; i < sizeof taboos / sizeof taboos[0]; i++)
        refuse_taboo(program, &taboos[i]);
    if (!executes) {
        refuse(program, SYS_execve, EPERM);
        refuse(program, SYS_execveat, EPERM);
    }
    /* glibc falls back to clone, whose flags can be seen: threads only */
    refuse(program, SYS_clone3, ENOSYS);
    only_if(program, SYS_clone, 4);
    load(program, argument(0));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
    answer(program, 0);
    answer(program, EPERM);
    allow_with(program, SYS_tgkill, 0, (uint32_t)getpid());
    allow_with(program, SYS_prlimit64, 0, 0);
    answer(program, 0);
}

_Static_assert(2 * (sizeof refused / sizeof refused[0]) + 6 * (sizeof taboos / sizeof taboos[0]) +
                       44 <=
                   FILTER_MAX,
               "the filter fits");

int seccomp_enter(bool executes)
{
    struct program program = {.length = 0};
    write_filter(&program, executes);
    const struct sock_fprog filter = {.len = program.length, .filter = program.code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0 ? -errno : 0;
}
