/* Remote reception (遠隔受付, app. 1): when a clinic takes turn bookings from home, and what anyone
 * may read about it. The windows follow the clinic's hours (settings.h, struct remote); outside the
 * cloud's service hours none is taken (app. 2, hours.h), nor while the service is interrupted
 * (terms 13, contract.h).
 */
#ifndef MACHIAI_CLOUD_RECEPTION_H
#define MACHIAI_CLOUD_RECEPTION_H

#include <cjson/cJSON.h>

#include "cloud.h"
#include "queue.h"

/* state, its name on the wire. Patients never learn whether staff paused or the service is
 * suspended: both are `sorry`. */
#define RECEPTION_STATES(X)                                                                        \
    X(OPEN, "open")                                                                                \
    X(BEFORE, "before") /* today's next window has not begun */                                    \
    X(ENDED, "ended")   /* today's last window is over */                                          \
    X(CLOSED, "closed") /* no hours today */                                                       \
    X(FULL, "full")     /* the cap of the session is reached */                                    \
    X(SORRY, "sorry")                                                                              \
    X(NIGHT, "night") /* outside the service hours, or interrupted */                              \
    X(NONE, "none")   /* this clinic or desk takes no bookings from home */
enum reception_state {
#define X(name, text) RECEPTION_##name,
    RECEPTION_STATES(X)
#undef X
        RECEPTION_STATE_COUNT
};
const char *reception_state_name(enum reception_state state);

enum { RECEPTION_WINDOWS_MAX = 4, RECEPTION_DAYS_AHEAD = 14 };

struct reception_window {
    struct session session;
    int64_t from, to; /* ms UTC */
};

struct reception {
    enum reception_state state;
    int64_t until;                   /* open: end of the window, 0 = none; night: when it is over */
    struct reception_window next[2]; /* the next windows that have not begun */
    int next_count;
};

/* Whether the cloud serves remote reception of the site now, and until when that holds: the service
 * hours, and the site's announced interruption (terms 13). */
int reception_service(struct cloud *cloud, struct site *site, bool *ret_open, int64_t *ret_change)
    __attribute__((warn_unused_result));
/* Pure. service_open, service_change: reception_service(). */
void reception_look(const struct queue *queue, int desk_no, bool service_open,
                    int64_t service_change, int64_t now, struct reception *ret);

/* Who may book it. */
bool reception_offers(const struct settings *settings, const struct service *service, bool card);

/* The same for a site at its present time, with the service hours from the database. */
int reception_now(struct cloud *cloud, struct site *site, int desk_no, struct reception *ret)
    __attribute__((warn_unused_result));
/* {"state","until","persons","card","first","come_now","next":[{"date","kind","from","to"}],
 *  "services":[{"id","name","name_en","for"}]}; NULL when memory runs out. Between site_read() and
 * site_read_end(). */
cJSON *reception_json(const struct queue *queue, int desk_no, const struct reception *reception);

/* What stays as long as settings do, and its hours: {"clinic":{"clinic_no","name","name_en",
 * "phone","address"},"hours":null|{"week","closed","exceptions"},"desks":[{"queue_id","name",
 * "name_en","kind"}]}; closed days and exceptions of the next weeks only. */
cJSON *reception_clinic_json(const struct queue *queue, int64_t now);

#endif
