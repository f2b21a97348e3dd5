#include "health_read.h"

#include <ctype.h>
#include <dirent.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "station_clock.h"

enum {
    PATH_SIZE = 512,
    LINE_SIZE = 64,
    ENTRIES_MAX = 256, /* of a directory of /sys that are looked at */
    MOUNTS_MAX = 512,
    WORN_STEP = 10, /* life_time counts in tenths; 0x0B = more than all of it */
    WORN_STEPS = 11,
    MB = 1000 * 1000
};

/* First line without its end. False: there is none, or the kernel does not tell now. */
static bool read_line(const char *path, char line[static LINE_SIZE])
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool read = fgets(line, LINE_SIZE, file) != NULL;
    (void)fclose(file); /* nothing was written */
    if (read)
        line[strcspn(line, "\r\n")] = '\0';
    return read;
}

/* A number in the kernel's spelling, 12 or 0x0c; false when the file has none. */
static bool read_number(const char *path, int64_t *ret)
{
    char line[LINE_SIZE], *end = NULL;
    if (!read_line(path, line))
        return false;
    int64_t value = strtoll(line, &end, 0);
    if (end == line || *end != '\0')
        return false;
    *ret = value;
    return true;
}

/* Calls each with root/place/NAME for the names with that beginning. */
static void each_entry(const char *root, const char *place, const char *beginning,
                       void (*each)(const char *path, void *context), void *context)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s%s", root, place);
    DIR *directory = opendir(path);
    int left = ENTRIES_MAX;
    if (directory == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL && left > 0; left--) {
        bool fits = strncmp(entry->d_name, beginning, strlen(beginning)) == 0;
        if (fits && entry->d_name[0] != '.' &&
            (size_t)snprintf(path, sizeof path, "%s%s/%s", root, place, entry->d_name) <
                sizeof path)
            each(path, context);
    }
    (void)closedir(directory); /* nothing was written */
}

static bool read_below(const char *path, const char *name, int64_t *ret)
{
    char file[PATH_SIZE + LINE_SIZE];
    snprintf(file, sizeof file, "%s/%s", path, name);
    return read_number(file, ret);
}

/* -- power and heat ---------------------------------------------------------------------------- */

static void add_voltage(const char *path, void *context)
{
    struct health *health = context;
    char file[PATH_SIZE + LINE_SIZE], name[LINE_SIZE];
    int64_t alarm;
    snprintf(file, sizeof file, "%s/name", path);
    if (read_line(file, name) && strcmp(name, "rpi_volt") == 0 &&
        read_below(path, "in0_lcrit_alarm", &alarm) && (alarm == 0 || alarm == 1))
        health->under_voltage = (int)alarm;
}

/* The firmware's alarm is that of the last seconds; people look later. */
static void remember_voltage(struct health *health, int64_t now, struct health_memory *memory)
{
    if (health->under_voltage == 1)
        memory->low_until = now + HEALTH_READ_VOLTAGE_MS;
    else if (health->under_voltage == 0 && now < memory->low_until)
        health->under_voltage = 1;
}

static void add_zone(const char *path, void *context)
{
    enum { LEAST = -40000, MOST = 150000 }; /* outside, the sensor is not there */
    struct health *health = context;
    int64_t value;
    if (read_below(path, "temp", &value) && value > LEAST && value < MOST &&
        (health->celsius == HEALTH_UNKNOWN || value / 1000 > health->celsius))
        health->celsius = (int)(value / 1000);
}

/* -- storage ----------------------------------------------------------------------------------- */

/* Two kinds of cells, "0x02 0x01": the more worn one. 0 = not defined. */
static void add_life(const char *path, struct health *health)
{
    char file[PATH_SIZE + LINE_SIZE], line[LINE_SIZE];
    unsigned a = 0, b = 0;
    snprintf(file, sizeof file, "%s/device/life_time", path);
    if (!read_line(file, line) || sscanf(line, "%x %x", &a, &b) < 1)
        return;
    unsigned most = a > b ? a : b;
    if (most > 0 && most <= WORN_STEPS && (int)most * WORN_STEP > health->worn)
        health->worn = (int)most * WORN_STEP;
}

static void add_disk(const char *path, void *context)
{
    struct health *health = context;
    int64_t value;
    add_life(path, health);
    if (read_below(path, "device/pre_eol_info", &value) && value >= 1 && value <= 3 &&
        value > health->reserve)
        health->reserve = (int)value;
    if (read_below(path, "device/ioerr_cnt", &value) && value >= 0)
        health->io_errors = (health->io_errors < 0 ? 0 : health->io_errors) + value;
}

static void add_file_system(const char *path, void *context)
{
    struct health *health = context;
    int64_t value;
    if (read_below(path, "errors_count", &value) && value >= 0)
        health->fs_errors = (health->fs_errors < 0 ? 0 : health->fs_errors) + value;
}

/* Disks count what is no harm, too, while they are found: only what comes later is told. */
static void subtract_before(struct health *health, struct health_memory *memory)
{
    int64_t count = health->io_errors < 0 ? 0 : health->io_errors;
    if (!memory->begun || count < memory->io_before) /* ... or a disk was taken away */
        memory->io_before = count;
    memory->begun = true;
    if (health->io_errors >= 0)
        health->io_errors -= memory->io_before;
}

/* -- free space -------------------------------------------------------------------------------- */

/* Devices of the spaces: a service's own view has the same one at several places. */
struct devices {
    char names[HEALTH_SPACES_MAX][LINE_SIZE];
};

/* Its place among the spaces; -1 = there is no room for it. path: where it is looked at. */
static int add_space(struct health *health, struct devices *devices, const char *device,
                     const char *mount, const char *path)
{
    struct statvfs info;
    int place = 0;
    while (place < health->space_count && strcmp(devices->names[place], device) != 0)
        place++;
    if (place < health->space_count)
        return place;
    if (place == HEALTH_SPACES_MAX || strlen(mount) >= HEALTH_MOUNT_SIZE ||
        strlen(device) >= LINE_SIZE)
        return -1;
    struct health_space *space = &health->spaces[health->space_count++];
    *space = (struct health_space){.free_mb = HEALTH_UNKNOWN, .size_mb = HEALTH_UNKNOWN};
    snprintf(space->mount, sizeof space->mount, "%s", mount);
    snprintf(devices->names[place], LINE_SIZE, "%s", device);
    if (statvfs(path, &info) == 0) {
        space->free_mb = (int64_t)(info.f_bavail * info.f_frsize / MB);
        space->size_mb = (int64_t)(info.f_blocks * info.f_frsize / MB);
    }
    return place;
}

static bool on_a_disk(const struct mntent *mount)
{
    static const char *const types[] = {"ext4", "ext3", "ext2", "vfat", "xfs", "btrfs", "f2fs"};
    if (strncmp(mount->mnt_fsname, "/dev/", 5) != 0)
        return false;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(mount->mnt_type, types[i]) == 0)
            return true;
    return false;
}

/* Which of the mounts holds the path: the longest one that it begins with. */
static bool holds(const char *mount, const char *path, size_t *longest)
{
    size_t length = strlen(mount);
    bool root = strcmp(mount, "/") == 0;
    if (!root && (strncmp(mount, path, length) != 0 || (path[length] && path[length] != '/')))
        return false;
    if (length < *longest)
        return false;
    *longest = length;
    return true;
}

static void read_spaces(const char *root, const char *data, struct health *health)
{
    char path[PATH_SIZE], real[PATH_SIZE], text[1024];
    char *resolved = realpath(data, NULL);
    struct devices devices;
    struct mntent mount;
    size_t longest = 0;
    int home = -1, left = MOUNTS_MAX;
    snprintf(real, sizeof real, "%s", resolved != NULL ? resolved : data);
    free(resolved);
    snprintf(path, sizeof path, "%s/proc/self/mounts", root);
    FILE *file = setmntent(path, "re");
    while (file != NULL && left-- > 0 && getmntent_r(file, &mount, text, sizeof text) != NULL) {
        bool of_data = holds(mount.mnt_dir, real, &longest);
        int place = -1;
        snprintf(path, sizeof path, "%s%s", root, mount.mnt_dir);
        if (on_a_disk(&mount))
            place = add_space(health, &devices, mount.mnt_fsname, mount.mnt_dir, path);
        if (of_data)
            home = place; /* the nearest one, which may be no disk */
    }
    if (file != NULL)
        (void)endmntent(file); /* nothing was written */
    if (home < 0)              /* on something that is no disk of its own: told all the same */
        home = add_space(health, &devices, "", data, data);
    if (home >= 0)
        health->spaces[home].records = true;
}

/* -- the clock --------------------------------------------------------------------------------- */

static void add_rtc(const char *path, void *context)
{
    struct health *health = context;
    int64_t set;
    if (read_below(path, "hctosys", &set) && set == 1)
        health->clock = HEALTH_CLOCK_RTC;
}

static void read_clock(const char *root, struct health *health)
{
    int synced = station_clock_synced(root);
    if (synced == 0)
        health->clock = HEALTH_CLOCK_NONE;
    each_entry(root, "/sys/class/rtc", "rtc", add_rtc, health);
    if (synced > 0)
        health->clock = HEALTH_CLOCK_NTP;
}

void health_read(const char *root, const char *data, int64_t now, struct health_memory *memory,
                 struct health *ret)
{
    struct health health;
    health_init(&health);
    each_entry(root, "/sys/class/hwmon", "hwmon", add_voltage, &health);
    remember_voltage(&health, now, memory);
    each_entry(root, "/sys/class/thermal", "thermal_zone", add_zone, &health);
    each_entry(root, "/sys/block", "mmcblk", add_disk, &health);
    each_entry(root, "/sys/block", "sd", add_disk, &health);
    each_entry(root, "/sys/fs/ext4", "", add_file_system, &health);
    subtract_before(&health, memory);
    read_spaces(root, data, &health);
    read_clock(root, &health);
    *ret = health;
}
