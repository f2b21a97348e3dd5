/* The running server: doors, keeper, signals. */
#ifndef MACHIAI_CLOUD_SERVE_H
#define MACHIAI_CLOUD_SERVE_H

#include "tls.h"

enum { SERVE_FILES_MIN = 1024, SERVE_FILES_WANTED = 16384 };

struct serve_options {
    const char *data_dir;
    const char *listen;       /* "0.0.0.0:8443" */
    const char *listen_plain; /* NULL = none */
    const char *hosts[TLS_HOSTS_MAX];
    int host_count;
    bool new_database; /* a lost one is meant to be empty */
};

/* Serves until SIGTERM or SIGINT. Prints "ready https://HOST:PORT" on standard output once it
 * accepts. Process exit code: 0 after a clean stop, 1 when it could not start (said why). */
int serve_run(const struct serve_options *options);

#endif
