#include "station_driver.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wake(void *context)
{
    const struct driver *driver = context;
    const uint64_t one = 1;
    if (write(driver->woken, &one, sizeof one) != (ssize_t)sizeof one)
        abort();
}

void driver_init(struct driver *driver, const struct cloud_rig *cloud, const char *data,
                 const char *code)
{
    *driver = (struct driver){.woken = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    struct config *config = &driver->config;
    (void)snprintf(config->url, sizeof config->url, "%s", cloud->url);
    (void)snprintf(config->ca, sizeof config->ca, "%s", cloud->ca);
    (void)snprintf(config->code, sizeof config->code, "%s", code);
    (void)snprintf(config->data, sizeof config->data, "%s", data);
    (void)snprintf(config->printer_uri, sizeof config->printer_uri, "escpos://127.0.0.1:9100");
    config->role = ROLE_BOTH;
    queue_init(&driver->queue);
}

static bool issued(void *context, const struct station_ticket *ticket,
                   const struct settings *settings)
{
    struct driver *driver = context;
    if (!uid_valid(ticket->id) || ticket->print_count != 1 || settings->service_count == 0)
        abort();
    atomic_fetch_add(&driver->slips, 1);
    return driver->begins_slips;
}

void driver_start(struct driver *driver)
{
    struct station_options options = {.config = &driver->config,
                                      .wake = wake,
                                      .issued = issued,
                                      .system = driver->system,
                                      .context = driver};
    int r = station_create(&options, &driver->station);
    if (r < 0) {
        (void)fprintf(stderr, "station_create: %s\n", strerror(-r));
        abort();
    }
}

void driver_stop(struct driver *driver)
{
    station_destroy(driver->station);
    driver->station = NULL;
    queue_finish(&driver->queue);
    free(driver->programme);
    driver->programme = NULL;
    driver->status = (struct station_status){0};
    driver->has_queue = false;
    driver->ticket_count = driver->calls = driver->refusals = driver->programmes = 0;
    driver->reissues = 0;
    atomic_store(&driver->slips, 0);
}

void driver_finish(struct driver *driver)
{
    driver_stop(driver);
    close(driver->woken);
}

static bool is_called(const struct queue *queue, const char *id)
{
    const struct ticket *ticket = queue_ticket(queue, id);
    return ticket && ticket->state == TICKET_CALLED;
}

static void take(struct driver *driver, struct station_news *news)
{
    switch (news->kind) {
    case STATION_QUEUE:
        driver->has_queue = queue_copy(news->queue, &driver->queue) == 0;
        break;
    case STATION_LINK:
        driver->status = news->status;
        break;
    case STATION_PROGRAMME:
        free(driver->programme);
        driver->programme = news->programme;
        news->programme = NULL;
        driver->programmes++;
        break;
    case STATION_TICKET:
        if (driver->ticket_count == DRIVER_TICKETS_MAX)
            abort();
        driver->requests[driver->ticket_count] = news->request;
        driver->tickets[driver->ticket_count++] = news->ticket;
        break;
    case STATION_REFUSED:
        memcpy(driver->refused, news->text, sizeof driver->refused);
        driver->refusals++;
        break;
    case STATION_CALL:
        driver->call = news->ticket;
        driver->calls++;
        driver->calls_foreseen += is_called(&driver->queue, news->ticket.id);
        break;
    case STATION_REISSUE:
        driver->reissue = news->ticket;
        driver->reissues++;
        break;
    case STATION_ACTED:
        driver->acted = *news;
        driver->acts++;
        break;
    }
    station_news_finish(news);
}

bool driver_wait(struct driver *driver, bool (*done)(const struct driver *driver), int ms)
{
    int64_t end = now_ms() + ms;
    for (;;) {
        struct station_news news;
        uint64_t count;
        while (station_poll(driver->station, &news))
            take(driver, &news);
        if (done(driver))
            return true;
        int64_t left = end - now_ms();
        struct pollfd wait = {.fd = driver->woken, .events = POLLIN};
        if (left <= 0)
            return false;
        if (poll(&wait, 1, (int)left) == 1 && read(driver->woken, &count, sizeof count) < 0)
            abort();
    }
}

static bool never(const struct driver *driver)
{
    (void)driver;
    return false;
}

void driver_idle(struct driver *driver, int ms)
{
    (void)driver_wait(driver, never, ms);
}

bool driver_online(const struct driver *driver)
{
    return driver->status.online;
}

bool driver_offline(const struct driver *driver)
{
    return !driver->status.online;
}

bool driver_ready(const struct driver *driver)
{
    return driver->status.online && driver->status.enrolled && driver->has_queue &&
           driver->queue.has_settings && queue_letter_of(&driver->queue, driver->status.device);
}

bool driver_uploaded(const struct driver *driver)
{
    return driver->status.online && driver->status.outbox == 0;
}

static bool answered(const struct driver *driver)
{
    if (driver->refusals > 0)
        return true;
    for (int i = 0; i < driver->ticket_count; i++)
        if (driver->requests[i] == driver->request)
            return true;
    return false;
}

const struct station_ticket *driver_issue(struct driver *driver, int ms)
{
    const struct station_wish wish = {.service = "s1", .language = "ja", .persons = 1};
    driver->request++;
    driver->refusals = 0;
    if (station_issue(driver->station, driver->request, &wish) < 0)
        return NULL;
    if (!driver_wait(driver, answered, ms) || driver->refusals > 0)
        return NULL;
    return &driver->tickets[driver->ticket_count - 1];
}

static bool has_acted(const struct driver *driver)
{
    return driver->acted.request == driver->request;
}

const char *driver_act(struct driver *driver, const struct station_act *act)
{
    enum { ACT_MS = 5000 };
    driver->request++;
    if (station_act(driver->station, driver->request, act) < 0 ||
        !driver_wait(driver, has_acted, ACT_MS))
        return "no answer";
    return driver->acted.text;
}

const struct station_ticket *driver_check_in(struct driver *driver, const char *code, int ms)
{
    driver->request++;
    driver->refusals = 0;
    if (station_check_in(driver->station, driver->request, code, "en") < 0 ||
        !driver_wait(driver, answered, ms) || driver->refusals > 0)
        return NULL;
    return &driver->tickets[driver->ticket_count - 1];
}

static bool party_answered(const struct driver *driver)
{
    int count = 0;
    for (int i = 0; i < driver->ticket_count; i++)
        count += driver->requests[i] == driver->request;
    return driver->refusals > 0 || count == driver->persons;
}

const struct station_ticket *driver_party(struct driver *driver, int persons, int ms)
{
    const struct station_wish wish = {.service = "s1", .language = "ja", .persons = persons};
    driver->request++;
    driver->refusals = 0;
    driver->persons = persons;
    if (station_issue(driver->station, driver->request, &wish) < 0 ||
        !driver_wait(driver, party_answered, ms) || driver->refusals > 0)
        return NULL;
    return &driver->tickets[driver->ticket_count - persons];
}

const char *driver_number(const struct station_ticket *ticket)
{
    static char text[NUMBER_TEXT_SIZE];
    text[0] = '\0';
    if (ticket)
        number_format(ticket->number, text);
    return text;
}

const char *driver_state(const struct driver *driver, const char *number)
{
    struct number wanted;
    if (number_parse(number, &wanted) < 0)
        abort();
    for (int i = 0; i < driver->queue.count; i++)
        if (number_equal(driver->queue.tickets[i].number, wanted))
            return ticket_state_name(driver->queue.tickets[i].state);
    return "";
}
