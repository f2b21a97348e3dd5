#include "station_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rig_open(struct rig *rig)
{
    *rig = (struct rig){0};
    const char *base = getenv("TMPDIR");
    (void)snprintf(rig->dir, sizeof rig->dir, "%s/machiai-station-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(rig->dir))
        abort();
    site_open(&rig->site);
    memcpy(rig->hash, entry_first_hash, HASH_SIZE);
}

void rig_close(struct rig *rig)
{
    char command[RIG_PATH_SIZE + 16];
    site_close(&rig->site);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", rig->dir);
    if (system(command) != 0)
        abort();
}

const char *rig_path(const struct rig *rig, const char *name)
{
    static char paths[4][RIG_PATH_SIZE + 64];
    static int next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", rig->dir, name);
    return path;
}

void rig_entry(struct rig *rig, struct event event, enum verdict verdict, struct entry *ret)
{
    char error[160];
    struct entry entry = {.seq = rig->seq + 1, .at = event.at, .verdict = verdict};
    cJSON *json = event_to_json(&event);
    entry.text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    event_finish(&event);
    entry_hash(rig->hash, entry.seq, entry.at, verdict, entry.text, entry.hash);
    cJSON *whole = entry_to_json(&entry);
    cJSON_free(entry.text);
    if (entry_from_json(whole, ret, error, sizeof error) < 0) {
        (void)fprintf(stderr, "%s\n", error);
        abort();
    }
    cJSON_Delete(whole);
    rig->seq = ret->seq;
    memcpy(rig->hash, ret->hash, HASH_SIZE);
}

void rig_start(struct rig *rig, struct entry ret[static RIG_START_ENTRIES])
{
    struct event event = site_event(&rig->site, EVENT_SETTINGS, 0);
    event.settings = malloc(sizeof *event.settings);
    if (!event.settings)
        abort();
    *event.settings = rig->site.queue.settings;
    rig_entry(rig, event, VERDICT_APPLIED, &ret[0]);
    event = site_event(&rig->site, EVENT_SESSION_OPENED, 0);
    event.session = rig->site.queue.session;
    rig_entry(rig, event, VERDICT_APPLIED, &ret[1]);
    event = site_event(&rig->site, EVENT_DEVICE, 0);
    memcpy(event.device, site_kiosk_a, UID_SIZE);
    event.number.letter = 'A';
    rig_entry(rig, event, VERDICT_APPLIED, &ret[2]);
}

void rig_finish_entries(struct entry *entries, int count)
{
    for (int i = 0; i < count; i++)
        entry_finish(&entries[i]);
}
