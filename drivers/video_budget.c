#include "video_budget.h"

enum {
    SHARE = 3, /* of four quarters of all processors */
    QUARTERS = 4,
    RATE_UNKNOWN = 24
};

static void begin(struct video_budget *budget, const struct video_budget_now *now)
{
    *budget = (struct video_budget){.session = now->session,
                                    .since_ms = now->now_ms,
                                    .cpu_ms = now->cpu_ms,
                                    .frames = now->frames};
}

/* Frames that belong to so many milliseconds. */
static int64_t due(const struct video_budget_now *now, int64_t passed_ms)
{
    int64_t num = now->rate_den != 0 ? now->rate_num : RATE_UNKNOWN;
    int64_t den = now->rate_den != 0 ? now->rate_den : 1;
    return passed_ms * num / den / 1000;
}

bool video_budget_asks(const struct video_budget *budget, const struct video_budget_now *now)
{
    return now->session != 0 &&
           (now->session != budget->session || now->now_ms - budget->since_ms >= VIDEO_BUDGET_MS);
}

bool video_budget_spent(struct video_budget *budget, const struct video_budget_now *now)
{
    if (!video_budget_asks(budget, now)) {
        budget->session = now->session;
        return false;
    }
    int64_t passed = now->now_ms - budget->since_ms;
    bool other = now->session != budget->session;
    int64_t cpu = now->cpu_ms - budget->cpu_ms;
    int64_t frames = (int64_t)(uint32_t)(now->frames - budget->frames);
    begin(budget, now);
    return !other && cpu * QUARTERS > passed * now->processors * SHARE &&
           2 * frames < due(now, passed);
}
