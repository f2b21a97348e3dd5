/* What the files of tls share: making certificates, and reading them. Return 0 or a GnuTLS error.
 */
#ifndef MACHIAI_DRIVERS_TLS_PRIVATE_H
#define MACHIAI_DRIVERS_TLS_PRIVATE_H

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <time.h>

#include "tls.h"

enum { TLS_HOST_SIZE = 256 };

/* Names a server certificate must carry. */
struct tls_names {
    char names[TLS_HOSTS_MAX + 8][TLS_HOST_SIZE];
    int count;
};

struct tls_pair {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
};

/* Both accept what is not there. */
void tls_pair_finish(struct tls_pair *pair);
int tls_pair_init(struct tls_pair *pair);

/* pair is initialised and empty. */
int tls_make_ca(struct tls_pair *pair, bool clinic_network, time_t now);
/* What the CA of a clinic's network may vouch for. */
bool tls_name_is_local(const char *name);
int tls_make_server(struct tls_pair *pair, const struct tls_pair *ca, const struct tls_names *names,
                    time_t now);
/* Does the key belong to the certificate? */
bool tls_pair_fits(const struct tls_pair *pair);
bool tls_has_name(gnutls_x509_crt_t certificate, const char *name);
/* A DNS name or a numeric address. */
bool tls_name_ok(const char *name);

#endif
