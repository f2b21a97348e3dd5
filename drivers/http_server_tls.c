/* The server's certificate, which may be replaced while it serves. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/abstract.h>

#include "http_server_internal.h"

enum {
    CHAIN_MAX = 8,
    /* A handshake that began with a replaced certificate is over by then, whatever the client does
     * (request_ms), and nothing refers to it any more. */
    RETIRED_MS = 10 * 1000
};

struct http_certificate {
    struct http_certificate *next; /* the one it replaced */
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key;
    int64_t until; /* monotonic ms at which a replaced one may go; 0 = in use */
};

/* The loop whose thread this is: gnutls tells its callback the session and nothing of ours. */
static _Thread_local struct http_server *serving;

void http_tls_enter(struct http_server *server)
{
    serving = server;
}

static void destroy(struct http_certificate *certificate)
{
    for (unsigned i = 0; i < certificate->count; i++)
        gnutls_pcert_deinit(&certificate->chain[i]);
    if (certificate->key)
        gnutls_privkey_deinit(certificate->key);
    free(certificate);
}

static int read_chain(struct http_certificate *certificate, const char *pem)
{
    const gnutls_datum_t text = {(unsigned char *)pem, (unsigned)strlen(pem)};
    unsigned count = CHAIN_MAX;
    int result = gnutls_pcert_list_import_x509_raw(certificate->chain, &count, &text,
                                                   GNUTLS_X509_FMT_PEM, 0);

    certificate->count = result < 0 ? 0 : count;
    return result < 0 || count == 0 ? -EBADMSG : 0;
}

static int read_key(struct http_certificate *certificate, const char *pem)
{
    const gnutls_datum_t text = {(unsigned char *)pem, (unsigned)strlen(pem)};

    if (gnutls_privkey_init(&certificate->key) < 0)
        return -ENOMEM;
    return gnutls_privkey_import_x509_raw(certificate->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0) < 0
               ? -EBADMSG
               : 0;
}

/* A key that is not the certificate's would fail every handshake. */
static bool fits(const struct http_certificate *certificate)
{
    unsigned char of_chain[64], of_key[64];
    size_t chain_size = sizeof of_chain, key_size = sizeof of_key;
    gnutls_pubkey_t public = NULL;
    bool same = gnutls_pubkey_init(&public) == 0 &&
                gnutls_pubkey_import_privkey(public, certificate->key, 0, 0) == 0 &&
                gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256, of_key, &key_size) == 0 &&
                gnutls_pubkey_get_key_id(certificate->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256,
                                         of_chain, &chain_size) == 0 &&
                chain_size == key_size && memcmp(of_chain, of_key, key_size) == 0;

    if (public)
        gnutls_pubkey_deinit(public);
    return same;
}

int http_server_certify(struct http_server *server, const char *chain, const char *key)
{
    struct http_certificate *certificate;
    int result;

    if (!server->tls)
        return -ENOTSUP;
    certificate = calloc(1, sizeof *certificate);
    if (!certificate)
        return -ENOMEM;
    result = read_chain(certificate, chain);
    if (result == 0)
        result = read_key(certificate, key);
    if (result == 0 && !fits(certificate))
        result = -EBADMSG;
    if (result < 0) {
        destroy(certificate);
        return result;
    }
    pthread_mutex_lock(&server->certificates_lock);
    certificate->next = server->certificates;
    if (certificate->next)
        certificate->next->until = http_now() + server->request_ms + RETIRED_MS;
    server->certificates = certificate;
    pthread_mutex_unlock(&server->certificates_lock);
    return 0;
}

int http_tls_present(gnutls_session_t session, const gnutls_datum_t *authorities, int count,
                     const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                     gnutls_pcert_st **ret_chain, unsigned *ret_count, gnutls_privkey_t *ret_key)
{
    (void)session;
    (void)authorities;
    (void)count;
    (void)algorithms;
    (void)algorithm_count;
    pthread_mutex_lock(&serving->certificates_lock);
    *ret_chain = serving->certificates->chain;
    *ret_count = serving->certificates->count;
    *ret_key = serving->certificates->key;
    pthread_mutex_unlock(&serving->certificates_lock);
    return 0;
}

void http_tls_sweep(struct http_server *server, int64_t now)
{
    pthread_mutex_lock(&server->certificates_lock);
    struct http_certificate **place = &server->certificates;
    while (*place) {
        struct http_certificate *certificate = *place;
        if (certificate->until && certificate->until <= now) {
            *place = certificate->next;
            destroy(certificate);
        } else {
            place = &certificate->next;
        }
    }
    pthread_mutex_unlock(&server->certificates_lock);
}

void http_tls_destroy(struct http_server *server)
{
    while (server->certificates) {
        struct http_certificate *next = server->certificates->next;
        destroy(server->certificates);
        server->certificates = next;
    }
}
