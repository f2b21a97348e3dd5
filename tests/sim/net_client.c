/* The kiosk's end of the line: drivers/http_client.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "net_private.h"

struct transfer {
    struct transfer *next;
    int64_t id, deadline; /* true time */
    bool stream, opened;
    int idle_ms;
    http_client_done_fn *done;
    void (*open)(void *context);
    void (*event)(const struct http_stream_event *event, void *context);
    void *context;
    struct http_stream reader;
    bool reading;
    struct http_client *client;
};

struct arrival {
    struct arrival *next;
    int64_t id;
    struct net_piece piece;
};

struct http_client {
    int host, serial;
    char token[HTTP_CLIENT_TOKEN_SIZE];
    struct transfer *transfers;
    struct arrival *first, *last;
    int count;
    bool woken;
    struct fiber *waiting;
};

static struct http_client *clients[SIM_KIOSKS];
static int serials;
static int64_t ids;

/* -- life -------------------------------------------------------------------------------------- */

int http_client_create(const struct http_client_options *options, struct http_client **ret)
{
    (void)options;
    struct http_client *client = calloc(1, sizeof *client);
    if (!client)
        return -ENOMEM;
    client->host = sim_host;
    client->serial = ++serials;
    clients[sim_host] = client;
    *ret = client;
    return 0;
}

static void free_transfer(struct transfer *transfer)
{
    if (transfer->stream)
        http_stream_finish(&transfer->reader);
    free(transfer);
}

static void free_arrival(struct arrival *arrival)
{
    free(arrival->piece.text);
    free(arrival);
}

void http_client_destroy(struct http_client *client)
{
    if (!client)
        return;
    while (client->transfers) {
        struct transfer *next = client->transfers->next;
        if (client->transfers->stream)
            net_hang_up(client->host, client->transfers->id);
        free_transfer(client->transfers);
        client->transfers = next;
    }
    while (client->first) {
        struct arrival *next = client->first->next;
        free_arrival(client->first);
        client->first = next;
    }
    if (clients[client->host] == client)
        clients[client->host] = NULL;
    free(client);
}

int http_client_set_token(struct http_client *client, const char *token)
{
    (void)snprintf(client->token, sizeof client->token, "%s", token);
    return 0;
}

/* -- transfers --------------------------------------------------------------------------------- */

static struct transfer *add(struct http_client *client, int timeout_ms)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer)
        abort();
    if (client->count >= HTTP_CLIENT_TRANSFERS_MAX)
        sim_violation("bounds: a kiosk has more than %d transfers", HTTP_CLIENT_TRANSFERS_MAX);
    transfer->client = client;
    transfer->id = ++ids;
    transfer->deadline = sim_now + timeout_ms;
    transfer->next = client->transfers;
    client->transfers = transfer;
    client->count++;
    return transfer;
}

static struct transfer *find(struct http_client *client, int64_t id)
{
    for (struct transfer *t = client->transfers; t; t = t->next)
        if (t->id == id)
            return t;
    return NULL;
}

static void unlink_transfer(struct http_client *client, const struct transfer *transfer)
{
    for (struct transfer **at = &client->transfers; *at; at = &(*at)->next) {
        if (*at != transfer)
            continue;
        *at = transfer->next;
        client->count--;
        return;
    }
}

int64_t http_client_send(struct http_client *client, const struct http_client_request *request)
{
    /* An answer comes in one piece: when it does not, nothing does. */
    bool idles = request->idle_ms > 0 && request->idle_ms < request->timeout_ms;
    struct transfer *transfer = add(client, idles ? request->idle_ms : request->timeout_ms);
    transfer->done = request->done;
    transfer->context = request->context;
    if (!disk_dead(client->host))
        net_send(client->host, transfer->id, request->method, request->path, client->token,
                 request->body, NULL);
    return transfer->id;
}

static bool on_stream_event(const struct http_stream_event *event, void *context)
{
    struct transfer *transfer = context;
    struct http_client *client = transfer->client;
    int64_t id = transfer->id;
    transfer->event(event, transfer->context);
    return find(client, id) != NULL;
}

int64_t http_client_listen(struct http_client *client, const struct http_client_listen *listen)
{
    struct transfer *transfer = add(client, HTTP_CLIENT_CONNECT_MS);
    transfer->stream = true;
    transfer->idle_ms = listen->idle_ms;
    transfer->done = listen->done;
    transfer->open = listen->open;
    transfer->event = listen->event;
    transfer->context = listen->context;
    http_stream_init(&transfer->reader, on_stream_event, transfer);
    if (!disk_dead(client->host))
        net_send(client->host, transfer->id, "GET", listen->path, client->token, NULL,
                 listen->last_id);
    return transfer->id;
}

int64_t http_client_fetch(struct http_client *client, const struct http_client_download *download)
{
    (void)client;
    (void)download;
    return -EAGAIN; /* no films here */
}

void http_client_cancel(struct http_client *client, int64_t id)
{
    struct transfer *transfer = find(client, id);
    if (!transfer)
        return;
    unlink_transfer(client, transfer);
    if (transfer->stream)
        net_hang_up(client->host, id);
    if (!transfer->reading) /* else its reader frees it */
        free_transfer(transfer);
    else
        transfer->client = NULL;
}

/* -- what comes -------------------------------------------------------------------------------- */

void net_arrive(int host, int64_t id, struct net_piece *piece)
{
    struct http_client *client = clients[host];
    if (!client || disk_dead(host) || !find(client, id)) {
        free(piece->text);
        return;
    }
    struct arrival *arrival = calloc(1, sizeof *arrival);
    if (!arrival)
        abort();
    arrival->id = id;
    arrival->piece = *piece;
    if (client->last)
        client->last->next = arrival;
    else
        client->first = arrival;
    client->last = arrival;
    if (client->waiting)
        fiber_wake(client->waiting);
}

static void finish(struct http_client *client, struct transfer *transfer,
                   enum http_client_result result, const struct net_piece *piece)
{
    struct http_client_answer answer = {.result = result, .body = ""};
    unlink_transfer(client, transfer);
    if (piece) {
        answer.status = piece->status;
        if (piece->text)
            answer.body = piece->text;
        answer.size = strlen(answer.body);
        answer.retry_after_s = piece->retry_after_s;
    }
    if (result == HTTP_CLIENT_CUT && transfer->stream)
        answer.retry_ms = transfer->reader.retry_ms;
    if (result != HTTP_CLIENT_OK)
        (void)snprintf(answer.text, sizeof answer.text, "%s %d", http_client_result_name(result),
                       answer.status);
    if (transfer->stream)
        net_hang_up(client->host, transfer->id);
    transfer->done(&answer, transfer->context);
    free_transfer(transfer);
}

static void feed(struct transfer *transfer, const struct net_piece *piece)
{
    struct http_client *client = transfer->client;
    int64_t id = transfer->id;
    if (!transfer->opened) {
        transfer->opened = true;
        transfer->reading = true;
        transfer->open(transfer->context);
    }
    transfer->reading = true;
    transfer->deadline = sim_now + transfer->idle_ms;
    int r = http_stream_feed(&transfer->reader, piece->text, strlen(piece->text));
    transfer->reading = false;
    if (!find(client, id))
        free_transfer(transfer);
    else if (r < 0)
        finish(client, transfer, HTTP_CLIENT_TOO_LARGE, NULL);
    else if (piece->kind == NET_ANSWER)
        finish(client, transfer, HTTP_CLIENT_CUT, NULL); /* a piece of the log, complete */
}

static void take(struct http_client *client, const struct arrival *arrival)
{
    struct transfer *transfer = find(client, arrival->id);
    const struct net_piece *piece = &arrival->piece;
    if (!transfer)
        return;
    bool good = piece->status >= 200 && piece->status < 300;
    if (piece->kind == NET_REFUSED)
        finish(client, transfer, HTTP_CLIENT_CONNECT, NULL);
    else if (piece->kind == NET_END)
        finish(client, transfer, HTTP_CLIENT_CUT, NULL);
    else if (transfer->stream && (piece->kind == NET_CHUNK || good))
        feed(transfer, piece);
    else
        finish(client, transfer, good ? HTTP_CLIENT_OK : HTTP_CLIENT_STATUS, piece);
}

static struct transfer *find_late(const struct http_client *client)
{
    for (struct transfer *t = client->transfers; t; t = t->next)
        if (t->deadline <= sim_now)
            return t;
    return NULL;
}

static bool take_all(struct http_client *client)
{
    bool any = false;
    while (client->first) {
        struct arrival *arrival = client->first;
        client->first = arrival->next;
        if (!client->first)
            client->last = NULL;
        take(client, arrival);
        free_arrival(arrival);
        any = true;
    }
    for (struct transfer *late; (late = find_late(client)); any = true)
        finish(client, late, HTTP_CLIENT_TIMEOUT, NULL);
    return any;
}

void http_client_run(struct http_client *client, int timeout_ms)
{
    int64_t left = timeout_ms;
    if (take_all(client) || client->woken) {
        client->woken = false;
        left = 0;
    }
    for (const struct transfer *t = client->transfers; t; t = t->next)
        if (t->deadline - sim_now < left)
            left = t->deadline - sim_now;
    if (left <= 0)
        return;
    client->waiting = fiber_self();
    (void)fiber_wait(left);
    client->waiting = NULL;
    client->woken = false;
    (void)take_all(client);
}

void http_client_wake(struct http_client *client)
{
    client->woken = true;
    if (client->waiting)
        fiber_wake(client->waiting);
}

const char *http_client_result_name(enum http_client_result result)
{
    static const char *const names[] = {
#define X(name, text) text,
        HTTP_CLIENT_RESULTS(X)
#undef X
    };
    return names[result];
}
