#include <errno.h>
#include <string.h>

#include "admin.h"
#include "film.h"
#include "identity.h"
#include "programmes.h"

static int read_kind(const char *name, enum content_kind *ret)
{
    for (int i = 0; i < CONTENT_KIND_COUNT; i++)
        if (strcmp(content_kind_name((enum content_kind)i), name) == 0) {
            *ret = (enum content_kind)i;
            return 0;
        }
    return -EINVAL;
}

int admin_film_add(struct admin *admin)
{
    struct content film;
    enum content_kind kind;

    if (read_kind(args_get(&admin->args, "kind"), &kind) < 0)
        return admin_fail(admin, "--kind must be health, advertisement, introduction, self_made, "
                                 "notice or substitute");
    if (film_add(admin->cloud, args_get(&admin->args, "file"), kind,
                 args_get(&admin->args, "title"), &film, admin->error, sizeof(admin->error)) < 0)
        return ADMIN_FAILED;
    cJSON_AddStringToObject(admin->result, "sha256", film.sha256);
    cJSON_AddNumberToObject(admin->result, "duration_ms", (double)film.duration_ms);
    cJSON_AddNumberToObject(admin->result, "size", (double)film.size);
    return ADMIN_OK;
}

int admin_programme_add(struct admin *admin)
{
    struct site *site = admin_site(admin);
    cJSON *table = site ? admin_read_json(admin, args_get(&admin->args, "file")) : NULL;
    char id[UID_SIZE];
    int utc_offset_min, result;

    if (!table)
        return ADMIN_FAILED;
    utc_offset_min = site_read(site)->settings.utc_offset_min;
    site_read_end(site);
    (void)admin_fail(admin, "the programme could not be stored");
    result = programmes_add(admin->cloud->db, site_id(site), utc_offset_min, table, cloud_now(NULL),
                            id, admin->error, sizeof(admin->error));
    cJSON_Delete(table);
    if (result < 0)
        return ADMIN_FAILED;
    cJSON_AddStringToObject(admin->result, "programme", id);
    return ADMIN_OK;
}

/* The site of --programme. */
static int find_site(struct admin *admin, char site[static UID_SIZE])
{
    const char *programme = args_get(&admin->args, "programme");
    int result = programmes_site(admin->cloud->db, programme, site);

    if (result == -ENOENT)
        return admin_fail(
            admin, "--programme %.40s: there is no such programme; see: programme list", programme);
    return result < 0 ? admin_errno(admin, "the programme could not be read", result) : ADMIN_OK;
}

/* Prints how the programme stands now. */
static int report(struct admin *admin, const char *site)
{
    static const char *const shown[] = {"state", "distributed", "deadline", "approved",
                                        "approved_by"};
    const char *programme = args_get(&admin->args, "programme");
    cJSON *json = NULL;
    int result;

    result = programmes_get(admin->cloud->db, site, programme, cloud_now(NULL), &json);
    if (result < 0)
        return admin_errno(admin, "the programme could not be read", result);
    cJSON_AddStringToObject(admin->result, "programme", programme);
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        cJSON_AddItemToObject(admin->result, shown[i],
                              cJSON_DetachItemFromObjectCaseSensitive(json, shown[i]));
    cJSON_Delete(json);
    return ADMIN_OK;
}

int admin_programme_distribute(struct admin *admin)
{
    char site[UID_SIZE];
    int result;

    if (find_site(admin, site) != ADMIN_OK)
        return ADMIN_FAILED;
    result = programmes_distribute(admin->cloud->db, site, args_get(&admin->args, "programme"),
                                   cloud_now(NULL));
    if (result < 0)
        return admin_errno(admin, "the programme could not be distributed", result);
    return report(admin, site);
}

int admin_programme_list(struct admin *admin)
{
    struct site *site = admin_site(admin);
    cJSON *list = NULL;
    int result;

    if (!site)
        return ADMIN_FAILED;
    result = programmes_list(admin->cloud->db, site_id(site), true, cloud_now(NULL), &list);
    if (result < 0)
        return admin_errno(admin, "the programmes could not be read", result);
    cJSON_AddItemToObject(admin->result, "programmes", list);
    return ADMIN_OK;
}

/* Approval is the contractor's act (terms 20), typed here on the contractor's behalf. */
static int find_contractor(struct admin *admin, const char *site, struct identity_who *ret)
{
    const char *user = args_get(&admin->args, "user");
    int result = identity_user_load(admin->cloud->identity, user, ret);

    if (result < 0)
        return admin_errno(admin, "the user could not be read", result);
    if (result == 0)
        return admin_fail(admin, "--user %.40s: there is no such user; make one with: user add",
                          user);
    if (ret->role != IDENTITY_CONTRACTOR || !identity_may_site(ret, site))
        return admin_fail(admin,
                          "--user %.40s is no contractor of the programme's site; name one "
                          "who is",
                          user);
    return ADMIN_OK;
}

int admin_programme_approve(struct admin *admin)
{
    struct identity_who who;
    char site[UID_SIZE];
    int result;

    if (find_site(admin, site) != ADMIN_OK || find_contractor(admin, site, &who) != ADMIN_OK)
        return ADMIN_FAILED;
    result = programmes_approve(admin->cloud->db, site, args_get(&admin->args, "programme"),
                                who.name, cloud_now(NULL));
    if (result == -EAGAIN)
        return admin_fail(admin, "the programme has not been distributed; first: programme "
                                 "distribute");
    if (result == -ETIME)
        return admin_fail(admin, "the deadline for approval has passed; substitute content plays");
    if (result < 0)
        return admin_errno(admin, "the programme could not be approved", result);
    return report(admin, site);
}
