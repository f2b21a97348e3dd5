/* The page's life: certificate, server, and the thread that keeps both fresh. */
#include "lan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lan_private.h"
#include "machine.h"
#include "station_report.h"
#include "tls.h"

enum {
    TURN_MS = 1000,
    AGAIN_MS = 15 * 1000, /* the page learns at least so often what only time changes */
    RETRY_MS = 30 * 1000,
    PATH_SIZE = 600,
    AUTHORITY_MAX = 16 * 1024,
    WORKERS = 4
};

int64_t lan_up(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* -- certificate and address ------------------------------------------------------------------- */

struct place {
    char hosts[MACHINE_ADDRESSES_MAX][MACHINE_ADDRESS_SIZE];
    int count;
};

/* "eth0 192.0.2.24" -> "192.0.2.24" */
static void read_place(const struct lan *lan, struct place *ret)
{
    struct machine machine = {0};
    *ret = (struct place){0};
    machine_refresh(lan->options.data_dir, &machine);
    for (int i = 0; i < machine.address_count; i++) {
        const char *space = strrchr(machine.addresses[i], ' ');
        if (space)
            (void)snprintf(ret->hosts[ret->count++], MACHINE_ADDRESS_SIZE, "%s", space + 1);
    }
    if (ret->count == 0)
        (void)snprintf(ret->hosts[ret->count++], MACHINE_ADDRESS_SIZE, "127.0.0.1");
}

static void authority_path(const struct lan *lan, char path[static PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%s/tls/ca.pem", lan->options.data_dir);
}

static bool has_authority(const struct lan *lan)
{
    char path[PATH_SIZE];
    struct stat about;
    authority_path(lan, path);
    return stat(path, &about) == 0;
}

static char *read_authority(const struct lan *lan)
{
    char path[PATH_SIZE];
    authority_path(lan, path);
    FILE *file = fopen(path, "re");
    char *text = file ? calloc(1, AUTHORITY_MAX) : NULL;
    if (text && fread(text, 1, AUTHORITY_MAX - 1, file) == 0) {
        free(text);
        text = NULL;
    }
    if (file)
        (void)fclose(file); /* nothing was written */
    return text;
}

static int prepare(const struct lan *lan, const struct place *place, int64_t now, bool running,
                   struct tls_material *ret)
{
    const char *hosts[MACHINE_ADDRESSES_MAX];
    char error[TLS_ERROR_SIZE];
    for (int i = 0; i < place->count; i++)
        hosts[i] = place->hosts[i];
    const struct tls_options options = {.data_dir = lan->options.data_dir,
                                        .hosts = hosts,
                                        .host_count = (size_t)place->count,
                                        .clinic_network = true,
                                        .running = running,
                                        .now = now};
    int result = tls_prepare(&options, ret, error);
    if (result < 0)
        station_report("no page on the clinic's network: %s", error);
    return result;
}

static void tell(struct lan *lan, const struct place *place, const char *chain)
{
    struct lan_info info = {.url = ""};
    char *authority = read_authority(lan);
    (void)snprintf(info.url, sizeof info.url, "https://%s:%d", place->hosts[0],
                   http_server_port(lan->server));
    if (tls_fingerprint(chain, info.fingerprint) < 0)
        info.fingerprint[0] = '\0';
    pthread_mutex_lock(&lan->lock);
    lan->info = info;
    free(lan->authority);
    lan->authority = authority;
    pthread_mutex_unlock(&lan->lock);
    lan->options.found(lan->options.context, info.url, info.fingerprint);
}

static int start(struct lan *lan, int64_t now)
{
    struct tls_material material = {0};
    struct http_server_options options = {.address = lan->options.address,
                                          .context = lan,
                                          .gate = lan_gate,
                                          .workers = WORKERS,
                                          .log_fd = -1};
    struct place place;
    read_place(lan, &place);
    int result = prepare(lan, &place, now, false, &material);
    if (result < 0)
        return result;
    options.certificate = material.certificate;
    options.key = material.key;
    options.routes = lan_routes(&options.route_count);
    result = http_server_create(&options, &lan->server);
    if (result < 0) {
        station_report("no page on the clinic's network at %s: %s; change [lan] port",
                       options.address, strerror(-result));
    } else {
        lan->channel = http_channel(lan->server, "view");
        tell(lan, &place, material.certificate);
        station_report("the page on the clinic's network is at %s/staff/", lan->info.url);
    }
    tls_finish(&material);
    return result;
}

/* Another address, or a certificate that grows old. */
static void renew(struct lan *lan, int64_t now)
{
    struct tls_material material = {0};
    struct place place;
    read_place(lan, &place);
    if (prepare(lan, &place, now, true, &material) < 0)
        return;
    if (material.renewed &&
        http_server_certify(lan->server, material.certificate, material.key) < 0)
        station_report("the new certificate of the page on the clinic's network is of no use");
    tell(lan, &place, material.certificate);
    tls_finish(&material);
}

/* -- the thread -------------------------------------------------------------------------------- */

static void send_view(struct lan *lan)
{
    if (!lan->server || http_channel_count(lan->channel) == 0)
        return;
    cJSON *json = lan_view(lan);
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    char *block = NULL;
    cJSON_Delete(json);
    int size = text ? asprintf(&block, "event: queue\ndata: %s\n\n", text) : -1;
    if (size > 0)
        http_channel_send(lan->channel, 0, block, (size_t)size);
    if (size >= 0)
        free(block);
    cJSON_free(text);
}

static bool is_over(void *arg, void *context)
{
    const struct lan_stream *stream = arg;
    (void)context;
    return !lan_door_stands(&stream->lan->door, stream->session);
}

/* Whoever was taken from the list, or logged out, reads no further. */
static void end_strangers(struct lan *lan)
{
    if (lan->server && http_channel_count(lan->channel) > 0)
        http_channel_close(lan->channel, is_over, NULL);
}

/* Sleeps until something is to be shown, or a turn is over. False: the end. */
static bool wait_for_news(struct lan *lan, bool *ret_dirty)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += TURN_MS / 1000;
    pthread_mutex_lock(&lan->lock);
    if (!lan->dirty && !lan->stopping)
        (void)pthread_cond_timedwait(&lan->wake, &lan->lock, &until);
    *ret_dirty = lan->dirty;
    lan->dirty = false;
    bool on = !lan->stopping;
    pthread_mutex_unlock(&lan->lock);
    return on;
}

static void *run(void *context)
{
    struct lan *lan = context;
    int64_t check_ms = 0, sent_ms = 0, now;
    bool dirty = false;
    while (wait_for_news(lan, &dirty)) {
        int64_t up = lan_up();
        bool timed = lan->options.now(lan->options.context, &now);
        bool old = !lan->server && !timed && has_authority(lan); /* its certificate will do */
        if (up >= check_ms && (timed || old)) {
            if (lan->server)
                renew(lan, now);
            else if (start(lan, timed ? now : (int64_t)time(NULL) * 1000) < 0)
                up -= LAN_REFRESH_MS - RETRY_MS;
            check_ms = up + LAN_REFRESH_MS;
        }
        end_strangers(lan);
        if (dirty || lan_up() - sent_ms >= AGAIN_MS) {
            send_view(lan);
            sent_ms = lan_up();
        }
    }
    return NULL;
}

/* -- from the station and the main thread ------------------------------------------------------ */

void lan_viewed(struct lan *lan, const struct queue *view, const struct station_status *status,
                const char (*unsent)[UID_SIZE], int unsent_count)
{
    struct queue copy;
    char(*list)[UID_SIZE] = calloc((size_t)unsent_count + 1, sizeof *list);
    queue_init(&copy);
    if (!list || queue_copy(view, &copy) < 0) {
        free(list);
        queue_finish(&copy);
        return;
    }
    if (unsent_count > 0)
        memcpy(list, unsent, (size_t)unsent_count * sizeof *list);
    pthread_mutex_lock(&lan->lock);
    if (status->online)
        lan->lost_up_ms = 0;
    else if (lan->lost_up_ms == 0)
        lan->lost_up_ms = lan_up();
    struct queue old = lan->view;
    lan->view = copy;
    lan->status = *status;
    free(lan->unsent);
    lan->unsent = list;
    lan->unsent_count = unsent_count;
    lan->dirty = true;
    pthread_cond_signal(&lan->wake);
    pthread_mutex_unlock(&lan->lock);
    queue_finish(&old);
}

void lan_printer(struct lan *lan, const char *reasons)
{
    pthread_mutex_lock(&lan->lock);
    (void)snprintf(lan->printer, sizeof lan->printer, "%s", reasons);
    lan->dirty = true;
    pthread_cond_signal(&lan->wake);
    pthread_mutex_unlock(&lan->lock);
}

void lan_staff(struct lan *lan, const char *json)
{
    lan_door_people(&lan->door, json);
}

void lan_info(struct lan *lan, struct lan_info *ret)
{
    pthread_mutex_lock(&lan->lock);
    *ret = lan->info;
    pthread_mutex_unlock(&lan->lock);
    ret->people = lan_door_count(&lan->door);
}

/* -- beginning and end ------------------------------------------------------------------------- */

static void init_cond(pthread_cond_t *cond)
{
    pthread_condattr_t how;
    (void)pthread_condattr_init(&how);
    (void)pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    (void)pthread_cond_init(cond, &how);
    (void)pthread_condattr_destroy(&how);
}

int lan_create(const struct lan_options *options, struct lan **ret)
{
    struct lan *lan = calloc(1, sizeof *lan);
    if (!lan)
        return -ENOMEM;
    lan->options = *options;
    (void)snprintf(lan->address, sizeof lan->address, "%s", options->address);
    lan->options.address = lan->address;
    queue_init(&lan->view);
    (void)pthread_mutex_init(&lan->lock, NULL);
    init_cond(&lan->wake);
    init_cond(&lan->answered);
    lan_door_init(&lan->door);
    *ret = lan;
    return 0;
}

int lan_start(struct lan *lan)
{
    int result = -pthread_create(&lan->thread, NULL, run, lan);
    lan->started = result == 0;
    return result;
}

void lan_stop(struct lan *lan)
{
    if (!lan)
        return;
    pthread_mutex_lock(&lan->lock);
    lan->stopping = true;
    pthread_cond_broadcast(&lan->wake);
    pthread_cond_broadcast(&lan->answered);
    pthread_mutex_unlock(&lan->lock);
    if (lan->started)
        (void)pthread_join(lan->thread, NULL);
    lan->started = false;
    http_server_destroy(lan->server); /* its handlers end first */
    lan->server = NULL;
}

void lan_destroy(struct lan *lan)
{
    if (!lan)
        return;
    lan_stop(lan);
    lan_door_finish(&lan->door);
    queue_finish(&lan->view);
    free(lan->unsent);
    free(lan->authority);
    (void)pthread_cond_destroy(&lan->wake);
    (void)pthread_cond_destroy(&lan->answered);
    (void)pthread_mutex_destroy(&lan->lock);
    free(lan);
}
