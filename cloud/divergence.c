#include "divergence.h"

#include <errno.h>
#include <string.h>

#include "letters.h"
#include "notices.h"

int divergence_found(struct cloud *cloud, const struct site *site, const struct event *event)
{
    int64_t one = 0;

    if (event->counter == 0)
        return 0;
    return db_get_int(
        cloud->db, &one,
        "SELECT 1 FROM log WHERE site = $1 AND device = $2 AND counter = $3 AND id <> "
        "$4 LIMIT 1",
        "ttit", site_id(site), event->device, event->counter, event->id);
}

static int letters_of(const struct queue *queue, const char *device)
{
    int count = 0;

    for (int i = 0; i < 26; i++)
        count += strcmp(queue->letters[i].device, device) == 0;
    return count;
}

/* The many events of one branch give one new letter: as long as no number of it was given, it is as
 * good as another. */
static bool is_new(const struct queue *queue, const char *device, char letter)
{
    return letters_of(queue, device) > 1 && queue->letters[letter - 'A'].next <= 1;
}

/* *ret_letter: 0 = none is given. */
static int change_letter(struct cloud *cloud, struct site *site, const char *device,
                         char *ret_letter)
{
    const struct queue *state = site_state(site);
    char present = queue_letter_of(state, device), letter = 0, unused[LETTERS_SIZE];
    struct event event;
    struct site_put put;
    int result;

    *ret_letter = 0;
    letters_unused(state, unused);
    result = letters_free(cloud->db, site_id(site), unused, &letter);
    if (result < 0)
        return result;
    if (!present || !letter || is_new(state, device, present) ||
        letters_of(state, device) > DIVERGENCE_LETTERS_MAX)
        return 0;
    event_init(&event);
    event.kind = EVENT_DEVICE;
    event.number.letter = letter;
    memcpy(event.device, device, sizeof(event.device));
    result = site_put(site, &event, &put);
    if (result == 0 && put.judgement.verdict == VERDICT_APPLIED)
        *ret_letter = letter;
    return result;
}

int divergence_put(struct cloud *cloud, struct site *site, const char *device, const char *why)
{
    const char before[2] = {queue_letter_of(site_state(site), device), '\0'};
    char after[2] = "";
    cJSON *detail;
    int result;

    result = change_letter(cloud, site, device, &after[0]);
    if (result < 0)
        return result;
    detail = cJSON_CreateObject();
    cJSON_AddStringToObject(detail, "why", why);
    cJSON_AddStringToObject(detail, "before", before);
    cJSON_AddStringToObject(detail, "letter", after);
    return notices_put(cloud->db, site_id(site), NOTICE_DIVERGED, device, detail,
                       site_moment(site));
}

int divergence_note(struct cloud *cloud, struct site *site, const char *device, const char *why)
{
    int result;

    result = site_begin(site);
    if (result < 0)
        return result;
    result = divergence_put(cloud, site, device, why);
    if (result < 0) {
        site_rollback(site);
        return result;
    }
    return site_commit(site);
}
