#include "ctl_act.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

enum { DESKS_MAX = 99, PLACES_MAX = 999 };

/* What the words are: d desk, n number, r room, p places; from '?' on they may be left out. */
static const struct {
    const char *name, *words;
    enum station_act_kind kind;
    const char *usage;
} acts[] = {
    {"call-next", "d?r", STATION_ACT_NEXT, "call-next DESK [ROOM]"},
    {"call", "n?dr", STATION_ACT_CALL, "call NUMBER [DESK [ROOM]]"},
    {"recall", "n", STATION_ACT_RECALL, "recall NUMBER"},
    {"absent", "n", STATION_ACT_ABSENT, "absent NUMBER"},
    {"hold", "n", STATION_ACT_HOLD, "hold NUMBER"},
    {"back", "n?p", STATION_ACT_BACK, "back NUMBER [PLACES]"},
    {"waiting", "n", STATION_ACT_WAITING, "waiting NUMBER"},
    {"in-room", "n", STATION_ACT_IN_ROOM, "in-room NUMBER"},
    {"done", "n", STATION_ACT_DONE, "done NUMBER"},
    {"cancel", "n", STATION_ACT_CANCEL, "cancel NUMBER"},
    {"pause", "d", STATION_ACT_PAUSE, "pause DESK"},
    {"resume", "d", STATION_ACT_RESUME, "resume DESK"},
    {"reissue", "n", STATION_ACT_REISSUE, "reissue NUMBER"},
    {"undo", "?n", STATION_ACT_UNDO, "undo [NUMBER]"},
};

enum { ACTS = sizeof acts / sizeof acts[0] };

static int find(const char *name)
{
    int i = 0;
    while (i < ACTS && strcmp(acts[i].name, name) != 0)
        i++;
    return i;
}

const char *ctl_act_usage(const char *name)
{
    int i = find(name);
    return i < ACTS ? acts[i].usage : NULL;
}

const char *ctl_act_line(int i)
{
    return i < ACTS ? acts[i].usage : NULL;
}

static bool read_int(const char *word, int max, int *ret)
{
    char *end = NULL;
    long value = strtol(word, &end, 10);
    if (end == word || *end || value < 0 || value > max)
        return false;
    *ret = (int)value;
    return true;
}

static bool read_word(char what, const char *word, struct station_act *act)
{
    switch (what) {
    case 'd':
        return read_int(word, DESKS_MAX, &act->desk_no) && act->desk_no > 0;
    case 'n':
        return number_parse(word, &act->number) == 0;
    case 'p':
        return read_int(word, PLACES_MAX, &act->places);
    default:
        return (size_t)snprintf(act->room, sizeof act->room, "%s", word) < sizeof act->room;
    }
}

int ctl_act_read(int count, const char *const *words, struct station_act *ret)
{
    struct station_act act = {0};
    int i = count > 0 ? find(words[0]) : ACTS, at = 1;
    bool optional = false;
    if (i == ACTS)
        return -ENOENT;
    act.kind = acts[i].kind;
    for (const char *what = acts[i].words; *what; what++) {
        if (*what == '?')
            optional = true;
        else if (at < count && !read_word(*what, words[at], &act))
            return -EINVAL;
        else if (at < count)
            at++;
        else if (!optional)
            return -EINVAL;
    }
    if (at < count)
        return -EINVAL;
    *ret = act;
    return 0;
}

cJSON *ctl_act_request(int count, const char *const *words)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(json, "words");
    cJSON_AddStringToObject(json, "command", "act");
    for (int i = 0; i < count; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(words[i]));
    return json;
}

int ctl_act_parse(const cJSON *request, struct station_act *ret)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(request, "words"), *word;
    const char *words[CTL_ACT_WORDS_MAX];
    int count = 0;
    cJSON_ArrayForEach (word, list) {
        if (!cJSON_IsString(word) || count == CTL_ACT_WORDS_MAX)
            return -EINVAL;
        words[count++] = word->valuestring;
    }
    return ctl_act_read(count, words, ret);
}

static cJSON *failure(const char *key)
{
    static const struct {
        const char *key, *message;
    } all[] = {
        {"act.nobody", "Nobody waits at this desk."},
        {"act.unknown_number", "No ticket of this desk has that number."},
        {"act.not_now", "The ticket's state does not allow that now."},
        {"act.not_here", "Another kiosk has this slip, and the line is down."},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].key, key) == 0)
            return ctl_error(key, all[i].message);
    return ctl_error(key, "The kiosk could not do it; look at its status.");
}

cJSON *ctl_act_answer(const struct station_news *news)
{
    char number[NUMBER_TEXT_SIZE];
    bool noted = strcmp(news->text, "act.noted") == 0;
    if (news->text[0] && !noted)
        return failure(news->text);
    cJSON *json = cJSON_CreateObject();
    number_format(news->ticket.number, number);
    cJSON_AddBoolToObject(json, "ok", true);
    cJSON_AddBoolToObject(json, "noted", noted);
    cJSON_AddStringToObject(json, "ticket", news->ticket.id);
    cJSON_AddStringToObject(json, "number", number);
    cJSON_AddStringToObject(json, "room", news->ticket.room);
    cJSON_AddNumberToObject(json, "desk_no", news->ticket.desk_no);
    return json;
}
