#include "walls.h"

#include "scenes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

static struct wall_scene scenes[WALLS_MAX];
static int count;

/* A new scene of a shape: "wide" 1920x1080 or "upright" 1080x1920. */
__attribute__((format(printf, 3, 4))) static struct monitor_view *
add(bool upright, const struct monitor_view *view, const char *name, ...)
{
    struct wall_scene *scene = &scenes[count++];
    va_list arguments;

    if (count == WALLS_MAX)
        abort();
    va_start(arguments, name);
    vsnprintf(scene->name, sizeof scene->name, name, arguments);
    va_end(arguments);
    scene->width = upright ? 1080 : 1920;
    scene->height = upright ? 1920 : 1080;
    scene->view = *view;
    return &scene->view;
}

static void every_number_of_desks(void)
{
    for (int desks = 1; desks <= 8; desks++) {
        for (int kind = 0; kind < 8; kind++) {
            bool payment = kind & 1, video = !(kind & 2), upright = kind & 4;
            struct monitor_view view = scenes_monitor(desks, payment, video);

            add(upright, &view, "%s-%d%s%s", upright ? "upright" : "wide", desks,
                video ? "" : "-board", payment ? "-payment" : "");
        }
    }
}

/* -- numbers ----------------------------------------------------------------------------------- */

static void party(struct monitor_call *call, int others, int first)
{
    call->party_count = others;
    for (int i = 0; i < others; i++)
        snprintf(call->party[i], sizeof call->party[i], "%d", first + i);
}

static void long_numbers(void)
{
    static const int desks[] = {1, 3, 8};

    for (size_t i = 0; i < sizeof desks / sizeof *desks; i++) {
        for (int kind = 0; kind < 3; kind++) {
            struct monitor_view view = scenes_monitor(desks[i], true, kind != 1);

            for (int d = 0; d < view.desk_count; d++) {
                view.desks[d].now.live = true;
                snprintf(view.desks[d].now.number, MONITOR_NUMBER_SIZE, d % 2 ? "A1%02d" : "9%02d",
                         d * 8 + 8);
            }
            for (int r = 0; r < view.recent_count; r++)
                snprintf(view.recent[r].number, MONITOR_NUMBER_SIZE, r % 2 ? "K1%02d" : "8%02d", r);
            add(kind == 2, &view, "numbers-%d%s", desks[i],
                kind == 0   ? ""
                : kind == 1 ? "-board"
                            : "-upright");
        }
    }
}

static void parties(void)
{
    static const int desks[] = {1, 3, 8};

    for (size_t i = 0; i < sizeof desks / sizeof *desks; i++) {
        for (int kind = 0; kind < 3; kind++) {
            struct monitor_view view = scenes_monitor(desks[i], true, kind != 1);
            int called = desks[i] == 1 ? 0 : 1;

            COPY(view.desks[called].now.number, desks[i] == 3 ? "108" : "14");
            party(&view.desks[called].now, desks[i] == 3 ? 3 : 2, desks[i] == 3 ? 109 : 15);
            view.desks[view.desk_count - 1].now.live = true;
            party(&view.desks[view.desk_count - 1].now, 1, 12);
            add(kind == 2, &view, "party-%d%s", desks[i],
                kind == 0   ? ""
                : kind == 1 ? "-board"
                            : "-upright");
        }
    }
}

/* -- states ------------------------------------------------------------------------------------ */

static void nobody(void)
{
    static const int desks[] = {1, 3, 8};

    for (size_t i = 0; i < sizeof desks / sizeof *desks; i++) {
        for (int kind = 0; kind < 3; kind++) {
            struct monitor_view view = scenes_monitor(desks[i], i > 0, kind != 1);

            for (int d = 0; d < view.desk_count; d++) {
                view.desks[d].now.number[0] = '\0';
                view.desks[d].waiting = 0;
            }
            view.recent_count = view.next_count = view.waiting = 0;
            add(kind == 2, &view, "nobody-%d%s", desks[i],
                kind == 0   ? ""
                : kind == 1 ? "-board"
                            : "-upright");
        }
    }
}

static void services(void)
{
    for (int upright = 0; upright < 2; upright++) {
        struct monitor_view view = scenes_monitor(1, false, true), missed;
        const char *shape = upright ? "-upright" : "";

        view.desks[0].now.live = false;
        add(upright, &view, "passed%s", shape);
        missed = view;
        COPY(missed.message, "お呼びした番号の方は、受付へお声がけください。\n"
                             "インフルエンザの予防接種を始めました。");
        add(upright, &missed, "missed%s", shape);
        missed.video = false;
        add(upright, &missed, "missed-board%s", shape);
        view.queue = false;
        add(upright, &view, "no-queue%s", shape);
        view.video = view.provided = false;
        add(upright, &view, "neither%s", shape);
        view.unavailable = true;
        view.message[0] = '\0';
        add(upright, &view, "unavailable%s", shape);
    }
}

/* What a clinic that has its corporation in its name shows, and the longest one that is left. */
static void corporations(void)
{
    static const char *const names[] = {"医療法人社団 さくら会 さくら台クリニック",
                                        "東京都立さくら台こども総合医療センター附属診療所"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (int kind = 0; kind < 3; kind++) {
            struct monitor_view view = scenes_monitor(1, false, kind != 1);
            const char *shape = kind == 0 ? "" : kind == 1 ? "-board" : "-upright";

            COPY(view.clinic, names[i]);
            add(kind == 2, &view, "%s%s", i ? "long-name" : "corporation", shape);
            if (kind == 0)
                continue;
            view.queue = view.video = view.provided = false;
            add(kind == 2, &view, "%s-neither%s", i ? "long-name" : "corporation", shape);
        }
    }
}

/* Sides that have changed, against burn-in. */
static void swapped(void)
{
    static const int desks[] = {1, 3, 8};

    for (size_t i = 0; i < sizeof desks / sizeof *desks; i++) {
        for (int kind = 0; kind < 4; kind++) {
            struct monitor_view view = scenes_monitor(desks[i], i > 0, !(kind & 1));

            view.swapped = true;
            add(kind & 2, &view, "swapped-%d%s%s", desks[i], kind & 1 ? "-board" : "",
                kind & 2 ? "-upright" : "");
        }
    }
}

/* The longest names that settings take: 17 characters on the monitor, two lines of 4.5 em. */
static void long_names(void)
{
    static const int desks[] = {1, 3, 8};

    for (size_t i = 0; i < sizeof desks / sizeof *desks; i++) {
        for (int kind = 0; kind < 3; kind++) {
            struct monitor_view view = scenes_monitor(desks[i], true, kind != 1);

            COPY(view.clinic, "さくら台こどもアレルギー科クリニ");
            COPY(view.message, "インフルエンザの予防接種を始めました。くわしくは窓口へどうぞ。"
                               "発熱のある方は、入る前に受付へお声がけください。");
            view.waiting = 1234;
            for (int d = 0; d < view.desk_count - 1; d++) {
                COPY(view.desks[d].name, "消化器内科");
                COPY(view.desks[d].now.room, "発熱外来 第2診察室");
            }
            add(kind == 2, &view, "names-%d%s", desks[i],
                kind == 0   ? ""
                : kind == 1 ? "-board"
                            : "-upright");
        }
    }
}

/* -- the stage --------------------------------------------------------------------------------- */

static struct monitor_view *stage(bool upright, const char *name, const char *number,
                                  const char *room, const char *room_en, bool payment)
{
    struct monitor_view view = scenes_monitor(1, false, true);

    view.stage = scenes_call(number, room, room_en, payment);
    view.stage_ms = 5000;
    return add(upright, &view, "stage-%s%s", name, upright ? "-upright" : "");
}

static void stages(void)
{
    struct monitor_view *view;

    for (int upright = 0; upright < 2; upright++) {
        stage(upright, "one", "7", "第1診察室", "Consultation Room 1", false);
        stage(upright, "two", "14", "第1診察室", "Consultation Room 1", false);
        stage(upright, "three", "108", "発熱外来 第2診察室", "Consultation Room 2", false);
        stage(upright, "lettered", "A3", "処置室", "Treatment Room", false);
        stage(upright, "four", "A108", "診察室10", "Consultation Room 10", false);
        stage(upright, "payment", "11", "会計窓口", "", true);
        view = stage(upright, "party", "14", "第1診察室", "Consultation Room 1", false);
        party(&view->stage, 2, 15);
        view = stage(upright, "party-eight", "108", "発熱外来 第2診察室", "Consultation Room 2",
                     false);
        party(&view->stage, 7, 109);
        view = stage(upright, "wiping", "14", "第1診察室", "Consultation Room 1", false);
        view->stage_ms = 190;
        view = stage(upright, "pushing", "15", "第1診察室", "Consultation Room 1", false);
        view->stage_before = scenes_call("14", "第1診察室", "Consultation Room 1", false);
        view->stage_ms = 60;
        view = stage(upright, "leaving", "14", "第1診察室", "Consultation Room 1", false);
        view->stage_leaving = true;
        view->leaving_ms = 90;
    }
}

const struct wall_scene *walls(int *ret_count)
{
    if (count == 0) {
        every_number_of_desks();
        long_numbers();
        parties();
        nobody();
        services();
        long_names();
        corporations();
        swapped();
        stages();
    }
    *ret_count = count;
    return scenes;
}
