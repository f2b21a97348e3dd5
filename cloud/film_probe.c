/* ffprobe reads the file in a process of its own: a film that crashes it crashes only it. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "film.h"

extern char **environ;

static int64_t monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int spawn_ffprobe(const char *path, int output, pid_t *ret)
{
    char input[CLOUD_PATH_SIZE + 16];
    const char *argv[] = {"ffprobe",
                          "-v",
                          "error",
                          "-protocol_whitelist",
                          "file",
                          "-select_streams",
                          "v:0",
                          "-count_packets", /* a header may promise more than the file holds */
                          "-show_entries",
                          "format=format_name,duration:stream=codec_name,width,height,nb_frames,"
                          "nb_read_packets",
                          "-of",
                          "json",
                          input,
                          NULL};
    posix_spawn_file_actions_t actions;
    int result;

    (void)snprintf(input, sizeof(input), "file:%s", path);
    result = posix_spawn_file_actions_init(&actions);
    if (result != 0)
        return -result;
    result = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (result == 0)
        result = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (result == 0)
        result =
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (result == 0)
        result = posix_spawnp(ret, "ffprobe", &actions, NULL, (char *const *)argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions); /* cannot fail for an initialised one */
    return -result;
}

/* Until its end, a full buffer, or the deadline. */
static int read_output(int fd, int64_t deadline, char *text, size_t size)
{
    size_t used = 0;

    for (;;) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - monotonic_ms();
        ssize_t got;

        if (left <= 0 || used == size - 1)
            return left <= 0 ? -ETIMEDOUT : -EMSGSIZE;
        if (poll(&poll_fd, 1, (int)left) < 0 && errno != EINTR)
            return -errno;
        if (poll_fd.revents == 0)
            continue;
        got = read(fd, text + used, size - 1 - used);
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got == 0)
            break;
        used += got > 0 ? (size_t)got : 0;
    }
    text[used] = '\0';
    return 0;
}

/* The output of ffprobe for a file it can read; -EINVAL when it says that it cannot. */
static int run_ffprobe(const char *path, char *text, size_t size)
{
    int64_t deadline = monotonic_ms() + (int64_t)FILM_PROBE_SECONDS * 1000;
    int pipe_fds[2], status = 0, result;
    pid_t pid = 0;

    if (pipe2(pipe_fds, O_CLOEXEC) < 0)
        return -errno;
    result = spawn_ffprobe(path, pipe_fds[1], &pid);
    (void)close(pipe_fds[1]); /* a pipe end: nothing to lose */
    if (result == 0) {
        result = read_output(pipe_fds[0], deadline, text, size);
        if (result < 0)
            (void)kill(pid, SIGKILL); /* our own child, not yet waited for */
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        if (result == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
            result = -EINVAL;
    }
    (void)close(pipe_fds[0]); /* a pipe end: nothing to lose */
    return result;
}

static const char *string_of(const cJSON *json, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));

    return text ? text : "";
}

static double number_of(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

/* NULL when the film is good, else what is wrong with it. */
static const char *judge(const cJSON *json, int64_t *ret_duration_ms)
{
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(json, "format");
    const cJSON *stream = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(json, "streams"), 0);
    double width = number_of(stream, "width"), height = number_of(stream, "height");
    double seconds = strtod(string_of(format, "duration"), NULL);

    if (!stream || strcmp(string_of(stream, "codec_name"), "h264") != 0)
        return "has no H.264 picture";
    if (!strstr(string_of(format, "format_name"), "mp4"))
        return "is no MP4 file";
    if (width < 16 || height < 16 || width > FILM_WIDTH_MAX || height > FILM_HEIGHT_MAX)
        return "is larger than 1920x1080";
    if (!(seconds * 1000 >= FILM_DURATION_MIN_MS) || seconds * 1000 > FILM_DURATION_MAX_MS)
        return "is shorter than a second or longer than 30 minutes";
    if (strtol(string_of(stream, "nb_read_packets"), NULL, 10) <
        strtol(string_of(stream, "nb_frames"), NULL, 10))
        return "is cut short: its end is missing";
    *ret_duration_ms = (int64_t)(seconds * 1000);
    return NULL;
}

int film_probe(const char *path, const char *name, int64_t *ret_duration_ms, char *error,
               size_t error_size)
{
    char *text = malloc(FILM_PROBE_OUTPUT_MAX);
    const char *wrong = "is not a film";
    cJSON *json = NULL;
    int result;

    if (!text)
        return -ENOMEM;
    result = run_ffprobe(path, text, FILM_PROBE_OUTPUT_MAX);
    if (result == 0) {
        json = cJSON_Parse(text);
        wrong = json ? judge(json, ret_duration_ms) : wrong;
        result = wrong ? -EINVAL : 0;
    }
    cJSON_Delete(json);
    free(text);
    if (result == -ENOENT)
        (void)snprintf(error, error_size, "ffprobe is not installed; install ffmpeg");
    else if (result == -ETIMEDOUT)
        (void)snprintf(error, error_size, "%s could not be examined within %d s; it may be damaged",
                       name, FILM_PROBE_SECONDS);
    else if (result < 0)
        (void)snprintf(error, error_size,
                       "%s %s; give an MP4 file with H.264 video, at most 1920x1080 and 30 minutes",
                       name, wrong);
    return result;
}
