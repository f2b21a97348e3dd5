#include "slip_content.h"

#include <stdio.h>
#include <string.h>

#include "words.h"

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

/* "10:30" */
static void fill_hour(int64_t at_ms, const struct settings *settings, char ret[static 8])
{
    struct civil civil;
    civil_from_ms(at_ms, settings->utc_offset_min, &civil);
    snprintf(ret, 8, "%d:%02d", civil.hour % 24, civil.minute % 60);
}

static void fill_time(const struct station_ticket *ticket, const struct settings *settings,
                      const struct words *words, const char *language, struct slip_view *ret)
{
    struct civil civil;
    civil_from_ms(ticket->accepted_ms, settings->utc_offset_min, &civil);
    fill_hour(ticket->accepted_ms, settings, ret->time);
    words_session_date(words, language, &civil, ticket->session.kind, ret->date, sizeof ret->date);
    COPY(ret->validity, words_session(words, language, "slip.validity", ticket->session.kind));
}

/* The cloud's codes are of small letters; capitals are easier to read and to tell apart. */
static void fill_code(const char *code, char ret[static 16])
{
    size_t i = 0;
    for (; i < 15 && code[i] != '\0'; i++)
        ret[i] = (char)(code[i] >= 'a' && code[i] <= 'z' ? code[i] - 'a' + 'A' : code[i]);
    ret[i] = '\0';
}

static void fill_clinic(const struct settings *settings, int paper_mm, struct slip_view *ret)
{
    ret->dots = paper_mm == 58 ? SLIP_DOTS_58 : SLIP_DOTS_80;
    COPY(ret->clinic, settings->name);
    COPY(ret->clinic_en, settings->name_en);
    COPY(ret->phone, settings->phone);
}

void slip_content_fill(const struct station_ticket *ticket, const struct settings *settings,
                       const struct words *words, int paper_mm, struct slip_view *ret)
{
    const char *language = ticket->language[0] != '\0' ? ticket->language : "ja";
    const struct service *service = settings_service(settings, ticket->service);
    memset(ret, 0, sizeof *ret);
    fill_clinic(settings, paper_mm, ret);
    COPY(ret->language, language);
    COPY(ret->message, settings->slip_message);
    ret->large = settings->slip_large;
    number_format(ticket->number, ret->number);
    if (service != NULL) {
        COPY(ret->service, service->name);
        COPY(ret->service_en, service->name_en);
    }
    if (settings_desk(settings, ticket->desk_no) != NULL)
        settings_queue_id(settings, ticket->desk_no, ret->queue_id);
    ret->before = ticket->before;
    COPY(ret->qr, ticket->url);
    fill_code(ticket->code, ret->code);
    COPY(ret->check, ticket->check);
    ret->print_count = ticket->print_count;
    ret->person = ticket->person;
    ret->persons = ticket->persons;
    if (ticket->slot_from > 0 && ticket->slot_to > 0) {
        fill_hour(ticket->slot_from, settings, ret->slot_from);
        fill_hour(ticket->slot_to, settings, ret->slot_to);
    }
    /* A ticket taken while no time was known has none: better no date than a wrong one. */
    if (ticket->accepted_ms > 0)
        fill_time(ticket, settings, words, language, ret);
}

void slip_content_test(const struct settings *settings, const struct words *words,
                       const struct slip_test *test, struct slip_view *ret)
{
    struct civil civil;
    memset(ret, 0, sizeof *ret);
    ret->kind = SLIP_OF_TEST;
    ret->before = -1;
    ret->print_count = 1;
    COPY(ret->qr, test->address);
    COPY(ret->device, test->device);
    ret->dots = test->paper_mm == 58 ? SLIP_DOTS_58 : SLIP_DOTS_80;
    if (settings == NULL)
        return;
    fill_clinic(settings, test->paper_mm, ret);
    if (test->now_ms == 0)
        return;
    civil_from_ms(test->now_ms, settings->utc_offset_min, &civil);
    fill_hour(test->now_ms, settings, ret->time);
    words_day(words, "ja", &civil, ret->date, sizeof ret->date);
}
