/* What is heard of a call that takes the stage. */
#include "kiosk.h"

void kiosk_announce(struct kiosk *kiosk)
{
    struct monitor_flow *flow = &kiosk->monitor_flow;
    struct monitor_world world;
    if (!monitor_flow_take_chime(flow) || kiosk->voice == NULL)
        return;
    kiosk_monitor_world(kiosk, &world);
    const struct settings *settings = &world.queue->settings;
    struct quiet_sound sound =
        quiet_sound(&kiosk->config->quiet, settings, world.has_time ? &world.site_ms : NULL);
    if (!sound.chime)
        return;
    const struct stage_call *stage = &flow->calls[0];
    struct voice_call call = {.reading = stage->reading,
                              .room = stage->call.room,
                              .payment = stage->call.payment,
                              .volume = sound.volume * kiosk->volume / 100};
    for (int i = 0; i < stage->person_count && sound.voice; i++)
        if (!stage->persons[i].no_voice)
            call.numbers[call.count++] = stage->persons[i].number;
    struct voice_times times = voice_announce(kiosk->voice, &call);
    guide_call(&kiosk->guide);
    if (kiosk->call_first)
        kiosk->call.sounded = call_trace_now();
    monitor_flow_spoken(flow, times.second_ms, times.end_ms);
}

void kiosk_guide(struct kiosk *kiosk)
{
    const struct terminal_view *view = &kiosk->terminal_view;
    guide_look(&kiosk->guide, view->screen, view->voice_on);
    if (kiosk->voice != NULL && kiosk->guide.due &&
        voice_guide(kiosk->voice, kiosk_screen_name(view->screen), kiosk->volume))
        kiosk->guide.due = false;
}
