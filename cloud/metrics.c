#include "metrics.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "presence.h"
#include "routes.h"
#include "version.h"
#include "web.h"

struct page {
    char *text;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void put(struct page *page, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int size = vsnprintf(page->text + page->used, METRICS_TEXT_MAX - page->used, format, arguments);
    va_end(arguments);
    if (size > 0 && (size_t)size < METRICS_TEXT_MAX - page->used)
        page->used += (size_t)size; /* what does not fit is left out whole */
    else
        page->text[page->used] = '\0';
}

static void gauge(struct page *page, const char *name, const char *help, double value)
{
    put(page, "# HELP machiai_%s %s\n# TYPE machiai_%s gauge\nmachiai_%s %.17g\n", name, help, name,
        name, value);
}

/* -- the parts --------------------------------------------------------------------------------- */

static void add(struct http_stats *sum, const struct http_stats *more)
{
    for (int i = 0; i < HTTP_STATS_CLASSES; i++)
        sum->answers[i] += more->answers[i];
    for (int i = 0; i < HTTP_STATS_MS_COUNT; i++)
        sum->took[i] += more->took[i];
    sum->took_ms += more->took_ms;
    sum->connections += more->connections;
    sum->requests += more->requests;
    sum->streams += more->streams;
}

static void put_http(struct page *page, struct cloud *cloud)
{
    static const char *const limits[] = {
#define X(ms) #ms,
        HTTP_STATS_MS_LIMITS(X)
#undef X
    };
    struct http_stats sum = {0}, one;
    uint64_t below = 0;

    for (int i = 0; i < cloud->door_count; i++) {
        http_server_stats(cloud->doors[i].server, &one);
        add(&sum, &one);
    }
    put(page, "# HELP machiai_http_answers_total Answers by class of status; cut: none was sent.\n"
              "# TYPE machiai_http_answers_total counter\n");
    put(page, "machiai_http_answers_total{class=\"cut\"} %llu\n",
        (unsigned long long)sum.answers[0]);
    for (int i = 1; i < HTTP_STATS_CLASSES; i++)
        put(page, "machiai_http_answers_total{class=\"%dxx\"} %llu\n", i,
            (unsigned long long)sum.answers[i]);
    put(page, "# HELP machiai_http_answer_ms Time from request line to answer.\n"
              "# TYPE machiai_http_answer_ms histogram\n");
    for (int i = 0; i < HTTP_STATS_MS_COUNT; i++) {
        below += sum.took[i];
        put(page, "machiai_http_answer_ms_bucket{le=\"%s\"} %llu\n",
            i == HTTP_STATS_MS_MORE ? "+Inf" : limits[i], (unsigned long long)below);
    }
    put(page, "machiai_http_answer_ms_sum %llu\nmachiai_http_answer_ms_count %llu\n",
        (unsigned long long)sum.took_ms, (unsigned long long)below);
    gauge(page, "http_connections", "Open connections.", sum.connections);
    gauge(page, "http_requests", "Requests under way.", sum.requests);
    gauge(page, "http_streams", "Open push streams.", sum.streams);
}

static void put_clinics(struct page *page, struct cloud *cloud)
{
    int64_t entries = 0, tickets = 0;
    int count = sites_count(cloud->sites);

    for (int i = 0; i < count; i++) {
        struct site *site = sites_at(cloud->sites, i);
        const struct queue *queue = site_read(site);
        entries += site_seq(site);
        tickets += queue->count;
        site_read_end(site);
    }
    gauge(page, "sites", "Clinics.", count);
    gauge(page, "devices_online", "Kiosks that are connected.", presence_online(cloud->presence));
    gauge(page, "tickets", "Tickets in memory, of all clinics.", (double)tickets);
    put(page,
        "# HELP machiai_log_entries_total Entries of all clinics' logs.\n"
        "# TYPE machiai_log_entries_total counter\nmachiai_log_entries_total %lld\n",
        (long long)entries);
}

static void put_boards(struct page *page, struct cloud *cloud)
{
    int counts[HEALTH_TROUBLE_COUNT];

    presence_count_troubles(cloud->presence, counts);
    put(page, "# HELP machiai_devices_trouble Kiosks whose board is not well, by what.\n"
              "# TYPE machiai_devices_trouble gauge\n");
    for (int i = 0; i < HEALTH_TROUBLE_COUNT; i++)
        put(page, "machiai_devices_trouble{kind=\"%s\"} %d\n",
            health_trouble_name((enum health_trouble)i), counts[i]);
}

static int64_t free_bytes(struct cloud *cloud)
{
    struct statvfs about;

    return statvfs(cloud->data_dir, &about) == 0 ? (int64_t)about.f_bavail * (int64_t)about.f_frsize
                                                 : -1;
}

static void put_process(struct page *page, struct cloud *cloud)
{
    struct rusage usage;
    struct stat about;
    char path[CLOUD_PATH_SIZE + 16];

    (void)snprintf(path, sizeof path, "%s/machiai.db", cloud->data_dir);
    if (stat(path, &about) == 0)
        gauge(page, "database_bytes", "Size of the database.", (double)about.st_size);
    gauge(page, "disk_free_bytes", "Free on the disk of the data.", (double)free_bytes(cloud));
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        double seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
        put(page,
            "# HELP machiai_cpu_seconds_total Processor time.\n"
            "# TYPE machiai_cpu_seconds_total counter\nmachiai_cpu_seconds_total %.6f\n",
            seconds);
        gauge(page, "memory_peak_bytes", "Largest resident size so far.",
              (double)usage.ru_maxrss * 1024);
    }
    gauge(page, "ready", "1: it can do its work.", metrics_not_ready(cloud) ? 0 : 1);
    put(page,
        "# HELP machiai_info The program.\n# TYPE machiai_info gauge\n"
        "machiai_info{version=\"%s\"} 1\n",
        MACHIAI_VERSION);
}

/* -- handlers ---------------------------------------------------------------------------------- */

static void metrics_get(struct http_request *req, void *context)
{
    struct page page = {.text = http_alloc(req, METRICS_TEXT_MAX)};
    struct cloud *cloud = web_cloud(context);

    put_http(&page, cloud);
    put_clinics(&page, cloud);
    put_boards(&page, cloud);
    put_process(&page, cloud);
    http_reply(req, 200, "text/plain; version=0.0.4; charset=utf-8", page.text, page.used, NULL);
}

const char *metrics_not_ready(struct cloud *cloud)
{
    int64_t one = 0, room = free_bytes(cloud);

    if (db_get_int(cloud->db, &one, "SELECT 1", "") != 1)
        return "The database does not answer.";
    if (room >= 0 && room < METRICS_DISK_MIN)
        return "The disk of the data is full.";
    return NULL;
}

void ready_get(struct http_request *req, void *context)
{
    const char *why = metrics_not_ready(web_cloud(context));
    cJSON *json;

    if (why) {
        http_add_header(req, "Retry-After", "5");
        http_reply_error(req, 503, "not_ready", why, NULL);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "status", "ready");
    web_reply(req, 200, json);
}

const struct http_route *metrics_routes(size_t *ret_count)
{
    static const unsigned anyone = IDENTITY_ANYONE;
    static const struct http_route routes[] = {
        {.method = HTTP_GET, .path = "/metrics", .handler = metrics_get, .data = &anyone},
        {.method = HTTP_GET, .path = "/healthz", .handler = health_get, .data = &anyone},
        {.method = HTTP_GET, .path = "/readyz", .handler = ready_get, .data = &anyone},
    };

    *ret_count = sizeof routes / sizeof routes[0];
    return routes;
}
