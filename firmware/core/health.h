/* How a kiosk's board is: power, heat, storage, clock. The kiosk reads it (health_read.h), the
 * cloud takes it with the device's status, and both judge it alike. No personal data.
 *
 * What the kernel does not tell is HEALTH_UNKNOWN, never a zero and never a good value: most cards
 * tell no wear, and many kernels no under-voltage.
 */
#ifndef MACHIAI_CORE_HEALTH_H
#define MACHIAI_CORE_HEALTH_H

#include "decode.h"

enum {
    HEALTH_UNKNOWN = -1000,
    HEALTH_SPACES_MAX = 8,
    HEALTH_MOUNT_SIZE = 64,
    HEALTH_TEXT_MAX = 2048, /* as JSON */
    HEALTH_HOT = 80,        /* degrees Celsius: above, a board slows itself down */
    HEALTH_WORN = 90,       /* percent of a card's expected life */
    HEALTH_SPACE_MB = 500   /* less free where the records are may not last a day */
};

/* name, on the wire */
#define HEALTH_CLOCKS(X)                                                                           \
    X(UNKNOWN, "unknown")                                                                          \
    X(NONE, "none")   /* nobody vouches for the time */                                            \
    X(RTC, "rtc")     /* a clock on the board gave the time at the start */                        \
    X(CLOUD, "cloud") /* the authenticated cloud */                                                \
    X(NTP, "ntp")
enum health_clock {
#define X(name, text) HEALTH_CLOCK_##name,
    HEALTH_CLOCKS(X)
#undef X
        HEALTH_CLOCK_COUNT
};
const char *health_clock_name(enum health_clock clock);

struct health_space {
    char mount[HEALTH_MOUNT_SIZE]; /* where it hangs in the tree, "/data/records" */
    int64_t free_mb, size_mb;      /* MB of 10^6 bytes; HEALTH_UNKNOWN */
    bool records;                  /* the kiosk's records lie there */
};

struct health {
    int under_voltage; /* 1: lately, or now; 0: no; HEALTH_UNKNOWN */
    int celsius;       /* of the hottest zone; HEALTH_UNKNOWN */
    int worn;          /* percent of the storage's expected life that is used; HEALTH_UNKNOWN */
    int reserve;       /* eMMC's spare blocks: 1 enough, 2 most are used, 3 hardly any are left;
                        * HEALTH_UNKNOWN */
    int64_t fs_errors; /* of the file systems, since they were made; HEALTH_UNKNOWN */
    int64_t io_errors; /* of the disks, since the kiosk's start; HEALTH_UNKNOWN */
    enum health_clock clock;
    struct health_space spaces[HEALTH_SPACES_MAX];
    int space_count;
};

/* Everything unknown. */
void health_init(struct health *health);

/* name, on the wire and in the notices' kinds: "power", ... */
#define HEALTH_TROUBLES(X)                                                                         \
    X(POWER, "power")     /* under-voltage */                                                      \
    X(STORAGE, "storage") /* errors, or worn out */                                                \
    X(HEAT, "heat")       /* above HEALTH_HOT */                                                   \
    X(SPACE, "space")     /* less than HEALTH_SPACE_MB for the records */
enum health_trouble {
#define X(name, text) HEALTH_##name,
    HEALTH_TROUBLES(X)
#undef X
        HEALTH_TROUBLE_COUNT
};
const char *health_trouble_name(enum health_trouble trouble);
/* A bit for each (1 << trouble). What is unknown is no trouble. */
unsigned health_troubles(const struct health *health);

/* {"voltage","celsius","worn","reserve","fs_errors","io_errors","clock","spaces","troubles"}, null
 * for what is unknown. The caller deletes it; NULL when memory runs out. */
cJSON *health_json(const struct health *health);
/* Reads what health_json() made; "troubles" and fields of a newer kiosk are passed over. Errors go
 * to the decoder with the path. */
void health_decode(struct decoder *decoder, const cJSON *object, const char *path,
                   struct health *ret);

#endif
