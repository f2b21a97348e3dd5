/* A directory with a database and a clinic, for tests of what stands on them. The clock stands
 * still until a test moves it. */
#ifndef MACHIAI_TESTS_SITE_RIG_H
#define MACHIAI_TESTS_SITE_RIG_H

#include "cloud.h"
#include "site.h"

/* 2026-11-24 10:00 in Japan, a Tuesday. */
#define RIG_MORNING INT64_C(1795482000000)

struct rig {
    char folder[256], path[300];
    struct db *db;
    struct sites *sites;
    struct site *site;
    int64_t now;
    _Atomic int told; /* calls of `changed` */
};

/* setup and teardown of cmocka; *state is a struct rig. */
int rig_make(void **state);
/* The same with all that issuing stands on (recovery, notices, intake). */
int rig_make_desk(void **state);
int rig_remove(void **state);

/* A second opening of the same data, as another process would do. */
struct rig *rig_open_again(const struct rig *rig);
void rig_close(struct rig *rig);
/* Closes and opens, as a restart does. */
void rig_restart(struct rig *rig);

/* Database and sites alone, as the parts under test take them. */
struct cloud rig_cloud(const struct rig *rig);

/* UUIDs that tell themselves apart. */
const char *rig_uid(int number);

/* One event in a transaction of its own; the verdict. Fails the test on errors. */
struct site_put rig_put(struct site *site, const struct event *event);
/* Issues ticket `number` at a desk in the main series and returns its number. */
int rig_issue(struct site *site, int ticket, int desk_no);
struct event rig_act(enum event_kind kind, int ticket);
enum ticket_state rig_state(struct site *site, int ticket);

#endif
