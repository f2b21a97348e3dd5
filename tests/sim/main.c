/* run --seeds N [--seed S] [--bug NAME] [--trace] | --bugs | --list-bugs */
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bugs.h"
#include "day.h"
#include "disk.h"
#include "hosts.h"
#include "oracle.h"

enum { FAILURES_SHOWN = 10 };

static const char usage[] =
    "usage: run [--seeds N] [--seed FIRST] [--bug NAME] [--trace] [--hashes]\n"
    "       run --bugs        every planted bug must be found within its number of seeds\n"
    "       run --list-bugs\n";

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void prepare(void)
{
    const char *top = getenv("TMPDIR");
    (void)snprintf(sim_base, sizeof sim_base, "%.150s/machiai-sim-XXXXXX",
                   top && *top ? top : "/tmp");
    if (!mkdtemp(sim_base)) {
        perror(sim_base);
        exit(2);
    }
    disk_install();
    sim_random_install();
    if (sodium_init() < 0)
        exit(2);
    sim_reset(0, DAY_PREPARED);
    hosts_prepare();
}

static void remove_folders(void)
{
    static const char *const names[] = {
        "k0/identity.json", "k0/lock", "k0", "k1/identity.json", "k1/lock", "k1",
        "k2/identity.json", "k2/lock", "k2", "cloud/contents",   "cloud",   ""};
    char path[SIM_PATH_SIZE];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%.180s/%s", sim_base, names[i]);
        (void)remove(path);
    }
}

struct total {
    int64_t seeds, slips;
    int failures;
};

/* True: the day went as it should. */
static bool run_seed(uint64_t seed, const char *bug, bool hashes, struct total *total)
{
    bug_reset();
    day_run(seed);
    total->seeds++;
    total->slips += oracle_slips();
    if (hashes)
        (void)printf("seed %llu: %016llx\n", (unsigned long long)seed,
                     (unsigned long long)sim_trace_hash());
    if (!sim_failure())
        return true;
    if (total->failures++ < FAILURES_SHOWN && !*bug)
        (void)printf("seed %llu: %s\n  replay: tests/sim/run --seed %llu --seeds 1 --trace\n",
                     (unsigned long long)seed, sim_failure(), (unsigned long long)seed);
    return false;
}

static int run_seeds(uint64_t first, int64_t count, bool hashes, const char *bug)
{
    struct total total = {0};
    double start = seconds();
    for (int64_t i = 0; i < count; i++)
        (void)run_seed(first + (uint64_t)i, "", hashes, &total);
    double took = seconds() - start;
    (void)printf("%lld seeds, %lld slips, %d with violations%s%s; %.1f seeds/s\n",
                 (long long)total.seeds, (long long)total.slips, total.failures,
                 *bug ? ", planted: " : "", bug, (double)total.seeds / took);
    return total.failures ? 1 : 0;
}

static bool find_bug(const struct bug *bug)
{
    struct total total = {0};
    if (!bug_plant(bug->name))
        abort();
    for (int i = 1; i <= bug->seeds; i++) {
        if (run_seed((uint64_t)i, bug->name, false, &total))
            continue;
        (void)printf("found %-22s at seed %3d of %d: %s\n", bug->name, i, bug->seeds,
                     sim_failure());
        return true;
    }
    (void)printf("NOT FOUND %s within %d seeds: %s\n", bug->name, bug->seeds, bug->what);
    return false;
}

static int find_bugs(void)
{
    int missed = 0;
    for (int i = 0; i < bug_count; i++)
        missed += !find_bug(&bugs[i]);
    return missed ? 1 : 0;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seeds", required_argument, NULL, 'n'}, {"seed", required_argument, NULL, 's'},
        {"bug", required_argument, NULL, 'b'},   {"trace", no_argument, NULL, 't'},
        {"hashes", no_argument, NULL, 'h'},      {"bugs", no_argument, NULL, 'B'},
        {"list-bugs", no_argument, NULL, 'l'},   {0}};
    uint64_t first = 1;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    int64_t count = 100;
    bool all_bugs = false, hashes = false, trace = false;
    const char *bug = "";
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'n')
            count = strtoll(optarg, NULL, 10);
        else if (c == 's')
            first = strtoull(optarg, NULL, 10);
        else if (c == 'b')
            bug = optarg;
        else if (c == 't')
            trace = true;
        else if (c == 'h')
            hashes = true;
        else if (c == 'B')
            all_bugs = true;
        else if (c == 'l')
            for (int i = 0; i < bug_count; i++)
                (void)printf("%-22s %s\n", bugs[i].name, bugs[i].what);
        if (c == '?' || c == 'l') {
            if (c == '?')
                (void)fputs(usage, stderr);
            return c == 'l' ? 0 : 2;
        }
    }
    if (!bug_plant("") || count < 1) {
        (void)fputs(usage, stderr);
        return 2;
    }
    prepare();
    sim_verbose = trace;
    if (*bug && !bug_plant(bug)) {
        (void)fprintf(stderr, "there is no bug %s; see --list-bugs\n", bug);
        return 2;
    }
    int r = all_bugs ? find_bugs() : run_seeds(first, count, hashes, bug);
    disk_clear();
    remove_folders();
    return r;
}
