/* What the two ends of the line share. */
#ifndef MACHIAI_TESTS_SIM_NET_PRIVATE_H
#define MACHIAI_TESTS_SIM_NET_PRIVATE_H

#include "http_client.h"
#include "net.h"

enum net_kind { NET_ANSWER, NET_REFUSED, NET_CHUNK, NET_END };

struct net_piece {
    enum net_kind kind;
    int status, retry_after_s;
    char *text; /* owned by whoever holds the piece; NULL = empty */
};

enum { PARTS_MAX = 96 /* allocations of one request */ };

struct connection;

struct http_request {
    const char *method, *path, *body, *token, *last_id;
    const struct http_route *route;
    char params[HTTP_PARAMS_MAX][HTTP_PARAM_SIZE];
    void *parts[PARTS_MAX];
    int part_count;
    const void *user;
    /* the answer */
    bool answered;
    int status, retry_after_s;
    char *text;
    struct connection *connection;
};

/* Frees what the request and its answer own. */
void net_request_finish(struct http_request *req);

/* A request leaves the kiosk. */
void net_send(int host, int64_t id, const char *method, const char *path, const char *token,
              const char *body, const char *last_id);
/* A stream's listener is gone. */
void net_hang_up(int host, int64_t id);
/* A piece reaches the kiosk; takes its text over. */
void net_arrive(int host, int64_t id, struct net_piece *piece);

#endif
