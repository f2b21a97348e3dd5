#include "keys.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "staff_flow.h"

/* -- scanner ----------------------------------------------------------------------------------- */

void wedge_letter(struct wedge *wedge, char letter, int64_t now)
{
    if (wedge->length > 0 && now - wedge->last > KEYS_GAP_MS)
        wedge->length = 0; /* what stood there was typed by a person */
    if (wedge->length == 0)
        wedge->slow = false;
    wedge->last = now;
    if (wedge->length + 1 >= (int)sizeof wedge->text)
        wedge->slow = true;
    else
        wedge->text[wedge->length++] = letter;
}

bool wedge_enter(struct wedge *wedge, int64_t now, char ret[static STATION_CODE_SIZE])
{
    bool scanned =
        wedge->length >= KEYS_SCAN_LEAST && !wedge->slow && now - wedge->last <= KEYS_GAP_MS;
    if (scanned) {
        memcpy(ret, wedge->text, (size_t)wedge->length);
        ret[wedge->length] = '\0';
    }
    wedge->length = 0;
    return scanned;
}

/* -- focus ------------------------------------------------------------------------------------- */

static int index_of(const struct widgets *widgets, const char *name)
{
    for (int i = 0; i < widgets->count; i++)
        if (strcmp(widgets->list[i].name, name) == 0)
            return i;
    return -1;
}

/* How far `to` lies in this direction; sideways counts double. Negative: not that way. */
static int64_t distance(SDL_Rect from, SDL_Rect to, enum keys_direction direction)
{
    int dx = to.x + to.w / 2 - (from.x + from.w / 2), dy = to.y + to.h / 2 - (from.y + from.h / 2);
    bool across = direction == KEYS_LEFT || direction == KEYS_RIGHT;
    int along = across ? dx : dy, aside = across ? dy : dx;
    if (direction == KEYS_LEFT || direction == KEYS_UP)
        along = -along;
    return along > 0 ? (int64_t)along + 2 * (int64_t)abs(aside) : -1;
}

static int nearest(const struct widgets *widgets, int from, enum keys_direction direction)
{
    int best = from;
    int64_t least = INT64_MAX;
    for (int i = 0; i < widgets->count; i++) {
        int64_t far = distance(widgets->list[from].area, widgets->list[i].area, direction);
        if (i == from || far < 0 || far >= least)
            continue;
        least = far;
        best = i;
    }
    return best;
}

const char *keys_move(const struct widgets *widgets, const char *focus,
                      enum keys_direction direction)
{
    int at = index_of(widgets, focus);
    if (widgets->count == 0)
        return "";
    if (at < 0)
        at = direction == KEYS_PREVIOUS ? widgets->count - 1 : 0;
    else if (direction == KEYS_NEXT)
        at = (at + 1) % widgets->count;
    else if (direction == KEYS_PREVIOUS)
        at = (at + widgets->count - 1) % widgets->count;
    else
        at = nearest(widgets, at, direction);
    return widgets->list[at].name;
}

/* -- staff ------------------------------------------------------------------------------------- */

static bool act_of(char key, bool numbered, enum station_act_kind *ret)
{
    switch (key) {
    case '\n':
        *ret = STATION_ACT_CALL;
        return numbered;
    case '+':
        *ret = STATION_ACT_NEXT;
        return true;
    case '*':
        *ret = STATION_ACT_RECALL;
        return true;
    case '-':
        *ret = STATION_ACT_ABSENT;
        return true;
    case '/':
        *ret = STATION_ACT_HOLD;
        return true;
    default:
        return false;
    }
}

bool staff_keys_push(struct staff_keys *keys, char key, int64_t now, struct station_act *ret)
{
    size_t length = strlen(keys->number);
    struct station_act act = {0};
    if (now - keys->last > KEYS_FORGET_MS)
        keys->number[length = 0] = '\0';
    keys->last = now;
    if (isalnum((unsigned char)key)) {
        if (length < KEYS_NUMBER_MAX) {
            keys->number[length] = key;
            keys->number[length + 1] = '\0';
        }
        return false;
    }
    if (key == '\b') {
        keys->number[length > 0 ? length - 1 : 0] = '\0';
        return false;
    }
    bool numbered = staff_number(keys->number, &act.number), typed = length > 0;
    keys->number[0] = '\0';
    if ((typed && !numbered) || !act_of(key, numbered, &act.kind))
        return false;
    if (act.kind == STATION_ACT_NEXT)
        act.number = (struct number){0};
    *ret = act;
    return true;
}
