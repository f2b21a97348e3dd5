#include "scenes.h"

#include "catalogue.h"
#include "staff_demo.h"

#include <stdio.h>
#include <string.h>

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

/* Words of a language; kept for good, as long as the test runs. */
static const char *scenes_words(const void *context, const char *language, const char *key)
{
    static struct catalogue *opened[SCENES_LANGUAGES];
    int i = 0;

    (void)context;
    while (strcmp(scenes_languages[i], language) != 0)
        i++;
    if (!opened[i] && catalogue_open(LANGUAGE_DIR, language, &opened[i]) < 0)
        return key;
    return catalogue_get(opened[i], key);
}

static void setup(struct terminal_view *view)
{
    static const struct terminal_status lines[] = {
        {"setup.model", "Raspberry Pi 5 Model B", true, false},
        {"setup.serial", "10000000a1b2c3d4", true, false},
        {"setup.address", "eth0 192.168.1.24", true, false},
        {"setup.link", "1000 Mbit/s", true, false},
        {"setup.clock", "11月24日（火） 10:42", true, false},
        {"setup.clock_source", "時刻サーバー（NTP）", true, false},
        {"setup.cloud", "登録の確認待ち", false, false},
        {"setup.device", "未登録です", false, false},
        {"setup.printer", "用紙が ありません", false, false},
        {"setup.storage", "残り 21.4 GB", true, false},
        {"setup.card", "エラー 0件　消耗 不明", true, false},
        {"setup.power", "不明", false, true},
        {"setup.screens", "1080×1920  1920×1080", true, false},
        {"setup.heat", "52 ℃", true, false},
        {"setup.films", "4本", true, false},
    };

    memcpy(view->status, lines, sizeof lines);
    view->status_count = sizeof lines / sizeof *lines;
    COPY(view->advice, "登録コードを 管理者に 伝えてください。確認されると、自動で 始まります。");
    COPY(view->version, "待合 Machiai 0.1.0");
    COPY(view->pairing, "KRMT-XAHY");
    COPY(view->pairing_qr, "https://clinic.example:8443/pair/#KRMT-XAHY");
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

struct terminal_view scenes_state(const char *state, const char *language)
{
    struct terminal_view view = scenes_terminal(terminal_state_screen(state), language);

    (void)terminal_demo(state, scenes_words, NULL, &view); /* a test names none that is unknown */
    return view;
}

struct staff_view scenes_staff_state(const char *state)
{
    static const struct staff_row rows[] = {{"15", "staff.state.waiting", "", "10:21"},
                                            {"A4", "staff.state.waiting", "この端末", "10:33"},
                                            {"16", "staff.state.absent", "呼出 1回", "10:24"},
                                            {"17", "staff.state.reserved", "10:00〜11:00", "10:30"},
                                            {"108", "staff.state.held", "", "10:26"},
                                            {"19", "staff.state.waiting", "", "10:35"},
                                            {"20", "staff.state.waiting", "", "10:36"}};
    static const struct staff_place places[] = {
        {"第1診察室", "内科", 5}, {"第2診察室", "内科", 5}, {"予防接種室", "予防接種", 2}};
    struct staff_view view = {
        .place_count = 3, .row_count = sizeof rows / sizeof *rows, .volume = 80};

    memcpy(view.rows, rows, sizeof rows);
    memcpy(view.places, places, sizeof places);
    (void)staff_demo(state, "", &view); /* a test names none that is unknown */
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
