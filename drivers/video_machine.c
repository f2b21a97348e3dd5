#include "video_machine.h"

#include <sched.h>
#include <sys/sysinfo.h>

#include "video.h"
#include "video_shm.h"

/* Boards that are sold with 1 GB show less. */
static const uint64_t ONE_PLAYER_BYTES = UINT64_C(1) << 30;

int video_players(uint64_t memory_bytes)
{
    return memory_bytes <= ONE_PLAYER_BYTES ? 1 : VIDEO_LANES;
}

int video_machine_players(void)
{
    struct sysinfo info;
    return sysinfo(&info) == 0 ? video_players((uint64_t)info.totalram * info.mem_unit)
                               : VIDEO_LANES;
}

int video_machine_processors(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count > 0 ? count : 1;
}
