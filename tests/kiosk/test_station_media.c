/* Programme and films: fetched, resumed, verified, and there when the cloud is not. */
#include "../core/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "station_driver.h"
#include "store.h"

enum { SOON_MS = 10000, SHA_SIZE = 65 };

struct fixture {
    struct cloud_rig cloud;
    struct driver driver;
    char data[CLOUD_PATH_MAX + 16];
    char film[CLOUD_PATH_MAX + 80];
    char sha256[SHA_SIZE];
    char programme[UID_SIZE];
};

static void run(const char *command)
{
    if (system(command) != 0) {
        (void)fprintf(stderr, "failed: %s\n", command);
        abort();
    }
}

static void field(cJSON *json, const char *key, char *ret, size_t size)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(json, key));
    assert_non_null(text);
    (void)snprintf(ret, size, "%s", text);
    cJSON_Delete(json);
}

/* Seconds of noise, so that a download can be stopped in the middle; film: as the cloud keeps it.
 */
static void make_film(struct fixture *f, int seconds)
{
    char command[1024], film[CLOUD_PATH_MAX + 16];
    (void)snprintf(film, sizeof film, "%s/film-%d.mp4", f->cloud.data, seconds);
    (void)snprintf(command, sizeof command,
                   "ffmpeg -v error -f lavfi -i testsrc=duration=%d:size=640x360:rate=25,"
                   "noise=alls=100:allf=t -f lavfi -i anullsrc=r=48000:cl=stereo -shortest "
                   "-pix_fmt yuv420p -preset ultrafast -crf 1 '%s'",
                   seconds, film);
    run(command);
    field(cloud_rig_admin(&f->cloud, "film add --file '%s' --kind health --title 手洗い", film),
          "sha256", f->sha256, sizeof f->sha256);
    (void)snprintf(f->film, sizeof f->film, "%s/contents/%s", f->cloud.data, f->sha256);
}

/* The film of a period that begins in that year. */
static void make_programme(struct fixture *f, int year)
{
    char path[CLOUD_PATH_MAX + 16];
    (void)snprintf(path, sizeof path, "%s/table.json", f->cloud.data);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fprintf(
        file,
        "{\"from\":\"%d-01-01T00:00:00\",\"to\":\"2037-01-01T00:00:00\","
        "\"deadline\":\"2036-12-01T00:00:00\",\"items\":[{\"sha256\":\"%s\"},"
        "{\"kind\":\"notice\",\"title\":\"休診\",\"body\":\"あす\",\"duration_ms\":9000}]}",
        year, f->sha256);
    assert_int_equal(fclose(file), 0);
    field(cloud_rig_admin(&f->cloud, "programme add --site %s --file '%s'", f->cloud.site, path),
          "programme", f->programme, sizeof f->programme);
}

static void distribute(struct fixture *f)
{
    cJSON_Delete(cloud_rig_admin(&f->cloud, "programme distribute --programme %s", f->programme));
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char code[16];
    cloud_rig_open(&f->cloud);
    cloud_rig_code(&f->cloud, code);
    (void)snprintf(f->data, sizeof f->data, "%s/kiosk", f->cloud.data);
    driver_init(&f->driver, &f->cloud, f->data, code);
    make_film(f, 1);
    make_programme(f, 2020);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    driver_finish(&f->driver);
    cloud_rig_close(&f->cloud);
    free(f);
    return 0;
}

static bool has_programme(const struct driver *driver)
{
    return driver->programme != NULL;
}

static bool has_film(const struct driver *driver)
{
    return driver->programme && driver->programme->programme_count > 0 &&
           station_file(driver->station, driver->programme->programmes[0].items[0].sha256) ==
               PROGRAMME_FILE_READY;
}

static bool reports_film(const struct driver *driver)
{
    return driver->status.programme.files == 1 && driver->status.programme.present == 1;
}

static bool refused_nothing(const struct driver *driver)
{
    return !driver->status.programme.fault[0];
}

static off_t size_of(const char *path)
{
    struct stat info;
    return stat(path, &info) < 0 ? -1 : info.st_size;
}

static const char *contents(const struct fixture *f, const char *ending)
{
    static char path[1024];
    (void)snprintf(path, sizeof path, "%s/contents/%s%s", f->data, f->sha256, ending);
    return path;
}

/* The store's file opens to the film, byte for byte. */
static void assert_film(struct fixture *f)
{
    struct store_film film;
    struct sealed_reader *reader;
    assert_true(station_film(f->driver.station, f->sha256, &film));
    int fd = open(film.path, O_RDONLY | O_CLOEXEC);
    FILE *clear = fopen(f->film, "r");
    assert_int_equal(sealed_reader_open(fd, film.key, &reader), 0);
    assert_int_equal(sealed_reader_size(reader), size_of(f->film));
    static uint8_t a[65536], b[65536];
    int64_t at = 0;
    ssize_t n;
    while ((n = sealed_reader_read(reader, at, a, sizeof a)) > 0) {
        assert_int_equal(fread(b, 1, (size_t)n, clear), n);
        assert_memory_equal(a, b, (size_t)n);
        at += n;
    }
    assert_int_equal(n, 0);
    sealed_reader_close(reader);
    (void)fclose(clear);
    close(fd);
}

static void a_distributed_programme_comes_with_its_films(void **state)
{
    struct fixture *f = *state;
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    driver_idle(&f->driver, 300);
    assert_null(f->driver.programme); /* not distributed yet */
    assert_string_equal(f->driver.status.programme.fault, "none");
    distribute(f);
    assert_true(driver_wait(&f->driver, has_film, SOON_MS));
    assert_true(driver_wait(&f->driver, reports_film, SOON_MS));
    assert_string_equal(f->driver.programme->programmes[0].id, f->programme);
    assert_int_equal(f->driver.programme->programmes[0].item_count, 2);
    assert_true(driver_wait(&f->driver, refused_nothing, SOON_MS));
    assert_int_equal(f->driver.status.programme.edition, f->driver.programme->edition);
    assert_film(f);
    /* And without the cloud, from what is stored. */
    cloud_rig_kill(&f->cloud);
    driver_stop(&f->driver);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_film, SOON_MS));
    assert_string_equal(f->driver.programme->programmes[0].id, f->programme);
}

/* -- downloads --------------------------------------------------------------------------------- */

/* A station in a process of its own, until its download has so many bytes; then it is killed. */
static void download_until(struct fixture *f, off_t bytes)
{
    pid_t child = fork();
    if (child == 0) {
        driver_start(&f->driver);
        for (;;)
            driver_idle(&f->driver, 100);
    }
    for (int i = 0; i < 2000 && size_of(contents(f, ".part")) < bytes; i++)
        usleep(5000);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(size_of(contents(f, ".part")) >= bytes);
}

static const off_t chunk = SEALED_FRAME_SIZE;

/* Killed at ten points, the download goes on each time at the last whole chunk. */
static void a_download_goes_on_after_each_of_ten_kills(void **state)
{
    struct fixture *f = *state;
    make_film(f, 4);
    make_programme(f, 2020);
    distribute(f);
    f->driver.config.bandwidth_bytes = 2 * 1024 * 1024;
    off_t whole = sealed_disk_size(size_of(f->film)), kept = 0;
    assert_true(whole > 40 * chunk);
    for (int point = 1; point <= 10; point++) {
        download_until(f, whole * point / 12);
        off_t there = size_of(contents(f, ".part"));
        assert_true(there >= kept);
        kept = there - there % chunk - 2 * chunk; /* never less than this again */
    }
    f->driver.config.bandwidth_bytes = 0;
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_film, SOON_MS));
    assert_film(f);
    assert_int_equal(size_of(contents(f, ".part")), -1);
}

/* Whoever wrote there: nothing but the film is ever given out. */
static void a_begun_download_of_something_else_is_none(void **state)
{
    struct fixture *f = *state;
    char command[3000];
    (void)snprintf(command, sizeof command,
                   "mkdir -p '%s/contents' && head -c 300000 /dev/urandom > '%s'", f->data,
                   contents(f, ".part"));
    run(command);
    distribute(f);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_film, SOON_MS));
    assert_film(f);
}

/* [video] downloads: what is for a coming period waits for the night. */
static void a_coming_period_waits_for_its_hours(void **state)
{
    struct fixture *f = *state;
    make_programme(f, 2036);
    distribute(f);
    int minute = (int)(time(NULL) / 60 % 1440) + 9 * 60; /* the rig's clinic is in Japan */
    f->driver.config.download_from = (minute + 120) % 1440;
    f->driver.config.download_to = (minute + 180) % 1440;
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_programme, SOON_MS));
    driver_idle(&f->driver, 2000);
    assert_int_equal(f->driver.status.programme.files, 1);
    assert_int_equal(f->driver.status.programme.present, 0);
    assert_int_equal(size_of(contents(f, ".part")), -1);
    driver_stop(&f->driver);
    f->driver.config.download_from = (minute + 1440 - 60) % 1440;
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_film, SOON_MS));
}

static void edit(const char *dir, const char *name, const char *sql)
{
    char path[CLOUD_PATH_MAX + 64];
    sqlite3 *db;
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static bool full(const struct driver *driver)
{
    return strcmp(driver->status.programme.fault, "disk_full") == 0;
}

/* A film that the disk has no room for is told to people, and what else is there plays on. */
static void a_film_without_room_is_told(void **state)
{
    struct fixture *f = *state;
    edit(f->cloud.data, "machiai.db", "UPDATE film SET size = 1000000000000");
    make_programme(f, 2020);
    distribute(f);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, full, SOON_MS));
    assert_non_null(f->driver.programme);
    assert_int_equal(f->driver.status.programme.present, 0);
}

/* -- whose word counts ------------------------------------------------------------------------- */

static bool refused_signature(const struct driver *driver)
{
    return strcmp(driver->status.programme.fault, "signature") == 0;
}

static bool refused_older(const struct driver *driver)
{
    return strcmp(driver->status.programme.fault, "older") == 0;
}

/* Deny by default: a document that somebody made longer on the card does not count. */
static void a_changed_document_is_refused(void **state)
{
    struct fixture *f = *state;
    distribute(f);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_film, SOON_MS));
    driver_stop(&f->driver);
    cloud_rig_kill(&f->cloud);
    edit(f->data, "journal.db",
         "UPDATE meta SET value = replace(value, '\"approved\":0', '\"approved\":1')"
         " WHERE key = 'programme_document'");
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, refused_signature, SOON_MS));
    assert_null(f->driver.programme);
    assert_int_equal(f->driver.status.programme.edition, 0);
    /* The cloud's word replaces it. */
    cloud_rig_start(&f->cloud);
    assert_true(driver_wait(&f->driver, has_film, 2 * SOON_MS));
    assert_true(driver_wait(&f->driver, refused_nothing, SOON_MS));
}

/* Yesterday's document, signed as it is, is not today's: no approval comes back that way. */
static void the_edition_never_goes_back(void **state)
{
    struct fixture *f = *state;
    distribute(f);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_film, SOON_MS));
    driver_stop(&f->driver);
    cloud_rig_kill(&f->cloud);
    edit(f->data, "journal.db",
         "UPDATE meta SET value = value + 1 WHERE key = 'programme_edition'");
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, refused_older, SOON_MS));
    assert_null(f->driver.programme);
}

int main(void)
{
#define WITH_CLOUD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_CLOUD(a_distributed_programme_comes_with_its_films),
        WITH_CLOUD(a_download_goes_on_after_each_of_ten_kills),
        WITH_CLOUD(a_begun_download_of_something_else_is_none),
        WITH_CLOUD(a_coming_period_waits_for_its_hours),
        WITH_CLOUD(a_film_without_room_is_told),
        WITH_CLOUD(a_changed_document_is_refused),
        WITH_CLOUD(the_edition_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
