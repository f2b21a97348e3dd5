/* The running server: doors, keeper, signals. */
#ifndef MACHIAI_CLOUD_SERVE_H
#define MACHIAI_CLOUD_SERVE_H

#include "http_server.h"
#include "tls.h"

enum { SERVE_FILES_MIN = 1024, SERVE_FILES_WANTED = 16384 };

struct serve_options {
    const char *data_dir;
    const char *listen;       /* "0.0.0.0:8443" */
    const char *listen_plain; /* NULL = none */
    /* Who may stand in front of listen_plain; none: itself, when it is a loopback address. */
    const char *proxies[HTTP_PROXIES_MAX];
    int proxy_count;
    const char *listen_metrics; /* NULL = none */
    const char *hosts[TLS_HOSTS_MAX];
    int host_count;
    int rate;      /* requests a second of one asker (limits.h); 0 = LIMITS_RATE, < 0 = no limit */
    bool log_text; /* lines for people's eyes; else JSON */
    bool new_database; /* a lost one is meant to be empty */
};

/* Serves until SIGTERM or SIGINT. Files of DIR/tls that change, and SIGHUP, replace the certificate
 * (the present one stays when the new one cannot be used). Prints "ready https://HOST:PORT" on
 * standard output once it accepts. Process exit code: 0 after a clean stop, 1 when it could not
 * start (said why). */
int serve_run(const struct serve_options *options);

#endif
