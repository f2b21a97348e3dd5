/* What became of a slip, as the printing thread tells it. */
#ifndef MACHIAI_KIOSK_PRINT_FATE_H
#define MACHIAI_KIOSK_PRINT_FATE_H

/* fate, its name in the station's ledger */
#define PRINT_FATES(X)                                                                             \
    X(SUBMITTED, "submitted") /* a job exists; its end is followed */                              \
    X(DONE, "printed")                                                                             \
    X(FAILED, "failed")   /* no slip came out */                                                   \
    X(UNKNOWN, "unknown") /* nobody can tell */

enum print_fate {
#define X(name, text) PRINT_##name,
    PRINT_FATES(X)
#undef X
        PRINT_FATE_COUNT
};

const char *print_fate_name(enum print_fate fate);

#endif
