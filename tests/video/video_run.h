/* What tests of the player with real libvlc share: one player, what came of it, and a program that
 * is its own player child. */
#ifndef MACHIAI_TESTS_VIDEO_RUN_H
#define MACHIAI_TESTS_VIDEO_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doubles.h"
#include "video.h"

enum { LOG_MAX = 256 };

/* What one run saw. */
struct run {
    struct video *video;
    struct video_event events[LOG_MAX];
    int event_count;
    int frames;
    char tag[VIDEO_TAG_SIZE]; /* of the newest frame */
    int64_t last_ms;          /* when it came */
    int64_t gap_ms, stall_ms; /* at the last change of tag; longest pause between two polls */
    int64_t polled_ms;
    int64_t serial, taken_most; /* of the newest frame; frames that one turn took at most */
    int pairs_most;             /* of sound */
    uint64_t sum;               /* of samples, so that frames are really read */
};

/* Of this program, and of it before the test. */
extern char program[1024];
extern int descriptors_before;

int64_t now_ms(void);
void wait_a_bit(void);
/* One turn of the caller's: takes the frame, the sound and the events that there are. */
void turn(struct run *run);
void run_for(struct run *run, int ms);
int count(const struct run *run, enum video_event_kind kind, const char *tag);
/* Runs until there are `times` events of this kind and tag. */
bool wait_for(struct run *run, enum video_event_kind kind, const char *tag, int times);
const char *last_text(const struct run *run);
void queue(struct run *run, const char *clip, const char *tag);
int count_descriptors(void);
/* Of two int64_t, for qsort(). */
int compare(const void *a, const void *b);

/* Of each test. After it: no child, no zombie, no descriptor. */
int set_up(void **state);
int tear_down(void **state);
#define T(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/* main(): plays the player, or a double, when it is started as one. */
int video_run_main(int argc, char **argv, int (*tests)(void));

#endif
