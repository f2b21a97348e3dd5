/* The way of one call from the site's log to glass and ear, to be measured: when each stage was
 * reached. Nothing else depends on it.
 */
#ifndef MACHIAI_KIOSK_CALL_TRACE_H
#define MACHIAI_KIOSK_CALL_TRACE_H

#include "slip_trace.h"

/* Microseconds of CLOCK_REALTIME, so that they stand beside the cloud's and a camera's; 0 = not
 * reached. */
struct call_trace {
    int64_t event;   /* the log's own time of the call; whole milliseconds */
    int64_t heard;   /* the entry was read from the stream */
    int64_t told;    /* the station told the main thread */
    int64_t taken;   /* the main thread took it */
    int64_t sounded; /* the chime was handed to the sound device's thread */
    int64_t drawn;   /* the picture was drawn */
    int64_t shown;   /* ... and handed to the display */
    int64_t cpu_us;  /* of the main thread, from `taken` to `shown` */
};

static inline int64_t call_trace_now(void)
{
    return slip_trace_read(CLOCK_REALTIME);
}

#endif
