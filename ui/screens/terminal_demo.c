#include "terminal_demo.h"

#include "catalogue.h"

#include <stdio.h>
#include <string.h>

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

const char *const terminal_states[TERMINAL_STATES] = {
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
    "start-focus",
    "setup-revoked",
};

static const char *const screens[TERMINAL_SCREENS] = {
    [TERMINAL_START] = "start",     [TERMINAL_WAIT] = "wait",
    [TERMINAL_TICKET] = "ticket",   [TERMINAL_NO_SLIP] = "no_slip",
    [TERMINAL_CLOSED] = "closed",   [TERMINAL_UNAVAILABLE] = "unavailable",
    [TERMINAL_SETUP] = "setup",     [TERMINAL_CHECKIN] = "checkin",
    [TERMINAL_PERSONS] = "persons", [TERMINAL_REFUSED] = "refused"};

struct demo {
    terminal_words *words;
    const void *context;
    struct terminal_view *view;
};

static const char *words_of(const struct demo *demo, const char *key)
{
    return demo->words(demo->context, demo->view->language, key);
}

static void party(const struct demo *demo)
{
    demo->view->persons = 3;
    demo->view->no_voice = true;
    demo->view->services[2].one = true;
}

static void many(const struct demo *demo)
{
    struct terminal_view *view = demo->view;

    for (int i = 3; i < TERMINAL_SERVICES_MAX; i++) {
        view->services[i] = view->services[i % 3];
        snprintf(view->services[i].id, sizeof view->services[i].id, "s%d", i);
    }
    view->service_count = TERMINAL_SERVICES_MAX;
    view->services[1].open = false;
    view->services[2].full = true;
}

static void printer(const struct demo *demo)
{
    COPY(demo->view->notice, words_of(demo, "notice.printer"));
    demo->view->notice_urgent = true;
}

static void maintenance(const struct demo *demo)
{
    catalogue_fill(demo->view->notice, sizeof demo->view->notice,
                   words_of(demo, "notice.maintenance"), "from", "11/24 20:00", "to", "22:00",
                   NULL);
}

static void focus(const struct demo *demo)
{
    snprintf(demo->view->focus, sizeof demo->view->focus, "service:%s", demo->view->services[0].id);
}

static void done(const struct demo *demo)
{
    demo->view->slip_done = true;
}

/* The code of the second is shown. */
static void numbers(struct terminal_view *view, int count, const char *letter, int first)
{
    view->number_count = count;
    view->code = 1;
    for (int i = 0; i < count; i++)
        snprintf(view->numbers[i], sizeof view->numbers[i], "%s%d", letter, first + i);
}

static void family(const struct demo *demo)
{
    numbers(demo->view, 3, "", 15);
}

static void eight(const struct demo *demo)
{
    numbers(demo->view, TERMINAL_PERSONS_MAX, "A", 108);
}

static void booked(const struct demo *demo)
{
    COPY(demo->view->slot, "10:00〜11:00");
}

static void no_service(const struct demo *demo)
{
    demo->view->no_service = true;
}

static void letters(const struct demo *demo)
{
    COPY(demo->view->letters, "CEFH");
    COPY(demo->view->entry, "C108");
}

/* A kiosk that was at work, and that the cloud has taken out of its site. */
static void revoked(const struct demo *demo)
{
    struct terminal_view *view = demo->view;

    view->pairing[0] = view->pairing_qr[0] = '\0';
    snprintf(view->advice, sizeof view->advice, "%s",
             demo->words(demo->context, "ja", "setup.advice.revoked"));
    for (int i = 0; i < view->status_count; i++)
        if (strcmp(view->status[i].name, "setup.cloud") == 0 ||
            strcmp(view->status[i].name, "setup.device") == 0) {
            COPY(view->status[i].value, demo->words(demo->context, "ja", "link.revoked"));
            view->status[i].good = false;
        }
}

static const struct {
    const char *name;
    void (*apply)(const struct demo *demo);
} variants[] = {{"party", party},
                {"many", many},
                {"printer", printer},
                {"focus", focus},
                {"maintenance", maintenance},
                {"done", done},
                {"family", family},
                {"eight", eight},
                {"booked", booked},
                {"letters", letters},
                {"no_service", no_service},
                {"revoked", revoked}};

/* A day with two sessions, seen at the hour at which the clinic is closed for this reason. */
static void close_for(struct terminal_view *view, const char *variant)
{
    static const struct {
        const char *name, *clock, *opens_at;
        int over; /* sessions of the day that are; -1 = a day without any */
    } reasons[CLOSED_REASONS] = {
        [CLOSED_BEFORE] = {"before", "8:05", "8:30", 0},
        [CLOSED_BREAK] = {"break", "12:36", "15:00", 1},
        [CLOSED_ENDED] = {"ended", "18:42", "", 2},
        [CLOSED_PAUSED] = {"paused", "12:36", "", 1},
        [CLOSED_DAY] = {"day", "10:42", "", -1},
        [CLOSED_FULL] = {"full", "11:10", "15:00", 1},
    };

    for (int i = 0; i < CLOSED_REASONS; i++) {
        if (strcmp(variant, reasons[i].name) != 0)
            continue;
        view->closed_reason = (enum terminal_closed)i;
        COPY(view->clock, reasons[i].clock);
        COPY(view->opens_at, reasons[i].opens_at);
        view->hours_count = reasons[i].over < 0 ? 0 : 2;
        view->hours[0] = (struct terminal_hours){"8:30", "11:00", reasons[i].over > 0};
        view->hours[1] = (struct terminal_hours){"15:00", "18:30", reasons[i].over > 1};
    }
    /* else nobody can come any more today */
    view->show_checkin = view->closed_reason == CLOSED_PAUSED || view->closed_reason == CLOSED_FULL;
}

enum terminal_screen terminal_state_screen(const char *state)
{
    size_t length = strcspn(state, "-");

    for (int i = 0; i < TERMINAL_SCREENS; i++)
        if (strlen(screens[i]) == length && strncmp(screens[i], state, length) == 0)
            return (enum terminal_screen)i;
    return TERMINAL_SCREENS;
}

/* What every state of a screen has where the view told nothing. */
static void fill(struct terminal_view *view)
{
    view->show_family = view->show_no_voice = true;
    view->persons_max = TERMINAL_PERSONS_MAX;
    if (!view->number[0])
        COPY(view->number, "15");
    if (view->screen == TERMINAL_START || view->screen == TERMINAL_CLOSED)
        view->show_checkin = true;
    if (view->screen == TERMINAL_CHECKIN)
        COPY(view->entry, "108");
    if (view->seconds_total == 0 && view->screen != TERMINAL_START &&
        view->screen != TERMINAL_CLOSED && view->screen != TERMINAL_UNAVAILABLE) {
        view->seconds_total = 20;
        view->seconds_left = 12;
    }
}

bool terminal_demo(const char *state, terminal_words *words, const void *context,
                   struct terminal_view *view)
{
    struct demo demo = {words, context, view};
    const char *variant = strchr(state, '-');
    bool known = false;

    for (int i = 0; i < TERMINAL_STATES; i++)
        known = known || strcmp(state, terminal_states[i]) == 0;
    if (!known)
        return false;
    view->screen = terminal_state_screen(state);
    fill(view);
    if (!variant)
        return true;
    variant++;
    if (view->screen == TERMINAL_CLOSED)
        close_for(view, variant);
    if (view->screen == TERMINAL_REFUSED)
        snprintf(view->refused, sizeof view->refused, "refused.%s", variant);
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        if (strcmp(variant, variants[i].name) == 0)
            variants[i].apply(&demo);
    return true;
}
