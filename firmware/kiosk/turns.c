#include "turns.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double shares[] = {0.5, 0.99, 0.999};
static const char *const share_names[] = {"p50", "p99", "p999"};

static int64_t clock_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* "ran waited slices": nanoseconds of running and of being ready without a processor. */
static int64_t queued_us(const struct turns *turns)
{
    char text[96];
    unsigned long long queued = 0;
    ssize_t size = turns->schedstat < 0 ? -1 : pread(turns->schedstat, text, sizeof text - 1, 0);
    if (size <= 0)
        return 0;
    text[size] = '\0';
    return sscanf(text, "%*u %llu", &queued) == 1 ? (int64_t)(queued / 1000) : 0;
}

void turns_init(struct turns *turns)
{
    *turns = (struct turns){.schedstat = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)};
}

void turns_finish(struct turns *turns)
{
    if (turns->schedstat >= 0)
        close(turns->schedstat);
    turns->schedstat = -1;
}

static struct turns_moment moment(const struct turns *turns)
{
    return (struct turns_moment){.wall = clock_us(CLOCK_MONOTONIC),
                                 .queued = queued_us(turns),
                                 .cpu = clock_us(CLOCK_THREAD_CPUTIME_ID)};
}

void turns_begin(struct turns *turns)
{
    turns->now = (struct turns_turn){0};
    turns->began = moment(turns);
    turns->part_began = turns->began.wall;
}

void turns_part(struct turns *turns, enum kiosk_part part)
{
    int64_t now = clock_us(CLOCK_MONOTONIC);
    turns->now.parts[part] = now - turns->part_began;
    turns->part_began = now;
}

void turns_show(struct turns *turns)
{
    turns->shown = moment(turns);
}

/* Neither working nor in a queue: waiting. */
void turns_shown(struct turns *turns)
{
    struct turns_moment now = moment(turns), from = turns->shown;
    int64_t waited = now.wall - from.wall - (now.queued - from.queued) - (now.cpu - from.cpu);
    if (waited > 0)
        turns->now.display += waited;
}

void turns_end(struct turns *turns)
{
    struct turns_moment now = moment(turns), from = turns->began;
    struct turns_turn *turn = &turns->now;
    turn->wall = now.wall - from.wall;
    turn->cpu = now.cpu - from.cpu;
    turn->own = turn->wall - (now.queued - from.queued) - turn->display;
    if (turn->own < turn->cpu)
        turn->own = turn->cpu; /* the clocks are not read in one moment */
    turns_count(turns, turn, now.wall);
}

static void count(struct turns_length *length, int64_t us)
{
    int64_t bucket = us < 0 ? 0 : us / 1000;
    length->buckets[bucket < TURNS_BUCKETS ? bucket : TURNS_BUCKETS - 1]++;
    if (us > length->longest)
        length->longest = us;
}

static void remember(struct turns *turns, const struct turns_turn *turn)
{
    int place = TURNS_WORST;
    while (place > 0 && turns->worst[place - 1].own < turn->own)
        place--;
    if (place == TURNS_WORST)
        return;
    memmove(&turns->worst[place + 1], &turns->worst[place],
            (size_t)(TURNS_WORST - place - 1) * sizeof turns->worst[0]);
    turns->worst[place] = *turn;
}

void turns_count(struct turns *turns, const struct turns_turn *turn, int64_t now)
{
    turns->count++;
    count(&turns->wall, turn->wall);
    count(&turns->own, turn->own);
    count(&turns->cpu, turn->cpu);
    count(&turns->display, turn->display);
    remember(turns, turn);
    if (turn->own > turns->recent || now - turns->recent_since > TURNS_RECENT_US) {
        turns->recent = turn->own;
        turns->recent_since = now;
    }
}

int turns_quantile(const struct turns_length *length, double share)
{
    int64_t all = 0, seen = 0;
    for (int i = 0; i < TURNS_BUCKETS; i++)
        all += length->buckets[i];
    for (int i = 0; i < TURNS_BUCKETS; i++) {
        seen += length->buckets[i];
        if (all > 0 && (double)seen >= share * (double)all)
            return i + 1;
    }
    return 0;
}

/* -- JSON -------------------------------------------------------------------------------------- */

static cJSON *length_json(const struct turns_length *length)
{
    cJSON *json = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        cJSON_AddNumberToObject(json, share_names[i], turns_quantile(length, shares[i]));
    cJSON_AddNumberToObject(json, "longest", (double)length->longest / 1000);
    /* [ms, turns that took at least this and less than the next], so that two answers give what
     * lies between them */
    cJSON *buckets = cJSON_AddArrayToObject(json, "buckets");
    for (int i = 0; i < TURNS_BUCKETS; i++) {
        double pair[2] = {i, (double)length->buckets[i]};
        if (length->buckets[i] > 0)
            cJSON_AddItemToArray(buckets, cJSON_CreateDoubleArray(pair, 2));
    }
    return json;
}

static cJSON *turn_json(const struct turns_turn *turn)
{
    static const char *const names[] = {
#define X(name, text) text,
        KIOSK_PARTS(X)
#undef X
    };
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "wall", (double)turn->wall / 1000);
    cJSON_AddNumberToObject(json, "own", (double)turn->own / 1000);
    cJSON_AddNumberToObject(json, "cpu", (double)turn->cpu / 1000);
    cJSON_AddNumberToObject(json, "display", (double)turn->display / 1000);
    cJSON *parts = cJSON_AddObjectToObject(json, "parts");
    for (int i = 0; i < KIOSK_PART_COUNT; i++)
        if (turn->parts[i] >= 1000)
            cJSON_AddNumberToObject(parts, names[i], (double)turn->parts[i] / 1000);
    return json;
}

cJSON *turns_json(const struct turns *turns)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "turns", (double)turns->count);
    cJSON_AddNumberToObject(json, "recent", (double)turns->recent / 1000);
    cJSON_AddItemToObject(json, "own", length_json(&turns->own));
    cJSON_AddItemToObject(json, "cpu", length_json(&turns->cpu));
    cJSON_AddItemToObject(json, "wall", length_json(&turns->wall));
    cJSON_AddItemToObject(json, "display", length_json(&turns->display));
    cJSON *worst = cJSON_AddArrayToObject(json, "worst");
    for (int i = 0; i < TURNS_WORST && turns->worst[i].wall > 0; i++)
        cJSON_AddItemToArray(worst, turn_json(&turns->worst[i]));
    return json;
}
