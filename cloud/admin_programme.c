#include <errno.h>
#include <string.h>

#include "admin.h"
#include "contents.h"
#include "film.h"
#include "identity.h"
#include "programme_model.h"
#include "reminders.h"
#include "signing.h"

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

/* For many sites: each takes the times by its own clock; until then they are read as Japan's. */
enum { JAPAN_OFFSET_MIN = 9 * 60 };

int admin_programme_add(struct admin *admin)
{
    bool one = args_has(&admin->args, "site");
    struct site *site = one ? admin_site(admin) : NULL;
    cJSON *table = site || !one ? admin_read_json(admin, args_get(&admin->args, "file")) : NULL;
    char id[UID_SIZE];
    int result;

    if (!table)
        return ADMIN_FAILED;
    (void)admin_fail(admin, "the programme could not be stored");
    if (site) {
        int utc_offset_min = site_read(site)->settings.utc_offset_min;

        site_read_end(site);
        result = programmes_add(admin->cloud->db, site_id(site), utc_offset_min, table,
                                cloud_now(NULL), id, admin->error, sizeof(admin->error));
    } else {
        result = programme_model_add(admin->cloud->db, table, JAPAN_OFFSET_MIN, "admin",
                                     cloud_now(NULL), id, admin->error, sizeof(admin->error));
    }
    cJSON_Delete(table);
    if (result < 0)
        return ADMIN_FAILED;
    cJSON_AddStringToObject(admin->result, "programme", id);
    return ADMIN_OK;
}

static int note(struct admin *admin, const char *act, const char *programme, const char *who)
{
    int result = identity_note(admin->cloud->identity, act, programme, who, "admin");

    return result < 0 ? admin_errno(admin, "it is done, but not noted", result) : ADMIN_OK;
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

/* The sites that --site names, or NULL with error. */
static cJSON *named_sites(struct admin *admin)
{
    cJSON *list = cJSON_CreateArray();
    const char *name;

    for (int i = 0; (name = args_at(&admin->args, "site", i)); i++) {
        struct site *site = admin_find_site(admin, name);

        if (!site) {
            cJSON_Delete(list);
            return NULL;
        }
        cJSON_AddItemToArray(list, cJSON_CreateString(site_id(site)));
    }
    return list;
}

int admin_programme_distribute(struct admin *admin)
{
    const char *programme = args_get(&admin->args, "programme");
    bool all = args_has(&admin->args, "all"), named = args_has(&admin->args, "site");
    char own[UID_SIZE];
    cJSON *sites = NULL, *told = NULL;
    int result;

    if (!named && !all && programmes_site(admin->cloud->db, programme, own) < 0) {
        if (programme_model_get(admin->cloud->db, programme, &told) < 0)
            return admin_fail(admin,
                              "--programme %.40s: there is no such programme; see: programme list",
                              programme);
        cJSON_Delete(told);
        return admin_fail(admin, "this programme is for many sites: say --site S, or --all");
    }
    if (named && !(sites = named_sites(admin))) {
        return ADMIN_FAILED;
    }
    (void)admin_fail(admin, "--programme %.40s: there is no such programme; see: programme list",
                     programme);
    result = programme_model_distribute(admin->cloud, programme, sites, &told, admin->error,
                                        sizeof(admin->error));
    cJSON_Delete(sites);
    if (result < 0)
        return result == -ENOENT || result == -EINVAL || result == -ESRCH
                   ? ADMIN_FAILED
                   : admin_errno(admin, "the programme could not be distributed", result);
    cJSON_Delete(admin->result);
    admin->result = told;
    if (note(admin, "programme_distributed", programme, "admin") != ADMIN_OK)
        return ADMIN_FAILED;
    return named || all ? ADMIN_OK : report(admin, own);
}

int admin_programme_list(struct admin *admin)
{
    struct site *site = NULL;
    cJSON *list = NULL;
    int result;

    if (args_has(&admin->args, "site") && !(site = admin_site(admin)))
        return ADMIN_FAILED;
    result = site ? programmes_list(admin->cloud->db, site_id(site), true, cloud_now(NULL), &list)
                  : programme_model_list(admin->cloud->db, cloud_now(NULL), &list);
    if (result < 0)
        return admin_errno(admin, "the programmes could not be read", result);
    cJSON_AddItemToObject(admin->result, "programmes", list);
    return ADMIN_OK;
}

int admin_programme_sites(struct admin *admin)
{
    const char *programme = args_get(&admin->args, "programme");
    cJSON *list = NULL;
    int result = programme_model_sites(admin->cloud, programme, &list);

    if (result == -ENOENT)
        return admin_fail(
            admin, "--programme %.40s: there is no such programme; see: programme list", programme);
    if (result < 0)
        return admin_errno(admin, "the programme could not be read", result);
    cJSON_AddItemToObject(admin->result, "sites", list);
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
    if (note(admin, "programme_approved", args_get(&admin->args, "programme"), who.id) != ADMIN_OK)
        return ADMIN_FAILED;
    return report(admin, site);
}

/* Why a film was not swapped in. */
static int fail_swap(struct admin *admin, int result)
{
    switch (result) {
    case -EAGAIN:
        return admin_fail(admin, "the programme has not been distributed; first: programme "
                                 "distribute");
    case -ETIME:
        return admin_fail(admin, "the deadline for approval has passed; nothing is swapped now");
    case -EDOM:
        return admin_fail(admin,
                          "--item: the table has no film in this place; see: programme list");
    case -EPERM:
        return admin_fail(admin, "--film: this film may not be swapped in");
    case -EXDEV:
        return admin_fail(admin, "--film: here a film of the same kind may stand, or one of the "
                                 "clinic's own");
    default:
        return admin_errno(admin, "the film could not be swapped in", result);
    }
}

int admin_programme_swap(struct admin *admin)
{
    struct identity_who who;
    char site[UID_SIZE];
    bool taken_back = false;
    int64_t index = 0;
    int result;

    if (find_site(admin, site) != ADMIN_OK || find_contractor(admin, site, &who) != ADMIN_OK ||
        admin_number(admin, "item", 0, PROGRAMME_ITEMS_MAX - 1, 0, &index) != ADMIN_OK)
        return ADMIN_FAILED;
    result =
        programmes_swap(admin->cloud->db, site, args_get(&admin->args, "programme"), (int)index,
                        args_get(&admin->args, "film"), cloud_now(NULL), &taken_back);
    if (result < 0)
        return fail_swap(admin, result);
    cJSON_AddBoolToObject(admin->result, "approval_taken_back", taken_back);
    if (note(admin, "programme_swapped", args_get(&admin->args, "programme"), who.id) != ADMIN_OK)
        return ADMIN_FAILED;
    return report(admin, site);
}

int admin_programme_key(struct admin *admin)
{
    const char *act = args_get(&admin->args, "act");
    bool rotate = strcmp(act, "rotate") == 0;
    char key_id[SIGNING_KEY_ID_SIZE];
    int result;

    if (!rotate && strcmp(act, "show") != 0)
        return admin_fail(admin, "programme key: show or rotate");
    result = rotate ? signing_rotate(admin->cloud->data_dir, key_id)
                    : signing_key_id(admin->cloud->data_dir, key_id);
    if (result < 0)
        return admin_errno(admin, "the key could not be used", result);
    if (rotate) /* every document is to be signed anew, and devices ask for it */
        result = contents_changed(admin->cloud->db, "");
    if (result < 0)
        return admin_errno(admin, "the new key is there; devices take it at their next question",
                           result);
    cJSON_AddStringToObject(admin->result, "key_id", key_id);
    return rotate ? note(admin, "programme_key_rotated", key_id, "admin") : ADMIN_OK;
}

int admin_user_mail(struct admin *admin)
{
    const char *user = args_get(&admin->args, "user"), *address = args_get(&admin->args, "address");
    struct identity_who who;
    int result = identity_user_load(admin->cloud->identity, user, &who);

    if (result == 0)
        return admin_fail(admin, "--user %.40s: there is no such user", user);
    if (!address == !args_has(&admin->args, "none"))
        return admin_fail(admin, "say --address A, or --none");
    if (result > 0)
        result = reminders_address_set(admin->cloud->db, who.id, address ? address : "");
    if (result == -EINVAL)
        return admin_fail(admin, "--address %.80s: is no e-mail address", address);
    if (result < 0)
        return admin_errno(admin, "the address could not be stored", result);
    cJSON_AddStringToObject(admin->result, "user", who.id);
    cJSON_AddStringToObject(admin->result, "address", address ? address : "");
    return ADMIN_OK;
}
