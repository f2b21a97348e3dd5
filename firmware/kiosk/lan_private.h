/* What the files of the page on the clinic's network share. Private to lan*.c. */
#ifndef MACHIAI_KIOSK_LAN_PRIVATE_H
#define MACHIAI_KIOSK_LAN_PRIVATE_H

#include <cjson/cJSON.h>
#include <pthread.h>

#include "http_server.h"
#include "lan.h"
#include "lan_check.h"

enum {
    LAN_USER_SIZE = 33,
    LAN_SALT_SIZE = 16,
    LAN_TOKEN_SIZE = 44, /* 32 random bytes in base64url, and terminator */
    LAN_ADDRESS_SIZE = 46,
    LAN_LISTEN_SIZE = 64, /* "[ADDRESS]:PORT" */
    LAN_HASH_SIZE = 32,
    LAN_PRINTER_SIZE = 256,
    LAN_NOTED_MISSES_MAX = 256
};

struct lan_person {
    char user[LAN_USER_SIZE], name[NAME_SIZE];
    int64_t memory_kib, rounds;
    unsigned char salt[LAN_SALT_SIZE];
    char check[LAN_CHECK_SIZE];
};

struct lan_session {
    unsigned char hash[LAN_HASH_SIZE]; /* of its token */
    char user[LAN_USER_SIZE], name[NAME_SIZE], csrf[LAN_TOKEN_SIZE];
    char check[LAN_CHECK_SIZE]; /* that it was opened by: a new password ends it */
    int64_t seen_ms;            /* uptime; 0 = free */
};

struct lan_miss {
    int64_t at_ms; /* uptime; 0 = free */
    char user[LAN_USER_SIZE], address[LAN_ADDRESS_SIZE];
};

/* Who may come in. One lock, held for moments; `hashing` lets one password be looked at at a time:
 * each takes 64 MiB. */
struct lan_door {
    pthread_mutex_t lock, hashing;
    struct lan_person people[LAN_PEOPLE_MAX];
    int people_count;
    struct lan_session sessions[LAN_SESSIONS_MAX];
    struct lan_miss misses[LAN_NOTED_MISSES_MAX];
    int miss_next;
};

struct lan_pending {
    int64_t request; /* 0 = free */
    bool done;
    char text[64];
};

struct lan {
    struct lan_options options;
    char address[LAN_LISTEN_SIZE]; /* of the options */
    pthread_t thread;
    bool started;
    struct lan_door door;

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t wake;  /* of the thread */
    bool stopping, dirty;
    struct queue view;
    struct station_status status;
    char printer[LAN_PRINTER_SIZE]; /* "" = not told */
    int64_t lost_up_ms;             /* uptime at which the line went; 0 = it is there */
    char (*unsent)[UID_SIZE];
    int unsent_count;
    struct lan_info info;
    char *authority; /* PEM, for those who want to trust it */
    pthread_cond_t answered;
    struct lan_pending pending[LAN_PENDING_MAX];
    int64_t request;

    /* the thread's */
    struct http_server *server;
    struct http_channel *channel;
};

int64_t lan_up(void);

/* -- lan_door.c -------------------------------------------------------------------------------- */
void lan_door_init(struct lan_door *door);
void lan_door_finish(struct lan_door *door);
/* Replaces the people; sessions of who is gone, or has another password, end. */
void lan_door_people(struct lan_door *door, const char *json);
int lan_door_count(struct lan_door *door);
/* > 0: seconds until another try is taken; 0 with the try counted as a miss until it is forgiven.
 */
int lan_door_try(struct lan_door *door, const char *user, const char *address);
void lan_door_forgive(struct lan_door *door, const char *user, const char *address);
/* Long (a password's hash is made). */
bool lan_door_check(struct lan_door *door, const char *device, const char *user,
                    const char *password);
/* Opens a session; false: the person is gone. token is for the cookie. */
bool lan_door_open(struct lan_door *door, const char *user, char token[static LAN_TOKEN_SIZE],
                   struct lan_session *ret);
bool lan_door_find(struct lan_door *door, const char *token, struct lan_session *ret);
void lan_door_close(struct lan_door *door, const char *token);
/* Whether a session (its hash) goes on; asking is no use of it. */
bool lan_door_stands(struct lan_door *door, const unsigned char hash[static LAN_HASH_SIZE]);

/* An open console: the streams of lan->channel have it as their argument. */
struct lan_stream {
    struct lan *lan;
    unsigned char session[LAN_HASH_SIZE];
};

/* -- lan_routes.c ------------------------------------------------------------------------------ */
const struct http_route *lan_routes(size_t *ret_count);
bool lan_gate(struct http_request *req, const struct http_route *route, void *context);
/* -- lan_view.c -------------------------------------------------------------------------------- */
/* What the page shows; NULL when memory runs out or nothing is known of the clinic yet. */
cJSON *lan_view(struct lan *lan);
/* -- lan_act.c --------------------------------------------------------------------------------- */
http_handler lan_events_post;
/* -- lan_pages.c ------------------------------------------------------------------------------- */
http_handler lan_page_get;

#endif
