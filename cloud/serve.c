#include "serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cloud.h"
#include "confined.h"
#include "film_worker.h"
#include "guard.h"
#include "keeper.h"
#include "kept_views.h"
#include "limits.h"
#include "logging.h"
#include "mail.h"
#include "metrics.h"
#include "near_mail.h"
#include "reminders.h"
#include "routes.h"
#include "tls_watch.h"

enum {
    HOST_SIZE = 256,
    WORKERS = 32 /* they wait for the disk together: the more, the more share a commit */
};

struct serving {
    const struct serve_options *options;
    struct cloud *cloud;
    struct tls_material tls;
    int lock_fd;
};

/* Each open stream is a file: more than the usual 1024 are wanted. */
static int raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return -errno;
    if (limit.rlim_cur < SERVE_FILES_WANTED) {
        limit.rlim_cur = limit.rlim_max < SERVE_FILES_WANTED ? limit.rlim_max : SERVE_FILES_WANTED;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
            return -errno;
    }
    if (limit.rlim_cur < SERVE_FILES_MIN) {
        log_error("only %lu files may be open at once; raise the limit to %d or more "
                  "(LimitNOFILE= in the service, or ulimit -n)",
                  (unsigned long)limit.rlim_cur, SERVE_FILES_MIN);
        return -EMFILE;
    }
    if (limit.rlim_cur < SERVE_FILES_WANTED)
        log_warning("about %lu screens and kiosks can be connected at once; raise the limit of "
                    "open files for more",
                    (unsigned long)limit.rlim_cur - SERVE_FILES_MIN / 2);
    return 0;
}

static void count_device(const struct identity_device *device, void *context)
{
    (void)device;
    (*(int *)context)++;
}

/* Kiosks that have enrolled trust the CA that was there: then it must not be made anew. */
static bool has_devices(struct cloud *cloud)
{
    int count = 0;

    for (int i = 0; i < sites_count(cloud->sites); i++)
        if (identity_devices(cloud->identity, site_id(sites_at(cloud->sites, i)), count_device,
                             &count) < 0)
            return true;
    return count > 0;
}

static int prepare_tls(struct serving *serving, bool running)
{
    const struct tls_options options = {
        .data_dir = serving->cloud->data_dir,
        .hosts = serving->options->hosts,
        .host_count = (size_t)serving->options->host_count,
        .listen = serving->options->listen,
        .data_exists = has_devices(serving->cloud),
        .running = running,
        .now = cloud_now(NULL),
    };
    char error[TLS_ERROR_SIZE];
    int result;

    result = tls_prepare(&options, &serving->tls, error);
    if (result < 0)
        log_error("%s", error);
    return result;
}

enum door_kind { DOOR_TLS, DOOR_PLAIN, DOOR_METRICS };

static bool on_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]", 5) == 0;
}

static void complain(const char *words)
{
    log_error("%s", words);
}

static int open_door(struct serving *serving, enum door_kind kind, const char *address)
{
    static const char *const here[] = {"127.0.0.1", "::1"};
    bool plain = kind == DOOR_PLAIN, named = serving->options->proxy_count > 0;
    const char *const *proxies = named ? serving->options->proxies : here;
    int proxy_count = named ? serving->options->proxy_count : 2;
    struct cloud *cloud = serving->cloud;
    struct door *door = &cloud->doors[cloud->door_count];
    struct http_server_options options = {
        .address = address,
        .certificate = kind == DOOR_TLS ? serving->tls.certificate : NULL,
        .key = kind == DOOR_TLS ? serving->tls.key : NULL,
        .proxies = plain ? proxies : NULL,
        .proxy_count = plain ? (size_t)proxy_count : 0,
        .context = door,
        .gate = routes_gate,
        .complain = complain,
        .quick = routes_quick,
        .body_max = routes_body_max,
        .workers = kind == DOOR_METRICS ? 1 : WORKERS,
    };
    int result;

    if (plain && !named && !on_loopback(address)) {
        log_error("--listen-plain %s can be reached by others: name the proxy in front with "
                  "--proxy ADDR, or listen on 127.0.0.1",
                  address);
        return -EINVAL;
    }
    door->cloud = cloud;
    options.routes = kind == DOOR_METRICS ? metrics_routes(&options.route_count)
                                          : routes_table(&options.route_count);
    result = http_server_create(&options, &door->server);
    if (result < 0) {
        log_error("cannot listen on %s: %s; choose another address or port", address,
                  strerror(-result));
        return result;
    }
    cloud->door_count++;
    if (kind == DOOR_METRICS)
        log_info("metrics at http://%.*s:%d/metrics", (int)(strrchr(address, ':') - address),
                 address, http_server_port(door->server));
    return 0;
}

/* "0.0.0.0:8443" -> "localhost", "[::1]:0" -> "[::1]"; a --host goes first. */
static void public_host(const struct serve_options *options, char host[static HOST_SIZE])
{
    const char *name = options->host_count > 0 ? options->hosts[0] : options->listen;
    const char *colon = options->host_count > 0 ? NULL : strrchr(name, ':');

    (void)snprintf(host, HOST_SIZE, "%.*s", colon ? (int)(colon - name) : (int)strlen(name), name);
    if (!*host || strcmp(host, "0.0.0.0") == 0 || strcmp(host, "[::]") == 0)
        (void)snprintf(host, HOST_SIZE, "localhost");
}

static int open_all(struct serving *serving)
{
    struct cloud *cloud = serving->cloud;
    char host[HOST_SIZE];
    int result;

    result = open_door(serving, DOOR_TLS, serving->options->listen);
    if (result == 0 && serving->options->listen_plain)
        result = open_door(serving, DOOR_PLAIN, serving->options->listen_plain);
    if (result == 0 && serving->options->listen_metrics)
        result = open_door(serving, DOOR_METRICS, serving->options->listen_metrics);
    if (result < 0)
        return result;
    public_host(serving->options, host);
    (void)snprintf(cloud->url, sizeof(cloud->url), "https://%.200s:%d", host,
                   http_server_port(cloud->doors[0].server));
    result = keeper_create(cloud, &cloud->keeper);
    if (result < 0) {
        log_error("the keeper could not start: %s", strerror(-result));
        return result;
    }
    result = reminders_create(cloud, &cloud->reminders);
    if (result < 0) {
        log_error("the reminders could not start: %s", strerror(-result));
        return result;
    }
    result = near_mail_create(cloud, &cloud->near_mail);
    if (result < 0) {
        log_error("the mails to patients could not start: %s", strerror(-result));
        return result;
    }
    result = film_worker_create(cloud, &cloud->film_worker);
    if (result < 0) {
        log_error("the film worker could not start: %s", strerror(-result));
        return result;
    }
    int rate = serving->options->rate;

    result = rate < 0 ? 0 : limits_create(rate ? rate : LIMITS_RATE, &cloud->limits);
    if (result == 0 && rate >= 0)
        result = limits_create_paced(LIMITS_MISS_MS, LIMITS_MISSES, &cloud->misses);
    if (result == 0 && rate >= 0)
        result = guard_create(&cloud->guard);
    if (result == 0)
        result = kept_views_create(&cloud->kept_views);
    if (result < 0)
        return result;
    cloud->serving = true;
    return 0;
}

static void close_all(struct serving *serving)
{
    struct cloud *cloud = serving->cloud;

    mail_end_all(true);
    confined_end_all(true); /* nobody waits for a picture, or for a film that is looked at */
    if (cloud) {
        keeper_stop(cloud->keeper);
        reminders_destroy(cloud->reminders);
        film_worker_destroy(cloud->film_worker);
        cloud->film_worker = NULL;
        for (int i = 0; i < cloud->door_count; i++)
            http_server_destroy(cloud->doors[i].server);
        cloud->door_count = 0;
        keeper_destroy(cloud->keeper);
        near_mail_destroy(cloud->near_mail); /* requests ask it */
        limits_destroy(cloud->limits);
        limits_destroy(cloud->misses);
        guard_destroy(cloud->guard);
        kept_views_destroy(cloud->kept_views);
    }
    tls_finish(&serving->tls);
    cloud_close(cloud);
    if (serving->lock_fd >= 0)
        (void)close(serving->lock_fd); /* ends the lock; nothing was written that matters */
}

static int start(struct serving *serving)
{
    char error[DB_ERROR_SIZE];
    int result;

    mail_end_all(false);
    confined_end_all(false);
    result = raise_file_limit();
    if (result < 0)
        return result;
    /* The lock comes first: what is opened must not be replaced by a restore afterwards. */
    result = cloud_lock(serving->options->data_dir, &serving->lock_fd, error, sizeof(error));
    if (result == 0)
        result = cloud_open(serving->options->data_dir,
                            serving->options->new_database ? CLOUD_MAKE_ANEW : CLOUD_MAKE,
                            &serving->cloud, error, sizeof(error));
    if (result == 0)
        result = db_share(serving->cloud->db, error, sizeof(error));
    if (result < 0) {
        log_error("%s", error);
        return result;
    }
    result = prepare_tls(serving, false);
    return result == 0 ? open_all(serving) : result;
}

/* -- while it serves --------------------------------------------------------------------------- */

/* The new certificate, or the present one and a line in the log. */
static void certify(struct serving *serving)
{
    struct cloud *cloud = serving->cloud;
    struct tls_material present = serving->tls;

    serving->tls = (struct tls_material){0};
    if (prepare_tls(serving, true) < 0) {
        log_error("the certificate in use stays");
        serving->tls = present;
        return;
    }
    bool same = strcmp(present.certificate, serving->tls.certificate) == 0;
    tls_finish(&present);
    if (same)
        return;
    int result =
        http_server_certify(cloud->doors[0].server, serving->tls.certificate, serving->tls.key);
    if (result < 0)
        log_error("the new certificate cannot be used (%s); the one in use stays",
                  strerror(-result));
    else
        log_info("a new certificate is in use");
}

/* Until the signal to stop; meanwhile SIGHUP, changed files and time may bring a new certificate.
 */
static void attend(struct serving *serving, const sigset_t *signals)
{
    const struct timespec pause = {.tv_sec = TLS_WATCH_SECONDS};
    struct tls_watch watch = {0};

    (void)tls_watch_due(&watch, serving->options->data_dir, cloud_now(NULL));
    for (;;) {
        int received = sigtimedwait(signals, NULL, &pause);

        if (received == SIGTERM || received == SIGINT)
            return;
        if (tls_watch_due(&watch, serving->options->data_dir, cloud_now(NULL)) ||
            received == SIGHUP)
            certify(serving);
    }
}

int serve_run(const struct serve_options *options)
{
    struct serving serving = {.options = options, .lock_fd = -1};
    sigset_t stops;
    int result;

    log_use_json(!options->log_text);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&stops);
    (void)sigaddset(&stops, SIGTERM);
    (void)sigaddset(&stops, SIGINT);
    (void)sigaddset(&stops, SIGHUP);
    /* Before any thread starts, so that all inherit it and only sigwait sees them. */
    (void)pthread_sigmask(SIG_BLOCK, &stops, NULL);
    result = start(&serving);
    if (result == 0) {
        (void)printf("ready %s\n", serving.cloud->url);
        if (fflush(stdout) != 0)
            log_warning("standard output is closed; the server runs at %s", serving.cloud->url);
        attend(&serving, &stops);
        log_info("stopping");
    }
    close_all(&serving);
    return result < 0 ? 1 : 0;
}
