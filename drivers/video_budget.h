/* Whether a film asks for more than the machine has: the child takes most of all processors for
 * seconds on end, and still less than half of the film's frames come.
 *
 * Both must hold. A machine that is busy with something else is slow without the child's being to
 * blame, and a demanding film that keeps its pace may take what it needs.
 */
#ifndef MACHIAI_DRIVERS_VIDEO_BUDGET_H
#define MACHIAI_DRIVERS_VIDEO_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

enum { VIDEO_BUDGET_MS = 8000 }; /* one stretch that is looked at */

struct video_budget {
    uint32_t session; /* of the film that is looked at; 0: none */
    int64_t since_ms, cpu_ms;
    uint32_t frames;
};

/* What is known at one moment. */
struct video_budget_now {
    int64_t now_ms;
    int64_t cpu_ms; /* processor time of the child so far, of all its threads */
    int processors;
    uint32_t session;            /* of the film that is seen; 0: none */
    uint32_t frames;             /* of the film so far; ones that were passed over count */
    uint32_t rate_num, rate_den; /* frames a second; 0: unknown */
};

/* Whether cpu_ms is looked at this time: it costs a call of the system's. */
bool video_budget_asks(const struct video_budget *budget, const struct video_budget_now *now);
/* Looks at the film again: true, once a stretch, when it asks for too much. */
bool video_budget_spent(struct video_budget *budget, const struct video_budget_now *now);

#endif
