/* Whole transactions on a site: alone, or run with others' by one thread. */
#include "site_private.h"

struct transaction {
    struct site *site;
    int (*body)(struct site *site, void *context);
    void *context;
    struct site_batch *batch; /* NULL: it was given up */
    bool changed;
};

static int run_one(void *context)
{
    struct transaction *one = context;
    int result;

    result = site_join(one->site);
    if (result < 0)
        return result;
    result = one->body(one->site, one->context);
    if (result < 0) {
        site_discard(one->site);
        return result;
    }
    one->changed = one->site->open->count > 0;
    one->batch = site_seal(one->site);
    return 0;
}

static void ended(void *context, int result)
{
    const struct transaction *one = context;

    if (one->batch)
        site_batch_ended(one->batch, result);
}

static int run_alone(struct transaction *one)
{
    int result;

    result = site_begin(one->site);
    if (result < 0)
        return result;
    result = one->body(one->site, one->context);
    if (result >= 0)
        return site_commit(one->site);
    site_rollback(one->site);
    return result;
}

int site_transact(struct site *site, int (*body)(struct site *site, void *context), void *context)
{
    struct transaction one = {.site = site, .body = body, .context = context};
    struct db *db = site->sites->options.db;
    int result;

    if (!db_is_shared(db))
        return run_alone(&one);
    result = db_transact(db, run_one, ended, &one);
    if (result == 0 && one.changed)
        site_tell(site);
    return result;
}
