/* The state that transactions go on from while the disk has not yet what is before them. */
#include <stdlib.h>

#include "site_private.h"

void site_apply(struct queue *queue, const struct site_batch *batch)
{
    for (int i = 0; i < batch->count; i++)
        if (batch->entries[i].verdict == VERDICT_APPLIED) /* judged before */
            (void)queue_apply(queue, &batch->entries[i].event, batch->entries[i].at);
}

struct queue *site_work(struct site *site)
{
    if (site->work)
        return site->work;
    site->work = queue_clone(&site->queue);
    if (!site->work)
        abort();
    for (const struct site_batch *batch = site->sealed; batch; batch = batch->next)
        site_apply(site->work, batch);
    if (site->open)
        site_apply(site->work, site->open);
    return site->work;
}

void site_work_drop(struct site *site)
{
    queue_destroy(site->work);
    site->work = NULL;
}

static void leave(struct site *site, struct site **place)
{
    site_work_drop(site); /* of a site that is being written it will be made again */
    site->warm = false;
    *place = NULL;
}

void site_work_keep(struct site *site)
{
    struct sites *sites = site->sites;
    struct site **place = &sites->warm[sites->next_warm];

    if (!site->work || site->warm)
        return;
    if (*place)
        leave(*place, place);
    *place = site;
    site->warm = true;
    sites->next_warm = (sites->next_warm + 1) % SITES_WARM_MAX;
}

void site_work_finish(struct site *site)
{
    struct sites *sites = site->sites;

    for (int i = 0; i < SITES_WARM_MAX && site->warm; i++)
        if (sites->warm[i] == site)
            leave(site, &sites->warm[i]);
    site_work_drop(site);
}
