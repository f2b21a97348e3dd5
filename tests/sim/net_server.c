/* The cloud's end of the line: drivers/http_server.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloud.h"
#include "disk.h"
#include "net_private.h"
#include "routes.h"
#include "versions.h"

enum {
    CHANNELS_MAX = 16,
    CONNECTIONS_MAX = 64,
    CUT_NOTICED_MS = 60 * 1000, /* a stream that nobody reads is given up */
    REFUSED_MS = 20
};

struct net_line net_lines[SIM_KIOSKS];
struct door *net_door;
void (*net_answered)(int kiosk, const char *method, const char *path, int status, const char *body);

struct connection {
    bool used, stalled;
    int host;
    int64_t id; /* transfer */
    uint64_t upto, serial;
    int64_t last_arrival, stalled_at;
    struct http_channel *channel;
    void *arg;
    void (*on_close)(void *arg);
};

struct http_channel {
    char name[96];
    void (*beat)(char text[static HTTP_BEAT_SIZE], void *arg);
    void *beat_arg;
};

struct http_server {
    struct http_channel channels[CHANNELS_MAX];
    int channel_count;
};

static struct connection connections[CONNECTIONS_MAX];
static uint64_t connection_serials;

void net_heal(void)
{
    for (int i = 0; i < SIM_KIOSKS; i++)
        net_lines[i] = (struct net_line){.delay_min = 2, .delay_max = 40};
}

static int64_t delay(int host)
{
    return sim_between(net_lines[host].delay_min, net_lines[host].delay_max);
}

static char *copy_text(const char *text)
{
    char *copy = text ? strdup(text) : NULL;
    if (text && !copy)
        abort();
    return copy;
}

/* -- down -------------------------------------------------------------------------------------- */

struct delivery {
    int host;
    int64_t id;
    struct net_piece piece;
};

static void deliver(void *context)
{
    struct delivery *delivery = context;
    net_arrive(delivery->host, delivery->id, &delivery->piece);
    free(delivery);
}

static void send_down(int host, int64_t id, int64_t at, enum net_kind kind, int status,
                      int retry_after_s, const char *text)
{
    struct delivery *delivery = malloc(sizeof *delivery);
    if (!delivery)
        abort();
    *delivery = (struct delivery){host, id, {kind, status, retry_after_s, copy_text(text)}};
    sim_at(at, deliver, delivery);
}

static void send_stream(struct connection *connection, enum net_kind kind, const char *text)
{
    int host = connection->host;
    if (connection->stalled)
        return;
    if (net_lines[host].down_cut) {
        connection->stalled = true;
        connection->stalled_at = sim_now;
        return;
    }
    int64_t at = sim_now + delay(host);
    if (at < connection->last_arrival)
        at = connection->last_arrival;
    connection->last_arrival = at;
    send_down(host, connection->id, at, kind, 200, 0, text);
}

static void close_connection(struct connection *connection)
{
    struct connection closed = *connection;
    *connection = (struct connection){0};
    if (closed.on_close)
        closed.on_close(closed.arg);
}

/* -- streams ------------------------------------------------------------------------------------
 */

struct beat {
    int slot;
    uint64_t serial;
};

static void beat(void *context)
{
    struct beat *due = context;
    struct connection *connection = &connections[due->slot];
    char text[HTTP_BEAT_SIZE] = ": hb\n\n";
    if (!connection->used || connection->serial != due->serial || disk_dead(SIM_CLOUD)) {
        free(due);
        return;
    }
    sim_host = SIM_CLOUD;
    if (connection->stalled && sim_now - connection->stalled_at > CUT_NOTICED_MS) {
        close_connection(connection);
        free(due);
    } else {
        if (connection->channel->beat)
            connection->channel->beat(text, connection->channel->beat_arg);
        send_stream(connection, NET_CHUNK, text);
        sim_at(sim_now + HTTP_BEAT_SECONDS * 1000, beat, due);
    }
    sim_host = SIM_NOBODY;
}

void http_reply_stream(struct http_request *req, struct http_channel *channel,
                       char *(*fill)(void *arg, uint64_t *ret_upto), void *arg,
                       void (*on_close)(void *arg))
{
    int slot = 0;
    while (slot < CONNECTIONS_MAX && connections[slot].used)
        slot++;
    if (slot == CONNECTIONS_MAX)
        abort();
    struct connection *connection = &connections[slot];
    *connection = (struct connection){.used = true,
                                      .host = SIM_NOBODY,
                                      .serial = ++connection_serials,
                                      .channel = channel,
                                      .arg = arg,
                                      .on_close = on_close};
    char *text = fill ? fill(arg, &connection->upto) : copy_text("");
    req->answered = true;
    if (!text) {
        req->status = 500;
        close_connection(connection);
        return;
    }
    req->status = 200;
    req->text = text;
    req->connection = connection;
}

static void open_stream(struct connection *connection, int host, int64_t id, const char *text)
{
    struct beat *due = malloc(sizeof *due);
    if (!due)
        abort();
    connection->host = host;
    connection->id = id;
    *due = (struct beat){(int)(connection - connections), connection->serial};
    sim_at(sim_now + HTTP_BEAT_SECONDS * 1000, beat, due);
    send_stream(connection, NET_CHUNK, "retry: 3000\n\n");
    send_stream(connection, NET_CHUNK, text);
}

struct http_channel *http_channel(struct http_server *server, const char *name)
{
    for (int i = 0; i < server->channel_count; i++)
        if (strcmp(server->channels[i].name, name) == 0)
            return &server->channels[i];
    if (server->channel_count == CHANNELS_MAX)
        abort();
    struct http_channel *channel = &server->channels[server->channel_count++];
    (void)snprintf(channel->name, sizeof channel->name, "%s", name);
    return channel;
}

void http_channel_beat(struct http_channel *channel,
                       void (*beat_fn)(char text[static HTTP_BEAT_SIZE], void *arg), void *arg)
{
    channel->beat = beat_fn;
    channel->beat_arg = arg;
}

void http_channel_send(struct http_channel *channel, uint64_t order, const char *block, size_t size)
{
    (void)size;
    if (disk_dead(SIM_CLOUD))
        return;
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &connections[i];
        if (!connection->used || connection->channel != channel ||
            (order && order <= connection->upto))
            continue;
        send_stream(connection, NET_CHUNK, block);
    }
}

int http_channel_count(struct http_channel *channel)
{
    int count = 0;
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        count += connections[i].used && connections[i].channel == channel;
    return count;
}

void http_channel_close(struct http_channel *channel, bool (*test)(void *arg, void *context),
                        void *context)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &connections[i];
        if (!connection->used || connection->channel != channel || !test(connection->arg, context))
            continue;
        send_stream(connection, NET_END, NULL);
        close_connection(connection);
    }
}

struct http_server *net_server_create(void)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        abort();
    return server;
}

void net_server_destroy(struct http_server *server)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        if (!connections[i].used)
            continue;
        if (connections[i].host < SIM_KIOSKS)
            send_stream(&connections[i], NET_END, NULL);
        close_connection(&connections[i]);
    }
    free(server);
}

void http_server_stats(struct http_server *server, struct http_stats *ret)
{
    (void)server;
    *ret = (struct http_stats){0}; /* nobody watches the load here */
}

/* -- a request -----------------------------------------------------------------------------------
 */

static bool match(const char *pattern, const char *path, struct http_request *req)
{
    int count = 0;
    while (*pattern) {
        if (strncmp(pattern, "{}", 2) == 0) {
            size_t length = strcspn(path, "/");
            if (length == 0 || length >= HTTP_PARAM_SIZE || count == HTTP_PARAMS_MAX)
                return false;
            memcpy(req->params[count], path, length);
            req->params[count++][length] = '\0';
            path += length;
            pattern += 2;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

static void handle(struct http_request *req)
{
    size_t count;
    const struct http_route *routes = routes_table(&count);
    for (size_t i = 0; i < count && !req->route; i++)
        if (routes[i].method == http_method_of(req) && match(routes[i].path, req->path, req))
            req->route = &routes[i];
    if (!req->route) {
        http_reply_error(req, 404, "not_found", "No such route.", NULL);
        return;
    }
    if (req->user || routes_gate(req, req->route, net_door))
        req->route->handler(req, net_door);
    if (!req->answered)
        sim_violation("the cloud gave no answer to %s %s", req->method, req->path);
}

/* -- the line up ---------------------------------------------------------------------------------
 */

struct letter {
    int host;
    int64_t id;
    bool twin; /* its answer goes nowhere */
    char *method, *path, *token, *body, *last_id;
};

static void free_letter(struct letter *letter)
{
    free(letter->method);
    free(letter->path);
    free(letter->token);
    free(letter->body);
    free(letter->last_id);
    free(letter);
}

static void answer(const struct letter *letter, struct http_request *req)
{
    const struct net_line *line = &net_lines[letter->host];
    bool lost = letter->twin || line->down_cut || sim_chance(line->loss);
    if (req->connection) {
        if (letter->twin) {
            close_connection(req->connection);
            return;
        }
        open_stream(req->connection, letter->host, letter->id, req->text);
        return;
    }
    if (req->status >= 200 && req->status < 300)
        versions_taken(letter->host, letter->path, letter->body);
    if (net_answered)
        net_answered(letter->host, letter->method, letter->path, req->status, req->text);
    if (!lost)
        send_down(letter->host, letter->id, sim_now + delay(letter->host), NET_ANSWER, req->status,
                  req->retry_after_s, req->text);
}

static void reach_cloud(void *context)
{
    struct letter *letter = context;
    struct http_request req = {.method = letter->method,
                               .path = letter->path,
                               .body = letter->body,
                               .token = letter->token,
                               .last_id = letter->last_id};
    if (!net_door) {
        if (!net_lines[letter->host].down_cut && !letter->twin)
            send_down(letter->host, letter->id, sim_now + REFUSED_MS, NET_REFUSED, 0, 0, NULL);
        free_letter(letter);
        return;
    }
    sim_host = SIM_CLOUD;
    handle(&req);
    sim_trace("cloud: %s %s of kiosk %d: %d", letter->method, letter->path, letter->host,
              req.status);
    if (!disk_dead(SIM_CLOUD))
        answer(letter, &req);
    else if (req.connection)
        close_connection(req.connection);
    sim_host = SIM_NOBODY;
    net_request_finish(&req);
    free_letter(letter);
}

void net_send(int host, int64_t id, const char *method, const char *path, const char *token,
              const char *body, const char *last_id)
{
    const struct net_line *line = &net_lines[host];
    int copies = line->up_cut || sim_chance(line->loss) ? 0 : 1;
    copies += copies && sim_chance(line->doubling);
    for (int i = 0; i < copies; i++) {
        struct letter *letter = calloc(1, sizeof *letter);
        if (!letter)
            abort();
        letter->host = host;
        letter->id = id;
        letter->twin = i > 0;
        letter->method = copy_text(method);
        letter->path = copy_text(path);
        if (asprintf(&letter->token, "Bearer %s", token) < 0)
            abort();
        letter->body = copy_text(body);
        versions_send(host, path, letter->body);
        letter->last_id = copy_text(last_id && *last_id ? last_id : NULL);
        int64_t at = sim_now + delay(host);
        if (i > 0)
            at += sim_between(0, 5000);
        sim_at(at, reach_cloud, letter);
    }
}

struct hang_up {
    int host;
    int64_t id;
};

static void hang_up(void *context)
{
    struct hang_up *gone = context;
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        if (!connections[i].used || connections[i].host != gone->host ||
            connections[i].id != gone->id)
            continue;
        sim_host = SIM_CLOUD;
        close_connection(&connections[i]);
        sim_host = SIM_NOBODY;
    }
    free(gone);
}

void net_hang_up(int host, int64_t id)
{
    struct hang_up *gone = malloc(sizeof *gone);
    if (!gone)
        abort();
    *gone = (struct hang_up){host, id};
    sim_at(sim_now + (net_lines[host].up_cut ? CUT_NOTICED_MS : delay(host)), hang_up, gone);
}

void net_ask(const char *method, const char *path, const char *body, const struct identity_who *who,
             struct net_answer *ret)
{
    struct http_request req = {.method = method, .path = path, .body = body, .user = who};
    *ret = (struct net_answer){0};
    if (!net_door)
        return;
    sim_host = SIM_CLOUD;
    handle(&req);
    sim_host = SIM_NOBODY;
    sim_trace("cloud: %s %s of staff: %d", method, path, req.status);
    if (!disk_dead(SIM_CLOUD)) {
        ret->status = req.status;
        ret->body = copy_text(req.text ? req.text : "");
    }
    net_request_finish(&req);
}
