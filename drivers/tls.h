/* A server's own certificate authority and certificate, made at the first start: the cloud's, and
 * the one of a kiosk's page on the clinic's network.
 *
 * DIR/tls/ holds ca.pem (what kiosks and browsers trust), ca-key.pem, server.pem and
 * server-key.pem; keys have mode 0600. An operator may put a certificate of his own in server.pem
 * and server-key.pem: whatever ca.pem has not signed is used as it is and never replaced.
 */
#ifndef MACHIAI_DRIVERS_TLS_H
#define MACHIAI_DRIVERS_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TLS_HOSTS_MAX = 32,
    TLS_ERROR_SIZE = 512,
    TLS_FINGERPRINT_SIZE = 3 * 32, /* "AB:CD:..." and terminator */
    TLS_CA_DAYS = 3650,
    TLS_SERVER_DAYS = 397,
    TLS_RENEW_DAYS = 30
};

struct tls_options {
    const char *data_dir;     /* must exist */
    const char *const *hosts; /* --host; names or addresses */
    size_t host_count;        /* at most TLS_HOSTS_MAX */
    const char *listen;       /* "0.0.0.0:8443", "[::1]:0"; a wildcard adds no name */
    bool data_exists;         /* there was a database before this start: kiosks may already
                               * trust a CA, so a missing one is an error, not made anew */
    bool running;             /* the server serves already: a pair that does not fit may be half
                               * written, and is an error, not made anew; so is one of the
                               * operator's that has expired, since the present one serves on */
    /* A kiosk's: computers of the clinic trust its CA, and its card may be stolen. Such a CA can
     * vouch for private addresses and names under .local alone, and other hosts are passed over. */
    bool clinic_network;
    int64_t now; /* ms since 1970 UTC */
};

/* PEM texts, malloc()ed; tls_finish() wipes the key. */
struct tls_material {
    char *certificate; /* chain: server, then CA */
    char *key;
    bool made_ca; /* first start */
    bool renewed; /* the server's certificate is new */
};

/* Makes or renews what is needed and reads it. On failure error holds a sentence that says what to
 * do; *ret is untouched. -ENOENT missing beside existing data, -EACCES unreadable, -EPERM key of
 * another owner or readable by others, -EBADMSG damaged, -EINVAL bad host name. */
int tls_prepare(const struct tls_options *options, struct tls_material *ret,
                char error[static TLS_ERROR_SIZE]) __attribute__((warn_unused_result));
void tls_finish(struct tls_material *material);
/* SHA-256 of the last certificate of a chain (PEM), as people compare it. -EBADMSG. */
int tls_fingerprint(const char *chain, char ret[static TLS_FINGERPRINT_SIZE])
    __attribute__((warn_unused_result));

#endif
