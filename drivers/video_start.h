/* A thread that starts children: the caller of posix_spawn() sleeps until the new program's file is
 * read, which on a cold card takes longer than a turn of the main loop may.
 *
 * The thread lives as long as this object, since a child asks to end with the thread that started
 * it (PR_SET_PDEATHSIG).
 */
#ifndef MACHIAI_DRIVERS_VIDEO_START_H
#define MACHIAI_DRIVERS_VIDEO_START_H

#include <stdbool.h>
#include <sys/types.h>

struct video_start;

/* background: its children give way to every other process. */
int video_start_create(bool background, struct video_start **ret)
    __attribute__((warn_unused_result));
/* Waits for a start that is under way; its child, if any, is killed and reaped. */
void video_start_destroy(struct video_start *start);

/* Begins to start `program player SOCKET MEMORY` and takes both descriptors over. None may be under
 * way. The program's name is copied. */
void video_start_begin(struct video_start *start, const char *program, int socket, int memory);
/* 0 with the child's pid, once for each start; -EAGAIN: under way; else why it failed. */
int video_start_end(struct video_start *start, pid_t *ret) __attribute__((warn_unused_result));

#endif
