/* Reads the board's health from the kernel, as its published interfaces say:
 *   /sys/class/hwmon/hwmonN            name "rpi_volt": in0_lcrit_alarm
 * (drivers/hwmon/raspberrypi-hwmon.c) /sys/class/thermal/thermal_zoneN   temp, thousandths of a
 * degree (ABI sysfs-class-thermal) /sys/block/mmcblkN/device          life_time, pre_eol_info of an
 * eMMC (driver-api/mmc) /sys/fs/ext4/DEVICE                errors_count (ABI sysfs-fs-ext4)
 *   /sys/block/sdX/device              ioerr_cnt of disks on SCSI and USB
 *   /sys/class/rtc/rtcN/hctosys        the board's own clock gave the time (ABI sysfs-class-rtc)
 *   /proc/self/mounts                  file systems on disks, and their free space
 * Nothing here waits for a network; a card that hangs may keep it waiting, so it is called where
 * that harms nobody.
 */
#ifndef MACHIAI_KIOSK_HEALTH_READ_H
#define MACHIAI_KIOSK_HEALTH_READ_H

#include "health.h"

enum { HEALTH_READ_VOLTAGE_MS = 60 * 60 * 1000 /* an under-voltage is told so long after it */ };

/* What must be remembered from one reading to the next; all zero before the first. */
struct health_memory {
    bool begun;
    int64_t io_before; /* errors that disks had counted before the kiosk's start */
    int64_t low_until; /* monotonic ms; 0 = the voltage was never low */
};

/* root: "" = the machine itself; a directory with sys/ and proc/ for a test. data: where the
 * kiosk's records are. now: monotonic ms. clock stays as far as the kernel knows: NTP, RTC, NONE;
 * whoever hears the cloud sets CLOUD. */
void health_read(const char *root, const char *data, int64_t now, struct health_memory *memory,
                 struct health *ret);

#endif
