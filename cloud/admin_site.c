#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admin.h"

enum {
    FIRST_CLINIC_NO = 1024,
    NUMBERS_A_DESK = 200, /* 1..199, 201..399, ...: a desk's range unless one is given */
    KEY_TRIES = 100
};

/* -- site -------------------------------------------------------------------------------------- */

static int free_clinic_no(struct sites *sites)
{
    int free_no = FIRST_CLINIC_NO;

    for (int i = 0; i < sites_count(sites); i++) {
        int used = atoi(site_clinic_no(sites_at(sites, i)));

        if (used >= free_no)
            free_no = used + 1;
    }
    return free_no;
}

static void set_string(cJSON *json, const char *key, const char *value)
{
    if (!value)
        return;
    cJSON_DeleteItemFromObjectCaseSensitive(json, key);
    cJSON_AddStringToObject(json, key, value);
}

int admin_site_add(struct admin *admin)
{
    const char *file = args_get(&admin->args, "settings");
    cJSON *settings = file ? admin_read_json(admin, file) : cJSON_CreateObject();
    char error[DB_ERROR_SIZE] = "", clinic_no[CLINIC_NO_SIZE + 4];
    struct site *site;
    int result;

    if (!settings)
        return ADMIN_FAILED;
    set_string(settings, "name", args_get(&admin->args, "name"));
    set_string(settings, "phone", args_get(&admin->args, "phone"));
    set_string(settings, "clinic_no", args_get(&admin->args, "clinic-no"));
    if (!cJSON_GetObjectItemCaseSensitive(settings, "clinic_no")) {
        (void)snprintf(clinic_no, sizeof(clinic_no), "%d", free_clinic_no(admin->cloud->sites));
        set_string(settings, "clinic_no", clinic_no);
    }
    result = sites_add(admin->cloud->sites, settings, "admin", &site, error, sizeof(error));
    cJSON_Delete(settings);
    if (result < 0)
        return admin_fail(admin, "%s", error);
    cJSON_AddStringToObject(admin->result, "site", site_id(site));
    cJSON_AddStringToObject(admin->result, "clinic_no", site_clinic_no(site));
    return ADMIN_OK;
}

static int change(struct admin *admin, struct site *site, const cJSON *settings)
{
    char error[DB_ERROR_SIZE] = "";

    if (site_change_settings(site, settings, "admin", error, sizeof(error)) < 0)
        return admin_fail(admin, "%s", error);
    cJSON_AddStringToObject(admin->result, "site", site_id(site));
    return ADMIN_OK;
}

int admin_site_settings(struct admin *admin)
{
    struct site *site = admin_site(admin);
    cJSON *settings = site ? admin_read_json(admin, args_get(&admin->args, "file")) : NULL;
    int result;

    if (!settings)
        return ADMIN_FAILED;
    if (!cJSON_GetObjectItemCaseSensitive(settings, "clinic_no"))
        set_string(settings, "clinic_no", site_clinic_no(site));
    result = admin_keep_service(admin, site, settings);
    if (result == ADMIN_OK)
        result = change(admin, site, settings);
    cJSON_Delete(settings);
    return result;
}

/* -- desk -------------------------------------------------------------------------------------- */

static cJSON *list_of(cJSON *settings, const char *key)
{
    cJSON *list = cJSON_GetObjectItemCaseSensitive(settings, key);

    return list ? list : cJSON_AddArrayToObject(settings, key);
}

/* A short name that no entry of the list has: "s1", "s2", ... */
static void free_key(const cJSON *list, char letter, char key[static KEY_SIZE])
{
    for (int i = 1; i <= KEY_TRIES; i++) {
        const cJSON *item;
        bool used = false;

        (void)snprintf(key, KEY_SIZE, "%c%d", letter, i);
        cJSON_ArrayForEach (item, list) {
            const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "id"));

            used = used || (id && strcmp(id, key) == 0);
        }
        if (!used)
            return;
    }
}

static int free_desk_no(const struct settings *settings)
{
    int desk_no = 1;

    while (settings_desk(settings, desk_no))
        desk_no++;
    return desk_no;
}

/* The first block of NUMBERS_A_DESK numbers that no desk uses; 0 when there is none. */
static int free_range(const struct settings *settings)
{
    for (int block = 0; block * NUMBERS_A_DESK < NUMBER_MAX; block++) {
        int first = block * NUMBERS_A_DESK + 1, last = first + NUMBERS_A_DESK - 2;
        bool used = false;

        for (int i = 0; i < settings->desk_count; i++)
            used = used || (settings->desks[i].first > 0 && settings->desks[i].first <= last &&
                            settings->desks[i].last >= first);
        if (!used)
            return first;
    }
    return 0;
}

static void add_named(cJSON *list, const char *id, int64_t desk_no, const char *name,
                      const char *name_en, const char *reading)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "id", id);
    cJSON_AddNumberToObject(item, "desk_no", (double)desk_no);
    cJSON_AddStringToObject(item, "name", name);
    set_string(item, "name_en", name_en);
    set_string(item, "reading", reading);
    cJSON_AddItemToArray(list, item);
}

static void add_rooms_and_services(const struct args *args, cJSON *settings, int64_t desk_no)
{
    cJSON *rooms = list_of(settings, "rooms"), *services = list_of(settings, "services");
    const char *name;
    char key[KEY_SIZE];

    for (int i = 0; (name = args_at(args, "room", i)); i++) {
        free_key(rooms, 'r', key);
        add_named(rooms, key, desk_no, name, args_at(args, "room-en", i),
                  args_at(args, "room-reading", i));
    }
    for (int i = 0; (name = args_at(args, "service", i)); i++) {
        const char *minutes = args_at(args, "service-minutes", i);

        free_key(services, 's', key);
        add_named(services, key, desk_no, name, args_at(args, "service-en", i), NULL);
        if (minutes)
            cJSON_AddNumberToObject(cJSON_GetArrayItem(services, cJSON_GetArraySize(services) - 1),
                                    "minutes", atoi(minutes));
    }
}

/* Completes --desk-no, --first and --last. */
static int choose_numbers(struct admin *admin, const struct settings *settings, bool payment,
                          int64_t *desk_no, int64_t *first, int64_t *last)
{
    int free_first = payment ? 0 : free_range(settings);
    int otherwise_last = free_first ? free_first + NUMBERS_A_DESK - 2 : 0;

    if (admin_number(admin, "desk-no", 1, 99, free_desk_no(settings), desk_no) != ADMIN_OK ||
        admin_number(admin, "first", 1, NUMBER_MAX, free_first, first) != ADMIN_OK ||
        admin_number(admin, "last", 1, NUMBER_MAX, otherwise_last, last) != ADMIN_OK)
        return ADMIN_FAILED;
    if (!payment && *first == 0)
        return admin_fail(admin, "all numbers belong to other desks; give --first and --last after "
                                 "changing theirs with: site settings");
    return ADMIN_OK;
}

static int add_desk(struct admin *admin, struct site *site, cJSON *settings)
{
    const char *kind = args_get(&admin->args, "kind");
    bool payment = kind && strcmp(kind, "payment") == 0;
    char queue_id[QUEUE_ID_SIZE + 8];
    int64_t desk_no, first, last;
    int result;

    result = choose_numbers(admin, &site_read(site)->settings, payment, &desk_no, &first, &last);
    site_read_end(site);
    if (result != ADMIN_OK)
        return result;
    cJSON *desk = cJSON_CreateObject();

    cJSON_AddNumberToObject(desk, "desk_no", (double)desk_no);
    cJSON_AddStringToObject(desk, "kind", kind ? kind : "consultation");
    cJSON_AddStringToObject(desk, "name", args_get(&admin->args, "name"));
    set_string(desk, "name_en", args_get(&admin->args, "name-en"));
    cJSON_AddNumberToObject(desk, "first", (double)first);
    cJSON_AddNumberToObject(desk, "last", (double)last);
    cJSON_AddItemToArray(list_of(settings, "desks"), desk);
    add_rooms_and_services(&admin->args, settings, desk_no);
    result = change(admin, site, settings);
    if (result != ADMIN_OK)
        return result;
    (void)snprintf(queue_id, sizeof(queue_id), "%s-%d", site_clinic_no(site), (int)desk_no);
    cJSON_AddNumberToObject(admin->result, "desk_no", (double)desk_no);
    cJSON_AddStringToObject(admin->result, "queue_id", queue_id);
    return ADMIN_OK;
}

int admin_desk_add(struct admin *admin)
{
    struct site *site = admin_site(admin);
    cJSON *settings = NULL;
    int result;

    if (!site)
        return ADMIN_FAILED;
    result = site_settings_json(site, &settings);
    if (result < 0)
        return admin_errno(admin, "the site's settings could not be read", result);
    result = add_desk(admin, site, settings);
    cJSON_Delete(settings);
    return result;
}
