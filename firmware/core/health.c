#include "health.h"

#include <stdio.h>
#include <string.h>

enum { CELSIUS_MIN = -60, CELSIUS_MAX = 200, WORN_MAX = 110, RESERVE_MAX = 3 };
static const int64_t count_max = INT64_C(1) << 48;

static const char *const clock_names[] = {
#define X(name, text) text,
    HEALTH_CLOCKS(X)
#undef X
};

static const char *const trouble_names[] = {
#define X(name, text) text,
    HEALTH_TROUBLES(X)
#undef X
};

static const char *const reserve_names[] = {"", "normal", "warning", "urgent"};

const char *health_clock_name(enum health_clock clock)
{
    return clock_names[clock];
}

const char *health_trouble_name(enum health_trouble trouble)
{
    return trouble_names[trouble];
}

void health_init(struct health *health)
{
    *health = (struct health){.under_voltage = HEALTH_UNKNOWN,
                              .celsius = HEALTH_UNKNOWN,
                              .worn = HEALTH_UNKNOWN,
                              .reserve = HEALTH_UNKNOWN,
                              .fs_errors = HEALTH_UNKNOWN,
                              .io_errors = HEALTH_UNKNOWN};
}

static bool has_little_space(const struct health *health)
{
    for (int i = 0; i < health->space_count; i++) {
        const struct health_space *space = &health->spaces[i];
        if (space->records && space->free_mb >= 0 && space->free_mb < HEALTH_SPACE_MB)
            return true;
    }
    return false;
}

unsigned health_troubles(const struct health *health)
{
    unsigned troubles = 0;
    if (health->under_voltage == 1)
        troubles |= 1u << HEALTH_POWER;
    if (health->fs_errors > 0 || health->io_errors > 0 || health->worn >= HEALTH_WORN ||
        health->reserve > 1)
        troubles |= 1u << HEALTH_STORAGE;
    if (health->celsius > HEALTH_HOT)
        troubles |= 1u << HEALTH_HEAT;
    if (has_little_space(health))
        troubles |= 1u << HEALTH_SPACE;
    return troubles;
}

/* -- JSON -------------------------------------------------------------------------------------- */

static void add_number(cJSON *json, const char *key, int64_t value)
{
    if (value == HEALTH_UNKNOWN)
        cJSON_AddNullToObject(json, key);
    else
        cJSON_AddNumberToObject(json, key, (double)value);
}

static void add_word(cJSON *json, const char *key, const char *word)
{
    if (word)
        cJSON_AddStringToObject(json, key, word);
    else
        cJSON_AddNullToObject(json, key);
}

cJSON *health_json(const struct health *health)
{
    cJSON *json = cJSON_CreateObject();
    unsigned troubles = health_troubles(health);
    bool power = health->under_voltage != HEALTH_UNKNOWN;
    bool reserve = health->reserve > 0 && health->reserve <= RESERVE_MAX;
    add_word(json, "voltage", !power ? NULL : health->under_voltage ? "low" : "good");
    add_number(json, "celsius", health->celsius);
    add_number(json, "worn", health->worn);
    add_word(json, "reserve", reserve ? reserve_names[health->reserve] : NULL);
    add_number(json, "fs_errors", health->fs_errors);
    add_number(json, "io_errors", health->io_errors);
    add_word(json, "clock",
             health->clock != HEALTH_CLOCK_UNKNOWN ? clock_names[health->clock] : NULL);
    cJSON *spaces = cJSON_AddArrayToObject(json, "spaces");
    for (int i = 0; i < health->space_count; i++) {
        const struct health_space *space = &health->spaces[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "mount", space->mount);
        add_number(item, "free_mb", space->free_mb);
        add_number(item, "size_mb", space->size_mb);
        cJSON_AddBoolToObject(item, "records", space->records);
        cJSON_AddItemToArray(spaces, item);
    }
    cJSON *list = cJSON_AddArrayToObject(json, "troubles");
    for (int i = 0; i < HEALTH_TROUBLE_COUNT; i++)
        if ((troubles & 1u << i) != 0)
            cJSON_AddItemToArray(list, cJSON_CreateString(trouble_names[i]));
    return json;
}

/* Absent and null are unknown alike. */
static bool is_told(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return item && !cJSON_IsNull(item);
}

/* The word's place in the list; a word of a newer kiosk is unknown. */
static int read_word(struct decoder *decoder, const cJSON *object, const char *path,
                     const char *key, const char *const *words, int count)
{
    char word[16] = "";
    if (!is_told(object, key))
        return HEALTH_UNKNOWN;
    decode_string(decoder, object, path, key, DECODE_OPTIONAL, word, sizeof word);
    for (int i = 0; i < count; i++)
        if (*word && strcmp(words[i], word) == 0)
            return i;
    return HEALTH_UNKNOWN;
}

static void read_number(struct decoder *decoder, const cJSON *object, const char *path,
                        const char *key, int min, int max, int *ret)
{
    if (is_told(object, key))
        decode_int(decoder, object, path, key, DECODE_OPTIONAL, min, max, ret);
}

static void read_count(struct decoder *decoder, const cJSON *object, const char *path,
                       const char *key, int64_t *ret)
{
    if (is_told(object, key))
        decode_int64(decoder, object, path, key, DECODE_OPTIONAL, 0, count_max, ret);
}

static void read_spaces(struct decoder *decoder, const cJSON *object, const char *path,
                        struct health *health)
{
    const cJSON *item,
        *list = decode_array(decoder, object, path, "spaces", DECODE_OPTIONAL, HEALTH_SPACES_MAX);
    char inner[64];
    (void)snprintf(inner, sizeof inner, "%.48sspaces.", path);
    cJSON_ArrayForEach (item, list) {
        struct health_space space = {.free_mb = HEALTH_UNKNOWN, .size_mb = HEALTH_UNKNOWN};
        decode_string(decoder, item, inner, "mount", DECODE_REQUIRED, space.mount,
                      sizeof space.mount);
        read_count(decoder, item, inner, "free_mb", &space.free_mb);
        read_count(decoder, item, inner, "size_mb", &space.size_mb);
        decode_bool(decoder, item, inner, "records", &space.records);
        if (decoder->failed || health->space_count == HEALTH_SPACES_MAX)
            return;
        health->spaces[health->space_count++] = space;
    }
}

void health_decode(struct decoder *decoder, const cJSON *object, const char *path,
                   struct health *ret)
{
    static const char *const voltages[] = {"good", "low"};
    struct health health;
    health_init(&health);
    health.under_voltage = read_word(decoder, object, path, "voltage", voltages, 2);
    read_number(decoder, object, path, "celsius", CELSIUS_MIN, CELSIUS_MAX, &health.celsius);
    read_number(decoder, object, path, "worn", 0, WORN_MAX, &health.worn);
    health.reserve = read_word(decoder, object, path, "reserve", reserve_names, RESERVE_MAX + 1);
    read_count(decoder, object, path, "fs_errors", &health.fs_errors);
    read_count(decoder, object, path, "io_errors", &health.io_errors);
    int clock = read_word(decoder, object, path, "clock", clock_names, HEALTH_CLOCK_COUNT);
    health.clock = clock == HEALTH_UNKNOWN ? HEALTH_CLOCK_UNKNOWN : (enum health_clock)clock;
    read_spaces(decoder, object, path, &health);
    if (!decoder->failed)
        *ret = health;
}
