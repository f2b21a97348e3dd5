/* The bundle on a stick: whole, readable by tar, without secrets; and the stick that is not there.
 */
#include "test.h"

#include "diagnosis.h"
#include "tar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    char dir[64], stick[96], conf[96];
};

static void wake(void *context)
{
    (void)context;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->dir, "/tmp/machiai-usb-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->stick, sizeof f->stick, "%s/stick", f->dir);
    snprintf(f->conf, sizeof f->conf, "%s/kiosk.conf", f->dir);
    FILE *conf = fopen(f->conf, "w");
    assert_non_null(conf);
    fputs("[cloud]\nurl = https://c:1\r\ncode = ABCD-EFGH\n[staff]\n  pin = $argon2id$x\n"
          "pinned = SECRET\n[wifi]\nname = clinic\n;password = SECRET\npassword SECRET\n"
          "; the old one was SECRET\n[network]\nproxy = http://me:SECRET@h:1",
          conf);
    fclose(conf);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", f->dir);
    assert_int_equal(system(command), 0);
    free(f);
    return 0;
}

static const char *write_bundle(struct fixture *f)
{
    struct diagnosis *diagnosis = NULL;
    char places[128];
    snprintf(places, sizeof places, "/nowhere:%s/", f->stick);
    struct diagnosis_options options = {
        .config_path = f->conf, .places = places, .name = "T-91C7", .wake = wake};
    assert_int_equal(diagnosis_start(&options, strdup("{\"ok\":true}"), &diagnosis), 0);
    const char *outcome;
    while ((outcome = diagnosis_poll(diagnosis)) == NULL)
        usleep(10000);
    diagnosis_destroy(diagnosis);
    return outcome;
}

/* What tar itself says of the bundle. */
static void run_tar(const struct fixture *f, const char *how, const char *what, char *text,
                    size_t size)
{
    char command[256];
    snprintf(command, sizeof command, "tar %s '%s'/machiai-T-91C7-*.tar %s 2>&1", how, f->stick,
             what);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t got = fread(text, 1, size - 1, pipe);
    text[got] = '\0';
    assert_int_equal(pclose(pipe), 0);
}

static void test_bundle(void **state)
{
    static const char *const names[] = {"version.txt", "status.json", "kiosk.conf", "meminfo.txt"};
    struct fixture *f = *state;
    char text[4096];
    assert_int_equal(mkdir(f->stick, 0700), 0);
    assert_string_equal(write_bundle(f), "staff.usb_written");
    run_tar(f, "-tf", "", text, sizeof text);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_non_null(strstr(text, names[i]));
    run_tar(f, "-xOf", "kiosk.conf", text, sizeof text);
    assert_non_null(strstr(text, "url = https://c:1"));
    assert_non_null(strstr(text, "name = clinic"));
    assert_non_null(strstr(text, "proxy ="));
    assert_null(strstr(text, "SECRET"));
    assert_null(strstr(text, "ABCD"));
    assert_null(strstr(text, "argon2id"));
    run_tar(f, "-xOf", "status.json", text, sizeof text);
    assert_string_equal(text, "{\"ok\":true}");
}

static void test_no_stick(void **state)
{
    struct fixture *f = *state;
    char path[DIAGNOSIS_PATH_SIZE];
    assert_string_equal(write_bundle(f), "staff.no_usb");
    assert_int_equal(mkdir(f->stick, 0700), 0);
    /* A directory below is no stick unless something is mounted there. */
    assert_false(diagnosis_find_stick(f->dir, path, sizeof path));
    assert_false(diagnosis_find_stick("", path, sizeof path));
}

static void test_limits_of_tar(void **state)
{
    char name[TAR_NAME_MAX + 2];
    FILE *file = tmpfile();
    (void)state;
    assert_non_null(file);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(tar_add(file, name, "x", 1, 0), -EINVAL);
    assert_int_equal(tar_add(file, "", "x", 1, 0), -EINVAL);
    assert_int_equal(tar_add(file, "a", "x", TAR_FILE_MAX + 1UL, 0), -EINVAL);
    assert_int_equal(ftell(file), 0);
    assert_int_equal(tar_add(file, "a", "", 0, 0), 0);
    assert_int_equal(tar_end(file), 0);
    assert_int_equal(ftell(file) % 512, 0);
    fclose(file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_bundle),
        TEST(test_no_stick),
        cmocka_unit_test(test_limits_of_tar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
