#include "keeper.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "contract.h"
#include "holder.h"
#include "logging.h"
#include "near_mail.h"
#include "patients.h"
#include "presence.h"
#include "programmes.h"
#include "recovery.h"
#include "resolve.h"
#include "ticket_notes.h"
#include "views.h"

enum { VIEWS_MAX = SETTINGS_DESKS_MAX + 1 };

/* What was last sent about a site. */
struct watched {
    int64_t seq;       /* entries to devices */
    uint64_t revision; /* views */
    uint64_t digests[VIEWS_MAX];
    char programme[PROGRAMMES_KEY_SIZE];
    uint64_t people; /* whom kiosks may let in; 0 = never looked */
};

struct keeper {
    struct cloud *cloud;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool woken, stop;
    bool joined;             /* the owner's alone */
    struct watched *watched; /* as sites_at() */
    int watched_count;
    int64_t data_version;
    uint64_t epoch;                           /* of people's rights, as they were looked at last */
    int64_t offers_at, refresh_at, forget_at; /* next time, monotonic ms */
};

static int64_t monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* -- pushing ----------------------------------------------------------------------------------- */

static void send_all(struct cloud *cloud, struct site *site, bool device, int desk_no,
                     uint64_t order, const char *block)
{
    for (int i = 0; i < cloud->door_count; i++) {
        struct door *door = &cloud->doors[i];

        http_channel_send(device ? views_device_channel(door, site)
                                 : views_channel(door, site, desk_no),
                          order, block, strlen(block));
    }
}

static int listeners(struct cloud *cloud, struct site *site, bool device, int desk_no)
{
    int count = 0;

    for (int i = 0; i < cloud->door_count; i++) {
        struct door *door = &cloud->doors[i];

        count += http_channel_count(device ? views_device_channel(door, site)
                                           : views_channel(door, site, desk_no));
    }
    return count;
}

struct sending {
    struct cloud *cloud;
    struct site *site;
    struct watched *watched;
};

static void send_entry(const struct entry *entry, void *context)
{
    struct sending *sending = context;
    char *block = views_entry_block(entry);

    if (!block)
        return; /* no memory: seq stays, so the next turn tries again */
    if (sending->watched->seq == entry->seq - 1) {
        send_all(sending->cloud, sending->site, true, 0, (uint64_t)entry->seq, block);
        sending->watched->seq = entry->seq;
    }
    free(block);
}

/* True: there is more to send. */
static bool push_entries(struct cloud *cloud, struct site *site, struct watched *watched)
{
    struct sending sending = {cloud, site, watched};
    int64_t head;

    (void)site_read(site);
    head = site_seq(site);
    site_read_end(site);
    if (watched->seq >= head)
        return false;
    if (listeners(cloud, site, true, 0) == 0) {
        watched->seq = head; /* a stream that begins now fills itself from the log */
        return false;
    }
    return site_entries(site, watched->seq, KEEPER_ENTRIES_MAX, send_entry, &sending) ==
           KEEPER_ENTRIES_MAX;
}

static void push_view(struct cloud *cloud, struct site *site, int desk_no, uint64_t *digest)
{
    uint64_t revision = 0, now = 0;
    char *block;

    if (listeners(cloud, site, false, desk_no) == 0) {
        *digest = 0;
        return;
    }
    block = views_block(cloud, site, desk_no, &revision, &now);
    if (block && now != *digest) {
        send_all(cloud, site, false, desk_no, revision, block);
        *digest = now;
    }
    free(block);
}

static void push_views(struct cloud *cloud, struct site *site, struct watched *watched)
{
    int desks[SETTINGS_DESKS_MAX], count = 0;
    const struct queue *queue = site_read(site);

    watched->revision = site_revision(site);
    for (int i = 0; i < queue->settings.desk_count; i++)
        desks[count++] = queue->settings.desks[i].desk_no;
    site_read_end(site);
    push_view(cloud, site, VIEWS_STAFF, &watched->digests[0]);
    for (int i = 0; i < count; i++)
        push_view(cloud, site, desks[i], &watched->digests[i + 1]);
}

/* Tells devices when another programme, or another state of it, is theirs now. */
static void push_programme(struct cloud *cloud, struct site *site, struct watched *watched)
{
    char key[PROGRAMMES_KEY_SIZE];

    if (listeners(cloud, site, true, 0) == 0)
        return;
    if (programmes_key(cloud->db, site, key) < 0 || strcmp(key, watched->programme) == 0)
        return;
    memcpy(watched->programme, key, sizeof(key));
    send_all(cloud, site, true, 0, 0, "event: programme\ndata: {}\n\n");
}

/* Tells devices that other people are the site's staff now; a stream that begins asks by itself. */
static void push_people(struct cloud *cloud, struct site *site, struct watched *watched)
{
    uint64_t digest = 0;

    if (listeners(cloud, site, true, 0) == 0) {
        watched->people = 0;
        return;
    }
    if (identity_lan_digest(cloud->identity, site_id(site), &digest) < 0 ||
        digest == watched->people)
        return;
    watched->people = digest;
    send_all(cloud, site, true, 0, 0, "event: staff\ndata: {}\n\n");
}

/* -- others' changes --------------------------------------------------------------------------- */

/* Staff whose session is over, or who do not belong to the site any more. */
static void end_strangers(struct keeper *keeper)
{
    struct cloud *cloud = keeper->cloud;
    uint64_t epoch = identity_epoch(cloud->identity);

    if (epoch == keeper->epoch)
        return;
    for (int i = 0; i < sites_count(cloud->sites); i++)
        if (views_end_strangers(cloud, sites_at(cloud->sites, i)) < 0)
            return; /* the next turn tries again */
    for (int i = 0; i < keeper->watched_count; i++)
        push_people(cloud, sites_at(cloud->sites, i), &keeper->watched[i]);
    keeper->epoch = epoch;
}

static void take_in(struct keeper *keeper)
{
    struct cloud *cloud = keeper->cloud;
    int64_t version = 0;

    if (db_data_version(cloud->db, &version) < 0)
        return;
    if (version == keeper->data_version) {
        end_strangers(keeper);
        return;
    }
    if (sites_catch_up(cloud->sites) < 0)
        return; /* said why; the next turn tries again */
    keeper->data_version = version;
    for (int i = 0; i < sites_count(cloud->sites); i++) {
        struct site *site = sites_at(cloud->sites, i);

        if (presence_reload(cloud->presence, site_id(site)) == 0)
            views_end_revoked(cloud, site);
    }
    keeper->refresh_at = 0;
    keeper->epoch = UINT64_MAX; /* others may have taken somebody's account away */
    end_strangers(keeper);
}

/* -- offers ------------------------------------------------------------------------------------ */

static bool offer_overdue(const struct ticket *ticket, int64_t now)
{
    return ticket->state == TICKET_OFFERED && now - ticket->accepted_ms > KEEPER_OFFER_MAX_MS;
}

static int count_overdue(struct site *site)
{
    const struct queue *queue = site_read(site);
    int count = 0;

    for (int i = 0; i < queue->count; i++)
        count += offer_overdue(&queue->tickets[i], site_now(site));
    site_read_end(site);
    return count;
}

static int put_abandoned(struct site *site)
{
    int count = 0, result = 0;

    for (int i = 0; i < site_state(site)->count && count < SITE_BATCH_MAX; i++) {
        const struct ticket *ticket = &site_state(site)->tickets[i];
        struct event event;
        struct site_put put;

        if (!offer_overdue(ticket, site_moment(site)))
            continue;
        event_init(&event);
        event.kind = EVENT_ABANDONED;
        memcpy(event.ticket, ticket->id, UID_SIZE);
        memcpy(event.seen, ticket->last_event, UID_SIZE);
        result = site_put(site, &event, &put);
        if (result < 0)
            return result;
        count++;
    }
    return count;
}

int keeper_abandon_offers(struct site *site)
{
    int count, result;

    if (site_frozen(site) || count_overdue(site) == 0)
        return 0;
    result = site_begin(site);
    if (result < 0)
        return result;
    count = put_abandoned(site);
    if (count < 0) {
        site_rollback(site);
        return count;
    }
    result = site_commit(site);
    return result < 0 ? result : count;
}

/* -- the thread -------------------------------------------------------------------------------- */

static bool grow(struct keeper *keeper, int count)
{
    struct watched *grown;

    if (count <= keeper->watched_count)
        return true;
    grown = realloc(keeper->watched, (size_t)count * sizeof(*grown));
    if (!grown)
        return false;
    memset(grown + keeper->watched_count, 0,
           (size_t)(count - keeper->watched_count) * sizeof(*grown));
    keeper->watched = grown;
    keeper->watched_count = count;
    return true;
}

/* What is kept for its time only: see each one's header. */
static void forget(struct cloud *cloud)
{
    int64_t now = cloud_now(NULL);

    if (ticket_notes_forget(cloud) < 0)
        log_warning("card numbers and names of past days could not be forgotten; trying again");
    if (patients_forget(cloud->db, now) < 0 || holder_forget(cloud->db, now) < 0 ||
        near_mail_forget(cloud->db, now) < 0)
        log_warning("what is known of patients could not be forgotten; trying again");
}

static void tick_others(struct keeper *keeper, int64_t now)
{
    recovery_tick(keeper->cloud);
    resolve_tick(keeper->cloud);
    if (now < keeper->forget_at)
        return;
    keeper->forget_at = now + KEEPER_FORGET_MS;
    if (contract_tick(keeper->cloud, cloud_now(NULL)) < 0)
        log_warning("services whose contract is over could not all be ended; trying again");
    forget(keeper->cloud);
}

/* One turn over all sites; true: come back at once. */
static bool turn(struct keeper *keeper)
{
    struct cloud *cloud = keeper->cloud;
    int64_t now = monotonic_ms();
    bool offers = now >= keeper->offers_at, more = false, refresh;
    int count;

    take_in(keeper);
    refresh = now >= keeper->refresh_at;
    if (offers)
        tick_others(keeper, now);
    count = sites_count(cloud->sites);
    if (!grow(keeper, count))
        return false;
    for (int i = 0; i < count; i++) {
        struct site *site = sites_at(cloud->sites, i);
        struct watched *watched = &keeper->watched[i];
        uint64_t revision;

        if (refresh)
            site_renew(site); /* so that what only time has changed is newer than what was sent */
        if (offers && keeper_abandon_offers(site) < 0)
            log_warning("site %s: offers could not be abandoned; trying again", site_id(site));
        if (offers && site_keep_snapshot(site) < 0)
            log_warning("site %s: the snapshot could not be stored", site_id(site));
        more = push_entries(cloud, site, watched) || more;
        (void)site_read(site);
        revision = site_revision(site);
        site_read_end(site);
        if (refresh || revision != watched->revision) {
            push_views(cloud, site, watched);
            push_programme(cloud, site, watched);
            push_people(cloud, site, watched);
        }
    }
    if (offers)
        keeper->offers_at = now + KEEPER_OFFERS_MS;
    if (refresh)
        keeper->refresh_at = now + KEEPER_REFRESH_MS;
    return more;
}

static void wait_for_work(struct keeper *keeper, bool at_once)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until); /* cannot fail for this clock */
    until.tv_nsec += (long)KEEPER_POLL_MS * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&keeper->lock);
    while (!at_once && !keeper->woken && !keeper->stop)
        if (pthread_cond_timedwait(&keeper->wake, &keeper->lock, &until) == ETIMEDOUT)
            break;
    keeper->woken = false;
    pthread_mutex_unlock(&keeper->lock);
}

static bool stopping(struct keeper *keeper)
{
    bool stop;

    pthread_mutex_lock(&keeper->lock);
    stop = keeper->stop;
    pthread_mutex_unlock(&keeper->lock);
    return stop;
}

static void *run(void *context)
{
    struct keeper *keeper = context;
    bool more = true;

    while (!stopping(keeper)) {
        wait_for_work(keeper, more);
        more = turn(keeper);
    }
    return NULL;
}

int keeper_create(struct cloud *cloud, struct keeper **ret)
{
    struct keeper *keeper = calloc(1, sizeof(*keeper));
    pthread_condattr_t attributes;
    int result;

    if (!keeper)
        return -ENOMEM;
    keeper->cloud = cloud;
    result = recovery_gather(cloud);
    if (result < 0) {
        free(keeper);
        return result;
    }
    (void)pthread_mutex_init(&keeper->lock, NULL); /* cannot fail without attributes on Linux */
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&keeper->wake, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    for (int i = 0; i < sites_count(cloud->sites); i++) {
        result = presence_reload(cloud->presence, site_id(sites_at(cloud->sites, i)));
        if (result < 0)
            log_warning("the devices of a site could not be read");
    }
    result = pthread_create(&keeper->thread, NULL, run, keeper);
    if (result != 0) {
        free(keeper);
        return -result;
    }
    *ret = keeper;
    return 0;
}

void keeper_stop(struct keeper *keeper)
{
    if (!keeper || keeper->joined)
        return;
    pthread_mutex_lock(&keeper->lock);
    keeper->stop = true;
    pthread_cond_signal(&keeper->wake);
    pthread_mutex_unlock(&keeper->lock);
    (void)pthread_join(keeper->thread, NULL); /* joinable and joined once */
    keeper->joined = true;
}

void keeper_destroy(struct keeper *keeper)
{
    if (!keeper)
        return;
    keeper_stop(keeper);
    (void)pthread_cond_destroy(&keeper->wake);
    (void)pthread_mutex_destroy(&keeper->lock);
    free(keeper->watched);
    free(keeper);
}

void keeper_wake(struct keeper *keeper)
{
    if (!keeper)
        return;
    pthread_mutex_lock(&keeper->lock);
    keeper->woken = true;
    pthread_cond_signal(&keeper->wake);
    pthread_mutex_unlock(&keeper->lock);
}
