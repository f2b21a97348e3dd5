#include "sim.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS_MAX = 1 << 16, LINE_SIZE = 512 };

int64_t sim_now;
int sim_host = SIM_NOBODY;
bool sim_verbose;
char sim_base[SIM_PATH_SIZE];

/* -- chance ------------------------------------------------------------------------------------ */

static uint64_t scenario_state, program_state;

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15)); /* splitmix64 */
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void sim_seed(uint64_t seed)
{
    scenario_state = seed * 2 + 1;
    program_state = ~seed * 31;
}

uint64_t sim_random(void)
{
    return next_random(&scenario_state);
}

int64_t sim_between(int64_t min, int64_t max)
{
    return min + (int64_t)(sim_random() % (uint64_t)(max - min + 1));
}

bool sim_chance(int percent)
{
    return sim_between(1, 100) <= percent;
}

static const char *random_name(void)
{
    return "machiai-sim";
}

static uint32_t random_word(void)
{
    return (uint32_t)next_random(&program_state);
}

static void random_bytes(void *const bytes, const size_t size)
{
    unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        at[i] = (unsigned char)(next_random(&program_state) >> 11);
}

void sim_random_install(void)
{
    static randombytes_implementation ours = {
        .implementation_name = random_name, .random = random_word, .buf = random_bytes};
    if (randombytes_set_implementation(&ours) != 0)
        abort();
}

/* -- the trace --------------------------------------------------------------------------------- */

static uint64_t trace_hash;
static char failure[LINE_SIZE];

static void note(const char *line)
{
    for (const char *p = line; *p; p++)
        trace_hash = (trace_hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    if (sim_verbose)
        (void)printf("%s\n", line);
}

void sim_trace(const char *format, ...)
{
    char line[LINE_SIZE];
    int length = snprintf(line, sizeof line, "%lld ", (long long)sim_now);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line + length, sizeof line - (size_t)length, format, args);
    va_end(args);
    note(line);
}

void sim_violation(const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    sim_trace("VIOLATION %s", line);
    if (!failure[0])
        memcpy(failure, line, sizeof failure);
}

const char *sim_failure(void)
{
    return failure[0] ? failure : NULL;
}

uint64_t sim_trace_hash(void)
{
    return trace_hash;
}

/* -- the order of things -------------------------------------------------------------------------
 */

struct happening {
    int64_t at;
    uint64_t order;
    void (*run)(void *context);
    void *context;
};

static struct happening heap[EVENTS_MAX];
static int heap_count;
static uint64_t heap_order;
void (*sim_after_step)(void);
bool sim_over;

static bool sooner(const struct happening *a, const struct happening *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void sim_at(int64_t at, void (*run)(void *context), void *context)
{
    if (heap_count == EVENTS_MAX)
        abort();
    struct happening added = {at < sim_now ? sim_now : at, heap_order++, run, context};
    int i = heap_count++;
    while (i > 0 && sooner(&added, &heap[(i - 1) / 2])) {
        heap[i] = heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap[i] = added;
}

static struct happening take_first(void)
{
    struct happening first = heap[0], last = heap[--heap_count];
    int i = 0;
    while (2 * i + 1 < heap_count) {
        int child = 2 * i + 1;
        if (child + 1 < heap_count && sooner(&heap[child + 1], &heap[child]))
            child++;
        if (!sooner(&heap[child], &last))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return first;
}

void sim_run_until(int64_t at)
{
    while (!sim_failure()) {
        int64_t event = heap_count > 0 ? heap[0].at : INT64_MAX, wish = fiber_next();
        int64_t next = event < wish ? event : wish;
        if (next > at)
            break;
        if (next > sim_now)
            sim_now = next;
        if (event <= wish) {
            struct happening first = take_first();
            first.run(first.context);
        } else {
            fiber_run_due();
        }
        if (sim_after_step)
            sim_after_step();
    }
    if (sim_now < at)
        sim_now = at;
}

void sim_drain(void)
{
    sim_over = true;
    while (heap_count > 0) {
        struct happening first = take_first();
        first.run(first.context);
    }
}

void sim_reset(uint64_t seed, int64_t start)
{
    if (heap_count != 0)
        abort();
    sim_over = false;
    heap_order = 0;
    failure[0] = '\0';
    trace_hash = UINT64_C(14695981039346656037);
    sim_now = start;
    sim_host = SIM_NOBODY;
    sim_seed(seed);
}
