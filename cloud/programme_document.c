#include "programme_document.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contents.h"
#include "programmes.h"

enum { DIGEST_SIZE = 65 };

void programme_document_finish(struct programme_document *document)
{
    cJSON_free(document->text);
    document->text = NULL;
}

/* -- what it holds ----------------------------------------------------------------------------- */

static int64_t last_end(const struct programme_set *set)
{
    int64_t last = 0;

    for (int i = 0; i < set->programme_count; i++)
        last = set->programmes[i].to > last ? set->programmes[i].to : last;
    return last;
}

static int fill_contents(struct db *db, struct programme_set *set)
{
    struct content catalogue[PROGRAMME_SUBSTITUTES_MAX];
    int count = 0, result;

    result = contents_of_site(db, set->site, set->clinic, PROGRAMME_CLINIC_MAX, &set->clinic_count);
    if (result == 0)
        result = contents_withdrawn(db, set->site, set->withdrawn, PROGRAMME_WITHDRAWN_MAX,
                                    &set->withdrawn_count);
    if (result == 0)
        result = contents_substitutes(db, catalogue, PROGRAMME_SUBSTITUTES_MAX, &count);
    for (int i = 0; result == 0 && i < count; i++)
        programmes_add_substitute(set, &catalogue[i]);
    return result;
}

static int fill(struct cloud *cloud, struct site *site, struct programme_set *set)
{
    const struct settings *settings;
    int result;

    programme_set_init(set);
    (void)snprintf(set->site, sizeof(set->site), "%s", site_id(site));
    settings = &site_read(site)->settings;
    set->utc_offset_min = settings->utc_offset_min;
    set->video_service = settings->video_service;
    site_read_end(site);
    result = programmes_fill(cloud->db, site_id(site), site_now(site), set);
    set->expires = last_end(set);
    if (result == 0)
        result = fill_contents(cloud->db, set);
    return result;
}

static char *text_of(const struct programme_set *set)
{
    cJSON *json = programme_set_to_json(set);
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;

    cJSON_Delete(json);
    return text;
}

/* Periods that are far away wait for a later document when all would be too long for a device. */
static char *text_that_fits(struct programme_set *set)
{
    char *text = text_of(set);

    while (text && strlen(text) > PROGRAMME_DOCUMENT_MAX && set->programme_count > 1) {
        int last = 0;

        for (int i = 1; i < set->programme_count; i++)
            if (set->programmes[i].from > set->programmes[last].from)
                last = i;
        set->programme_count--;
        memmove(&set->programmes[last], &set->programmes[last + 1],
                (size_t)(set->programme_count - last) * sizeof(set->programmes[0]));
        set->expires = last_end(set);
        cJSON_free(text);
        text = text_of(set);
    }
    return text;
}

static bool holds_nothing(const struct programme_set *set)
{
    return set->programme_count == 0 && set->clinic_count == 0 && set->substitute_count == 0 &&
           set->withdrawn_count == 0;
}

/* -- editions ---------------------------------------------------------------------------------- */

/* 1: the document of that digest is the present one, in *ret; 0: *ret_edition is the last one's, 0
 * for none. */
static int find(struct db *db, const char *site, const char *digest, int64_t *ret_edition,
                struct programme_document *ret)
{
    struct db_rows *rows = NULL;
    int result, found = 0;

    result = db_query(db, &rows,
                      "SELECT edition, digest, document, key_id, signature FROM programme_document "
                      "WHERE site = $1",
                      "t", site);
    if (result == 0)
        result = db_next(rows);
    if (result == 1) {
        *ret_edition = db_int(rows, 0);
        found = strcmp(db_text(rows, 1), digest) == 0;
    }
    if (found) {
        struct programme_document document = {.text = strdup(db_text(rows, 2)),
                                              .edition = db_int(rows, 0)};

        (void)snprintf(document.key_id, sizeof(document.key_id), "%s", db_text(rows, 3));
        (void)snprintf(document.signature, sizeof(document.signature), "%s", db_text(rows, 4));
        if (document.text)
            *ret = document;
        else
            result = -ENOMEM;
    }
    db_done(rows);
    return result < 0 ? result : found;
}

static int make(struct cloud *cloud, struct site *site, struct programme_set *set,
                const char *digest, int64_t last, struct programme_document *ret)
{
    struct programme_document document = {.text = NULL};
    int result;

    set->made = site_now(site);
    set->edition = set->made > last ? set->made : last + 1;
    document.edition = set->edition;
    document.text = text_of(set);
    if (!document.text)
        return -ENOMEM;
    result = signing_sign(cloud->data_dir, document.text, document.key_id, document.signature);
    if (result == 0)
        result = db_run(cloud->db,
                        "INSERT INTO programme_document (site, edition, digest, document, key_id, "
                        "signature) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (site) DO UPDATE "
                        "SET edition = $2, digest = $3, document = $4, key_id = $5, signature = $6",
                        "titttt", site_id(site), document.edition, digest, document.text,
                        document.key_id, document.signature);
    if (result < 0) {
        programme_document_finish(&document);
        return result;
    }
    *ret = document;
    return 0;
}

static int digest_of(struct cloud *cloud, const char *text, char ret[static DIGEST_SIZE])
{
    uint8_t hash[crypto_generichash_BYTES];
    char key_id[SIGNING_KEY_ID_SIZE];
    crypto_generichash_state state;
    int result = signing_key_id(cloud->data_dir, key_id);

    if (result < 0)
        return result;
    (void)crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    (void)crypto_generichash_update(&state, (const uint8_t *)key_id, sizeof(key_id));
    (void)crypto_generichash_update(&state, (const uint8_t *)text, strlen(text));
    (void)crypto_generichash_final(&state, hash, sizeof(hash));
    (void)sodium_bin2hex(ret, DIGEST_SIZE, hash, sizeof(hash));
    return 0;
}

static int get(struct cloud *cloud, struct site *site, struct programme_set *set,
               struct programme_document *ret)
{
    char digest[DIGEST_SIZE], *text;
    int64_t last = 0;
    int result = fill(cloud, site, set);

    if (result < 0)
        return result;
    text = text_that_fits(set);
    if (!text)
        return -ENOMEM;
    result = digest_of(cloud, text, digest);
    cJSON_free(text);
    if (result == 0)
        result = find(cloud->db, site_id(site), digest, &last, ret);
    if (result != 0)
        return result < 0 ? result : 0;
    if (last == 0 && holds_nothing(set)) {
        *ret = (struct programme_document){.text = NULL};
        return 0;
    }
    return make(cloud, site, set, digest, last, ret);
}

int programme_document_get(struct cloud *cloud, struct site *site, struct programme_document *ret)
{
    struct programme_set *set = malloc(sizeof(*set));
    struct programme_document document = {.text = NULL};
    int result;

    if (!set)
        return -ENOMEM;
    result = db_begin(cloud->db);
    if (result == 0) {
        result = get(cloud, site, set, &document);
        if (result < 0)
            db_rollback(cloud->db);
        else
            result = db_commit(cloud->db);
    }
    free(set);
    if (result < 0)
        programme_document_finish(&document);
    else
        *ret = document;
    return result;
}
