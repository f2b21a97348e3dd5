/* Terms 20: what plays now. First the plan, a list of units, one for each place of the round; then
 * each unit becomes the planned content or substitutes of its length. */
#include <string.h>

#include "programme.h"

enum { UNITS_MAX = PROGRAMME_ITEMS_MAX + PROGRAMME_CLINIC_MAX };

_Static_assert(PROGRAMME_SUBSTITUTES_MAX <= PROGRAMME_ITEMS_MAX, "units hold all substitutes");

struct unit {
    const struct content *content;
    const struct programme *programme;
    int index;
    enum play_reason reason; /* PLAY_SCHEDULED, or why a substitute stands here */
    bool alone;              /* a substitute that stands for nothing */
};

struct round {
    const struct programme_set *set;
    int64_t earliest, latest;
    programme_has_file *has_file;
    void *context;
    struct play_item *items;
    int count, max;
    int next_substitute;
};

static bool is_withdrawn(const struct programme_set *set, const char *sha256)
{
    for (int i = 0; i < set->withdrawn_count; i++)
        if (strcmp(set->withdrawn[i], sha256) == 0)
            return true;
    return false;
}

static bool withdrawn(const struct round *round, const struct content *content)
{
    if (*content->sha256 && is_withdrawn(round->set, content->sha256))
        return true;
    for (int i = 0; i < content->photo_count; i++)
        if (is_withdrawn(round->set, content->photos[i]))
            return true;
    return false;
}

/* The worst of its files. */
static enum programme_file files(const struct round *round, const struct content *content)
{
    enum programme_file worst = PROGRAMME_FILE_READY;
    if (*content->sha256)
        worst = round->has_file(round->context, content->sha256);
    for (int i = 0; i < content->photo_count && worst != PROGRAMME_FILE_MISSING; i++) {
        enum programme_file file = round->has_file(round->context, content->photos[i]);
        if (file < worst)
            worst = file;
    }
    return worst;
}

static bool expired(const struct round *round)
{
    return round->set->expires != 0 && round->latest >= round->set->expires;
}

static enum play_reason judge(const struct round *round, const struct content *content,
                              const struct programme *programme)
{
    bool provided = content_provided(content->kind);
    if (provided && !(programme && programme_approved(programme)))
        return PLAY_SUBSTITUTE_UNAPPROVED;
    if (provided && expired(round))
        return PLAY_SUBSTITUTE_EXPIRED;
    if (withdrawn(round, content))
        return PLAY_SUBSTITUTE_WITHDRAWN;
    switch (files(round, content)) {
    case PROGRAMME_FILE_READY:
        return PLAY_SCHEDULED;
    case PROGRAMME_FILE_UNVERIFIED:
        return PLAY_SUBSTITUTE_UNVERIFIED;
    default:
        return PLAY_SUBSTITUTE_MISSING;
    }
}

static bool on_air(const struct round *round, const struct content *content)
{
    return content_on_air(content, round->set->utc_offset_min, round->earliest, round->latest);
}

/* -- the plan ----------------------------------------------------------------------------------
 */

static int plan(const struct round *round, const struct content *contents, int count,
                const struct programme *programme, struct unit *ret)
{
    int planned = 0;
    for (int i = 0; i < count; i++)
        if (on_air(round, &contents[i]))
            ret[planned++] = (struct unit){.content = &contents[i],
                                           .programme = programme,
                                           .index = i,
                                           .reason = judge(round, &contents[i], programme)};
    return planned;
}

static bool playable(const struct round *round, const struct content *content)
{
    return content->duration_ms > 0 && !withdrawn(round, content) &&
           files(round, content) == PROGRAMME_FILE_READY;
}

/* Why there is no programme: the document is too old, its time cannot be told, or it names none. */
static enum play_reason why_none(const struct round *round)
{
    const struct programme_set *set = round->set;
    if (expired(round) && round->earliest >= set->expires)
        return PLAY_SUBSTITUTE_EXPIRED;
    if (!programme_in_force(set, round->earliest, round->latest))
        for (int i = 0; i < set->programme_count; i++)
            if (round->latest >= set->programmes[i].from && round->earliest < set->programmes[i].to)
                return PLAY_SUBSTITUTE_NO_TIME;
    return PLAY_SUBSTITUTE_NO_PROGRAMME;
}

static int plan_substitutes(const struct round *round, struct unit *ret)
{
    const struct programme_set *set = round->set;
    enum play_reason reason = why_none(round);
    int count = 0;
    for (int i = 0; i < set->substitute_count; i++)
        if (playable(round, &set->substitutes[i]))
            ret[count++] = (struct unit){
                .content = &set->substitutes[i], .index = -1, .reason = reason, .alone = true};
    return count;
}

/* Clinic content k of m stands behind (k + 1) n / m of the n others: even gaps round after round.
 */
static int spread(const struct unit *others, int n, const struct unit *clinic, int m,
                  struct unit *ret)
{
    int count = 0, k = 0;
    for (int i = 0; i <= n; i++) {
        while (k < m && (k + 1) * n / m <= i)
            ret[count++] = clinic[k++];
        if (i < n)
            ret[count++] = others[i];
    }
    return count;
}

static int plan_round(const struct round *round, struct unit ret[static UNITS_MAX])
{
    const struct programme_set *set = round->set;
    const struct programme *programme = programme_in_force(set, round->earliest, round->latest);
    struct unit others[PROGRAMME_ITEMS_MAX], clinic[PROGRAMME_CLINIC_MAX];
    int n = 0, m = plan(round, set->clinic, set->clinic_count, NULL, clinic);
    if (programme)
        n = plan(round, programme->items, programme->item_count, programme, others);
    if (n == 0)
        n = plan_substitutes(round, others);
    return spread(others, n, clinic, m, ret);
}

/* -- playing it --------------------------------------------------------------------------------
 */

static void add(struct round *round, const struct unit *unit, const struct content *content,
                int64_t duration_ms)
{
    round->items[round->count++] = (struct play_item){
        .content = content,
        .planned = unit->alone ? NULL : unit->content,
        .programme = unit->programme,
        .index = unit->index,
        .duration_ms = duration_ms,
        .reason = unit->reason,
    };
}

/* The next substitute in turn that can be played, or NULL. */
static const struct content *take_substitute(struct round *round)
{
    const struct programme_set *set = round->set;
    for (int tries = 0; tries < set->substitute_count; tries++) {
        const struct content *content = &set->substitutes[round->next_substitute];
        round->next_substitute = (round->next_substitute + 1) % set->substitute_count;
        if (playable(round, content))
            return content;
    }
    return NULL;
}

/* Substitutes until the replaced item's length is filled, the last one cut; at most `room` of them,
 * so that every later unit has its place. */
static void substitute(struct round *round, const struct unit *unit, int room)
{
    int64_t left = unit->content->duration_ms;
    while (left > 0 && room-- > 0) {
        const struct content *content = take_substitute(round);
        if (!content)
            return;
        int64_t length = content->duration_ms < left ? content->duration_ms : left;
        add(round, unit, content, length);
        left -= length;
    }
}

int programme_resolve_between(const struct programme_set *set, bool video_service, int64_t earliest,
                              int64_t latest, programme_has_file *has_file, void *context,
                              struct play_item *ret, int max)
{
    struct unit units[UNITS_MAX];
    struct round round = {.set = set,
                          .earliest = earliest < 0 ? 0 : earliest,
                          .latest = latest < earliest ? earliest : latest,
                          .has_file = has_file,
                          .context = context,
                          .items = ret,
                          .max = max};
    if (!video_service || !set->video_service)
        return 0;
    if (round.latest < round.earliest)
        round.latest = round.earliest;
    int count = plan_round(&round, units);
    for (int i = 0; i < count && round.count < max; i++) {
        int later = count - i - 1, room = max - round.count;
        if (units[i].alone || units[i].reason == PLAY_SCHEDULED)
            add(&round, &units[i], units[i].content, units[i].content->duration_ms);
        else
            substitute(&round, &units[i], room > later ? room - later : 1);
    }
    return round.count;
}

int programme_resolve(const struct programme_set *set, bool video_service, int64_t now,
                      programme_has_file *has_file, void *context, struct play_item *ret, int max)
{
    return programme_resolve_between(set, video_service, now, now, has_file, context, ret, max);
}
