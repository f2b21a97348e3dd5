/* The network between kiosks and cloud: an HTTP client and an HTTP server with the interfaces of
 * drivers/http_client.h and drivers/http_server.h, and a line between them that delays, loses,
 * doubles and cuts. An exchange is one message each way; a stream is ordered, as TCP is, and stalls
 * for ever once a piece of it is lost.
 */
#ifndef MACHIAI_TESTS_SIM_NET_H
#define MACHIAI_TESTS_SIM_NET_H

#include "http_server.h"
#include "identity.h"
#include "sim.h"

struct door;

struct net_line {
    bool up_cut, down_cut;
    int delay_min, delay_max; /* ms, one way */
    int loss, doubling;       /* percent of exchanges */
};
extern struct net_line net_lines[SIM_KIOSKS];

/* All lines work and are fast. */
void net_heal(void);

/* The cloud's end: set while it serves. */
extern struct door *net_door;
struct http_server *net_server_create(void);
/* Ends all streams: their callers learn of it where the line lets them. */
void net_server_destroy(struct http_server *server);

/* An answer to a request that was made beside the line: staff at the cloud's own console. */
struct net_answer {
    int status; /* 0: no answer came */
    char *body; /* owned */
};
void net_ask(const char *method, const char *path, const char *body, const struct identity_who *who,
             struct net_answer *ret);

/* For checkers: an answer to a kiosk's exchange has left the cloud. */
extern void (*net_answered)(int kiosk, const char *method, const char *path, int status,
                            const char *body);

#endif
