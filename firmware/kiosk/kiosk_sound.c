/* What is heard: a call that takes the stage, spoken guidance, the film. */
#include "kiosk.h"

enum { FILM_PAIRS = 4096 }; /* taken at once; a turn brings some 400 */

/* What may be heard now, by the clinic's settings and this kiosk's own hours; nothing as long as
 * the clinic is not known. */
static struct quiet_sound heard_now(const struct kiosk *kiosk)
{
    int64_t site_ms = 0;
    if (kiosk->queue == NULL)
        return (struct quiet_sound){.volume = 0};
    bool has_time = station_now(kiosk->station, &site_ms);
    return quiet_sound(&kiosk->config->quiet, &kiosk->queue->settings, has_time ? &site_ms : NULL);
}

void kiosk_announce(struct kiosk *kiosk)
{
    struct monitor_flow *flow = &kiosk->monitor_flow;
    if (!monitor_flow_take_chime(flow) || kiosk->voice == NULL)
        return;
    struct quiet_sound sound = heard_now(kiosk);
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

/* Where calls are silent (at night, on a silent Sunday, at volume 0) films are too. */
void kiosk_hear_film(struct kiosk *kiosk)
{
    static int16_t samples[FILM_PAIRS * VIDEO_SOUND_CHANNELS]; /* the main thread's */
    struct video_sound sound;
    if (kiosk->voice == NULL)
        return;
    int volume = kiosk->config->film_volume * kiosk->volume / 100;
    voice_film_volume(kiosk->voice, heard_now(kiosk).chime ? volume : 0);
    do {
        sound = video_sound(kiosk->video, samples, FILM_PAIRS);
        voice_film(kiosk->voice, sound.film, sound.due_us, samples, sound.count);
    } while (sound.count == FILM_PAIRS);
}
