#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 512, EXTRA = -1 };

static const char priority[] = "NONE:+VERS-TLS1.3:+AES-128-GCM:+AEAD:+SIGN-ALL:+GROUP-X25519:"
                               "+CTYPE-X509:+COMP-NULL";

_Noreturn void wire_die(const char *what)
{
    perror(what);
    exit(1);
}

int64_t wire_now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t wire_cpu_ns(int pid)
{
    clockid_t clock;
    struct timespec t;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        wire_die("no clock of that process");
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* As many open files as the system gives. */
static void raise_limit(int count)
{
    struct rlimit files;

    (void)getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < (rlim_t)count + 16) {
        (void)fprintf(stderr, "only %lu files may be open\n", (unsigned long)files.rlim_cur);
        exit(1);
    }
}

void wires_init(struct wires *wires, int port, bool tls, int count)
{
    raise_limit(count);
    *wires = (struct wires){.count = count, .port = port, .tls = tls, .epoll = epoll_create1(0)};
    wires->list = calloc((size_t)count, sizeof(struct wire));
    if (!wires->list || wires->epoll < 0 ||
        gnutls_certificate_allocate_credentials(&wires->credentials) < 0 ||
        gnutls_priority_init(&wires->priority, priority, NULL) < 0)
        wire_die("no memory");
}

static void watch(struct wires *wires, int i, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)i};

    if (epoll_ctl(wires->epoll, operation, wires->list[i].fd, &event) < 0)
        wire_die("epoll");
}

static void begin(struct wires *wires, int i)
{
    struct wire *wire = &wires->list[i];
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    int on = 1;

    from.sin_addr.s_addr = htonl(0x7f000101u + (uint32_t)(i % WIRE_ADDRESSES));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)wires->port);
    wire->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (wire->fd < 0 ||
        setsockopt(wire->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) < 0 ||
        setsockopt(wire->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
        bind(wire->fd, (struct sockaddr *)&from, sizeof(from)) < 0 ||
        (connect(wire->fd, (struct sockaddr *)&to, sizeof(to)) < 0 && errno != EINPROGRESS))
        wire_die("connect");
    if (wires->tls) {
        if (gnutls_init(&wire->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS) < 0 ||
            gnutls_priority_set(wire->tls, wires->priority) < 0 ||
            gnutls_credentials_set(wire->tls, GNUTLS_CRD_CERTIFICATE, wires->credentials) < 0)
            wire_die("gnutls");
        gnutls_transport_set_int(wire->tls, wire->fd);
    }
    wire->state = WIRE_SHAKING;
    wires->shaking++;
    watch(wires, i, EPOLL_CTL_ADD, EPOLLOUT);
}

void wires_open(struct wires *wires)
{
    while (wires->next < wires->count && wires->shaking < WIRE_HANDSHAKES)
        begin(wires, wires->next++);
}

void wires_drop(struct wires *wires)
{
    for (int i = 0; i < wires->next; i++) {
        struct wire *wire = &wires->list[i];

        if (wire->tls)
            gnutls_deinit(wire->tls);
        (void)close(wire->fd);
        *wire = (struct wire){.state = WIRE_IDLE};
    }
    wires->next = wires->shaking = 0;
}

void wires_send(struct wires *wires, int i, const char *bytes, size_t size)
{
    struct wire *wire = &wires->list[i];
    ssize_t sent = wire->tls ? gnutls_record_send(wire->tls, bytes, size)
                             : send(wire->fd, bytes, size, MSG_NOSIGNAL);

    if (sent != (ssize_t)size) /* requests are small: they always fit */
        wire_die("send");
}

static void shake(struct wires *wires, int i)
{
    struct wire *wire = &wires->list[i];
    int error = 0, result = 0;
    socklen_t size = sizeof(error);

    if (getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 || error) {
        errno = error;
        wire_die("connect");
    }
    if (wire->tls)
        result = gnutls_handshake(wire->tls);
    if (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED) {
        watch(wires, i, EPOLL_CTL_MOD, gnutls_record_get_direction(wire->tls) ? EPOLLOUT : EPOLLIN);
        return;
    }
    if (result < 0) {
        (void)fprintf(stderr, "handshake %d: %s\n", i, gnutls_strerror(result));
        exit(1);
    }
    wire->state = WIRE_OPEN;
    wires->shaking--;
    watch(wires, i, EPOLL_CTL_MOD, EPOLLIN);
    wires->opened(wires, i);
    wires_open(wires);
}

static void take(struct wires *wires, int i)
{
    static char block[WIRE_BLOCK];
    struct wire *wire = &wires->list[i];

    for (;;) {
        ssize_t got = wire->tls ? gnutls_record_recv(wire->tls, block, sizeof(block))
                                : recv(wire->fd, block, sizeof(block), 0);
        bool later = wire->tls ? got == GNUTLS_E_AGAIN : got < 0 && errno == EAGAIN;

        if (later)
            return;
        if (got == 0 || (got < 0 && (!wire->tls || gnutls_error_is_fatal((int)got)))) {
            (void)fprintf(stderr, "connection %d was closed\n", i);
            exit(1);
        }
        if (got > 0)
            wires->came(wires, i, block, (size_t)got);
        if (!wire->tls && got < (ssize_t)sizeof(block))
            return;
    }
}

bool wires_turn(struct wires *wires, int ms, int extra_fd)
{
    struct epoll_event events[EVENTS], extra = {.events = EPOLLIN, .data.u64 = (uint64_t)EXTRA};
    static bool watched;
    bool told = false;

    if (extra_fd >= 0 && !watched)
        watched = epoll_ctl(wires->epoll, EPOLL_CTL_ADD, extra_fd, &extra) == 0;
    int count = epoll_wait(wires->epoll, events, EVENTS, ms);
    for (int e = 0; e < count; e++) {
        if (events[e].data.u64 == (uint64_t)EXTRA)
            told = true;
        else if (wires->list[events[e].data.u64].state == WIRE_SHAKING)
            shake(wires, (int)events[e].data.u64);
        else if (wires->list[events[e].data.u64].state == WIRE_OPEN)
            take(wires, (int)events[e].data.u64);
    }
    return told;
}
