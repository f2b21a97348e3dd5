#include "leavers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hosts.h"

enum { IDENTITY_SIZE = 2048, EXPORT_SIZE = 1 << 20, TECHNICIAN_MS = 20 * 1000 };

static enum fate { STAYS, REVOKED, MOVED } fates[SIM_KIOSKS];
static char identities[SIM_KIOSKS][IDENTITY_SIZE];
static char devices[SIM_KIOSKS][UID_SIZE]; /* by which this clinic knows it */

static const char other_clinic[] = "{\"clinic_no\":\"2048\",\"name\":\"みなと眼科\","
                                   "\"desks\":[{\"desk_no\":1,\"name\":\"診察\",\"first\":1,"
                                   "\"last\":99}],\"services\":[{\"id\":\"s1\",\"desk_no\":1,"
                                   "\"name\":\"眼科\"}]}";
static const char other_clinic_no[] = "2048";

/* -- real files -------------------------------------------------------------------------------- */

static void name_file(int kiosk, const char *name, char path[static SIM_PATH_SIZE])
{
    (void)snprintf(path, SIM_PATH_SIZE, "%.150s/k%d/%.80s", sim_base, kiosk, name);
}

static size_t read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(text, 1, size - 1, file) : 0;
    if (file)
        (void)fclose(file);
    text[length] = '\0';
    return length;
}

void leavers_keep(void)
{
    char path[SIM_PATH_SIZE];
    for (int i = 0; i < SIM_KIOSKS; i++) {
        name_file(i, "identity.json", path);
        if (read_file(path, identities[i], IDENTITY_SIZE) == 0)
            abort();
        memcpy(devices[i], hosts_stations[i]->enrolment.device, UID_SIZE);
    }
}

static void put_identity_back(int kiosk)
{
    char path[SIM_PATH_SIZE];
    name_file(kiosk, "identity.json", path);
    FILE *file = fopen(path, "we");
    if (!file || fputs(identities[kiosk], file) < 0 || fclose(file) != 0)
        abort();
    name_file(kiosk, "not-uploaded-1024-1.jsonl", path);
    (void)unlink(path);
}

void leavers_reset(void)
{
    for (int i = 0; i < SIM_KIOSKS; i++) {
        if (fates[i] == MOVED)
            put_identity_back(i);
        fates[i] = STAYS;
    }
}

/* -- another process on the cloud's database ----------------------------------------------------
 */

static int64_t written_beside; /* by `admin`, as the serving process notices it */

int __real_db_data_version(struct db *db, int64_t *ret);
int __wrap_db_data_version(struct db *db, int64_t *ret);
int __wrap_db_data_version(struct db *db, int64_t *ret)
{
    int r = __real_db_data_version(db, ret);
    if (r == 0)
        *ret += written_beside;
    return r;
}

/* -- leaving ----------------------------------------------------------------------------------- */

bool leavers_revoke(int kiosk)
{
    sim_host = SIM_CLOUD;
    int r = identity_device_revoke(hosts_cloud->identity, devices[kiosk]);
    sim_host = SIM_NOBODY;
    sim_trace("kiosk %d is revoked: %d", kiosk, r);
    written_beside += r == 0;
    fates[kiosk] = REVOKED; /* what failed may be stored all the same; it is done again */
    return r == 0;
}

static struct site *find_other(void)
{
    struct site *site = sites_at(hosts_cloud->sites, 0);
    for (int i = 1; site == hosts_site; i++)
        site = i < sites_count(hosts_cloud->sites) ? sites_at(hosts_cloud->sites, i) : NULL;
    return site;
}

static int make_code(char code[static IDENTITY_CODE_SIZE])
{
    char error[DB_ERROR_SIZE];
    struct site *site = find_other();
    cJSON *settings = cJSON_Parse(other_clinic);
    int r = site ? 0 : sites_add(hosts_cloud->sites, settings, "sim", &site, error, sizeof error);
    cJSON_Delete(settings);
    return r < 0 ? r : identity_code_make(hosts_cloud->identity, site_id(site), 24 * 3600000, code);
}

static int set_code(int kiosk)
{
    char code[IDENTITY_CODE_SIZE];
    sim_host = SIM_CLOUD;
    int r = make_code(code);
    sim_host = SIM_NOBODY;
    if (r == 0)
        hosts_configure(kiosk, code);
    return r;
}

/* The answer to an enrolment was lost, and its code is used up: the technician, before whom the
 * kiosk still shows its former clinic, makes another one. So does he when the new clinic's cloud
 * was restored from a backup of before the move, and does not know the kiosk (EXCEPTIONS.md). */
static void look_after(void *context)
{
    int kiosk = (int)(intptr_t)context;
    const struct station *station = hosts_stations[kiosk];
    if (sim_over)
        return;
    sim_at(sim_now + TECHNICIAN_MS, look_after, context);
    if (!hosts_up(SIM_CLOUD) || !hosts_up(kiosk) || !station->enrolled || station->move.due)
        return;
    if ((!leavers_is_elsewhere(kiosk) || station->sync.revoked) && set_code(kiosk) == 0) {
        hosts_stop(kiosk);
        hosts_start_in(kiosk, TECHNICIAN_MS);
    }
}

bool leavers_move(int kiosk)
{
    int r = set_code(kiosk);
    sim_trace("kiosk %d is moved: %d", kiosk, r);
    if (r < 0)
        return false;
    fates[kiosk] = MOVED;
    sim_at(sim_now + TECHNICIAN_MS, look_after, (void *)(intptr_t)kiosk);
    return true;
}

/* -- where they are ---------------------------------------------------------------------------- */

bool leavers_has_left(int kiosk)
{
    return kiosk >= 0 && fates[kiosk] != STAYS;
}

bool leavers_is_elsewhere(int kiosk)
{
    const struct station *station = kiosk >= 0 ? hosts_stations[kiosk] : NULL;
    return station && strcmp(station->enrolment.clinic_no, other_clinic_no) == 0;
}

bool leavers_knows(int kiosk)
{
    return kiosk >= 0 && hosts_stations[kiosk] && hosts_stations[kiosk]->sync.revoked;
}

static int not_refused(const struct outbox *outbox)
{
    int count = 0;
    for (int i = 0; i < outbox->count; i++)
        count += !outbox->items[i]->refused;
    return count;
}

/* It has heard of its new clinic all that there is. */
static bool has_arrived(int kiosk)
{
    const struct site *site = find_other();
    const struct station *station = hosts_stations[kiosk];
    return leavers_is_elsewhere(kiosk) && site && station->enrolled &&
           station->log.outbox.count == 0 && station->log.seq == site->seq &&
           strcmp(station->log.hash, site->hash) == 0 && station->log.view.has_settings &&
           station->log.view.count == site->queue.count;
}

bool leavers_converged(int kiosk, char *why, size_t size)
{
    const struct station *station = hosts_stations[kiosk];
    if (!station)
        (void)snprintf(why, size, "kiosk %d is not there", kiosk);
    else if (fates[kiosk] == MOVED && !has_arrived(kiosk))
        (void)snprintf(why, size, "kiosk %d has not arrived at its new clinic", kiosk);
    else if (fates[kiosk] == REVOKED && !station->sync.revoked)
        (void)snprintf(why, size, "kiosk %d does not know that it was revoked", kiosk);
    else if (fates[kiosk] == REVOKED && not_refused(&station->log.outbox) > 0)
        (void)snprintf(why, size, "kiosk %d, revoked, has %d events in its outbox", kiosk,
                       not_refused(&station->log.outbox));
    else
        return true;
    return false;
}

/* -- what they still had ----------------------------------------------------------------------- */

static bool is_quarantined(const char *device, const char *ticket)
{
    char pattern[UID_SIZE + 2];
    int64_t one = 0;
    (void)snprintf(pattern, sizeof pattern, "%%%s%%", ticket);
    sim_host = SIM_CLOUD;
    int r = db_get_int(hosts_cloud->db, &one,
                       "SELECT 1 FROM quarantine WHERE device = $1 AND text LIKE $2 LIMIT 1", "tt",
                       device, pattern);
    sim_host = SIM_NOBODY;
    return r == 1;
}

static bool is_exported(int kiosk, const char *ticket)
{
    static char text[EXPORT_SIZE];
    char path[SIM_PATH_SIZE];
    name_file(kiosk, "not-uploaded-1024-1.jsonl", path);
    (void)read_file(path, text, sizeof text);
    return strstr(text, ticket) != NULL;
}

bool leavers_kept(int kiosk, const char *ticket)
{
    return fates[kiosk] == MOVED ? is_exported(kiosk, ticket)
                                 : is_quarantined(devices[kiosk], ticket);
}
