/* Finding a clinic and booking a turn from home: what anyone may ask, without an account. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "claims.h"
#include "guard.h"
#include "intake.h"
#include "patients.h"
#include "reception.h"
#include "routes.h"
#include "web.h"

enum { CLINICS_MAX = 50 };

static int64_t monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* -- finding ----------------------------------------------------------------------------------- */

/* Every word of the search is somewhere in the clinic's name, address or number. */
static bool matches(const struct settings *settings, const char *search)
{
    char words[FIND_SEARCH_MAX + 1], *rest = words, *word;
    const char *const places[] = {settings->name, settings->name_en, settings->address,
                                  settings->clinic_no};

    (void)snprintf(words, sizeof(words), "%s", search);
    while ((word = strtok_r(rest, " \t", &rest))) {
        bool found = false;

        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
            found = found || strcasestr(places[i], word);
        if (!found)
            return false;
    }
    return true;
}

static const struct desk *first_desk(const struct settings *settings)
{
    for (int i = 0; i < settings->desk_count; i++)
        if (settings->desks[i].kind == DESK_CONSULTATION)
            return &settings->desks[i];
    return NULL;
}

static cJSON *clinic_json(const struct queue *queue, const struct desk *desk, int64_t now)
{
    const struct settings *settings = &queue->settings;
    char queue_id[QUEUE_ID_SIZE];
    cJSON *json = cJSON_CreateObject();
    struct session session;

    settings_queue_id(settings, desk->desk_no, queue_id);
    cJSON_AddStringToObject(json, "queue_id", queue_id);
    cJSON_AddStringToObject(json, "clinic_no", settings->clinic_no);
    cJSON_AddStringToObject(json, "name", settings->name);
    cJSON_AddStringToObject(json, "name_en", settings->name_en);
    cJSON_AddStringToObject(json, "address", settings->address);
    cJSON_AddBoolToObject(json, "open",
                          settings_session_at(settings, now, &session) == INTAKE_OPEN);
    cJSON_AddNumberToObject(json, "waiting", queue_waiting(queue, desk->desk_no, now));
    return json;
}

cJSON *reception_find(struct cloud *cloud, const char *search)
{
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "clinics");
    bool more = false;
    int found = 0;

    for (int i = 0; i < sites_count(cloud->sites) && !more; i++) {
        struct site *site = sites_at(cloud->sites, i);
        const struct queue *queue = site_read(site);
        const struct desk *desk = first_desk(&queue->settings);

        if (desk && queue->settings.reservation_service && matches(&queue->settings, search)) {
            more = found == CLINICS_MAX;
            if (!more)
                cJSON_AddItemToArray(list, clinic_json(queue, desk, site_now(site)));
            found++;
        }
        site_read_end(site);
    }
    cJSON_AddBoolToObject(json, "more", more);
    return json;
}

void clinics_get(struct http_request *req, void *context)
{
    const char *search = http_query(req, "search");

    if (search && strlen(search) > FIND_SEARCH_MAX)
        web_refuse(req, "search: is too long");
    else
        web_reply(req, 200, reception_find(web_cloud(context), search ? search : ""));
}

void clinic_get(struct http_request *req, void *context)
{
    int desk_no = 0;
    struct site *site = web_queue(req, context, false, &desk_no);
    cJSON *json;

    if (!site)
        return;
    json = reception_clinic_json(site_read(site), site_now(site));
    site_read_end(site);
    web_reply_tagged(req, json, json);
}

/* -- booking ----------------------------------------------------------------------------------- */

struct booking {
    struct intake_request request;
    struct patient patients[INTAKE_PERSONS_MAX]; /* card "" = comes for the first time */
};

static void read_card(struct decoder *decoder, const cJSON *json, const char *path,
                      struct patient *ret)
{
    struct patient patient = {.card = ""};
    char text[CLAIM_CODE_SIZE * 2] = "";

    decode_string(decoder, json, path, "card", DECODE_OPTIONAL, text, sizeof(text));
    decode_string(decoder, json, path, "birth", DECODE_OPTIONAL, patient.birth,
                  sizeof(patient.birth));
    if ((*text && patients_read_card(text, patient.card) < 0) || (!*text && *patient.birth))
        decode_fail(decoder, path, "card", "must have letters or digits");
    if (*text && !patients_birth_ok(patient.birth, cloud_now(NULL)))
        decode_fail(decoder, path, "birth", "must be a date such as 1951-04-07");
    *ret = patient;
}

static void read_person(struct decoder *decoder, const cJSON *json, struct booking *ret)
{
    struct intake_request *request = &ret->request;
    int i = request->persons;
    char path[32];

    (void)snprintf(path, sizeof(path), "persons[%d].", i);
    if (!cJSON_IsObject(json)) {
        decode_fail(decoder, path, "", "must be an object");
        return;
    }
    web_decode_uid(decoder, json, path, "ticket", DECODE_REQUIRED, request->tickets[i]);
    decode_string(decoder, json, path, "service", DECODE_OPTIONAL, request->who[i].service,
                  sizeof(request->who[i].service));
    read_card(decoder, json, path, &ret->patients[i]);
    for (int k = 0; k < i; k++) {
        if (strcmp(request->tickets[k], request->tickets[i]) == 0)
            decode_fail(decoder, path, "ticket", "must be one UUID a person");
        if (*ret->patients[i].card && strcmp(ret->patients[k].card, ret->patients[i].card) == 0)
            decode_fail(decoder, path, "card", "is given twice");
    }
    memcpy(request->who[i].card, ret->patients[i].card, sizeof(ret->patients[i].card));
    request->persons++;
}

static bool read_booking(struct http_request *req, struct booking *ret)
{
    struct web_body body;
    const cJSON *list, *item;
    bool purpose = false;

    if (!web_body_read(req, &body))
        return false;
    list =
        decode_array(&body.decoder, body.json, "", "persons", DECODE_REQUIRED, INTAKE_PERSONS_MAX);
    cJSON_ArrayForEach (item, list)
        read_person(&body.decoder, item, ret);
    if (list && ret->request.persons == 0)
        decode_fail(&body.decoder, "", "persons", "must name at least one");
    decode_bool(&body.decoder, body.json, "", "purpose", &purpose);
    if (!purpose)
        decode_fail(&body.decoder, "", "purpose",
                    "must be true: the purpose of use was read and agreed to");
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    ret->request.booking = true;
    ret->request.channel = CHANNEL_WEB;
    if (ret->request.persons > 1)
        memcpy(ret->request.family, ret->request.tickets[0], UID_SIZE);
    return true;
}

static bool refuse(struct http_request *req, int status, const char *code, const char *message,
                   const char *field)
{
    http_reply_error(req, status, code, message, field);
    return false;
}

static bool hold_up(struct http_request *req, int seconds)
{
    if (seconds == 0)
        return true;
    http_add_header(req, "Retry-After", http_printf(req, "%d", seconds));
    return refuse(req, 429, "too_many_requests", "Too many tries; wait as Retry-After says.", NULL);
}

static bool fail(struct http_request *req, int result)
{
    web_fail(req, result);
    return false;
}

static bool is_open(struct http_request *req, struct cloud *cloud, struct site *site, int desk_no)
{
    struct reception reception;
    int result = reception_now(cloud, site, desk_no, &reception);

    if (result < 0)
        return fail(req, result);
    switch (reception.state) {
    case RECEPTION_OPEN:
        return true;
    case RECEPTION_NIGHT:
        return refuse(req, 409, "service_hours", "Bookings from home pause at this hour.", NULL);
    case RECEPTION_FULL:
        return refuse(req, 409, "full", "This session's bookings are used up.", NULL);
    case RECEPTION_SORRY:
        return refuse(req, 409, "paused", "Numbers are not given at present.", NULL);
    case RECEPTION_NONE:
        return refuse(req, 409, "no_service", "This desk takes no bookings from home.", NULL);
    default:
        return refuse(req, 409, "closed", "It is not the time for bookings from home.", NULL);
    }
}

/* The first service of the desk that this person may book. */
static const struct service *first_offer(const struct settings *settings, int desk_no, bool card)
{
    for (int i = 0; i < settings->service_count; i++)
        if (settings->services[i].desk_no == desk_no &&
            reception_offers(settings, &settings->services[i], card))
            return &settings->services[i];
    return NULL;
}

/* Fills services in; false: *ret_bad may not book the one that it asks for. */
static bool choose_services(const struct settings *settings, struct booking *booking, int *ret_bad)
{
    struct intake_request *request = &booking->request;

    for (int i = 0; i < request->persons; i++) {
        bool card = *booking->patients[i].card;
        char *id = request->who[i].service;
        const struct service *service =
            *id ? settings_service(settings, id) : first_offer(settings, request->desk_no, card);

        *ret_bad = i;
        if (!service || service->desk_no != request->desk_no ||
            !reception_offers(settings, service, card))
            return false;
        (void)snprintf(id, KEY_SIZE, "%s", service->id);
    }
    return true;
}

static bool may_book(struct http_request *req, struct site *site, struct booking *booking)
{
    const struct settings *settings = &site_read(site)->settings;
    int most = settings->remote.persons, bad = 0;
    bool offered = choose_services(settings, booking, &bad);

    site_read_end(site);
    if (booking->request.persons > most)
        return refuse(req, 400, "bad_request", "persons: are more than this clinic takes at once",
                      "persons");
    return offered ||
           refuse(req, 400, "bad_request", "service: is not offered from home to this patient",
                  http_printf(req, "persons[%d].service", bad));
}

/* One answer and one look-up for whatever does not fit: an unknown card, another's birth date. */
static bool is_known(struct http_request *req, struct cloud *cloud, struct site *site,
                     const struct patient *patient, const char *field)
{
    char address[IDENTITY_ADDRESS_SIZE];
    const struct guard_guess guess = {address, site_id(site), patient->card};
    int result;

    identity_address(req, address);
    if (!hold_up(req, guard_try(cloud->guard, &guess, monotonic_ms())))
        return false;
    result = patients_knows(cloud->db, site, patient);
    if (result < 0)
        return fail(req, result);
    if (result == 0)
        return refuse(req, 422, "not_confirmed",
                      "Card number and birth date could not be confirmed.", field);
    guard_right(cloud->guard, &guess);
    return true;
}

/* Whoever has a number already keeps that one. */
static bool is_free(struct http_request *req, struct cloud *cloud, struct site *site,
                    const struct booking *booking)
{
    int result = site_begin(site), used = -1;

    if (result < 0)
        return fail(req, result);
    for (int i = 0; i < booking->request.persons && result == 0; i++) {
        used = i;
        result = *booking->patients[i].card
                     ? claims_card_used(cloud, site, booking->patients[i].card)
                     : 0;
    }
    site_rollback(site);
    if (result < 0)
        return fail(req, result);
    return result == 0 || refuse(req, 409, "already_booked", "This patient has a number of today.",
                                 http_printf(req, "persons[%d]", used));
}

static bool check_booking(struct http_request *req, struct cloud *cloud, struct site *site,
                          struct booking *booking)
{
    char address[IDENTITY_ADDRESS_SIZE];

    if (!is_open(req, cloud, site, booking->request.desk_no) || !may_book(req, site, booking))
        return false;
    identity_address(req, address);
    for (int i = 0; i < booking->request.persons; i++)
        if (*booking->patients[i].card &&
            !is_known(req, cloud, site, &booking->patients[i], http_printf(req, "persons[%d]", i)))
            return false;
    return is_free(req, cloud, site, booking) &&
           hold_up(req, guard_book(cloud->guard, address, site_id(site), booking->request.persons,
                                   monotonic_ms()));
}

static void reply_tickets(struct http_request *req, struct cloud *cloud, struct site *site,
                          const struct intake_request *request, const struct intake_ticket *issued)
{
    cJSON *json = intake_party_json(cloud, site, request, issued), *item;

    cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(json, "tickets"))
        cJSON_DeleteItemFromObjectCaseSensitive(item, "event"); /* the log is not a patient's */
    web_reply(req, issued[0].first ? 201 : 200, json);
}

void booking_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct booking booking = {.request = {.persons = 0}};
    struct intake_ticket issued[INTAKE_PERSONS_MAX];
    struct intake_refusal refusal;
    int64_t seq = 0;
    struct site *site = web_queue(req, context, false, &booking.request.desk_no);
    int result;

    if (!site || !read_booking(req, &booking))
        return;
    result = site_ticket_seq(site, booking.request.tickets[0], &seq);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    if (seq == 0 && !check_booking(req, cloud, site, &booking)) /* else its answer was lost */
        return;
    result = intake_issue(cloud, site, &booking.request, issued, &refusal);
    if (result == -EPERM)
        http_reply_error(req, refusal.status,
                         strcmp(refusal.code, "suspended") == 0 ? "paused" : refusal.code,
                         refusal.message, refusal.field);
    else if (result < 0)
        web_fail(req, result);
    else
        reply_tickets(req, cloud, site, &booking.request, issued);
}

void card_post(struct http_request *req, void *context)
{
    int desk_no = 0;
    struct site *site = web_queue(req, context, false, &desk_no);
    struct patient patient = {.card = ""};
    struct web_body body;

    if (!site || !web_body_read(req, &body))
        return;
    read_card(&body.decoder, body.json, "", &patient);
    if (!*patient.card)
        decode_fail(&body.decoder, "", "card", "must be given");
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    if (is_open(req, web_cloud(context), site, desk_no) &&
        is_known(req, web_cloud(context), site, &patient, NULL))
        web_reply_empty(req);
}
