/* A session pins the newest rules that every live kiosk of the site follows. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cloud.h"
#include "presence.h"

static const int64_t day_ms = 24 * 60 * 60 * 1000;

static const char settings_text[] =
    "{\"clinic_no\":\"1024\",\"name\":\"さくら内科\",\"phone\":\"03-0000-0000\","
    "\"desks\":[{\"desk_no\":1,\"name\":\"診察\",\"first\":1,\"last\":199}]}";

static const char *const kiosks[] = {"0badc0de-0000-4000-8000-00000000000a",
                                     "0badc0de-0000-4000-8000-00000000000b"};

struct fixture {
    char folder[256];
    struct cloud *cloud;
    struct site *site;
};

static int make(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    cJSON *settings = cJSON_Parse(settings_text);
    char error[DB_ERROR_SIZE] = "";

    (void)snprintf(f->folder, sizeof(f->folder), P_tmpdir "/machiai-versions-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    if (cloud_open(f->folder, CLOUD_MAKE, &f->cloud, error, sizeof(error)) < 0 ||
        sites_add(f->cloud->sites, settings, "admin", &f->site, error, sizeof(error)) < 0)
        fail_msg("%s", error);
    cJSON_Delete(settings);
    *state = f;
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int drop(void **state)
{
    struct fixture *f = *state;

    cloud_close(f->cloud);
    (void)nftw(f->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

static void enrol(struct fixture *f, int kiosk)
{
    assert_int_equal(db_run(f->cloud->db,
                            "INSERT INTO devices (device, site, name, token, enrolled) VALUES "
                            "($1, $2, 'k', $1, $3)",
                            "tti", kiosks[kiosk], site_id(f->site), cloud_now(NULL)),
                     1);
}

static void report(struct fixture *f, int kiosk, int rules)
{
    struct presence_report said = {.rules = rules, .programme = "", .media = "{}"};
    bool changed;

    assert_int_equal(
        presence_report(f->cloud->presence, site_id(f->site), kiosks[kiosk], &said, &changed), 0);
}

static int rules(struct fixture *f)
{
    int found = 0;

    assert_int_equal(presence_rules(f->cloud->presence, site_id(f->site), &found), 0);
    return found;
}

static void test_the_oldest_live_kiosk_decides(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(rules(f), RULES_MAX); /* nobody to wait for */
    enrol(f, 0);
    assert_int_equal(rules(f), RULES_MIN); /* it has not said yet what it follows */
    report(f, 0, RULES_MAX);
    assert_int_equal(rules(f), RULES_MAX);
    enrol(f, 1);
    report(f, 1, 1);
    assert_int_equal(rules(f), 1);
    report(f, 0, 9999); /* a newer kiosk */
    assert_int_equal(rules(f), 1);
    assert_int_equal(identity_device_revoke(f->cloud->identity, kiosks[1]), 0);
    assert_int_equal(rules(f), RULES_MAX);
}

static void test_a_kiosk_in_the_cupboard_holds_nothing_back(void **state)
{
    struct fixture *f = *state;

    enrol(f, 0);
    enrol(f, 1);
    report(f, 0, 2);
    report(f, 1, 1);
    assert_int_equal(rules(f), 1);
    assert_int_equal(db_run(f->cloud->db,
                            "UPDATE device_status SET seen = seen - $1 WHERE device "
                            "= $2",
                            "it", (PRESENCE_LIVE_DAYS + 1) * day_ms, kiosks[1]),
                     1);
    assert_int_equal(rules(f), 2);
}

static void test_a_session_pins_what_it_began_with(void **state)
{
    struct fixture *f = *state;

    enrol(f, 0);
    report(f, 0, 1);
    assert_int_equal(site_begin(f->site), 0);
    assert_int_equal(site_open_session(f->site), 0);
    assert_int_equal(site_commit(f->site), 0);
    assert_int_equal(site_read(f->site)->rules, 1);
    site_read_end(f->site);
    report(f, 0, 2); /* updated at noon: the session goes on as it was */
    assert_int_equal(site_begin(f->site), 0);
    assert_int_equal(site_open_session(f->site), 0);
    assert_int_equal(site_commit(f->site), 0);
    assert_int_equal(site_read(f->site)->rules, 1);
    site_read_end(f->site);
}

int main(void)
{
#define WITH_CLOUD(test) cmocka_unit_test_setup_teardown(test, make, drop)
    const struct CMUnitTest tests[] = {
        WITH_CLOUD(test_the_oldest_live_kiosk_decides),
        WITH_CLOUD(test_a_kiosk_in_the_cupboard_holds_nothing_back),
        WITH_CLOUD(test_a_session_pins_what_it_began_with),
    };
    return cmocka_run_group_tests_name("versions", tests, NULL, NULL);
}
