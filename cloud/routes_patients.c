/* A clinic's list of known patients, as its records system or its staff hand it over. It can be put
 * and cleared, never read: only how many there are. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patients.h"
#include "routes.h"
#include "web.h"

struct list {
    struct patient *patients;
    int count, keep_days;
    bool replace;
};

/* False: answered. The list is the caller's to free. */
static bool read_list(struct http_request *req, struct list *ret)
{
    struct web_body body;
    const cJSON *array, *item;

    if (!web_body_read(req, &body))
        return false;
    array =
        decode_array(&body.decoder, body.json, "", "patients", DECODE_REQUIRED, PATIENTS_LIST_MAX);
    decode_bool(&body.decoder, body.json, "", "replace", &ret->replace);
    ret->keep_days = PATIENTS_KEEP_DAYS;
    decode_int(&body.decoder, body.json, "", "keep_days", DECODE_OPTIONAL, 1,
               PATIENTS_KEEP_DAYS_MAX, &ret->keep_days);
    ret->patients = calloc((size_t)cJSON_GetArraySize(array) + 1, sizeof(*ret->patients));
    if (!ret->patients)
        decode_fail(&body.decoder, "", "patients", "are more than fit into memory now");
    cJSON_ArrayForEach (item, array) {
        char path[32];
        struct patient *patient = ret->patients ? &ret->patients[ret->count] : NULL;

        (void)snprintf(path, sizeof(path), "patients[%d].", ret->count++);
        if (body.decoder.failed || !patient)
            break;
        decode_string(&body.decoder, item, path, "card", DECODE_REQUIRED, patient->card,
                      sizeof(patient->card));
        decode_string(&body.decoder, item, path, "birth", DECODE_REQUIRED, patient->birth,
                      sizeof(patient->birth));
    }
    if (web_body_ok(req, &body)) {
        web_body_drop(&body);
        return true;
    }
    free(ret->patients);
    return false;
}

static void reply_count(struct http_request *req, struct cloud *cloud, struct site *site)
{
    int64_t count = 0;
    int result = patients_count(cloud->db, site, &count);
    cJSON *json;

    if (result < 0) {
        web_fail(req, result);
        return;
    }
    json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "count", (double)count);
    cJSON_AddNumberToObject(json, "max", PATIENTS_MAX);
    web_reply(req, 200, json);
}

void patients_get(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);

    if (site)
        reply_count(req, web_cloud(context), site);
}

void patients_put_list(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    struct list list = {.patients = NULL};
    int result;

    if (!site || !read_list(req, &list))
        return;
    result = patients_put(cloud->db, site, list.patients, list.count, list.replace, list.keep_days);
    free(list.patients);
    if (result == -EINVAL) {
        web_refuse(req, "patients: each must be a card number and a birth date (1951-04-07)");
    } else if (result == -ENOSPC) {
        http_reply_error(req, 409, "full", "A site's list cannot have so many patients.",
                         "patients");
    } else if (result < 0) {
        web_fail(req, result);
    } else {
        web_note(req, cloud, "patients", site_id(site));
        reply_count(req, cloud, site);
    }
}

void patients_delete(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    int result;

    if (!site)
        return;
    result = patients_clear(cloud->db, site);
    if (result < 0) {
        web_fail(req, result);
        return;
    }
    web_note(req, cloud, "patients_cleared", site_id(site));
    web_reply_empty(req);
}
