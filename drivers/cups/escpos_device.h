/* The line to one printer: TCP (escpos://host[:port]) or a device file (escpos:/dev/usb/lp0).
 *
 * Never blocks past its deadline. Answers are read whenever the line is waited for, also in the
 * middle of a long write: a printer whose answers nobody reads stops listening, and a connection
 * closed with unread answers is seen as broken by the printer.
 *
 * Host names are looked up by the system's resolver, with its own time limit shortened; addresses
 * need no looking up.
 */
#ifndef MACHIAI_CUPS_ESCPOS_DEVICE_H
#define MACHIAI_CUPS_ESCPOS_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "escpos_reply.h"
#include "escpos_status.h"

enum { ESCPOS_HOST_SIZE = 128, ESCPOS_PORT_SIZE = 8, ESCPOS_DEVICE_PATH_SIZE = 128 };

struct escpos_address {
    char host[ESCPOS_HOST_SIZE]; /* "" for a device file */
    char port[ESCPOS_PORT_SIZE];
    char path[ESCPOS_DEVICE_PATH_SIZE]; /* "" for TCP */
};

/* -EINVAL for anything but the two forms above; the path must lie below /dev. */
int escpos_address_parse(const char *uri, struct escpos_address *ret)
    __attribute__((warn_unused_result));

struct escpos_device {
    int fd; /* -1 = closed */
    bool is_socket;
    struct escpos_reply_parser parser;
    struct escpos_status live; /* as far as unasked answers tell it: automatic status back */
    unsigned eot_count, paper_count, asb_count; /* answers seen so far */
    uint8_t last_eot, last_paper;
    char process_id[ESCPOS_PROCESS_ID_SIZE]; /* the last one that came back */
    unsigned process_id_count;
};

/* Milliseconds of a clock that is never set; deadlines are times of it. */
int64_t escpos_now_ms(void);

/* -EHOSTUNREACH and friends: nobody there; -EBUSY: somebody else has it; -ETIMEDOUT. */
int escpos_device_open(const struct escpos_address *address, int64_t deadline_ms,
                       struct escpos_device *ret) __attribute__((warn_unused_result));
/* Reads what is left for a moment first. Closing twice is harmless. */
void escpos_device_close(struct escpos_device *device);

/* Writes all. -ETIMEDOUT: not all went out; *ret_sent (may be NULL) is kept up to date on failure,
 * too. -EPIPE and friends: the printer is gone. */
int escpos_device_write(struct escpos_device *device, const void *bytes, size_t size,
                        int64_t deadline_ms, size_t *ret_sent) __attribute__((warn_unused_result));

/* Waits for some answer: 1 something was read (see the counts), 0 the deadline came, negative: the
 * printer is gone. */
int escpos_device_wait(struct escpos_device *device, int64_t deadline_ms)
    __attribute__((warn_unused_result));

/* Waits until the other side has acknowledged every byte (TCP only; a device file has none).
 * -ETIMEDOUT, -EPIPE. */
int escpos_device_settle(struct escpos_device *device, int64_t deadline_ms)
    __attribute__((warn_unused_result));

#endif
