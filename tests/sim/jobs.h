/* Work shared between processes: each is a simulator of its own, and what they find comes out in
 * the order of the work, so that one worker and ten print the same. */
#ifndef MACHIAI_TESTS_SIM_JOBS_H
#define MACHIAI_TESTS_SIM_JOBS_H

#include <stdbool.h>
#include <stdint.h>

enum { JOBS_MAX = 64, JOBS_TEXT_SIZE = 512, JOBS_COUNTS = 24 };

struct jobs_result {
    bool failed;
    uint64_t hash;
    int64_t count; /* of what the work is about */
    int counts[JOBS_COUNTS];
    char text[JOBS_TEXT_SIZE];
};

struct jobs {
    int workers;                                         /* 1: in this process */
    void (*begin)(void);                                 /* in each worker, once */
    void (*run)(int64_t index, struct jobs_result *ret); /* in a worker */
    void (*end)(void);
    void (*take)(int64_t index, const struct jobs_result *result); /* in the caller, in order */
};

/* Runs 0 .. count-1. A worker that dies fails the piece that it was at, and another goes on. */
void jobs_run(const struct jobs *jobs, int64_t count);

#endif
