#include "scenes.h"

#include "catalogue.h"

#include <stdio.h>
#include <string.h>

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

/* Words of a language; kept for good, as long as the test runs. */
static const char *scenes_words(const char *language, const char *key)
{
    static struct catalogue *opened[SCENES_LANGUAGES];
    int i = 0;

    while (strcmp(scenes_languages[i], language) != 0)
        i++;
    if (!opened[i] && catalogue_open(LANGUAGE_DIR, language, &opened[i]) < 0)
        return key;
    return catalogue_get(opened[i], key);
}

static void setup(struct terminal_view *view)
{
    static const struct terminal_status lines[] = {
        {"setup.model", "Raspberry Pi 5 Model B", true},
        {"setup.address", "eth0 192.168.1.24", true},
        {"setup.clock", "11月24日（火） 10:42", true},
        {"setup.clock_source", "クラウドの時刻", true},
        {"setup.cloud", "つながっています", true},
        {"setup.device", "登録ずみ（文字 A）", true},
        {"setup.printer", "media-empty-error", false},
        {"setup.screens", "1080×1920  1920×1080", true},
        {"setup.storage", "残り 21.4 GB", true},
        {"setup.films", "4本", true},
    };

    memcpy(view->status, lines, sizeof lines);
    view->status_count = sizeof lines / sizeof *lines;
    COPY(view->advice, "契約者ページの「端末の登録」で、登録コードを入力してください。");
    COPY(view->version, "待合 Machiai 0.1.0");
    COPY(view->pairing, "7K4Q-9M2X");
    COPY(view->pairing_qr, "machiai:pair?device=T-91C7&code=7K4Q9M2X");
    COPY(view->support, "T-91C7");
}

struct terminal_view scenes_terminal(enum terminal_screen screen, const char *language)
{
    static const struct terminal_service services[] = {
        {.id = "naika",
         .name = "内科",
         .name_en = "Internal medicine",
         .icon = "adult",
         .waiting = 5,
         .open = true},
        {.id = "shonika",
         .name = "小児科",
         .name_en = "Children",
         .icon = "child",
         .waiting = 8,
         .open = true},
        {.id = "yobo",
         .name = "予防接種・健診",
         .name_en = "Vaccination, check-up",
         .icon = "vaccine",
         .waiting = 2,
         .open = true},
    };
    struct terminal_view view = {.screen = screen,
                                 .service_count = 3,
                                 .waiting = 15,
                                 .show_checkin = true,
                                 .before = 5,
                                 .voice_button = true};

    memcpy(view.services, services, sizeof services);
    COPY(view.language, language);
    COPY(view.clinic, "さくら台クリニック");
    COPY(view.clock, screen == TERMINAL_CLOSED ? "12:36" : "10:42");
    COPY(view.number, "15");
    COPY(view.service, strncmp(language, "ja", 2) == 0 ? "内科" : "Internal medicine");
    COPY(view.before_at, "10:42");
    COPY(view.qr, SCENES_URL);
    COPY(view.phone, "03-5555-0142");
    view.seconds_total = screen == TERMINAL_NO_SLIP ? 60 : 20;
    view.seconds_left = screen == TERMINAL_NO_SLIP ? 47 : 12;
    view.closed_reason = CLOSED_BREAK;
    COPY(view.opens_at, "15:00");
    COPY(view.date, strncmp(language, "ja", 2) == 0 ? "11月24日（火）" : "11/24");
    view.hours[0] = (struct terminal_hours){"8:30", "11:30", true};
    view.hours[1] = (struct terminal_hours){"15:00", "18:30", false};
    view.hours_count = 2;
    setup(&view);
    return view;
}

static void fill_family(struct terminal_view *view)
{
    static const char *const numbers[] = {"15", "16", "17"};

    view->number_count = 3;
    for (int i = 0; i < view->number_count; i++)
        COPY(view->numbers[i], numbers[i]);
}

static void fill_many(struct terminal_view *view)
{
    for (int i = 3; i < TERMINAL_SERVICES_MAX; i++) {
        view->services[i] = view->services[i % 3];
        snprintf(view->services[i].id, sizeof view->services[i].id, "s%d", i);
    }
    view->service_count = TERMINAL_SERVICES_MAX;
    view->services[1].open = false;
    view->services[2].full = true;
}

/* What tells one state of a screen from another: the variant's name behind its screen's. */
static void vary(struct terminal_view *view, const char *variant)
{
    static const char *const reasons[CLOSED_REASONS] = {
        [CLOSED_BEFORE] = "before", [CLOSED_BREAK] = "break", [CLOSED_ENDED] = "ended",
        [CLOSED_PAUSED] = "paused", [CLOSED_DAY] = "day",     [CLOSED_FULL] = "full"};

    for (int i = 0; view->screen == TERMINAL_CLOSED && i < CLOSED_REASONS; i++)
        if (strcmp(variant, reasons[i]) == 0)
            view->closed_reason = (enum terminal_closed)i;
    if (view->screen == TERMINAL_CLOSED) /* else nobody can come any more today */
        view->show_checkin =
            view->closed_reason == CLOSED_PAUSED || view->closed_reason == CLOSED_FULL;
    if (view->screen == TERMINAL_REFUSED)
        snprintf(view->refused, sizeof view->refused, "refused.%s", variant);
    if (strcmp(variant, "no_service") == 0)
        view->no_service = true;
    if (strcmp(variant, "family") == 0)
        fill_family(view);
    if (strcmp(variant, "eight") == 0) {
        view->number_count = TERMINAL_PERSONS_MAX;
        for (int i = 0; i < TERMINAL_PERSONS_MAX; i++)
            snprintf(view->numbers[i], sizeof view->numbers[i], "A%d", 108 + i);
    }
    if (strcmp(variant, "booked") == 0)
        COPY(view->slot, "10:00〜11:00");
    if (strcmp(variant, "done") == 0)
        view->slip_done = true;
    if (strcmp(variant, "many") == 0)
        fill_many(view);
    if (strcmp(variant, "party") == 0) {
        view->persons = 3;
        view->no_voice = true;
        view->services[2].one = true;
    }
    if (strcmp(variant, "printer") == 0) {
        COPY(view->notice, scenes_words(view->language, "notice.printer"));
        view->notice_urgent = true;
    }
    if (strcmp(variant, "maintenance") == 0) {
        char to[8] = "22:00";

        catalogue_fill(view->notice, sizeof view->notice,
                       scenes_words(view->language, "notice.maintenance"), "from", "11/24 20:00",
                       "to", to, NULL);
    }
    if (strcmp(variant, "letters") == 0) {
        COPY(view->letters, "CEFH");
        COPY(view->entry, "C108");
    }
}

const char *const scenes_states[SCENES_STATES] = {
    "start",
    "start-party",
    "start-many",
    "start-printer",
    "start-maintenance",
    "wait",
    "ticket",
    "ticket-done",
    "ticket-family",
    "ticket-eight",
    "ticket-booked",
    "no_slip",
    "no_slip-family",
    "closed-before",
    "closed-break",
    "closed-ended",
    "closed-paused",
    "closed-day",
    "closed-full",
    "unavailable",
    "unavailable-no_service",
    "setup",
    "checkin",
    "checkin-letters",
    "persons",
    "persons-party",
    "refused-closed",
    "refused-paused",
    "refused-full",
    "refused-suspended",
    "refused-no_booking",
    "refused-too_early",
};

struct terminal_view scenes_state(const char *state, const char *language)
{
    static const char *const screens[TERMINAL_SCREENS] = {
        [TERMINAL_START] = "start",     [TERMINAL_WAIT] = "wait",
        [TERMINAL_TICKET] = "ticket",   [TERMINAL_NO_SLIP] = "no_slip",
        [TERMINAL_CLOSED] = "closed",   [TERMINAL_UNAVAILABLE] = "unavailable",
        [TERMINAL_SETUP] = "setup",     [TERMINAL_CHECKIN] = "checkin",
        [TERMINAL_PERSONS] = "persons", [TERMINAL_REFUSED] = "refused"};
    size_t length = strcspn(state, "-");
    int screen = 0;
    struct terminal_view view;

    while (strlen(screens[screen]) != length || strncmp(screens[screen], state, length) != 0)
        screen++;
    view = scenes_terminal((enum terminal_screen)screen, language);
    view.show_family = view.show_no_voice = true;
    view.persons_max = TERMINAL_PERSONS_MAX;
    if (view.screen == TERMINAL_CHECKIN)
        COPY(view.entry, "108");
    if (state[length] == '-')
        vary(&view, state + length + 1);
    return view;
}

struct monitor_call scenes_call(const char *number, const char *room, const char *room_en,
                                bool payment)
{
    struct monitor_call call = {.live = true, .payment = payment};

    COPY(call.number, number);
    COPY(call.room, room);
    COPY(call.room_en, room_en);
    return call;
}

static void desk(struct monitor_desk *desk, const char *name, const char *number, const char *room,
                 bool live, int waiting)
{
    COPY(desk->name, name);
    desk->now = scenes_call(number, room, "", false);
    desk->now.live = live;
    desk->waiting = waiting;
}

static void recent(struct monitor_view *view, const char *number, const char *room, bool payment)
{
    struct monitor_call *call = &view->recent[view->recent_count++];

    *call = scenes_call(number, room, "", payment);
    call->live = false;
}

static void line(struct monitor_view *view)
{
    static const char *const next[] = {"15", "16", "17", "18", "A4", "19", "20", "21", "22", "23"};

    for (size_t i = 0; i < sizeof next / sizeof *next; i++)
        COPY(view->next_numbers[view->next_count++], next[i]);
}

static void three_desks(struct monitor_view *view, int desks)
{
    static const char *const names[] = {"内科", "小児科", "予防接種"};
    static const char *const numbers[] = {"14", "A3", "108"};
    static const char *const rooms[] = {"第1診察室", "第2診察室", "第3診察室"};
    static const int waiting[] = {5, 8, 2};

    for (int i = 0; i < desks; i++)
        desk(&view->desks[view->desk_count++], names[i], numbers[i], rooms[i], i == 1, waiting[i]);
}

static void many_desks(struct monitor_view *view, int desks)
{
    static const char *const names[] = {"内科",     "小児科", "皮膚科", "耳鼻科",
                                        "整形外科", "処置",   "採血",   "予防接種"};
    static const char *const numbers[] = {"14", "A3", "108", "52", "63", "71", "80", "95"};
    static const char *const rooms[] = {"第1診察室", "第2診察室", "第3診察室", "第4診察室",
                                        "第5診察室", "処置室",    "採血室",    "第6診察室"};

    for (int i = 0; i < desks; i++)
        desk(&view->desks[view->desk_count++], names[i], numbers[i], rooms[i], i == 1, 4);
}

struct monitor_view scenes_monitor(int desks, bool payment, bool video)
{
    struct monitor_view view = {.video = video, .queue = true, .waiting = desks > 3 ? 31 : 12};

    COPY(view.clinic, "さくら台クリニック");
    COPY(view.clock, "10:42");
    COPY(view.date, "11月24日（火）");
    COPY(view.session, "午前の診療");
    COPY(view.message, desks == 1 ? "インフルエンザの予防接種を始めました。窓口へどうぞ。"
                                  : "インフルエンザの予防接種を始めました。");
    view.provided = video;
    if (desks == 1)
        desk(&view.desks[view.desk_count++], "診察", "14", "第1診察室", true, 12);
    else if (desks <= 3)
        three_desks(&view, desks);
    else
        many_desks(&view, desks);
    if (payment) {
        desk(&view.desks[view.desk_count], "会計", "11", "会計窓口", false, 0);
        view.desks[view.desk_count].now.payment = true;
        view.desks[view.desk_count++].payment = true;
    }
    for (int i = 0; i < 4; i++)
        recent(&view, ((const char *const[]){"13", "12", "A2", "11"})[i], "第1診察室", false);
    for (int i = 0; payment && i < 4; i++)
        recent(&view, ((const char *const[]){"9", "A1", "8", "6"})[i], "会計窓口", true);
    line(&view);
    return view;
}
