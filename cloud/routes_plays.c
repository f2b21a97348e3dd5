/* Proof of play: from devices, and for the operator (terms 21.2). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plays.h"
#include "routes.h"
#include "web.h"

static const int64_t time_max = INT64_C(4102444800000); /* 2100 */

/* -- from devices ------------------------------------------------------------------------------ */

struct batch {
    struct play *plays; /* PLAY_BATCH_MAX */
    int count;
};

static bool read_batch(struct http_request *req, struct batch *ret)
{
    struct web_body body;
    const cJSON *list, *item;
    char path[32], error[WEB_ERROR_SIZE];

    if (!web_body_read(req, &body))
        return false;
    list = decode_array(&body.decoder, body.json, "", "plays", DECODE_REQUIRED, PLAY_BATCH_MAX);
    ret->plays = http_alloc(req, sizeof(*ret->plays) * PLAY_BATCH_MAX);
    ret->count = 0;
    cJSON_ArrayForEach (item, list) {
        if (play_from_json(item, &ret->plays[ret->count], error, sizeof(error)) < 0) {
            char *space = strstr(error, ": ");

            if (space)
                *space = '\0';
            (void)snprintf(path, sizeof(path), "plays[%d].", ret->count);
            decode_fail(&body.decoder, path, space ? error : "", space ? space + 2 : error);
            break;
        }
        ret->count++;
    }
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    return true;
}

static int store(struct db *db, const struct identity_who *who, const struct batch *batch,
                 int *ret_broken)
{
    int64_t now = cloud_now(NULL);
    int result = db_begin(db), count = 0;

    if (result < 0)
        return result;
    for (int i = 0; i < batch->count && result == 0; i++) {
        bool broken = false;

        result = plays_put(db, who->sites[0], who->id, &batch->plays[i], now, &broken);
        count += broken;
    }
    if (result < 0) {
        db_rollback(db);
        return result;
    }
    *ret_broken = count;
    return db_commit(db);
}

void plays_post(struct http_request *req, void *context)
{
    struct batch batch;
    int broken = 0, result;
    cJSON *json;

    if (!read_batch(req, &batch))
        return;
    result = store(web_cloud(context)->db, identity_who(req), &batch, &broken);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "stored",
                            batch.count > 0 ? (double)batch.plays[batch.count - 1].seq : 0);
    cJSON_AddNumberToObject(json, "broken", broken);
    web_reply(req, 200, json);
}

/* -- for the operator -------------------------------------------------------------------------- */

/* A time of the query in ms; false: answered. */
static bool read_time(struct http_request *req, const char *name, int64_t otherwise, int64_t *ret)
{
    const char *text = http_query(req, name);
    char *end = NULL;
    long long value = text ? strtoll(text, &end, 10) : otherwise;

    if (text && (end == text || *end || value < 0 || value > time_max)) {
        http_reply_error(req, 400, "bad_request",
                         http_printf(req, "%s: must be ms since 1970", name), name);
        return false;
    }
    *ret = value;
    return true;
}

static bool wants_csv(struct http_request *req)
{
    const char *format = http_query(req, "format"), *accept = http_header(req, "accept");

    return format ? strcmp(format, "csv") == 0 : accept && strcmp(accept, "text/csv") == 0;
}

static void reply_csv(struct http_request *req, struct cloud *cloud, cJSON *report)
{
    char *text = plays_csv(cloud, report);

    cJSON_Delete(report);
    if (!text) {
        web_fail(req, -ENOMEM);
        return;
    }
    http_add_header(req, "Content-Disposition", "attachment; filename=\"plays.csv\"");
    http_reply(req, 200, "text/csv; charset=utf-8", text, strlen(text), NULL);
    free(text);
}

void plays_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    const char *film = http_query(req, "film"), *site = http_query(req, "site");
    struct plays_query query = {.film = film ? film : "", .site = site ? site : ""};
    cJSON *report = NULL;
    int result;

    if (!read_time(req, "from", 0, &query.from) || !read_time(req, "to", time_max, &query.to))
        return;
    result = plays_report(cloud, &query, &report);
    if (result < 0)
        web_fail(req, result);
    else if (wants_csv(req))
        reply_csv(req, cloud, report);
    else
        web_reply(req, 200, report);
}
