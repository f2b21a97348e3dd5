/* Frames out of the shared memory, each at its time. What is read there is checked here. */
#include <stdio.h>

#include "video_private.h"

/* Two films' frames and ends. A child that writes while we read could go on for ever. */
enum { STEPS_A_TURN = VIDEO_LANES * (VIDEO_SLOTS + 1) };
/* Sound that outlasts the picture by less gives way to the next film's. */
enum { SOUND_MORE_US = 1000000 };

unsigned video_lane_index(const struct video *video, const struct lane *lane)
{
    return (unsigned)(lane - video->lanes);
}

struct video_shm_lane *video_lane_shared(const struct video *video, const struct lane *lane)
{
    return &video->process.shm->lanes[video_lane_index(video, lane)];
}

void video_publish_tail(struct video *video, const struct lane *lane)
{
    atomic_store(&video_lane_shared(video, lane)->tail, lane->taken - (lane->held ? 1 : 0));
}

struct seen {
    struct video_geometry geometry;
    uint32_t index;
    int64_t arrived_us;
};

/* Looks at a lane's next frame; frames of stopped films are passed over. What a child of ours
 * would never write ends the child. */
static bool peek(struct video *video, struct lane *lane, struct seen *ret)
{
    struct video_shm_lane *ring = video_lane_shared(video, lane);
    uint32_t head = atomic_load(&ring->head);
    if (head - lane->taken > VIDEO_SLOTS) {
        video_process_kill(&video->process, "gave a frame counter out of range");
        return false;
    }
    for (; lane->taken != head; lane->taken++, lane->held = false) {
        struct video_shm_slot *slot = &ring->slots[lane->taken % VIDEO_SLOTS];
        if (atomic_load(&slot->session) != lane->session)
            continue;
        ret->index = atomic_load(&slot->index);
        ret->arrived_us = atomic_load(&slot->arrived_us);
        if (video_geometry_of(atomic_load(&slot->width), atomic_load(&slot->height),
                              &ret->geometry))
            return true;
        video_process_kill(&video->process, "gave a frame of an impossible size");
        return false;
    }
    return false;
}

/* The child's stamp on the caller's clock; a stamp of the future or the far past says nothing. */
static int64_t arrival(const struct video *video, int64_t arrived_us)
{
    if (arrived_us <= 0 || arrived_us > video->mono_us || video->mono_us - arrived_us > 1000000)
        return 0;
    return video->now_ms * 1000 - (video->mono_us - arrived_us);
}

static void take(struct video *video, struct lane *lane, const struct seen *seen,
                 struct video_frame *ret)
{
    const struct video_geometry *geometry = &seen->geometry;
    const uint8_t *frame = video_shm_frame(video->process.shm, video_lane_index(video, lane),
                                           lane->taken % VIDEO_SLOTS);
    lane->taken++;
    lane->index = seen->index;
    lane->held = true;
    lane->timed = false;
    video_publish_tail(video, lane);
    *ret = (struct video_frame){.width = geometry->width,
                                .height = geometry->height,
                                .pitch_y = geometry->pitch_y,
                                .pitch_uv = geometry->pitch_uv,
                                .y = frame,
                                .u = frame + geometry->offset_u,
                                .v = frame + geometry->offset_v,
                                .serial = ++video->serial};
    (void)snprintf(ret->tag, sizeof ret->tag, "%s", lane->item.tag);
    if (lane->shown_ms >= 0)
        return;
    lane->shown_ms = video->now_ms;
    video->deaths = 0;
    video_cadence_rate(&video->cadence, lane->rate_num, lane->rate_den);
    video_events_add(&video->events, VIDEO_STARTED, lane->item.tag, "");
}

/* Its last frame is seen, and there is sound for a good while yet. A first film's picture comes at
 * once, and its sound when the queue is full. */
static bool sounds_on(const struct video *video, const struct lane *lane)
{
    int64_t end_us = (lane->shown_ms + lane->sound_ms) * 1000 + video->cadence.queue_us;
    return lane->shown_ms >= 0 && end_us - video_cadence_end(&video->cadence) > SOUND_MORE_US &&
           video->now_ms * 1000 < end_us;
}

static bool drained(const struct video *video, const struct lane *lane)
{
    if (!lane->ended || (int32_t)(lane->end_head - lane->taken) > 0 || sounds_on(video, lane))
        return false;
    int64_t now_us = video->now_ms * 1000 + video->lead_us;
    return video->next != NULL || lane->shown_ms < 0 ||
           now_us >= video_cadence_end(&video->cadence);
}

bool video_present(struct video *video, struct video_frame *ret)
{
    bool given = false;
    int64_t now_us = video->now_ms * 1000;
    struct seen seen;
    for (int i = 0; i < STEPS_A_TURN && video->current != NULL && !video->process.killed; i++) {
        struct lane *lane = video->current;
        if (peek(video, lane, &seen)) {
            if (!lane->timed)
                lane->due_us = video_cadence_next(&video->cadence, seen.index,
                                                  arrival(video, seen.arrived_us), now_us);
            lane->timed = true;
            if (lane->due_us > now_us + video->lead_us)
                break;
            take(video, lane, &seen, ret);
            given = true;
        } else if (drained(video, lane)) {
            video_finish(video);
        } else {
            break;
        }
    }
    return given;
}
