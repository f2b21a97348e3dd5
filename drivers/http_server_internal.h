/* What the files of the HTTP server share. Nobody else includes this.
 *
 * Threads: the loop (libmicrohttpd's, which runs every MHD callback), the workers (handlers), the
 * reader (warms the page cache for files), the keeper (heartbeats, deadlines, held answers) and the
 * hub's sender (events). A suspended connection belongs to whoever will resume it: a stream's to
 * the sender, which writes to its TLS session meanwhile. The loop leaves it alone until then, and
 * never closes it. So every suspension must be paired with exactly one resume, and nothing may
 * be suspended once `stopping` is set.
 */
#ifndef MACHIAI_DRIVERS_HTTP_SERVER_INTERNAL_H
#define MACHIAI_DRIVERS_HTTP_SERVER_INTERNAL_H

#include <gnutls/abstract.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http_server.h"

enum {
    HTTP_PEER_SIZE = 46,
    HTTP_ID_SIZE = 17,
    HTTP_CODE_SIZE = 32,
    HTTP_WORKERS_MAX = 64,
    HTTP_WAITING_MAX = 1024,            /* requests that wait for a worker */
    HTTP_BODIES_MAX = 64 * 1024 * 1024, /* bytes of all bodies in memory */
    /* ... of those that are larger than HTTP_BODY_MAX: what is small always has the rest. */
    HTTP_LARGE_BODIES_MAX = 32 * 1024 * 1024,
    HTTP_DISCARD_MAX = 4 * 1024 * 1024, /* bytes of a refused body that are read and forgotten */
    HTTP_REQUEST_HEADERS_MAX = 64,
    /* Of libmicrohttpd, a connection: what a request's header and its answer's have together. Each
     * open stream keeps it, and it is wiped after each request, so it is no larger than that: a
     * header of 8 KB would need 16 KB, and a stream 32 KB instead of 22. */
    HTTP_POOL_SIZE = 8 * 1024,
    HTTP_CONNECTIONS_PER_ADDRESS = 256,
    HTTP_CONNECTIONS_MAX = 20000,
    HTTP_CROWDS = 1 << 16, /* places where connections of an address are counted */
    HTTP_FILE_BLOCK = 128 * 1024,
    HTTP_WARM_BLOCK = 1024 * 1024, /* read ahead of a cold file */
    HTTP_TICK_MS = 250,
    HTTP_DRAIN_MS = 500 /* for answers under way when the server stops */
};

/* One accepted socket. */
struct http_connection {
    struct http_server *server;
    struct http_connection *prev, *next;
    int fd;
    int64_t deadline; /* monotonic ms at which the socket is shut down; 0 = none */
    unsigned place;   /* in http_server.crowds */
    char peer[HTTP_PEER_SIZE];
};

struct http_arena {
    struct http_arena *next;
    size_t used, size;
    _Alignas(16) char bytes[];
};

struct http_pair {
    const char *name, *value;
};

struct http_request {
    struct http_server *server;
    struct http_connection *connection;
    struct MHD_Connection *mhd;
    struct http_request *next; /* in the queue of the workers, or among the held */
    char id[HTTP_ID_SIZE];
    int64_t began, complete; /* monotonic ms: request line there, body there */
    int hold_ms;
    int64_t due; /* of a held request */
    int wait_ms; /* of a long-poll; 0 = none */
    const char *wait_known;

    char *path, *query; /* as sent, split at '?'; query "" when absent */
    const char *method_text, *version;
    enum http_method method;
    const struct http_route *route;      /* NULL = none fits */
    const char *params[HTTP_PARAMS_MAX]; /* NULL = none */
    void *user;

    bool checked;  /* the header has been looked at */
    bool handed;   /* to the workers */
    bool finished; /* the answer has all its headers */
    bool logged;
    bool must_close; /* the rest of the request cannot be trusted */
    char *body;
    size_t body_size, body_room;
    uint64_t discarded;

    struct http_pair headers[HTTP_HEADERS_MAX];
    int header_count;
    bool page; /* HTML: the policy of pages */
    struct MHD_Response *response;
    unsigned status;
    struct http_arena *arena;
};

struct http_hub;
struct http_work;

struct http_server {
    struct http_server_options options;
    struct MHD_Daemon *daemon;
    int listen_fd, log_fd, port;
    int request_ms, idle_ms;
    bool tls;
    atomic_bool starting;
    atomic_int requests; /* in existence */
    atomic_int connection_count;
    atomic_uint_fast64_t answers[HTTP_STATS_CLASSES], took[HTTP_STATS_MS_COUNT], took_ms;
    atomic_size_t body_bytes;                       /* of all of them */
    atomic_size_t large_bytes;                      /* of the large ones */
    char proxies[HTTP_PROXIES_MAX][HTTP_PEER_SIZE]; /* as http_connection.peer is written */
    size_t proxy_count;
    struct http_hub *hub;
    struct http_work *work;
    pthread_mutex_t connections_lock;
    struct http_connection *connections;
    /* Present connections of an IPv4 address, or of the /64 of an IPv6 address: whoever has one of
     * its addresses has all. By a keyed hash, so that two share a place by chance alone and nobody
     * can aim at another's; of the loop alone. */
    uint16_t crowds[HTTP_CROWDS];
    uint64_t crowd_key[2];
    unsigned per_address; /* 0 = no limit */
    pthread_mutex_t certificates_lock;
    struct http_certificate *certificates; /* the present one, then those it replaced */
};

int64_t http_now(void); /* monotonic ms */

/* -- http_server_connection.c -------------------------------------------------------------------
 */
/* A numeric address as connections write theirs (one text an address); false when it is none. */
bool http_peer_text(const char *address, char text[static HTTP_PEER_SIZE]);
void http_connection_notify(void *server, struct MHD_Connection *mhd, void **socket_context,
                            enum MHD_ConnectionNotificationCode code);
/* Where the connections of an address are counted. */
unsigned http_connection_place(const struct http_server *server, const struct sockaddr *address);
/* libmicrohttpd's question whether to take a socket: not beyond the limit of its address. */
enum MHD_Result http_connection_admit(void *server, const struct sockaddr *address, socklen_t size);
struct http_connection *http_connection_of(struct MHD_Connection *mhd);
/* Sets the time by which it must have got further; 0 = none. */
void http_connection_expect(struct http_connection *connection, int ms);
/* Shuts down sockets whose deadline has passed. */
void http_connection_sweep(struct http_server *server, int64_t now);

/* -- http_server_tls.c ---------------------------------------------------------------------------
 */
/* This thread runs the server's loop. */
void http_tls_enter(struct http_server *server);
/* gnutls' callback: which certificate this handshake gets. */
int http_tls_present(gnutls_session_t session, const gnutls_datum_t *authorities, int count,
                     const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                     gnutls_pcert_st **ret_chain, unsigned *ret_count, gnutls_privkey_t *ret_key);
/* Frees replaced certificates that no handshake can use any more. */
void http_tls_sweep(struct http_server *server, int64_t now);
void http_tls_destroy(struct http_server *server);

/* -- http_server_request.c ----------------------------------------------------------------------
 */
struct http_request *http_request_create(struct http_server *server, struct MHD_Connection *mhd,
                                         const char *target);
void http_request_destroy(struct http_request *req);
/* Adds what every answer has and makes sure that there is one; logs it. */
void http_request_finish(struct http_request *req);
void http_request_log(struct http_request *req, unsigned status);
/* Decodes %XX (and + when plus); false when malformed, too long, or with control characters. */
bool http_decode(char *to, size_t to_size, const char *from, size_t size, bool plus);

/* -- http_server_check.c ------------------------------------------------------------------------
 */
/* Looks at request line and header. On a fault the answer is prepared; must_close tells whether
 * the connection can go on. */
void http_check(struct http_request *req);
const char *http_method_name(enum http_method method);
/* Bytes that a body may have on this route. */
size_t http_body_max(const struct http_request *req);
/* Gives back what the body takes of the server's memory. */
void http_body_drop(struct http_request *req);
/* Answers 413. */
void http_refuse_body(struct http_request *req);
/* Declared length of the body; 0 when chunked or absent. */
uint64_t http_declared_size(const struct http_request *req);
/* Finds the route and fills params; prepares 400, 404 or 405 when there is none. */
void http_route(struct http_request *req);

/* -- http_server_reply.c ------------------------------------------------------------------------
 */
/* Takes over response; an answer given before gives way. type may be NULL. */
void http_reply_response(struct http_request *req, unsigned status, const char *type,
                         struct MHD_Response *response);

/* -- http_server_file.c -------------------------------------------------------------------------
 */
/* A download under way; belongs to its response. */
struct http_file {
    struct http_work *work;
    struct MHD_Connection *mhd;
    struct http_file *next; /* in the reader's queue */
    int fd;
    uint64_t offset, size; /* the part that is sent */
    uint64_t want, warm;   /* file offsets: needed next; read ahead up to here */
};

/* Response that sends size bytes of fd from offset and closes fd; NULL = out of memory. */
struct MHD_Response *http_file_response(struct http_request *req, int fd, uint64_t offset,
                                        uint64_t size);
/* Reads what a suspended download asked for; on the reader. */
void http_file_warm(struct http_file *file);

/* -- http_server_work.c -------------------------------------------------------------------------
 */
int http_work_create(struct http_server *server, int workers, struct http_work **ret);
/* Finishes what is queued, resumes everything; afterwards nothing is suspended here any more. */
void http_work_stop(struct http_work *work);
void http_work_destroy(struct http_work *work);
/* Suspends the connection and queues the request; false when stopping or the queue is full. */
bool http_work_hand(struct http_work *work, struct http_request *req);
/* Suspends the connection until the reader has warmed the file; false when stopping. */
bool http_work_warm(struct http_work *work, struct http_file *file);

/* -- http_stream_hub.c --------------------------------------------------------------------------
 */
int http_hub_create(int64_t beat_ms, struct http_hub **ret);
/* Ends all streams; from now on none is suspended. Once, before http_hub_destroy(). */
void http_hub_stop(struct http_hub *hub);
void http_hub_destroy(struct http_hub *hub);
void http_hub_tick(struct http_hub *hub, int64_t now);
/* Present subscribers of all channels. */
int http_hub_count(struct http_hub *hub);
struct http_channel *http_hub_channel(struct http_hub *hub, const char *name);

#endif
