/* Terms 20: provided content plays only when the contractor approved the model programme in time.
 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programme.h"
#include "session.h"

enum { FROM = 1000000, TO = 2000000, DISTRIBUTED = 100000, DEADLINE = 900000, NOW = 1500000 };

static char missing_file[SHA256_SIZE];

static enum programme_file has_file(void *context, const char *sha256)
{
    (void)context;
    return strcmp(sha256, missing_file) == 0 ? PROGRAMME_FILE_MISSING : PROGRAMME_FILE_READY;
}

static void name(char sha256[static SHA256_SIZE], char digit)
{
    memset(sha256, digit, SHA256_SIZE - 1);
    sha256[SHA256_SIZE - 1] = '\0';
}

static struct content film(enum content_kind kind, char digit, int64_t duration_ms)
{
    struct content content = {.kind = kind, .duration_ms = duration_ms};
    name(content.sha256, digit);
    return content;
}

static int setup(void **state)
{
    struct programme_set *set = malloc(sizeof *set);
    if (!set)
        return -1;
    programme_set_init(set);
    strcpy(set->site, "site");
    set->programme_count = 1;
    struct programme *p = set->programmes;
    strcpy(p->id, "demo");
    p->from = FROM;
    p->to = TO;
    p->distributed = DISTRIBUTED;
    p->deadline = DEADLINE;
    p->items[0] = film(CONTENT_HEALTH, '1', 20000);
    p->items[1] = (struct content){.kind = CONTENT_NOTICE, .duration_ms = 8000, .title = "休診"};
    p->items[2] = film(CONTENT_ADVERTISEMENT, '2', 15000);
    p->items[3] = film(CONTENT_INTRODUCTION, '3', 30000);
    p->item_count = 4;
    set->substitutes[0] = film(CONTENT_SUBSTITUTE, 'a', 12000);
    set->substitutes[1] = film(CONTENT_SUBSTITUTE, 'b', 30000);
    set->substitute_count = 2;
    *state = set;
    missing_file[0] = '\0';
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static int resolve(const struct programme_set *set, int64_t now, struct play_item *items)
{
    return programme_resolve(set, true, now, has_file, NULL, items, 16);
}

static void article_20_approved_in_time_plays_as_tabled(void **state)
{
    struct programme_set *set = *state;
    struct programme *p = set->programmes;
    struct play_item items[16];
    p->approved = DEADLINE - 1;
    assert_int_equal(resolve(set, NOW, items), 4);
    for (int i = 0; i < 4; i++) {
        assert_ptr_equal(items[i].content, &p->items[i]);
        assert_int_equal(items[i].reason, PLAY_SCHEDULED);
    }
}

static void article_20_2_unapproved_plays_relaxation_of_the_same_length(void **state)
{
    struct programme_set *set = *state;
    struct programme *p = set->programmes;
    struct play_item items[16];
    int64_t total = 0;
    int count = resolve(set, NOW, items);
    bool notice = false, introduction = false;
    for (int i = 0; i < count; i++) {
        assert_false(content_provided(items[i].content->kind));
        notice = notice || items[i].content == &p->items[1];
        introduction = introduction || items[i].content == &p->items[3];
        total += items[i].duration_ms;
    }
    assert_true(notice && introduction);
    assert_int_equal(total, 20000 + 8000 + 15000 + 30000);
    assert_int_equal(items[0].reason, PLAY_SUBSTITUTE_UNAPPROVED);
    assert_int_equal(items[0].duration_ms, 12000);
    assert_int_equal(items[1].duration_ms, 8000);
}

static void article_20_2_the_deadlines_second_is_too_late(void **state)
{
    struct programme *p = ((struct programme_set *)*state)->programmes;
    p->approved = DEADLINE;
    assert_false(programme_approved(p));
    p->approved = DEADLINE - 1;
    assert_true(programme_approved(p));
}

static void article_20_2_late_approval_never_restores_the_period(void **state)
{
    struct programme_set *set = *state;
    struct programme *p = set->programmes;
    struct play_item items[16];
    p->approved = NOW - 5;
    int count = resolve(set, NOW, items);
    for (int i = 0; i < count; i++)
        assert_false(content_provided(items[i].content->kind));
}

/* Approval comes after receiving it: nothing can be approved that was not distributed. */
static void article_20_2_deadline_runs_only_after_distribution(void **state)
{
    struct programme *p = ((struct programme_set *)*state)->programmes;
    p->approved = DISTRIBUTED - 1;
    assert_false(programme_approved(p));
    p->distributed = 0;
    assert_false(programme_approved(p));
}

static void withdrawn_films_give_way_though_approved(void **state)
{
    struct programme_set *set = *state;
    struct programme *p = set->programmes;
    struct play_item items[16];
    p->approved = DEADLINE - 1;
    name(set->withdrawn[0], '1');
    name(set->withdrawn[1], 'a');
    set->withdrawn_count = 2;
    int count = resolve(set, NOW, items);
    assert_int_equal(items[0].reason, PLAY_SUBSTITUTE_WITHDRAWN);
    for (int i = 0; i < count; i++) {
        assert_string_not_equal(items[i].content->sha256, set->withdrawn[0]);
        assert_string_not_equal(items[i].content->sha256, set->withdrawn[1]);
    }
}

static void missing_films_give_way(void **state)
{
    struct programme_set *set = *state;
    struct programme *p = set->programmes;
    struct play_item items[16];
    p->approved = DEADLINE - 1;
    name(missing_file, '3');
    int count = resolve(set, NOW, items);
    assert_int_equal(items[count - 1].reason, PLAY_SUBSTITUTE_MISSING);
}

static void clinic_content_keeps_its_broadcast_period(void **state)
{
    struct programme_set *set = *state;
    struct programme *p = set->programmes;
    struct play_item items[16];
    p->approved = DEADLINE - 1;
    p->items[1].show_from = NOW;
    p->items[1].show_to = NOW + 1;
    assert_int_equal(resolve(set, NOW, items), 4);
    assert_int_equal(resolve(set, NOW - 1, items), 3);
    assert_int_equal(resolve(set, NOW + 1, items), 3);
}

static void outside_its_period_substitutes_alone_play(void **state)
{
    struct programme_set *set = *state;
    struct programme *p = set->programmes;
    struct play_item items[16];
    p->approved = DEADLINE - 1;
    assert_int_equal(resolve(set, FROM - 1, items), 2);
    assert_int_equal(items[0].reason, PLAY_SUBSTITUTE_NO_PROGRAMME);
    assert_int_equal(resolve(set, TO, items), 2);
    assert_int_equal(resolve(set, TO - 1, items), 4);
    p->from = p->to = 0; /* a device that has no programme yet */
    assert_int_equal(resolve(set, NOW, items), 2);
}

/* Terms 4: a clinic without the video service is shown no film. */
static void article_4_no_video_service_no_film(void **state)
{
    struct play_item items[16];
    assert_int_equal(programme_resolve(*state, false, NOW, has_file, NULL, items, 16), 0);
}

static void a_long_table_stays_within_the_callers_room(void **state)
{
    struct programme_set *set = *state;
    struct programme *p = set->programmes;
    struct play_item items[3];
    p->items[0].duration_ms = 3600000;
    assert_int_equal(programme_resolve(set, true, NOW, has_file, NULL, items, 3), 3);
}

/* -- article 20 again, by name -------------------------------------------------------------------
 */

static void article_20_unapproved_gives_substitutes(void **state)
{
    struct programme_set *set = *state;
    struct play_item items[16];
    int count = resolve(set, NOW, items), instead = 0;
    for (int i = 0; i < count; i++) {
        assert_false(content_provided(items[i].content->kind));
        instead += items[i].reason == PLAY_SUBSTITUTE_UNAPPROVED;
    }
    assert_true(instead >= 2); /* both provided items of the table */
}

/* The kiosk hears of a timely approval in the middle of the period: it plays from then on. */
static void article_20_a_timely_approval_heard_late_counts(void **state)
{
    struct programme_set *set = *state;
    struct play_item items[16];
    assert_int_equal(resolve(set, NOW, items) > 0 ? items[0].reason : PLAY_SCHEDULED,
                     PLAY_SUBSTITUTE_UNAPPROVED);
    set->programmes[0].approved = DEADLINE - 1;
    assert_int_equal(resolve(set, NOW, items), 4);
    assert_int_equal(items[0].reason, PLAY_SCHEDULED);
}

/* A deadline before the distribution can be met by nobody. */
static void article_20_a_deadline_before_distribution_is_never_met(void **state)
{
    struct programme *p = ((struct programme_set *)*state)->programmes;
    p->distributed = DEADLINE;
    for (int64_t approved = DEADLINE - 2; approved <= DEADLINE + 2; approved++) {
        p->approved = approved;
        assert_false(programme_approved(p));
    }
}

/* 21.2: for every item it is known what was planned there. */
static void article_21_2_the_planned_item_is_told(void **state)
{
    struct programme_set *set = *state;
    struct play_item items[16];
    int count = resolve(set, NOW, items);
    assert_true(count > 4);
    for (int i = 0; i < count; i++) {
        assert_ptr_equal(items[i].programme, &set->programmes[0]);
        assert_ptr_equal(items[i].planned, &set->programmes[0].items[items[i].index]);
    }
    count = resolve(set, TO, items); /* outside of the period nothing was planned */
    assert_true(count > 0);
    assert_null(items[0].planned);
    assert_int_equal(items[0].index, -1);
}

static void article_3_5_clinic_content_goes_on_outside_of_periods(void **state)
{
    struct programme_set *set = *state;
    struct play_item items[16];
    set->clinic[0] = film(CONTENT_SELF_MADE, '9', 30000);
    set->clinic_count = 1;
    assert_int_equal(resolve(set, TO, items), 3);
    assert_ptr_equal(items[2].content, &set->clinic[0]);
    set->expires = TO;
    assert_int_equal(resolve(set, TO + 1, items), 3);
    assert_int_equal(items[0].reason, PLAY_SUBSTITUTE_EXPIRED);
    assert_int_equal(items[2].reason, PLAY_SCHEDULED);
    set->substitute_count = 0;
    assert_int_equal(resolve(set, TO + 1, items), 1);
}

static void article_4_a_reservation_only_contract_shows_nothing(void **state)
{
    struct programme_set *set = *state;
    struct play_item items[16];
    set->video_service = false;
    assert_int_equal(resolve(set, NOW, items), 0);
}

/* -- when --------------------------------------------------------------------------------------
 */

static bool on_air(const struct content *content, const char *date, int hour, int minute)
{
    int64_t midnight = 0;
    assert_int_equal(civil_date_to_ms(date, 540, &midnight), 0);
    int64_t now = midnight + (int64_t)(hour * 60 + minute) * 60000;
    return content_on_air(content, 540, now, now);
}

static void weekdays_are_the_sites_own(void **state)
{
    struct content content = {.weekdays = 1 << 2}; /* Tuesdays */
    (void)state;
    assert_true(on_air(&content, "2028-02-29", 0, 0)); /* a leap day, and a Tuesday */
    assert_true(on_air(&content, "2028-02-29", 23, 59));
    assert_false(on_air(&content, "2028-02-28", 23, 59));
    assert_false(on_air(&content, "2028-03-01", 0, 0));
}

static void a_daypart_over_midnight_belongs_to_the_day_it_began(void **state)
{
    struct content content = {.weekdays = 1 << 2, .daypart_from = 22 * 60, .daypart_to = 2 * 60};
    (void)state;
    assert_false(on_air(&content, "2028-02-29", 1, 0)); /* Monday's night */
    assert_false(on_air(&content, "2028-02-29", 21, 59));
    assert_true(on_air(&content, "2028-02-29", 22, 0));
    assert_true(on_air(&content, "2028-03-01", 1, 59));
    assert_false(on_air(&content, "2028-03-01", 2, 0));
}

/* -- files and time that are not sure ----------------------------------------------------------
 */

static enum programme_file unverified(void *context, const char *sha256)
{
    (void)context;
    return sha256[0] == '1' ? PROGRAMME_FILE_UNVERIFIED : PROGRAMME_FILE_READY;
}

static void what_is_not_verified_does_not_play(void **state)
{
    struct programme_set *set = *state;
    struct play_item items[16];
    set->programmes[0].approved = DEADLINE - 1;
    assert_true(programme_resolve(set, true, NOW, unverified, NULL, items, 16) > 0);
    assert_int_equal(items[0].reason, PLAY_SUBSTITUTE_UNVERIFIED);
    assert_int_equal(items[0].content->kind, CONTENT_SUBSTITUTE);
}

static void a_page_needs_its_photographs(void **state)
{
    struct programme_set *set = *state;
    struct play_item items[16];
    struct content *notice = &set->programmes[0].items[1];
    name(notice->photos[notice->photo_count++], '8');
    name(missing_file, '8');
    int count = resolve(set, NOW, items);
    for (int i = 0; i < count; i++)
        assert_ptr_not_equal(items[i].content, notice);
    missing_file[0] = '\0';
    name(set->withdrawn[set->withdrawn_count++], '8');
    count = resolve(set, NOW, items);
    for (int i = 0; i < count; i++)
        assert_ptr_not_equal(items[i].content, notice);
}

static int between(const struct programme_set *set, int64_t earliest, int64_t latest,
                   struct play_item *items)
{
    return programme_resolve_between(set, true, earliest, latest, has_file, NULL, items, 16);
}

static void without_a_known_time_only_what_is_always_valid_plays(void **state)
{
    struct programme_set *set = *state;
    struct play_item items[16];
    set->programmes[0].approved = DEADLINE - 1;
    set->clinic[0] = film(CONTENT_SELF_MADE, '9', 30000);
    set->clinic[1] = film(CONTENT_SELF_MADE, '8', 30000);
    set->clinic[1].show_to = TO;
    set->clinic_count = 2;
    assert_int_equal(between(set, FROM, TO - 1, items), 6); /* all of it in the period */
    assert_int_equal(items[0].reason, PLAY_SCHEDULED);
    assert_int_equal(between(set, FROM - 1, TO - 1, items), 4); /* it may not have begun */
    assert_int_equal(items[0].reason, PLAY_SUBSTITUTE_NO_TIME);
    assert_int_equal(between(set, NOW, INT64_MAX, items), 3); /* nobody knows */
    assert_int_equal(items[0].reason, PLAY_SUBSTITUTE_NO_TIME);
    assert_ptr_equal(items[2].content, &set->clinic[0]);
    assert_int_equal(between(set, -5, -7, items), 4); /* a clock that is nonsense */
}

static void every_planned_place_keeps_its_turn_in_a_short_round(void **state)
{
    struct programme_set *set = *state;
    struct play_item items[6];
    set->programmes[0].items[0].duration_ms = 3600000; /* would take 180 substitutes */
    int count = programme_resolve(set, true, NOW, has_file, NULL, items, 6);
    assert_int_equal(count, 6);
    assert_ptr_equal(items[5].content, &set->programmes[0].items[3]);
}

static void round_trips(void **state)
{
    struct programme_set *set = *state, *back = malloc(sizeof *back);
    char error[200];
    assert_non_null(back);
    name(set->withdrawn[set->withdrawn_count++], '7');
    set->programmes[0].items[1].show_to = 77;
    set->programmes[0].items[0].change = CONTENT_CHANGE_FADE;
    set->programmes[0].items[1].change = CONTENT_CHANGE_CUT;
    cJSON *json = programme_set_to_json(set);
    assert_int_equal(programme_set_from_json(json, back, error, sizeof error), 0);
    assert_int_equal(back->programmes[0].items[0].change, CONTENT_CHANGE_FADE);
    assert_int_equal(back->programmes[0].items[1].change, CONTENT_CHANGE_CUT);
    assert_int_equal(back->programmes[0].items[2].change, CONTENT_CHANGE_USUAL);
    cJSON *again = programme_set_to_json(back);
    assert_true(cJSON_Compare(json, again, 1));
    cJSON_Delete(again);
    cJSON *programme = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "programmes"), 0);
    cJSON_ReplaceItemInObject(programme, "to", cJSON_CreateNumber(1));
    assert_true(programme_set_from_json(json, back, error, sizeof error) < 0);
    assert_memory_equal(error, "programmes[0].to:", 17);
    assert_int_equal(back->programmes[0].item_count, 4); /* untouched */
    cJSON_Delete(json);
    free(back);
}

static void a_film_without_a_file_name_is_refused(void **state)
{
    char error[200];
    struct programme_set *set = *state;
    struct programme *p = set->programmes;
    p->items[0].sha256[0] = '\0';
    cJSON *json = programme_to_json(p);
    assert_true(programme_from_json(json, p, error, sizeof error) < 0);
    assert_string_equal(error, "items[0].sha256: is missing");
    cJSON_Delete(json);
}

static void a_change_is_a_cut_or_a_fade(void **state)
{
    char error[200];
    struct content content;
    (void)state;
    cJSON *json = cJSON_Parse("{\"kind\":\"notice\",\"duration_ms\":5000,\"change\":\"wipe\"}");
    assert_true(content_from_json(json, &content, error, sizeof error) < 0);
    assert_string_equal(error, "change: is cut or fade");
    cJSON_Delete(json);
}

static void bad_page(const char *page, const char *sentence)
{
    char text[3200], error[200] = "";
    struct content content;
    (void)snprintf(text, sizeof text, "{\"kind\":\"notice\",\"duration_ms\":5000,\"page\":%s}",
                   page);
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    assert_true(content_from_json(json, &content, error, sizeof error) < 0);
    assert_non_null(strstr(error, sentence));
    cJSON_Delete(json);
}

static void pages_are_read_strictly(void **state)
{
    static char many[3000] = "{\"template\":\"t\",\"fields\":{";
    (void)state;
    bad_page("7", "page");
    bad_page("{}", "page.template");
    bad_page("{\"template\":\"../x\"}", "page.template");
    bad_page("{\"template\":\"t\",\"fields\":{\"a\":7}}", "page.a");
    bad_page("{\"template\":\"t\",\"photos\":{\"a\":\"zz\"}}", "page.a");
    bad_page("{\"template\":\"t\",\"photos\":{\"a/b\":\"zz\"}}", "page.photos");
    for (int i = 0; i < 15; i++)
        (void)snprintf(many + strlen(many), sizeof many - strlen(many), "%s\"f%d\":\"%0150d\"",
                       i ? "," : "", i, 1);
    strcat(many, "}}");
    bad_page(many, "page: is too long");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(article_20_approved_in_time_plays_as_tabled),
        T(article_20_2_unapproved_plays_relaxation_of_the_same_length),
        T(article_20_2_the_deadlines_second_is_too_late),
        T(article_20_2_late_approval_never_restores_the_period),
        T(article_20_2_deadline_runs_only_after_distribution),
        T(withdrawn_films_give_way_though_approved),
        T(missing_films_give_way),
        T(clinic_content_keeps_its_broadcast_period),
        T(outside_its_period_substitutes_alone_play),
        T(article_4_no_video_service_no_film),
        T(a_long_table_stays_within_the_callers_room),
        T(article_20_unapproved_gives_substitutes),
        T(article_20_a_timely_approval_heard_late_counts),
        T(article_20_a_deadline_before_distribution_is_never_met),
        T(article_21_2_the_planned_item_is_told),
        T(article_3_5_clinic_content_goes_on_outside_of_periods),
        T(article_4_a_reservation_only_contract_shows_nothing),
        T(weekdays_are_the_sites_own),
        T(a_daypart_over_midnight_belongs_to_the_day_it_began),
        T(what_is_not_verified_does_not_play),
        T(a_page_needs_its_photographs),
        T(without_a_known_time_only_what_is_always_valid_plays),
        T(every_planned_place_keeps_its_turn_in_a_short_round),
        T(pages_are_read_strictly),
        T(round_trips),
        T(a_change_is_a_cut_or_a_fade),
        T(a_film_without_a_file_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
