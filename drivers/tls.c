#include "tls_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 1024, PEM_MAX = 256 * 1024 };
static const time_t day = (time_t)24 * 60 * 60;

/* One run of tls_prepare(). */
struct preparing {
    const struct tls_options *options;
    char folder[PATH_SIZE];
    struct tls_names names;
    struct tls_pair ca, server;
    bool has_ca, has_ca_key, has_server, has_server_key, has_folder;
    bool made_ca, renewed;
    char *error;
};

__attribute__((format(printf, 3, 4))) static int fail(struct preparing *p, int code,
                                                      const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is, two lines above
    (void)vsnprintf(p->error, TLS_ERROR_SIZE, format, arguments);
    va_end(arguments);
    return code;
}

static int fail_gnutls(struct preparing *p, int result, const char *what)
{
    return fail(p, -EIO, "%s: %s", what, gnutls_strerror(result));
}

/* -- names ------------------------------------------------------------------------------------- */

static void add_name(struct tls_names *names, const char *name)
{
    for (int i = 0; i < names->count; i++) {
        if (strcasecmp(names->names[i], name) == 0)
            return;
    }
    (void)snprintf(names->names[names->count++], TLS_HOST_SIZE, "%s", name);
}

/* The host part of "ADDR:PORT"; "" for a wildcard. */
static void listen_host(const char *listen, char host[static TLS_HOST_SIZE])
{
    const char *colon = listen ? strrchr(listen, ':') : NULL;
    size_t size = colon ? (size_t)(colon - listen) : 0;

    host[0] = '\0';
    if (size == 0 || size >= TLS_HOST_SIZE)
        return;
    bool bracketed = listen[0] == '[' && listen[size - 1] == ']';
    (void)snprintf(host, TLS_HOST_SIZE, "%.*s", (int)(bracketed ? size - 2 : size),
                   bracketed ? listen + 1 : listen);
    if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0)
        host[0] = '\0';
}

/* Addresses come and go with the network: what the CA cannot vouch for is passed over. */
static void collect_local(struct preparing *p)
{
    const struct tls_options *options = p->options;

    for (size_t i = 0; i < options->host_count && i < TLS_HOSTS_MAX; i++) {
        if (tls_name_ok(options->hosts[i]) && tls_name_is_local(options->hosts[i]))
            add_name(&p->names, options->hosts[i]);
    }
}

static int collect_names(struct preparing *p)
{
    const struct tls_options *options = p->options;
    char host[TLS_HOST_SIZE] = "";

    add_name(&p->names, "127.0.0.1");
    if (options->clinic_network) {
        add_name(&p->names, "machiai.local"); /* GnuTLS takes a lone subject for a name */
        collect_local(p);
        return 0;
    }
    add_name(&p->names, "localhost");
    add_name(&p->names, "::1");
    if (gethostname(host, sizeof host - 1) == 0 && tls_name_ok(host))
        add_name(&p->names, host); /* a host may be called what no certificate can say */
    listen_host(options->listen, host);
    if (*host && tls_name_ok(host))
        add_name(&p->names, host);
    if (options->host_count > TLS_HOSTS_MAX)
        return fail(p, -EINVAL, "at most %d --host names can be given", TLS_HOSTS_MAX);
    for (size_t i = 0; i < options->host_count; i++) {
        if (!tls_name_ok(options->hosts[i]))
            return fail(p, -EINVAL,
                        "--host %s: not a host name or address; give it as in "
                        "machiai.example.jp or 192.0.2.7",
                        options->hosts[i]);
        add_name(&p->names, options->hosts[i]);
    }
    return 0;
}

/* -- files ------------------------------------------------------------------------------------- */

static int path_of(struct preparing *p, const char *name, char path[static PATH_SIZE])
{
    int size = snprintf(path, PATH_SIZE, "%s/%s", p->folder, name);
    return size < PATH_SIZE ? 0 : fail(p, -ENAMETOOLONG, "%s: the path is too long", p->folder);
}

static bool exists(struct preparing *p, const char *name)
{
    char path[PATH_SIZE];
    struct stat about;
    /* what cannot be looked at counts as there, so that it is reported and not overwritten */
    return path_of(p, name, path) == 0 && (stat(path, &about) == 0 || errno != ENOENT);
}

/* A key that somebody else may read, or may have put there, is no secret. */
static int check_key_file(struct preparing *p, const char *path, int fd)
{
    struct stat about;

    if (fstat(fd, &about) < 0)
        return fail(p, -errno, "%s: %s", path, strerror(errno));
    bool own = about.st_uid == geteuid();
    if (!own && about.st_uid != 0)
        return fail(p, -EPERM,
                    "%s belongs to another user (uid %u); run machiai-cloud as that user, or give "
                    "the file away: chown %u %s",
                    path, (unsigned)about.st_uid, (unsigned)geteuid(), path);
    if (about.st_mode & (own ? S_IRWXG | S_IRWXO : S_IRWXO)) /* root may share it with a group */
        return fail(p, -EPERM, "%s can be read by other users; close it: chmod 600 %s", path, path);
    return 0;
}

static int read_file(struct preparing *p, const char *name, bool is_key, char **ret)
{
    char path[PATH_SIZE];
    int result = path_of(p, name, path);
    if (result < 0)
        return result;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(p, errno == ENOENT ? -ENOENT : -EACCES,
                    "%s: %s; check that the user who runs machiai-cloud may read it", path,
                    strerror(errno));

    result = is_key ? check_key_file(p, path, fd) : 0;
    char *text = result == 0 ? calloc(1, PEM_MAX + 1) : NULL;
    ssize_t size = text ? read(fd, text, PEM_MAX) : -1;
    if (result == 0 && size <= 0)
        result = fail(p, -EBADMSG, "%s: %s; restore it from a backup", path,
                      size < 0 ? strerror(errno) : "the file is empty");
    (void)close(fd);
    if (result < 0 || !text) {
        free(text);
        return result < 0 ? result : -ENOMEM;
    }
    *ret = text;
    return 0;
}

/* The whole file or none: a kill at any moment leaves the old one. */
static int write_file(struct preparing *p, const char *name, const gnutls_datum_t *parts, int count,
                      mode_t mode)
{
    char path[PATH_SIZE], fresh[PATH_SIZE + 8];
    int result = path_of(p, name, path);
    if (result < 0)
        return result;
    (void)snprintf(fresh, sizeof fresh, "%s.new", path);
    (void)unlink(fresh); /* left over from a kill */
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    bool ok = fd >= 0;
    for (int i = 0; i < count && ok; i++)
        ok = write(fd, parts[i].data, parts[i].size) == (ssize_t)parts[i].size;
    ok = ok && fsync(fd) == 0 && fchmod(fd, mode) == 0 && rename(fresh, path) == 0;
    int error = errno;
    if (fd >= 0)
        (void)close(fd);
    if (ok)
        return 0;
    (void)unlink(fresh);
    return fail(p, -error, "%s cannot be written: %s; check the disk and who owns the folder", path,
                strerror(error));
}

static int write_key(struct preparing *p, const char *name, gnutls_x509_privkey_t key)
{
    gnutls_datum_t pem = {0};
    int result = gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem);
    if (result < 0)
        return fail_gnutls(p, result, name);
    result = write_file(p, name, &pem, 1, 0600);
    gnutls_memset(pem.data, 0, pem.size);
    gnutls_free(pem.data);
    return result;
}

/* issuer NULL = the certificate stands alone. */
static int write_certificate(struct preparing *p, const char *name, gnutls_x509_crt_t certificate,
                             gnutls_x509_crt_t issuer)
{
    gnutls_datum_t pem[2] = {0};
    int result = gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem[0]);
    if (result == 0 && issuer)
        result = gnutls_x509_crt_export2(issuer, GNUTLS_X509_FMT_PEM, &pem[1]);
    result =
        result < 0 ? fail_gnutls(p, result, name) : write_file(p, name, pem, issuer ? 2 : 1, 0644);
    gnutls_free(pem[0].data);
    gnutls_free(pem[1].data);
    return result;
}

static int read_certificate(struct preparing *p, const char *name, gnutls_x509_crt_t certificate)
{
    char *text = NULL;
    int result = read_file(p, name, false, &text);
    if (!text)
        return result;
    gnutls_datum_t pem = {.data = (unsigned char *)text, .size = (unsigned)strlen(text)};
    int imported = gnutls_x509_crt_import(certificate, &pem, GNUTLS_X509_FMT_PEM);
    free(text);
    return imported == 0
               ? 0
               : fail(p, -EBADMSG, "%s/%s is no certificate (%s); restore it from a backup",
                      p->folder, name, gnutls_strerror(imported));
}

static int read_key(struct preparing *p, const char *name, gnutls_x509_privkey_t key)
{
    char *text = NULL;
    int result = read_file(p, name, true, &text);
    if (!text)
        return result;
    gnutls_datum_t pem = {.data = (unsigned char *)text, .size = (unsigned)strlen(text)};
    int imported = gnutls_x509_privkey_import2(key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
    explicit_bzero(text, pem.size);
    free(text);
    return imported == 0
               ? 0
               : fail(p, -EBADMSG, "%s/%s is no private key (%s); restore it from a backup",
                      p->folder, name, gnutls_strerror(imported));
}

/* -- the authority ----------------------------------------------------------------------------- */

static int make_ca(struct preparing *p)
{
    int result = tls_make_ca(&p->ca, p->options->clinic_network, (time_t)(p->options->now / 1000));
    if (result < 0)
        return fail_gnutls(p, result, "the certificate authority cannot be made");
    result = write_key(p, "ca-key.pem", p->ca.key); /* first: a CA without its key is of no use */
    if (result == 0)
        result = write_certificate(p, "ca.pem", p->ca.certificate, NULL);
    p->has_ca = p->has_ca_key = p->made_ca = result == 0;
    return result;
}

static int take_ca(struct preparing *p)
{
    bool empty = p->has_folder && !p->has_ca_key && !p->has_server && !p->has_server_key;

    if (!p->has_ca && !p->has_ca_key && p->has_server && p->has_server_key)
        return 0; /* a certificate of the operator's own, and no CA of ours */
    if (!p->has_ca && p->options->data_exists && !empty)
        return fail(
            p, -ENOENT,
            "%s/ca.pem is missing, and the kiosks trust it: restore %s from a backup. If it "
            "is lost, move the folder away and make an empty one (mkdir %s): then a new one "
            "is made, and every kiosk needs its ca.pem",
            p->folder, p->folder, p->folder);
    if (!p->has_ca)
        return make_ca(p);

    int result = read_certificate(p, "ca.pem", p->ca.certificate);
    if (result == 0 && p->has_ca_key)
        result = read_key(p, "ca-key.pem", p->ca.key);
    if (result == 0 && p->has_ca_key && !tls_pair_fits(&p->ca))
        return fail(p, -EBADMSG,
                    "%s/ca-key.pem does not belong to ca.pem; restore both from one backup",
                    p->folder);
    return result;
}

/* -- the server's certificate ------------------------------------------------------------------ */

static bool is_ours(struct preparing *p)
{
    unsigned problems = 0;
    return p->has_ca &&
           gnutls_x509_crt_verify(p->server.certificate, &p->ca.certificate, 1,
                                  GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &problems) == 0 &&
           problems == 0;
}

static bool is_due(struct preparing *p)
{
    time_t now = (time_t)(p->options->now / 1000);

    if (gnutls_x509_crt_get_expiration_time(p->server.certificate) <= now + TLS_RENEW_DAYS * day ||
        gnutls_x509_crt_get_activation_time(p->server.certificate) > now)
        return true;
    for (int i = 0; i < p->names.count; i++) {
        if (!tls_has_name(p->server.certificate, p->names.names[i]))
            return true;
    }
    return false;
}

static bool has_expired(struct preparing *p)
{
    return gnutls_x509_crt_get_expiration_time(p->server.certificate) <=
           (time_t)(p->options->now / 1000);
}

static int make_server(struct preparing *p)
{
    time_t now = (time_t)(p->options->now / 1000);

    if (!p->has_ca_key)
        return fail(p, -ENOENT,
                    "%s/ca-key.pem is missing, and the server's certificate must be renewed with "
                    "it; restore it from a backup",
                    p->folder);
    if (gnutls_x509_crt_get_expiration_time(p->ca.certificate) <= now)
        return fail(p, -EBADMSG,
                    "%s/ca.pem has expired (or this computer's clock is wrong); move the folder "
                    "away to have a new one made, and give its ca.pem to every kiosk",
                    p->folder);
    tls_pair_finish(&p->server);
    int result = tls_pair_init(&p->server);
    if (result == 0)
        result = tls_make_server(&p->server, &p->ca, &p->names, now);
    if (result < 0)
        return fail_gnutls(p, result, "the server's certificate cannot be made");
    /* a kill between the two leaves a pair that does not fit, which is then made anew */
    result = write_key(p, "server-key.pem", p->server.key);
    if (result == 0)
        result = write_certificate(p, "server.pem", p->server.certificate, p->ca.certificate);
    p->renewed = result == 0;
    return result;
}

static int take_server(struct preparing *p)
{
    if (!p->has_server || !p->has_server_key) {
        if (p->has_server != p->has_server_key && !p->has_ca)
            return fail(p, -ENOENT, "%s/%s is missing; put it beside the other one", p->folder,
                        p->has_server ? "server-key.pem" : "server.pem");
        return make_server(p);
    }
    int result = read_certificate(p, "server.pem", p->server.certificate);
    if (result == 0)
        result = read_key(p, "server-key.pem", p->server.key);
    if (result < 0)
        return result;
    bool ours = is_ours(p), fits = tls_pair_fits(&p->server);
    if (ours && ((!fits && !p->options->running) || (fits && is_due(p))))
        return make_server(p);
    if (!fits)
        return fail(p, -EBADMSG,
                    "%s/server-key.pem does not belong to server.pem; put a pair there, or "
                    "remove both",
                    p->folder);
    /* a start takes it all the same: better some answer than none */
    if (p->options->running && has_expired(p))
        return fail(p, -EBADMSG,
                    "%s/server.pem has expired (or this computer's clock is wrong); put a valid "
                    "pair there",
                    p->folder);
    return 0;
}

/* -- all of it --------------------------------------------------------------------------------- */

static int open_folder(struct preparing *p)
{
    struct stat about;
    int size = snprintf(p->folder, sizeof p->folder, "%s/tls", p->options->data_dir);
    if (size < 0 || (size_t)size >= sizeof p->folder)
        return fail(p, -ENAMETOOLONG, "%s: the path is too long", p->options->data_dir);

    p->has_folder = stat(p->folder, &about) == 0;
    p->has_ca = exists(p, "ca.pem");
    p->has_ca_key = exists(p, "ca-key.pem");
    p->has_server = exists(p, "server.pem");
    p->has_server_key = exists(p, "server-key.pem");
    return 0;
}

static int make_folder(struct preparing *p)
{
    if (p->has_folder || mkdir(p->folder, 0755) == 0)
        return 0;
    return fail(p, -errno, "%s cannot be made: %s; check who owns %s", p->folder, strerror(errno),
                p->options->data_dir);
}

static int prepare(struct preparing *p)
{
    int result = collect_names(p);
    if (result == 0)
        result = open_folder(p);
    if (result == 0 && (tls_pair_init(&p->ca) < 0 || tls_pair_init(&p->server) < 0))
        result = fail(p, -ENOMEM, "out of memory");
    if (result == 0 && !(p->options->data_exists && !p->has_folder))
        result = make_folder(p);
    if (result == 0)
        result = take_ca(p);
    return result == 0 ? take_server(p) : result;
}

int tls_prepare(const struct tls_options *options, struct tls_material *ret,
                char error[static TLS_ERROR_SIZE])
{
    struct preparing p = {.options = options, .error = error};
    struct tls_material material = {0};

    int result = prepare(&p);
    if (result == 0)
        result = read_file(&p, "server.pem", false, &material.certificate);
    if (result == 0)
        result = read_file(&p, "server-key.pem", true, &material.key);
    material.made_ca = p.made_ca;
    material.renewed = p.renewed;
    tls_pair_finish(&p.ca);
    tls_pair_finish(&p.server);
    if (result < 0)
        tls_finish(&material);
    else
        *ret = material;
    return result;
}

void tls_finish(struct tls_material *material)
{
    if (material->key)
        explicit_bzero(material->key, strlen(material->key));
    free(material->key);
    free(material->certificate);
    *material = (struct tls_material){0};
}

int tls_fingerprint(const char *chain, char ret[static TLS_FINGERPRINT_SIZE])
{
    const gnutls_datum_t text = {(unsigned char *)chain, (unsigned)strlen(chain)};
    gnutls_x509_crt_t *list = NULL;
    unsigned count = 0;
    unsigned char hash[32];
    size_t size = sizeof hash;

    if (gnutls_x509_crt_list_import2(&list, &count, &text, GNUTLS_X509_FMT_PEM, 0) < 0)
        return -EBADMSG;
    int result =
        count > 0 ? gnutls_x509_crt_get_fingerprint(list[count - 1], GNUTLS_DIG_SHA256, hash, &size)
                  : -1;
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(list[i]);
    gnutls_free(list);
    if (result < 0)
        return -EBADMSG;
    for (size_t i = 0; i < size; i++)
        (void)snprintf(ret + 3 * i, 4, "%02X%s", hash[i], i + 1 < size ? ":" : "");
    return 0;
}
