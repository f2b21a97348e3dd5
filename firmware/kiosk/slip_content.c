#include "slip_content.h"

#include <stdio.h>
#include <string.h>

#include "words.h"

#define COPY(target, text) snprintf(target, sizeof(target), "%s", text)

static void fill_time(const struct station_ticket *ticket, const struct settings *settings,
                      const struct words *words, const char *language, struct slip_view *ret)
{
    struct civil civil;
    civil_from_ms(ticket->accepted_ms, settings->utc_offset_min, &civil);
    snprintf(ret->time, sizeof ret->time, "%d:%02d", civil.hour % 24, civil.minute % 60);
    words_session_date(words, language, &civil, ticket->session.kind, ret->date, sizeof ret->date);
    COPY(ret->validity, words_session(words, language, "slip.validity", ticket->session.kind));
}

void slip_content_fill(const struct station_ticket *ticket, const struct settings *settings,
                       const struct words *words, int paper_mm, struct slip_view *ret)
{
    const char *language = ticket->language[0] != '\0' ? ticket->language : "ja";
    const struct service *service = settings_service(settings, ticket->service);
    memset(ret, 0, sizeof *ret);
    ret->dots = paper_mm == 58 ? SLIP_DOTS_58 : SLIP_DOTS_80;
    COPY(ret->language, language);
    COPY(ret->clinic, settings->name);
    COPY(ret->phone, settings->phone);
    number_format(ticket->number, ret->number);
    if (service != NULL) {
        COPY(ret->service, service->name);
        COPY(ret->service_en, service->name_en);
    }
    if (settings_desk(settings, ticket->desk_no) != NULL)
        settings_queue_id(settings, ticket->desk_no, ret->queue_id);
    ret->before = ticket->before;
    COPY(ret->qr, ticket->url);
    COPY(ret->code, ticket->code);
    COPY(ret->check, ticket->check);
    ret->print_count = ticket->print_count;
    /* A ticket taken while no time was known has none: better no date than a wrong one. */
    if (ticket->accepted_ms > 0)
        fill_time(ticket, settings, words, language, ret);
}
