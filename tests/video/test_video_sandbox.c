/* Each case runs in a child of its own that enters the sandbox. Catches: a right left open to a
 * child that a film has taken over, or one closed that libvlc needs. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "video_sandbox.h"

enum { PASSED = 0, NO_SANDBOX = 100, WRONG = 101, HANDED = 9 };

/* The check tells errno: 0 = it went through. */
static void assert_inside(int (*check)(void), int expected)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (video_sandbox_enter() != 0)
            _exit(NO_SANDBOX);
        errno = 0;
        _exit(check() == 0 ? PASSED : errno == 0 ? WRONG : errno);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), expected);
}

static char secret[] = "/tmp/machiai-sandbox-XXXXXX";

static int read_passwords(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : -1;
}

static int read_secret(void)
{
    return open(secret, O_RDONLY) >= 0 ? 0 : -1;
}

static int write_secret(void)
{
    return open(secret, O_WRONLY) >= 0 ? 0 : -1;
}

static int make_file(void)
{
    return open("/tmp/machiai-sandbox-new", O_WRONLY | O_CREAT, 0600) >= 0 ? 0 : -1;
}

static int remove_secret(void)
{
    return unlink(secret);
}

static int write_to_system(void)
{
    return open("/usr/share/machiai-sandbox-new", O_WRONLY | O_CREAT, 0600) >= 0 ? 0 : -1;
}

static int read_system(void)
{
    char text[16];
    int fd = open("/usr/share/common-licenses/Apache-2.0", O_RDONLY);
    return fd >= 0 && read(fd, text, sizeof text) > 0 ? 0 : -1;
}

/* Landlock knows nothing of these: what is named belongs to the kiosk's user, and so does the
 * child.
 */
static int shorten_secret(void)
{
    return truncate(secret, 0);
}

static int shut_secret(void)
{
    return chmod(secret, 0);
}

static int shut_handed_file(void)
{
    return fchmod(HANDED, 0);
}

static int give_secret_away(void)
{
    return chown(secret, getuid(), getgid());
}

static int date_secret(void)
{
    return utimensat(AT_FDCWD, secret, NULL, 0);
}

static int mark_secret(void)
{
    return setxattr(secret, "user.mark", "x", 1, 0);
}

/* fchmodat2(), of a kernel that is newer than the list of what is refused. */
static int call_of_tomorrow(void)
{
    return (int)syscall(452, AT_FDCWD, secret, 0, 0);
}

static int open_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : -1;
}

static int open_local_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 0 : -1;
}

/* One end of such a pair writes to any socket that has a name, the journal's for one. */
static int open_pair(void)
{
    int ends[2];
    return socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
}

static int start_process(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid > 0 ? 0 : -1;
}

static int start_program(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return -1;
}

static int signal_parent(void)
{
    return kill(getppid(), SIGCONT);
}

/* The kernel sends the owner of a descriptor the signal that F_SETSIG names. */
static int own_by_parent(void)
{
    int ends[2];
    return pipe(ends) == 0 ? fcntl(ends[0], F_SETOWN, getppid()) : 0;
}

static int own_by_parent_too(void)
{
    struct f_owner_ex owner = {.type = F_OWNER_PID, .pid = getppid()};
    int ends[2];
    return pipe(ends) == 0 ? fcntl(ends[0], F_SETOWN_EX, &owner) : 0;
}

static int own_by_ioctl(void)
{
    int ends[2], owner = getppid();
    return pipe(ends) == 0 ? ioctl(ends[0], FIOSETOWN, &owner) : 0;
}

static int pin_parent(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    return sched_setaffinity(getppid(), sizeof set, &set);
}

/* The X server's pictures of the kiosk lie in such memory. */
static int attach_memory(void)
{
    return shmat(0, NULL, 0) != (void *)-1 ? 0 : -1;
}

static int trace_parent(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ? 0 : -1;
}

static int limit_parent(void)
{
    struct rlimit limit;
    return prlimit(getppid(), RLIMIT_NOFILE, NULL, &limit);
}

static int hold_back_parent(void)
{
    return setpriority(PRIO_PROCESS, (id_t)getppid(), 19);
}

/* Root could, with CAP_SYS_RESOURCE; the kiosk is not root. */
static int raise_own_limit(void)
{
    if (geteuid() == 0 && setuid(65534) != 0)
        return 0;
    return setrlimit(RLIMIT_NOFILE, &(struct rlimit){.rlim_cur = 256, .rlim_max = 256});
}

static int dump_core(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max > 0 ? 0 : -1;
}

static int map_memory(size_t size, int protection, int flags)
{
    void *taken = mmap(NULL, size, protection, flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return taken != MAP_FAILED ? 0 : -1;
}

#if !defined(__SANITIZE_ADDRESS__)
static int take_memory(void)
{
    return map_memory((size_t)5 << 28, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

/* Read alone, it costs tables of pages, which no limit counts. */
static int take_addresses(void)
{
    return map_memory((size_t)64 << 30, PROT_READ, MAP_PRIVATE);
}
#endif

/* Memory that RLIMIT_DATA does not count. */
static int take_shared_memory(void)
{
    return map_memory(4096, PROT_READ | PROT_WRITE, MAP_SHARED);
}

static int take_a_stack(void)
{
    return map_memory(4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_GROWSDOWN);
}

static int take_a_file_of_memory(void)
{
    return memfd_create("more", 0);
}

static int take_a_segment(void)
{
    return shmget(IPC_PRIVATE, 4096, 0600);
}

static int take_a_queue(void)
{
    return msgget(IPC_PRIVATE, 0600);
}

/* A tap on the terminal comes first. */
static int stand_behind(void)
{
    errno = 0;
    return getpriority(PRIO_PROCESS, 0) >= 2 ? 0 : -1;
}

static int read_own_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max <= 128 ? 0 : -1;
}

static void *nothing(void *context)
{
    return context;
}

static int start_thread(void)
{
    pthread_t thread;
    errno = pthread_create(&thread, NULL, nothing, NULL);
    return errno == 0 ? pthread_join(thread, NULL) : -1;
}

static int use_handed_descriptor(void)
{
    char text[8];
    return pread(HANDED, text, sizeof text, 0) == 6 ? 0 : -1;
}

static int set_up(void **state)
{
    (void)state;
    int fd = mkstemp(secret);
    if (fd < 0 || write(fd, "secret", 6) != 6)
        return -1;
    /* the descriptor that the parent hands over */
    if (dup2(fd, HANDED) != HANDED)
        return -1;
    return close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    close(HANDED);
    return unlink(secret);
}

static void test_files_are_closed(void **state)
{
    (void)state;
    assert_inside(read_passwords, EACCES);
    assert_inside(read_secret, EACCES);
    assert_inside(write_secret, EACCES);
    assert_inside(make_file, EACCES);
    assert_inside(remove_secret, EACCES);
    assert_inside(write_to_system, EACCES);
}

static void test_what_files_are_is_left_alone(void **state)
{
    (void)state;
    assert_inside(shorten_secret, EPERM);
    assert_inside(shut_secret, EPERM);
    assert_inside(shut_handed_file, EPERM);
    assert_inside(give_secret_away, EPERM);
    assert_inside(date_secret, EPERM);
    assert_inside(mark_secret, EPERM);
    assert_inside(call_of_tomorrow, ENOSYS);
}

static void test_the_world_is_closed(void **state)
{
    (void)state;
    assert_inside(open_socket, EPERM);
    assert_inside(open_local_socket, EPERM);
    assert_inside(open_pair, EPERM);
    assert_inside(start_process, EPERM);
    assert_inside(start_program, EPERM);
    assert_inside(signal_parent, EPERM);
    assert_inside(trace_parent, EPERM);
    assert_inside(limit_parent, EPERM);
    assert_inside(hold_back_parent, EPERM);
    assert_inside(own_by_parent, EPERM);
    assert_inside(own_by_parent_too, EPERM);
    assert_inside(own_by_ioctl, EPERM);
    assert_inside(pin_parent, EPERM);
    assert_inside(attach_memory, EPERM);
}

static void test_its_share_is_limited(void **state)
{
    (void)state;
    assert_inside(raise_own_limit, EPERM);
    assert_inside(dump_core, WRONG);
    assert_inside(stand_behind, PASSED);
#if !defined(__SANITIZE_ADDRESS__)
    assert_inside(take_memory, ENOMEM);
    assert_inside(take_addresses, ENOMEM);
#endif
    assert_inside(take_shared_memory, EPERM);
    assert_inside(take_a_stack, EPERM);
    assert_inside(take_a_file_of_memory, EPERM);
    assert_inside(take_a_segment, EPERM);
    assert_inside(take_a_queue, EPERM);
}

static void test_what_a_player_needs_is_open(void **state)
{
    (void)state;
    assert_inside(read_system, PASSED);
    assert_inside(start_thread, PASSED);
    assert_inside(read_own_limit, PASSED);
    assert_inside(use_handed_descriptor, PASSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_are_closed),
        cmocka_unit_test(test_what_files_are_is_left_alone),
        cmocka_unit_test(test_the_world_is_closed),
        cmocka_unit_test(test_its_share_is_limited),
        cmocka_unit_test(test_what_a_player_needs_is_open),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
