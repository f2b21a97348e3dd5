/* The words for faults and changes, and the profile itself. */
#include <math.h>
#include <string.h>

#include "film.h"

static const double loudness_target = -23.0, loudness_tolerance = 1.0;

const char *film_fault_code(enum film_fault fault)
{
    static const char *const codes[] = {"",
#define X(name, code, text) code,
                                        FILM_FAULTS(X)
#undef X
    };
    return codes[fault];
}

const char *film_fault_text(enum film_fault fault)
{
    static const char *const texts[] = {"",
#define X(name, code, text) text,
                                        FILM_FAULTS(X)
#undef X
    };
    return texts[fault];
}

enum film_fault film_fault_from_code(const char *code)
{
    for (int i = 0; i < FILM_FAULT_COUNT; i++)
        if (strcmp(film_fault_code((enum film_fault)i), code) == 0)
            return (enum film_fault)i;
    return FILM_GOOD;
}

const char *film_change_code(enum film_change change)
{
    static const char *const codes[] = {
#define X(name, code) code,
        FILM_CHANGES(X)
#undef X
    };
    return codes[change];
}

static unsigned bit(bool set, enum film_change change)
{
    return set ? 1U << change : 0;
}

static unsigned sound_deviations(const struct film_facts *facts)
{
    if (facts->audio_index < 0)
        return 0;
    if (facts->loudness < FILM_SOUND_MIN_LUFS)
        return bit(true, FILM_CHANGED_SILENT);
    return bit(strcmp(facts->audio, "aac") != 0, FILM_CHANGED_CODEC) |
           bit(facts->channels != 2 || facts->sample_rate != 48000, FILM_CHANGED_DOWNMIXED) |
           bit(fabs(facts->loudness - loudness_target) > loudness_tolerance, FILM_CHANGED_LOUDNESS);
}

unsigned film_deviations(const struct film_facts *facts)
{
    bool large = facts->width > FILM_WIDTH_MAX || facts->height > FILM_HEIGHT_MAX;
    bool fast = facts->rate.num > FILM_RATE_MAX * facts->rate.den;

    return bit(!strstr(facts->container, "mp4"), FILM_CHANGED_CONTAINER) |
           bit(strcmp(facts->video, "h264") != 0 || !facts->simple_profile, FILM_CHANGED_CODEC) |
           bit(!facts->plain_pixels || facts->high_range, FILM_CHANGED_PIXELS) |
           bit(large || facts->width % 2 || facts->height % 2, FILM_CHANGED_SCALED) |
           bit(!facts->square, FILM_CHANGED_SQUARED) |
           bit(facts->rotation != 0, FILM_CHANGED_ROTATED) |
           bit(facts->interlaced, FILM_CHANGED_DEINTERLACED) |
           bit(fast || !facts->even_rate, FILM_CHANGED_RATE) | sound_deviations(facts);
}

cJSON *film_facts_json(const struct film_facts *facts, unsigned changes)
{
    cJSON *json = cJSON_CreateObject(), *list;

    cJSON_AddStringToObject(json, "container", facts->container);
    cJSON_AddStringToObject(json, "video", facts->video);
    cJSON_AddStringToObject(json, "audio", facts->audio);
    cJSON_AddNumberToObject(json, "width", facts->width);
    cJSON_AddNumberToObject(json, "height", facts->height);
    cJSON_AddNumberToObject(json, "rate",
                            round(100.0 * (double)facts->rate.num / (double)facts->rate.den) / 100);
    cJSON_AddNumberToObject(json, "rotation", facts->rotation);
    cJSON_AddNumberToObject(json, "duration_ms", (double)facts->duration_ms);
    if (facts->audio_index >= 0) {
        cJSON_AddNumberToObject(json, "channels", facts->channels);
        cJSON_AddNumberToObject(json, "loudness", round(facts->loudness * 10) / 10);
    }
    list = cJSON_AddArrayToObject(json, "changes");
    for (int i = 0; i < FILM_CHANGE_COUNT; i++)
        if (changes & 1U << i)
            cJSON_AddItemToArray(list, cJSON_CreateString(film_change_code((enum film_change)i)));
    return json;
}
