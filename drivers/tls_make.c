#include "tls_private.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <gnutls/crypto.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SERIAL_SIZE = 16, LABEL_MAX = 63, SANS_MAX = 256 };
static const time_t day = (time_t)24 * 60 * 60;
static const time_t slack =
    (time_t)60 * 60; /* clocks that go slow must not find a certificate too young */

/* -- pairs ------------------------------------------------------------------------------------- */

int tls_pair_init(struct tls_pair *pair)
{
    *pair = (struct tls_pair){0};
    int result = gnutls_x509_crt_init(&pair->certificate);
    return result < 0 ? result : gnutls_x509_privkey_init(&pair->key);
}

void tls_pair_finish(struct tls_pair *pair)
{
    if (pair->certificate)
        gnutls_x509_crt_deinit(pair->certificate);
    if (pair->key)
        gnutls_x509_privkey_deinit(pair->key);
    *pair = (struct tls_pair){0};
}

bool tls_pair_fits(const struct tls_pair *pair)
{
    unsigned char ours[64], theirs[64];
    size_t our_size = sizeof ours, their_size = sizeof theirs;

    return gnutls_x509_crt_get_key_id(pair->certificate, GNUTLS_KEYID_USE_SHA256, ours,
                                      &our_size) == 0 &&
           gnutls_x509_privkey_get_key_id(pair->key, GNUTLS_KEYID_USE_SHA256, theirs,
                                          &their_size) == 0 &&
           our_size == their_size && memcmp(ours, theirs, our_size) == 0;
}

/* -- names ------------------------------------------------------------------------------------- */

/* Bytes of a numeric address; 0 = it is none. */
static int address_bytes(const char *name, unsigned char bytes[static 16])
{
    return inet_pton(AF_INET, name, bytes) == 1    ? 4
           : inet_pton(AF_INET6, name, bytes) == 1 ? 16
                                                   : 0;
}

bool tls_name_ok(const char *name)
{
    unsigned char bytes[16];
    size_t label = 0;

    if (address_bytes(name, bytes))
        return true;
    if (!*name || strlen(name) >= TLS_HOST_SIZE)
        return false;
    for (const char *c = name; *c; c++) {
        bool edge = label == 0 || c[1] == '.' || !c[1];
        if (*c == '.' && label == 0)
            return false;
        if (*c != '.' && !isalnum((unsigned char)*c) && !(*c == '-' && !edge))
            return false;
        label = *c == '.' ? 0 : label + 1;
        if (label > LABEL_MAX)
            return false;
    }
    return label > 0;
}

bool tls_has_name(gnutls_x509_crt_t certificate, const char *name)
{
    unsigned char address[16];
    int address_size = address_bytes(name, address);

    for (unsigned i = 0; i < SANS_MAX; i++) {
        unsigned char san[TLS_HOST_SIZE] = {0};
        size_t size = sizeof san - 1;
        int type = gnutls_x509_crt_get_subject_alt_name(certificate, i, san, &size, NULL);
        if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            break;
        if (type == GNUTLS_SAN_IPADDRESS && address_size && size == (size_t)address_size &&
            memcmp(san, address, size) == 0)
            return true;
        if (type == GNUTLS_SAN_DNSNAME && strcasecmp((const char *)san, name) == 0)
            return true;
    }
    return false;
}

static int add_name(gnutls_x509_crt_t certificate, const char *name)
{
    unsigned char address[16];
    int size = address_bytes(name, address);

    return size ? gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, address,
                                                       (unsigned)size, GNUTLS_FSAN_APPEND)
                : gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, name,
                                                       (unsigned)strlen(name), GNUTLS_FSAN_APPEND);
}

/* -- what both kinds have ---------------------------------------------------------------------- */

/* Key, serial number, times, subject: what both kinds have. */
static int begin(struct tls_pair *pair, const char *name, time_t from, time_t until)
{
    unsigned char serial[SERIAL_SIZE] = {0}, id[64];
    size_t id_size = sizeof id;

    int result = gnutls_x509_privkey_generate(pair->key, GNUTLS_PK_ECDSA,
                                              GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (result == 0)
        result = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    serial[0] &= 0x7f; /* positive */
    serial[0] |= 0x40; /* and of full length */
    if (result == 0)
        result = gnutls_x509_crt_set_version(pair->certificate, 3);
    if (result == 0)
        result = gnutls_x509_crt_set_serial(pair->certificate, serial, sizeof serial);
    if (result == 0)
        result = gnutls_x509_crt_set_activation_time(pair->certificate, from);
    if (result == 0)
        result = gnutls_x509_crt_set_expiration_time(pair->certificate, until);
    if (result == 0)
        result = gnutls_x509_crt_set_dn_by_oid(pair->certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                               name, (unsigned)strlen(name));
    if (result == 0)
        result = gnutls_x509_crt_set_key(pair->certificate, pair->key);
    if (result == 0)
        result = gnutls_x509_crt_get_key_id(pair->certificate, 0, id, &id_size);
    return result < 0 ? result : gnutls_x509_crt_set_subject_key_id(pair->certificate, id, id_size);
}

/* -- a CA for one clinic's network --------------------------------------------------------------
 */

/* Address and mask. */
static const struct {
    int size;
    unsigned char bytes[32];
} local_ranges[] = {
    {4, {10, 0, 0, 0, 255, 0, 0, 0}},
    {4, {172, 16, 0, 0, 255, 240, 0, 0}},
    {4, {192, 168, 0, 0, 255, 255, 0, 0}},
    {4, {169, 254, 0, 0, 255, 255, 0, 0}},
    {4, {127, 0, 0, 0, 255, 0, 0, 0}},
    /* fc00::/7 */
    {16, {0xfc, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfe}},
};
enum { LOCAL_RANGES = sizeof local_ranges / sizeof local_ranges[0] };
static const char local_domain[] = "local";

bool tls_name_is_local(const char *name)
{
    unsigned char bytes[16];
    int size = address_bytes(name, bytes);
    size_t length = strlen(name), end = sizeof local_domain - 1;

    if (size == 0)
        return length > end + 1 && name[length - end - 1] == '.' &&
               strcasecmp(name + length - end, local_domain) == 0;
    for (int i = 0; i < LOCAL_RANGES; i++) {
        const unsigned char *range = local_ranges[i].bytes, *mask = range + size;
        bool inside = local_ranges[i].size == size;

        for (int j = 0; j < size && inside; j++)
            inside = (bytes[j] & mask[j]) == range[j];
        if (inside)
            return true;
    }
    return false;
}

static int permit(gnutls_x509_name_constraints_t list, gnutls_x509_subject_alt_name_t type,
                  const void *bytes, size_t size)
{
    const gnutls_datum_t name = {(unsigned char *)bytes, (unsigned)size};

    return gnutls_x509_name_constraints_add_permitted(list, type, &name);
}

/* Whoever gets the key of such a CA cannot pose as anybody outside. */
static int keep_inside(gnutls_x509_crt_t ca)
{
    gnutls_x509_name_constraints_t list = NULL;
    int result = gnutls_x509_name_constraints_init(&list);

    if (result == 0)
        result = permit(list, GNUTLS_SAN_DNSNAME, local_domain, sizeof local_domain - 1);
    for (int i = 0; i < LOCAL_RANGES && result == 0; i++)
        result = permit(list, GNUTLS_SAN_IPADDRESS, local_ranges[i].bytes,
                        (size_t)local_ranges[i].size * 2);
    if (result == 0)
        result = gnutls_x509_crt_set_name_constraints(ca, list, 1);
    if (list)
        gnutls_x509_name_constraints_deinit(list);
    return result;
}

/* -- making ------------------------------------------------------------------------------------ */

int tls_make_ca(struct tls_pair *pair, bool clinic_network, time_t now)
{
    char name[64];
    unsigned char mark[4];

    int result = gnutls_rnd(GNUTLS_RND_NONCE, mark, sizeof mark);
    if (result < 0)
        return result;
    /* two clouds' authorities must not share a name: trust stores look them up by it */
    (void)snprintf(name, sizeof name, "%s CA %02x%02x%02x%02x",
                   clinic_network ? "Machiai kiosk" : "Machiai local", mark[0], mark[1], mark[2],
                   mark[3]);
    result = begin(pair, name, now - slack, now - slack + TLS_CA_DAYS * day);
    if (result == 0)
        result = gnutls_x509_crt_set_basic_constraints(pair->certificate, 1, 0);
    if (result == 0 && clinic_network)
        result = keep_inside(pair->certificate);
    if (result == 0)
        result = gnutls_x509_crt_set_key_usage(pair->certificate,
                                               GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
    return result < 0 ? result
                      : gnutls_x509_crt_sign2(pair->certificate, pair->certificate, pair->key,
                                              GNUTLS_DIG_SHA256, 0);
}

static int link_to_ca(struct tls_pair *pair, const struct tls_pair *ca)
{
    unsigned char id[64];
    size_t size = sizeof id;

    int result = gnutls_x509_crt_get_subject_key_id(ca->certificate, id, &size, NULL);
    if (result == 0)
        result = gnutls_x509_crt_set_authority_key_id(pair->certificate, id, size);
    return result < 0 ? result
                      : gnutls_x509_crt_sign2(pair->certificate, ca->certificate, ca->key,
                                              GNUTLS_DIG_SHA256, 0);
}

int tls_make_server(struct tls_pair *pair, const struct tls_pair *ca, const struct tls_names *names,
                    time_t now)
{
    time_t end = now - slack + TLS_SERVER_DAYS * day - 1;
    time_t ca_end = gnutls_x509_crt_get_expiration_time(ca->certificate);

    int result = begin(pair, "machiai", now - slack, end < ca_end ? end : ca_end);
    if (result == 0)
        result = gnutls_x509_crt_set_basic_constraints(pair->certificate, 0, -1);
    if (result == 0)
        result = gnutls_x509_crt_set_key_usage(pair->certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (result == 0)
        result =
            gnutls_x509_crt_set_key_purpose_oid(pair->certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
    for (int i = 0; i < names->count && result == 0; i++)
        result = add_name(pair->certificate, names->names[i]);
    return result < 0 ? result : link_to_ca(pair, ca);
}
