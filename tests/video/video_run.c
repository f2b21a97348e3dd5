#include "video_run.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

char program[1024];

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void read_frame(struct run *run, const struct video_frame *frame)
{
    for (int y = 0; y < frame->height; y++)
        run->sum += frame->y[(size_t)y * frame->pitch_y + frame->width - 1];
    int width = (frame->width + 1) / 2, height = (frame->height + 1) / 2;
    for (int y = 0; y < height; y++)
        run->sum += (uint64_t)frame->u[(size_t)y * frame->pitch_uv + width - 1] +
                    frame->v[(size_t)y * frame->pitch_uv + width - 1];
}

void turn(struct run *run)
{
    int64_t now = now_ms();
    if (run->polled_ms != 0 && now - run->polled_ms > run->stall_ms)
        run->stall_ms = now - run->polled_ms;
    run->polled_ms = now;
    struct video_frame frame;
    static int16_t samples[1024 * VIDEO_SOUND_CHANNELS];
    bool fresh = video_poll(run->video, now, &frame);
    int pairs = 0, got;
    do {
        got = video_sound(run->video, samples, 1024).count;
        pairs += got;
    } while (got == 1024);
    run->pairs_most = pairs > run->pairs_most ? pairs : run->pairs_most;
    if (fresh) {
        int64_t taken = frame.serial - run->serial;
        run->taken_most = taken > run->taken_most ? taken : run->taken_most;
        run->serial = frame.serial;
        read_frame(run, &frame);
        if (run->frames > 0 && strcmp(run->tag, frame.tag) != 0)
            run->gap_ms = now - run->last_ms;
        (void)snprintf(run->tag, sizeof run->tag, "%s", frame.tag);
        run->last_ms = now;
        run->frames++;
    }
    while (run->event_count < LOG_MAX && video_event(run->video, &run->events[run->event_count]))
        run->event_count++;
}

int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

void wait_a_bit(void)
{
    struct timespec pause = {.tv_nsec = 8000000};
    nanosleep(&pause, NULL);
}

void run_for(struct run *run, int ms)
{
    for (int64_t end = now_ms() + ms; now_ms() < end; wait_a_bit())
        turn(run);
}

int count(const struct run *run, enum video_event_kind kind, const char *tag)
{
    int found = 0;
    for (int i = 0; i < run->event_count; i++)
        if (run->events[i].kind == kind && strcmp(run->events[i].tag, tag) == 0)
            found++;
    return found;
}

bool wait_for(struct run *run, enum video_event_kind kind, const char *tag, int times)
{
    for (int64_t end = now_ms() + PATIENCE_MS; now_ms() < end; wait_a_bit()) {
        turn(run);
        if (count(run, kind, tag) >= times)
            return true;
    }
    return false;
}

const char *last_text(const struct run *run)
{
    return run->event_count > 0 ? run->events[run->event_count - 1].text : "";
}

void queue(struct run *run, const char *clip, const char *tag)
{
    struct video_item item = {0};
    const char *extension = strchr(clip, '.') != NULL ? "" : ".mp4";
    (void)snprintf(item.path, sizeof item.path, "%s/%s%s", CLIPS, clip, extension);
    (void)snprintf(item.tag, sizeof item.tag, "%s", tag);
    assert_int_equal(video_queue(run->video, &item), 0);
}

int count_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int found = 0;
    while (readdir(directory) != NULL)
        found++;
    closedir(directory);
    return found;
}

int descriptors_before;

int set_up(void **state)
{
    struct run *run = calloc(1, sizeof *run);
    struct video_options options = {.program = program};
    descriptors_before = count_descriptors();
    *state = run;
    return video_create(&options, &run->video);
}

int tear_down(void **state)
{
    struct run *run = *state;
    video_destroy(run->video);
    free(run);
    unsetenv(DOUBLE_VARIABLE);
    unsetenv(STUCK_VARIABLE);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(count_descriptors(), descriptors_before);
    return 0;
}

int video_run_main(int argc, char **argv, int (*tests)(void))
{
    const char *name = getenv(DOUBLE_VARIABLE);
    if (argc > 1 && strcmp(argv[1], "player") == 0)
        return name != NULL ? double_main(name, argv) : video_child_main(argc, argv);
    if (sodium_init() < 0)
        return 1;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return 1;
    return tests();
}
