#include "http_server_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORKERS = 4, BACKLOG = 1024, ADDRESS_MAX = 128, SPARE_FILES = 256, COMPLAINT_SIZE = 256 };

/* TLS 1.2 and 1.3, forward secrecy and authenticated ciphers only. */
static const char priorities[] = "NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-128-GCM:+AES-256-GCM:"
                                 "+CHACHA20-POLY1305:+AEAD:+ECDHE-ECDSA:+ECDHE-RSA:"
                                 "+SIGN-ALL:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:-SIGN-DSA-SHA1:"
                                 "+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:"
                                 "+COMP-NULL:+CTYPE-X509:%SERVER_PRECEDENCE";

/* -- the loop's callbacks ---------------------------------------------------------------------- */

/* The request line is there: the only place where the target is seen as it was sent. */
static void *on_line(void *context, const char *target, struct MHD_Connection *mhd)
{
    struct http_server *server = context;
    struct http_request *req = http_request_create(server, mhd, target ? target : "");

    http_connection_expect(req->connection, server->request_ms);
    return req;
}

static enum MHD_Result send_answer(struct http_request *req)
{
    if (!req->finished)
        http_request_finish(req);
    return MHD_queue_response(req->mhd, req->status, req->response);
}

/* A refusal before the body: said at once when the client waits for leave to send, or sends so much
 * that reading it is not worth it; else after the body, since closing a socket with unread bytes
 * can take the answer away from the client. */
static bool refuse_at_once(const struct http_request *req)
{
    return req->must_close || http_header(req, "expect") ||
           http_declared_size(req) > HTTP_DISCARD_MAX;
}

static enum MHD_Result take_header(struct http_request *req, const char *method,
                                   const char *version)
{
    req->checked = true;
    req->method_text = method;
    req->version = version;
    http_check(req);
    if (!req->response || !refuse_at_once(req))
        return MHD_YES;
    req->must_close = true;
    return send_answer(req);
}

static size_t large_part(size_t room)
{
    return room > HTTP_BODY_MAX * 2 ? room : 0; /* room grows by doubling */
}

void http_body_drop(struct http_request *req)
{
    atomic_fetch_sub(&req->server->body_bytes, req->body_room);
    atomic_fetch_sub(&req->server->large_bytes, large_part(req->body_room));
    free(req->body);
}

static bool grow_body(struct http_request *req, size_t need)
{
    size_t room = req->body_room ? req->body_room : 1024;
    while (room < need)
        room *= 2;
    if (room == req->body_room)
        return true;

    size_t more = room - req->body_room;
    size_t large = large_part(room) - large_part(req->body_room);
    bool fits = atomic_fetch_add(&req->server->body_bytes, more) + more <= HTTP_BODIES_MAX;
    fits &= atomic_fetch_add(&req->server->large_bytes, large) + large <= HTTP_LARGE_BODIES_MAX;
    char *body = fits ? realloc(req->body, room) : NULL;
    if (!body) {
        atomic_fetch_sub(&req->server->body_bytes, more);
        atomic_fetch_sub(&req->server->large_bytes, large);
        return false;
    }
    req->body = body;
    req->body_room = room;
    return true;
}

static enum MHD_Result take_body(struct http_request *req, const char *bytes, size_t size)
{
    if (req->response) {
        req->discarded += size;
        return req->discarded > HTTP_DISCARD_MAX ? MHD_NO : MHD_YES;
    }
    if (req->body_size + size > http_body_max(req)) {
        http_refuse_body(req);
    } else if (!grow_body(req, req->body_size + size + 1)) {
        http_add_header(req, "Retry-After", "2");
        http_reply_error(req, MHD_HTTP_SERVICE_UNAVAILABLE, "busy",
                         "The server is busy; try again in a moment.", NULL);
    } else {
        memcpy(req->body + req->body_size, bytes, size);
        req->body_size += size;
        req->body[req->body_size] = '\0';
    }
    return MHD_YES;
}

static enum MHD_Result hand_over(struct http_request *req)
{
    const struct http_server_options *options = &req->server->options;

    req->handed = true;
    req->complete = http_now();
    if (options->quick && options->quick(req, req->route, options->context))
        return send_answer(req);
    http_connection_expect(req->connection, 0);
    if (http_work_hand(req->server->work, req))
        return MHD_YES;
    http_add_header(req, "Retry-After", "2");
    http_reply_error(req, MHD_HTTP_SERVICE_UNAVAILABLE, "busy",
                     "The server is busy; try again in a moment.", NULL);
    return send_answer(req);
}

/* Called for the header, for pieces of the body, at the end, and again when a worker is done. */
static enum MHD_Result on_access(void *context, struct MHD_Connection *mhd, const char *url,
                                 const char *method, const char *version, const char *upload,
                                 size_t *upload_size, void **req_pointer)
{
    struct http_request *req = *req_pointer;
    (void)context;
    (void)mhd;
    (void)url;

    if (!req)
        return MHD_NO;
    if (!req->checked)
        return take_header(req, method, version);
    if (*upload_size) {
        enum MHD_Result result = take_body(req, upload, *upload_size);
        *upload_size = 0;
        return result;
    }
    return req->handed || req->response ? send_answer(req) : hand_over(req);
}

static void on_completed(void *context, struct MHD_Connection *mhd, void **req_pointer,
                         enum MHD_RequestTerminationCode code)
{
    struct http_server *server = context;
    struct http_request *req = *req_pointer;
    (void)code;

    if (!req)
        return;
    if (!req->logged) { /* libmicrohttpd refused it, or the client left */
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_HTTP_STATUS);
        http_request_log(req, info ? info->http_status : 0);
    }
    http_connection_expect(req->connection, server->idle_ms + server->request_ms);
    http_request_destroy(req);
    *req_pointer = NULL;
}

/* Only what keeps the server from starting: later lines are about clients' faults, and a hostile
 * one could fill the disk with them. */
static void on_message(void *context, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
static void on_message(void *context, const char *format, va_list arguments)
{
    struct http_server *server = context;

    if (server->log_fd < 0 || !atomic_load(&server->starting))
        return;
    if (!server->options.complain) {
        (void)vdprintf(server->log_fd, format, arguments);
        return;
    }
    char words[COMPLAINT_SIZE];
    (void)vsnprintf(words, sizeof words, format, arguments);
    words[strcspn(words, "\n")] = '\0';
    server->options.complain(words);
}

/* -- start ------------------------------------------------------------------------------------- */

/* "host:port" or "[host]:port", numeric. */
static int parse_address(const char *text, struct addrinfo **ret)
{
    char host[ADDRESS_MAX];
    const char *colon = strrchr(text, ':');
    size_t size = colon ? (size_t)(colon - text) : 0;
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};

    if (size == 0 || size >= sizeof host)
        return -EINVAL;
    memcpy(host, text, size);
    host[size] = '\0';
    if (host[0] == '[' && host[size - 1] == ']') {
        host[size - 1] = '\0';
        memmove(host, host + 1, size - 1);
    }
    size_t digits = strspn(colon + 1, "0123456789");
    if (digits == 0 || digits > 5 || colon[1 + digits] || atoi(colon + 1) > UINT16_MAX)
        return -EINVAL;
    return getaddrinfo(host, colon + 1, &hints, ret) == 0 ? 0 : -EINVAL;
}

static int open_listener(const char *text, int *ret)
{
    struct addrinfo *address = NULL;
    int error = parse_address(text, &address);
    if (error)
        return error;

    int on = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, address->ai_addr, address->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0) {
        error = -errno;
        if (fd >= 0)
            (void)close(fd);
    } else {
        *ret = fd;
    }
    freeaddrinfo(address);
    return error;
}

static int port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char port[8] = "0";

    if (getsockname(fd, (struct sockaddr *)&address, &size) == 0)
        (void)getnameinfo((struct sockaddr *)&address, size, NULL, 0, port, sizeof port,
                          NI_NUMERICSERV);
    return atoi(port);
}

/* As many connections as the system lets us have open files, some left for the database. */
static unsigned connection_limit(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return HTTP_CONNECTIONS_PER_ADDRESS;
    if (files.rlim_cur < files.rlim_max && files.rlim_cur < HTTP_CONNECTIONS_MAX + SPARE_FILES) {
        files.rlim_cur = files.rlim_max < HTTP_CONNECTIONS_MAX + SPARE_FILES
                             ? files.rlim_max
                             : HTTP_CONNECTIONS_MAX + SPARE_FILES;
        (void)setrlimit(RLIMIT_NOFILE, &files);
        (void)getrlimit(RLIMIT_NOFILE, &files);
    }
    rlim_t limit =
        files.rlim_cur > (rlim_t)2 * SPARE_FILES ? files.rlim_cur - SPARE_FILES : SPARE_FILES;
    return limit < HTTP_CONNECTIONS_MAX ? (unsigned)limit : HTTP_CONNECTIONS_MAX;
}

/* STRICT_FOR_CLIENT stays 0: all that 1 adds in 0.9.75 (a missing Host, a space in the target) is
 * refused in http_server_check.c, with a proper answer; the library's own would carry its header
 * twice. */
static int start_daemon(struct http_server *server)
{
    const struct http_server_options *options = &server->options;
    server->per_address = (unsigned)options->connections_per_address;
    if (server->per_address == 0 && server->proxy_count == 0)
        server->per_address = HTTP_CONNECTIONS_PER_ADDRESS;
    if (getrandom(server->crowd_key, sizeof server->crowd_key, 0) < 0)
        return -errno;
    gnutls_certificate_retrieve_function2 *present = http_tls_present;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(intptr_t)present},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
                     MHD_USE_ERROR_LOG | (server->tls ? MHD_USE_TLS : 0);

    atomic_store(&server->starting, true);
    server->daemon = MHD_start_daemon(
        flags, 0, http_connection_admit, server, on_access, server, MHD_OPTION_EXTERNAL_LOGGER,
        on_message, server, MHD_OPTION_LISTEN_SOCKET, server->listen_fd,
        MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_POOL_SIZE,
        MHD_OPTION_CONNECTION_LIMIT, connection_limit(), MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)(server->idle_ms / 1000), MHD_OPTION_URI_LOG_CALLBACK, on_line, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
        http_connection_notify, server, MHD_OPTION_ARRAY, server->tls ? tls : none, MHD_OPTION_END);
    atomic_store(&server->starting, false);
    if (server->daemon)
        return 0;
    server->listen_fd = -1; /* libmicrohttpd closes it when it fails */
    return -EIO;
}

static int take_proxies(struct http_server *server)
{
    const struct http_server_options *options = &server->options;

    if (options->proxy_count > HTTP_PROXIES_MAX)
        return -EINVAL;
    for (size_t i = 0; i < options->proxy_count; i++) {
        if (!http_peer_text(options->proxies[i], server->proxies[i]))
            return -EINVAL;
    }
    server->proxy_count = options->proxy_count;
    server->options.proxies = NULL; /* the caller's, copied by now */
    return 0;
}

static int or_default(int value, int otherwise)
{
    return value > 0 ? value : otherwise;
}

static int start(struct http_server *server)
{
    const struct http_server_options *options = &server->options;
    int beat = or_default(options->beat_seconds, HTTP_BEAT_SECONDS);
    int workers = or_default(options->workers, WORKERS);

    int error = take_proxies(server);
    if (error)
        return error;
    error = open_listener(options->address, &server->listen_fd);
    if (error)
        return error;
    server->port = port_of(server->listen_fd);
    if (server->tls)
        error = http_server_certify(server, options->certificate, options->key);
    if (error)
        return error;
    error = http_hub_create((int64_t)beat * 1000, &server->hub);
    if (error)
        return error;
    error = http_work_create(server, workers < HTTP_WORKERS_MAX ? workers : HTTP_WORKERS_MAX,
                             &server->work);
    return error ? error : start_daemon(server);
}

int http_server_create(const struct http_server_options *options, struct http_server **ret)
{
    if (!options->certificate != !options->key)
        return -EINVAL;
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        return -ENOMEM;

    server->options = *options;
    server->listen_fd = -1;
    server->log_fd = options->log_fd ? options->log_fd : STDERR_FILENO;
    server->tls = options->certificate != NULL;
    server->request_ms = or_default(options->request_seconds, HTTP_REQUEST_SECONDS) * 1000;
    server->idle_ms = or_default(options->idle_seconds, HTTP_IDLE_SECONDS) * 1000;
    pthread_mutex_init(&server->connections_lock, NULL);
    pthread_mutex_init(&server->certificates_lock, NULL);
    int error = start(server);
    server->options.certificate = server->options.key = NULL; /* the caller's, read by now */
    if (error) {
        http_server_destroy(server);
        return error;
    }
    *ret = server;
    return 0;
}

int http_server_port(const struct http_server *server)
{
    return server->port;
}

struct http_channel *http_channel(struct http_server *server, const char *name)
{
    return http_hub_channel(server->hub, name);
}

/* -- stop -------------------------------------------------------------------------------------- */

/* Order matters: libmicrohttpd panics when it is stopped with a suspended connection, so first
 * nothing new comes, then everything suspended is resumed, then answers get a moment to leave. */
void http_server_destroy(struct http_server *server)
{
    if (!server)
        return;
    if (server->daemon)
        (void)MHD_quiesce_daemon(server->daemon);
    if (server->work)
        http_work_stop(server->work);
    if (server->hub)
        http_hub_stop(server->hub);
    if (server->daemon) {
        int64_t until = http_now() + HTTP_DRAIN_MS;
        while (atomic_load(&server->requests) > 0 && http_now() < until)
            (void)usleep(10 * 1000);
        MHD_stop_daemon(server->daemon);
    }
    http_work_destroy(server->work);
    http_hub_destroy(server->hub);
    if (server->listen_fd >= 0)
        (void)close(server->listen_fd);
    pthread_mutex_destroy(&server->connections_lock);
    http_tls_destroy(server);
    pthread_mutex_destroy(&server->certificates_lock);
    free(server);
}
