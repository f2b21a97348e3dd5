/* What is heard of a call that takes the stage. */
#include "kiosk.h"

/* Without the time of day a call is rather heard at night than missed by day. */
static bool quiet_now(const struct kiosk *kiosk)
{
    struct monitor_world world;
    struct civil civil;
    kiosk_monitor_world(kiosk, &world);
    if (!world.has_time || world.queue == NULL || !world.queue->has_settings)
        return false;
    civil_from_ms(world.site_ms, world.queue->settings.utc_offset_min, &civil);
    return quiet_at(&kiosk->config->quiet, civil.weekday, civil.minute_of_day);
}

void kiosk_announce(struct kiosk *kiosk)
{
    if (!monitor_flow_take_chime(&kiosk->monitor_flow) || kiosk->voice == NULL || quiet_now(kiosk))
        return;
    const struct stage_call *stage = &kiosk->monitor_flow.calls[0];
    struct voice_call call = {.number = stage->call.number,
                              .reading = stage->reading,
                              .room = stage->call.room,
                              .payment = stage->call.payment};
    monitor_flow_spoken(&kiosk->monitor_flow, voice_announce(kiosk->voice, &call));
}
