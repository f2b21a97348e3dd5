/* Programme and films: fetched, resumed, verified, and there when the cloud is not. */
#include "../core/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "station_driver.h"

enum { SOON_MS = 10000, SHA_SIZE = 65 };

struct fixture {
    struct cloud_rig cloud;
    struct driver driver;
    char data[CLOUD_PATH_MAX + 16];
    char film[CLOUD_PATH_MAX + 16];
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

static void make_film(struct fixture *f)
{
    char command[1024];
    (void)snprintf(f->film, sizeof f->film, "%s/film.mp4", f->cloud.data);
    (void)snprintf(command, sizeof command,
                   "ffmpeg -v error -f lavfi -i testsrc=duration=2:size=320x180:rate=25 "
                   "-f lavfi -i anullsrc=r=48000:cl=stereo -shortest -pix_fmt yuv420p '%s'",
                   f->film);
    run(command);
    field(cloud_rig_admin(&f->cloud, "film add --file '%s' --kind health --title 手洗い", f->film),
          "sha256", f->sha256, sizeof f->sha256);
}

static void make_programme(struct fixture *f)
{
    char path[CLOUD_PATH_MAX + 16];
    (void)snprintf(path, sizeof path, "%s/table.json", f->cloud.data);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fprintf(
        file,
        "{\"from\":\"2020-01-01T00:00:00\",\"to\":\"2037-01-01T00:00:00\","
        "\"deadline\":\"2036-12-01T00:00:00\",\"items\":[{\"sha256\":\"%s\"},"
        "{\"kind\":\"notice\",\"title\":\"休診\",\"body\":\"あす\",\"duration_ms\":9000}],"
        "\"substitutes\":[]}",
        f->sha256);
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
    make_film(f);
    make_programme(f);
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
    char path[1024];
    return driver->programme && driver->programme->programme_count > 0 &&
           station_file(driver->station, driver->programme->programmes[0].items[0].sha256, path, sizeof path);
}

static off_t size_of(const char *path)
{
    struct stat info;
    return stat(path, &info) < 0 ? -1 : info.st_size;
}

static void a_distributed_programme_comes_with_its_films(void **state)
{
    struct fixture *f = *state;
    char path[1024], compare[2200];
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, driver_ready, SOON_MS));
    driver_idle(&f->driver, 300);
    assert_null(f->driver.programme); /* not distributed yet */
    distribute(f);
    assert_true(driver_wait(&f->driver, has_film, SOON_MS));
    assert_string_equal(f->driver.programme->programmes[0].id, f->programme);
    assert_int_equal(f->driver.programme->programmes[0].item_count, 2);
    assert_true(station_file(f->driver.station, f->sha256, path, sizeof path));
    (void)snprintf(compare, sizeof compare, "cmp '%s' '%s'", path, f->film);
    run(compare);
    /* And without the cloud, from what is stored. */
    cloud_rig_kill(&f->cloud);
    driver_stop(&f->driver);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_film, SOON_MS));
    assert_string_equal(f->driver.programme->programmes[0].id, f->programme);
}

static void write_part(struct fixture *f, const char *bytes, size_t size)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "mkdir -p '%s/contents'", f->data);
    run(path);
    (void)snprintf(path, sizeof path, "%s/contents/%s.part", f->data, f->sha256);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void a_begun_download_goes_on(void **state)
{
    struct fixture *f = *state;
    size_t half = (size_t)size_of(f->film) / 2;
    char *bytes = malloc(half);
    FILE *film = fopen(f->film, "r");
    assert_int_equal(fread(bytes, 1, half, film), half);
    (void)fclose(film);
    write_part(f, bytes, half);
    free(bytes);
    distribute(f);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_film, SOON_MS));
}

static bool film_is_gone(const struct driver *driver)
{
    return driver->programmes >= 2;
}

/* That the first half is kept shows that the download was resumed; that the film never plays, that
 * it was verified. */
static void a_damaged_beginning_never_plays(void **state)
{
    struct fixture *f = *state;
    char path[1024];
    size_t half = (size_t)size_of(f->film) / 2;
    char *junk = calloc(1, half);
    write_part(f, junk, half);
    free(junk);
    distribute(f);
    driver_start(&f->driver);
    assert_true(driver_wait(&f->driver, has_programme, SOON_MS));
    assert_true(driver_wait(&f->driver, film_is_gone, SOON_MS));
    assert_false(station_file(f->driver.station, f->sha256, path, sizeof path));
    (void)snprintf(path, sizeof path, "%s/contents/%s", f->data, f->sha256);
    assert_int_equal(size_of(path), -1);
    (void)snprintf(path, sizeof path, "%s/contents/%s.part", f->data, f->sha256);
    assert_int_equal(size_of(path), -1);
}

int main(void)
{
#define WITH_CLOUD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_CLOUD(a_distributed_programme_comes_with_its_films),
        WITH_CLOUD(a_begun_download_goes_on),
        WITH_CLOUD(a_damaged_beginning_never_plays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
