/* The least that a push server can do, beside which the cloud's is measured: each stream costs one
 * gnutls_record_send() (tls) or one send() (plain) an event, and nothing else. One thread, epoll.
 *
 *   bare tls|plain PAYLOAD CHAIN KEY
 *       Prints its port. A client that has said something is answered with an empty line and gets
 *       PAYLOAD whenever a line comes on standard input. */
#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS_MAX = 20000, EVENTS = 512, BACKLOG = 4096 };

struct client {
    int fd;
    bool shaken, asked;
    gnutls_session_t tls;
};

static struct {
    struct client clients[CLIENTS_MAX]; /* by socket */
    int listener, epoll, top;
    bool tls;
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
} bare;

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

static void watch(int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    if (epoll_ctl(bare.epoll, EPOLL_CTL_ADD, fd, &event) < 0)
        die("epoll");
}

static void leave(struct client *client)
{
    if (client->tls)
        gnutls_deinit(client->tls);
    (void)close(client->fd);
    *client = (struct client){0};
}

static void give(struct client *client, const char *bytes, size_t size)
{
    ssize_t sent = client->tls ? gnutls_record_send(client->tls, bytes, size)
                               : send(client->fd, bytes, size, MSG_NOSIGNAL);

    if (sent != (ssize_t)size) /* nobody is that slow here: it has gone */
        leave(client);
}

static void take_client(void)
{
    int fd = accept4(bare.listener, NULL, NULL, SOCK_NONBLOCK);

    if (fd < 0 || fd >= CLIENTS_MAX)
        die("accept");
    struct client *client = &bare.clients[fd];
    *client = (struct client){.fd = fd, .shaken = !bare.tls};
    bare.top = fd > bare.top ? fd : bare.top;
    watch(fd);
    if (!bare.tls)
        return;
    if (gnutls_init(&client->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK) < 0 ||
        gnutls_priority_set(client->tls, bare.priority) < 0 ||
        gnutls_credentials_set(client->tls, GNUTLS_CRD_CERTIFICATE, bare.credentials) < 0)
        die("gnutls");
    gnutls_transport_set_int(client->tls, fd);
}

static void hear(struct client *client)
{
    char words[4096];
    ssize_t got;

    if (!client->shaken) {
        int result = gnutls_handshake(client->tls);
        if (result < 0 && gnutls_error_is_fatal(result))
            leave(client);
        else
            client->shaken = result == 0;
        return;
    }
    got = client->tls ? gnutls_record_recv(client->tls, words, sizeof words)
                      : recv(client->fd, words, sizeof words, 0);
    if (client->tls && got < 0 && !gnutls_error_is_fatal((int)got))
        return;
    if (got <= 0) {
        leave(client);
        return;
    }
    client->asked = true;
    give(client, "\r\n\r\n", 4);
}

static bool tell(const char *payload)
{
    char line[64];

    if (!fgets(line, sizeof line, stdin))
        return false;
    for (int fd = 0; fd <= bare.top; fd++) {
        if (bare.clients[fd].asked)
            give(&bare.clients[fd], payload, strlen(payload));
    }
    return true;
}

static void open_all(const char *chain, const char *key)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct rlimit files = {CLIENTS_MAX, CLIENTS_MAX};
    socklen_t size = sizeof at;

    (void)setrlimit(RLIMIT_NOFILE, &files);
    bare.epoll = epoll_create1(0);
    bare.listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(bare.listener, (struct sockaddr *)&at, sizeof at) < 0 ||
        listen(bare.listener, BACKLOG) < 0 ||
        getsockname(bare.listener, (struct sockaddr *)&at, &size) < 0)
        die("listen");
    if (gnutls_certificate_allocate_credentials(&bare.credentials) < 0 ||
        gnutls_certificate_set_x509_key_file(bare.credentials, chain, key, GNUTLS_X509_FMT_PEM) <
            0 ||
        gnutls_priority_init(&bare.priority, "NORMAL", NULL) < 0)
        die("certificate");
    watch(bare.listener);
    watch(STDIN_FILENO);
    (void)printf("%d\n", ntohs(at.sin_port));
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS];

    if (argc != 5) {
        (void)fprintf(stderr, "usage: bare tls|plain PAYLOAD CHAIN KEY\n");
        return 2;
    }
    (void)setvbuf(stdin, NULL, _IONBF, 0);
    bare.tls = strcmp(argv[1], "tls") == 0;
    open_all(argv[3], argv[4]);
    for (;;) {
        int count = epoll_wait(bare.epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == STDIN_FILENO && !tell(argv[2]))
                return 0;
            else if (fd == bare.listener)
                take_client();
            else if (fd != STDIN_FILENO && bare.clients[fd].fd)
                hear(&bare.clients[fd]);
        }
    }
}
