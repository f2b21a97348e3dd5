/* The player child as a process: start, orders, reports, signs of life, end.
 */
#ifndef MACHIAI_DRIVERS_VIDEO_PROCESS_H
#define MACHIAI_DRIVERS_VIDEO_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "video_shm.h"

struct video_start; /* video_start.h */

struct video_process {
    struct video_start *starter; /* NULL until the first start */
    bool background;             /* its child gives way to all others */
    bool starting;               /* video_process_started() will tell */
    pid_t pid;                   /* 0: none */
    int socket;                  /* -1: none */
    struct video_shm *shm;
    bool killed;       /* SIGKILL is sent; not reaped yet */
    bool closed;       /* its line is at its end, since closed_ms */
    bool outside;      /* it was ended or stopped by another: nothing that it played is to blame */
    long long starved; /* video_end_starved() when it was started */
    uint32_t heartbeat;
    int64_t checked_ms, silent_ms, closed_ms;
    char reason[VIDEO_TEXT_SIZE]; /* why it is gone or going */
};

/* An embedded object: all fields empty. */
void video_process_init(struct video_process *process, bool background);
/* Begins to start `program player SOCKET MEMORY` with fresh memory; never waits for it. None may be
 * running or starting. Negative errno, with nothing left open. */
int video_process_start(struct video_process *process, const char *program)
    __attribute__((warn_unused_result));
/* While it is starting: -EAGAIN; then, once, 0 or why there is no child. */
int video_process_started(struct video_process *process, int64_t now_ms)
    __attribute__((warn_unused_result));
/* Looks after the child: false once it is gone and reaped (reason says why; the memory stays
 * mapped until the next start). A child without a sign of life for 2 s is killed, and so is one
 * that somebody stops (SIGSTOP), at once. Time counts only while this is called, so that a stalled
 * caller does not blame the child. */
bool video_process_check(struct video_process *process, int64_t now_ms);
/* Its processor time so far, of all its threads; -1: not known. */
int64_t video_process_cpu_ms(const struct video_process *process);
/* Asks for its end; video_process_check() tells when it has come. The first reason stays. */
void video_process_kill(struct video_process *process, const char *reason);
/* Kills without waiting: true once no child is left, so that the next function does not wait. */
bool video_process_over(struct video_process *process);
/* Kills, waits, unmaps. */
void video_process_finish(struct video_process *process);

/* Sends an order, with a descriptor unless fd < 0 (which stays the caller's). A child that does
 * not take it is killed; one that has closed its line, as a death does, a moment later. */
void video_process_order(struct video_process *process, const struct video_order *order, int fd);
/* Takes the next report; false when there is none. Only the text is made safe here. */
bool video_process_report(struct video_process *process, struct video_report *ret);

#endif
