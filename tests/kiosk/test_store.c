/* The content store gives out what it has read and found right, and nothing else. */
#include "../core/test.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/statvfs.h>
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

/* A finished download of these bytes. */
static void download(struct fixture *f, const char *name, const char *bytes)
{
    struct sealed_writer *writer;
    assert_int_equal(store_part(f->store, name, &writer), 0);
    assert_int_equal(sealed_writer_write(writer, bytes, strlen(bytes)), 0);
    assert_int_equal(sealed_writer_finish(writer), 0);
    sealed_writer_close(writer);
    assert_int_equal(store_complete(f->store, name), 0);
}

static const char *path_of(struct fixture *f, const char *name, const char *ending)
{
    char path[128];
    (void)snprintf(path, sizeof path, "contents/%s%s", name, ending);
    return rig_path(&f->rig, path);
}

static bool there(struct fixture *f, const char *name, const char *ending)
{
    return access(path_of(f, name, ending), F_OK) == 0;
}

static void assert_film(struct fixture *f, const char *name, const char *bytes)
{
    uint8_t *got;
    size_t size;
    struct store_film film;
    assert_int_equal(store_find(f->store, name), PROGRAMME_FILE_READY);
    assert_true(store_film(f->store, name, &film));
    assert_int_equal(store_bytes(f->store, name, 1000, &got, &size), 0);
    assert_int_equal(size, strlen(bytes));
    assert_memory_equal(got, bytes, size);
    free(got);
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
    char hex[SHA256_SIZE];
    struct store_film film;
    sha256("film", hex);
    assert_int_equal(store_find(f->store, hex), PROGRAMME_FILE_MISSING);
    assert_false(store_film(f->store, hex, &film));
    download(f, hex, "film");
    struct store_event event = wait_event(f);
    assert_string_equal(event.sha256, hex);
    assert_true(event.good);
    assert_film(f, hex, "film");
    assert_false(there(f, hex, ".part"));
    assert_int_equal(store_bytes(f->store, hex, 3, &(uint8_t *){NULL}, &(size_t){0}), -EFBIG);
}

static void nothing_lies_in_clear(void **state)
{
    struct fixture *f = *state;
    char hex[SHA256_SIZE], command[RIG_PATH_SIZE + 64];
    sha256("a film that nobody else may read", hex);
    download(f, hex, "a film that nobody else may read");
    assert_true(wait_event(f).good);
    (void)snprintf(command, sizeof command, "grep -rq 'nobody else' '%s'", f->rig.dir);
    assert_int_not_equal(system(command), 0);
}

static void a_damaged_download_is_removed(void **state)
{
    struct fixture *f = *state;
    char hex[SHA256_SIZE];
    sha256("film", hex);
    download(f, hex, "fiLm");
    assert_false(wait_event(f).good);
    assert_int_equal(store_find(f->store, hex), PROGRAMME_FILE_MISSING);
    assert_false(there(f, hex, ".part"));
    assert_false(there(f, hex, ".sealed"));
}

static void restart(struct fixture *f)
{
    store_destroy(f->store);
    start(f);
}

static void spoil(const char *path)
{
    FILE *file = fopen(path, "r+");
    assert_int_equal(fseek(file, -3, SEEK_END), 0);
    assert_int_equal(fputc('x', file), 'x');
    assert_int_equal(fclose(file), 0);
}

static void every_start_reads_the_files_again(void **state)
{
    struct fixture *f = *state;
    char good[SHA256_SIZE], bad[SHA256_SIZE];
    sha256("good", good);
    sha256("bad", bad);
    download(f, good, "good");
    download(f, bad, "bad");
    assert_true(wait_event(f).good && wait_event(f).good);
    spoil(path_of(f, bad, ".sealed"));
    put(rig_path(&f->rig, "contents/readme"), "not a film");
    restart(f);
    bool first = wait_event(f).good, second = wait_event(f).good;
    assert_true(first != second);
    assert_film(f, good, "good");
    assert_int_equal(store_find(f->store, bad), PROGRAMME_FILE_MISSING);
    assert_false(there(f, bad, ".sealed"));
    char list[4][SHA256_SIZE];
    assert_int_equal(store_list(f->store, list, 4), 1);
    assert_string_equal(list[0], good);
}

/* Whoever plays it finds the damage before the next start does. */
static void a_file_in_doubt_is_read_again(void **state)
{
    struct fixture *f = *state;
    char good[SHA256_SIZE], bad[SHA256_SIZE];
    uint8_t *bytes;
    size_t size;
    sha256("good", good);
    sha256("bad", bad);
    download(f, good, "good");
    download(f, bad, "bad");
    assert_true(wait_event(f).good && wait_event(f).good);
    store_doubt(f->store, good);
    assert_true(wait_event(f).good);
    spoil(path_of(f, bad, ".sealed"));
    assert_int_equal(store_bytes(f->store, bad, 100, &bytes, &size), -EBADMSG);
    assert_false(wait_event(f).good);
    assert_int_equal(store_find(f->store, bad), PROGRAMME_FILE_MISSING);
    assert_film(f, good, "good");
}

/* What an earlier version left, in whatever state a power cut left the sealing. */
static void what_lies_in_clear_is_sealed(void **state)
{
    struct fixture *f = *state;
    char film[SHA256_SIZE], rotten[SHA256_SIZE], both[SHA256_SIZE];
    sha256("film", film);
    sha256("good once", rotten);
    sha256("both", both);
    download(f, both, "both");
    assert_true(wait_event(f).good);
    store_destroy(f->store);
    put(path_of(f, film, ""), "film");
    put(path_of(f, film, ".draft"), "half of a fi");
    put(path_of(f, rotten, ""), "rotten now");
    put(path_of(f, both, ""), "both");
    start(f);
    int good = 0;
    for (int i = 0; i < 3; i++)
        good += wait_event(f).good;
    assert_int_equal(good, 2);
    assert_film(f, film, "film");
    assert_film(f, both, "both");
    assert_int_equal(store_find(f->store, rotten), PROGRAMME_FILE_MISSING);
    const char *const names[] = {film, rotten, both};
    for (int i = 0; i < 3; i++) {
        assert_false(there(f, names[i], ""));
        assert_false(there(f, names[i], ".draft"));
    }
    restart(f);
    assert_true(wait_event(f).good && wait_event(f).good);
    assert_film(f, film, "film");
}

/* A card of another device, or a key that is gone: the films are worth nothing, the kiosk lives. */
static void another_key_costs_the_films(void **state)
{
    struct fixture *f = *state;
    char hex[SHA256_SIZE];
    sha256("film", hex);
    download(f, hex, "film");
    assert_true(wait_event(f).good);
    store_destroy(f->store);
    put(rig_path(&f->rig, "device.key"), "short");
    start(f);
    assert_false(wait_event(f).good);
    assert_int_equal(access(rig_path(&f->rig, "device.key.damaged"), F_OK), 0);
    download(f, hex, "film");
    assert_true(wait_event(f).good);
    assert_film(f, hex, "film");
}

static bool needs_this(const char *name, void *context)
{
    return strcmp(name, context) == 0;
}

/* -- a full disk ------------------------------------------------------------------------------- */

static int64_t room_left =
    -1; /* bytes that the disk has, as files of 1,000 bytes go; -1 = the real */
static const char *room_dir;

int __real_statvfs(const char *path, struct statvfs *ret);
int __wrap_statvfs(const char *path, struct statvfs *ret);

static int64_t count_films(void)
{
    char path[RIG_PATH_SIZE + 16];
    (void)snprintf(path, sizeof path, "%s/contents", room_dir);
    DIR *dir = opendir(path);
    int64_t count = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += strlen(entry->d_name) >= SHA256_SIZE - 1;
    (void)closedir(dir);
    return count;
}

int __wrap_statvfs(const char *path, struct statvfs *ret)
{
    int r = __real_statvfs(path, ret);
    if (room_left < 0)
        return r;
    ret->f_frsize = 1;
    ret->f_bavail = (fsblkcnt_t)(room_left - 1000 * count_films());
    return r;
}

/* Substitutes and scheduled films stay whatever is asked for; the others go one by one, and no more
 * of them than must. */
static void a_full_disk_takes_what_is_not_needed_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    static const char *const films[] = {"substitute", "old 1", "old 2", "old 3"};
    char hex[4][SHA256_SIZE];
    for (int i = 0; i < 4; i++) {
        sha256(films[i], hex[i]);
        download(f, hex[i], films[i]);
        assert_true(wait_event(f).good);
    }
    room_dir = f->rig.dir;
    room_left = STORE_RESERVE_BYTES + 4000;
    assert_true(store_room(f->store, 0, needs_this, hex[0])); /* just enough */
    assert_int_equal(count_films(), 4);
    assert_true(store_room(f->store, 1500, needs_this, hex[0]));
    assert_int_equal(count_films(), 2);
    assert_false(store_room(f->store, 4000, needs_this, hex[0]));
    assert_int_equal(count_films(), 1);
    assert_film(f, hex[0], films[0]);
    /* The journal's reserve is never promised, even for nothing. */
    room_left = STORE_RESERVE_BYTES + 999;
    assert_false(store_room(f->store, 0, needs_this, hex[0]));
    assert_film(f, hex[0], films[0]);
    room_left = -1;
}

/* There is no room for both: the clear one goes, to be fetched again, rather than to lie there. */
static void a_clear_film_without_room_to_be_sealed_goes(void **state)
{
    struct fixture *f = *state;
    char hex[SHA256_SIZE];
    sha256("film", hex);
    store_destroy(f->store);
    put(path_of(f, hex, ""), "film");
    room_dir = f->rig.dir;
    room_left = STORE_RESERVE_BYTES + 1000;
    start(f);
    bool good = wait_event(f).good;
    room_left = -1;
    assert_false(good);
    assert_false(there(f, hex, ""));
    assert_int_equal(store_find(f->store, hex), PROGRAMME_FILE_MISSING);
}

static void begin_download(struct fixture *f, const char *name)
{
    struct sealed_writer *writer;
    assert_int_equal(store_part(f->store, name, &writer), 0);
    sealed_writer_close(writer);
}

static void begun_downloads_that_nobody_needs_go(void **state)
{
    struct fixture *f = *state;
    char kept[SHA256_SIZE], old[SHA256_SIZE];
    sha256("kept", kept);
    sha256("old", old);
    begin_download(f, kept);
    begin_download(f, old);
    store_sweep(f->store, needs_this, kept);
    assert_true(there(f, kept, ".part"));
    assert_false(there(f, old, ".part"));
}

/* No disk has that much room: what is not needed goes, what is needed stays, and the answer is no.
 */
static void room_is_made_of_what_is_not_needed(void **state)
{
    struct fixture *f = *state;
    static const char *const films[] = {"needed", "not needed"};
    char hex[2][SHA256_SIZE];
    for (int i = 0; i < 2; i++) {
        sha256(films[i], hex[i]);
        download(f, hex[i], films[i]);
        assert_true(wait_event(f).good);
    }
    assert_true(store_room(f->store, 0, needs_this, hex[0]));
    assert_film(f, hex[1], films[1]);
    assert_false(store_room(f->store, INT64_C(1) << 60, needs_this, hex[0]));
    assert_int_equal(store_find(f->store, hex[1]), PROGRAMME_FILE_MISSING);
    assert_false(there(f, hex[1], ".sealed"));
    assert_film(f, hex[0], films[0]);
}

int main(void)
{
#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_STORE(a_complete_download_is_verified_and_named),
        WITH_STORE(a_damaged_download_is_removed),
        WITH_STORE(nothing_lies_in_clear),
        WITH_STORE(every_start_reads_the_files_again),
        WITH_STORE(a_file_in_doubt_is_read_again),
        WITH_STORE(what_lies_in_clear_is_sealed),
        WITH_STORE(another_key_costs_the_films),
        WITH_STORE(begun_downloads_that_nobody_needs_go),
        WITH_STORE(room_is_made_of_what_is_not_needed),
        WITH_STORE(a_full_disk_takes_what_is_not_needed_and_nothing_else),
        WITH_STORE(a_clear_film_without_room_to_be_sealed_goes),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
