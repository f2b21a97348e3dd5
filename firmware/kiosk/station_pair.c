/* Pairing: a kiosk without [cloud] code shows one of the cloud's until somebody confirms it. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "station_private.h"

enum {
    PAIR_EVERY_MS = 4 * 1000, /* whoever confirms stands before the screen and looks */
    PAIR_RETRY_MS = 15 * 1000
};

void station_pair_forget(struct station *station)
{
    sodium_memzero(&station->device.pair, sizeof station->device.pair);
}

static void show(struct station *station, const char *code)
{
    struct pair *pair = &station->device.pair;
    if (*code)
        (void)snprintf(pair->code, sizeof pair->code, "%s", code);
    if (!pair->code[0]) { /* its answer was lost: the code is told no second time */
        station_pair_forget(station);
        return;
    }
    pair->next_ms = station_up() + PAIR_EVERY_MS;
    station_fail(station, STATION_ERROR_PAIRING,
                 "not enrolled: confirm the code on the screen (machiai-cloud admin device pair)");
}

static void on_answer(const struct http_client_answer *answer, void *context)
{
    struct station *station = context;
    struct pair *pair = &station->device.pair;
    char code[ENROL_SHOWN_SIZE] = "", detail[STATION_DETAIL_SIZE];
    enum station_error error;
    pair->transfer = 0;
    switch (enrol_judge_pairing(answer, station->config, code, &error, detail)) {
    case ENROL_PAIRING_WAITING:
        show(station, code);
        break;
    case ENROL_PAIRING_CONFIRMED:
        pair->confirmed = true;
        break;
    case ENROL_PAIRING_SPENT:
        station_pair_forget(station);
        break;
    case ENROL_PAIRING_LATER: {
        int64_t wish = (int64_t)answer->retry_after_s * 1000;
        pair->next_ms = station_up() + sync_jittered(wish > PAIR_RETRY_MS ? wish : PAIR_RETRY_MS);
        station_fail(station, error, detail);
        break;
    }
    }
}

static int64_t ask(struct station *station)
{
    char body[ENROL_SECRET_SIZE + 16]; /* base64url needs no escape */
    (void)snprintf(body, sizeof body, "{\"secret\":\"%s\"}", station->device.pair.secret);
    struct http_client_request request = {
        .method = "POST",
        .path = "/api/v1/devices/pair",
        .body = body,
        .timeout_ms = STATION_EXCHANGE_MS,
        .done = on_answer,
        .context = station,
    };
    int64_t transfer = http_client_send(station->http, &request);
    sodium_memzero(body, sizeof body);
    return transfer < 0 ? 0 : transfer;
}

int station_pair_tick(struct station *station)
{
    struct pair *pair = &station->device.pair;
    int left = station_left(pair->next_ms);
    if (pair->transfer)
        return STATION_TURN_MS;
    if (left > 0)
        return left;
    if (!pair->secret[0])
        enrol_secret(pair->secret);
    pair->transfer = ask(station);
    if (pair->transfer == 0)
        pair->next_ms = station_up() + PAIR_RETRY_MS;
    return STATION_TURN_MS;
}
