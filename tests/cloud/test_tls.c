#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "http_server.h"
#include "tls_private.h"

enum { PATH_SIZE = 256 };
static const int64_t day = 24LL * 60 * 60 * 1000;
static int64_t start; /* the real present: real clients check the certificates */

static char data_dir[64];
static char error[TLS_ERROR_SIZE];

/* -- a data directory of each test's own ------------------------------------------------------- */

static const char *path_of(const char *name)
{
    static char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/tls/%s", data_dir, name);
    return path;
}

static int set_up(void **state)
{
    (void)state;
    start = (int64_t)time(NULL) * 1000;
    (void)snprintf(data_dir, sizeof data_dir, "/tmp/machiai-tls-XXXXXX");
    error[0] = '\0';
    return mkdtemp(data_dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"ca.pem",         "ca-key.pem",         "server.pem",
                                        "server-key.pem", "server-key.pem.new", ""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)remove(path_of(names[i]));
    (void)rmdir(data_dir);
    return 0;
}

static int prepare_with(int64_t now, bool data_exists, const char *host, const char *listen,
                        struct tls_material *ret)
{
    const char *hosts[] = {host};
    const struct tls_options options = {.data_dir = data_dir,
                                        .hosts = hosts,
                                        .host_count = host ? 1 : 0,
                                        .listen = listen,
                                        .data_exists = data_exists,
                                        .now = now};
    return tls_prepare(&options, ret, error);
}

static struct tls_material prepare(int64_t now, bool data_exists, const char *host)
{
    struct tls_material material = {0};
    int result = prepare_with(now, data_exists, host, "0.0.0.0:8443", &material);
    if (result)
        fail_msg("%s", error);
    return material;
}

/* The sentence must name what it is about. */
static void expect_failure(int code, int64_t now, bool data_exists, const char *host,
                           const char *says)
{
    struct tls_material material = {.key = (char *)1};
    assert_int_equal(prepare_with(now, data_exists, host, "0.0.0.0:8443", &material), code);
    assert_ptr_equal(material.key, (char *)1); /* untouched */
    if (!strstr(error, says))
        fail_msg("\"%s\" does not say \"%s\"", error, says);
}

static void spoil(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* -- certificates ------------------------------------------------------------------------------ */

static gnutls_x509_crt_t load(const char *pem)
{
    gnutls_x509_crt_t certificate;
    gnutls_datum_t text = {.data = (unsigned char *)(uintptr_t)pem, .size = (unsigned)strlen(pem)};
    assert_int_equal(gnutls_x509_crt_init(&certificate), 0);
    assert_int_equal(gnutls_x509_crt_import(certificate, &text, GNUTLS_X509_FMT_PEM), 0);
    return certificate;
}

static void test_first_start(void **state)
{
    (void)state;
    struct stat about;
    struct tls_material material = prepare(start, false, "clinic.example.jp");
    gnutls_x509_crt_t certificate = load(material.certificate);

    assert_true(material.made_ca);
    assert_true(material.renewed);
    assert_int_equal(stat(path_of("ca-key.pem"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(stat(path_of("server-key.pem"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(gnutls_x509_crt_get_pk_algorithm(certificate, NULL), GNUTLS_PK_ECDSA);
    assert_int_equal(gnutls_x509_crt_get_ca_status(certificate, NULL), 0);
    int64_t life = gnutls_x509_crt_get_expiration_time(certificate) -
                   gnutls_x509_crt_get_activation_time(certificate);
    assert_in_range(life, 390 * 86400, 397 * 86400); /* browsers refuse longer ones */
    static const char *const names[] = {"localhost", "127.0.0.1", "::1", "clinic.example.jp"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_true(gnutls_x509_crt_check_hostname(certificate, names[i]));
    assert_false(gnutls_x509_crt_check_hostname(certificate, "elsewhere.example.jp"));
    gnutls_x509_crt_deinit(certificate);
    tls_finish(&material);
    assert_null(material.key);
}

static void test_second_start_changes_nothing(void **state)
{
    (void)state;
    struct tls_material first = prepare(start, false, "a.example.jp");
    struct tls_material second = prepare(start + 300 * day, true, "A.example.jp");
    assert_false(second.made_ca);
    assert_false(second.renewed);
    assert_string_equal(first.certificate, second.certificate);
    assert_string_equal(first.key, second.key);
    tls_finish(&second);
    second = prepare(start, true, NULL); /* fewer names asked for: still good */
    assert_false(second.renewed);
    tls_finish(&first);
    tls_finish(&second);
}

static void test_listen_address_is_a_name(void **state)
{
    (void)state;
    struct tls_material material = {0};
    assert_int_equal(prepare_with(start, false, NULL, "[2001:db8::7]:8443", &material), 0);
    gnutls_x509_crt_t certificate = load(material.certificate);
    assert_true(gnutls_x509_crt_check_hostname(certificate, "2001:db8::7"));
    gnutls_x509_crt_deinit(certificate);
    tls_finish(&material);
}

static void expect_renewal(int64_t now, const char *host, bool renewed)
{
    struct tls_material material = prepare(now, true, host);
    assert_false(material.made_ca);
    assert_int_equal(material.renewed, renewed);
    tls_finish(&material);
}

static void test_renewal(void **state)
{
    (void)state;
    struct tls_material material = prepare(start, false, NULL);
    tls_finish(&material);
    expect_renewal(start + 366 * day, NULL, false);
    expect_renewal(start + 368 * day, NULL, true); /* within 30 days of its end */
    expect_renewal(start + 368 * day, NULL, false);
    expect_renewal(start, NULL, true); /* it was made while the clock went ahead */
    expect_renewal(start, "new.example.jp", true);
    expect_renewal(start, "new.example.jp", false);
    expect_failure(-EBADMSG, start + 3700 * day, true, NULL, "expired");
}

/* What a kill between two files leaves must heal by itself. */
static void test_halves_heal(void **state)
{
    (void)state;
    struct tls_material material = prepare(start, false, NULL);
    tls_finish(&material);
    assert_int_equal(remove(path_of("server.pem")), 0);
    expect_renewal(start, NULL, true);
    assert_int_equal(remove(path_of("server-key.pem")), 0);
    expect_renewal(start, NULL, true);

    assert_int_equal(remove(path_of("ca.pem")), 0); /* first start, killed after the CA's key */
    assert_int_equal(remove(path_of("server.pem")), 0);
    assert_int_equal(remove(path_of("server-key.pem")), 0);
    material = prepare(start, false, NULL);
    assert_true(material.made_ca);
    tls_finish(&material);
}

static void test_missing_beside_data(void **state)
{
    (void)state;
    expect_failure(-ENOENT, start, true, NULL, "ca.pem is missing"); /* no folder at all */
    assert_int_equal(access(path_of(""), F_OK), -1);                 /* nor was it made */
    assert_int_equal(mkdir(path_of(""), 0755), 0);                   /* the way out it names */
    struct tls_material material = prepare(start, true, NULL);
    assert_true(material.made_ca);
    tls_finish(&material);

    assert_int_equal(remove(path_of("ca.pem")), 0);
    expect_failure(-ENOENT, start, true, NULL, "ca.pem is missing");
}

static void test_missing_ca_key(void **state)
{
    (void)state;
    struct tls_material material = prepare(start, false, NULL);
    tls_finish(&material);
    assert_int_equal(remove(path_of("ca-key.pem")), 0);
    expect_renewal(start, NULL, false); /* it may be kept elsewhere until it is needed */
    expect_failure(-ENOENT, start + 380 * day, true, NULL, "ca-key.pem is missing");
}

static void test_bad_files(void **state)
{
    (void)state;
    struct tls_material material = prepare(start, false, NULL);
    tls_finish(&material);
    assert_int_equal(chmod(path_of("server-key.pem"), 0644), 0);
    expect_failure(-EPERM, start, true, NULL, "chmod 600");
    assert_int_equal(chmod(path_of("server-key.pem"), 0600), 0);
    spoil("server.pem", "nonsense");
    expect_failure(-EBADMSG, start, true, NULL, "server.pem is no certificate");
    spoil("server.pem", "");
    expect_failure(-EBADMSG, start, true, NULL, "server.pem: the file is empty");
    spoil("ca-key.pem", "nonsense");
    expect_failure(-EBADMSG, start, true, NULL, "ca-key.pem is no private key");
}

static void test_wrong_owner(void **state)
{
    (void)state;
    struct tls_material material = prepare(start, false, NULL);
    tls_finish(&material);
    if (geteuid() != 0)
        skip(); /* only root can give files away */
    assert_int_equal(chown(path_of("server-key.pem"), 12345, 12345), 0);
    expect_failure(-EPERM, start, true, NULL, "chown");
}

static void test_bad_hosts(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    "a b", "-a.jp", "a-.jp", "a..jp", ".jp",
                                      "jp.", "a/b", "*.jp",  "a:1",   "[::1]", "\xe5\xbe\x85.jp"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_failure(-EINVAL, start, false, bad[i], "--host");
}

/* A certificate that our CA has not signed is the operator's: used, never renewed, never replaced.
 */
static void test_certificate_of_the_operator(void **state)
{
    (void)state;
    struct tls_material own = prepare(start, false, "own.example.jp");
    assert_int_equal(remove(path_of("ca.pem")), 0);
    assert_int_equal(remove(path_of("ca-key.pem")), 0);
    struct tls_material material = prepare(start + 390 * day, true, "other.example.jp");
    assert_false(material.renewed);
    assert_string_equal(material.certificate, own.certificate);
    assert_int_equal(access(path_of("ca.pem"), F_OK), -1);
    tls_finish(&material);
    tls_finish(&own);
}

/* While it serves, one that nobody accepts any more does not take the good one's place. */
static void test_an_expired_certificate_of_the_operator(void **state)
{
    (void)state;
    struct tls_material own = prepare(start, false, NULL), material;
    struct tls_options options = {.data_dir = data_dir,
                                  .listen = "127.0.0.1:8443",
                                  .data_exists = true,
                                  .running = true,
                                  .now = start + 390 * day};

    assert_int_equal(remove(path_of("ca.pem")), 0);
    assert_int_equal(remove(path_of("ca-key.pem")), 0);
    assert_int_equal(tls_prepare(&options, &material, error), 0);
    tls_finish(&material);
    options.now = start + 400 * day;
    assert_int_equal(tls_prepare(&options, &material, error), -EBADMSG);
    assert_non_null(strstr(error, "server.pem has expired"));
    options.running = false;
    assert_int_equal(tls_prepare(&options, &material, error), 0);
    tls_finish(&material);
    tls_finish(&own);
}

static void test_operator_pair_must_fit(void **state)
{
    (void)state;
    struct tls_material first = prepare(start, false, NULL);
    assert_int_equal(remove(path_of("ca.pem")), 0);
    assert_int_equal(remove(path_of("ca-key.pem")), 0);
    assert_int_equal(remove(path_of("server.pem")), 0);
    expect_failure(-ENOENT, start, true, NULL, "ca.pem is missing");
    assert_int_equal(remove(path_of("server-key.pem")), 0);
    struct tls_material second = prepare(start, false, NULL); /* another CA, another pair */
    assert_int_equal(remove(path_of("ca.pem")), 0);
    assert_int_equal(remove(path_of("ca-key.pem")), 0);
    spoil("server.pem", first.certificate);
    expect_failure(-EBADMSG, start, true, NULL, "does not belong");
    tls_finish(&first);
    tls_finish(&second);
}

/* -- a real handshake -------------------------------------------------------------------------- */

static void on_hello(struct http_request *req, void *context)
{
    (void)context;
    http_reply(req, 200, "text/plain", "hello", 5, NULL);
}

static const struct http_route routes[] = {{HTTP_GET, "/", on_hello, NULL}};

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    (void)strncat(context, bytes, size * count < 200 ? size * count : 200);
    return size * count;
}

struct asking {
    long tls_version; /* CURL_SSLVERSION_...; 0 = any */
    bool trust;
    const char *host;
};

static CURLcode ask(int port, struct asking asking, char headers[static 4096])
{
    char url[64], to[64];
    CURL *curl = curl_easy_init();
    assert_non_null(curl);
    (void)snprintf(url, sizeof url, "https://%s:%d/", asking.host, port);
    (void)snprintf(to, sizeof to, "%s:%d:127.0.0.1", asking.host, port);
    struct curl_slist *resolve = curl_slist_append(NULL, to);
    headers[0] = '\0';
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_RESOLVE, resolve);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CAINFO, asking.trust ? path_of("ca.pem") : "/dev/null");
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, asking.tls_version);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, headers);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
    CURLcode result = curl_easy_perform(curl);
    curl_slist_free_all(resolve);
    curl_easy_cleanup(curl);
    return result;
}

static void test_handshake(void **state)
{
    (void)state;
    struct tls_material material = prepare(start, false, "clinic.example.jp");
    struct http_server *server = NULL;
    char text[4096];
    const struct http_server_options options = {.address = "127.0.0.1:0",
                                                .certificate = material.certificate,
                                                .key = material.key,
                                                .routes = routes,
                                                .route_count = 1,
                                                .log_fd = -1};
    assert_int_equal(http_server_create(&options, &server), 0);
    int port = http_server_port(server);

    assert_int_equal(ask(port, (struct asking){.trust = true, .host = "clinic.example.jp"}, text),
                     CURLE_OK);
    assert_non_null(strstr(text, "Strict-Transport-Security: max-age="));
    assert_non_null(strstr(text, "hello"));
    long only_12 = CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2;
    long only_13 = CURL_SSLVERSION_TLSv1_3 | CURL_SSLVERSION_MAX_TLSv1_3;
    long only_11 = CURL_SSLVERSION_TLSv1_1 | CURL_SSLVERSION_MAX_TLSv1_1;
    struct asking with = {.trust = true, .host = "localhost", .tls_version = only_12};
    assert_int_equal(ask(port, with, text), CURLE_OK);
    with.tls_version = only_13;
    assert_int_equal(ask(port, with, text), CURLE_OK);
    with.tls_version = only_11;
    assert_int_equal(ask(port, with, text), CURLE_SSL_CONNECT_ERROR);

    struct asking stranger = {.trust = true, .host = "elsewhere.example.jp"};
    assert_int_equal(ask(port, stranger, text), CURLE_PEER_FAILED_VERIFICATION);
    struct asking wary = {.trust = false, .host = "localhost"};
    assert_int_not_equal(ask(port, wary, text), CURLE_OK);
    http_server_destroy(server);
    tls_finish(&material);
}

/* -- a CA for one clinic's network ------------------------------------------------------------- */

static struct tls_material prepare_local(const char *const *hosts, size_t count)
{
    const struct tls_options options = {.data_dir = data_dir,
                                        .hosts = hosts,
                                        .host_count = count,
                                        .clinic_network = true,
                                        .now = start};
    struct tls_material material = {0};
    if (tls_prepare(&options, &material, error))
        fail_msg("%s", error);
    return material;
}

/* As a file gives it: what was just made does not know its own constraints. */
static void read_again(gnutls_x509_crt_t *certificate)
{
    gnutls_datum_t text;

    assert_int_equal(gnutls_x509_crt_export2(*certificate, GNUTLS_X509_FMT_PEM, &text), 0);
    gnutls_x509_crt_deinit(*certificate);
    *certificate = load((const char *)text.data);
    gnutls_free(text.data);
}

/* What a browser that trusts the CA says of a certificate that it signed for `host`. */
static unsigned problems_of(const char *host, bool local)
{
    struct tls_pair ca, server;
    struct tls_names names = {.names = {"machiai.local", ""}, .count = 2};
    gnutls_x509_trust_list_t trusted;
    unsigned problems = 0;

    (void)snprintf(names.names[1], TLS_HOST_SIZE, "%s", host);
    assert_int_equal(tls_pair_init(&ca), 0);
    assert_int_equal(tls_pair_init(&server), 0);
    assert_int_equal(tls_make_ca(&ca, local, (time_t)(start / 1000)), 0);
    assert_int_equal(tls_make_server(&server, &ca, &names, (time_t)(start / 1000)), 0);
    read_again(&ca.certificate);
    read_again(&server.certificate);
    assert_int_equal(gnutls_x509_trust_list_init(&trusted, 0), 0);
    assert_int_equal(gnutls_x509_trust_list_add_cas(trusted, &ca.certificate, 1, 0), 1);
    assert_int_equal(gnutls_x509_trust_list_verify_crt2(trusted, &server.certificate, 1, NULL, 0, 0,
                                                        &problems, NULL),
                     0);
    gnutls_x509_trust_list_deinit(trusted, 0);
    tls_pair_finish(&server);
    tls_pair_finish(&ca);
    return problems;
}

static void test_a_kiosks_ca_vouches_for_the_clinic_alone(void **state)
{
    (void)state;
    static const char *const inside[] = {"192.168.1.20", "10.4.5.6", "172.31.0.9", "machiai.local"};
    static const char *const outside[] = {"bank.example", "203.0.113.7", "172.32.0.9",
                                          "local.example"};

    for (int i = 0; i < 4; i++) {
        assert_true(tls_name_is_local(inside[i]));
        if (problems_of(inside[i], true) != 0)
            fail_msg("%s", inside[i]);
        assert_false(tls_name_is_local(outside[i]));
        assert_int_not_equal(problems_of(outside[i], true), 0);
        assert_int_equal(problems_of(outside[i], false), 0);
    }
}

static void test_a_kiosk_names_its_addresses(void **state)
{
    (void)state;
    static const char *const first[] = {"192.168.1.20", "bank.example"};
    static const char *const later[] = {"192.168.1.33"};
    char before[TLS_FINGERPRINT_SIZE], after[TLS_FINGERPRINT_SIZE];
    struct tls_material material = prepare_local(first, 2);
    gnutls_x509_crt_t certificate = load(material.certificate);

    assert_true(tls_has_name(certificate, "192.168.1.20"));
    assert_false(tls_has_name(certificate, "bank.example"));
    gnutls_x509_crt_deinit(certificate);
    assert_int_equal(tls_fingerprint(material.certificate, before), 0);
    tls_finish(&material);

    /* another address: what computers trust stays */
    material = prepare_local(later, 1);
    assert_true(material.renewed);
    assert_false(material.made_ca);
    assert_int_equal(tls_fingerprint(material.certificate, after), 0);
    assert_string_equal(before, after);
    assert_int_equal(strlen(after), TLS_FINGERPRINT_SIZE - 1);
    tls_finish(&material);
    assert_int_equal(tls_fingerprint("no certificate", after), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_first_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_second_start_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_listen_address_is_a_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_renewal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_halves_heal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_missing_beside_data, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_missing_ca_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_owner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_hosts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_certificate_of_the_operator, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_expired_certificate_of_the_operator, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_operator_pair_must_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_handshake, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_kiosks_ca_vouches_for_the_clinic_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_kiosk_names_its_addresses, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
