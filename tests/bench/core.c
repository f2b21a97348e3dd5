/* bench_core: what judging, applying and digesting an entry cost at a site of 4,000 tickets, and
 * what a line with reserved places and a snapshot cost. Build it in Release:
 *   cmake --preset release && cmake --build --preset release --target bench_core */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../core/site.h"
#include "snapshot.h"

enum { TICKETS = 4000, NUMBERS = 900, TURNS = 20000 };

static double now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void tell(const char *what, double from, int times)
{
    (void)printf("%-44s %9.2f us\n", what, (now_us() - from) / times);
}

static void fill(struct site *site)
{
    for (int i = 1; i <= TICKETS; i++) {
        struct event event = site_event(site, EVENT_ISSUED, i);
        event.desk_no = 1;
        event.number.value = 1 + (i - 1) % NUMBERS;
        if (i > NUMBERS)
            (void)site_do(site, EVENT_DONE, i - NUMBERS);
        if (site_apply(site, &event).verdict != VERDICT_APPLIED)
            abort();
    }
}

static void measure_entries(struct site *site)
{
    uint64_t sum = 0;
    double from = now_us();
    for (int i = 0; i < TURNS; i++)
        sum += queue_digest(&site->queue);
    tell("digest, as each entry carries it", from, TURNS);
    from = now_us();
    for (int i = 0; i < TURNS; i++) {
        struct event event = site_event(site, i % 2 ? EVENT_WAITING : EVENT_HELD, TICKETS - 5);
        if (queue_apply(&site->queue, &event, site->now).verdict != VERDICT_APPLIED)
            abort();
        sum += queue_digest(&site->queue);
    }
    tell("judge, apply and digest an act", from, TURNS);
    if (sum == 0)
        abort();
}

static void measure_line(struct site *site, const char *what)
{
    static const struct ticket *line[QUEUE_TICKETS_MAX];
    double from = now_us();
    for (int i = 0; i < 1000; i++)
        if (queue_line(&site->queue, 1, site->now, line, QUEUE_TICKETS_MAX) == 0)
            abort();
    tell(what, from, 1000);
}

static void measure_snapshot(struct site *site)
{
    char error[200];
    struct snapshot snapshot;
    double from = now_us();
    cJSON *json = snapshot_to_json(&site->queue, 1, entry_first_hash);
    char *text = cJSON_PrintUnformatted(json);
    tell("snapshot written", from, 1);
    (void)printf("%-44s %9.2f MB\n", "snapshot's size", (double)strlen(text) / 1e6);
    cJSON_Delete(json);
    from = now_us();
    json = cJSON_Parse(text);
    if (snapshot_from_json(json, &snapshot, error, sizeof error) < 0)
        abort();
    tell("snapshot read and checked", from, 1);
    snapshot_finish(&snapshot);
    cJSON_Delete(json);
    cJSON_free(text);
}

int main(void)
{
    struct site site;
    site_open(&site);
    fill(&site);
    (void)printf("%d tickets, %d of them waiting at one desk\n", TICKETS, NUMBERS);
    measure_entries(&site);
    measure_line(&site, "line of the desk");
    struct settings *settings = site_settings(&site);
    settings->desks[0].booking_every = 3;
    site_change(&site, settings);
    measure_line(&site, "line of the desk, every third place reserved");
    measure_snapshot(&site);
    site_close(&site);
    return 0;
}
