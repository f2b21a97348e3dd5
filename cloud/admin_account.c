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
