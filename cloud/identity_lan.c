/* What a kiosk needs to know its clinic's staff by while there is no line (identity.h). */
#include "identity_private.h"
#include "lan_check.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { SALT_SIZE = 16 };

struct parts {
    long memory_kib, rounds;
    unsigned char salt[SALT_SIZE], raw[LAN_CHECK_RAW_SIZE];
};

static bool decode(const char *text, size_t length, unsigned char *bytes, size_t size)
{
    size_t found = 0;

    return sodium_base642bin(bytes, size, text, length, NULL, &found, NULL,
                             sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
           found == size;
}

/* "$argon2id$v=19$m=65536,t=2,p=1$SALT$HASH" */
static bool take_apart(const char *text, struct parts *ret)
{
    int end = 0;
    const char *hash;

    if (sscanf(text, "$argon2id$v=19$m=%ld,t=%ld,p=1$%n", &ret->memory_kib, &ret->rounds, &end) !=
            2 ||
        end == 0)
        return false;
    hash = strchr(text + end, '$');
    return hash && decode(text + end, (size_t)(hash - text - end), ret->salt, SALT_SIZE) &&
           decode(hash + 1, strlen(hash + 1), ret->raw, LAN_CHECK_RAW_SIZE);
}

static void add_person(cJSON *list, const char *device, const char *user, const char *name,
                       const char *password)
{
    struct parts parts;
    char salt[2 * SALT_SIZE + 1], check[LAN_CHECK_SIZE];
    cJSON *item;

    if (!take_apart(password, &parts))
        return;
    lan_check(device, parts.raw, check);
    (void)sodium_bin2hex(salt, sizeof salt, parts.salt, SALT_SIZE);
    item = cJSON_CreateObject();
    cJSON_AddItemToArray(list, item);
    cJSON_AddStringToObject(item, "user", user);
    cJSON_AddStringToObject(item, "name", name);
    cJSON_AddNumberToObject(item, "memory_kib", (double)parts.memory_kib);
    cJSON_AddNumberToObject(item, "rounds", (double)parts.rounds);
    cJSON_AddStringToObject(item, "salt", salt);
    cJSON_AddStringToObject(item, "check", check);
    sodium_memzero(&parts, sizeof parts);
}

/* Rows of user ID, name and password hash. */
static int people(struct identity *identity, const char *site, struct db_rows **ret)
{
    return db_query(identity->db, ret,
                    "SELECT p.person, p.name, p.password FROM people p JOIN person_sites s ON "
                    "s.person = p.person WHERE s.site = $1 AND p.role = 'staff' AND p.locked "
                    "= 0 ORDER BY p.person LIMIT $2",
                    "ti", site, (int64_t)IDENTITY_LAN_PEOPLE_MAX);
}

int identity_lan_people(struct identity *identity, const char *site, const char *device,
                        cJSON **ret)
{
    cJSON *list = cJSON_CreateArray();
    struct db_rows *rows = NULL;
    int result = people(identity, site, &rows);
    while (result >= 0 && (result = db_next(rows)) == 1)
        add_person(list, device, db_text(rows, 0), db_text(rows, 1), db_text(rows, 2));
    db_done(rows);
    if (result < 0)
        cJSON_Delete(list);
    else
        *ret = list;
    return result < 0 ? result : 0;
}

int identity_lan_digest(struct identity *identity, const char *site, uint64_t *ret)
{
    crypto_generichash_state state;
    struct db_rows *rows = NULL;
    uint64_t digest = 0;
    int result = people(identity, site, &rows);

    (void)crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES);
    while (result >= 0 && (result = db_next(rows)) == 1)
        for (int i = 0; i < 3; i++) /* the terminator tells the columns apart */
            (void)crypto_generichash_update(&state, (const unsigned char *)db_text(rows, i),
                                            strlen(db_text(rows, i)) + 1);
    db_done(rows);
    if (result < 0)
        return result;
    unsigned char hash[crypto_generichash_BYTES];
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(&digest, hash, sizeof digest);
    *ret = digest ? digest : 1;
    return 0;
}
