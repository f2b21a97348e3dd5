/* programme_resolve() against a second implementation that is slow and simple: minutes are walked,
 * lists are built piece by piece. Random tables meet on few moments, so that midnights, ends of
 * periods, deadlines and leap days are hit to the millisecond. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programme.h"
#include "session.h"

enum {
    SCENARIOS = 40000,
    UNSURE_SCENARIOS = 20000,
    ROUND_MAX = 400,
    FILES = 12,
    MINUTE = 60 * 1000
};

static const int64_t day = INT64_C(24) * 60 * 60 * 1000;

/* -- chance ------------------------------------------------------------------------------------ */

static uint64_t seed = 20280229;

static int below(int n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((seed >> 33) % (uint64_t)n);
}

static bool one_in(int n)
{
    return below(n) == 0;
}

/* Around the leap day of 2028: whole days and half days, to the ms, the second and the minute. */
static int64_t moment(void)
{
    static const int64_t near[] = {0, 0, 0, -1, 1, -1000, 1000, -MINUTE, MINUTE, 59 * MINUTE};
    int64_t base = INT64_C(1835308800000); /* 2028-02-28T00:00Z */
    return base + below(12) * (day / 2) + below(3) * 9 * 60 * MINUTE + near[below(10)];
}

/* -- a random world ---------------------------------------------------------------------------- */

static enum programme_file files[FILES];

static void name(char sha256[static SHA256_SIZE], int n)
{
    memset(sha256, 'a' + n, SHA256_SIZE - 1);
    sha256[SHA256_SIZE - 1] = '\0';
}

static enum programme_file has_file(void *context, const char *sha256)
{
    (void)context;
    return files[sha256[0] - 'a'];
}

static void random_content(struct content *content, enum content_kind kind)
{
    static const int lengths[] = {1000, 5000, 12000, 15000, 30000};
    *content = (struct content){.kind = kind, .duration_ms = lengths[below(5)]};
    if (kind != CONTENT_NOTICE || one_in(2))
        name(content->sha256, below(FILES));
    else if (one_in(2))
        name(content->photos[content->photo_count++], below(FILES));
    if (kind == CONTENT_SUBSTITUTE)
        return;
    if (one_in(3))
        content->show_from = moment();
    if (one_in(3))
        content->show_to = moment();
    if (one_in(3))
        content->weekdays = below(128);
    if (one_in(3)) {
        content->daypart_from = one_in(2) ? below(24) * 60 : below(1440);
        content->daypart_to = one_in(2) ? below(24) * 60 : below(1440);
    }
}

static void random_programme(struct programme *p)
{
    static const enum content_kind kinds[] = {CONTENT_HEALTH,        CONTENT_HEALTH,
                                              CONTENT_ADVERTISEMENT, CONTENT_NOTICE,
                                              CONTENT_INTRODUCTION,  CONTENT_SELF_MADE};
    p->from = moment();
    p->to = one_in(20) ? p->from : p->from + below(8) * (day / 2);
    p->distributed = one_in(10) ? 0 : moment() - 3 * day;
    p->deadline = moment() - 2 * day;
    p->approved = one_in(3) ? 0 : one_in(3) ? p->deadline - below(2) : moment() - 3 * day;
    p->item_count = below(6);
    for (int i = 0; i < p->item_count; i++)
        random_content(&p->items[i], kinds[below(6)]);
}

static void random_set(struct programme_set *set)
{
    static const int offsets[] = {540, 540, 0, -570, 345, 840};
    set->utc_offset_min = offsets[below(6)];
    set->video_service = !one_in(20);
    set->expires = one_in(3) ? 0 : moment();
    set->programme_count = below(PROGRAMME_SET_MAX + 1);
    for (int i = 0; i < set->programme_count; i++)
        random_programme(&set->programmes[i]);
    set->clinic_count = one_in(2) ? 0 : below(6);
    for (int i = 0; i < set->clinic_count; i++)
        random_content(&set->clinic[i], one_in(2) ? CONTENT_NOTICE : CONTENT_SELF_MADE);
    set->substitute_count = below(4);
    for (int i = 0; i < set->substitute_count; i++)
        random_content(&set->substitutes[i], CONTENT_SUBSTITUTE);
    set->withdrawn_count = below(3);
    for (int i = 0; i < set->withdrawn_count; i++)
        name(set->withdrawn[i], below(FILES));
    for (int i = 0; i < FILES; i++)
        files[i] = one_in(6)   ? PROGRAMME_FILE_MISSING
                   : one_in(8) ? PROGRAMME_FILE_UNVERIFIED
                               : PROGRAMME_FILE_READY;
}

/* -- the naive reader of the terms ------------------------------------------------------------- */

/* The daypart that runs at this minute began so many minutes ago; its weekday is that moment's. */
static bool naive_on_air_at(const struct content *c, int offset, int64_t now)
{
    struct civil civil, begun;
    bool whole = c->daypart_from == c->daypart_to;
    int length = whole ? 1440 : (c->daypart_to - c->daypart_from + 1440) % 1440;
    if ((c->show_from && now < c->show_from) || (c->show_to && now >= c->show_to))
        return false;
    civil_from_ms(now, offset, &civil);
    int back = (civil.minute_of_day - (whole ? 0 : c->daypart_from) + 1440) % 1440;
    if (back >= length)
        return false;
    civil_from_ms(now - (int64_t)back * MINUTE, offset, &begun);
    return c->weekdays == 0 || (c->weekdays & 1 << begun.weekday) != 0;
}

/* Minute by minute. */
static bool naive_on_air(const struct content *c, int offset, int64_t earliest, int64_t latest)
{
    bool always = c->weekdays == 0 && c->daypart_from == c->daypart_to;
    for (int64_t now = earliest; now < latest && !always; now += MINUTE)
        if (!naive_on_air_at(c, offset, now))
            return false;
    return naive_on_air_at(c, offset, earliest) && naive_on_air_at(c, offset, latest);
}

struct naive {
    const struct programme_set *set;
    int64_t earliest, latest;
    struct play_item items[ROUND_MAX];
    int count, substitutes_used;
};

static bool naive_withdrawn(const struct naive *n, const struct content *c)
{
    for (int i = 0; i < n->set->withdrawn_count; i++) {
        if (strcmp(n->set->withdrawn[i], c->sha256) == 0)
            return true;
        for (int k = 0; k < c->photo_count; k++)
            if (strcmp(n->set->withdrawn[i], c->photos[k]) == 0)
                return true;
    }
    return false;
}

static bool naive_all_files(const struct content *c, enum programme_file least)
{
    if (*c->sha256 && has_file(NULL, c->sha256) < least)
        return false;
    for (int k = 0; k < c->photo_count; k++)
        if (has_file(NULL, c->photos[k]) < least)
            return false;
    return true;
}

static bool naive_playable(const struct naive *n, const struct content *c)
{
    return !naive_withdrawn(n, c) && naive_all_files(c, PROGRAMME_FILE_READY);
}

/* Terms 20: received, then approved, before the deadline. */
static bool naive_approved(const struct programme *p)
{
    if (p->distributed <= 0 || p->approved <= 0)
        return false;
    return p->distributed <= p->approved && p->approved < p->deadline;
}

static enum play_reason naive_reason(const struct naive *n, const struct content *c,
                                     const struct programme *p)
{
    bool provided = c->kind == CONTENT_HEALTH || c->kind == CONTENT_ADVERTISEMENT;
    if (provided && (!p || !naive_approved(p)))
        return PLAY_SUBSTITUTE_UNAPPROVED;
    if (provided && n->set->expires && !(n->latest < n->set->expires))
        return PLAY_SUBSTITUTE_EXPIRED;
    if (naive_withdrawn(n, c))
        return PLAY_SUBSTITUTE_WITHDRAWN;
    if (!naive_all_files(c, PROGRAMME_FILE_UNVERIFIED))
        return PLAY_SUBSTITUTE_MISSING;
    return naive_all_files(c, PROGRAMME_FILE_READY) ? PLAY_SCHEDULED : PLAY_SUBSTITUTE_UNVERIFIED;
}

static void naive_put(struct naive *n, const struct content *c, const struct content *planned,
                      const struct programme *p, int index, int64_t length, enum play_reason reason)
{
    n->items[n->count++] = (struct play_item){.content = c,
                                              .planned = planned,
                                              .programme = p,
                                              .index = index,
                                              .duration_ms = length,
                                              .reason = reason};
}

static void naive_fill(struct naive *n, const struct content *planned, const struct programme *p,
                       int index, enum play_reason reason)
{
    int64_t left = planned->duration_ms;
    bool any = false;
    for (int i = 0; i < n->set->substitute_count; i++)
        any = any || naive_playable(n, &n->set->substitutes[i]);
    while (any && left > 0) {
        const struct content *c =
            &n->set->substitutes[n->substitutes_used++ % n->set->substitute_count];
        if (!naive_playable(n, c))
            continue;
        naive_put(n, c, planned, p, index, c->duration_ms < left ? c->duration_ms : left, reason);
        left -= c->duration_ms;
    }
}

static void naive_planned(struct naive *n, const struct content *c, const struct programme *p,
                          int index)
{
    enum play_reason reason = naive_reason(n, c, p);
    if (reason == PLAY_SCHEDULED)
        naive_put(n, c, c, p, index, c->duration_ms, reason);
    else
        naive_fill(n, c, p, index, reason);
}

static const struct programme *naive_programme(const struct naive *n, bool *ret_possible)
{
    const struct programme *found = NULL;
    for (int i = n->set->programme_count - 1; i >= 0; i--) {
        const struct programme *p = &n->set->programmes[i];
        bool throughout = p->from <= n->earliest && n->latest < p->to;
        bool somewhen = !(n->latest < p->from || p->to <= n->earliest);
        *ret_possible = *ret_possible || somewhen;
        if (throughout)
            found = p;
    }
    return found;
}

static void naive_clinic_behind(struct naive *n, const int *clinic, int m, int others, int behind)
{
    for (int k = 0; k < m; k++)
        if ((k + 1) * others / m == behind)
            naive_planned(n, &n->set->clinic[clinic[k]], NULL, clinic[k]);
}

static void naive_resolve(struct naive *n)
{
    const struct programme_set *set = n->set;
    int clinic[PROGRAMME_CLINIC_MAX], m = 0, items[PROGRAMME_ITEMS_MAX], others = 0;
    bool possible = false;
    const struct programme *p = naive_programme(n, &possible);
    if (!set->video_service)
        return;
    for (int i = 0; i < set->clinic_count; i++)
        if (naive_on_air(&set->clinic[i], set->utc_offset_min, n->earliest, n->latest))
            clinic[m++] = i;
    for (int i = 0; p && i < p->item_count; i++)
        if (naive_on_air(&p->items[i], set->utc_offset_min, n->earliest, n->latest))
            items[others++] = i;
    bool alone = others == 0;
    for (int i = 0; alone && i < set->substitute_count; i++)
        if (naive_playable(n, &set->substitutes[i]))
            items[others++] = i;
    enum play_reason why = set->expires && n->earliest >= set->expires ? PLAY_SUBSTITUTE_EXPIRED
                           : !p && possible                            ? PLAY_SUBSTITUTE_NO_TIME
                                            : PLAY_SUBSTITUTE_NO_PROGRAMME;
    naive_clinic_behind(n, clinic, m, others, 0);
    for (int i = 0; i < others; i++) {
        const struct content *c = alone ? &set->substitutes[items[i]] : &p->items[items[i]];
        if (alone)
            naive_put(n, c, NULL, NULL, -1, c->duration_ms, why);
        else
            naive_planned(n, c, p, items[i]);
        naive_clinic_behind(n, clinic, m, others, i + 1);
    }
}

/* -- comparing --------------------------------------------------------------------------------- */

static void compare(const struct naive *n, const struct play_item *items, int count, int scenario)
{
    if (count != n->count)
        fail_msg("scenario %d: %d items, the naive one has %d", scenario, count, n->count);
    for (int i = 0; i < count; i++) {
        const struct play_item *a = &items[i], *b = &n->items[i];
        if (a->content != b->content || a->planned != b->planned || a->programme != b->programme ||
            a->index != b->index || a->duration_ms != b->duration_ms || a->reason != b->reason)
            fail_msg("scenario %d, item %d: %s of index %d for %lld ms, naively %s of %d for %lld",
                     scenario, i, play_reason_name(a->reason), a->index, (long long)a->duration_ms,
                     play_reason_name(b->reason), b->index, (long long)b->duration_ms);
    }
}

/* What must hold whatever both of them think. */
static void check_rules(const struct naive *n, const struct play_item *items, int count)
{
    for (int i = 0; i < count; i++) {
        const struct play_item *item = &items[i];
        assert_true(naive_playable(n, item->content));
        if (content_provided(item->content->kind)) {
            assert_non_null(item->programme);
            assert_true(naive_approved(item->programme));
            assert_true(n->earliest >= item->programme->from && n->latest < item->programme->to);
            assert_true(!n->set->expires || n->latest < n->set->expires);
        }
        assert_true((item->reason == PLAY_SCHEDULED) == (item->content == item->planned));
    }
}

struct counts {
    int reasons[PLAY_REASON_COUNT], clinic, empty;
};

static void run(struct programme_set *set, int scenario, bool between, struct counts *counts)
{
    static struct naive naive;
    struct play_item items[ROUND_MAX];
    memset(&naive, 0, sizeof naive);
    naive.set = set;
    naive.earliest = moment();
    naive.latest = naive.earliest;
    if (between)
        naive.latest += one_in(4) ? below(7) * (day / 2) : below(600) * INT64_C(7777);
    naive_resolve(&naive);
    int count =
        between ? programme_resolve_between(set, true, naive.earliest, naive.latest, has_file, NULL,
                                            items, ROUND_MAX)
                : programme_resolve(set, true, naive.earliest, has_file, NULL, items, ROUND_MAX);
    compare(&naive, items, count, scenario);
    check_rules(&naive, items, count);
    counts->empty += count == 0;
    for (int i = 0; i < count; i++) {
        counts->reasons[items[i].reason]++;
        counts->clinic += items[i].planned && !items[i].programme;
    }
}

static void run_all(bool between)
{
    struct programme_set *set = malloc(sizeof *set);
    struct counts counts = {.empty = 0};
    assert_non_null(set);
    programme_set_init(set);
    for (int scenario = 0; scenario < (between ? UNSURE_SCENARIOS : SCENARIOS); scenario++) {
        random_set(set);
        run(set, scenario, between, &counts);
    }
    /* A generator that never comes to a case would prove nothing of it. */
    for (int reason = 0; reason < PLAY_REASON_COUNT; reason++)
        if (counts.reasons[reason] < 5 && (between || reason != PLAY_SUBSTITUTE_NO_TIME))
            fail_msg("%s was met %d times", play_reason_name((enum play_reason)reason),
                     counts.reasons[reason]);
    assert_true(counts.clinic > 100 && counts.empty > 20);
    free(set);
}

static void article_20_agrees_with_the_naive_reading(void **state)
{
    (void)state;
    run_all(false);
}

static void unknown_time_agrees_with_the_naive_reading(void **state)
{
    (void)state;
    run_all(true);
}

/* Round after round the gaps between the clinic's own contents differ by one at most. */
static void article_3_5_clinic_content_is_spread_evenly(void **state)
{
    struct programme_set *set = malloc(sizeof *set);
    struct play_item items[ROUND_MAX];
    (void)state;
    assert_non_null(set);
    programme_set_init(set);
    set->programme_count = 1;
    struct programme *p = set->programmes;
    *p =
        (struct programme){.from = 1, .to = 1000, .distributed = 1, .deadline = 500, .approved = 2};
    for (int n = 1; n <= 20; n++)
        for (int m = 1; m <= 20; m++) {
            int least = 1000, most = 0, gap = 0, first = -1;
            p->item_count = n;
            set->clinic_count = m;
            for (int i = 0; i < n; i++)
                p->items[i] = (struct content){.kind = CONTENT_NOTICE, .duration_ms = 1000};
            for (int i = 0; i < m; i++)
                set->clinic[i] = (struct content){.kind = CONTENT_NOTICE, .duration_ms = 1000};
            assert_int_equal(programme_resolve(set, true, 10, has_file, NULL, items, ROUND_MAX),
                             n + m);
            for (int i = 0; i < 2 * (n + m); i++) { /* two rounds, so that the seam counts too */
                if (items[i % (n + m)].programme) {
                    gap++;
                    continue;
                }
                if (first >= 0) {
                    least = gap < least ? gap : least;
                    most = gap > most ? gap : most;
                }
                first = i;
                gap = 0;
            }
            if (most - least > 1)
                fail_msg("%d of the clinic's among %d: gaps from %d to %d", m, n, least, most);
        }
    free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(article_20_agrees_with_the_naive_reading),
        cmocka_unit_test(unknown_time_agrees_with_the_naive_reading),
        cmocka_unit_test(article_3_5_clinic_content_is_spread_evenly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
