#include "terminal_setup_view.h"

#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "machine.h"
#include "version.h"
#include "words.h"

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

/* Under this the records may not last a day. */
#define STORAGE_LOW_BYTES INT64_C(500000000)

static struct terminal_status *add_line(struct terminal_view *view, const char *name, bool good)
{
    struct terminal_status *line = &view->status[view->status_count++];
    COPY(line->name, name);
    line->good = good;
    return line;
}

static void add_words(struct terminal_view *view, const struct words *words, const char *name,
                      bool good, const char *key)
{
    COPY(add_line(view, name, good)->value, words_get(words, "ja", key));
}

static void add_cloud(struct terminal_view *view, const struct words *words,
                      const struct station_status *station)
{
    if (station->error[0] != '\0' &&
        (!station->online || strcmp(station->error, "link.moving") == 0)) {
        struct terminal_status *line = add_line(view, "setup.cloud", false);
        COPY(line->value, words_get(words, "ja", station->error));
    } else {
        add_words(view, words, "setup.cloud", station->online,
                  station->online ? "setup.value.online" : "setup.value.connecting");
    }
}

static void add_clock(struct terminal_view *view, const struct words *words,
                      const struct terminal_world *world)
{
    int offset = world->queue != NULL && world->queue->has_settings
                     ? world->queue->settings.utc_offset_min
                     : 9 * 60; /* before any settings are known: Japan */
    if (!world->has_time) {
        add_words(view, words, "setup.clock", false, "setup.value.no_time");
        return;
    }
    struct terminal_status *line = add_line(view, "setup.clock", world->station->clock_trusted);
    struct civil civil;
    char time[16], day[64];
    civil_from_ms(world->site_ms, offset, &civil);
    snprintf(time, sizeof time, "%d:%02d", civil.hour % 24, civil.minute % 60);
    words_day(words, "ja", &civil, day, sizeof day);
    catalogue_fill(
        line->value, sizeof line->value,
        words_get(words, "ja",
                  world->station->clock_trusted ? "setup.value.time" : "setup.value.time_unsure"),
        "day", day, "time", time, NULL);
}

static void add_source(struct terminal_view *view, const struct words *words,
                       const struct station_status *station)
{
    static const char *const keys[HEALTH_CLOCK_COUNT] = {
        [HEALTH_CLOCK_UNKNOWN] = "setup.value.unknown",
        [HEALTH_CLOCK_NONE] = "setup.value.clock_none",
        [HEALTH_CLOCK_RTC] = "setup.value.clock_rtc",
        [HEALTH_CLOCK_CLOUD] = "setup.value.clock_cloud",
        [HEALTH_CLOCK_NTP] = "setup.value.clock_ntp",
    };
    enum health_clock clock = station->health.clock;
    add_words(view, words, "setup.clock_source", clock >= HEALTH_CLOCK_RTC, keys[clock]);
    view->status[view->status_count - 1].unknown = clock == HEALTH_CLOCK_UNKNOWN;
}

/* IPP's words in ours; NULL: it has none. */
static const char *printer_key(const char *reasons)
{
    static const struct {
        const char *reason, *key;
    } table[] = {
        {"cover-open", "setup.value.printer_cover"},   {"door-open", "setup.value.printer_cover"},
        {"media-jam", "setup.value.printer_jam"},      {"media-empty", "setup.value.printer_paper"},
        {"media-needed", "setup.value.printer_paper"}, {"media-low", "setup.value.printer_low"},
        {"connecting-to", "setup.value.printer_away"}, {"offline", "setup.value.printer_away"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strstr(reasons, table[i].reason) != NULL)
            return table[i].key;
    return NULL;
}

static void add_printer(struct terminal_view *view, const struct words *words, const char *reasons)
{
    if (reasons == NULL) {
        add_words(view, words, "setup.printer", false, "setup.value.no_printer");
    } else if (reasons[0] == '\0') {
        add_words(view, words, "setup.printer", false, "setup.value.no_cups");
    } else if (strcmp(reasons, "none") == 0) {
        add_words(view, words, "setup.printer", true, "setup.value.printer_good");
    } else {
        const char *key = printer_key(reasons);
        struct terminal_status *line = add_line(view, "setup.printer", false);
        COPY(line->value, key != NULL ? words_get(words, "ja", key) : reasons);
    }
}

static bool is_revoked(const struct station_status *station)
{
    return strcmp(station->error, "link.revoked") == 0;
}

/* What to do about a kiosk that is not enrolled, by what the station says. */
static const char *enrolment_advice(const struct station_status *station)
{
    static const struct {
        const char *error, *advice;
    } table[] = {
        {"link.no_code", "setup.advice.code"},
        {"link.pairing", "setup.advice.pair"},
        {"link.unknown_code", "setup.advice.code"},
        {"link.used_code", "setup.advice.code"},
        {"link.expired_code", "setup.advice.code"},
        {"link.ca_file", "setup.advice.ca"},
        {"link.untrusted", "setup.advice.ca"},
        {"link.throttled", "setup.advice.wait"},
        {"link.cloud", "setup.advice.wait"},
        {"link.disk", "setup.advice.disk"},
        {"link.not_understood", "setup.advice.update"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].error, station->error) == 0)
            return table[i].advice;
    return station->online ? "setup.advice.code" : "setup.advice.cloud";
}

static const char *advice_key(const struct terminal_world *world)
{
    if (strcmp(world->station->error, "link.moving") == 0)
        return "setup.advice.moving";
    if (is_revoked(world->station))
        return world->station->replaced ? "setup.advice.replaced" : "setup.advice.revoked";
    if (!world->station->enrolled)
        return enrolment_advice(world->station);
    if (world->queue == NULL || !world->queue->has_settings)
        return "setup.advice.settings";
    return "setup.advice.services";
}

static void add_enrolment(struct terminal_view *view, const struct words *words,
                          const struct station_status *station)
{
    char letter[2] = {station->letter, '\0'};
    if (!station->enrolled) {
        add_words(view, words, "setup.device", false, "setup.value.not_enrolled");
        return;
    }
    if (is_revoked(station)) {
        add_words(view, words, "setup.device", false,
                  station->replaced ? "setup.value.replaced" : "link.revoked");
        return;
    }
    struct terminal_status *line = add_line(view, "setup.device", true);
    catalogue_fill(line->value, sizeof line->value, words_get(words, "ja", "setup.value.enrolled"),
                   "letter", letter, NULL);
}

static void add_storage(struct terminal_view *view, const struct words *words,
                        const struct machine *machine)
{
    char gb[24];
    if (machine->free_bytes < 0)
        return;
    struct terminal_status *line =
        add_line(view, "setup.storage", machine->free_bytes >= STORAGE_LOW_BYTES);
    snprintf(gb, sizeof gb, "%.1f", (double)machine->free_bytes / 1e9);
    catalogue_fill(line->value, sizeof line->value, words_get(words, "ja", "setup.value.storage"),
                   "gb", gb, NULL);
}

/* A figure, or the word for what the kernel does not tell. */
static void figure(const struct words *words, const char *key, int64_t value, char *ret,
                   size_t size)
{
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)value);
    if (value == HEALTH_UNKNOWN)
        snprintf(ret, size, "%s", words_get(words, "ja", "setup.value.unknown"));
    else
        catalogue_fill(ret, size, words_get(words, "ja", key), "n", number, NULL);
}

/* File systems and disks count apart; people need to know that there were any. */
static int64_t all_errors(const struct health *health)
{
    if (health->fs_errors < 0 || health->io_errors < 0)
        return health->fs_errors < 0 ? health->io_errors : health->fs_errors;
    return health->fs_errors + health->io_errors;
}

static void add_card(struct terminal_view *view, const struct words *words,
                     const struct health *health)
{
    char errors[48], worn[48];
    bool bad = (health_troubles(health) & 1u << HEALTH_STORAGE) != 0;
    int64_t count = all_errors(health);
    struct terminal_status *line = add_line(view, "setup.card", !bad && count == 0);
    line->unknown = !bad && count == HEALTH_UNKNOWN;
    figure(words, "setup.value.errors", count, errors, sizeof errors);
    figure(words, "setup.value.worn", health->worn, worn, sizeof worn);
    catalogue_fill(line->value, sizeof line->value, words_get(words, "ja", "setup.value.card"),
                   "errors", errors, "worn", worn, NULL);
}

static void add_power(struct terminal_view *view, const struct words *words,
                      const struct health *health)
{
    int low = health->under_voltage;
    add_words(view, words, "setup.power", low == 0,
              low == HEALTH_UNKNOWN ? "setup.value.unknown"
              : low                 ? "setup.value.power_low"
                                    : "setup.value.power_good");
    view->status[view->status_count - 1].unknown = low == HEALTH_UNKNOWN;
}

static void add_heat(struct terminal_view *view, const struct words *words,
                     const struct health *health)
{
    struct terminal_status *line = add_line(view, "setup.heat", health->celsius <= HEALTH_HOT);
    line->unknown = health->celsius == HEALTH_UNKNOWN;
    figure(words, "setup.value.heat", health->celsius, line->value, sizeof line->value);
}

static void add_model(struct terminal_view *view, const struct machine *machine)
{
    if (machine->model[0] != '\0')
        COPY(add_line(view, "setup.model", true)->value, machine->model);
    if (machine->serial[0] != '\0')
        COPY(add_line(view, "setup.serial", true)->value, machine->serial);
}

static void add_addresses(struct terminal_view *view, const struct machine *machine)
{
    for (int i = 0; i < machine->address_count; i++)
        COPY(add_line(view, "setup.address", true)->value, machine->addresses[i]);
    for (int i = 0; i < machine->address_count; i++)
        if (machine->speeds[i][0] != '\0')
            COPY(add_line(view, "setup.link", true)->value, machine->speeds[i]);
}

static void add_machine(struct terminal_view *view, const struct words *words,
                        const struct machine *machine)
{
    add_model(view, machine);
    add_addresses(view, machine);
    if (machine->address_count == 0)
        add_words(view, words, "setup.address", false,
                  machine->linked ? "setup.value.no_address" : "setup.value.no_link");
}

static void add_films(struct terminal_view *view, const struct words *words,
                      const struct terminal_world *world)
{
    char count[12];
    bool lacking = world->codecs != NULL && world->codecs[0] != '\0';
    struct terminal_status *line = add_line(view, "setup.films", world->films > 0 && !lacking);
    snprintf(count, sizeof count, "%d", world->films);
    catalogue_fill(line->value, sizeof line->value,
                   words_get(words, "ja", lacking ? "setup.value.films_some" : "setup.value.films"),
                   "count", count, "codecs", lacking ? world->codecs : "", NULL);
}

/* What whoever pairs this device needs: the cloud's code, large and for a telephone's camera. */
static void fill_pairing(struct terminal_view *view, const struct terminal_world *world)
{
    if (world->station->pairing[0] == '\0' || world->station->enrolled)
        return;
    COPY(view->pairing, world->station->pairing);
    COPY(view->pairing_qr, world->station->pairing_url);
    if (world->machine != NULL)
        COPY(view->support, world->machine->support);
}

static void add_version(struct terminal_view *view, const struct words *words)
{
    catalogue_fill(view->version, sizeof view->version, words_get(words, "ja", "setup.product"),
                   "version", MACHIAI_VERSION, NULL);
}

/* Nobody has looked yet. */
static void add_open(struct terminal_view *view, const struct words *words, const char *name)
{
    add_words(view, words, name, false, "setup.value.checking");
    view->status[view->status_count - 1].unknown = true;
}

void terminal_setup_starting(const struct terminal_world *world, const struct words *words,
                             struct terminal_view *view)
{
    const struct machine *machine = world->machine;
    memset(view, 0, sizeof *view);
    view->screen = TERMINAL_SETUP;
    COPY(view->language, "ja");
    add_model(view, machine);
    add_addresses(view, machine);
    if (machine->address_count == 0)
        add_open(view, words, "setup.address");
    add_open(view, words, "setup.clock");
    if (world->station->health.clock >= HEALTH_CLOCK_RTC)
        add_source(view, words, world->station);
    else
        add_open(view, words, "setup.clock_source");
    add_open(view, words, "setup.cloud");
    add_enrolment(view, words, world->station);
    if (world->issues)
        add_open(view, words, "setup.printer");
    add_storage(view, words, machine);
    add_card(view, words, &world->station->health);
    add_power(view, words, &world->station->health);
    add_heat(view, words, &world->station->health);
    COPY(view->advice, words_get(words, "ja", "setup.advice.starting"));
    add_version(view, words);
}

/* The lines in the order of their weight: a small panel has no room for the last ones. */
void terminal_setup_view(const struct terminal_world *world, const struct words *words,
                         struct terminal_view *view)
{
    const struct station_status *station = world->station;
    if (world->machine != NULL)
        add_machine(view, words, world->machine);
    add_clock(view, words, world);
    if (world->machine != NULL)
        add_source(view, words, station);
    add_cloud(view, words, station);
    add_enrolment(view, words, station);
    if (world->issues)
        add_printer(view, words, world->printer);
    if (world->machine != NULL) {
        add_storage(view, words, world->machine);
        add_card(view, words, &station->health);
        add_power(view, words, &station->health);
    }
    if (world->screens != NULL)
        COPY(add_line(view, "setup.screens", true)->value, world->screens);
    if (world->machine != NULL)
        add_heat(view, words, &station->health);
    if (world->films >= 0)
        add_films(view, words, world);
    fill_pairing(view, world);
    COPY(view->advice, words_get(words, "ja", advice_key(world)));
    add_version(view, words);
}
