/* `machiai-kiosk ctl`: asks a running kiosk and prints its answer. */
#include "ctl.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "config.h"
#include "ctl_act.h"

/* Longer than the kiosk may take for its own part. */
enum { ANSWER_MS = 2 * CTL_MAIN_MS };

static const char usage[] =
    "usage: machiai-kiosk ctl --socket S|--config F COMMAND\n"
    "  status                              what the kiosk does, as JSON\n"
    "  tickets                             the tickets that it knows\n"
    "  tap WIDGET                          presses a button, e.g. "
    "service:naika, language:en, finish\n"
    "  staff                               holds the clinic's name: the staff menu\n"
    "  type TEXT                           types it fast and presses Enter, like a scanner\n"
    "  show STATE [LANGUAGE]|off           shows a state for a minute, to be looked at\n"
    "  screenshot FILE [terminal|monitor]  writes a PNG of a window\n"
    "  print-test                          prints a slip that is no number\n"
    "  ACT ...                             does as staff at this kiosk; ACT is one of\n";

static void tell_usage(void)
{
    (void)fputs(usage, stderr);
    for (int i = 0; ctl_act_line(i) != NULL; i++)
        (void)fprintf(stderr, "      %s\n", ctl_act_line(i));
}

static cJSON *make_request(int argc, char **argv)
{
    const char *command = argv[0];
    struct station_act act;
    if (ctl_act_usage(command) != NULL) {
        const char *const *words = (const char *const *)argv;
        return ctl_act_read(argc, words, &act) == 0 ? ctl_act_request(argc, words) : NULL;
    }
    char path[PATH_MAX] = "", here[PATH_MAX / 2];
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "command", command);
    if (strcmp(command, "tap") == 0 && argc == 2) {
        cJSON_AddStringToObject(json, "widget", argv[1]);
    } else if (strcmp(command, "type") == 0 && argc == 2) {
        char text[CTL_REQUEST_MAX / 2];
        snprintf(text, sizeof text, "%s\n", argv[1]);
        cJSON_AddStringToObject(json, "text", text);
    } else if (strcmp(command, "show") == 0 && (argc == 2 || argc == 3)) {
        cJSON_AddStringToObject(json, "state", argv[1]);
        if (argc == 3)
            cJSON_AddStringToObject(json, "language", argv[2]);
    } else if (strcmp(command, "screenshot") == 0 && (argc == 2 || argc == 3)) {
        /* The kiosk has a directory of its own. */
        if (argv[1][0] != '/' && getcwd(here, sizeof here) != NULL)
            snprintf(path, sizeof path, "%s/", here);
        size_t size = strlen(path);
        snprintf(path + size, sizeof path - size, "%s", argv[1]);
        cJSON_AddStringToObject(json, "file", path);
        if (argc == 3)
            cJSON_AddStringToObject(json, "window", argv[2]);
    } else if ((strcmp(command, "status") != 0 && strcmp(command, "tickets") != 0 &&
                strcmp(command, "print-test") != 0 && strcmp(command, "staff") != 0) ||
               argc != 1) {
        cJSON_Delete(json);
        return NULL;
    }
    return json;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if ((size_t)snprintf(address.sun_path, sizeof address.sun_path, "%s", path) >=
        sizeof address.sun_path)
        return -ENAMETOOLONG;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        int result = -errno;
        close(fd);
        return result;
    }
    return fd;
}

/* The answer's line, to be freed; NULL: none came. */
static char *read_answer(int fd)
{
    char *text = malloc(CTL_ANSWER_MAX);
    size_t size = 0;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    while (text != NULL && size < CTL_ANSWER_MAX - 1 && poll(&wait, 1, ANSWER_MS) > 0) {
        ssize_t got = read(fd, text + size, CTL_ANSWER_MAX - 1 - size);
        if (got <= 0)
            break;
        size += (size_t)got;
        char *end = memchr(text + size - got, '\n', (size_t)got);
        if (end != NULL) {
            *end = '\0';
            return text;
        }
    }
    free(text);
    return NULL;
}

static int exchange(const char *socket_path, const cJSON *request)
{
    int fd = connect_to(socket_path);
    if (fd < 0) {
        fprintf(stderr, "machiai-kiosk: no kiosk answers at %s: %s; is it running?\n", socket_path,
                strerror(-fd));
        return 1;
    }
    char *line = cJSON_PrintUnformatted(request), *answer = NULL;
    if (dprintf(fd, "%s\n", line) > 0)
        answer = read_answer(fd);
    cJSON_free(line);
    close(fd);
    if (answer == NULL) {
        fprintf(stderr, "machiai-kiosk: the kiosk at %s gave no answer; look at its log\n",
                socket_path);
        return 1;
    }
    (void)puts(answer); /* the exit status tells */
    cJSON *json = cJSON_Parse(answer);
    const cJSON *message = cJSON_GetObjectItemCaseSensitive(json, "message");
    bool failed = cJSON_HasObjectItem(json, "error") || json == NULL;
    if (failed && cJSON_IsString(message))
        fprintf(stderr, "machiai-kiosk: %s\n", message->valuestring);
    cJSON_Delete(json);
    free(answer);
    return failed ? 1 : 0;
}

int ctl_client_main(int argc, char **argv)
{
    struct config config;
    bool by_socket = argc >= 3 && strcmp(argv[1], "--socket") == 0;
    bool by_config = argc >= 3 && strcmp(argv[1], "--config") == 0;
    cJSON *request =
        argc >= 4 && (by_socket || by_config) ? make_request(argc - 3, argv + 3) : NULL;
    if (request == NULL) {
        tell_usage();
        return 2;
    }
    int result = 1;
    if (by_socket)
        result = exchange(argv[2], request);
    else if (config_read(argv[2], &config, stderr) == 0)
        result = exchange(config.socket, request);
    cJSON_Delete(request);
    return result;
}
