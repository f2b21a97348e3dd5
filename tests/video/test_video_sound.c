/* The ring of a film's sound. Catches: samples that are heard twice, in a wrong order or at a wrong
 * time, an earlier film's sound in a later one, and trust in what a hostile child writes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "video_sound.h"

enum { SECOND = VIDEO_SOUND_RATE, MOST = 4096 };

static struct video_shm *shm;
static struct video_sound_writer writer;
static uint32_t taken;
static int16_t samples[2 * VIDEO_SOUND_RING];

static int set_up(void **state)
{
    (void)state;
    int fd = video_shm_create(&shm);
    if (fd < 0)
        return -1;
    close(fd);
    taken = 0;
    for (int i = 0; i < VIDEO_SOUND_RING; i++) {
        samples[2 * i] = (int16_t)(i % 30000 + 1); /* never silence */
        samples[2 * i + 1] = (int16_t)(-1 - i % 30000);
    }
    video_sound_begin(&writer, shm, 1, 5);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    video_shm_unmap(shm);
    return 0;
}

static void put(int from, int count, int64_t due_us)
{
    video_sound_write(&writer, samples + (ptrdiff_t)2 * from, (unsigned)count, due_us);
}

/* Takes all there is into `got`; the time of its first pair. */
static int16_t got[2 * VIDEO_SOUND_RING];

static int take_all(int64_t *ret_due_us)
{
    int count = 0, more = 0;
    int64_t due_us = 0;
    do {
        more = video_sound_take(shm, 1, 5, &taken, got + (ptrdiff_t)2 * count, MOST, &due_us);
        if (count == 0)
            *ret_due_us = due_us;
        if (more < 0)
            return more;
        count += more;
    } while (more == MOST);
    return count;
}

static void test_samples_come_once_in_order_and_in_time(void **state)
{
    (void)state;
    int64_t due_us = 0;
    int at = 0;
    for (int i = 1; i < 400; i++) { /* several rings full */
        int from = at % VIDEO_SOUND_RING, count = i * 37 % 3000;
        if (from + count > VIDEO_SOUND_RING)
            count = VIDEO_SOUND_RING - from;
        /* decoders' stamps are rounded */
        put(from, count, 1000000 + (int64_t)at * 1000000 / SECOND + i % 7);
        int64_t wanted_us = 1000000 + (int64_t)at * 1000000 / SECOND;
        assert_int_equal(take_all(&due_us), count);
        if (count > 0)
            assert_true(llabs(due_us - wanted_us) < 20);
        assert_memory_equal(got, samples + (ptrdiff_t)2 * from, (size_t)count * 4);
        at += count;
    }
    assert_true(at > 3 * VIDEO_SOUND_RING);
}

static void test_a_hole_is_silence_and_an_overlap_is_left_out(void **state)
{
    (void)state;
    int64_t due_us = 0;
    put(0, 480, 1000000);
    put(480, 480, 1110000); /* 100 ms too late */
    assert_int_equal(take_all(&due_us), 480 + 4800 + 480);
    assert_int_equal(got[2 * 479], samples[2 * 479]);
    assert_int_equal(got[2 * 480] | got[2 * (480 + 4799)], 0);
    assert_int_equal(got[2 * (480 + 4800)], samples[2 * 480]);
    put(960, 4800, 1070000); /* 50 ms are there already */
    assert_int_equal(take_all(&due_us), 2400);
    assert_int_equal(got[0], samples[2 * (960 + 2400)]);
}

static void test_a_pause_moves_what_comes_and_what_waits(void **state)
{
    (void)state;
    int64_t due_us = 0;
    put(0, 4800, 1000000);
    video_sound_hold(&writer, 1050000);
    assert_int_equal(take_all(&due_us), 0);
    video_sound_release(&writer, 4050000);
    put(4800, 480, 1000000 + 100000 + 3000000);
    assert_int_equal(take_all(&due_us), 5280);
    assert_int_equal(due_us, 4000000);
}

/* Paused before it gave a sample. */
static void test_a_late_beginner(void **state)
{
    (void)state;
    int64_t due_us = 0;
    video_sound_hold(&writer, 1000000);
    video_sound_release(&writer, 3000000);
    put(0, 480, 3100000);
    assert_int_equal(take_all(&due_us), 480);
    assert_int_equal(due_us, 3100000);
}

static void test_another_films_sound_is_passed_over(void **state)
{
    (void)state;
    int64_t due_us = 0;
    video_sound_begin(&writer, shm, 1, 4);
    put(0, 1000, 1000000);
    assert_int_equal(take_all(&due_us), 0);
    video_sound_begin(&writer, shm, 1, 5);
    put(7, 500, 2000000);
    assert_int_equal(take_all(&due_us), 500);
    assert_int_equal(due_us, 2000000);
    assert_int_equal(got[0], samples[2 * 7]);
}

/* Nobody takes: the first samples stay, and the times of later ones hold. */
static void test_a_full_ring_loses_the_newest(void **state)
{
    (void)state;
    int64_t due_us = 0;
    put(0, VIDEO_SOUND_RING, 0);
    put(0, 4096, (int64_t)VIDEO_SOUND_RING * 1000000 / SECOND);
    assert_int_equal(take_all(&due_us), VIDEO_SOUND_RING);
    assert_int_equal(got[0], samples[0]);
    int64_t later_us = ((int64_t)VIDEO_SOUND_RING + 4096) * 1000000 / SECOND;
    put(100, 480, later_us);
    assert_int_equal(take_all(&due_us), 4096 + 480);
    assert_int_equal(got[2 * 4096], samples[2 * 100]);
}

static void test_a_hostile_child(void **state)
{
    (void)state;
    int64_t due_us = 0;
    struct video_shm_sound *shared = &shm->sounds[1];
    put(0, 480, 1000000);
    atomic_store(&shared->head, 123456789);
    assert_int_equal(take_all(&due_us), -EBADMSG);
    assert_int_equal(taken, 0);
    srand(11);
    for (int i = 0; i < 20000; i++) {
        atomic_store(&shared->head, taken + (uint32_t)rand() % (2 * VIDEO_SOUND_RING));
        atomic_store(&shared->first, (uint32_t)rand() * 3U);
        atomic_store(&shared->base_us, i % 3 == 0 ? INT64_MAX : (int64_t)rand() * rand());
        atomic_store(&shared->shift_us, i % 5 == 0 ? INT64_MIN : -(int64_t)rand() * rand());
        int count = video_sound_take(shm, 1, 5, &taken, got, MOST, &due_us);
        assert_true(count == -EBADMSG || (count >= 0 && count <= MOST));
    }
}

static void test_the_length_is_of_this_film_alone(void **state)
{
    (void)state;
    int64_t due_us = 0;
    assert_int_equal(video_sound_length_ms(&writer), 0);
    put(0, SECOND, 1000000);
    put(0, SECOND, 3000000);                                /* a second of silence before it */
    assert_int_equal(video_sound_length_ms(&writer), 2730); /* what the ring holds */
    assert_int_equal(take_all(&due_us), VIDEO_SOUND_RING);
    assert_int_equal(video_sound_length_ms(&writer), 2730);
    video_sound_begin(&writer, shm, 1, 6);
    assert_int_equal(video_sound_length_ms(&writer), 0);
    put(0, SECOND, 1000000);
    assert_int_equal(video_sound_length_ms(&writer), 1000);
}

int main(void)
{
#define T(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_samples_come_once_in_order_and_in_time),
        T(test_a_hole_is_silence_and_an_overlap_is_left_out),
        T(test_a_pause_moves_what_comes_and_what_waits),
        T(test_a_late_beginner),
        T(test_another_films_sound_is_passed_over),
        T(test_a_full_ring_loses_the_newest),
        T(test_the_length_is_of_this_film_alone),
        T(test_a_hostile_child),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
