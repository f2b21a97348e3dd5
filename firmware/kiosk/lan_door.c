/* Who may come in at the page on the clinic's network: passwords are checked without the cloud,
 * misses counted, sessions kept in memory (a restart of the kiosk ends them). */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "lan_private.h"

enum { MEMORY_MAX_KIB = 256 * 1024, ROUNDS_MAX = 8, KIB = 1024 };

#define COPY(target, text) ((void)snprintf(target, sizeof(target), "%s", text))

void lan_door_init(struct lan_door *door)
{
    (void)pthread_mutex_init(&door->lock, NULL);
    (void)pthread_mutex_init(&door->hashing, NULL);
}

void lan_door_finish(struct lan_door *door)
{
    sodium_memzero(door->people, sizeof door->people);
    sodium_memzero(door->sessions, sizeof door->sessions);
    (void)pthread_mutex_destroy(&door->lock);
    (void)pthread_mutex_destroy(&door->hashing);
}

/* -- people ------------------------------------------------------------------------------------ */

static const char *word(const cJSON *json, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
    return text ? text : "";
}

static int64_t figure(const cJSON *json, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, name);
    return cJSON_IsNumber(item) && item->valuedouble > 0 && item->valuedouble < 1e9
               ? (int64_t)item->valuedouble
               : 0;
}

static bool read_person(const cJSON *json, struct lan_person *ret)
{
    struct lan_person person = {.memory_kib = figure(json, "memory_kib"),
                                .rounds = figure(json, "rounds")};
    const char *salt = word(json, "salt"), *user = word(json, "user"), *name = word(json, "name");
    size_t size = 0;
    COPY(person.user, user);
    COPY(person.name, name);
    COPY(person.check, word(json, "check"));
    bool good =
        *user && strlen(user) < sizeof person.user && strlen(name) < sizeof person.name &&
        strlen(person.check) == LAN_CHECK_SIZE - 1 && person.memory_kib >= 8 &&
        person.memory_kib <= MEMORY_MAX_KIB && person.rounds > 0 && person.rounds <= ROUNDS_MAX &&
        sodium_hex2bin(person.salt, sizeof person.salt, salt, strlen(salt), NULL, &size, NULL) ==
            0 &&
        size == sizeof person.salt;
    if (good)
        *ret = person;
    return good;
}

/* Under the lock. */
static const struct lan_person *person_of(const struct lan_door *door, const char *user)
{
    for (int i = 0; i < door->people_count; i++)
        if (strcmp(door->people[i].user, user) == 0)
            return &door->people[i];
    return NULL;
}

void lan_door_people(struct lan_door *door, const char *json)
{
    cJSON *list = cJSON_Parse(json);
    const cJSON *item;
    pthread_mutex_lock(&door->lock);
    door->people_count = 0;
    cJSON_ArrayForEach (item, list) {
        if (door->people_count < LAN_PEOPLE_MAX &&
            read_person(item, &door->people[door->people_count]))
            door->people_count++;
    }
    for (int i = 0; i < LAN_SESSIONS_MAX; i++) {
        struct lan_session *session = &door->sessions[i];
        const struct lan_person *person = person_of(door, session->user);
        if (!person || strcmp(person->check, session->check) != 0)
            *session = (struct lan_session){0};
    }
    pthread_mutex_unlock(&door->lock);
    cJSON_Delete(list);
}

int lan_door_count(struct lan_door *door)
{
    pthread_mutex_lock(&door->lock);
    int count = door->people_count;
    pthread_mutex_unlock(&door->lock);
    return count;
}

/* -- misses ------------------------------------------------------------------------------------ */

struct tally {
    int both, user, address;
    int64_t oldest_ms;
};

static struct tally count_misses(const struct lan_door *door, const char *user, const char *address,
                                 int64_t now)
{
    struct tally tally = {.oldest_ms = now};
    for (int i = 0; i < LAN_NOTED_MISSES_MAX; i++) {
        const struct lan_miss *miss = &door->misses[i];
        bool same_user = strcmp(miss->user, user) == 0;
        bool same_address = strcmp(miss->address, address) == 0;
        if (!miss->at_ms || now - miss->at_ms >= LAN_WINDOW_MS || !(same_user || same_address))
            continue;
        tally.both += same_user && same_address;
        tally.user += same_user;
        tally.address += same_address;
        if (miss->at_ms < tally.oldest_ms)
            tally.oldest_ms = miss->at_ms;
    }
    return tally;
}

int lan_door_try(struct lan_door *door, const char *user, const char *address)
{
    int64_t now = lan_up();
    int seconds = 0;
    pthread_mutex_lock(&door->lock);
    struct tally tally = count_misses(door, user, address, now);
    if (tally.both >= LAN_MISSES_MAX || tally.user >= LAN_USER_MISSES_MAX ||
        tally.address >= LAN_ADDRESS_MISSES_MAX) {
        seconds = (int)((tally.oldest_ms + LAN_WINDOW_MS - now) / 1000) + 1;
    } else {
        struct lan_miss *miss = &door->misses[door->miss_next++ % LAN_NOTED_MISSES_MAX];
        miss->at_ms = now;
        COPY(miss->user, user);
        COPY(miss->address, address);
    }
    pthread_mutex_unlock(&door->lock);
    return seconds;
}

void lan_door_forgive(struct lan_door *door, const char *user, const char *address)
{
    pthread_mutex_lock(&door->lock);
    for (int i = 0; i < LAN_NOTED_MISSES_MAX; i++) {
        struct lan_miss *miss = &door->misses[i];
        if (strcmp(miss->user, user) == 0 && strcmp(miss->address, address) == 0)
            *miss = (struct lan_miss){0};
    }
    pthread_mutex_unlock(&door->lock);
}

/* -- passwords --------------------------------------------------------------------------------- */

bool lan_door_check(struct lan_door *door, const char *device, const char *user,
                    const char *password)
{
    /* An unknown user costs the same work. */
    struct lan_person person = {.memory_kib = 64 * KIB, .rounds = 2};
    unsigned char raw[LAN_CHECK_RAW_SIZE];
    char check[LAN_CHECK_SIZE];
    pthread_mutex_lock(&door->lock);
    const struct lan_person *found = person_of(door, user);
    bool known = found != NULL;
    if (known)
        person = *found;
    pthread_mutex_unlock(&door->lock);
    pthread_mutex_lock(&door->hashing);
    int result = crypto_pwhash(raw, sizeof raw, password, strlen(password), person.salt,
                               (unsigned long long)person.rounds, (size_t)person.memory_kib * KIB,
                               crypto_pwhash_ALG_ARGON2ID13);
    pthread_mutex_unlock(&door->hashing);
    if (result != 0)
        return false; /* no memory for it */
    lan_check(device, raw, check);
    sodium_memzero(raw, sizeof raw);
    return known && sodium_memcmp(check, person.check, sizeof check) == 0;
}

/* -- sessions ---------------------------------------------------------------------------------- */

static void random_token(char token[static LAN_TOKEN_SIZE])
{
    unsigned char bytes[32];
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2base64(token, LAN_TOKEN_SIZE, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void hash_token(const char *token, unsigned char hash[static LAN_HASH_SIZE])
{
    (void)crypto_hash_sha256(hash, (const unsigned char *)token, strlen(token));
}

bool lan_door_open(struct lan_door *door, const char *user, char token[static LAN_TOKEN_SIZE],
                   struct lan_session *ret)
{
    struct lan_session session = {.seen_ms = lan_up()};
    random_token(token);
    random_token(session.csrf);
    hash_token(token, session.hash);
    COPY(session.user, user);
    pthread_mutex_lock(&door->lock);
    const struct lan_person *person = person_of(door, user);
    struct lan_session *place = &door->sessions[0];
    for (int i = 1; i < LAN_SESSIONS_MAX; i++)
        if (door->sessions[i].seen_ms < place->seen_ms)
            place = &door->sessions[i];
    if (person) {
        memcpy(session.name, person->name, sizeof session.name);
        memcpy(session.check, person->check, sizeof session.check);
        *ret = *place = session;
    }
    pthread_mutex_unlock(&door->lock);
    return person != NULL;
}

/* Under the lock. */
static struct lan_session *session_hashed(struct lan_door *door, const unsigned char *hash)
{
    for (int i = 0; i < LAN_SESSIONS_MAX; i++) {
        struct lan_session *session = &door->sessions[i];
        if (session->seen_ms && sodium_memcmp(session->hash, hash, LAN_HASH_SIZE) == 0)
            return session;
    }
    return NULL;
}

/* Under the lock. */
static struct lan_session *session_of(struct lan_door *door, const char *token)
{
    unsigned char hash[LAN_HASH_SIZE];
    hash_token(token, hash);
    return session_hashed(door, hash);
}

bool lan_door_stands(struct lan_door *door, const unsigned char hash[static LAN_HASH_SIZE])
{
    int64_t now = lan_up();
    pthread_mutex_lock(&door->lock);
    const struct lan_session *session = session_hashed(door, hash);
    bool stands = session && now - session->seen_ms < LAN_IDLE_MS;
    pthread_mutex_unlock(&door->lock);
    return stands;
}

bool lan_door_find(struct lan_door *door, const char *token, struct lan_session *ret)
{
    int64_t now = lan_up();
    pthread_mutex_lock(&door->lock);
    struct lan_session *session = session_of(door, token);
    bool found = session && now - session->seen_ms < LAN_IDLE_MS;
    if (found) {
        session->seen_ms = now;
        *ret = *session;
    }
    pthread_mutex_unlock(&door->lock);
    return found;
}

void lan_door_close(struct lan_door *door, const char *token)
{
    pthread_mutex_lock(&door->lock);
    struct lan_session *session = session_of(door, token);
    if (session)
        *session = (struct lan_session){0};
    pthread_mutex_unlock(&door->lock);
}
