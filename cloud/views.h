/* What screens and devices are sent, as JSON and as blocks of an event stream. */
#ifndef MACHIAI_CLOUD_VIEWS_H
#define MACHIAI_CLOUD_VIEWS_H

#include <cjson/cJSON.h>

#include "cloud.h"

/* As a desk number: the view of the whole site, for staff; and without patients' names (names.h).
 */
enum { VIEWS_STAFF = 0, VIEWS_NAMELESS = -1 };

/* The view of a desk for anyone (with "remote": reception.h), or of the site for staff, with "seq"
 * of the log's head. NULL when the desk is gone or memory runs out. *ret_revision: the site's
 * revision that it shows. */
cJSON *views_json(struct cloud *cloud, struct site *site, int desk_no, uint64_t *ret_revision);
/* The same as a block "id: SEQ:DIGEST event: queue data: ...". malloc()ed. *ret_digest is equal
 * where nothing but the time differs. */
char *views_block(struct cloud *cloud, struct site *site, int desk_no, uint64_t *ret_revision,
                  uint64_t *ret_digest);
/* "id: SEQ:HASH event: entry data: ..."; malloc()ed, NULL when memory runs out. */
char *views_entry_block(const struct entry *entry);

/* One open stream of a device; the argument of its http_reply_stream(). */
struct views_device {
    struct cloud *cloud;
    struct site *site;
    char device[UID_SIZE];
    int64_t after; /* entries that it has */
    bool restart;  /* its history is not ours: it must begin again */
    bool behind;   /* a snapshot costs it less than the log */
    bool recover;  /* ... unless it can give us back what follows our head */
    bool polls;    /* it comes again and again: whether it is connected, its reports tell */
    int64_t head;
    char head_hash[HASH_SIZE];
};

/* The stream of a view, and of a site's devices, on one listener. */
struct http_channel *views_channel(struct door *door, const struct site *site, int desk_no);
struct http_channel *views_device_channel(struct door *door, const struct site *site);

/* Answers with the stream of a view, the present state first, or with a long-poll of it (web.h).
 * context: a struct door. */
void views_stream(struct http_request *req, void *context, struct site *site, int desk_no);
/* Ends the staff's streams of a site whose session is over, or whose reader does not belong to it
 * any more. */
int views_end_strangers(struct cloud *cloud, struct site *site) __attribute__((warn_unused_result));
/* Ends the streams of a site's devices that were revoked, as presence knows them. */
void views_end_revoked(struct cloud *cloud, struct site *site);

/* A text that grows; for blocks put together. Zeroed = empty. */
struct views_text {
    char *text;
    size_t size, capacity;
    bool failed;
};
void views_append(struct views_text *text, const char *block);

#endif
