/* The production functions that a host's writes belong to. */
#include "cloud.h"
#include "crash.h"
#include "journal.h"
#include "site_private.h"

#define MARK(type, name, transition, parameters, arguments)                                        \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        enum crash_transition former = crash_enter(transition);                                    \
        type r = __real_##name arguments;                                                          \
        crash_leave(former);                                                                       \
        return r;                                                                                  \
    }

#define MARK_VOID(name, transition, parameters, arguments)                                         \
    void __real_##name parameters;                                                                 \
    void __wrap_##name parameters;                                                                 \
    void __wrap_##name parameters                                                                  \
    {                                                                                              \
        enum crash_transition former = crash_enter(transition);                                    \
        __real_##name arguments;                                                                   \
        crash_leave(former);                                                                       \
    }

MARK(int, journal_intend, CRASH_INTENT,
     (struct journal * journal, const struct journal_intent *intent), (journal, intent))
MARK(int, journal_drop, CRASH_DROP,
     (struct journal * journal, const char *ticket, const struct journal_event *events, int count),
     (journal, ticket, events, count))
MARK(int, journal_slip, CRASH_SLIP,
     (struct journal * journal, const struct journal_slip *slip, const struct journal_event *event),
     (journal, slip, event))
MARK(int, journal_reissue, CRASH_REISSUE,
     (struct journal * journal, const char *ticket, const char *request,
      const struct journal_event *event, struct station_ticket *ret),
     (journal, ticket, request, event, ret))
MARK(int, journal_post, CRASH_OWN, (struct journal * journal, const struct journal_event *event),
     (journal, event))
MARK(int, journal_save_state, CRASH_STATE,
     (struct journal * journal, int64_t seq, const char *hash, const char *rules,
      const struct queue *queue, int64_t keep_after),
     (journal, seq, hash, rules, queue, keep_after))
MARK(int, journal_restart, CRASH_RESTART, (struct journal * journal, const char *device),
     (journal, device))
MARK(int, journal_replace, CRASH_RESTART,
     (struct journal * journal, const char *device, bool replaced, int64_t seq, const char *hash,
      const char *rules, const struct queue *queue),
     (journal, device, replaced, seq, hash, rules, queue))
MARK(int, journal_set_int, CRASH_TIME, (struct journal * journal, const char *key, int64_t value),
     (journal, key, value))
MARK(int, journal_open, CRASH_OPEN,
     (const char *dir, struct journal **ret, struct journal_found *ret_found),
     (dir, ret, ret_found))
MARK_VOID(journal_close, CRASH_CLOSE, (struct journal * journal), (journal))
MARK(int, site_keep_snapshot, CRASH_SNAPSHOT, (struct site * site), (site))
MARK(int, cloud_open, CRASH_CLOUD_OPEN,
     (const char *data_dir, enum cloud_make make, struct cloud **ret, char *error, size_t size),
     (data_dir, make, ret, error, size))
MARK_VOID(cloud_close, CRASH_CLOUD_CLOSE, (struct cloud * cloud), (cloud))
