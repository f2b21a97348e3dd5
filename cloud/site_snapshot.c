#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "logging.h"
#include "site_private.h"

/* The state's bytes as they are in memory: whoever changes a field of the queue changes
 * MACHIAI_RULES, the hash of the domain's sources, and the snapshot is no longer read. */
static void *pack(const struct queue *queue, size_t *ret_size)
{
    size_t tickets = (size_t)queue->count * sizeof(*queue->tickets);
    unsigned char *bytes = malloc(sizeof(*queue) + tickets);
    struct queue *head = (struct queue *)bytes;

    if (!bytes)
        return NULL;
    memcpy(head, queue, sizeof(*queue));
    head->tickets = NULL;
    if (tickets > 0)
        memcpy(bytes + sizeof(*queue), queue->tickets, tickets);
    *ret_size = sizeof(*queue) + tickets;
    return bytes;
}

static int unpack(const void *bytes, size_t size, struct queue *ret)
{
    struct queue queue;
    size_t tickets;

    if (size < sizeof(queue))
        return -EBADMSG;
    memcpy(&queue, bytes, sizeof(queue));
    if (queue.count < 0 || queue.count > QUEUE_TICKETS_MAX)
        return -EBADMSG;
    tickets = (size_t)queue.count * sizeof(*queue.tickets);
    if (size != sizeof(queue) + tickets)
        return -EBADMSG;
    queue.tickets = malloc(tickets ? tickets : 1);
    if (!queue.tickets)
        return -ENOMEM;
    memcpy(queue.tickets, (const unsigned char *)bytes + sizeof(queue), tickets);
    queue.capacity = queue.count;
    queue_finish(ret);
    *ret = queue;
    return 0;
}

int site_snapshot_load(struct site *site)
{
    struct db_rows *rows = NULL;
    const void *bytes;
    size_t size;
    int result;

    result = db_query(site->sites->options.db, &rows,
                      "SELECT s.seq, s.hash, s.state FROM snapshot s JOIN log l ON l.site = s.site "
                      "AND l.seq = s.seq AND l.hash = s.hash WHERE s.site = $1 AND s.rules = $2",
                      "tt", site->id, MACHIAI_RULES);
    if (result == 0)
        result = db_next(rows);
    if (result == 1) {
        bytes = db_blob(rows, 2, &size);
        result = unpack(bytes, size, &site->queue);
        if (result == 0) {
            site->seq = db_int(rows, 0);
            memcpy(site->hash, db_text(rows, 1), HASH_SIZE);
            site->snapshot_seq = site->seq;
        } else if (result == -EBADMSG) {
            log_warning("site %s: the stored snapshot is damaged and not used", site->id);
            result = 0;
        }
    }
    db_done(rows);
    return result;
}

static int store(struct site *site)
{
    char hash[HASH_SIZE];
    size_t size = 0;
    int64_t seq;
    void *bytes;
    int result;

    bytes = pack(site_read(site), &size);
    seq = site->seq;
    memcpy(hash, site->hash, sizeof(hash));
    site_read_end(site);
    if (!bytes)
        return -ENOMEM;
    result = db_run(site->sites->options.db,
                    "INSERT INTO snapshot (site, seq, hash, rules, state) VALUES ($1, $2, $3, $4, "
                    "$5) ON CONFLICT (site) DO UPDATE SET seq = $2, hash = $3, rules = $4, state = "
                    "$5",
                    "tittb", site->id, seq, hash, MACHIAI_RULES, bytes, size);
    free(bytes);
    if (result < 0)
        return result;
    (void)site_read(site);
    site->snapshot_seq = seq;
    site_read_end(site);
    return 0;
}

int site_keep_snapshot(struct site *site)
{
    int64_t behind;

    (void)site_read(site);
    behind = site->seq - site->snapshot_seq;
    site_read_end(site);
    return behind >= SITE_SNAPSHOT_EVERY ? store(site) : 0;
}
