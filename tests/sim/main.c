/* run [--seeds N] [--seed S] [--bug NAME] [--trace] [--hashes] | --bugs | --list-bugs */
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bugs.h"
#include "crash.h"
#include "day.h"
#include "disk.h"
#include "hosts.h"
#include "jobs.h"
#include "oracle.h"

enum { FAILURES_SHOWN = 10 };

static const char usage[] =
    "usage: run [--seeds N] [--seed FIRST] [--bug NAME] [--trace] [--hashes]\n"
    "       run --bugs        every planted bug must be found within its number of seeds\n"
    "       run --list-bugs\n"
    "       run --crash-points  ends kiosk and cloud at every write of every transition\n"
    "       run --crash-point WALK:WRITE [--trace]  one of them\n"
    "       run --crash-bugs  planted bugs must be found by such walks\n"
    "--jobs N: processes that share the work, as many as there are processors\n";

static double cpu_seconds(void)
{
    double sum = 0;
    struct rusage used;
    for (int who = RUSAGE_CHILDREN; who <= RUSAGE_SELF; who++) {
        (void)getrusage(who, &used);
        sum += (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    }
    return sum;
}

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
    static const char *const names[] = {"k0/identity.json",
                                        "k0/lock",
                                        "k0/not-uploaded-1024-1.jsonl",
                                        "k0",
                                        "k1/identity.json",
                                        "k1/lock",
                                        "k1/not-uploaded-1024-1.jsonl",
                                        "k1",
                                        "k2/identity.json",
                                        "k2/lock",
                                        "k2/not-uploaded-1024-1.jsonl",
                                        "k2",
                                        "cloud/contents",
                                        "cloud/uploads",
                                        "cloud/stills",
                                        "cloud/programme.key",
                                        "cloud",
                                        ""};
    char path[SIM_PATH_SIZE];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%.180s/%s", sim_base, names[i]);
        (void)remove(path);
    }
}

static int say_usage(void)
{
    (void)fputs(usage, stderr);
    return 2;
}

/* -- seeds ---------------------------------------------------------------------------------------
 */

static struct {
    uint64_t first;
    bool hashes, trace;
    const char *bug;
    int64_t seeds, slips;
    int failures;
} run;

static void begin(void)
{
    prepare();
    sim_verbose = run.trace;
    if (!bug_plant(run.bug))
        abort();
}

static void end(void)
{
    disk_clear();
    remove_folders();
}

static void run_seed(int64_t index, struct jobs_result *ret)
{
    bug_reset();
    day_run(run.first + (uint64_t)index);
    ret->count = oracle_slips();
    ret->hash = sim_trace_hash();
    ret->failed = sim_failure() != NULL;
    (void)snprintf(ret->text, sizeof ret->text, "%s", ret->failed ? sim_failure() : "");
}

static void take_seed(int64_t index, const struct jobs_result *result)
{
    unsigned long long seed = run.first + (uint64_t)index;
    run.seeds++;
    run.slips += result->count;
    if (run.hashes)
        (void)printf("seed %llu: %016llx\n", seed, (unsigned long long)result->hash);
    if (result->failed && run.failures++ < FAILURES_SHOWN)
        (void)printf("seed %llu: %s\n  replay: tests/sim/run --seed %llu --seeds 1 --trace%s%s\n",
                     seed, result->text, seed, *run.bug ? " --bug " : "", run.bug);
}

static int run_seeds(int workers, int64_t count)
{
    double start = seconds();
    const struct jobs jobs = {run.trace ? 1 : workers, begin, run_seed, end, take_seed};
    jobs_run(&jobs, count);
    (void)printf("%lld seeds, %lld slips, %d with violations%s%s; %.1f seeds/s, %.1f a second of "
                 "one processor\n",
                 (long long)run.seeds, (long long)run.slips, run.failures,
                 *run.bug ? ", planted: " : "", run.bug, (double)run.seeds / (seconds() - start),
                 (double)run.seeds / cpu_seconds());
    return run.failures ? 1 : 0;
}

/* -- planted bugs --------------------------------------------------------------------------------
 */

/* count: the seed that found it. */
static void find_bug(int64_t index, struct jobs_result *ret)
{
    const struct bug *bug = &bugs[index];
    if (!bug_plant(bug->name))
        abort();
    for (int i = 1; i <= bug->seeds && !ret->failed; i++) {
        run.first = (uint64_t)i;
        run_seed(0, ret);
        ret->count = i;
    }
}

static void take_bug(int64_t index, const struct jobs_result *result)
{
    const struct bug *bug = &bugs[index];
    run.failures += !result->failed;
    if (result->failed)
        (void)printf("found %-22s at seed %3lld of %d: %s\n", bug->name, (long long)result->count,
                     bug->seeds, result->text);
    else
        (void)printf("NOT FOUND %s within %d seeds: %s\n", bug->name, bug->seeds, bug->what);
}

static int find_bugs(int workers)
{
    const struct jobs jobs = {workers, begin, find_bug, end, take_bug};
    jobs_run(&jobs, bug_count);
    return run.failures ? 1 : 0;
}

static int list_bugs(void)
{
    for (int i = 0; i < bug_count; i++)
        (void)printf("%-22s %s\n", bugs[i].name, bugs[i].what);
    return 0;
}

/* -- crash points --------------------------------------------------------------------------------
 */

static int64_t points[CRASH_TRANSITION_COUNT];
_Static_assert((int)CRASH_TRANSITION_COUNT <= (int)JOBS_COUNTS, "a result holds all transitions");

static void walk(int64_t index, struct jobs_result *ret)
{
    struct crash_result found = {0};
    crash_walk((int)index, false, &found, ret->text, sizeof ret->text);
    memcpy(ret->counts, found.points, sizeof found.points);
    ret->failed = found.violations > 0;
    ret->count = found.violations;
    ret->hash = (uint64_t)found.at;
}

static void take_walk(int64_t index, const struct jobs_result *result)
{
    char name[160];
    for (int i = 0; i < CRASH_TRANSITION_COUNT; i++)
        points[i] += result->counts[i];
    if (!result->failed)
        return;
    run.failures += result->count > 0 ? (int)result->count : 1;
    crash_walk_name((int)index, name, sizeof name);
    (void)printf("%s, write %llu: %s\n  replay: tests/sim/run --crash-point %lld:%llu --trace\n",
                 name, (unsigned long long)result->hash, result->text, (long long)index,
                 (unsigned long long)result->hash);
}

static int walk_all(int workers)
{
    int64_t all = 0;
    double start = seconds();
    const struct jobs jobs = {workers, begin, walk, end, take_walk};
    jobs_run(&jobs, crash_walk_count());
    for (int i = 0; i < CRASH_TRANSITION_COUNT; i++) {
        (void)printf("%-24s %5lld points\n", crash_transition_name((enum crash_transition)i),
                     (long long)points[i]);
        all += points[i];
    }
    (void)printf("%lld crash points walked, %d with violations; %.0f s\n", (long long)all,
                 run.failures, seconds() - start);
    return run.failures ? 1 : 0;
}

static int walk_point(const char *at)
{
    char *colon;
    long index = strtol(at, &colon, 10);
    if (index < 0 || index >= crash_walk_count() || *colon != ':')
        return say_usage();
    begin();
    crash_point((int)index, (int)strtol(colon + 1, NULL, 10));
    bool failed = sim_failure() != NULL;
    (void)printf("%s\n", failed ? sim_failure() : "as it should be");
    end();
    return failed;
}

/* Bugs that a lucky day may hide. */
static const char *const walked_bugs[] = {
    "ack_before_commit",  "shown_not_stored", "outbox_forgotten", "outbox_deleted_early",
    "confirm_not_stored", "disk_lies",        "printed_again"};
enum { WALKED_BUGS = sizeof walked_bugs / sizeof walked_bugs[0] };

/* count: the walk that found it. */
static void walk_bug(int64_t index, struct jobs_result *ret)
{
    struct crash_result found = {0};
    bug_often(true);
    if (!bug_plant(walked_bugs[index]))
        abort();
    for (int i = 0; i < crash_walk_count() && !found.violations; i++) {
        crash_walk(i, true, &found, ret->text, sizeof ret->text);
        ret->count = i;
    }
    ret->failed = found.violations > 0;
    ret->hash = (uint64_t)found.at;
}

static void take_walked_bug(int64_t index, const struct jobs_result *result)
{
    char name[160];
    run.failures += !result->failed;
    crash_walk_name((int)result->count, name, sizeof name);
    if (result->failed)
        (void)printf("found %-22s %s, write %llu: %s\n", walked_bugs[index], name,
                     (unsigned long long)result->hash, result->text);
    else
        (void)printf("NOT FOUND %s\n", walked_bugs[index]);
}

static int walk_bugs(int workers)
{
    const struct jobs jobs = {workers, begin, walk_bug, end, take_walked_bug};
    jobs_run(&jobs, WALKED_BUGS);
    return run.failures ? 1 : 0;
}

/* -- the command line ----------------------------------------------------------------------------
 */

int main(int argc, char **argv)
{
    static const struct option options[] = {{"seeds", required_argument, NULL, 'n'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"bug", required_argument, NULL, 'b'},
                                            {"jobs", required_argument, NULL, 'j'},
                                            {"trace", no_argument, NULL, 't'},
                                            {"hashes", no_argument, NULL, 'h'},
                                            {"bugs", no_argument, NULL, 'B'},
                                            {"list-bugs", no_argument, NULL, 'l'},
                                            {"crash-points", no_argument, NULL, 'c'},
                                            {"crash-bugs", no_argument, NULL, 'C'},
                                            {"crash-point", required_argument, NULL, 'p'},
                                            {0}};
    int64_t count = 100;
    long workers = sysconf(_SC_NPROCESSORS_ONLN);
    int what = 'n';
    const char *point = "";
    run.first = 1;
    run.bug = "";
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'n')
            count = strtoll(optarg, NULL, 10);
        else if (c == 's')
            run.first = strtoull(optarg, NULL, 10);
        else if (c == 'b')
            run.bug = optarg;
        else if (c == 'j')
            workers = strtol(optarg, NULL, 10);
        else if (c == 't')
            run.trace = true;
        else if (c == 'h')
            run.hashes = true;
        else if (c == '?')
            return say_usage();
        else
            what = c;
        if (c == 'p')
            point = optarg;
    }
    if (optind < argc || count < 1 || workers < 1 || workers > JOBS_MAX)
        return say_usage();
    if (!bug_plant(run.bug)) {
        (void)fprintf(stderr, "there is no bug %s; see --list-bugs\n", run.bug);
        return 2;
    }
    return what == 'l'   ? list_bugs()
           : what == 'B' ? find_bugs((int)workers)
           : what == 'c' ? walk_all((int)workers)
           : what == 'C' ? walk_bugs((int)workers)
           : what == 'p' ? walk_point(point)
                         : run_seeds((int)workers, count);
}
