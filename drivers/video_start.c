#include "video_start.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "video.h"

enum { BACKGROUND_NICE = 10 };

enum state { IDLE, WANTED, DONE };

struct video_start {
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    enum state state;
    bool stopping;
    bool background; /* does not change */
    char program[VIDEO_PATH_SIZE];
    int socket, memory;
    int result;
    pid_t pid;
};

/* The child inherits exactly these two under their own numbers; it closes what else it got. */
static int set_actions(posix_spawn_file_actions_t *actions, int socket, int memory)
{
    int error = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(actions, socket, socket);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(actions, memory, memory);
    return error;
}

static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int error = posix_spawnattr_setsigmask(attributes, &none);
    if (error == 0)
        error = posix_spawnattr_setsigdefault(attributes, &all);
    if (error == 0)
        error =
            posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return error;
}

static int spawn(const char *program, int socket, int memory, pid_t *ret)
{
    char socket_text[12], memory_text[12];
    (void)snprintf(socket_text, sizeof socket_text, "%d", socket);
    (void)snprintf(memory_text, sizeof memory_text, "%d", memory);
    char name[VIDEO_PATH_SIZE];
    (void)snprintf(name, sizeof name, "%s", program);
    char command[] = "player";
    char *argv[] = {name, command, socket_text, memory_text, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -ENOMEM;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return -ENOMEM;
    }
    pid_t pid = 0;
    int error = set_actions(&actions, socket, memory);
    if (error == 0)
        error = set_signals(&attributes);
    if (error == 0)
        error = posix_spawn(&pid, program, &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error == 0)
        *ret = pid;
    return -error;
}

static void *run(void *context)
{
    struct video_start *start = context;
    if (start->background) /* of this thread alone; the child inherits it */
        (void)setpriority(PRIO_PROCESS, 0, BACKGROUND_NICE);
    pthread_mutex_lock(&start->lock);
    while (!start->stopping || start->state == WANTED) {
        if (start->state != WANTED) {
            pthread_cond_wait(&start->changed, &start->lock);
            continue;
        }
        pid_t pid = 0;
        pthread_mutex_unlock(&start->lock);
        int result = spawn(start->program, start->socket, start->memory, &pid);
        close(start->socket);
        close(start->memory);
        pthread_mutex_lock(&start->lock);
        start->result = result;
        start->pid = pid;
        start->state = DONE;
    }
    pthread_mutex_unlock(&start->lock);
    return NULL;
}

int video_start_create(bool background, struct video_start **ret)
{
    struct video_start *start = calloc(1, sizeof *start);
    if (start == NULL)
        return -ENOMEM;
    start->background = background;
    pthread_mutex_init(&start->lock, NULL);
    pthread_cond_init(&start->changed, NULL);
    int error = pthread_create(&start->thread, NULL, run, start);
    if (error != 0) {
        pthread_cond_destroy(&start->changed);
        pthread_mutex_destroy(&start->lock);
        free(start);
        return -error;
    }
    *ret = start;
    return 0;
}

void video_start_destroy(struct video_start *start)
{
    if (start == NULL)
        return;
    pthread_mutex_lock(&start->lock);
    start->stopping = true;
    pthread_cond_signal(&start->changed);
    pthread_mutex_unlock(&start->lock);
    pthread_join(start->thread, NULL);
    if (start->state == DONE && start->result == 0) {
        kill(start->pid, SIGKILL);
        while (waitpid(start->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    pthread_cond_destroy(&start->changed);
    pthread_mutex_destroy(&start->lock);
    free(start);
}

void video_start_begin(struct video_start *start, const char *program, int socket, int memory)
{
    pthread_mutex_lock(&start->lock);
    (void)snprintf(start->program, sizeof start->program, "%s", program);
    start->socket = socket;
    start->memory = memory;
    start->state = WANTED;
    pthread_cond_signal(&start->changed);
    pthread_mutex_unlock(&start->lock);
}

int video_start_end(struct video_start *start, pid_t *ret)
{
    int result = -EAGAIN;
    pthread_mutex_lock(&start->lock);
    if (start->state == DONE) {
        start->state = IDLE;
        result = start->result;
        if (result == 0)
            *ret = start->pid;
    }
    pthread_mutex_unlock(&start->lock);
    return result;
}
