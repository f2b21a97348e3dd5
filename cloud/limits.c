/* GCRA (ITU-T I.371): of each asker one number is kept, the time at which its reserve would be full
 * again. */
#include "limits.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 8, SETS = LIMITS_ASKERS / WAYS };

struct asker {
    uint64_t name; /* keyed hash: nobody can aim at another's place. 0 = free */
    int64_t full_us;
};

struct limits {
    pthread_mutex_t lock;
    unsigned char key[crypto_shorthash_KEYBYTES];
    int64_t step_us;    /* what one request costs */
    int64_t reserve_us; /* how far ahead an asker may be */
    struct asker askers[SETS][WAYS];
};

static int create(int64_t step_us, int64_t reserve_us, struct limits **ret)
{
    struct limits *limits = calloc(1, sizeof *limits);

    if (!limits)
        return -ENOMEM;
    limits->step_us = step_us;
    limits->reserve_us = reserve_us;
    pthread_mutex_init(&limits->lock, NULL);
    crypto_shorthash_keygen(limits->key);
    *ret = limits;
    return 0;
}

int limits_create(int rate, struct limits **ret)
{
    return create(1000000 / rate, (int64_t)LIMITS_BURST_SECONDS * 1000000, ret);
}

int limits_create_paced(int64_t step_ms, int burst, struct limits **ret)
{
    return create(step_ms * 1000, step_ms * 1000 * burst, ret);
}

void limits_destroy(struct limits *limits)
{
    if (!limits)
        return;
    pthread_mutex_destroy(&limits->lock);
    free(limits);
}

static uint64_t name_of(const struct limits *limits, const char *asker)
{
    uint64_t name;

    _Static_assert(sizeof name == crypto_shorthash_BYTES, "a hash is a name");
    (void)crypto_shorthash((unsigned char *)&name, (const unsigned char *)asker, strlen(asker),
                           limits->key);
    return name ? name : 1;
}

static struct asker *find(struct limits *limits, uint64_t name)
{
    struct asker *set = limits->askers[name % SETS], *oldest = set;

    for (int i = 0; i < WAYS; i++) {
        if (set[i].name == name)
            return &set[i];
        if (set[i].full_us < oldest->full_us)
            oldest = &set[i];
    }
    *oldest = (struct asker){.name = name};
    return oldest;
}

int limits_take(struct limits *limits, const char *asker, int64_t now_ms)
{
    return limits_take_many(limits, asker, 1, now_ms);
}

int limits_take_many(struct limits *limits, const char *asker, int count, int64_t now_ms)
{
    int64_t now = now_ms * 1000, cost = limits->step_us * count, late;

    pthread_mutex_lock(&limits->lock);
    struct asker *one = find(limits, name_of(limits, asker));
    if (one->full_us < now)
        one->full_us = now;
    late = one->full_us + cost - now - limits->reserve_us;
    if (late <= 0)
        one->full_us += cost;
    pthread_mutex_unlock(&limits->lock);
    return late <= 0 ? 0 : (int)((late + 999999) / 1000000);
}

void limits_give_back(struct limits *limits, const char *asker, int count)
{
    pthread_mutex_lock(&limits->lock);
    find(limits, name_of(limits, asker))->full_us -= limits->step_us * count;
    pthread_mutex_unlock(&limits->lock);
}
