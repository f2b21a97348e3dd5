/* What the station's tests share: a directory of their own, and a site's log made by hand. */
#ifndef MACHIAI_TESTS_KIOSK_STATION_RIG_H
#define MACHIAI_TESTS_KIOSK_STATION_RIG_H

#include "../core/site.h"
#include "entry.h"

enum { RIG_PATH_SIZE = 256 };

struct rig {
    char dir[RIG_PATH_SIZE];
    struct site site; /* gives ids, settings and time */
    int64_t seq;      /* of the last entry made */
    char hash[HASH_SIZE];
};

void rig_open(struct rig *rig);
/* Removes the directory. */
void rig_close(struct rig *rig);
/* DIR/name; static storage, a few at a time. */
const char *rig_path(const struct rig *rig, const char *name);

/* The next entry of the log; the caller finishes it. Takes over what the event owns. */
void rig_entry(struct rig *rig, struct event event, enum verdict verdict, struct entry *ret);
/* Settings, session and the letter A for site_kiosk_a: what every log begins with. */
enum { RIG_START_ENTRIES = 3 };
void rig_start(struct rig *rig, struct entry ret[static RIG_START_ENTRIES]);
void rig_finish_entries(struct entry *entries, int count);

#endif
