/* Snapshots: the queue at a place of its site's log, as JSON, for whoever is far behind or forked.
 *
 * {"version":1,"seq":812,"hash":"<64 hex>","state":"<16 hex>","rules":2,"settings":{..},
 *  "settings_event":"..","session":{..},"session_closed":true,"message":"..",
 *  "desks":[{"next":15,"web_next":0,"turns":12,"paused":true}],
 *  "letters":[{"letter":"A","device":"..","next":3,"retired":true}],
 *  "tickets":[{"id":"..","state":"waiting","number":"14",..}],
 *  "calls":[{"ticket":"..","number":"14","desk":1,"room":"r1","called":1795483320000}]}
 *
 * What is empty or 0 is left out; unknown fields are ignored. Places in the line count thousandths
 * of a millisecond, which may pass 2^53: they are strings of digits.
 */
#ifndef MACHIAI_CORE_SNAPSHOT_H
#define MACHIAI_CORE_SNAPSHOT_H

#include "entry.h"

enum {
    SNAPSHOT_VERSION = 1,
    SNAPSHOT_TEXT_MAX = 8 * 1024 * 1024 /* longest text; QUEUE_TICKETS_MAX tickets have room */
};

struct snapshot {
    int64_t seq;
    char hash[HASH_SIZE];
    struct queue queue; /* owned */
};

void snapshot_init(struct snapshot *snapshot);
void snapshot_finish(struct snapshot *snapshot);

/* Caller owns the result; NULL when memory runs out. */
cJSON *snapshot_to_json(const struct queue *queue, int64_t seq, const char *hash);

/* Strict, as all decoding here: wrong types, unknown states, desks or letters, too many tickets,
 * a number live twice are refused with -EINVAL and a path; so is a snapshot that gives another
 * digest than its `state`, and -ENOTSUP one of a later version or of rules that this program does
 * not know. ret is untouched on failure; on success the caller finishes it. */
int snapshot_from_json(const cJSON *json, struct snapshot *ret, char *error, size_t error_size)
    __attribute__((warn_unused_result));

#endif
