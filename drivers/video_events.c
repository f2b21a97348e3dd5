#include "video_events.h"

#include <stdio.h>

void video_events_add(struct video_events *queue, enum video_event_kind kind, const char *tag,
                      const char *text)
{
    int last = (queue->first + queue->count - 1 + VIDEO_EVENTS_MAX) % VIDEO_EVENTS_MAX;
    if (queue->count == VIDEO_EVENTS_MAX)
        queue->count--;
    else
        last = (last + 1) % VIDEO_EVENTS_MAX;
    struct video_event *event = &queue->events[last];
    *event = (struct video_event){.kind = kind};
    (void)snprintf(event->tag, sizeof event->tag, "%s", tag);
    (void)snprintf(event->text, sizeof event->text, "%s", text);
    queue->count++;
}

bool video_events_take(struct video_events *queue, struct video_event *ret)
{
    if (queue->count == 0)
        return false;
    *ret = queue->events[queue->first];
    queue->first = (queue->first + 1) % VIDEO_EVENTS_MAX;
    queue->count--;
    return true;
}
