#include "ctl.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "screenshot.h"
#include "slip_trace.h"

enum { ANSWER_USUAL = 16 * 1024 }; /* longer ones make room for themselves */

struct ctl {
    struct ctl_options options;
    int listener, stop; /* stop: an eventfd */
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t answered;
    cJSON *request;  /* waits for the main thread */
    int64_t came_us; /* that one, or the one before it */
    bool asked;      /* the main thread owes an answer */
    bool closing;
    bool given_up; /* ... that nobody waits for any more */
    cJSON *answer;
    struct picture *picture;
    char file[PATH_MAX];
};

cJSON *ctl_error(const char *code, const char *message)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "error", code);
    cJSON_AddStringToObject(json, "message", message);
    return json;
}

/* -- the main thread's side -------------------------------------------------------------------- */

bool ctl_poll(struct ctl *ctl, cJSON **ret_request)
{
    pthread_mutex_lock(&ctl->lock);
    bool there = ctl->request != NULL;
    if (there) {
        *ret_request = ctl->request;
        ctl->request = NULL;
        ctl->asked = true;
    }
    pthread_mutex_unlock(&ctl->lock);
    return there;
}

int64_t ctl_came_us(struct ctl *ctl)
{
    pthread_mutex_lock(&ctl->lock);
    int64_t came_us = ctl->came_us;
    pthread_mutex_unlock(&ctl->lock);
    return came_us;
}

void ctl_answer(struct ctl *ctl, cJSON *answer, struct picture *picture, const char *file)
{
    pthread_mutex_lock(&ctl->lock);
    assert(ctl->asked);
    ctl->asked = false;
    if (ctl->given_up) {
        cJSON_Delete(answer);
        picture_free(picture);
    } else {
        ctl->answer = answer;
        ctl->picture = picture;
        snprintf(ctl->file, sizeof ctl->file, "%s", file == NULL ? "" : file);
    }
    ctl->given_up = false;
    pthread_cond_signal(&ctl->answered);
    pthread_mutex_unlock(&ctl->lock);
}

/* -- the server's thread ----------------------------------------------------------------------- */

/* Ready for reading or writing, or not within the time, or the kiosk ends. */
static bool ready(struct ctl *ctl, int fd, short events, int timeout_ms)
{
    struct pollfd list[2] = {{.fd = fd, .events = events}, {.fd = ctl->stop, .events = POLLIN}};
    int count;
    do
        count = poll(list, 2, timeout_ms);
    while (count < 0 && errno == EINTR);
    return count > 0 && list[1].revents == 0;
}

static bool read_line(struct ctl *ctl, int fd, char line[static CTL_REQUEST_MAX])
{
    size_t size = 0;
    while (size < CTL_REQUEST_MAX - 1 && ready(ctl, fd, POLLIN, CTL_CLIENT_MS)) {
        ssize_t got = read(fd, line + size, CTL_REQUEST_MAX - 1 - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        size += (size_t)got;
        line[size] = '\0';
        char *end = memchr(line, '\n', size);
        if (end != NULL) {
            *end = '\0';
            return true;
        }
    }
    return false;
}

static void write_answer(struct ctl *ctl, int fd, const cJSON *answer)
{
    /* Not cut to its length at the end: what would be cut off differs each time, and a heap of such
     * pieces takes a thousand answers to stop growing. */
    char *text = cJSON_PrintBuffered(answer, ANSWER_USUAL, false);
    if (text == NULL)
        return;
    size_t size = strlen(text), done = 0;
    text[size++] = '\n'; /* in place of the terminator */
    while (done < size) {
        ssize_t sent = send(fd, text + done, size - done, MSG_NOSIGNAL);
        bool full = sent < 0 && (errno == EAGAIN || errno == EINTR);
        if ((sent < 0 && !full) || (full && !ready(ctl, fd, POLLOUT, CTL_CLIENT_MS)))
            break;
        done += sent > 0 ? (size_t)sent : 0;
    }
    cJSON_free(text);
}

/* Hands the request to the main thread and waits. NULL: it gave no answer in time. */
static cJSON *ask_main(struct ctl *ctl, cJSON *request, struct picture **ret_picture)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += CTL_MAIN_MS / 1000;
    pthread_mutex_lock(&ctl->lock);
    if (ctl->closing || ctl->asked) { /* an answer given up earlier is still owed */
        pthread_mutex_unlock(&ctl->lock);
        cJSON_Delete(request);
        return NULL;
    }
    ctl->request = request;
    ctl->came_us = slip_trace_now();
    pthread_mutex_unlock(&ctl->lock);
    ctl->options.wake(ctl->options.context);
    pthread_mutex_lock(&ctl->lock);
    int waited = 0;
    while (ctl->answer == NULL && waited == 0)
        waited = pthread_cond_timedwait(&ctl->answered, &ctl->lock, &until);
    cJSON *answer = ctl->answer;
    *ret_picture = ctl->picture;
    ctl->answer = NULL;
    ctl->picture = NULL;
    if (answer == NULL) {
        ctl->given_up = ctl->asked;
        cJSON_Delete(ctl->request);
        ctl->request = NULL;
    }
    pthread_mutex_unlock(&ctl->lock);
    return answer;
}

static cJSON *answer_line(struct ctl *ctl, const char *line)
{
    struct picture *picture = NULL;
    cJSON *request = cJSON_Parse(line);
    if (!cJSON_IsObject(request)) {
        cJSON_Delete(request);
        return ctl_error("bad_json", "The request is no JSON object; send one line of JSON.");
    }
    cJSON *answer = ask_main(ctl, request, &picture);
    if (answer == NULL)
        return ctl_error("busy", "The kiosk gave no answer in time; look at its log.");
    if (picture == NULL)
        return answer;
    int result = picture_write(picture, ctl->file);
    picture_free(picture);
    if (result == 0)
        return answer;
    char message[128];
    snprintf(message, sizeof message, "The picture could not be written: %s; name another file.",
             strerror(-result));
    cJSON_Delete(answer);
    return ctl_error("not_written", message);
}

static void serve(struct ctl *ctl, int fd)
{
    char line[CTL_REQUEST_MAX];
    cJSON *answer = read_line(ctl, fd, line)
                        ? answer_line(ctl, line)
                        : ctl_error("bad_request", "No line of at most 4095 bytes came in time.");
    write_answer(ctl, fd, answer);
    cJSON_Delete(answer);
}

static void *run(void *argument)
{
    struct ctl *ctl = argument;
    while (ready(ctl, ctl->listener, POLLIN, -1)) {
        int fd = accept4(ctl->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            continue;
        serve(ctl, fd);
        close(fd);
    }
    return NULL;
}

/* -- beginning and end ------------------------------------------------------------------------- */

static int set_address(const char *path, struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    int size = snprintf(ret->sun_path, sizeof ret->sun_path, "%s", path);
    return size > 0 && (size_t)size < sizeof ret->sun_path ? 0 : -ENAMETOOLONG;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address;
    int result = set_address(path, &address);
    if (result < 0)
        return result;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
        close(fd);
        return -EADDRINUSE;
    }
    if (errno == ECONNREFUSED)
        unlink(path); /* left by a kiosk that was killed */
    /* Nobody can connect between bind and listen. */
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || chmod(path, 0600) < 0 ||
        listen(fd, 4) < 0)
        result = -errno;
    if (result < 0) {
        close(fd);
        return result;
    }
    return fd;
}

int ctl_create(const struct ctl_options *options, struct ctl **ret)
{
    pthread_condattr_t attributes;
    int listener = listen_at(options->path);
    if (listener < 0)
        return listener;
    struct ctl *ctl = calloc(1, sizeof *ctl);
    int stop = eventfd(0, EFD_CLOEXEC);
    int result = ctl == NULL ? -ENOMEM : stop < 0 ? -errno : 0;
    if (result == 0) {
        *ctl = (struct ctl){.options = *options, .listener = listener, .stop = stop};
        pthread_mutex_init(&ctl->lock, NULL);
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        pthread_cond_init(&ctl->answered, &attributes);
        pthread_condattr_destroy(&attributes);
        result = -pthread_create(&ctl->thread, NULL, run, ctl);
    }
    if (result == 0) {
        *ret = ctl;
        return 0;
    }
    unlink(options->path);
    close(listener);
    if (stop >= 0)
        close(stop);
    free(ctl);
    return result;
}

void ctl_destroy(struct ctl *ctl)
{
    if (ctl == NULL)
        return;
    uint64_t one = 1;
    pthread_mutex_lock(&ctl->lock);
    ctl->closing = true;
    if (ctl->request != NULL || ctl->asked) {
        /* The main thread will answer nobody any more. */
        cJSON_Delete(ctl->request);
        ctl->request = NULL;
        ctl->asked = false;
        ctl->answer = ctl_error("ending", "The kiosk is ending; start it again.");
        pthread_cond_signal(&ctl->answered);
    }
    pthread_mutex_unlock(&ctl->lock);
    if (write(ctl->stop, &one, sizeof one) != sizeof one)
        abort(); /* an eventfd takes a 1 at any time */
    pthread_join(ctl->thread, NULL);
    assert(ctl->request == NULL && ctl->answer == NULL && ctl->picture == NULL);
    unlink(ctl->options.path);
    close(ctl->listener);
    close(ctl->stop);
    pthread_cond_destroy(&ctl->answered);
    pthread_mutex_destroy(&ctl->lock);
    free(ctl);
}
