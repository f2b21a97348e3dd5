#include "video_process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "video_end.h"
#include "video_start.h"

enum {
    SILENCE_MS = 2000,
    START_SILENCE_MS = 20000, /* libvlc without its plugin cache, a cold card, a busy board */
    CLOSED_MS = 500,          /* from the end of the line to the news of the death */
    TURN_MAX_MS = 250         /* of one turn of the caller's that is held against the child */
};

void video_process_init(struct video_process *process, bool background)
{
    *process = (struct video_process){.socket = -1, .background = background};
}

static void close_socket(struct video_process *process)
{
    if (process->socket >= 0)
        close(process->socket);
    process->socket = -1;
}

/* With memory and a line of its own for the child; what is not ours any more is the thread's. */
static int begin(struct video_process *process, const char *program, struct video_shm **ret_shm)
{
    struct video_shm *shm = NULL;
    int memory = video_shm_create(&shm);
    if (memory < 0)
        return memory;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
        int result = -errno;
        close(memory);
        video_shm_unmap(shm);
        return result;
    }
    video_start_begin(process->starter, program, ends[1], memory);
    process->socket = ends[0];
    *ret_shm = shm;
    return 0;
}

int video_process_start(struct video_process *process, const char *program)
{
    struct video_shm *shm = NULL;
    int result =
        process->starter != NULL ? 0 : video_start_create(process->background, &process->starter);
    if (result == 0)
        result = begin(process, program, &shm);
    if (result < 0)
        return result;
    video_shm_unmap(process->shm);
    *process = (struct video_process){.starter = process->starter,
                                      .background = process->background,
                                      .starting = true,
                                      .socket = process->socket,
                                      .shm = shm,
                                      .starved = video_end_starved()};
    return 0;
}

int video_process_started(struct video_process *process, int64_t now_ms)
{
    int result = video_start_end(process->starter, &process->pid);
    if (result == -EAGAIN)
        return result;
    process->starting = false;
    process->checked_ms = now_ms;
    if (result < 0)
        close_socket(process);
    return result;
}

static void end(struct video_process *process)
{
    kill(process->pid, SIGKILL);
    process->killed = true;
}

void video_process_kill(struct video_process *process, const char *reason)
{
    if (process->pid == 0 || process->killed)
        return;
    (void)snprintf(process->reason, sizeof process->reason, "%s", reason);
    end(process);
}

/* What waitpid() told; a death that we brought about has its reason already. */
static void take_end(struct video_process *process, int status)
{
    if (process->killed)
        return;
    bool starved = video_end_starved() != process->starved;
    process->outside = video_end_from_outside(status, starved);
    video_end_describe(status, process->reason, sizeof process->reason);
}

/* The kernel closes the line of a child that dies a moment before it tells of the death, and why.
 * One that lives on without its line is ended by check_closed(). */
static void note_closed(struct video_process *process)
{
    if (!process->closed)
        process->closed_ms = process->checked_ms;
    process->closed = true;
}

static void check_closed(struct video_process *process, int64_t now_ms)
{
    if (process->closed && now_ms - process->closed_ms > CLOSED_MS)
        video_process_kill(process, "closed its line");
}

static void check_heartbeat(struct video_process *process, int64_t now_ms)
{
    int64_t turn = now_ms - process->checked_ms;
    process->checked_ms = now_ms;
    uint32_t beat = atomic_load(&process->shm->heartbeat);
    if (beat != process->heartbeat) {
        process->heartbeat = beat;
        process->silent_ms = 0;
        return;
    }
    if (turn > 0)
        process->silent_ms += turn < TURN_MAX_MS ? turn : TURN_MAX_MS;
    if (process->silent_ms > (beat == 0 ? START_SILENCE_MS : SILENCE_MS))
        video_process_kill(process, beat == 0 ? "did not start" : "gave no sign of life for 2 s");
}

bool video_process_check(struct video_process *process, int64_t now_ms)
{
    if (process->pid == 0)
        return false;
    int status = 0;
    pid_t gone = waitpid(process->pid, &status, WNOHANG | WUNTRACED);
    if (gone > 0 && WIFSTOPPED(status)) {
        take_end(process, status);
        end(process);
        return true;
    }
    if (gone == 0) {
        check_heartbeat(process, now_ms);
        check_closed(process, now_ms);
        return true;
    }
    if (gone > 0)
        take_end(process, status);
    else if (!process->killed)
        (void)snprintf(process->reason, sizeof process->reason, "was reaped by another");
    process->pid = 0;
    close_socket(process);
    return false;
}

bool video_process_over(struct video_process *process)
{
    if (process->starting && video_process_started(process, process->checked_ms) == -EAGAIN)
        return false;
    video_process_kill(process, "is not needed any more");
    return !video_process_check(process, process->checked_ms);
}

int64_t video_process_cpu_ms(const struct video_process *process)
{
    clockid_t clock;
    struct timespec used;
    if (process->pid == 0 || clock_getcpuclockid(process->pid, &clock) != 0 ||
        clock_gettime(clock, &used) != 0)
        return -1;
    return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

void video_process_finish(struct video_process *process)
{
    video_start_destroy(process->starter);
    process->starter = NULL;
    process->starting = false;
    if (process->pid != 0) {
        kill(process->pid, SIGKILL);
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        process->pid = 0;
    }
    close_socket(process);
    video_shm_unmap(process->shm);
    process->shm = NULL;
}

void video_process_order(struct video_process *process, const struct video_order *order, int fd)
{
    if (process->pid == 0)
        return;
    struct video_order copy = *order;
    struct iovec part = {.iov_base = &copy, .iov_len = sizeof copy};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {.space = {0}};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control.space;
        message.msg_controllen = sizeof control.space;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    ssize_t sent = sendmsg(process->socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
        note_closed(process);
    else if (sent < 0)
        video_process_kill(process, "took no orders");
}

bool video_process_report(struct video_process *process, struct video_report *ret)
{
    struct video_report report;
    if (process->socket < 0)
        return false;
    /* recv() drops descriptors that a hostile child might attach. */
    ssize_t length = recv(process->socket, &report, sizeof report, MSG_DONTWAIT | MSG_TRUNC);
    if (length < 0)
        return false;
    if (length == 0)
        note_closed(process);
    else if (length != (ssize_t)sizeof report)
        video_process_kill(process, "sent a wrong report");
    if (length != (ssize_t)sizeof report)
        return false;
    report.text[sizeof report.text - 1] = '\0';
    for (char *c = report.text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
            *c = '?';
    *ret = report;
    return true;
}
