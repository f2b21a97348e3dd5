/* The people of a clinic, managed by its contractor or the operator: who they are, what they may,
 * how they get back in (terms 33), and what was done. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "routes.h"
#include "web.h"

enum { ROLE_SIZE = 16, PASSWORD_SIZE = IDENTITY_PASSWORD_MAX + 1, CODE_SIZE = 24 };

/* -- who --------------------------------------------------------------------------------------- */

static void add_person(const struct identity_person *person, void *context)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "user", person->user);
    cJSON_AddStringToObject(item, "name", person->name);
    cJSON_AddStringToObject(item, "role", identity_role_name(person->role));
    cJSON_AddNumberToObject(item, "added", (double)person->added);
    cJSON_AddNumberToObject(item, "seen", (double)person->seen);
    cJSON_AddNumberToObject(item, "locked", (double)person->locked);
    cJSON_AddBoolToObject(item, "factor", person->factor);
    cJSON_AddBoolToObject(item, "invited", person->invited);
    cJSON_AddItemToArray(context, item);
}

void crew_get(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    cJSON *json, *list, *item;
    int result;

    if (!site)
        return;
    json = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(json, "people");
    result = identity_people(cloud->identity, site_id(site), add_person, list);
    cJSON_ArrayForEach (item, list) {
        const char *user = cJSON_GetStringValue(cJSON_GetObjectItem(item, "user"));
        int may = result < 0
                      ? result
                      : identity_manages(cloud->identity, identity_who(req), site_id(site), user);

        if (may < 0 && may != -EPERM && may != -ENOENT)
            result = may;
        cJSON_AddBoolToObject(item, "manageable", may == 0);
    }
    if (result < 0) {
        cJSON_Delete(json);
        web_fail(req, result);
        return;
    }
    web_reply(req, 200, json);
}

/* -ENOENT also when somebody else removed the account between two looks at it. */
static void fail(struct http_request *req, int result)
{
    if (result == -ENOENT)
        http_reply_error(req, 404, "not_found", "Nobody of this name is at this site.", NULL);
    else
        web_fail(req, result);
}

/* The site of parameter 0 when the asker may change the account of parameter 1; else NULL and
 * answered. */
static struct site *managed(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);
    int result;

    if (!site)
        return NULL;
    result = identity_manages(web_cloud(context)->identity, identity_who(req), site_id(site),
                              http_param(req, 1));
    if (result == 0)
        return site;
    if (result == -EPERM)
        http_reply_error(req, 409, "not_yours",
                         "This account belongs to other sites too, or is your own; ask the "
                         "operator.",
                         NULL);
    else
        fail(req, result);
    return NULL;
}

static void note(struct http_request *req, struct cloud *cloud, struct site *site, const char *act,
                 const char *subject)
{
    if (identity_note_at(cloud->identity, site_id(site), act, subject, identity_who(req)->id,
                         http_peer(req)) < 0)
        web_note(req, cloud, act, subject); /* which says in the log that it could not */
}

static void reply_reset(struct http_request *req, const char *user, struct identity_reset *reset,
                        int status)
{
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "user", user);
    cJSON_AddStringToObject(json, "code", reset->code);
    cJSON_AddNumberToObject(json, "expires", (double)reset->expires);
    explicit_bzero(reset, sizeof(*reset));
    web_reply(req, status, json);
}

/* -- new people -------------------------------------------------------------------------------- */

struct newcomer {
    char user[IDENTITY_ID_SIZE], name[IDENTITY_NAME_SIZE];
    enum identity_role role;
};

static enum identity_role decode_role(struct web_body *body)
{
    char text[ROLE_SIZE] = "";
    enum identity_role role;

    decode_string(&body->decoder, body->json, "", "role", DECODE_REQUIRED, text, sizeof(text));
    role = identity_role_parse(text);
    if (role != IDENTITY_STAFF && role != IDENTITY_CONTRACTOR)
        decode_fail(&body->decoder, "", "role", "must be staff or contractor");
    return role;
}

static bool read_newcomer(struct http_request *req, struct newcomer *ret)
{
    struct web_body body;

    if (!web_body_read(req, &body))
        return false;
    decode_string(&body.decoder, body.json, "", "user", DECODE_REQUIRED, ret->user,
                  sizeof(ret->user));
    decode_string(&body.decoder, body.json, "", "name", DECODE_REQUIRED, ret->name,
                  sizeof(ret->name));
    ret->role = decode_role(&body);
    if (!web_body_ok(req, &body))
        return false;
    web_body_drop(&body);
    return true;
}

/* An account of the asker's other sites comes to this one as well: 0; -EEXIST: it is a stranger's,
 * or here already. */
static int join(struct cloud *cloud, const struct identity_who *asker, const char *user,
                const char *site)
{
    struct identity_who whom;
    int result = identity_user_load(cloud->identity, user, &whom);

    if (result < 0)
        return result;
    if (result == 0 || whom.site_count == 0 || identity_may_site(&whom, site) ||
        identity_manages(cloud->identity, asker, whom.sites[0], user) < 0)
        return -EEXIST;
    return identity_user_site_add(cloud->identity, user, site);
}

static void refuse_newcomer(struct http_request *req, int result)
{
    switch (-result) {
    case EINVAL:
        http_reply_error(req, 400, "bad_request",
                         "user: takes 1 to 32 of a-z 0-9 . _ -, and a name is needed", "user");
        break;
    case EEXIST:
        http_reply_error(req, 409, "taken", "This user ID is taken; choose another.", "user");
        break;
    case ENOSPC:
        http_reply_error(req, 409, "full", "This site has as many people as it may.", NULL);
        break;
    default:
        web_fail(req, result);
    }
}

void crew_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = web_site(req, context);
    struct identity_reset reset;
    struct newcomer newcomer;
    int result;

    if (!site || !read_newcomer(req, &newcomer))
        return;
    result = identity_invite(cloud->identity, newcomer.user, newcomer.name, newcomer.role,
                             site_id(site));
    if (result == -EEXIST) {
        result = join(cloud, identity_who(req), newcomer.user, site_id(site));
        if (result == 0) {
            note(req, cloud, site, "person_joined", newcomer.user);
            crew_get(req, context);
            return;
        }
    }
    if (result == 0)
        result = identity_reset(cloud->identity, newcomer.user, &reset);
    if (result < 0) {
        refuse_newcomer(req, result);
        return;
    }
    note(req, cloud, site, "person_added", newcomer.user);
    reply_reset(req, newcomer.user, &reset, 201);
}

/* -- changes ----------------------------------------------------------------------------------- */

static void done(struct http_request *req, struct cloud *cloud, struct site *site, int result,
                 const char *act)
{
    if (result < 0) {
        fail(req, result);
        return;
    }
    note(req, cloud, site, act, http_param(req, 1));
    web_reply_empty(req);
}

void crew_put(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = managed(req, context);
    enum identity_role role;
    struct web_body body;

    if (!site || !web_body_read(req, &body))
        return;
    role = decode_role(&body);
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    done(req, cloud, site, identity_user_role(cloud->identity, http_param(req, 1), role),
         role == IDENTITY_STAFF ? "role_staff" : "role_contractor");
}

void crew_delete(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = managed(req, context);

    if (site)
        done(req, cloud, site,
             identity_user_site_remove(cloud->identity, http_param(req, 1), site_id(site)),
             "person_removed");
}

/* A loss is reported for somebody else: locked at once. */
void crew_lock_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = managed(req, context);

    if (site)
        done(req, cloud, site, identity_user_lock(cloud->identity, http_param(req, 1), true),
             "person_locked");
}

void crew_reset_post(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct site *site = managed(req, context);
    struct identity_reset reset;
    int result;

    if (!site)
        return;
    result = identity_reset(cloud->identity, http_param(req, 1), &reset);
    if (result < 0) {
        fail(req, result);
        return;
    }
    note(req, cloud, site, "person_reset", http_param(req, 1));
    reply_reset(req, http_param(req, 1), &reset, 200);
}

/* With the code: for anyone who has it. */
void password_reset_post(struct http_request *req, void *context)
{
    char user[IDENTITY_ID_SIZE] = "", code[CODE_SIZE] = "", password[PASSWORD_SIZE] = "";
    struct web_body body;
    int result;

    if (!web_body_read(req, &body))
        return;
    decode_string(&body.decoder, body.json, "", "user", DECODE_REQUIRED, user, sizeof(user));
    decode_string(&body.decoder, body.json, "", "code", DECODE_REQUIRED, code, sizeof(code));
    decode_string(&body.decoder, body.json, "", "new_password", DECODE_REQUIRED, password,
                  sizeof(password));
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    result = identity_reset_use(web_cloud(context)->identity, req, user, code, password);
    explicit_bzero(password, sizeof(password));
    if (result == 0)
        web_reply_empty(req);
}

/* Somebody who cannot log in any more, as the phone with the second factor is gone too. */
void loss_post(struct http_request *req, void *context)
{
    char user[IDENTITY_ID_SIZE] = "", password[PASSWORD_SIZE] = "";
    struct web_body body;

    if (!web_body_read(req, &body))
        return;
    decode_string(&body.decoder, body.json, "", "user", DECODE_REQUIRED, user, sizeof(user));
    decode_string(&body.decoder, body.json, "", "password", DECODE_REQUIRED, password,
                  sizeof(password));
    if (!web_body_ok(req, &body))
        return;
    web_body_drop(&body);
    int result = identity_loss(web_cloud(context)->identity, req, user, password);
    explicit_bzero(password, sizeof(password));
    if (result == 0)
        web_reply_empty(req);
}

/* -- what was done ----------------------------------------------------------------------------- */

/* A hash is nothing to read: what was typed into a log-in form is kept as one. */
static bool readable(const char *subject)
{
    return strlen(subject) < 64;
}

static void add_act(const struct identity_act *act, void *context)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddNumberToObject(item, "at", (double)act->at);
    cJSON_AddStringToObject(item, "act", act->act);
    cJSON_AddStringToObject(item, "subject", readable(act->subject) ? act->subject : "");
    cJSON_AddStringToObject(item, "who", act->who);
    cJSON_AddStringToObject(item, "address", act->address);
    cJSON_AddStringToObject(item, "site", act->site);
    cJSON_AddItemToArray(context, item);
}

/* A moment of the query, kept where there is none; false: answered. */
static bool query_moment(struct http_request *req, const char *name, int64_t *ret)
{
    const char *text = http_query(req, name);
    char *end = NULL;
    long long moment;

    if (!text)
        return true;
    errno = 0;
    moment = strtoll(text, &end, 10);
    if (errno || *end || end == text) {
        web_refuse(req, http_printf(req, "%s: is not a moment", name));
        return false;
    }
    *ret = moment;
    return true;
}

/* How many at once; false: answered. */
static bool query_limit(struct http_request *req, int *ret)
{
    int64_t limit = IDENTITY_ACTS_MAX;

    if (!query_moment(req, "limit", &limit))
        return false;
    if (limit < 1 || limit > IDENTITY_ACTS_MAX) {
        web_refuse(req, http_printf(req, "limit: is 1 to %d", IDENTITY_ACTS_MAX));
        return false;
    }
    *ret = (int)limit;
    return true;
}

/* site "": the operators'. */
static void reply_acts(struct http_request *req, struct cloud *cloud, const char *site)
{
    struct identity_asked asked = {.before = INT64_MAX,
                                   .after_id = http_query(req, "after"),
                                   .who = http_query(req, "who"),
                                   .act = http_query(req, "act")};
    char next[IDENTITY_ID_SIZE] = "";
    cJSON *json;
    int result;

    if (!query_moment(req, "before", &asked.before) || !query_moment(req, "from", &asked.from) ||
        !query_limit(req, &asked.limit))
        return;
    json = cJSON_CreateObject();
    result = identity_acts(cloud->identity, site, &asked, add_act,
                           cJSON_AddArrayToObject(json, "acts"), next);
    cJSON_AddStringToObject(json, "next", next);
    if (result < 0) {
        cJSON_Delete(json);
        web_fail(req, result);
        return;
    }
    web_reply(req, 200, json);
}

void audit_get(struct http_request *req, void *context)
{
    struct site *site = web_site(req, context);

    if (site)
        reply_acts(req, web_cloud(context), site_id(site));
}

void operators_audit_get(struct http_request *req, void *context)
{
    reply_acts(req, web_cloud(context), "");
}
