#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "admin.h"

static const int64_t minute_ms = 60000;

enum {
    PASSWORD_SIZE = IDENTITY_PASSWORD_MAX + 2,
    CODE_MINUTES = 24 * 60,
    CODE_MINUTES_MAX = 30 * CODE_MINUTES
};

/* -- users ------------------------------------------------------------------------------------- */

static bool ask_password(char text[static PASSWORD_SIZE])
{
    struct termios shown, hidden;
    bool got;

    if (tcgetattr(STDIN_FILENO, &shown) < 0)
        return false;
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    (void)fprintf(stderr, "Password (empty: one is made): ");
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden); /* at worst it is seen while typed */
    got = fgets(text, PASSWORD_SIZE, stdin) != NULL;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    (void)fprintf(stderr, "\n");
    if (got)
        text[strcspn(text, "\r\n")] = '\0';
    return got && *text;
}

/* From the options, else asked for on a terminal, else made; *ret_made: it must be told. */
static int choose_password(struct admin *admin, char text[static PASSWORD_SIZE], bool *ret_made)
{
    const char *given = args_get(&admin->args, "password");
    const char *file = args_get(&admin->args, "password-file");
    char *read = file ? admin_read_text(admin, file) : NULL;

    if (file && !read)
        return ADMIN_FAILED;
    *ret_made = false;
    if (given || read) {
        (void)snprintf(text, PASSWORD_SIZE, "%s", given ? given : read);
    } else if (!isatty(STDIN_FILENO) || !ask_password(text)) {
        identity_password_make(text);
        *ret_made = true;
    }
    free(read);
    return ADMIN_OK;
}

static int add_user(struct admin *admin, enum identity_role role, const char *password)
{
    struct identity *identity = admin->cloud->identity;
    const char *user = args_get(&admin->args, "user"), *name;
    int result;

    result = identity_user_add(identity, user, args_get(&admin->args, "name"), role, password);
    for (int i = 0; result == 0 && (name = args_at(&admin->args, "site", i)); i++) {
        struct site *site = sites_find(admin->cloud->sites, name);

        for (int k = 0; !site && k < sites_count(admin->cloud->sites); k++)
            if (strcmp(site_clinic_no(sites_at(admin->cloud->sites, k)), name) == 0)
                site = sites_at(admin->cloud->sites, k);
        result = site ? identity_user_site_add(identity, user, site_id(site)) : -ENOENT;
    }
    return result;
}

static int explain_user(struct admin *admin, int code)
{
    switch (-code) {
    case EINVAL:
        return admin_fail(admin,
                          "--user takes 1 to 32 of a-z 0-9 . _ -, --name at most 96 bytes, and a "
                          "password %d to %d bytes",
                          IDENTITY_PASSWORD_MIN, IDENTITY_PASSWORD_MAX);
    case EEXIST:
        return admin_fail(admin, "--user %.40s: this ID is taken; choose another",
                          args_get(&admin->args, "user"));
    case ENOENT:
        return admin_fail(admin, "--site: there is no such site; make one with: site add");
    default:
        return admin_errno(admin, "the user could not be added", code);
    }
}

int admin_user_add(struct admin *admin)
{
    enum identity_role role = identity_role_parse(args_get(&admin->args, "role"));
    char password[PASSWORD_SIZE];
    bool made;
    int result;

    if (!role)
        return admin_fail(admin, "--role must be staff, contractor or operator");
    if (choose_password(admin, password, &made) != ADMIN_OK)
        return ADMIN_FAILED;
    result = db_begin(admin->cloud->db);
    if (result == 0) {
        result = add_user(admin, role, password);
        if (result == 0)
            result = db_commit(admin->cloud->db);
        else
            db_rollback(admin->cloud->db);
    }
    if (result < 0)
        return explain_user(admin, result);
    cJSON_AddStringToObject(admin->result, "user", args_get(&admin->args, "user"));
    cJSON_AddStringToObject(admin->result, "role", identity_role_name(role));
    if (made)
        cJSON_AddStringToObject(admin->result, "password", password);
    explicit_bzero(password, sizeof(password));
    return ADMIN_OK;
}

/* -- devices ----------------------------------------------------------------------------------- */

static int cannot_replace(struct admin *admin, const char *device)
{
    return admin_fail(admin,
                      "--replaces %.40s: the site has no such device, or another one has taken "
                      "its place; see: device list",
                      device);
}

int admin_device_code(struct admin *admin)
{
    struct site *site = admin_site(admin);
    const char *replaces = args_get(&admin->args, "replaces");
    char code[IDENTITY_CODE_SIZE];
    int64_t minutes;
    int result;

    if (!site || admin_number(admin, "valid-minutes", 1, CODE_MINUTES_MAX, CODE_MINUTES,
                              &minutes) != ADMIN_OK)
        return ADMIN_FAILED;
    if (replaces)
        result = identity_code_replace(admin->cloud->identity, site_id(site), replaces,
                                       minutes * minute_ms, code);
    else
        result =
            identity_code_make(admin->cloud->identity, site_id(site), minutes * minute_ms, code);
    if (result == -ENOENT)
        return cannot_replace(admin, replaces);
    if (result < 0)
        return admin_errno(admin, "the code could not be stored", result);
    cJSON_AddStringToObject(admin->result, "code", code);
    return ADMIN_OK;
}

int admin_device_pair(struct admin *admin)
{
    const char *code = args_get(&admin->args, "code"), *name = args_get(&admin->args, "name");
    const char *replaces = args_get(&admin->args, "replaces");
    struct site *site = admin_site(admin);
    int result;

    if (!site)
        return ADMIN_FAILED;
    result = identity_pair_confirm(admin->cloud->identity, code, site_id(site), name ? name : "",
                                   replaces ? replaces : "");
    if (result == -ENODEV)
        return cannot_replace(admin, replaces);
    if (result == -ENOENT)
        return admin_fail(admin,
                          "%.20s: no kiosk shows this code now; a code is good for 15 minutes and "
                          "once",
                          code);
    if (result == -EINVAL)
        return admin_fail(admin, "--name takes at most %d bytes", IDENTITY_NAME_SIZE - 1);
    if (result < 0)
        return admin_errno(admin, "the pairing could not be stored", result);
    cJSON_AddStringToObject(admin->result, "site", site_id(site));
    cJSON_AddBoolToObject(admin->result, "confirmed", true);
    return ADMIN_OK;
}

struct listing {
    cJSON *list;
    const struct queue *queue;
};

static void list_device(const struct identity_device *device, void *context)
{
    struct listing *listing = context;
    const char letter[2] = {queue_letter_of(listing->queue, device->device), '\0'};
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "device", device->device);
    cJSON_AddStringToObject(item, "name", device->name);
    cJSON_AddStringToObject(item, "letter", letter);
    cJSON_AddNumberToObject(item, "enrolled", (double)device->enrolled);
    cJSON_AddNumberToObject(item, "revoked", (double)device->revoked);
    cJSON_AddStringToObject(item, "replaced_by", device->replaced_by);
    cJSON_AddItemToArray(listing->list, item);
}

int admin_device_list(struct admin *admin)
{
    struct site *site = admin_site(admin);
    struct listing listing;
    int result;

    if (!site)
        return ADMIN_FAILED;
    listing.list = cJSON_AddArrayToObject(admin->result, "devices");
    listing.queue = site_read(site);
    site_read_end(site); /* a CLI has no other thread */
    result = identity_devices(admin->cloud->identity, site_id(site), list_device, &listing);
    return result < 0 ? admin_errno(admin, "the devices could not be read", result) : ADMIN_OK;
}

int admin_device_revoke(struct admin *admin)
{
    const char *device = args_get(&admin->args, "device");
    int result = identity_device_revoke(admin->cloud->identity, device);

    if (result == -ENOENT)
        return admin_fail(admin, "--device %.40s: there is no such device; see: device list",
                          device);
    if (result < 0)
        return admin_errno(admin, "the device could not be revoked", result);
    cJSON_AddStringToObject(admin->result, "device", device);
    cJSON_AddBoolToObject(admin->result, "revoked", true);
    return ADMIN_OK;
}
