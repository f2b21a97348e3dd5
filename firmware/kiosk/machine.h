/* What a technician has to know of the machine itself: model, addresses, storage, and a lasting
 * code of its own, for support; nobody enrols it by that. Nothing here waits for a network.
 */
#ifndef MACHIAI_KIOSK_MACHINE_H
#define MACHIAI_KIOSK_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    MACHINE_MODEL_SIZE = 64,
    MACHINE_ADDRESSES_MAX = 2,
    MACHINE_ADDRESS_SIZE = 64,
    MACHINE_SPEED_SIZE = 24,
    MACHINE_SERIAL_SIZE = 32,
    MACHINE_CODE_SIZE = 10 /* "7K4Q-9M2X" */
};

struct machine {
    char model[MACHINE_MODEL_SIZE];                              /* "" = unknown */
    char serial[MACHINE_SERIAL_SIZE];                            /* the board's; "" = unknown */
    char addresses[MACHINE_ADDRESSES_MAX][MACHINE_ADDRESS_SIZE]; /* "eth0 192.0.2.24" */
    char speeds[MACHINE_ADDRESSES_MAX][MACHINE_SPEED_SIZE];      /* "1000 Mbit/s"; "" = unknown */
    int address_count;
    bool linked;        /* a cable is in, or a Wi-Fi is joined, with or without an address */
    int64_t free_bytes; /* where the records are; -1 = unknown */
    char code[MACHINE_CODE_SIZE]; /* lasting; "" = it could not be stored */
    char support[8];              /* "T-91C7", for the telephone; made from the code */
};

/* Reads all of it; the code is made at the first call and kept in DIR/pairing. What cannot be read
 * stays empty. */
void machine_read(const char *dir, struct machine *ret);
/* Addresses and free space anew. */
void machine_refresh(const char *dir, struct machine *machine);

#endif
