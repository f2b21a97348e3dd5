/* The board's health, of a made-up /sys and /proc laid out as the kernel's documents say. */
#include "test.h"

#include "health_read.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 256 };
static const char data[] = "/data/records/kiosk";

static int begin(void **state)
{
    char *root = strdup("/tmp/machiai-health-XXXXXX");
    *state = mkdtemp(root);
    return *state != NULL ? 0 : -1;
}

static int end(void **state)
{
    char command[PATH_SIZE];
    snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
    int result = system(command);
    free(*state);
    return result;
}

/* A file of the made-up tree, with the directories above it. */
static void put(const char *root, const char *name, const char *text)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static struct health look(const char *root, int64_t now, struct health_memory *memory)
{
    struct health health;
    health_read(root, data, now, memory, &health);
    return health;
}

static struct health look_once(const char *root)
{
    struct health_memory memory = {0};
    return look(root, 1000, &memory);
}

static void test_a_kernel_that_tells_nothing(void **state)
{
    struct health health = look_once(*state);
    assert_int_equal(health.under_voltage, HEALTH_UNKNOWN);
    assert_int_equal(health.celsius, HEALTH_UNKNOWN);
    assert_int_equal(health.worn, HEALTH_UNKNOWN);
    assert_int_equal(health.reserve, HEALTH_UNKNOWN);
    assert_int_equal(health.fs_errors, HEALTH_UNKNOWN);
    assert_int_equal(health.io_errors, HEALTH_UNKNOWN);
    assert_int_equal(health.space_count, 1); /* of the records, whatever they lie on */
    assert_int_equal(health.spaces[0].free_mb, HEALTH_UNKNOWN);
    assert_int_equal(health_troubles(&health), 0);
}

static void test_files_that_say_nothing(void **state)
{
    put(*state, "/sys/class/hwmon/hwmon0/name", "rpi_volt\n");
    put(*state, "/sys/class/hwmon/hwmon0/in0_lcrit_alarm", "\n");
    put(*state, "/sys/class/thermal/thermal_zone0/temp", "-274000\n");
    put(*state, "/sys/block/mmcblk0/device/life_time", "0x00 0x00\n"); /* not defined */
    put(*state, "/sys/block/mmcblk0/device/pre_eol_info", "0x00\n");
    put(*state, "/sys/block/sda/device/ioerr_cnt", "none\n");
    put(*state, "/sys/fs/ext4/features/lazy_itable_init", "supported\n"); /* no file system */
    struct health health = look_once(*state);
    assert_int_equal(health.under_voltage, HEALTH_UNKNOWN);
    assert_int_equal(health.celsius, HEALTH_UNKNOWN);
    assert_int_equal(health.worn, HEALTH_UNKNOWN);
    assert_int_equal(health.reserve, HEALTH_UNKNOWN);
    assert_int_equal(health.io_errors, HEALTH_UNKNOWN);
    assert_int_equal(health.fs_errors, HEALTH_UNKNOWN);
}

static void test_a_board(void **state)
{
    put(*state, "/sys/class/hwmon/hwmon0/name", "cpu_thermal\n");
    put(*state, "/sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1\n"); /* another chip's */
    put(*state, "/sys/class/hwmon/hwmon1/name", "rpi_volt\n");
    put(*state, "/sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n");
    put(*state, "/sys/class/thermal/thermal_zone0/temp", "48312\n");
    put(*state, "/sys/class/thermal/thermal_zone1/temp", "81500\n");
    put(*state, "/sys/class/thermal/cooling_device0/temp", "99000\n");
    put(*state, "/sys/block/mmcblk0/device/life_time", "0x01 0x02\n");
    put(*state, "/sys/block/mmcblk0/device/pre_eol_info", "0x01\n");
    put(*state, "/sys/fs/ext4/mmcblk0p2/errors_count", "0\n");
    put(*state, "/sys/fs/ext4/mmcblk0p5/errors_count", "7\n");
    struct health health = look_once(*state);
    assert_int_equal(health.under_voltage, 0);
    assert_int_equal(health.celsius, 81);
    assert_int_equal(health.worn, 20); /* the more worn of its two kinds of cells */
    assert_int_equal(health.reserve, 1);
    assert_int_equal(health.fs_errors, 7);
    assert_int_equal(health.io_errors, HEALTH_UNKNOWN); /* a card has no such count */
    assert_int_equal(health_troubles(&health), 1 << HEALTH_HEAT | 1 << HEALTH_STORAGE);
}

/* The firmware's alarm lasts seconds; the technician comes in an hour. */
static void test_a_dip_is_remembered(void **state)
{
    struct health_memory memory = {0};
    put(*state, "/sys/class/hwmon/hwmon1/name", "rpi_volt\n");
    put(*state, "/sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n");
    assert_int_equal(look(*state, 1000, &memory).under_voltage, 0);
    put(*state, "/sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
    assert_int_equal(look(*state, 2000, &memory).under_voltage, 1);
    put(*state, "/sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n");
    assert_int_equal(look(*state, 2000 + HEALTH_READ_VOLTAGE_MS - 1, &memory).under_voltage, 1);
    assert_int_equal(look(*state, 2000 + HEALTH_READ_VOLTAGE_MS, &memory).under_voltage, 0);
}

/* A disk counts harmless answers while it is found. */
static void test_only_new_disk_errors_count(void **state)
{
    struct health_memory memory = {0};
    put(*state, "/sys/block/sda/device/ioerr_cnt", "0x3\n");
    assert_int_equal(look(*state, 1000, &memory).io_errors, 0);
    put(*state, "/sys/block/sda/device/ioerr_cnt", "0x5\n");
    assert_int_equal(look(*state, 2000, &memory).io_errors, 2);
    put(*state, "/sys/block/sda/device/ioerr_cnt", "0x1\n"); /* another disk in its place */
    assert_int_equal(look(*state, 3000, &memory).io_errors, 0);
}

static void test_each_partition_once(void **state)
{
    put(*state, "/proc/self/mounts",
        "overlay / overlay rw 0 0\n"
        "/dev/mmcblk0p1 /boot/firmware vfat ro 0 0\n"
        "proc /proc proc rw 0 0\n"
        "/dev/mmcblk0p5 /data/records ext4 rw 0 0\n"
        "/dev/mmcblk0p6 /data/media ext4 rw 0 0\n"
        "/dev/mmcblk0p5 /var/lib/cups ext4 rw 0 0\n"
        "tmpfs /data/rec tmpfs rw 0 0\n");
    put(*state, "/data/records/x", "");
    struct health health = look_once(*state);
    assert_int_equal(health.space_count, 3);
    assert_string_equal(health.spaces[0].mount, "/boot/firmware");
    assert_int_equal(health.spaces[0].free_mb, HEALTH_UNKNOWN); /* it is not there */
    assert_string_equal(health.spaces[1].mount, "/data/records");
    assert_true(health.spaces[1].free_mb >= 0 && health.spaces[1].size_mb > 0);
    assert_true(health.spaces[1].records);
    assert_string_equal(health.spaces[2].mount, "/data/media");
    assert_false(health.spaces[0].records || health.spaces[2].records);
}

static void test_the_boards_own_clock(void **state)
{
    struct health health = look_once(*state);
    bool ntp = health.clock == HEALTH_CLOCK_NTP; /* of the machine that runs this test */
    assert_true(ntp || health.clock == HEALTH_CLOCK_NONE);
    put(*state, "/sys/class/rtc/rtc0/hctosys", "0\n");
    assert_int_equal(look_once(*state).clock, health.clock);
    put(*state, "/sys/class/rtc/rtc1/hctosys", "1\n");
    assert_int_equal(look_once(*state).clock, ntp ? HEALTH_CLOCK_NTP : HEALTH_CLOCK_RTC);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_kernel_that_tells_nothing),
        TEST(test_files_that_say_nothing),
        TEST(test_a_board),
        TEST(test_a_dip_is_remembered),
        TEST(test_only_new_disk_errors_count),
        TEST(test_each_partition_once),
        TEST(test_the_boards_own_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
