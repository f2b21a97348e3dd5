#include "escpos_device.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
    PORT_MAX = 65535,
    CLOSE_DRAIN_MS = 30,
    SETTLE_STEP_MS = 5,
    RESOLVE_SECONDS = 1,
    READ_CHUNK = 256,
    READ_PAUSE_MS = 5
};

int64_t escpos_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail with this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* -- address ----------------------------------------------------------------------------------- */

static bool plain_text(const char *text)
{
    for (; *text != '\0'; text++)
        if (!isalnum((unsigned char)*text) && strchr("/.:_-%", *text) == NULL)
            return false;
    return true;
}

static int parse_port(const char *text, char ret[static ESCPOS_PORT_SIZE])
{
    char *end;
    long port = strtol(text, &end, 10);

    if (end == text || *end != '\0' || port < 1 || port > PORT_MAX)
        return -EINVAL;
    (void)snprintf(ret, ESCPOS_PORT_SIZE, "%ld", port);
    return 0;
}

/* "host", "host:port", "[v6]:port", each perhaps with a "/" behind it. */
static int parse_authority(const char *text, struct escpos_address *ret)
{
    char host[ESCPOS_HOST_SIZE];
    size_t length = strlen(text);

    if (length > 0 && text[length - 1] == '/')
        length--;
    if (length == 0 || length >= sizeof(host))
        return -EINVAL;
    memcpy(host, text, length);
    host[length] = '\0';

    char *name = host, *port = NULL;
    if (host[0] == '[') {
        char *end = strchr(host, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return -EINVAL;
        *end = '\0';
        name = host + 1;
        port = end[1] == ':' ? end + 2 : NULL;
    } else if ((port = strchr(host, ':')) != NULL) {
        *port++ = '\0';
    }
    if (name[0] == '\0' || strchr(name, '/') != NULL || !plain_text(name))
        return -EINVAL;
    (void)snprintf(ret->host, sizeof(ret->host), "%s", name);
    return parse_port(port != NULL ? port : "9100", ret->port);
}

int escpos_address_parse(const char *uri, struct escpos_address *ret)
{
    static const char network[] = "escpos://", local[] = "escpos:/dev/";
    struct escpos_address address = {0};

    if (strncmp(uri, network, sizeof(network) - 1) == 0) {
        if (parse_authority(uri + sizeof(network) - 1, &address) < 0)
            return -EINVAL;
    } else if (strncmp(uri, local, sizeof(local) - 1) == 0) {
        const char *path = strchr(uri, '/');
        if (strlen(path) >= sizeof(address.path) || strstr(path, "..") != NULL || !plain_text(path))
            return -EINVAL;
        (void)snprintf(address.path, sizeof(address.path), "%s", path);
    } else {
        return -EINVAL;
    }
    *ret = address;
    return 0;
}

/* -- opening ----------------------------------------------------------------------------------- */

/* 1 ready, 0 deadline, negative error. */
static int poll_until(int fd, short events, int64_t deadline_ms, short *ret_events)
{
    struct pollfd pollfd = {.fd = fd, .events = events};

    for (;;) {
        int64_t left = deadline_ms - escpos_now_ms();
        int count = poll(&pollfd, 1, left > 0 ? (int)left : 0);
        if (count > 0) {
            *ret_events = pollfd.revents;
            return 1;
        }
        if (count == 0 && left <= 0)
            return 0;
        if (count < 0 && errno != EINTR)
            return -errno;
    }
}

static int connect_one(const struct addrinfo *info, int64_t deadline_ms)
{
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                    info->ai_protocol);
    if (fd < 0)
        return -errno;
    int error = 0, on = 1;
    /* Questions are three bytes long and wait for nothing. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(fd, info->ai_addr, info->ai_addrlen) < 0 && errno != EINPROGRESS)
        error = errno;
    if (error == 0) {
        short events = 0;
        socklen_t size = sizeof(error);
        int ready = poll_until(fd, POLLOUT, deadline_ms, &events);
        if (ready == 0)
            error = ETIMEDOUT;
        else if (ready < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
            error = errno;
    }
    if (error == 0)
        return fd;
    close(fd);
    return -error;
}

static int lookup(const struct escpos_address *address, struct addrinfo **ret)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};

    if (getaddrinfo(address->host, address->port, &hints, ret) == 0)
        return 0;
    if (res_init() == 0) { /* of this thread only */
        _res.retrans = RESOLVE_SECONDS;
        _res.retry = 1;
    }
    hints.ai_flags = 0;
    return getaddrinfo(address->host, address->port, &hints, ret) == 0 ? 0 : -EHOSTUNREACH;
}

static int open_network(const struct escpos_address *address, int64_t deadline_ms)
{
    struct addrinfo *list;
    int fd = lookup(address, &list);

    if (fd < 0)
        return fd;
    fd = -EHOSTUNREACH;
    for (const struct addrinfo *info = list; info != NULL && fd < 0; info = info->ai_next)
        fd = connect_one(info, deadline_ms);
    freeaddrinfo(list);
    return fd;
}

static int open_file(const char *path)
{
    int fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    struct termios line;
    if (tcgetattr(fd, &line) == 0) { /* a serial line: its speed stays as it was set up */
        cfmakeraw(&line);
        (void)tcsetattr(fd, TCSANOW, &line);
    }
    return fd;
}

int escpos_device_open(const struct escpos_address *address, int64_t deadline_ms,
                       struct escpos_device *ret)
{
    bool is_socket = address->path[0] == '\0';
    int fd = is_socket ? open_network(address, deadline_ms) : open_file(address->path);

    if (fd < 0)
        return fd;
    *ret = (struct escpos_device){.fd = fd, .is_socket = is_socket};
    return 0;
}

/* -- reading and writing ----------------------------------------------------------------------- */

static void take_byte(struct escpos_device *device, uint8_t byte)
{
    struct escpos_reply reply = escpos_reply_add(&device->parser, byte);

    switch (reply.kind) {
    case ESCPOS_REPLY_NONE:
        break;
    case ESCPOS_REPLY_EOT:
        device->last_eot = reply.bytes[0];
        device->eot_count++;
        break;
    case ESCPOS_REPLY_PAPER:
        device->last_paper = reply.bytes[0];
        device->paper_count++;
        break;
    case ESCPOS_REPLY_PROCESS_ID:
        memcpy(device->process_id, reply.bytes, sizeof(device->process_id));
        device->process_id_count++;
        break;
    case ESCPOS_REPLY_ASB:
        escpos_status_set_asb(&device->live, reply.bytes);
        device->asb_count++;
        break;
    }
}

/* A device file says EIO for a transfer that broke and for a plug that was pulled; to the caller
 * EIO would be a printer that is there and cannot print. */
static int line_error(int number)
{
    return number == EIO ? -ENODEV : -number;
}

/* Reads what is there: 1 something, 0 nothing, negative: gone. */
static int read_some(struct escpos_device *device)
{
    uint8_t chunk[READ_CHUNK];
    ssize_t count = read(device->fd, chunk, sizeof(chunk));

    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : line_error(errno);
    if (count == 0) /* a device file without anything to say, or a connection at its end */
        return device->is_socket ? -EPIPE : 0;
    for (ssize_t i = 0; i < count; i++)
        take_byte(device, chunk[i]);
    return 1;
}

int escpos_device_wait(struct escpos_device *device, int64_t deadline_ms)
{
    for (;;) {
        short events = 0;
        int ready = poll_until(device->fd, POLLIN, deadline_ms, &events);
        if (ready <= 0)
            return ready;
        int count = read_some(device);
        if (count != 0)
            return count;
        if (events & (POLLHUP | POLLERR))
            return -EPIPE;
        /* Some USB printers send empty packets without end: no reason to spin. */
        (void)poll(NULL, 0, READ_PAUSE_MS);
    }
}

static ssize_t write_some(struct escpos_device *device, const uint8_t *bytes, size_t size)
{
    ssize_t count = device->is_socket ? send(device->fd, bytes, size, MSG_NOSIGNAL)
                                      : write(device->fd, bytes, size);
    if (count >= 0)
        return count;
    return errno == EAGAIN || errno == EINTR ? 0 : line_error(errno);
}

int escpos_device_write(struct escpos_device *device, const void *bytes, size_t size,
                        int64_t deadline_ms, size_t *ret_sent)
{
    size_t sent = 0;
    int error = 0;

    while (sent < size && error == 0) {
        ssize_t count = write_some(device, (const uint8_t *)bytes + sent, size - sent);
        if (count > 0) {
            sent += (size_t)count;
        } else if (count < 0) {
            error = (int)count;
        } else {
            short events = 0;
            int ready = poll_until(device->fd, POLLIN | POLLOUT, deadline_ms, &events);
            if (ready == 0)
                error = -ETIMEDOUT;
            else if (ready > 0 && (events & POLLIN))
                ready = read_some(device);
            else if (ready > 0 && (events & POLLOUT) == 0)
                ready = -EPIPE;
            if (ready < 0)
                error = ready;
        }
    }
    if (ret_sent != NULL)
        *ret_sent = sent;
    return error;
}

int escpos_device_settle(struct escpos_device *device, int64_t deadline_ms)
{
    while (device->is_socket) {
        int unsent = 0;
        if (ioctl(device->fd, SIOCOUTQ, &unsent) < 0 || unsent == 0)
            break;
        if (escpos_now_ms() >= deadline_ms)
            return -ETIMEDOUT;
        int got = escpos_device_wait(device, escpos_now_ms() + SETTLE_STEP_MS);
        if (got < 0)
            return got;
    }
    return 0;
}

void escpos_device_close(struct escpos_device *device)
{
    if (device->fd < 0)
        return;
    if (device->is_socket)
        (void)shutdown(device->fd, SHUT_WR); /* fails only where the line is broken anyway */
    int64_t deadline = escpos_now_ms() + CLOSE_DRAIN_MS;
    while (escpos_device_wait(device, deadline) > 0 && escpos_now_ms() < deadline)
        ;
    close(device->fd);
    device->fd = -1;
}
