/* The parts of a running cloud, handed to every handler. */
#ifndef MACHIAI_CLOUD_CLOUD_H
#define MACHIAI_CLOUD_CLOUD_H

#include <stdatomic.h>

#include "db.h"
#include "http_server.h"
#include "identity.h"
#include "site.h"

enum {
    CLOUD_DOORS_MAX = 3, /* listeners: TLS, plain HTTP behind a proxy, plain HTTP for metrics */
    CLOUD_URL_SIZE = 256,
    CLOUD_PATH_SIZE = 1024,
    CLOUD_SECRET_SIZE = 32
};

/* Films and photographs leave so many bytes of the disk to records. */
static const int64_t cloud_keep_free = INT64_C(512) << 20;

struct cloud;

/* One listener; the context of its handlers. */
struct door {
    struct cloud *cloud;
    struct http_server *server;
};

struct cloud {
    struct db *db;
    struct sites *sites;
    struct identity *identity;
    struct presence *presence;
    struct keeper *keeper;                   /* NULL in the CLI */
    struct reminders *reminders;             /* NULL in the CLI */
    struct film_worker *film_worker;         /* NULL in the CLI */
    int64_t keep_free;                       /* bytes */
    unsigned char secret[CLOUD_SECRET_SIZE]; /* of this process, for links of minutes (preview.h) */
    struct limits *limits;                   /* NULL: nobody is limited */
    struct limits *misses;                   /* of strangers with wrong tokens; NULL: as above */
    struct guard *guard;                     /* of remote reception; NULL: nobody is limited */
    struct near_mail *near_mail;             /* NULL in the CLI */
    struct kept_views *kept_views;           /* NULL in the CLI */
    struct door doors[CLOUD_DOORS_MAX];
    int door_count;
    char data_dir[CLOUD_PATH_SIZE];
    char url[CLOUD_URL_SIZE]; /* how people reach this cloud, without a trailing slash */
    atomic_bool serving;      /* doors, keeper and url are set: requests may come in */
    int64_t snapshot_behind;  /* entries; who is further behind gets a snapshot; 0 = as ever */
    int64_t gathers_since;    /* site time since which it serves a site that recovers; 0 = not */
};

enum cloud_make {
    CLOUD_EXISTING,
    CLOUD_MAKE,     /* an empty directory (or none, beside an existing one) becomes a new cloud */
    CLOUD_MAKE_ANEW /* also one that has certificates, hence had a database once */
};

/* Opens the database of a data directory and everything that stands on it, for `serve` and for the
 * CLI. -ENOENT: there is none, and none may be made. On failure error (DB_ERROR_SIZE) holds a
 * sentence and *ret is untouched. */
int cloud_open(const char *data_dir, enum cloud_make make, struct cloud **ret, char *error,
               size_t error_size) __attribute__((warn_unused_result));
/* One server a data directory (two would each believe to be the one that pushes), and no restore
 * under a server. The lock ends with close(*ret_fd). -EBUSY with error. */
int cloud_lock(const char *data_dir, int *ret_fd, char *error, size_t error_size)
    __attribute__((warn_unused_result));
/* The doors must be closed before. Accepts NULL. */
void cloud_close(struct cloud *cloud);

/* The system's clock, ms since 1970 UTC. */
int64_t cloud_now(void *context);

#endif
