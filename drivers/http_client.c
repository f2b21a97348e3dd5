#include "http_transfer.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECTIONS_KEPT = 4,
    FETCH_BUFFER = 256 * 1024 /* bytes of a download that libcurl hands over at once, at most */
};

struct http_client {
    CURLM *multi;
    char url[HTTP_CLIENT_URL_SIZE];
    char *ca, *agent;
    char authorization[HTTP_CLIENT_TOKEN_SIZE + 32];
    struct transfer *transfers[HTTP_CLIENT_TRANSFERS_MAX];
    int count;
    int64_t last_id;
    bool moved; /* a transfer began or ended in this turn */
};

const char *http_client_result_name(enum http_client_result result)
{
    static const char *const names[] = {
#define X(name, text) text,
        HTTP_CLIENT_RESULTS(X)
#undef X
    };
    assert(result < HTTP_CLIENT_RESULT_COUNT);
    return names[result];
}

/* -- transfers --------------------------------------------------------------------------------- */

static bool add_header(struct transfer *transfer, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transfer->headers, line);
    if (!longer)
        return false;
    transfer->headers = longer;
    return true;
}

/* Options that every transfer has. QUICK_EXIT: without it a timed-out name lookup is waited for,
 * which would block the thread far beyond the deadline. */
static bool set_common(struct http_client *client, struct transfer *transfer, const char *path)
{
    char url[HTTP_CLIENT_URL_SIZE * 2];
    (void)snprintf(url, sizeof url, "%s%s", client->url, path);
    CURL *easy = transfer->easy;
    CURLcode r = curl_easy_setopt(easy, CURLOPT_URL, url);
    r |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http");
    r |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    r |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    r |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    r |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
    r |= curl_easy_setopt(easy, CURLOPT_USERAGENT, client->agent);
    r |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)HTTP_CLIENT_CONNECT_MS);
    if (client->ca[0]) {
        r |= curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca);
        /* Else the system's directory of authorities is trusted as well, and reading it takes a
         * quarter of a second a connection. */
        r |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    return r == CURLE_OK && http_transfer_attach(transfer) && add_header(transfer, "Expect:") &&
           (!client->authorization[0] || add_header(transfer, client->authorization));
}

static int transfer_create(struct http_client *client, enum transfer_kind kind, const char *path,
                           struct transfer **ret)
{
    if (client->count == HTTP_CLIENT_TRANSFERS_MAX)
        return -EAGAIN;
    if (path[0] != '/' || strlen(path) >= HTTP_CLIENT_URL_SIZE)
        return -ENAMETOOLONG;
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer)
        return -ENOMEM;
    transfer->url = client->url;
    transfer->ca = client->ca;
    transfer->kind = kind;
    transfer->heard_ms = http_transfer_clock();
    transfer->easy = curl_easy_init();
    if (!transfer->easy || !set_common(client, transfer, path)) {
        http_transfer_free(transfer);
        return -ENOMEM;
    }
    *ret = transfer;
    return 0;
}

/* Takes the transfer over, also on failure. It reaches libcurl with the next run(): a callback of
 * libcurl's may be our caller, and libcurl takes no new handles then. */
static int64_t transfer_start(struct http_client *client, struct transfer *transfer)
{
    if (curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers) != CURLE_OK) {
        http_transfer_free(transfer);
        return -ENOMEM;
    }
    transfer->id = ++client->last_id;
    client->transfers[client->count++] = transfer;
    client->moved = true;
    return transfer->id;
}

static bool set_body(struct transfer *transfer, const struct http_client_request *request)
{
    CURL *easy = transfer->easy;
    CURLcode r = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    r |= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    if (request->body) {
        r |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(request->body));
        r |= curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body);
    }
    return r == CURLE_OK &&
           (!request->body || add_header(transfer, "Content-Type: application/json"));
}

int64_t http_client_send(struct http_client *client, const struct http_client_request *request)
{
    struct transfer *transfer = NULL;
    int r = transfer_create(client, TRANSFER_REQUEST, request->path, &transfer);
    if (r < 0)
        return r;
    transfer->done = request->done;
    transfer->context = request->context;
    transfer->urgent = request->urgent;
    transfer->idle_ms = request->idle_ms;
    transfer->body_max = request->body_max ? request->body_max : HTTP_CLIENT_BODY_MAX;
    char line[HTTP_CLIENT_ETAG_SIZE + 32] = "";
    if (request->etag && request->etag[0])
        (void)snprintf(line, sizeof line, "If-None-Match: %s", request->etag);
    if (!set_body(transfer, request) || (line[0] && !add_header(transfer, line))) {
        http_transfer_free(transfer);
        return -ENOMEM;
    }
    return transfer_start(client, transfer);
}

int64_t http_client_listen(struct http_client *client, const struct http_client_listen *listen)
{
    struct transfer *transfer = NULL;
    int r = transfer_create(client, TRANSFER_LISTEN, listen->path, &transfer);
    if (r < 0)
        return r;
    transfer->done = listen->done;
    transfer->context = listen->context;
    transfer->open = listen->open;
    transfer->event = listen->event;
    transfer->idle_ms = listen->idle_ms;
    char line[HTTP_STREAM_ID_SIZE + 32] = "";
    if (listen->last_id && listen->last_id[0])
        (void)snprintf(line, sizeof line, "Last-Event-ID: %s", listen->last_id);
    if (!add_header(transfer, "Accept: text/event-stream") ||
        (line[0] && !add_header(transfer, line))) {
        http_transfer_free(transfer);
        return -ENOMEM;
    }
    return transfer_start(client, transfer);
}

static bool fetch_under_way(const struct http_client *client)
{
    for (int i = 0; i < client->count; i++)
        if (client->transfers[i]->kind == TRANSFER_FETCH && !client->transfers[i]->cancelled)
            return true;
    return false;
}

int64_t http_client_fetch(struct http_client *client, const struct http_client_download *download)
{
    if (fetch_under_way(client))
        return -EBUSY;
    struct transfer *transfer = NULL;
    int r = transfer_create(client, TRANSFER_FETCH, download->path, &transfer);
    if (r < 0)
        return r;
    transfer->done = download->done;
    transfer->context = download->context;
    transfer->idle_ms = download->idle_ms;
    transfer->size_max = download->size_max;
    transfer->sink = download->sink;
    transfer->offset = download->offset;
    char range[32];
    (void)snprintf(range, sizeof range, "%lld-", (long long)download->offset);
    CURLcode set = curl_easy_setopt(transfer->easy, CURLOPT_MAX_RECV_SPEED_LARGE,
                                    (curl_off_t)download->rate_max);
    set |= curl_easy_setopt(transfer->easy, CURLOPT_BUFFERSIZE, (long)FETCH_BUFFER);
    if (download->offset > 0)
        set |= curl_easy_setopt(transfer->easy, CURLOPT_RANGE, range);
    if (set != CURLE_OK) {
        http_transfer_free(transfer);
        return -ENOMEM;
    }
    return transfer_start(client, transfer);
}

void http_client_cancel(struct http_client *client, int64_t id)
{
    for (int i = 0; i < client->count; i++)
        if (client->transfers[i]->id == id)
            client->transfers[i]->cancelled = true; /* freed by run(): a callback may be ours */
}

/* -- ends -------------------------------------------------------------------------------------- */

static void take_out(struct http_client *client, struct transfer *transfer)
{
    for (int i = 0; i < client->count; i++) {
        if (client->transfers[i] == transfer) {
            client->transfers[i] = client->transfers[--client->count];
            return;
        }
    }
}

static void transfer_end(struct http_client *client, struct transfer *transfer, CURLcode code)
{
    take_out(client, transfer);
    client->moved = true;
    if (!transfer->cancelled) {
        http_transfer_judge(transfer, code);
        transfer->done(&transfer->answer, transfer->context);
    }
    http_transfer_free(transfer);
}

static void finish_ended(struct http_client *client)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(client->multi, &left))) {
        struct transfer *transfer = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result; /* message dies with its handle */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        transfer_end(client, transfer, code);
    }
}

static void drop_cancelled(struct http_client *client)
{
    for (int i = client->count - 1; i >= 0; i--) {
        struct transfer *transfer = client->transfers[i];
        if (!transfer->cancelled)
            continue;
        take_out(client, transfer);
        http_transfer_free(transfer);
    }
}

static void add_started(struct http_client *client)
{
    for (int i = 0; i < client->count; i++) {
        struct transfer *transfer = client->transfers[i];
        if (transfer->multi)
            continue;
        if (curl_multi_add_handle(client->multi, transfer->easy) == CURLM_OK) {
            transfer->multi = client->multi;
        } else {
            transfer_end(client, transfer, CURLE_FAILED_INIT);
            i = -1;
        }
    }
}

/* Ends transfers that fell silent; gives the time until the next would. A callback may change the
 * list, hence one at a time from the start. */
static int end_silent(struct http_client *client)
{
    int64_t now = http_transfer_clock();
    int64_t wait = INT32_MAX;
    for (int i = 0; i < client->count; i++) {
        struct transfer *transfer = client->transfers[i];
        if (transfer->idle_ms == 0 || transfer->cancelled)
            continue;
        if (transfer->paused)
            transfer->heard_ms = now;
        int64_t left = transfer->heard_ms + transfer->idle_ms - now;
        if (left <= 0) {
            transfer_end(client, transfer, CURLE_OPERATION_TIMEDOUT);
            i = -1;
            wait = 0;
        } else if (left < wait) {
            wait = left;
        }
    }
    return (int)wait;
}

/* Films yield: while somebody waits for a number the download stands still. It holds at the next
 * bytes that come, because libcurl forgets a pause that is set before the answer begins. */
static void yield_to_urgent(struct http_client *client)
{
    bool urgent = false;
    for (int i = 0; i < client->count; i++)
        urgent = urgent || (client->transfers[i]->urgent && !client->transfers[i]->cancelled);
    for (int i = 0; i < client->count; i++) {
        struct transfer *transfer = client->transfers[i];
        if (transfer->kind != TRANSFER_FETCH || transfer->cancelled)
            continue;
        transfer->hold = urgent;
        if (!urgent && transfer->paused) {
            transfer->paused = false;
            (void)curl_easy_pause(transfer->easy, CURLPAUSE_CONT); /* an error ends it anyway */
        }
    }
}

/* Gives the time until the next turn is needed. */
static int advance(struct http_client *client)
{
    int running;
    client->moved = false;
    drop_cancelled(client);
    add_started(client);
    yield_to_urgent(client);
    (void)curl_multi_perform(client->multi, &running);
    drop_cancelled(client);
    finish_ended(client);
    int wait = end_silent(client);
    return client->moved ? 0 : wait;
}

void http_client_run(struct http_client *client, int timeout_ms)
{
    int wait = advance(client);
    if (wait > timeout_ms)
        wait = timeout_ms;
    (void)curl_multi_poll(client->multi, NULL, 0, wait, NULL);
    (void)advance(client);
}

void http_client_wake(struct http_client *client)
{
    (void)curl_multi_wakeup(client->multi);
}

/* -- client ------------------------------------------------------------------------------------ */

int http_client_set_token(struct http_client *client, const char *token)
{
    if (strlen(token) >= HTTP_CLIENT_TOKEN_SIZE)
        return -ENAMETOOLONG;
    for (const char *c = token; *c; c++)
        if (*c <= ' ' || *c > '~')
            return -EINVAL;
    client->authorization[0] = '\0';
    if (token[0])
        (void)snprintf(client->authorization, sizeof client->authorization,
                       "Authorization: Bearer %s", token);
    return 0;
}

int http_client_create(const struct http_client_options *options, struct http_client **ret)
{
    if (strlen(options->url) >= HTTP_CLIENT_URL_SIZE)
        return -ENAMETOOLONG;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return -ENOMEM;
    struct http_client *client = calloc(1, sizeof *client);
    if (!client) {
        curl_global_cleanup();
        return -ENOMEM;
    }
    (void)snprintf(client->url, sizeof client->url, "%s", options->url);
    client->ca = strdup(options->ca);
    client->agent = strdup(options->agent);
    client->multi = curl_multi_init();
    if (!client->ca || !client->agent || !client->multi) {
        http_client_destroy(client);
        return -ENOMEM;
    }
    (void)curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
    *ret = client;
    return 0;
}

void http_client_destroy(struct http_client *client)
{
    if (!client)
        return;
    while (client->count > 0)
        http_transfer_free(client->transfers[--client->count]);
    if (client->multi)
        (void)curl_multi_cleanup(client->multi);
    free(client->ca);
    free(client->agent);
    free(client);
    curl_global_cleanup();
}
