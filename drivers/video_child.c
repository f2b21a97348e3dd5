/* The player child: orders come in on the main thread, libvlc is called on a worker.
 *
 * The main thread only listens and beats; it stops beating when one call of the worker's takes too
 * long, and the parent then ends the process. Every other fault ends it from inside: a child holds
 * nothing that is worth saving.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <vlc/vlc.h>

#include "video.h"
#include "video_decode.h"
#include "video_sandbox.h"
#include "video_shm.h"

enum {
    TASKS_MAX = 64,
    BEAT_MS = 100,
    CALL_MAX_MS = 2000 /* one libvlc call; a normal one takes 70 */
};

enum task_kind { TASK_PLAY, TASK_PREPARE, TASK_HOLD, TASK_GO, TASK_STOP, TASK_FORGET };

struct task {
    enum task_kind kind;
    unsigned lane;
    uint32_t session;
    int fd;
    bool sealed, sound;
    uint8_t key[VIDEO_KEY_SIZE];
};

struct child {
    int socket;
    struct video_shm *shm;
    libvlc_instance_t *vlc;
    struct video_decode lanes[VIDEO_LANES];
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct task tasks[TASKS_MAX];
    unsigned first, count;
    atomic_llong busy_ms; /* since when the worker is in one task; 0: idle */
};

__attribute__((noreturn)) static void die(const char *text)
{
    (void)fprintf(stderr, "player: %s\n", text);
    _exit(1);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void add_task(struct child *child, const struct task *task)
{
    pthread_mutex_lock(&child->lock);
    if (child->count == TASKS_MAX)
        die("too many orders at once");
    child->tasks[(child->first + child->count) % TASKS_MAX] = *task;
    child->count++;
    pthread_cond_signal(&child->wake);
    pthread_mutex_unlock(&child->lock);
}

static struct task take_task(struct child *child)
{
    pthread_mutex_lock(&child->lock);
    while (child->count == 0)
        pthread_cond_wait(&child->wake, &child->lock);
    struct task task = child->tasks[child->first];
    child->first = (child->first + 1) % TASKS_MAX;
    child->count--;
    pthread_mutex_unlock(&child->lock);
    return task;
}

/* From the video output's thread: enough frames are queued. */
static void lane_filled(void *context, unsigned lane, uint32_t session)
{
    add_task(context, &(struct task){.kind = TASK_HOLD, .lane = lane, .session = session});
}

static void run_task(struct child *child, const struct task *task)
{
    struct video_decode *lane = &child->lanes[task->lane];
    struct video_decode_film film = {.session = task->session,
                                     .fd = task->fd,
                                     .key = task->sealed ? task->key : NULL,
                                     .prepare = task->kind == TASK_PREPARE,
                                     .sound = task->sound};
    switch (task->kind) {
    case TASK_PLAY:
    case TASK_PREPARE:
        video_decode_start(lane, &film);
        break;
    case TASK_HOLD:
        video_decode_hold(lane, task->session);
        break;
    case TASK_GO:
        video_decode_go(lane, task->session);
        break;
    case TASK_STOP:
        video_decode_stop(lane, task->session);
        break;
    case TASK_FORGET:
        video_decode_forget(lane);
        break;
    }
}

static void *work(void *context)
{
    struct child *child = context;
    for (;;) {
        struct task task = take_task(child);
        atomic_store(&child->busy_ms, now_ms());
        run_task(child, &task);
        atomic_store(&child->busy_ms, 0);
    }
    return NULL;
}

/* The order and its descriptor (-1: none); false when the parent is gone. */
static bool receive(struct child *child, struct video_order *ret, int *ret_fd)
{
    struct iovec part = {.iov_base = ret, .iov_len = sizeof *ret};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = sizeof control.space};
    *ret_fd = -1;
    *ret = (struct video_order){0};
    ssize_t length = recvmsg(child->socket, &message, MSG_CMSG_CLOEXEC);
    if (length < 0)
        return errno == EINTR || errno == EAGAIN;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_type == SCM_RIGHTS)
        memcpy(ret_fd, CMSG_DATA(header), sizeof *ret_fd);
    return length == (ssize_t)sizeof *ret;
}

static void obey(struct child *child, const struct video_order *order, int fd)
{
    static const enum task_kind kinds[] = {[VIDEO_ORDER_PLAY] = TASK_PLAY,
                                           [VIDEO_ORDER_PREPARE] = TASK_PREPARE,
                                           [VIDEO_ORDER_GO] = TASK_GO,
                                           [VIDEO_ORDER_STOP] = TASK_STOP,
                                           [VIDEO_ORDER_FORGET] = TASK_FORGET};
    if (order->kind == 0)
        return; /* nothing was there after all */
    bool film = order->kind == VIDEO_ORDER_PLAY || order->kind == VIDEO_ORDER_PREPARE;
    if (order->kind > VIDEO_ORDER_FORGET || order->lane >= VIDEO_LANES || film != (fd >= 0))
        die("order not understood");
    struct task task = {.kind = kinds[order->kind],
                        .lane = order->lane,
                        .session = order->session,
                        .fd = fd,
                        .sealed = order->sealed != 0,
                        .sound = order->sound != 0};
    memcpy(task.key, order->key, sizeof task.key);
    add_task(child, &task);
}

static void beat(struct child *child)
{
    int64_t since = atomic_load(&child->busy_ms);
    if (since == 0 || now_ms() - since < CALL_MAX_MS)
        atomic_fetch_add(&child->shm->heartbeat, 1);
}

static void listen_to_parent(struct child *child)
{
    for (;;) {
        beat(child);
        struct pollfd line = {.fd = child->socket, .events = POLLIN};
        if (poll(&line, 1, BEAT_MS) <= 0)
            continue;
        struct video_order order;
        int fd;
        if (!receive(child, &order, &fd))
            return;
        obey(child, &order, fd);
    }
}

static int descriptor(const char *text)
{
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && value > 2 && value < 65536 ? (int)value
                                                                                   : -1;
}

/* Nothing of the parent's reaches libvlc: no descriptor, no display, no terminal signal. */
static void part_from_parent(int socket, int memory)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    unsigned low = (unsigned)(socket < memory ? socket : memory);
    unsigned high = (unsigned)(socket < memory ? memory : socket);
    if (low > 3)
        close_range(3, low - 1, 0);
    if (high > low + 1)
        close_range(low + 1, high - 1, 0);
    close_range(high + 1, ~0U, 0);
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    unsetenv("DBUS_SESSION_BUS_ADDRESS");
}

static libvlc_instance_t *start_vlc(void)
{
    static const char *const arguments[] = {
        "--quiet", "--aout=dummy", "--ignore-config", "--no-osd", "--no-stats",
        "--no-sub-autodetect-file", "--avcodec-hw=none", "--no-interact", "--no-video-title-show",
        /* else each film begins with three searches of all fonts, up to a second each */
        "--text-renderer=none", "--no-lua"};
    libvlc_instance_t *vlc = libvlc_new((int)(sizeof arguments / sizeof arguments[0]), arguments);
    if (vlc != NULL)
        video_decode_log(vlc);
    return vlc;
}

int video_child_main(int argc, char **argv)
{
    int socket = argc == 4 ? descriptor(argv[2]) : -1;
    int memory = argc == 4 ? descriptor(argv[3]) : -1;
    if (socket < 0 || memory < 0) {
        (void)fprintf(stderr, "player: started by the kiosk only: player SOCKET MEMORY\n");
        return 2;
    }
    part_from_parent(socket, memory);
    static struct child child = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                 .wake = PTHREAD_COND_INITIALIZER};
    child.socket = socket;
    if (video_shm_map(memory, &child.shm) != 0)
        die("the memory is not one of ours");
    close(memory);
    if (sodium_init() < 0)
        die("libsodium does not start");
    if (video_sandbox_enter() != 0)
        die("the kernel gives no sandbox (seccomp); films stay off");
    child.vlc = start_vlc();
    if (child.vlc == NULL)
        die("libvlc does not start; are its plugins installed?");
    for (unsigned i = 0; i < VIDEO_LANES; i++) {
        child.lanes[i] = (struct video_decode){.shm = child.shm,
                                               .lane = i,
                                               .socket = socket,
                                               .filled = lane_filled,
                                               .context = &child};
        if (video_decode_init(&child.lanes[i], child.vlc) != 0)
            die("libvlc gives no player");
    }
    pthread_t worker;
    if (pthread_create(&worker, NULL, work, &child) != 0)
        die("no worker thread");
    listen_to_parent(&child);
    _exit(0); /* the parent is gone; libvlc's threads go with the process */
}
