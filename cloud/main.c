/* machiai-cloud: the server of the clinic's queue. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "admin.h"
#include "check.h"
#include "serve.h"
#include "version.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static void help(FILE *out)
{
    (void)fputs(
        "machiai-cloud: queue, tickets and programme of clinics.\n\n"
        "machiai-cloud serve --data DIR --listen ADDR:PORT [--host NAME]... [--new-database]\n"
        "                    [--listen-plain ADDR:PORT [--proxy ADDR]...] [--listen-metrics "
        "ADDR:PORT]\n"
        "                    [--rate REQUESTS] [--log json|text]\n"
        "  Serves HTTPS (and plain HTTP for a proxy). The first start makes DIR with the database\n"
        "  and a certificate authority (DIR/tls/ca.pem). Prints \"ready https://HOST:PORT\".\n"
        "  DIR/tls without a database is an error (restore a backup) unless --new-database is\n"
        "  given. --listen-plain is for a proxy in front, whose X-Forwarded-For is believed: "
        "--proxy\n"
        "  names it, unless it is on this computer. A new certificate in DIR/tls is taken over\n"
        "  within seconds, or at SIGHUP. --listen-metrics is for those who watch the server: "
        "plain\n"
        "  HTTP with /metrics (Prometheus), /healthz and /readyz. --rate is how many requests a\n"
        "  second one address, kiosk or clinic may go on asking (50; 0 = any number). Its log on\n"
        "  standard error is one JSON object a line, without personal data; --log text is for "
        "eyes.\n\n"
        "machiai-cloud check --data DIR\n"
        "  Reads all that is stored and says whether it is whole.\n\n",
        out);
    admin_help(out);
}

static int usage(const char *message)
{
    (void)fprintf(stderr, "machiai-cloud: %s; see machiai-cloud --help\n", message);
    return EXIT_USAGE;
}

/* NULL: as it is. */
static bool read_rate(const char *text, int *ret)
{
    size_t size = text ? strlen(text) : 0;

    if (!text)
        return true;
    if (size == 0 || size > 6 || strspn(text, "0123456789") != size || atoi(text) > 100000)
        return false;
    *ret = atoi(text) ? atoi(text) : -1;
    return true;
}

static int serve(int argc, char *const argv[])
{
    struct serve_options options = {0};
    struct args args;
    char error[ARGS_ERROR_SIZE];
    const char *host, *proxy;

    if (args_read(argc, argv,
                  "data! listen! listen-plain listen-metrics rate log proxy* host* new-database?",
                  &args, error, sizeof(error)) < 0)
        return usage(error);
    options.data_dir = args_get(&args, "data");
    options.listen = args_get(&args, "listen");
    options.listen_plain = args_get(&args, "listen-plain");
    options.listen_metrics = args_get(&args, "listen-metrics");
    options.new_database = args_has(&args, "new-database");
    if (!read_rate(args_get(&args, "rate"), &options.rate))
        return usage("--rate must be a number of requests a second, 0 to 100000");
    const char *log = args_get(&args, "log");
    if (log && strcmp(log, "json") != 0 && strcmp(log, "text") != 0)
        return usage("--log must be json or text");
    options.log_text = log && strcmp(log, "text") == 0;
    while ((host = args_at(&args, "host", options.host_count))) {
        if (options.host_count == TLS_HOSTS_MAX)
            return usage("--host is given too often");
        options.hosts[options.host_count++] = host;
    }
    while ((proxy = args_at(&args, "proxy", options.proxy_count))) {
        if (options.proxy_count == HTTP_PROXIES_MAX)
            return usage("--proxy is given too often");
        options.proxies[options.proxy_count++] = proxy;
    }
    if (options.proxy_count > 0 && !options.listen_plain)
        return usage("--proxy is of use with --listen-plain only");
    return serve_run(&options);
}

static int check(int argc, char *const argv[])
{
    struct cloud *cloud = NULL;
    struct args args;
    char error[DB_ERROR_SIZE];
    int64_t entries = 0;
    int faults;

    if (args_read(argc, argv, "data!", &args, error, sizeof(error)) < 0)
        return usage(error);
    if (cloud_open(args_get(&args, "data"), CLOUD_EXISTING, &cloud, error, sizeof(error)) < 0) {
        (void)fprintf(stderr, "machiai-cloud: %s\n", error);
        return EXIT_FAILED;
    }
    faults = check_all(cloud, &entries);
    if (faults == 0)
        (void)printf("ok: %d sites, %lld log entries\n", sites_count(cloud->sites),
                     (long long)entries);
    else
        (void)fprintf(stderr, "machiai-cloud: check: %s\n",
                      faults < 0 ? strerror(-faults) : "the data is not whole; see above");
    cloud_close(cloud);
    return faults == 0 ? EXIT_OK : EXIT_FAILED;
}

int main(int argc, char *argv[])
{
    (void)umask(0077); /* whatever is made is for this user alone */
    if (argc < 2)
        return usage("what shall it do? serve, admin or check");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help(stdout);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)puts("machiai-cloud " MACHIAI_VERSION);
        return EXIT_OK;
    }
    if (strcmp(argv[1], "serve") == 0)
        return serve(argc - 2, argv + 2);
    if (strcmp(argv[1], "admin") == 0)
        return admin_run(argc - 2, argv + 2);
    if (strcmp(argv[1], "check") == 0)
        return check(argc - 2, argv + 2);
    return usage("there is no such command");
}
