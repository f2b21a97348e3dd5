/* What handlers share: reading a JSON body, answering with JSON, who may touch which site. */
#ifndef MACHIAI_CLOUD_WEB_H
#define MACHIAI_CLOUD_WEB_H

#include <cjson/cJSON.h>

#include "cloud.h"
#include "decode.h"

enum {
    WEB_ERROR_SIZE = 256,
    WEB_WAIT_MAX_S = 25 /* under the 30 s that proxies and phones grant an answer at the least */
};

/* The body of a request being read; every failure has been answered with the field's name. */
struct web_body {
    cJSON *json;
    struct decoder decoder;
    char error[WEB_ERROR_SIZE];
};

/* Parses the body (an empty one reads as {}); false: answered 400. Ended by web_body_ok or
 * web_body_drop. */
bool web_body_read(struct http_request *req, struct web_body *ret)
    __attribute__((warn_unused_result));
/* After all decode_*() calls: false when one of them failed; then it has been answered and the
 * body is freed. */
bool web_body_ok(struct http_request *req, struct web_body *body)
    __attribute__((warn_unused_result));
void web_body_drop(struct web_body *body);

/* Answers with the JSON and frees it; NULL (no memory) answers 500. */
void web_reply(struct http_request *req, int status, cJSON *json);
/* The same with an ETag over `etag_of` (part of json, or json itself). */
void web_reply_tagged(struct http_request *req, cJSON *json, const cJSON *etag_of);
void web_reply_empty(struct http_request *req);
/* "path.key: what" as written by decode.h: 400 bad_request with its field. */
void web_refuse(struct http_request *req, const char *error);
/* For failures below the handlers: 409, 429 and 503 where the errno says so, else 500. */
void web_fail(struct http_request *req, int code);

/* What the client of a stream says that it has: Last-Event-ID, or ?after=; NULL = nothing. */
const char *web_cursor(struct http_request *req);
/* Makes the stream that follows a long-poll on the same channel where the query has ?wait=SECONDS
 * (1 to WEB_WAIT_MAX_S): *ret_polls. False: answered 400. */
bool web_wait(struct http_request *req, bool *ret_polls) __attribute__((warn_unused_result));

/* Notes who did what to what, when: the audit. A note that fails is logged, the act stands. */
void web_note(struct http_request *req, struct cloud *cloud, const char *act, const char *subject);

/* The cloud of a handler's context. */
struct cloud *web_cloud(void *context);
/* The site of parameter 0, if the asker may see it; else NULL and answered 403 or 404. Nobody
 * learns whether a site that is not theirs exists. */
struct site *web_site(struct http_request *req, void *context);
/* The site of the device that asks; NULL and answered when it has none (our own mistake). */
struct site *web_own_site(struct http_request *req, void *context);
/* The site and desk of a queue_id in parameter 0; NULL and answered 404. With `own`, the asker must
 * belong to the site: else answered 403. */
struct site *web_queue(struct http_request *req, void *context, bool own, int *ret_desk_no);

/* Reads an UUID; `required` as in decode.h. */
void web_decode_uid(struct decoder *decoder, const cJSON *object, const char *path, const char *key,
                    int required, char ret[static UID_SIZE]);

#endif
