/* What the kiosk does now, as JSON for people and tests. No patient's name is known here. */
#include <stdio.h>
#include <string.h>

#include "kiosk.h"
#include "version.h"

const char *kiosk_screen_name(enum terminal_screen screen)
{
    static const char *const names[] = {
        [TERMINAL_START] = "start",     [TERMINAL_WAIT] = "wait",
        [TERMINAL_TICKET] = "ticket",   [TERMINAL_NO_SLIP] = "no_slip",
        [TERMINAL_CLOSED] = "closed",   [TERMINAL_UNAVAILABLE] = "unavailable",
        [TERMINAL_SETUP] = "setup",     [TERMINAL_CHECKIN] = "checkin",
        [TERMINAL_PERSONS] = "persons", [TERMINAL_REFUSED] = "refused",
    };
    return names[screen];
}

static void add_link(const struct kiosk *kiosk, cJSON *json)
{
    static const char *const roles[] = {"both", "terminal", "monitor"};
    const struct station_status *status = &kiosk->status;
    char letter[2] = {status->letter, '\0'};
    int64_t site_ms = 0;
    bool has_time = station_now(kiosk->station, &site_ms);
    cJSON_AddStringToObject(json, "version", MACHIAI_VERSION);
    cJSON_AddStringToObject(json, "role", roles[kiosk->config->role]);
    cJSON_AddBoolToObject(json, "enrolled", status->enrolled);
    cJSON_AddBoolToObject(json, "online", status->online);
    cJSON_AddStringToObject(json, "letter", letter);
    cJSON_AddStringToObject(json, "device", status->device);
    cJSON_AddStringToObject(json, "clock", status->clock_trusted ? "trusted" : "untrusted");
    if (has_time)
        cJSON_AddNumberToObject(json, "time", (double)site_ms);
    else
        cJSON_AddNullToObject(json, "time");
    cJSON_AddNumberToObject(json, "outbox", status->outbox);
    cJSON_AddItemToObject(json, "health", health_json(&status->health));
    cJSON *link = cJSON_AddObjectToObject(json, "link");
    cJSON_AddStringToObject(link, "fault", status->error);
    cJSON_AddStringToObject(link, "detail", status->detail);
    if (kiosk->printing != NULL)
        cJSON_AddStringToObject(json, "printer", kiosk->reasons);
    else
        cJSON_AddNullToObject(json, "printer");
}

/* What can be pressed, and where: name to x, y, width, height. */
static void add_widgets(const struct widgets *widgets, cJSON *terminal)
{
    cJSON *names = cJSON_AddArrayToObject(terminal, "widgets");
    cJSON *areas = cJSON_AddObjectToObject(terminal, "areas");
    for (int i = 0; i < widgets->count; i++) {
        const SDL_Rect *area = &widgets->list[i].area;
        const int numbers[] = {area->x, area->y, area->w, area->h};
        cJSON_AddItemToArray(names, cJSON_CreateString(widgets->list[i].name));
        cJSON_AddItemToObject(areas, widgets->list[i].name, cJSON_CreateIntArray(numbers, 4));
    }
}

static void add_terminal(const struct kiosk *kiosk, cJSON *json)
{
    const struct terminal_view *view = &kiosk->terminal_view;
    if (kiosk->terminal == NULL)
        return;
    cJSON *terminal = cJSON_AddObjectToObject(json, "terminal");
    cJSON_AddStringToObject(terminal, "screen", kiosk_screen_name(view->screen));
    cJSON_AddStringToObject(terminal, "staff", kiosk_staff_name(kiosk->staff_view.screen));
    cJSON_AddStringToObject(terminal, "staff_result", kiosk->staff_view.result);
    cJSON_AddStringToObject(terminal, "language", view->language);
    if (view->number[0] != '\0')
        cJSON_AddStringToObject(terminal, "number", view->number);
    else
        cJSON_AddNullToObject(terminal, "number");
    cJSON_AddNumberToObject(terminal, "seconds_left", view->seconds_left);
    cJSON_AddBoolToObject(terminal, "slip_done", view->slip_done);
    if (kiosk->status.pairing[0] != '\0' && !kiosk->status.enrolled)
        cJSON_AddStringToObject(terminal, "pairing", kiosk->status.pairing);
    cJSON_AddNumberToObject(terminal, "typed", (double)strlen(view->entry)); /* it may name one */
    add_widgets(&kiosk->widgets, terminal);
}

static void add_call(cJSON *json, const char *name, const struct monitor_call *call)
{
    if (call->number[0] == '\0') {
        cJSON_AddNullToObject(json, name);
        return;
    }
    cJSON *item = cJSON_AddObjectToObject(json, name);
    cJSON_AddStringToObject(item, "number", call->number);
    cJSON_AddStringToObject(item, "room", call->room);
    cJSON_AddBoolToObject(item, "live", call->live);
    cJSON *party = cJSON_AddArrayToObject(item, "party");
    for (int i = 0; i < call->party_count; i++)
        cJSON_AddItemToArray(party, cJSON_CreateString(call->party[i]));
}

static void add_monitor(const struct kiosk *kiosk, cJSON *json)
{
    static const char *const pictures[] = {
        [PICTURE_STILL] = "still", [PICTURE_FILM] = "film", [PICTURE_NOTICE] = "notice"};
    const struct monitor_view *view = &kiosk->monitor_view;
    if (kiosk->monitor == NULL)
        return;
    cJSON *monitor = cJSON_AddObjectToObject(json, "monitor");
    add_call(monitor, "stage", &view->stage);
    cJSON_AddNumberToObject(monitor, "waiting", view->waiting);
    cJSON_AddStringToObject(monitor, "picture", pictures[kiosk->picture]);
    SDL_Rect area = monitor_film_area(&kiosk->monitor->canvas, view);
    const int numbers[] = {area.x, area.y, area.w, area.h};
    cJSON_AddItemToObject(monitor, "film_area", cJSON_CreateIntArray(numbers, 4));
    cJSON *desks = cJSON_AddArrayToObject(monitor, "desks");
    for (int i = 0; i < view->desk_count; i++) {
        cJSON *desk = cJSON_CreateObject();
        cJSON_AddItemToArray(desks, desk);
        cJSON_AddStringToObject(desk, "name", view->desks[i].name);
        cJSON_AddNumberToObject(desk, "waiting", view->desks[i].waiting);
        add_call(desk, "call", &view->desks[i].now);
    }
}

static void add_playing(const struct kiosk *kiosk, cJSON *json)
{
    const struct playlist_entry *entry = NULL;
    if (kiosk->playlist == NULL)
        return;
    cJSON_AddStringToObject(json, "programme", kiosk->programme);
    (void)playlist_picture(kiosk->playlist, &entry);
    if (entry == NULL) {
        cJSON_AddNullToObject(json, "playing");
    } else {
        cJSON *item = cJSON_AddObjectToObject(json, "playing");
        cJSON_AddStringToObject(item, "kind", content_kind_name(entry->kind));
        cJSON_AddStringToObject(item, "title", entry->title);
        cJSON_AddStringToObject(item, "reason", play_reason_name(entry->reason));
        cJSON_AddStringToObject(item, "content", entry->tag);
        cJSON_AddStringToObject(item, "programme", entry->programme);
        cJSON_AddNumberToObject(item, "item", entry->item);
        cJSON_AddStringToObject(item, "planned", entry->planned);
    }
    const struct station_programme *document = &kiosk->status.programme;
    cJSON *contents = cJSON_AddObjectToObject(json, "contents");
    cJSON_AddNumberToObject(contents, "edition", (double)document->edition);
    cJSON_AddNumberToObject(contents, "files", document->files);
    cJSON_AddNumberToObject(contents, "present", document->present);
    cJSON_AddNumberToObject(contents, "plays", (double)document->plays);
    cJSON_AddStringToObject(contents, "fault", document->fault);
    cJSON_AddStringToObject(contents, "detail", document->detail);
    cJSON_AddStringToObject(contents, "broken", kiosk->broken);
    cJSON *video = cJSON_AddObjectToObject(json, "video");
    cJSON_AddNumberToObject(video, "pid", video_pid(kiosk->video));
    cJSON_AddNumberToObject(video, "frames", (double)kiosk->film.frames);
    cJSON_AddNumberToObject(video, "changes", (double)kiosk->changes);
    cJSON_AddNumberToObject(video, "films", playlist_films(kiosk->playlist));
    cJSON *codecs = cJSON_AddObjectToObject(video, "codecs");
    for (int i = 0; i < CODECS; i++)
        cJSON_AddStringToObject(codecs, codec_name((enum codec)i),
                                codec_state_name(codec_test_state(kiosk->codecs, (enum codec)i)));
}

/* The last slip's way: milliseconds after the touch, up to the call that hands it to cupsd. */
static void add_slip(const struct kiosk *kiosk, cJSON *json)
{
    struct slip_trace trace;
    if (kiosk->printing == NULL)
        return;
    cJSON *slip = cJSON_AddObjectToObject(json, "slip");
    if (kiosk->test_count > 0)
        cJSON_AddStringToObject(slip, "test", print_fate_name(kiosk->test_fate));
    if (!printing_last(kiosk->printing, &trace) || trace.touched == 0)
        return;
    const struct {
        const char *name;
        int64_t at;
    } stages[] = {
        {"asked_ms", trace.asked}, {"taken_ms", trace.taken}, {"stored_ms", trace.stored},
        {"begun_ms", trace.begun}, {"drawn_ms", trace.drawn}, {"submitted_ms", trace.submitted},
    };
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
        cJSON_AddNumberToObject(slip, stages[i].name,
                                (double)(stages[i].at - trace.touched) / 1000);
    cJSON_AddNumberToObject(slip, "cpu_ms", (double)trace.cpu_us / 1000);
}

/* The last call's way, microseconds of the wall clock; 0 = a stage that is not on its way. */
static void add_call_trace(const struct kiosk *kiosk, cJSON *json)
{
    const struct call_trace *call = &kiosk->call;
    const struct {
        const char *name;
        int64_t at;
    } stages[] = {
        {"event_us", call->event}, {"heard_us", call->heard},     {"told_us", call->told},
        {"taken_us", call->taken}, {"sounded_us", call->sounded}, {"drawn_us", call->drawn},
        {"shown_us", call->shown}, {"cpu_us", call->cpu_us},
    };
    cJSON *item = cJSON_AddObjectToObject(json, "call");
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
        cJSON_AddNumberToObject(item, stages[i].name, (double)stages[i].at);
}

static void add_lan(const struct kiosk *kiosk, cJSON *json)
{
    struct lan_info info;
    if (kiosk->lan == NULL)
        return;
    lan_info(kiosk->lan, &info);
    cJSON *lan = cJSON_AddObjectToObject(json, "lan");
    cJSON_AddStringToObject(lan, "url", info.url);
    cJSON_AddStringToObject(lan, "fingerprint", info.fingerprint);
    cJSON_AddNumberToObject(lan, "people", info.people);
}

cJSON *kiosk_status(struct kiosk *kiosk)
{
    cJSON *json = cJSON_CreateObject();
    add_link(kiosk, json);
    add_lan(kiosk, json);
    add_terminal(kiosk, json);
    add_monitor(kiosk, json);
    add_playing(kiosk, json);
    add_slip(kiosk, json);
    add_call_trace(kiosk, json);
    cJSON_AddItemToObject(json, "loop", turns_json(&kiosk->turns));
    return json;
}

cJSON *kiosk_tickets(struct kiosk *kiosk)
{
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "tickets");
    for (int i = 0; kiosk->queue != NULL && i < kiosk->queue->count; i++) {
        const struct ticket *ticket = &kiosk->queue->tickets[i];
        char number[NUMBER_TEXT_SIZE];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddItemToArray(list, item);
        number_format(ticket->number, number);
        cJSON_AddStringToObject(item, "ticket", ticket->id);
        cJSON_AddStringToObject(item, "number", number);
        cJSON_AddStringToObject(item, "state", ticket_state_name(ticket->state));
        cJSON_AddNumberToObject(item, "desk_no", ticket->desk_no);
        cJSON_AddStringToObject(item, "service", ticket->service);
        cJSON_AddStringToObject(item, "room", ticket->room);
        cJSON_AddNumberToObject(item, "accepted", (double)ticket->accepted_ms);
    }
    return json;
}
