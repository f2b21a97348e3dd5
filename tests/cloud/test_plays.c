/* Proof of play: the chain that devices upload, and the report of shown and planned (21.2). */
#include "server_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "contents.h"
#include "plays.h"
#include "programmes.h"

static const int64_t hour = 3600 * 1000;

#define TEA  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LAKE "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* A device's log being written. */
struct chain {
    char log[PLAY_LOG_SIZE], hash[HASH_SIZE];
    int64_t seq;
};

static void chain_begin(struct chain *chain, const char *log)
{
    *chain = (struct chain){.seq = 0};
    (void)snprintf(chain->log, sizeof(chain->log), "%s", log);
    (void)snprintf(chain->hash, sizeof(chain->hash), "%s", entry_first_hash);
}

static struct play next_play(struct chain *chain, const char *film, const char *planned,
                             const char *reason, int64_t start)
{
    struct play play = {.seq = ++chain->seq,
                        .start = start,
                        .end = start + 15000,
                        .shown_ms = 15000,
                        .frames = 450,
                        .kind = *planned ? CONTENT_SUBSTITUTE : CONTENT_ADVERTISEMENT,
                        .title = "麦茶",
                        .item = -1};

    (void)snprintf(play.log, sizeof(play.log), "%s", chain->log);
    (void)snprintf(play.sha256, sizeof(play.sha256), "%s", film);
    (void)snprintf(play.planned, sizeof(play.planned), "%s", planned);
    (void)snprintf(play.reason, sizeof(play.reason), "%s", reason);
    memcpy(play.prev, chain->hash, sizeof(play.prev));
    play_hash(play.prev, &play, play.hash);
    memcpy(chain->hash, play.hash, sizeof(chain->hash));
    return play;
}

static void send_plays(struct server *server, const struct play *plays, int count, int64_t stored,
                       int64_t broken)
{
    cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "plays");
    struct answer answer;
    char *text;

    for (int i = 0; i < count; i++)
        cJSON_AddItemToArray(list, play_to_json(&plays[i]));
    text = cJSON_PrintUnformatted(json);
    answer = server_ask(server, ASK_DEVICE_A, "POST", "/api/v1/device/plays", text);
    if (answer.status != 200 || answer_int(&answer, "stored") != stored ||
        answer_int(&answer, "broken") != broken)
        fail_msg("%ld %s", answer.status, answer.text);
    answer_free(&answer);
    cJSON_free(text);
    cJSON_Delete(json);
}

static int64_t stored_plays(struct server *server, const char *log, const char *broken)
{
    struct cloud *beside = server_open_beside(server);
    int64_t count = -1;

    assert_int_equal(db_get_int(beside->db, &count,
                                "SELECT COUNT(*) FROM play WHERE log = $1 AND ($2 = '' OR broken = "
                                "CAST($2 AS BIGINT))",
                                "tt", log, broken),
                     1);
    cloud_close(beside);
    return count;
}

static void test_a_chain_is_kept_once(void **state)
{
    static const char log[] = "0000000000000001";
    struct server *server = *state;
    struct chain chain;
    struct play plays[3];

    chain_begin(&chain, log);
    for (int i = 0; i < 3; i++)
        plays[i] = next_play(&chain, TEA, "", "scheduled", 1000 + i);
    send_plays(server, plays, 2, 2, 0);
    send_plays(server, plays, 3, 3, 0); /* the answer was lost: sent again */
    assert_int_equal(stored_plays(server, log, ""), 3);
    assert_int_equal(stored_plays(server, log, "1"), 0);
}

/* What was changed, left out or put in is kept, marked, and told; never refused. */
static void test_a_broken_chain_is_kept_and_marked(void **state)
{
    static const char log[] = "0000000000000002";
    struct server *server = *state;
    struct chain chain;
    struct play plays[4], other;

    chain_begin(&chain, log);
    for (int i = 0; i < 4; i++)
        plays[i] = next_play(&chain, TEA, "", "scheduled", 1000 + i);
    send_plays(server, plays, 1, 1, 0);
    send_plays(server, plays + 2, 1, 3, 1); /* the second was left out */
    send_plays(server, plays + 3, 1, 4, 0); /* and the rest follows */
    other = plays[3];
    other.seq = 5;
    other.shown_ms = 99000; /* longer than it was when its hash was made */
    memcpy(other.prev, plays[3].hash, sizeof(other.prev));
    send_plays(server, &other, 1, 5, 1);
    other = plays[0];
    other.frames++; /* another play under a number that is taken */
    play_hash(other.prev, &other, other.hash);
    send_plays(server, &other, 1, 1, 1);
    assert_int_equal(stored_plays(server, log, "1"), 3);
    assert_int_equal(stored_plays(server, log, ""), 5);
    server_expect(server, ASK_DEVICE_A, "POST", "/api/v1/device/plays", "{\"plays\":[{}]}", 400);
    server_expect(server, ASK_CONTRACTOR_A, "POST", "/api/v1/device/plays", "{\"plays\":[]}", 403);
}

/* -- the report -------------------------------------------------------------------------------- */

static void add_film(struct cloud *cloud, const char *sha256, enum content_kind kind,
                     const char *title)
{
    struct film film = {
        .kind = kind, .size = 1000, .duration_ms = 15000, .added = 1, .allowed = true};

    (void)snprintf(film.sha256, sizeof(film.sha256), "%s", sha256);
    (void)snprintf(film.title, sizeof(film.title), "%s", title);
    assert_int_equal(contents_film_put(cloud->db, &film), 0);
}

/* A distributed programme of a clinic with the film in two places of its table. */
static void plan(struct cloud *cloud, const char *site, int64_t from, bool approved,
                 char id[static UID_SIZE])
{
    char table[600], error[DB_ERROR_SIZE] = "";
    cJSON *json;

    (void)snprintf(table, sizeof(table),
                   "{\"from\":%lld,\"to\":%lld,\"deadline\":%lld,\"items\":[{\"sha256\":\"" TEA
                   "\"},{\"sha256\":\"" TEA "\"}]}",
                   (long long)from, (long long)(from + 24 * hour), (long long)(from - hour));
    json = cJSON_Parse(table);
    if (programmes_add(cloud->db, site, 540, json, from - 72 * hour, id, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    cJSON_Delete(json);
    assert_int_equal(programmes_distribute(cloud->db, site, id, from - 48 * hour), 0);
    if (approved)
        assert_int_equal(programmes_approve(cloud->db, site, id, "contractor", from - 24 * hour),
                         0);
}

static void test_21_2_shown_and_planned_by_facility_and_period(void **state)
{
    static const char log[] = "0000000000000003";
    const int64_t from = INT64_C(1800000000000); /* far from the other tests' plays */
    struct server *server = *state;
    struct cloud *beside = server_open_beside(server);
    char a[UID_SIZE], b[UID_SIZE], path[300];
    struct play plays[3];
    struct answer answer;
    struct chain chain;

    add_film(beside, TEA, CONTENT_ADVERTISEMENT, "=麦茶\"冷\"");
    add_film(beside, LAKE, CONTENT_SUBSTITUTE, "湖");
    plan(beside, server->site[CLINIC_A], from, true, a);
    plan(beside, server->site[CLINIC_B], from + 240 * hour, false, b);
    cloud_close(beside);
    chain_begin(&chain, log);
    for (int i = 0; i < 3; i++) {
        bool instead = i == 2;

        plays[i] = next_play(&chain, instead ? LAKE : TEA, instead ? TEA : "",
                             instead ? "missing" : "scheduled", from + i * hour);
        memcpy(plays[i].programme, a, sizeof(a));
        plays[i].version = 3;
        play_hash(plays[i].prev, &plays[i], plays[i].hash);
        memcpy(chain.hash, plays[i].hash, sizeof(chain.hash));
    }
    send_plays(server, plays, 3, 3, 0);
    (void)snprintf(path, sizeof(path), "/api/v1/plays?film=" TEA "&from=%lld&to=%lld",
                   (long long)from, (long long)(from + 300 * hour));
    server_expect(server, ASK_CONTRACTOR_A, "GET", path, NULL, 403);
    answer = server_ask(server, ASK_OPERATOR, "GET", path, NULL);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(answer.json, "rows")), 2);
    int shown = strcmp(answer_text(&answer, "rows.0.programme"), a) == 0 ? 0 : 1;
    char at[40];
#define AT(name) ((void)snprintf(at, sizeof(at), "rows.%d." name, shown), at)
    assert_string_equal(answer_text(&answer, AT("clinic_name")), "さくら内科");
    assert_int_equal(answer_int(&answer, AT("planned")), 2);
    assert_int_equal(answer_int(&answer, AT("shown")), 2);
    assert_int_equal(answer_int(&answer, AT("shown_ms")), 30000);
    assert_int_equal(answer_int(&answer, AT("substituted")), 1);
    assert_int_equal(answer_int(&answer, AT("first")), from);
    shown = 1 - shown; /* the other clinic: planned, not approved, not shown */
    assert_string_equal(answer_text(&answer, AT("clinic_name")), "もみじ医院");
    assert_int_equal(answer_int(&answer, AT("planned")), 2);
    assert_int_equal(answer_int(&answer, AT("shown")), 0);
    assert_false(cJSON_IsTrue(cJSON_GetObjectItem(
        cJSON_GetArrayItem(cJSON_GetObjectItem(answer.json, "rows"), shown), "approved")));
    answer_free(&answer);
    (void)snprintf(path, sizeof(path), "/api/v1/plays?site=%s&from=%lld&format=csv",
                   server->site[CLINIC_A], (long long)from);
    answer = server_ask(server, ASK_OPERATOR, "GET", path, NULL);
    assert_non_null(strstr(answer.text, "site,clinic_no,clinic_name,sha256,title"));
    assert_non_null(strstr(answer.text, "\"'=麦茶\"\"冷\"\"\"")); /* no formula, quotes doubled */
    assert_non_null(strstr(answer.text, "2027-01-15T17:00:00+09:00"));
    assert_null(strstr(answer.text, "もみじ"));
    answer_free(&answer);
    server_expect(server, ASK_OPERATOR, "GET", "/api/v1/plays?from=soon", NULL, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_chain_is_kept_once),
        cmocka_unit_test(test_a_broken_chain_is_kept_and_marked),
        cmocka_unit_test(test_21_2_shown_and_planned_by_facility_and_period),
    };
    return cmocka_run_group_tests_name("plays", tests, server_make, server_remove);
}
