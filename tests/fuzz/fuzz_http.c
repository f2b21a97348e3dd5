/* Any bytes as what a client sends: the server answers whole answers or closes, and what reaches a
 * handler is clean: paths, queries, cookies, ranges, forwarded addresses, bodies as JSON. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "web.h"

enum {
    ANSWER_MAX = 1024 * 1024,
    PATIENCE_US = 20 * 1000 /* the server waits longer for what is cut; no answer is no fault */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char page[] = "<!doctype html><title>x</title>";
static char file[] = "/tmp/machiai-fuzz-XXXXXX";

/* Texts that handlers get are one line each. */
static void check_text(const char *text)
{
    for (; text && *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            abort();
}

static void on_any(struct http_request *req, void *context)
{
    (void)context;
    for (int i = 0; i < HTTP_PARAMS_MAX; i++)
        check_text(http_param(req, i));
    check_text(http_query(req, "after"));
    check_text(http_peer(req));
    check_text(http_header(req, "Last-Event-ID"));
    const char *cookie = http_cookie(req, "session");
    if (cookie && strpbrk(cookie, ";\r\n"))
        abort();
    http_reply(req, 200, "text/plain", "ok", 2, "\"tag\"");
}

static void on_json(struct http_request *req, void *context)
{
    struct web_body body;
    char user[32] = "", kind[8] = "";
    int64_t number = 0;

    (void)context;
    if (!web_body_read(req, &body))
        return;
    decode_string(&body.decoder, body.json, "", "user", DECODE_REQUIRED, user, sizeof user);
    decode_string(&body.decoder, body.json, "", "kind", DECODE_OPTIONAL, kind, sizeof kind);
    decode_int64(&body.decoder, body.json, "", "n", DECODE_OPTIONAL, 0, 1 << 20, &number);
    if (!web_body_ok(req, &body))
        return;
    if (number < 0 || number > 1 << 20 || strlen(user) >= sizeof user)
        abort();
    web_reply(req, 200, cJSON_Duplicate(body.json, true));
    web_body_drop(&body);
}

static void on_static(struct http_request *req, void *context)
{
    (void)context;
    http_reply_static(req, "text/html", page, sizeof page - 1, page, 5, "\"page\"");
}

static void on_file(struct http_request *req, void *context)
{
    (void)context;
    if (http_reply_file(req, file, "video/mp4", "\"film\"") < 0)
        abort();
}

static const struct http_route routes[] = {
    {HTTP_POST, "/json", on_json, NULL},  {HTTP_PUT, "/json", on_json, NULL},
    {HTTP_GET, "/page", on_static, NULL}, {HTTP_GET, "/film", on_file, NULL},
    {HTTP_GET, "/q/{}/{}", on_any, NULL}, {HTTP_GET, "/x/{*}", on_any, NULL},
    {HTTP_DELETE, "/q/{}", on_any, NULL},
};

static struct http_server *start_server(void)
{
    static const char *const proxies[] = {"127.0.0.1"};
    const struct http_server_options options = {.address = "127.0.0.1:0",
                                                .routes = routes,
                                                .route_count = sizeof routes / sizeof routes[0],
                                                .proxies = proxies,
                                                .proxy_count = 1,
                                                .connections_per_address = 1000,
                                                .request_seconds = 2,
                                                .idle_seconds = 2,
                                                .log_fd = -1};
    struct http_server *server = NULL;
    int fd = mkstemp(file);

    if (fd < 0 || ftruncate(fd, 100000) < 0 || close(fd) < 0 ||
        http_server_create(&options, &server) < 0)
        abort();
    return server;
}

static struct http_server *server;

static void stop_server(void)
{
    http_server_destroy(server);
    (void)unlink(file);
}

static int call(void)
{
    const struct linger at_once = {.l_onoff = 1};
    const struct timeval patience = {.tv_usec = PATIENCE_US};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)http_server_port(server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0 ||
        connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        abort();
    return fd;
}

/* Whole status lines, none of them a fault of the server's own. */
static void check_answer(const char *text)
{
    int status = 0;

    if (!strstr(text, "\r\n"))
        return; /* closed, or still waiting for the rest of a request */
    if (sscanf(text, "HTTP/1.%*1[01] %d ", &status) != 1 || status < 100 || status == 500)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char answer[ANSWER_MAX];
    size_t used = 0;

    if (!server) {
        server = start_server();
        (void)atexit(stop_server);
    }
    int fd = call();
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0)
            break; /* it has heard enough */
        data += sent;
        size -= (size_t)sent;
    }
    (void)shutdown(fd, SHUT_WR);
    for (ssize_t got; used < sizeof answer - 1; used += (size_t)got)
        if ((got = recv(fd, answer + used, sizeof answer - 1 - used, 0)) <= 0)
            break;
    answer[used] = '\0';
    (void)close(fd);
    check_answer(answer);
    return 0;
}
