#include "hosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal_private.h"
#include "keeper.h"
#include "leavers.h"
#include "net.h"
#include "oracle.h"
#include "recovery.h"
#include "versions.h"
#include "visitors.h"

enum {
    RETRY_MS = 1000,
    BACK_MS = 3000, /* the service manager starts what has died */
    PREPARE_MS = 60 * 1000
};

struct cloud *hosts_cloud;
struct site *hosts_site;
struct station *hosts_stations[SIM_KIOSKS];

struct config hosts_configs[SIM_KIOSKS];
static char codes[SIM_KIOSKS][IDENTITY_CODE_SIZE]; /* of this clinic */
static char clinic_id[UID_SIZE];
static int64_t snapshot_behind;
static int64_t back_ms[SIM_HOSTS]; /* -1 = stays down */
static uint64_t lives[SIM_HOSTS];  /* which process it is */
static bool recovering;

static enum { RESTORED_NOT, RESTORED_FILES, RESTORED_BEGUN } restored;

static const char clinic[] =
    "{\"clinic_no\":\"1024\",\"name\":\"さくら内科\",\"phone\":\"03-0000-0000\","
    "\"desks\":[{\"desk_no\":1,\"name\":\"診察\",\"first\":1,\"last\":149,"
    "\"web_first\":150,\"web_last\":199},"
    "{\"desk_no\":2,\"name\":\"小児科\",\"first\":201,\"last\":399},"
    "{\"desk_no\":3,\"name\":\"会計\",\"kind\":\"payment\"}],"
    "\"rooms\":[{\"id\":\"r1\",\"desk_no\":1,\"name\":\"第1診察室\"},"
    "{\"id\":\"r2\",\"desk_no\":2,\"name\":\"第2診察室\"}],"
    "\"services\":[{\"id\":\"s1\",\"desk_no\":1,\"name\":\"内科\"},"
    "{\"id\":\"s2\",\"desk_no\":2,\"name\":\"小児科\"}],\"unused\":[4,9]}";

/* -- starting and ending
 * --------------------------------------------------------------------------- */

static void folder(int host, char path[static SIM_PATH_SIZE])
{
    if (host == SIM_CLOUD)
        (void)snprintf(path, SIM_PATH_SIZE, "%.200s/cloud", sim_base);
    else
        (void)snprintf(path, SIM_PATH_SIZE, "%.200s/k%d", sim_base, host);
}

static int start_kiosk(int kiosk)
{
    struct station_options options = {
        .config = &hosts_configs[kiosk], .wake = visitors_hear, .context = (void *)(intptr_t)kiosk};
    struct config *config = &hosts_configs[kiosk];
    folder(kiosk, config->data);
    (void)snprintf(config->url, sizeof config->url, "https://sim");
    (void)snprintf(config->printer_uri, sizeof config->printer_uri, "sim:");
    config->role = ROLE_TERMINAL;
    visitors_leave(kiosk);
    return station_create(&options, &hosts_stations[kiosk]);
}

/* As `admin restore` does it. */
static int begin_recovery(const char *path)
{
    char error[DB_ERROR_SIZE];
    struct cloud *cloud;
    int r = cloud_open(path, true, &cloud, error, sizeof error);
    if (r < 0)
        return r;
    r = recovery_begin(cloud);
    cloud_close(cloud);
    return r;
}

static int start_cloud(void)
{
    char path[SIM_PATH_SIZE], error[DB_ERROR_SIZE];
    struct cloud *cloud;
    folder(SIM_CLOUD, path);
    if (restored == RESTORED_FILES) {
        int r = begin_recovery(path);
        if (r < 0)
            return r;
        restored = RESTORED_BEGUN;
    }
    int r = cloud_open(path, true, &cloud, error, sizeof error);
    if (r < 0)
        return r;
    cloud->doors[0] = (struct door){cloud, net_server_create()};
    cloud->door_count = 1;
    (void)snprintf(cloud->url, sizeof cloud->url, "https://sim");
    r = keeper_create(cloud, &cloud->keeper);
    if (r < 0) {
        net_server_destroy(cloud->doors[0].server);
        cloud->door_count = 0;
        cloud_close(cloud);
        return r;
    }
    cloud->serving = true;
    hosts_cloud = cloud;
    cloud->snapshot_behind = snapshot_behind;
    hosts_site = sites_find(cloud->sites, clinic_id);
    net_door = &cloud->doors[0];
    return 0;
}

static void stop_kiosk(int kiosk)
{
    struct station *station = hosts_stations[kiosk];
    hosts_stations[kiosk] = NULL;
    station_destroy(station);
}

/* As serve.c does it. */
static void stop_cloud(void)
{
    struct cloud *cloud = hosts_cloud;
    net_door = NULL;
    hosts_cloud = NULL;
    hosts_site = NULL;
    keeper_stop(cloud->keeper);
    net_server_destroy(cloud->doors[0].server);
    cloud->door_count = 0;
    keeper_destroy(cloud->keeper);
    cloud_close(cloud);
}

uint64_t hosts_life(int host)
{
    return lives[host];
}

bool hosts_up(int host)
{
    return (host == SIM_CLOUD ? hosts_cloud != NULL : hosts_stations[host] != NULL) &&
           !disk_dead(host);
}

struct life {
    int host;
    uint64_t life;
};

static void check_stored(void *context)
{
    struct life *life = context;
    if (!sim_over && hosts_up(life->host) && lives[life->host] == life->life)
        oracle_check_stored(life->host);
    free(life);
}

static void start_again(void *context)
{
    struct life *life = context;
    if (!sim_over && lives[life->host] == life->life && back_ms[life->host] >= 0)
        hosts_start(life->host);
    free(life);
}

static void later(int host, int64_t ms, void (*run)(void *context))
{
    struct life *life = malloc(sizeof *life);
    if (!life)
        abort();
    *life = (struct life){host, lives[host]};
    sim_at(sim_now + ms, run, life);
}

void hosts_start(int host)
{
    if (host == SIM_CLOUD ? hosts_cloud != NULL : hosts_stations[host] != NULL)
        return;
    lives[host]++;
    if (back_ms[host] < 0)
        back_ms[host] = BACK_MS;
    disk_revive(host);
    sim_host = host;
    int r = host == SIM_CLOUD ? start_cloud() : start_kiosk(host);
    sim_host = SIM_NOBODY;
    sim_trace("host %d starts: %d", host, r);
    if (r < 0) {
        if (r != -EBUSY && r != -ENOSPC && r != -EIO && r != -EACCES && r != -ENOMEM)
            sim_violation("start: host %d does not start: %s", host, strerror(-r));
        later(host, RETRY_MS, start_again);
    } else if (host == SIM_CLOUD && restored != RESTORED_NOT) {
        restored = RESTORED_NOT;
        oracle_restored();
        versions_restored();
    } else if (host == SIM_CLOUD) {
        oracle_check_history();
    } else {
        later(host, 1, check_stored);
    }
}

void hosts_start_in(int host, int64_t ms)
{
    back_ms[host] = BACK_MS;
    later(host, ms, start_again);
}

void hosts_configure(int kiosk, const char *code)
{
    (void)snprintf(hosts_configs[kiosk].code, sizeof hosts_configs[kiosk].code, "%s", code);
}

void hosts_name_snapshot(int64_t behind)
{
    snapshot_behind = behind;
}

void hosts_restored(void)
{
    restored = RESTORED_FILES;
}

static void take_down(int host)
{
    sim_host = host;
    if (host == SIM_CLOUD)
        stop_cloud();
    else
        stop_kiosk(host);
    sim_host = SIM_NOBODY;
}

void hosts_stop(int host)
{
    back_ms[host] = -1; /* also when it is down already and would come back */
    lives[host]++;
    if (host == SIM_CLOUD ? !hosts_cloud : !hosts_stations[host])
        return;
    sim_trace("host %d is stopped", host);
    take_down(host);
}

void hosts_crash(int host, enum disk_loss loss, int64_t back)
{
    if (!hosts_up(host))
        return;
    sim_trace("host %d crashes%s", host, loss == DISK_KEEPS ? "" : " without power");
    back_ms[host] = back;
    disk_crash(host, loss);
    hosts_reap();
}

void hosts_reap(void)
{
    for (int host = 0; host < SIM_HOSTS; host++) {
        bool exists = host == SIM_CLOUD ? hosts_cloud != NULL : hosts_stations[host] != NULL;
        if (!exists || !disk_dead(host))
            continue;
        lives[host]++;
        take_down(host);
        machine_boot(host);
        if (recovering)
            back_ms[host] = RETRY_MS;
        if (back_ms[host] >= 0)
            later(host, back_ms[host], start_again);
    }
    oracle_follow();
}

void hosts_recover(void)
{
    recovering = true;
    for (int host = 0; host < SIM_HOSTS; host++) {
        disk_trouble(host, DISK_FINE);
        disk_crash_in(host, 0, DISK_KEEPS);
        back_ms[host] = RETRY_MS;
        hosts_start(host);
    }
}

/* -- the common beginning -------------------------------------------------------------------------
 */

static void make_clinic(void)
{
    char error[DB_ERROR_SIZE], code[IDENTITY_CODE_SIZE];
    cJSON *settings = cJSON_Parse(clinic);
    sim_host = SIM_CLOUD;
    if (sites_add(hosts_cloud->sites, settings, "sim", &hosts_site, error, sizeof error) < 0)
        abort();
    memcpy(clinic_id, site_id(hosts_site), sizeof clinic_id);
    for (int i = 0; i < SIM_KIOSKS; i++) {
        if (identity_code_make(hosts_cloud->identity, site_id(hosts_site), 3600000, code) < 0)
            abort();
        (void)snprintf(codes[i], sizeof codes[i], "%s", code);
        hosts_configure(i, code);
    }
    sim_host = SIM_NOBODY;
    cJSON_Delete(settings);
}

static void make_folders(void)
{
    char path[SIM_PATH_SIZE];
    for (int host = 0; host < SIM_HOSTS; host++) {
        folder(host, path);
        if (mkdir(path, 0700) < 0 && errno != EEXIST)
            abort();
        size_t length = strlen(path);
        (void)snprintf(path + length, sizeof path - length, "/%s",
                       host == SIM_CLOUD ? "machiai.db" : "journal.db");
        disk_make_database(path);
    }
}

void hosts_prepare(void)
{
    char why[128];
    disk_clear();
    make_folders();
    net_heal();
    recovering = false;
    for (int host = 0; host < SIM_HOSTS; host++) {
        machines[host] = (struct machine){.synced = true};
        machine_boot(host);
    }
    hosts_start(SIM_CLOUD);
    make_clinic();
    for (int i = 0; i < SIM_KIOSKS; i++)
        hosts_start(i);
    sim_run_until(sim_now + PREPARE_MS);
    if (!hosts_converged(why, sizeof why)) {
        (void)fprintf(stderr, "the clinic could not be made: %s %s\n", why,
                      sim_failure() ? sim_failure() : "");
        exit(2);
    }
    leavers_keep();
    for (int host = 0; host < SIM_HOSTS; host++)
        hosts_stop(host);
    sim_drain();
    disk_keep();
}

/* -- in step
 * --------------------------------------------------------------------------------------- */

static bool kiosk_converged(int i, const struct queue *queue, char *why, size_t size)
{
    const struct station *station = hosts_stations[i];
    if (!station || !station->enrolled)
        (void)snprintf(why, size, "kiosk %d is not there", i);
    else if (station->log.seq != hosts_site->seq ||
             strcmp(station->log.hash, hosts_site->hash) != 0)
        (void)snprintf(why, size, "kiosk %d is at entry %lld, the cloud at %lld", i,
                       (long long)station->log.seq, (long long)hosts_site->seq);
    else if (station->log.outbox.count > 0)
        (void)snprintf(why, size, "kiosk %d has %d events in its outbox", i,
                       station->log.outbox.count);
    else if (queue_digest(&station->log.confirmed) != queue_digest(queue) ||
             queue_digest(&station->log.view) != queue_digest(queue))
        (void)snprintf(why, size, "kiosk %d has the log of the cloud, but another state", i);
    else
        return true;
    return false;
}

bool hosts_requests_settled(char *why, size_t size)
{
    struct journal_intent intents[4];
    for (int i = 0; i < SIM_KIOSKS; i++) {
        if (leavers_knows(i)) /* it gives none; when that request was made, it may not know */
            continue;
        if (hosts_up(i) && journal_intents(hosts_stations[i]->journal, intents, 4) == 0)
            continue;
        (void)snprintf(why, size, "kiosk %d has a request without a number", i);
        return false;
    }
    return true;
}

bool hosts_converged(char *why, size_t size)
{
    if (!hosts_up(SIM_CLOUD)) {
        (void)snprintf(why, size, "the cloud is not there");
        return false;
    }
    for (int i = 0; i < hosts_site->queue.count; i++) {
        if (hosts_site->queue.tickets[i].state != TICKET_OFFERED)
            continue;
        (void)snprintf(why, size, "a number is still offered");
        return false;
    }
    for (int i = 0; i < SIM_KIOSKS; i++)
        if (!(leavers_has_left(i) ? leavers_converged(i, why, size)
                                  : kiosk_converged(i, &hosts_site->queue, why, size)))
            return false;
    return true;
}

void hosts_reset(void)
{
    recovering = false;
    restored = RESTORED_NOT;
    visitors_reset();
    leavers_reset();
    versions_reset();
    hosts_name_snapshot(0);
    for (int i = 0; i < SIM_KIOSKS; i++)
        hosts_configure(i, codes[i]);
    for (int host = 0; host < SIM_HOSTS; host++)
        back_ms[host] = BACK_MS;
}
