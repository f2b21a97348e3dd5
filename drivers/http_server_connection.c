#include "http_server_internal.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Unacknowledged bytes of a stream to a client that vanished; the system's own limit is 15 minutes.
 */
enum { UNACKNOWLEDGED_MS = 30 * 1000 };

struct http_connection *http_connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* One client, one name, whichever socket took the call. */
static void write_six(const struct in6_addr *six, char text[static HTTP_PEER_SIZE])
{
    if (IN6_IS_ADDR_V4MAPPED(six))
        (void)inet_ntop(AF_INET, &six->s6_addr[12], text, HTTP_PEER_SIZE);
    else
        (void)inet_ntop(AF_INET6, six, text, HTTP_PEER_SIZE);
}

bool http_peer_text(const char *address, char text[static HTTP_PEER_SIZE])
{
    struct in_addr four;
    struct in6_addr six;

    if (inet_pton(AF_INET, address, &four) == 1)
        return inet_ntop(AF_INET, &four, text, HTTP_PEER_SIZE) != NULL;
    if (inet_pton(AF_INET6, address, &six) != 1)
        return false;
    write_six(&six, text);
    return true;
}

static void write_peer(struct MHD_Connection *mhd, char text[static HTTP_PEER_SIZE])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;

    text[0] = '\0';
    if (address && address->sa_family == AF_INET) {
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr,
                        text, HTTP_PEER_SIZE);
    } else if (address && address->sa_family == AF_INET6) {
        write_six(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, text);
    }
}

/* -- how many an address has ------------------------------------------------------------------- */

/* What one client is known by: the whole of an IPv4 address, 64 bits of an IPv6 one. */
static uint64_t network_of(const struct sockaddr *address)
{
    const struct in6_addr *six;
    uint64_t network = 0;
    uint32_t four = 0;

    if (address && address->sa_family == AF_INET) {
        four = ((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr;
    } else if (address && address->sa_family == AF_INET6) {
        six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(six))
            memcpy(&four, &six->s6_addr[12], sizeof four);
        else
            memcpy(&network, six->s6_addr, sizeof network);
    }
    return network ? network : four;
}

unsigned http_connection_place(const struct http_server *server, const struct sockaddr *address)
{
    uint64_t mixed = (network_of(address) ^ server->crowd_key[0]) * (server->crowd_key[1] | 1);

    mixed = (mixed ^ mixed >> 32) * (server->crowd_key[0] | 1);
    return (unsigned)(mixed >> 48);
}

enum MHD_Result http_connection_admit(void *context, const struct sockaddr *address, socklen_t size)
{
    const struct http_server *server = context;
    (void)size;

    return server->per_address == 0 ||
                   server->crowds[http_connection_place(server, address)] < server->per_address
               ? MHD_YES
               : MHD_NO;
}

static struct http_connection *connection_create(struct http_server *server,
                                                 struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct http_connection *connection = calloc(1, sizeof *connection);
    if (!connection || !info)
        abort(); /* the loop cannot go on without */

    connection->server = server;
    connection->fd = info->connect_fd;
    write_peer(mhd, connection->peer);
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    connection->place = http_connection_place(server, info ? info->client_addr : NULL);
    server->crowds[connection->place]++;
    unsigned ms = UNACKNOWLEDGED_MS;
    (void)setsockopt(connection->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms,
                     sizeof ms); /* best effort */
    return connection;
}

static void connection_link(struct http_connection *connection)
{
    struct http_server *server = connection->server;

    pthread_mutex_lock(&server->connections_lock);
    connection->next = server->connections;
    if (connection->next)
        connection->next->prev = connection;
    server->connections = connection;
    pthread_mutex_unlock(&server->connections_lock);
}

static void connection_unlink(struct http_connection *connection)
{
    struct http_server *server = connection->server;

    pthread_mutex_lock(&server->connections_lock);
    if (connection->prev)
        connection->prev->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next)
        connection->next->prev = connection->prev;
    pthread_mutex_unlock(&server->connections_lock);
}

/* CLOSED comes before the socket is closed, so a number in the list is never somebody else's. */
void http_connection_notify(void *server, struct MHD_Connection *mhd, void **socket_context,
                            enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct http_connection *connection = connection_create(server, mhd);
        http_tls_enter(server);
        *socket_context = connection;
        connection_link(connection);
        atomic_fetch_add(&connection->server->connection_count, 1);
        http_connection_expect(connection, connection->server->request_ms);
    } else if (*socket_context) {
        struct http_connection *connection = *socket_context;
        connection->server->crowds[connection->place]--;
        connection_unlink(connection);
        atomic_fetch_sub(&((struct http_server *)server)->connection_count, 1);
        free(*socket_context);
        *socket_context = NULL;
    }
}

void http_connection_expect(struct http_connection *connection, int ms)
{
    struct http_server *server = connection->server;

    pthread_mutex_lock(&server->connections_lock);
    connection->deadline = ms ? http_now() + ms : 0;
    pthread_mutex_unlock(&server->connections_lock);
}

void http_connection_sweep(struct http_server *server, int64_t now)
{
    pthread_mutex_lock(&server->connections_lock);
    for (struct http_connection *c = server->connections; c; c = c->next) {
        if (c->deadline && c->deadline <= now) {
            (void)shutdown(c->fd, SHUT_RDWR); /* the loop notices and closes it */
            c->deadline = 0;
        }
    }
    pthread_mutex_unlock(&server->connections_lock);
}
