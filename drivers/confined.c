#include "confined.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "seccomp.h"

enum { FILES_MAX = 64, BLOCK = 4096 };

static atomic_bool ending;

void confined_end_all(bool now)
{
    atomic_store(&ending, now);
}

static int64_t monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* -- in the child: between fork and exec, so nothing here may allocate
 * ------------------------- */

/* SIGXCPU at the soft limit tells why, SIGKILL at the hard one ends who does
 * not listen. */
static int limit(int resource, uint64_t most)
{
    const rlim_t hard = (rlim_t)most + (resource == RLIMIT_CPU ? 1 : 0);
    const struct rlimit value = {.rlim_cur = (rlim_t)most, .rlim_max = hard};

    return setrlimit((__rlimit_resource_t)resource, &value) < 0 ? -errno : 0;
}

static int set_limits(const struct confined_options *options)
{
    int result = limit(RLIMIT_CORE, 0);

    if (result == 0)
        result = limit(RLIMIT_NOFILE, FILES_MAX);
    if (result == 0)
        result = limit(RLIMIT_CPU, (uint64_t)options->cpu_seconds);
    if (result == 0)
        result = limit(RLIMIT_FSIZE, options->file_size);
    if (result == 0 && options->memory > 0)
        result = limit(RLIMIT_DATA, options->memory);
    (void)setpriority(PRIO_PROCESS, 0, CONFINED_NICE); /* only kindness */
    return result;
}

/* The kernel has none, it is switched off, or a container does not let us ask. */
static bool lacks_landlock(int code)
{
    return code == -ENOSYS || code == -EOPNOTSUPP || code == -EPERM;
}

static int give_up_rights(const struct confined_options *options)
{
    struct landlock_path paths[CONFINED_PATHS_MAX + 4] = {{.path = "/usr"},
                                                          {.path = "/etc/ld.so.cache"},
                                                          {.path = "/etc/fonts"},
                                                          {.path = "/etc/alternatives"}};
    int result;

    memcpy(paths + 4, options->paths, sizeof(options->paths));
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    result = landlock_enter(paths, 4 + (size_t)options->path_count);
    if (result < 0 && !lacks_landlock(result))
        return result;
    return seccomp_enter(true);
}

struct pipes {
    int input[2], output[2], failure[2]; /* of failure: the errno of a child that cannot begin */
};

static int place_files(const struct confined_options *options, const struct pipes *pipes)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int errors = options->errors ? pipes->output[1] : null;

    if (null < 0 || dup2(options->input ? pipes->input[0] : null, STDIN_FILENO) < 0 ||
        dup2(pipes->output[1], STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0)
        return -errno;
    /* Whatever this process has open is nothing to the child. */
    return syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) < 0 && errno != ENOSYS
               ? -errno
               : 0;
}

static void child(const struct confined_options *options, const struct pipes *pipes, pid_t parent)
    __attribute__((noreturn));
static void child(const struct confined_options *options, const struct pipes *pipes, pid_t parent)
{
    sigset_t none;
    int result = 0;

    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL); /* the server blocks what would stop it */
    (void)signal(SIGPIPE, SIG_DFL);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
        result = -ESRCH;
    if (result == 0)
        result = place_files(options, pipes);
    if (result == 0)
        result = set_limits(options);
    if (result == 0)
        result = give_up_rights(options);
    if (result == 0) {
        (void)execvp(options->argv[0], (char *const *)options->argv);
        result = -errno;
    }
    ssize_t told = write(pipes->failure[1], &result, sizeof(result));
    _exit(told == (ssize_t)sizeof(result) ? 127 : 126);
}

/* -- in the parent
 * -----------------------------------------------------------------------------
 */

struct running {
    const struct confined_options *options;
    pid_t pid;
    int in, out;
    size_t sent;
    int64_t deadline;
    struct confined_result result;
    size_t room;
};

static void close_all(struct pipes *pipes)
{
    int *const fds[] = {pipes->input, pipes->output, pipes->failure};

    for (int i = 0; i < 6; i++)
        if (fds[i / 2][i % 2] >= 0)
            (void)close(fds[i / 2][i % 2]); /* pipe ends: nothing to lose */
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* a pipe end: nothing to lose */
    *fd = -1;
}

static int open_pipes(struct pipes *ret)
{
    *ret = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    if (pipe2(ret->output, O_CLOEXEC) < 0 || pipe2(ret->failure, O_CLOEXEC) < 0)
        return -errno;
    /* A socket, since it can be written to without SIGPIPE when the child closes
     * it early. */
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret->input) < 0 ? -errno : 0;
}

static int append(struct confined_result *result, size_t *room, const char *bytes, size_t size)
{
    if (result->size + size + 1 > *room) {
        size_t want = (result->size + size + 1) * 2;
        char *more = realloc(result->output, want);

        if (!more)
            return -ENOMEM;
        result->output = more;
        *room = want;
    }
    memcpy(result->output + result->size, bytes, size);
    result->size += size;
    result->output[result->size] = '\0';
    return 0;
}

/* Sends what the child's standard input still takes. */
static void feed(struct running *running)
{
    const struct confined_options *options = running->options;
    ssize_t sent = send(running->in, (const char *)options->input + running->sent,
                        options->input_size - running->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (sent > 0)
        running->sent += (size_t)sent;
    if ((sent < 0 && errno != EAGAIN && errno != EINTR) || running->sent == options->input_size)
        close_end(&running->in);
}

/* One turn; 1 = its output has ended, 0 = go on, or an error, and -ECANCELED =
 * kill it. */
static int turn(struct running *running)
{
    const struct confined_options *options = running->options;
    struct pollfd fds[2] = {{.fd = running->out, .events = POLLIN},
                            {.fd = running->in, .events = POLLOUT}};
    char block[BLOCK];
    ssize_t got = 0;

    if (monotonic_ms() >= running->deadline) {
        running->result.end = CONFINED_SLOW;
        return -ECANCELED;
    }
    if (poll(fds, 2, CONFINED_BEAT_MS) < 0 && errno != EINTR)
        return -errno;
    if (fds[1].revents)
        feed(running);
    if (fds[0].revents) {
        got = read(running->out, block, sizeof(block));
        if (got == 0)
            return 1;
        got = got < 0 ? 0 : got;
    }
    if (running->result.size + (size_t)got > options->output_max) {
        running->result.end = CONFINED_TALKED;
        return -ECANCELED;
    }
    if (append(&running->result, &running->room, block, (size_t)got) < 0)
        return -ENOMEM;
    if (atomic_load(&ending) ||
        (options->go_on && !options->go_on(options->context, block, (size_t)got))) {
        running->result.end = CONFINED_STOPPED;
        return -ECANCELED;
    }
    return 0;
}

/* A child may close its output and go on: it has until the deadline all the
 * same. */
static int await_end(struct running *running, int *ret_status)
{
    const struct timespec nap = {.tv_nsec = 10 * 1000 * 1000};
    pid_t ended;

    while ((ended = waitpid(running->pid, ret_status, WNOHANG)) == 0) {
        if (monotonic_ms() >= running->deadline || atomic_load(&ending)) {
            running->result.end = atomic_load(&ending) ? CONFINED_STOPPED : CONFINED_SLOW;
            return -ECANCELED;
        }
        (void)nanosleep(&nap, NULL);
    }
    return ended < 0 ? -errno : 1;
}

static void settle(struct confined_result *result, int status)
{
    if (result->end != CONFINED_DONE)
        return; /* we killed it, and know why */
    if (WIFEXITED(status))
        result->exit_code = WEXITSTATUS(status);
    else
        result->end = WTERMSIG(status) == SIGXCPU ? CONFINED_SLOW : CONFINED_CRASHED;
}

static int watch(struct running *running)
{
    int status = 0, result = append(&running->result, &running->room, "", 0);

    while (result == 0)
        result = turn(running);
    if (result == 1)
        result = await_end(running, &status);
    if (result != 1) {
        (void)kill(running->pid, SIGKILL); /* our own child, not yet waited for */
        while (waitpid(running->pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    settle(&running->result, status);
    return result == 1 || result == -ECANCELED ? 0 : result;
}

/* What the child could not do before it became the program. */
static int early_failure(int fd)
{
    int code = 0;

    return read(fd, &code, sizeof(code)) == (ssize_t)sizeof(code) ? code : 0;
}

bool confined_to_files(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 0;
}

int confined_run(const struct confined_options *options, struct confined_result *ret)
{
    struct running running = {.options = options, .in = -1, .out = -1};
    struct pipes pipes;
    pid_t self = getpid();
    int result, failure;

    result = open_pipes(&pipes);
    if (result < 0) {
        close_all(&pipes);
        return result;
    }
    running.pid = fork();
    if (running.pid == 0)
        child(options, &pipes, self);
    result = running.pid < 0 ? -errno : 0;
    close_end(&pipes.output[1]);
    close_end(&pipes.failure[1]);
    close_end(&pipes.input[0]);
    if (!options->input)
        close_end(&pipes.input[1]);
    if (result == 0) {
        running.out = pipes.output[0];
        running.in = pipes.input[1];
        running.deadline = monotonic_ms() + (int64_t)options->wall_seconds * 1000;
        failure = early_failure(pipes.failure[0]); /* ends with exec */
        result = watch(&running);
        pipes.input[1] = running.in;
        result = failure < 0 ? failure : result;
    }
    close_all(&pipes);
    if (result < 0) {
        free(running.result.output);
        return result;
    }
    *ret = running.result;
    return 0;
}

void confined_free(struct confined_result *result)
{
    free(result->output);
    result->output = NULL;
}
