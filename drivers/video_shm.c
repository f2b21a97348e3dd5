#include "video_shm.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEADER_BYTES = 4096,
    SAMPLE_BYTES = VIDEO_SOUND_RING * VIDEO_SOUND_CHANNELS * (int)sizeof(int16_t)
};

_Static_assert(sizeof(struct video_shm) <= HEADER_BYTES, "the header fits its page");
_Static_assert((VIDEO_SLOTS & (VIDEO_SLOTS - 1)) == 0, "counters wrap");
_Static_assert(VIDEO_WIDTH_MAX % VIDEO_ALIGN == 0 && VIDEO_HEIGHT_MAX % 32 == 0,
               "the largest frame needs no padding");

static unsigned round_up(unsigned value, unsigned step)
{
    return (value + step - 1) / step * step;
}

bool video_geometry_of(unsigned width, unsigned height, struct video_geometry *ret)
{
    if (width < 2 || height < 2 || width > VIDEO_WIDTH_MAX || height > VIDEO_HEIGHT_MAX)
        return false;
    unsigned pitch = round_up(width, VIDEO_ALIGN), lines = round_up(height, 32);
    size_t luma = (size_t)pitch * lines, chroma = luma / 4;
    *ret = (struct video_geometry){.width = (int)width,
                                   .height = (int)height,
                                   .pitch_y = (int)pitch,
                                   .pitch_uv = (int)(pitch / 2),
                                   .lines_y = (int)lines,
                                   .lines_uv = (int)(lines / 2),
                                   .offset_u = luma,
                                   .offset_v = luma + chroma,
                                   .size = luma + 2 * chroma};
    return true;
}

size_t video_shm_size(void)
{
    return HEADER_BYTES + (size_t)VIDEO_LANES * (SAMPLE_BYTES + VIDEO_SLOTS * VIDEO_SLOT_BYTES);
}

uint8_t *video_shm_frame(struct video_shm *shm, unsigned lane, unsigned slot)
{
    size_t index = (size_t)lane * VIDEO_SLOTS + slot;
    return (uint8_t *)shm + HEADER_BYTES + index * VIDEO_SLOT_BYTES;
}

int16_t *video_shm_samples(struct video_shm *shm, unsigned lane)
{
    return (int16_t *)(void *)(video_shm_frame(shm, VIDEO_LANES, 0) + (size_t)lane * SAMPLE_BYTES);
}

void video_shm_forget(struct video_shm *shm, unsigned lane)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE); /* 16 KiB on some boards */
    uint8_t *first = video_shm_frame(shm, lane, 0);
    uint8_t *end = first + (size_t)VIDEO_SLOTS * VIDEO_SLOT_BYTES;
    first += (page - (uintptr_t)first % page) % page;
    end -= (uintptr_t)end % page;
    (void)madvise(first, (size_t)(end - first),
                  MADV_REMOVE); /* else they stay, which costs memory only */
}

int video_shm_map(int fd, struct video_shm **ret)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return -errno;
    if (status.st_size != (off_t)video_shm_size())
        return -EINVAL;
    void *memory = mmap(NULL, video_shm_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return -errno;
    *ret = memory;
    return 0;
}

int video_shm_create(struct video_shm **ret)
{
    int fd = memfd_create("machiai-frames", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    int result = 0;
    if (ftruncate(fd, (off_t)video_shm_size()) != 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        result = -errno;
    if (result == 0)
        result = video_shm_map(fd, ret);
    if (result != 0) {
        close(fd);
        return result;
    }
    return fd;
}

void video_shm_unmap(struct video_shm *shm)
{
    if (shm != NULL)
        munmap(shm, video_shm_size());
}
