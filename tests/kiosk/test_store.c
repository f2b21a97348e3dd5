/* The content store gives out what it has read and found right, and nothing else. */
#include "../core/test.h"

#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "station_rig.h"
#include "store.h"

struct fixture {
    struct rig rig;
    struct store *store;
    int woken;
};

static void notify(void *context)
{
    const struct fixture *f = context;
    const uint64_t one = 1;
    if (write(f->woken, &one, sizeof one) != (ssize_t)sizeof one)
        abort();
}

static void start(struct fixture *f)
{
    assert_int_equal(store_create(f->rig.dir, notify, f, &f->store), 0);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    rig_open(&f->rig);
    f->woken = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    start(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_destroy(f->store);
    close(f->woken);
    rig_close(&f->rig);
    free(f);
    return 0;
}

static void sha256(const char *bytes, char hex[static SHA256_SIZE])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)bytes, strlen(bytes));
    (void)sodium_bin2hex(hex, SHA256_SIZE, hash, sizeof hash);
}

static void put(const char *path, const char *bytes)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(bytes, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static struct store_event wait_event(struct fixture *f)
{
    struct store_event event;
    struct pollfd wait = {.fd = f->woken, .events = POLLIN};
    while (!store_event(f->store, &event)) {
        uint64_t count;
        assert_int_equal(poll(&wait, 1, 5000), 1);
        assert_int_equal(read(f->woken, &count, sizeof count), sizeof count);
    }
    return event;
}

static void a_complete_download_is_verified_and_named(void **state)
{
    struct fixture *f = *state;
    char hex[SHA256_SIZE], path[STORE_PATH_SIZE], part[STORE_PATH_SIZE];
    sha256("film", hex);
    assert_int_equal(store_part(f->store, hex, part, sizeof part), 0);
    put(part, "film");
    assert_int_equal(store_part(f->store, hex, part, sizeof part), 4);
    assert_false(store_path(f->store, hex, path, sizeof path));
    assert_int_equal(store_complete(f->store, hex), 0);
    assert_true(store_known(f->store, hex));
    struct store_event event = wait_event(f);
    assert_string_equal(event.sha256, hex);
    assert_true(event.good);
    assert_true(store_path(f->store, hex, path, sizeof path));
    assert_int_equal(access(path, R_OK), 0);
    assert_int_not_equal(access(part, F_OK), 0);
}

static void a_damaged_download_is_removed(void **state)
{
    struct fixture *f = *state;
    char hex[SHA256_SIZE], path[STORE_PATH_SIZE], part[STORE_PATH_SIZE];
    sha256("film", hex);
    (void)store_part(f->store, hex, part, sizeof part);
    put(part, "fiLm");
    assert_int_equal(store_complete(f->store, hex), 0);
    assert_false(wait_event(f).good);
    assert_false(store_path(f->store, hex, path, sizeof path));
    assert_false(store_known(f->store, hex));
    assert_int_not_equal(access(part, F_OK), 0);
}

static void every_start_reads_the_files_again(void **state)
{
    struct fixture *f = *state;
    char good[SHA256_SIZE], bad[SHA256_SIZE], path[STORE_PATH_SIZE], name[128];
    sha256("good", good);
    sha256("bad", bad);
    store_destroy(f->store);
    (void)snprintf(name, sizeof name, "contents/%s", good);
    put(rig_path(&f->rig, name), "good");
    (void)snprintf(name, sizeof name, "contents/%s", bad);
    put(rig_path(&f->rig, name), "rotten");
    put(rig_path(&f->rig, "contents/readme"), "not a film");
    start(f);
    bool first = wait_event(f).good, second = wait_event(f).good;
    assert_true(first != second);
    assert_true(store_path(f->store, good, path, sizeof path));
    assert_false(store_path(f->store, bad, path, sizeof path));
    assert_int_not_equal(access(rig_path(&f->rig, name), F_OK), 0);
    char list[4][SHA256_SIZE];
    assert_int_equal(store_list(f->store, list, 4), 1);
    assert_string_equal(list[0], good);
}

static bool needs_this(const char *name, void *context)
{
    return strcmp(name, context) == 0;
}

static void begun_downloads_that_nobody_needs_go(void **state)
{
    struct fixture *f = *state;
    char kept[SHA256_SIZE], old[SHA256_SIZE], path[STORE_PATH_SIZE];
    sha256("kept", kept);
    sha256("old", old);
    (void)store_part(f->store, kept, path, sizeof path);
    put(path, "ke");
    (void)store_part(f->store, old, path, sizeof path);
    put(path, "ol");
    store_sweep(f->store, needs_this, kept);
    assert_int_equal(store_part(f->store, kept, path, sizeof path), 2);
    assert_int_equal(store_part(f->store, old, path, sizeof path), 0);
}

/* No disk has that much room: what is not needed goes, what is needed stays, and the answer is no.
 */
static void room_is_made_of_what_is_not_needed(void **state)
{
    struct fixture *f = *state;
    static const char *const films[] = {"needed", "not needed"};
    char hex[2][SHA256_SIZE], path[STORE_PATH_SIZE];
    for (int i = 0; i < 2; i++) {
        sha256(films[i], hex[i]);
        (void)store_part(f->store, hex[i], path, sizeof path);
        put(path, films[i]);
        assert_int_equal(store_complete(f->store, hex[i]), 0);
        assert_true(wait_event(f).good);
    }
    assert_true(store_room(f->store, 0, needs_this, hex[0]));
    assert_true(store_path(f->store, hex[1], path, sizeof path));
    assert_false(store_room(f->store, INT64_C(1) << 60, needs_this, hex[0]));
    assert_false(store_path(f->store, hex[1], path, sizeof path));
    assert_true(store_path(f->store, hex[0], path, sizeof path));
}

int main(void)
{
#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_STORE(a_complete_download_is_verified_and_named),
        WITH_STORE(a_damaged_download_is_removed),
        WITH_STORE(every_start_reads_the_files_again),
        WITH_STORE(begun_downloads_that_nobody_needs_go),
        WITH_STORE(room_is_made_of_what_is_not_needed),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
