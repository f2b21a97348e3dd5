#include "hosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bugs.h"
#include "journal_private.h"
#include "keeper.h"
#include "net.h"
#include "oracle.h"
#include "recovery.h"

enum {
    RETRY_MS = 1000,
    BACK_MS = 3000, /* the service manager starts what has died */
    PREPARE_MS = 60 * 1000,
    WAIT_MAX_MS = 3000, /* a patient is told within the offer's 700 ms and the disk's time */
    WAITERS_MAX = 64
};

struct cloud *hosts_cloud;
struct site *hosts_site;
struct station *hosts_stations[SIM_KIOSKS];

static struct config configs[SIM_KIOSKS];
static int64_t back_ms[SIM_HOSTS]; /* -1 = stays down */
static uint64_t lives[SIM_HOSTS];  /* which process it is */
static bool recovering;

struct waiter {
    int64_t request;
    bool call; /* an act of staff that calls somebody */
};
static struct waiter waiters[SIM_KIOSKS][WAITERS_MAX];
static int64_t requests;
static int64_t barred[SIM_KIOSKS]; /* until it has this entry; 0 = not */
static enum { RESTORED_NOT, RESTORED_FILES, RESTORED_BEGUN } restored;

static const char clinic[] =
    "{\"clinic_no\":\"1024\",\"name\":\"さくら内科\",\"phone\":\"03-0000-0000\","
    "\"desks\":[{\"desk_no\":1,\"name\":\"診察\",\"first\":1,\"last\":199},"
    "{\"desk_no\":2,\"name\":\"小児科\",\"first\":201,\"last\":399},"
    "{\"desk_no\":3,\"name\":\"会計\",\"kind\":\"payment\"}],"
    "\"rooms\":[{\"id\":\"r1\",\"desk_no\":1,\"name\":\"第1診察室\"},"
    "{\"id\":\"r2\",\"desk_no\":2,\"name\":\"第2診察室\"}],"
    "\"services\":[{\"id\":\"s1\",\"desk_no\":1,\"name\":\"内科\"},"
    "{\"id\":\"s2\",\"desk_no\":2,\"name\":\"小児科\"}],\"unused\":[4,9]}";

/* -- a kiosk's patients and printer --------------------------------------------------------------
 */

struct slip_job {
    int kiosk;
    uint64_t life;
    char ticket[UID_SIZE];
    int print_count;
    const char *outcome;
};

static void tell_slip(void *context)
{
    struct slip_job *job = context;
    if (!sim_over && hosts_up(job->kiosk) && lives[job->kiosk] == job->life) {
        sim_host = job->kiosk;
        int r = station_slip(hosts_stations[job->kiosk], job->ticket, job->print_count,
                             job->outcome, 7, "urn:uuid:7");
        sim_host = SIM_NOBODY;
        if (r < 0)
            sim_trace("kiosk %d does not keep up: the fate of a slip is lost", job->kiosk);
    }
    free(job);
}

static void later_slip(int kiosk, const struct station_ticket *ticket, const char *outcome,
                       int64_t ms)
{
    struct slip_job *job = calloc(1, sizeof *job);
    if (!job)
        abort();
    *job = (struct slip_job){.kiosk = kiosk,
                             .life = lives[kiosk],
                             .print_count = ticket->print_count,
                             .outcome = outcome};
    memcpy(job->ticket, ticket->id, sizeof job->ticket);
    sim_at(sim_now + ms, tell_slip, job);
}

static void answered(int kiosk, int64_t request)
{
    for (int i = 0; i < WAITERS_MAX; i++)
        if (waiters[kiosk][i].request == request)
            waiters[kiosk][i] = (struct waiter){0};
}

static void print(int kiosk, const struct station_ticket *ticket)
{
    later_slip(kiosk, ticket, "submitted", 50);
    later_slip(kiosk, ticket, "printed", sim_between(800, 4000));
}

static void take_ticket(int kiosk, const struct station_news *news)
{
    const struct station_ticket *ticket = &news->ticket;
    bool has_slip = oracle_has_slip(ticket->id);
    answered(kiosk, news->request);
    if (ticket->recovered && !bug_prints_again() && (has_slip || !ticket->unsent)) {
        later_slip(kiosk, ticket, has_slip ? "printed" : "failed", 500);
        return;
    }
    if (ticket->print_count == 0)
        return; /* checked in before */
    oracle_shown(kiosk, ticket);
    print(kiosk, ticket);
}

/* What is done at a kiosk is on its board at once. */
static struct {
    char tickets[STATION_PERSONS_MAX][UID_SIZE]; /* the latest, a party's together */
    int next;
    int64_t at;
} last_calls[SIM_KIOSKS];

static void take_call(int kiosk, const struct station_news *news)
{
    memcpy(last_calls[kiosk].tickets[last_calls[kiosk].next++ % STATION_PERSONS_MAX],
           news->ticket.id, UID_SIZE);
    last_calls[kiosk].at = sim_now;
}

static bool shows_call(int kiosk, const char *ticket)
{
    for (int i = 0; i < STATION_PERSONS_MAX; i++)
        if (strcmp(last_calls[kiosk].tickets[i], ticket) == 0)
            return last_calls[kiosk].at == sim_now;
    return false;
}

static void take_act(int kiosk, const struct station_news *news)
{
    bool call = false;
    for (int i = 0; i < WAITERS_MAX; i++)
        call = call || (waiters[kiosk][i].request == news->request && waiters[kiosk][i].call);
    sim_trace("kiosk %d: act: %s", kiosk, news->text);
    if (call && !*news->text && !shows_call(kiosk, news->ticket.id))
        sim_violation("call: %.8s was called at kiosk %d, which does not show it", news->ticket.id,
                      kiosk);
    answered(kiosk, news->request);
}

/* The strictest main thread there could be: it shows news in the moment that they are given. */
static void take_news(void *context)
{
    int kiosk = (int)(intptr_t)context;
    struct station_news news;
    while (hosts_stations[kiosk] && station_poll(hosts_stations[kiosk], &news)) {
        if (!disk_dead(kiosk)) {
            if (news.kind == STATION_TICKET)
                take_ticket(kiosk, &news);
            else if (news.kind == STATION_REFUSED)
                answered(kiosk, news.request);
            else if (news.kind == STATION_CALL)
                take_call(kiosk, &news);
            else if (news.kind == STATION_ACTED)
                take_act(kiosk, &news);
            else if (news.kind == STATION_REISSUE)
                print(kiosk, &news.ticket);
        }
        station_news_finish(&news);
    }
}

struct promise {
    int kiosk;
    uint64_t life;
    int64_t request;
};

static void check_promise(void *context)
{
    struct promise *promise = context;
    if (!sim_over && hosts_up(promise->kiosk) && lives[promise->kiosk] == promise->life)
        for (int i = 0; i < WAITERS_MAX; i++)
            if (waiters[promise->kiosk][i].request == promise->request)
                sim_violation("patients: kiosk %d gave no answer to a request within %d ms",
                              promise->kiosk, WAIT_MAX_MS);
    free(promise);
}

void hosts_bar(int kiosk, int64_t seq)
{
    barred[kiosk] = seq;
}

static bool is_barred(int kiosk)
{
    const struct station *station = hosts_stations[kiosk];
    if (barred[kiosk] > 0 && station->enrolled && station->log.seq >= barred[kiosk])
        barred[kiosk] = 0;
    return barred[kiosk] > 0;
}

bool hosts_waited_for(int kiosk)
{
    for (int i = 0; i < WAITERS_MAX; i++)
        if (waiters[kiosk][i].request)
            return true;
    return false;
}

/* A new request at a kiosk that lives and has room for its answer. 0: not now. */
static int64_t begin_request(int kiosk, int *ret_slot)
{
    int slot = 0;
    int64_t request = ++requests;
    while (slot < WAITERS_MAX && waiters[kiosk][slot].request)
        slot++;
    *ret_slot = slot;
    return hosts_up(kiosk) && slot < WAITERS_MAX && !is_barred(kiosk) ? request : 0;
}

static void promised(int kiosk, int slot, int64_t request, bool call)
{
    struct promise *promise = malloc(sizeof *promise);
    if (!promise)
        abort();
    *promise = (struct promise){kiosk, lives[kiosk], request};
    waiters[kiosk][slot] = (struct waiter){request, call};
    sim_at(sim_now + WAIT_MAX_MS, check_promise, promise);
}

void hosts_press(int kiosk)
{
    static const char *const services[] = {"s1", "s1", "s2", ""};
    const char *service = services[sim_between(0, 3)];
    hosts_press_for(kiosk, service, sim_chance(85) ? 1 : (int)sim_between(2, 4));
}

void hosts_press_for(int kiosk, const char *service, int persons)
{
    int slot;
    int64_t request = begin_request(kiosk, &slot);
    struct station_wish wish = {.language = "ja", .persons = persons};
    if (!request)
        return;
    strcpy(wish.service, service);
    sim_host = kiosk;
    int r = station_issue(hosts_stations[kiosk], request, &wish);
    sim_host = SIM_NOBODY;
    sim_trace("kiosk %d: request for %d: %d", kiosk, persons, r);
    if (r == 0)
        promised(kiosk, slot, request, false);
}

void hosts_act(int kiosk, const struct station_act *act)
{
    int slot;
    int64_t request = begin_request(kiosk, &slot);
    if (!request)
        return;
    sim_host = kiosk;
    int r = station_act(hosts_stations[kiosk], request, act);
    sim_host = SIM_NOBODY;
    sim_trace("kiosk %d: act %d: %d", kiosk, (int)act->kind, r);
    if (r == 0)
        promised(kiosk, slot, request,
                 act->kind == STATION_ACT_NEXT || act->kind == STATION_ACT_CALL);
}

void hosts_check_in(int kiosk, const char *code)
{
    int slot;
    int64_t request = begin_request(kiosk, &slot);
    if (!request)
        return;
    sim_host = kiosk;
    int r = station_check_in(hosts_stations[kiosk], request, code);
    sim_host = SIM_NOBODY;
    sim_trace("kiosk %d: check-in: %d", kiosk, r);
    if (r == 0)
        promised(kiosk, slot, request, false);
}

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
        .config = &configs[kiosk], .wake = take_news, .context = (void *)(intptr_t)kiosk};
    struct config *config = &configs[kiosk];
    folder(kiosk, config->data);
    (void)snprintf(config->url, sizeof config->url, "https://sim");
    (void)snprintf(config->printer_uri, sizeof config->printer_uri, "sim:");
    config->role = ROLE_TERMINAL;
    memset(waiters[kiosk], 0, sizeof waiters[kiosk]);
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
    if (r < 0)
        abort();
    cloud->serving = true;
    hosts_cloud = cloud;
    hosts_site = sites_at(cloud->sites, 0);
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
    for (int i = 0; i < SIM_KIOSKS; i++) {
        if (identity_code_make(hosts_cloud->identity, site_id(hosts_site), 3600000, code) < 0)
            abort();
        (void)snprintf(configs[i].code, sizeof configs[i].code, "%s", code);
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
        if (!kiosk_converged(i, &hosts_site->queue, why, size))
            return false;
    return true;
}

void hosts_reset(void)
{
    recovering = false;
    restored = RESTORED_NOT;
    memset(barred, 0, sizeof barred);
    for (int host = 0; host < SIM_HOSTS; host++)
        back_ms[host] = BACK_MS;
}
