/* Catches: a memory that the child can truncate under the reader, frames that lie over each other
 * or beyond the end, sizes that pass though no slot holds them. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "video_shm.h"

static void test_the_memory_is_sealed(void **state)
{
    (void)state;
    struct video_shm *shm = NULL;
    int fd = video_shm_create(&shm);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 0), -1);
    assert_int_equal(ftruncate(fd, (off_t)video_shm_size() * 2), -1);
    assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(atomic_load(&shm->heartbeat), 0);
    video_shm_unmap(shm);
    close(fd);
}

static void test_both_sides_see_one_memory(void **state)
{
    (void)state;
    struct video_shm *one = NULL, *other = NULL;
    int fd = video_shm_create(&one);
    assert_int_equal(video_shm_map(fd, &other), 0);
    *video_shm_frame(one, 1, VIDEO_SLOTS - 1) = 77;
    assert_int_equal(*video_shm_frame(other, 1, VIDEO_SLOTS - 1), 77);
    video_shm_unmap(one);
    video_shm_unmap(other);
    close(fd);
}

static void test_foreign_memory_is_refused(void **state)
{
    (void)state;
    struct video_shm *shm = NULL;
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    assert_int_equal(video_shm_map(fd, &shm), -EINVAL);
    assert_null(shm);
    close(fd);
    assert_int_equal(video_shm_map(-1, &shm), -EBADF);
}

static void test_frames_lie_apart_and_inside(void **state)
{
    (void)state;
    struct video_shm *shm = NULL;
    int fd = video_shm_create(&shm);
    uint8_t *last = (uint8_t *)(shm + 1);
    for (unsigned lane = 0; lane < VIDEO_LANES; lane++)
        for (unsigned slot = 0; slot < VIDEO_SLOTS; slot++) {
            uint8_t *frame = video_shm_frame(shm, lane, slot);
            assert_true(frame >= last);
            last = frame + VIDEO_SLOT_BYTES;
        }
    assert_true(last <= (uint8_t *)shm + video_shm_size());
    video_shm_unmap(shm);
    close(fd);
}

/* qemu-user takes MADV_REMOVE for an advice that may be left. */
static bool memory_can_be_given_back(void)
{
    const size_t size = 1 << 20;
    struct stat status = {0};
    int fd = memfd_create("machiai-test", MFD_CLOEXEC);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    memset(memory, 7, size);
    assert_int_equal(madvise(memory, size, MADV_REMOVE), 0);
    assert_int_equal(fstat(fd, &status), 0);
    munmap(memory, size);
    close(fd);
    return status.st_blocks == 0;
}

/* The frames of one lane alone: another's, and the sound of both, are still heard and seen. */
static void test_what_is_forgotten_is_given_back(void **state)
{
    (void)state;
    if (!memory_can_be_given_back())
        skip();
    struct video_shm *shm = NULL;
    struct stat before, after;
    int fd = video_shm_create(&shm);
    for (unsigned lane = 0; lane < VIDEO_LANES; lane++) {
        memset(video_shm_frame(shm, lane, 0), 7, (size_t)VIDEO_SLOTS * VIDEO_SLOT_BYTES);
        *video_shm_samples(shm, lane) = 9;
    }
    atomic_store(&shm->heartbeat, 5);
    assert_int_equal(fstat(fd, &before), 0);
    video_shm_forget(shm, 0);
    assert_int_equal(fstat(fd, &after), 0);
    assert_true((before.st_blocks - after.st_blocks) * 512 >
                VIDEO_SLOTS * VIDEO_SLOT_BYTES - (1 << 20));
    assert_int_equal(*video_shm_frame(shm, 0, 1), 0);
    assert_int_equal(*video_shm_frame(shm, 1, 0), 7);
    assert_int_equal(*video_shm_samples(shm, 0), 9);
    assert_int_equal(*video_shm_samples(shm, 1), 9);
    assert_int_equal(atomic_load(&shm->heartbeat), 5);
    video_shm_unmap(shm);
    close(fd);
}

static void test_every_accepted_size_fits_a_slot(void **state)
{
    (void)state;
    struct video_geometry g;
    for (unsigned width = 2; width <= VIDEO_WIDTH_MAX; width += 7)
        for (unsigned height = 2; height <= VIDEO_HEIGHT_MAX; height += 5) {
            assert_true(video_geometry_of(width, height, &g));
            assert_true(g.size <= VIDEO_SLOT_BYTES);
            assert_true(g.pitch_y >= g.width && g.pitch_uv >= (g.width + 1) / 2);
            assert_true(g.lines_y >= g.height && g.lines_uv >= (g.height + 1) / 2);
            assert_true(g.offset_u >= (size_t)g.pitch_y * g.lines_y);
            assert_true(g.offset_v >= g.offset_u + (size_t)g.pitch_uv * g.lines_uv);
            assert_true(g.size >= g.offset_v + (size_t)g.pitch_uv * g.lines_uv);
        }
    assert_true(video_geometry_of(1920, 1088, &g));
    static const unsigned refused[][2] = {{1921, 1080},    {1920, 1089},   {0, 0},
                                          {1, 100},        {3840, 2160},   {100, 1},
                                          {UINT32_MAX, 2}, {2, UINT32_MAX}};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_false(video_geometry_of(refused[i][0], refused[i][1], &g));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_memory_is_sealed),
        cmocka_unit_test(test_both_sides_see_one_memory),
        cmocka_unit_test(test_foreign_memory_is_refused),
        cmocka_unit_test(test_frames_lie_apart_and_inside),
        cmocka_unit_test(test_what_is_forgotten_is_given_back),
        cmocka_unit_test(test_every_accepted_size_fits_a_slot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
