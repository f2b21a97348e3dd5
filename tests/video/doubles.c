#include "doubles.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <vlc/vlc.h>

#include "video_shm.h"

enum { EATERS = 4, FLOOD_TURNS = 10000 };

struct hostile {
    int socket, memory;
    struct video_shm *shm;
    struct video_order order; /* the first one that came */
};

static void beat_for_ever(struct hostile *child)
{
    for (;;) {
        atomic_fetch_add(&child->shm->heartbeat, 1);
        struct pollfd line = {.fd = child->socket, .events = 0};
        if (poll(&line, 1, 20) > 0)
            _exit(0); /* the parent is gone */
    }
}

static void report(struct hostile *child, uint32_t kind, uint32_t session)
{
    struct video_report report = {.kind = kind,
                                  .lane = child->order.lane,
                                  .session = session,
                                  .head = 0x80000000u,
                                  .rate_num = 1,
                                  .rate_den = UINT32_MAX,
                                  .length_ms = INT64_MAX};
    memset(report.text, 0x9b, sizeof report.text); /* neither text nor terminated */
    (void)send(child->socket, &report, sizeof report, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void wild_counter(struct hostile *child)
{
    atomic_store(&child->shm->lanes[child->order.lane].head, 123456789);
}

static void wild_sound(struct hostile *child)
{
    struct video_shm_sound *sound = &child->shm->sounds[child->order.lane];
    atomic_store(&sound->session, child->order.session);
    atomic_store(&sound->head, 987654321);
}

static void wild_size(struct hostile *child)
{
    struct video_shm_lane *lane = &child->shm->lanes[child->order.lane];
    for (int i = 0; i < VIDEO_SLOTS; i++) {
        atomic_store(&lane->slots[i].session, child->order.session);
        atomic_store(&lane->slots[i].width, 1920);
        atomic_store(&lane->slots[i].height, 60000);
    }
    atomic_fetch_add(&lane->head, 1);
}

static void wild_reports(struct hostile *child)
{
    for (uint32_t i = 0; i < 1000; i++) {
        child->order.lane = i % 4;
        report(child, i % 6, i * 2654435761u);
    }
}

/* Frames that were made at the end of time, and before its beginning. */
static void wild_times(struct hostile *child)
{
    struct video_shm_lane *lane = &child->shm->lanes[child->order.lane];
    for (int i = 0; i < VIDEO_SLOTS; i++) {
        atomic_store(&lane->slots[i].session, child->order.session);
        atomic_store(&lane->slots[i].width, 1920);
        atomic_store(&lane->slots[i].height, 1080);
        atomic_store(&lane->slots[i].index, UINT32_MAX - 3 * (uint32_t)i);
        atomic_store(&lane->slots[i].arrived_us, i % 2 ? INT64_MAX : INT64_MIN);
    }
    atomic_fetch_add(&lane->head, VIDEO_SLOTS);
}

/* Claims that contradict each other. */
static void lies(struct hostile *child)
{
    wild_times(child);
    report(child, VIDEO_REPORT_INFO, child->order.session);
    report(child, VIDEO_REPORT_FAILED, child->order.session);
    report(child, VIDEO_REPORT_ENDED, child->order.session);
}

static void scribble(struct hostile *child)
{
    unsigned value = 1;
    for (int i = 0; i < 3000000; i++) {
        value = value * 1103515245u + 12345u;
        size_t at = (value >> 8) % sizeof *child->shm;
        ((volatile uint8_t *)child->shm)[at] = (uint8_t)(value >> 16);
    }
}

static void truncate_memory(struct hostile *child)
{
    _exit(ftruncate(child->memory, 0) == 0 ? DOUBLE_TRUNCATED : DOUBLE_SEALED);
}

static void hang_up(struct hostile *child)
{
    close(child->socket);
    child->socket = -1;
}

static void short_report(struct hostile *child)
{
    (void)send(child->socket, "x", 1, MSG_NOSIGNAL);
}

static void *burn(void *context)
{
    for (volatile unsigned turns = 0;; turns++)
        ;
    return context;
}

/* Shows one frame of a film of 25 a second, and takes all that the machine has for the next. */
static void eat(struct hostile *child)
{
    pthread_t thread;
    wild_size(child);
    struct video_shm_lane *lane = &child->shm->lanes[child->order.lane];
    for (int i = 0; i < VIDEO_SLOTS; i++)
        atomic_store(&lane->slots[i].height, 1080);
    for (int i = 0; i < EATERS; i++)
        (void)pthread_create(&thread, NULL, burn, NULL);
}

/* As soon as the parent has taken something there is more: frames that were due long ago, and
 * sound.
 */
static void flood(struct hostile *child)
{
    struct video_shm_lane *lane = &child->shm->lanes[child->order.lane];
    struct video_shm_sound *sound = &child->shm->sounds[child->order.lane];
    wild_size(child);
    for (int i = 0; i < VIDEO_SLOTS; i++)
        atomic_store(&lane->slots[i].height, 1080);
    atomic_store(&sound->session, child->order.session);
    for (struct pollfd line = {.fd = child->socket}; poll(&line, 1, 0) == 0;) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        int64_t then_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 - 900000;
        for (int i = 0; i < VIDEO_SLOTS; i++)
            atomic_store(&lane->slots[i].arrived_us, then_us);
        atomic_fetch_add(&child->shm->heartbeat, 1);
        for (int i = 0; i < FLOOD_TURNS; i++) {
            atomic_store(&lane->head, atomic_load(&lane->tail) + VIDEO_SLOTS);
            atomic_store(&sound->head, atomic_load(&sound->tail) + VIDEO_SOUND_RING);
        }
    }
}

/* Alive, but for the parent it is not. */
static void fall_silent(struct hostile *child)
{
    struct pollfd line = {.fd = child->socket, .events = 0};
    (void)poll(&line, 1, -1);
    _exit(0);
}

/* libvlc does not come back. The linker puts it in the place of libvlc's own. */
int __real_libvlc_media_player_play(libvlc_media_player_t *player);
int __wrap_libvlc_media_player_play(libvlc_media_player_t *player);

int __wrap_libvlc_media_player_play(libvlc_media_player_t *player)
{
    while (getenv(STUCK_VARIABLE) != NULL)
        (void)poll(NULL, 0, 1000);
    return __real_libvlc_media_player_play(player);
}

int double_main(const char *name, char **argv)
{
    static const struct {
        const char *name;
        void (*act)(struct hostile *child);
    } doubles[] = {{"wild-counter", wild_counter},
                   {"wild-size", wild_size},
                   {"wild-sound", wild_sound},
                   {"wild-times", wild_times},
                   {"wild-reports", wild_reports},
                   {"lies", lies},
                   {"scribble", scribble},
                   {"truncate", truncate_memory},
                   {"hang-up", hang_up},
                   {"short-report", short_report},
                   {"silent", fall_silent},
                   {"eat", eat},
                   {"flood", flood}};
    struct hostile child = {.socket = atoi(argv[2]), .memory = atoi(argv[3])};
    if (video_shm_map(child.memory, &child.shm) != 0)
        return 1;
    struct pollfd line = {.fd = child.socket, .events = POLLIN};
    atomic_fetch_add(&child.shm->heartbeat, 1);
    if (poll(&line, 1, 10000) <= 0 ||
        recv(child.socket, &child.order, sizeof child.order, 0) != sizeof child.order)
        return 1;
    for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++)
        if (strcmp(doubles[i].name, name) == 0)
            doubles[i].act(&child);
    beat_for_ever(&child);
    return 0;
}
