/* Puts drivers/printer.h behind lines of text, so that tests written in
 * JavaScript can drive them:  printer_tool SERVER QUEUE URI TIMEOUT_MS
 *
 * Each line of standard input is a command with its arguments, separated by tabs; each answer is
 * one JSON line with the returned error and the time that the call took.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "printer.h"

enum { ARGS_MAX = 6, LINE_SIZE = 1024, FILE_MAX = 1 << 20 };

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static char *read_file(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(FILE_MAX);

    if (file == NULL || bytes == NULL) {
        perror(path);
        exit(1);
    }
    *ret_size = fread(bytes, 1, FILE_MAX, file);
    fclose(file);
    return bytes;
}

static int encode(struct printer *printer, char **args)
{
    size_t size;
    char *bits = read_file(args[4], &size);
    int width = atoi(args[1]), height = atoi(args[2]), stride = atoi(args[3]);
    uint8_t *bytes = NULL;
    int error =
        printer_encode(printer, (const uint8_t *)bits, width, height, stride, &bytes, &size);

    if (error == 0) {
        FILE *file = fopen(args[5], "wb");
        if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
            exit(1);
        free(bytes);
    }
    free(bits);
    return error;
}

/* The floor for benchmarks: a connection of its own, and all bytes. */
static int direct(char **args)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(args[1])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    size_t size;
    char *bytes = read_file(args[2], &size);
    int fd = socket(AF_INET, SOCK_STREAM, 0), error = 0;

    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        send(fd, bytes, size, MSG_NOSIGNAL) != (ssize_t)size)
        error = -errno;
    close(fd);
    free(bytes);
    return error;
}

/* What else one would do: the command line of CUPS. */
static int by_lp(char *server, char *queue, char *file)
{
    static char lp[] = "lp", to[] = "-h", on[] = "-d", with[] = "-o", raw[] = "raw";
    static char path[] = "PATH=/usr/bin:/bin";
    char *const argv[] = {lp, to, server, on, queue, with, raw, file, NULL};
    char *const env[] = {path, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = 0;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    int error = -posix_spawnp(&pid, "lp", &actions, NULL, argv, env);
    posix_spawn_file_actions_destroy(&actions);
    if (error == 0 && (waitpid(pid, &status, 0) < 0 || status != 0))
        error = -EIO;
    return error;
}

static const char *const outcomes[] = {"pending", "printed", "failed", "unknown"};

static int run(struct printer *printer, char **args, char *more, size_t more_size)
{
    struct printer_job job = {0};
    int error = -1;

    if (strcmp(args[0], "setup") == 0) {
        error = printer_setup(printer);
    } else if (strcmp(args[0], "encode") == 0) {
        error = encode(printer, args);
    } else if (strcmp(args[0], "direct") == 0) {
        error = direct(args);
    } else if (strcmp(args[0], "lp") == 0) {
        error = by_lp(args[1], args[2], args[3]);
    } else if (strcmp(args[0], "submit") == 0) {
        size_t size;
        char *bytes = read_file(args[2], &size);
        error = printer_submit(printer, args[1], bytes, size, &job);
        free(bytes);
    } else if (strcmp(args[0], "find") == 0) {
        error = printer_find(printer, args[1], &job);
    } else if (strcmp(args[0], "outcome") == 0) {
        enum printer_outcome outcome = PRINTER_PENDING;
        char reasons[PRINTER_REASONS] = "";
        job.id = atoi(args[1]);
        snprintf(job.uuid, sizeof(job.uuid), "%s", args[2]);
        error = printer_outcome(printer, &job, &outcome, reasons);
        snprintf(more, more_size, ",\"outcome\":\"%s\",\"reasons\":\"%s\"", outcomes[outcome],
                 reasons);
        return error;
    } else if (strcmp(args[0], "state") == 0) {
        struct printer_state state = {0};
        error = printer_state(printer, &state);
        snprintf(more, more_size,
                 ",\"reachable\":%s,\"accepting\":%s,\"stopped\":%s,\"reasons\":\"%s\"",
                 state.reachable ? "true" : "false", state.accepting ? "true" : "false",
                 state.stopped ? "true" : "false", state.reasons);
        return error;
    }
    snprintf(more, more_size, ",\"id\":%d,\"uuid\":\"%s\"", job.id, job.uuid);
    return error;
}

int main(int argc, char **argv)
{
    char line[LINE_SIZE], more[LINE_SIZE] = "";
    struct printer *printer;

    if (argc != 5)
        return 2;
    struct printer_options options = {argv[1], argv[2], argv[3], atoi(argv[4])};
    int error = printer_create(&options, &printer);
    if (error < 0) {
        printf("{\"error\":%d}\n", error);
        return 1;
    }
    while (fgets(line, sizeof(line), stdin) != NULL) {
        static char nothing[] = "";
        char *args[ARGS_MAX], *save = NULL;
        line[strcspn(line, "\n")] = '\0';
        for (int i = 0; i < ARGS_MAX; i++) {
            args[i] = strtok_r(i == 0 ? line : NULL, "\t", &save);
            if (args[i] == NULL)
                args[i] = nothing;
        }
        double begun = now_ms();
        error = run(printer, args, more, sizeof(more));
        printf("{\"error\":%d,\"begun_ms\":%.3f,\"ms\":%.3f%s}\n", error, begun, now_ms() - begun,
               more);
        fflush(stdout);
    }
    printer_destroy(printer);
    return 0;
}
