#include "mistakes_view.h"

#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "version.h"

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

static struct terminal_status *add_line(struct terminal_view *view, const char *name, bool good)
{
    struct terminal_status *line = &view->status[view->status_count++];
    COPY(line->name, name);
    line->good = good;
    return line;
}

static const char *key_of(enum config_mistake_kind kind)
{
    static const char *const keys[] = {
        [CONFIG_UNREADABLE] = "setup.mistake.unreadable",
        [CONFIG_NOT_UNDERSTOOD] = "setup.mistake.not_understood",
        [CONFIG_NOT_UTF8] = "setup.mistake.not_utf8",
        [CONFIG_FULL_WIDTH] = "setup.mistake.full_width",
        [CONFIG_UNKNOWN_SECTION] = "setup.mistake.unknown_section",
        [CONFIG_UNKNOWN_KEY] = "setup.mistake.unknown_key",
        [CONFIG_WRONG_VALUE] = "setup.mistake.wrong_value",
        [CONFIG_TWICE] = "setup.mistake.twice",
        [CONFIG_MISSING] = "setup.mistake.missing",
        [CONFIG_NO_STORAGE] = "setup.mistake.no_storage",
    };
    return keys[kind];
}

static void add_mistake(struct terminal_view *view, const struct words *words,
                        const struct config_mistake *mistake)
{
    bool storage = mistake->kind == CONFIG_NO_STORAGE;
    struct terminal_status *line =
        add_line(view, storage ? "setup.storage" : "setup.config", false);
    char number[12];
    snprintf(number, sizeof number, "%d", mistake->line);
    catalogue_fill(line->value, sizeof line->value, words_get(words, "ja", key_of(mistake->kind)),
                   "line", number, "section", mistake->section, "key", mistake->key, NULL);
}

void mistakes_view(const struct config_mistakes *mistakes, const char *file,
                   const struct machine *machine, const struct words *words,
                   struct terminal_view *ret)
{
    int shown = mistakes->count < CONFIG_MISTAKES_MAX ? mistakes->count : CONFIG_MISTAKES_MAX;
    bool storage = mistakes->count > 0 && mistakes->list[0].kind == CONFIG_NO_STORAGE;
    const char *advice = storage ? "setup.advice.storage" : "setup.advice.config";
    char count[12];
    memset(ret, 0, sizeof *ret);
    ret->screen = TERMINAL_SETUP;
    COPY(ret->language, "ja");
    for (int i = 0; i < shown; i++)
        add_mistake(ret, words, &mistakes->list[i]);
    if (mistakes->count > shown) {
        struct terminal_status *line = add_line(ret, "setup.config", false);
        snprintf(count, sizeof count, "%d", mistakes->count - shown);
        catalogue_fill(line->value, sizeof line->value,
                       words_get(words, "ja", "setup.mistake.more"), "count", count, NULL);
    }
    if (machine->model[0] != '\0')
        COPY(add_line(ret, "setup.model", true)->value, machine->model);
    if (machine->serial[0] != '\0')
        COPY(add_line(ret, "setup.serial", true)->value, machine->serial);
    for (int i = 0; i < machine->address_count; i++)
        COPY(add_line(ret, "setup.address", true)->value, machine->addresses[i]);
    if (machine->address_count == 0)
        COPY(add_line(ret, "setup.address", false)->value,
             words_get(words, "ja",
                       machine->linked ? "setup.value.no_address" : "setup.value.no_link"));
    catalogue_fill(ret->advice, sizeof ret->advice, words_get(words, "ja", advice), "file", file,
                   NULL);
    catalogue_fill(ret->version, sizeof ret->version, words_get(words, "ja", "setup.product"),
                   "version", MACHIAI_VERSION, NULL);
}
