/* Entries: an event with its place in the site's log.
 *
 * Each entry's hash covers the hash before it, so (seq, hash) names a whole history. A cursor whose
 * hash does not match means that the cloud's history was replaced.
 *
 * JSON: {"v":1,"seq":12,"at":1795483320000,"verdict":"applied","reason":"","hash":"<64
 * hex>","state":"<16 hex>","event":{..}}
 *
 * `state` is the digest of the queue after the entry, as its author has it: whoever applies the
 * entry and gets another one has other rules or a fault, takes a snapshot and reports. The hash
 * does not cover it. `v` is the version of this format, as in event.h: written, absent is 1, not
 * covered either; an entry of a later version is refused by its path.
 */
#ifndef MACHIAI_CORE_ENTRY_H
#define MACHIAI_CORE_ENTRY_H

#include "queue.h"

enum {
    ENTRY_VERSION = 1,
    HASH_SIZE = 65, /* SHA-256 as lower-case hex */
    STATE_SIZE = 17 /* queue_digest() as lower-case hex */
};

struct entry {
    int64_t seq; /* 1, 2, ... for ever */
    int64_t at;  /* effective time: claim clamped between the author's base and receipt */
    enum verdict verdict;
    enum reason reason;
    char hash[HASH_SIZE];
    char state[STATE_SIZE]; /* "" = not told: an entry of an earlier version */
    char *text; /* the event as stored: cJSON_PrintUnformatted of what was received; owned */
    struct event event;
};

/* The hash before the first entry. */
extern const char entry_first_hash[HASH_SIZE];

void entry_init(struct entry *entry);
void entry_finish(struct entry *entry);

/* Hash of an entry that follows prev. */
void entry_hash(const char *prev, int64_t seq, int64_t at, enum verdict verdict, const char *text,
                char ret[static HASH_SIZE]);

/* The digest of a queue as entries carry it. */
void entry_state(const struct queue *queue, char ret[static STATE_SIZE]);

/* The queue after the entry is the one that its author had, as far as the entry tells. */
bool entry_agrees(const struct entry *entry, const struct queue *queue);

/* -EINVAL with a path for a malformed one. Does not check the hash: the caller knows what came
 * before (entry_follows). */
int entry_from_json(const cJSON *json, struct entry *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));
cJSON *entry_to_json(const struct entry *entry);

/* The entry is the one right after (seq, hash) and its own hash is true. */
bool entry_follows(const struct entry *entry, int64_t seq, const char *hash);

#endif
