#include "video_sound.h"

#include <errno.h>
#include <string.h>

enum {
    SECOND_US = 1000000,
    GAP_US = 20000,       /* off by more than this: a hole, or an overlap; below, rounding */
    SILENCE_PAIRS = 4096, /* written at a time */
    PAIR = VIDEO_SOUND_CHANNELS
};

/* Beyond these no clock of ours goes; sums of two stay numbers. */
static const int64_t time_max_us = INT64_MAX / 4;

_Static_assert((VIDEO_SOUND_RING & (VIDEO_SOUND_RING - 1)) == 0, "counters wrap");

static int64_t length_us(uint32_t pairs)
{
    return (int64_t)pairs * SECOND_US / VIDEO_SOUND_RATE;
}

/* ---- the child ---- */

void video_sound_begin(struct video_sound_writer *writer, struct video_shm *shm, unsigned lane,
                       uint32_t session)
{
    *writer = (struct video_sound_writer){.shared = &shm->sounds[lane],
                                          .samples = video_shm_samples(shm, lane),
                                          .session = session,
                                          .head = atomic_load(&shm->sounds[lane].head)};
    atomic_store(&writer->shared->session, 0);
}

/* NULL samples: silence. */
static void put(struct video_sound_writer *writer, const int16_t *samples, uint32_t count)
{
    uint32_t used = writer->head - atomic_load(&writer->shared->tail);
    uint32_t room = used < VIDEO_SOUND_RING ? VIDEO_SOUND_RING - used : 0;
    if (count > room)
        count = room;
    while (count > 0) {
        uint32_t at = writer->head % VIDEO_SOUND_RING, piece = VIDEO_SOUND_RING - at;
        if (piece > count)
            piece = count;
        size_t bytes = (size_t)piece * PAIR * sizeof *samples;
        if (samples == NULL) {
            memset(writer->samples + (size_t)at * PAIR, 0, bytes);
        } else {
            memcpy(writer->samples + (size_t)at * PAIR, samples, bytes);
            samples += (size_t)piece * PAIR;
        }
        writer->head += piece;
        count -= piece;
    }
    atomic_store(&writer->shared->head, writer->head);
}

static void open_session(struct video_sound_writer *writer, int64_t due_us)
{
    writer->begun = true;
    writer->first = writer->head;
    writer->base_us = due_us - writer->shift_us;
    atomic_store(&writer->shared->first, writer->first);
    atomic_store(&writer->shared->base_us, writer->base_us);
    atomic_store(&writer->shared->shift_us, writer->shift_us);
    atomic_store(&writer->shared->held, writer->held_us != 0);
    atomic_store(&writer->shared->session, writer->session);
}

void video_sound_write(struct video_sound_writer *writer, const int16_t *samples, unsigned count,
                       int64_t due_us)
{
    if (!writer->begun)
        open_session(writer, due_us);
    int64_t next_us = writer->base_us + writer->shift_us + length_us(writer->head - writer->first);
    int64_t gap_us = due_us - next_us;
    if (gap_us > GAP_US) {
        int64_t missing = gap_us * VIDEO_SOUND_RATE / SECOND_US;
        put(writer, NULL, missing < VIDEO_SOUND_RING ? (uint32_t)missing : VIDEO_SOUND_RING);
    } else if (gap_us < -GAP_US) {
        int64_t over = -gap_us * VIDEO_SOUND_RATE / SECOND_US;
        uint32_t skip = over < count ? (uint32_t)over : count;
        samples += (size_t)skip * PAIR;
        count -= skip;
    }
    put(writer, samples, count);
}

void video_sound_hold(struct video_sound_writer *writer, int64_t date_us)
{
    writer->held_us = date_us;
    if (writer->begun)
        atomic_store(&writer->shared->held, 1);
}

void video_sound_release(struct video_sound_writer *writer, int64_t date_us)
{
    if (writer->held_us == 0)
        return;
    writer->shift_us += date_us - writer->held_us;
    writer->held_us = 0;
    if (!writer->begun)
        return;
    atomic_store(&writer->shared->shift_us, writer->shift_us);
    atomic_store(&writer->shared->held, 0);
}

int64_t video_sound_length_ms(const struct video_sound_writer *writer)
{
    const struct video_shm_sound *shared = writer->shared;
    if (atomic_load(&shared->session) != writer->session)
        return 0;
    return length_us(atomic_load(&shared->head) - atomic_load(&shared->first)) / 1000;
}

/* ---- the parent ---- */

static bool sane(int64_t time_us)
{
    return time_us > -time_max_us && time_us < time_max_us;
}

int video_sound_take(struct video_shm *shm, unsigned lane, uint32_t session, uint32_t *taken,
                     int16_t *samples, int most, int64_t *ret_due_us)
{
    struct video_shm_sound *shared = &shm->sounds[lane];
    if (atomic_load(&shared->session) != session || atomic_load(&shared->held) != 0)
        return 0;
    uint32_t first = atomic_load(&shared->first), head = atomic_load(&shared->head);
    int64_t base_us = atomic_load(&shared->base_us), shift_us = atomic_load(&shared->shift_us);
    if (head - *taken > VIDEO_SOUND_RING || !sane(base_us) || !sane(shift_us))
        return -EBADMSG;
    if (first - *taken <= head - *taken) /* what lies before is of an earlier film */
        *taken = first;
    uint32_t count = head - *taken < (uint32_t)most ? head - *taken : (uint32_t)most;
    const int16_t *ring = video_shm_samples(shm, lane);
    *ret_due_us = base_us + shift_us + length_us(*taken - first);
    for (uint32_t done = 0; done < count;) {
        uint32_t at = (*taken + done) % VIDEO_SOUND_RING, piece = VIDEO_SOUND_RING - at;
        if (piece > count - done)
            piece = count - done;
        memcpy(samples + (size_t)done * PAIR, ring + (size_t)at * PAIR,
               (size_t)piece * PAIR * sizeof *samples);
        done += piece;
    }
    *taken += count;
    atomic_store(&shared->tail, *taken);
    return (int)count;
}
