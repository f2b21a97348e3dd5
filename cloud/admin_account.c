/* What an operator does about an account whose owner cannot: a new password, a lost phone, a loss
 * that was reported (terms 33). */
#include <errno.h>
#include <string.h>

#include "admin.h"

static int told(struct admin *admin, int result, const char *did)
{
    const char *user = args_get(&admin->args, "user");

    if (result == -ENOENT)
        return admin_fail(admin, "--user %.40s: there is no such user", user);
    if (result < 0)
        return admin_errno(admin, "the account could not be changed", result);
    cJSON_AddStringToObject(admin->result, "user", user);
    cJSON_AddBoolToObject(admin->result, did, true);
    return ADMIN_OK;
}

int admin_user_password(struct admin *admin)
{
    char password[40];
    int result;

    identity_password_make(password);
    result =
        identity_user_password(admin->cloud->identity, args_get(&admin->args, "user"), password);
    if (result == 0)
        cJSON_AddStringToObject(admin->result, "password", password);
    explicit_bzero(password, sizeof(password));
    return told(admin, result, "changed");
}

int admin_user_lock(struct admin *admin)
{
    return told(admin,
                identity_user_lock(admin->cloud->identity, args_get(&admin->args, "user"), true),
                "locked");
}

int admin_user_unlock(struct admin *admin)
{
    return told(admin,
                identity_user_lock(admin->cloud->identity, args_get(&admin->args, "user"), false),
                "unlocked");
}

int admin_user_factor_off(struct admin *admin)
{
    return told(admin, identity_factor_off(admin->cloud->identity, args_get(&admin->args, "user")),
                "factor_off");
}

/* The way back in: the old password is void, a code makes another, a lock is taken off by its use.
 */
int admin_user_reset(struct admin *admin)
{
    struct identity_reset reset = {.expires = 0};
    int result = identity_reset(admin->cloud->identity, args_get(&admin->args, "user"), &reset);

    result = told(admin, result, "reset");
    if (result == ADMIN_OK) {
        cJSON_AddStringToObject(admin->result, "code", reset.code);
        cJSON_AddNumberToObject(admin->result, "expires", (double)reset.expires);
    }
    explicit_bzero(&reset, sizeof(reset));
    return result;
}

int admin_user_role(struct admin *admin)
{
    enum identity_role role = identity_role_parse(args_get(&admin->args, "role"));

    if (role != IDENTITY_STAFF && role != IDENTITY_CONTRACTOR)
        return admin_fail(admin,
                          "--role must be staff or contractor; an operator is a new account");
    return told(admin,
                identity_user_role(admin->cloud->identity, args_get(&admin->args, "user"), role),
                "changed");
}

int admin_user_remove(struct admin *admin)
{
    struct site *site = admin_site(admin);
    const char *user = args_get(&admin->args, "user");
    int result;

    if (!site)
        return ADMIN_FAILED;
    result = identity_user_site_remove(admin->cloud->identity, user, site_id(site));
    if (result == -ENOENT)
        return admin_fail(admin, "--user %.40s: is not at this site; see: user list", user);
    return told(admin, result, "removed");
}

static void list_person(const struct identity_person *person, void *context)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "user", person->user);
    cJSON_AddStringToObject(item, "name", person->name);
    cJSON_AddStringToObject(item, "role", identity_role_name(person->role));
    cJSON_AddBoolToObject(item, "invited", person->invited);
    cJSON_AddBoolToObject(item, "factor", person->factor);
    cJSON_AddNumberToObject(item, "locked", (double)person->locked);
    cJSON_AddNumberToObject(item, "seen", (double)person->seen);
    cJSON_AddItemToArray(context, item);
}

int admin_user_list(struct admin *admin)
{
    struct site *site = admin_site(admin);
    int result;

    if (!site)
        return ADMIN_FAILED;
    result = identity_people(admin->cloud->identity, site_id(site), list_person,
                             cJSON_AddArrayToObject(admin->result, "people"));
    return result < 0 ? admin_errno(admin, "the people could not be read", result) : ADMIN_OK;
}

static void list_act(const struct identity_act *act, void *context)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddNumberToObject(item, "at", (double)act->at);
    cJSON_AddStringToObject(item, "act", act->act);
    cJSON_AddStringToObject(item, "subject", act->subject);
    cJSON_AddStringToObject(item, "who", act->who);
    cJSON_AddStringToObject(item, "address", act->address);
    cJSON_AddItemToArray(context, item);
}

int admin_audit_list(struct admin *admin)
{
    struct site *site = admin_site(admin);
    struct identity_asked asked = {.limit = IDENTITY_ACTS_MAX};
    char next[IDENTITY_ID_SIZE];
    int result;

    if (!site || admin_number(admin, "before", 1, INT64_MAX, INT64_MAX, &asked.before) != ADMIN_OK)
        return ADMIN_FAILED;
    result = identity_acts(admin->cloud->identity, site_id(site), &asked, list_act,
                           cJSON_AddArrayToObject(admin->result, "acts"), next);
    return result < 0 ? admin_errno(admin, "the acts could not be read", result) : ADMIN_OK;
}
