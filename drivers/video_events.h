/* News of the player that wait for the caller.
 */
#ifndef MACHIAI_DRIVERS_VIDEO_EVENTS_H
#define MACHIAI_DRIVERS_VIDEO_EVENTS_H

#include <stdbool.h>

#include "video.h"

enum { VIDEO_EVENTS_MAX = 16 };

/* An embedded object: zeroed is empty. */
struct video_events {
    struct video_event events[VIDEO_EVENTS_MAX];
    int first, count;
};

/* A queue that nobody drains keeps the latest news. Tag and text are cut to their fields. */
void video_events_add(struct video_events *queue, enum video_event_kind kind, const char *tag,
                      const char *text);
/* Takes the oldest; false when there is none. */
bool video_events_take(struct video_events *queue, struct video_event *ret);

#endif
