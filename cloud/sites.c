#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "logging.h"
#include "site_private.h"

/* -- the list ---------------------------------------------------------------------------------- */

static void site_destroy(struct site *site)
{
    if (!site)
        return;
    assert(!site->open);
    site_work_finish(site);
    queue_finish(&site->queue);
    (void)pthread_mutex_destroy(&site->lock);
    free(site);
}

static int site_create(struct sites *sites, const char *id, const char *clinic_no,
                       struct site **ret)
{
    struct site *site = calloc(1, sizeof(*site));

    if (!site)
        return -ENOMEM;
    site->sites = sites;
    (void)snprintf(site->id, sizeof(site->id), "%s", id);
    (void)snprintf(site->clinic_no, sizeof(site->clinic_no), "%s", clinic_no);
    memcpy(site->hash, entry_first_hash, sizeof(site->hash));
    queue_init(&site->queue);
    (void)pthread_mutex_init(&site->lock, NULL); /* cannot fail without attributes on Linux */
    *ret = site;
    return 0;
}

struct site *sites_at(struct sites *sites, int index)
{
    struct site *site;

    pthread_mutex_lock(&sites->lock);
    site = index < sites->count ? sites->list[index] : NULL;
    pthread_mutex_unlock(&sites->lock);
    return site;
}

int sites_count(struct sites *sites)
{
    int count;

    pthread_mutex_lock(&sites->lock);
    count = sites->count;
    pthread_mutex_unlock(&sites->lock);
    return count;
}

struct site *sites_find(struct sites *sites, const char *id)
{
    struct site *site = NULL;

    pthread_mutex_lock(&sites->lock);
    for (int i = 0; i < sites->count && !site; i++)
        if (!sites->list[i]->gone && strcmp(sites->list[i]->id, id) == 0)
            site = sites->list[i];
    pthread_mutex_unlock(&sites->lock);
    return site;
}

struct site *sites_find_queue(struct sites *sites, const char *queue_id, int *ret_desk_no)
{
    size_t length = strcspn(queue_id, "-");
    struct site *site = NULL;
    const struct desk *desk;

    pthread_mutex_lock(&sites->lock);
    for (int i = 0; i < sites->count && !site; i++)
        if (!sites->list[i]->gone && strlen(sites->list[i]->clinic_no) == length &&
            strncmp(sites->list[i]->clinic_no, queue_id, length) == 0)
            site = sites->list[i];
    pthread_mutex_unlock(&sites->lock);
    if (!site)
        return NULL;
    desk = settings_queue(&site_read(site)->settings, queue_id);
    if (desk)
        *ret_desk_no = desk->desk_no;
    site_read_end(site);
    return desk ? site : NULL;
}

/* Puts *site into the list; when another thread has found it in the database first, that one's
 * takes its place. */
static int sites_append(struct sites *sites, struct site **site)
{
    struct site *first = NULL;
    int result = 0;

    pthread_mutex_lock(&sites->lock);
    for (int i = 0; i < sites->count && !first; i++)
        if (!sites->list[i]->gone && strcmp(sites->list[i]->id, (*site)->id) == 0)
            first = sites->list[i];
    if (!first && sites->count == SITES_MAX)
        result = -ENOSPC;
    else if (!first)
        sites->list[sites->count++] = *site;
    pthread_mutex_unlock(&sites->lock);
    if (first) {
        site_destroy(*site);
        *site = first;
    }
    return result;
}

static int load_site(struct sites *sites, const char *id, const char *clinic_no)
{
    struct site *site = NULL;
    bool ignored = false;
    int result;

    result = site_create(sites, id, clinic_no, &site);
    if (result == 0)
        result = site_snapshot_load(site);
    if (result == 0)
        result = site_log_follow(site, &ignored);
    if (result == 0)
        result = sites_append(sites, &site);
    if (result < 0)
        site_destroy(site);
    return result;
}

int sites_verify(struct sites *sites, const char *id, const char *clinic_no)
{
    struct site *site = NULL;
    bool ignored = false;
    int result = site_create(sites, id, clinic_no, &site);

    if (result == 0)
        result = site_log_follow(site, &ignored);
    if (result >= 0 && !site->queue.has_settings)
        result = -EBADMSG;
    site_destroy(site);
    return result < 0 ? result : 0;
}

bool site_gone(const struct site *site)
{
    return site->gone;
}

/* Readers that hold it go on with an empty queue; its place in the list stays, since others count
 * by it. The order of locks: database, site. */
void sites_drop(struct sites *sites, const char *id)
{
    struct site *site = sites_find(sites, id);

    if (!site)
        return;
    site->gone = true;
    pthread_mutex_lock(&site->lock);
    queue_finish(&site->queue);
    queue_init(&site->queue);
    site->seq = site->snapshot_seq = 0;
    site->timed = (struct site_timed){0};
    memcpy(site->hash, entry_first_hash, sizeof(site->hash));
    site->revision++;
    pthread_mutex_unlock(&site->lock);
}

/* Sites that another process has erased. */
static int drop_erased(struct sites *sites)
{
    int result = 0;

    for (int i = 0; result >= 0 && i < sites_count(sites); i++) {
        struct site *site = sites_at(sites, i);
        int64_t one = 0;

        if (site->gone)
            continue;
        result = db_get_int(sites->options.db, &one, "SELECT 1 FROM site WHERE site = $1", "t",
                            site->id);
        if (result == 0)
            sites_drop(sites, site->id);
    }
    return result < 0 ? result : 0;
}

static int live_count(struct sites *sites)
{
    int count = 0;

    for (int i = 0; i < sites_count(sites); i++)
        count += !sites_at(sites, i)->gone;
    return count;
}

/* Takes in the sites that the database has and memory has not, and lets go of those that it has no
 * more; one thread at a time. */
static int find_new_sites(struct sites *sites)
{
    struct db_rows *rows = NULL;
    int count = 0, result;

    result =
        db_query(sites->options.db, &rows, "SELECT site, clinic_no FROM site ORDER BY made", "");
    while (result >= 0 && (result = db_next(rows)) == 1) {
        count++;
        if (!sites_find(sites, db_text(rows, 0)) &&
            (result = load_site(sites, db_text(rows, 0), db_text(rows, 1))) < 0)
            break;
    }
    db_done(rows);
    return result >= 0 && count < live_count(sites) ? drop_erased(sites) : result;
}

int sites_refresh(struct sites *sites)
{
    return find_new_sites(sites);
}

static int catch_up(struct site *site, bool *ret_news)
{
    int result;

    result = db_begin(site->sites->options.db);
    if (result < 0)
        return result;
    result = site_log_follow(site, ret_news);
    db_rollback(site->sites->options.db); /* nothing was written */
    return result;
}

static int take_in(struct site *site)
{
    bool news = false;
    int result;

    result = catch_up(site, &news);
    if (news)
        site_tell(site);
    return result;
}

int sites_catch_up(struct sites *sites)
{
    int64_t version = 0;
    int result;

    result = db_data_version(sites->options.db, &version);
    if (result < 0 || version == sites->data_version)
        return result;
    result = find_new_sites(sites);
    for (int i = 0; result >= 0 && i < sites_count(sites); i++)
        result = take_in(sites_at(sites, i));
    if (result < 0)
        return result;
    sites->data_version = version;
    return 0;
}

int sites_create(const struct sites_options *options, struct sites **ret, char *error,
                 size_t error_size)
{
    struct sites *sites;
    int result;

    result =
        db_migrate(options->db, "site", site_migrations, site_migration_count, error, error_size);
    if (result < 0)
        return result;
    sites = calloc(1, sizeof(*sites));
    if (!sites)
        return -ENOMEM;
    sites->options = *options;
    (void)pthread_mutex_init(&sites->lock, NULL); /* cannot fail without attributes on Linux */
    sites->list = calloc(SITES_MAX, sizeof(struct site *));
    result = sites->list ? sites_catch_up(sites) : -ENOMEM;
    if (result < 0) {
        (void)snprintf(error, error_size, "the sites could not be read: %s",
                       result == -EBADMSG ? "a log is damaged; restore it from a backup"
                                          : strerror(-result));
        sites_destroy(sites);
        return result;
    }
    *ret = sites;
    return 0;
}

void sites_destroy(struct sites *sites)
{
    if (!sites)
        return;
    for (int i = 0; sites->list && i < sites->count; i++)
        site_destroy(sites->list[i]);
    free(sites->list);
    (void)pthread_mutex_destroy(&sites->lock);
    free(sites);
}

/* -- a new site -------------------------------------------------------------------------------- */

static int add_rows(struct sites *sites, const char *id, const char *clinic_no)
{
    struct db *db = sites->options.db;
    int result;

    result = db_run(db, "INSERT INTO site (site, clinic_no, made) VALUES ($1, $2, $3)", "tti", id,
                    clinic_no, sites->options.clock(sites->options.context));
    if (result >= 0)
        result = db_run(db, "INSERT INTO head (site, seq, hash) VALUES ($1, 0, $2)", "tt", id,
                        entry_first_hash);
    return result;
}

/* In the caller's transaction: on any failure all of it goes. */
static int fill_new(struct site *site, const cJSON *settings, const char *user, char *error,
                    size_t error_size)
{
    int result;

    result = add_rows(site->sites, site->id, site->clinic_no);
    if (result == -EEXIST)
        (void)snprintf(error, error_size, "clinic_no %s is in use by another site; give another",
                       site->clinic_no);
    if (result >= 0)
        result = site_join(site);
    if (result < 0) {
        db_rollback(site->sites->options.db);
        return result;
    }
    result = site_put_settings(site, settings, user, error, error_size);
    if (result < 0) {
        site_rollback(site);
        return result;
    }
    return site_commit(site);
}

int sites_add(struct sites *sites, const cJSON *settings, const char *user, struct site **ret_site,
              char *error, size_t error_size)
{
    struct settings parsed;
    char id[IDS_UUID_SIZE];
    struct site *site = NULL;
    int result;

    result = settings_from_json(settings, &parsed, error, error_size);
    if (result < 0)
        return result;
    ids_uuid(id);
    result = site_create(sites, id, parsed.clinic_no, &site);
    if (result < 0)
        return result;
    (void)snprintf(error, error_size, "the site could not be stored");
    result = db_begin(sites->options.db);
    if (result == 0)
        result = fill_new(site, settings, user, error, error_size);
    if (result == 0)
        result = sites_append(sites, &site);
    if (result < 0) {
        site_destroy(site);
        return result;
    }
    *ret_site = site;
    return 0;
}
