/* Series of numbers: a desk's range, its range for web and phone, a service's letter, a device's
 * letter. See design: "Numbers". */
#include <string.h>

#include "queue_rules.h"

/* A number that was offered and given up: its device may have shown it and be cut off since. */
static bool number_void(const struct queue *queue, struct number number)
{
    for (int i = 0; i < queue->count; i++)
        if (queue->tickets[i].abandoned && number_equal(queue->tickets[i].number, number))
            return true;
    return false;
}

/* The cloud's next number of a series, from `first` on; value 0 when it is used up. */
static struct number first_free(const struct queue *queue, char letter, int first, int last)
{
    for (int value = first < 1 ? 1 : first; value <= last; value++) {
        struct number number = {letter, value};
        if (!settings_unused(&queue->settings, value) && !queue_holder(queue, number) &&
            !number_void(queue, number))
            return number;
    }
    return (struct number){0};
}

bool channel_remote(enum channel channel)
{
    return channel == CHANNEL_WEB || channel == CHANNEL_PHONE;
}

bool series_prefix(const struct queue *queue, char letter)
{
    return queue->rules >= 2 && settings_is_prefix(&queue->settings, letter) &&
           !*queue->letters[letter - 'A'].device;
}

struct number queue_next_number(const struct queue *queue, int desk_no, const char *service,
                                enum channel channel)
{
    int index = queue_desk_index(queue, desk_no);
    const struct service *known = settings_service(&queue->settings, service);

    if (index < 0)
        return (struct number){0};
    const struct desk *desk = &queue->settings.desks[index];
    if (known && known->desk_no == desk_no && series_prefix(queue, known->prefix))
        return first_free(queue, known->prefix, queue->letters[known->prefix - 'A'].next,
                          NUMBER_MAX);
    if (queue->rules >= 2 && desk->web_first && channel_remote(channel))
        return first_free(queue, 0, queue->desks[index].web_next, desk->web_last);
    if (desk->first == 0)
        return (struct number){0};
    return first_free(queue, 0, queue->desks[index].next, desk->last);
}

bool series_any(const struct queue *queue, const struct desk *desk)
{
    for (int i = 0; i < queue->settings.service_count; i++)
        if (queue->settings.services[i].desk_no == desk->desk_no &&
            series_prefix(queue, queue->settings.services[i].prefix))
            return true;
    return desk->first != 0;
}

struct number queue_next_letter_number(const struct queue *queue, char letter)
{
    struct number number = {.letter = letter};
    if (letter < 'A' || letter > 'Z')
        return (struct number){0};
    for (int value = queue->letters[letter - 'A'].next; value <= NUMBER_MAX; value++) {
        number.value = value < 1 ? 1 : value;
        if (!settings_unused(&queue->settings, number.value) && !queue_holder(queue, number))
            return number;
    }
    return (struct number){0};
}

char queue_letter_of(const struct queue *queue, const char *device)
{
    for (int i = 0; i < 26; i++)
        if (*device && !queue->letters[i].retired && strcmp(queue->letters[i].device, device) == 0)
            return (char)('A' + i);
    return 0;
}

char queue_free_letter(const struct queue *queue)
{
    for (const char *letter = number_letters; *letter; letter++)
        if (!*queue->letters[*letter - 'A'].device &&
            !settings_is_prefix(&queue->settings, *letter))
            return *letter;
    return 0;
}

/* -- counting ----------------------------------------------------------------------------------
 */

static int *counter_of(struct queue *queue, int desk_no, struct number number)
{
    int index = queue_desk_index(queue, desk_no);
    if (number.letter)
        return &queue->letters[number.letter - 'A'].next;
    if (index < 0)
        return NULL;
    const struct desk *desk = &queue->settings.desks[index];
    if (desk->web_first && number.value >= desk->web_first && number.value <= desk->web_last)
        return &queue->desks[index].web_next;
    return &queue->desks[index].next;
}

void series_count(struct queue *queue, int desk_no, struct number number)
{
    int *next = counter_of(queue, desk_no, number);
    if (next && *next <= number.value)
        *next = number.value + 1;
}

const int *series_jumped(const struct queue *queue, const struct event *event)
{
    int index = queue_desk_index(queue, event->desk_no);
    if (event->number.letter)
        return series_prefix(queue, event->number.letter)
                   ? &queue->letters[event->number.letter - 'A'].next
                   : NULL;
    if (queue->rules >= 2 && channel_remote(event->channel))
        return &queue->desks[index].web_next;
    return &queue->desks[index].next;
}

/* The cloud's series begin again and pass over what is live or void. A device's own series may only
 * with none of it open: offline it would not know. */
void series_restart(struct queue *queue)
{
    for (int i = 0; i < queue->settings.desk_count; i++) {
        queue->desks[i].next = queue->settings.desks[i].first;
        queue->desks[i].web_next = queue->settings.desks[i].web_first;
    }
    for (int i = 0; i < 26; i++) {
        bool open = false;
        for (int k = 0; k < queue->count && *queue->letters[i].device; k++)
            if (queue->tickets[k].number.letter == 'A' + i && !ticket_finished(&queue->tickets[k]))
                open = true;
        if (!open)
            queue->letters[i].next = 1;
    }
}
