/* Tells apart the answers that an ESC/POS printer sends on one line: they have no common framing,
 * but their fixed bits differ.
 *
 * A picture's bytes can look like a question (DLE EOT inside raster data), and some printers answer
 * those too: an answer that nobody asked for is therefore never an error.
 */
#ifndef MACHIAI_CUPS_ESCPOS_REPLY_H
#define MACHIAI_CUPS_ESCPOS_REPLY_H

#include <stdint.h>

enum { ESCPOS_PROCESS_ID_SIZE = 4, ESCPOS_ASB_SIZE = 4 };

enum escpos_reply_kind {
    ESCPOS_REPLY_NONE,       /* the byte ended nothing */
    ESCPOS_REPLY_EOT,        /* DLE EOT n: bytes[0] */
    ESCPOS_REPLY_PAPER,      /* GS r 1: bytes[0] */
    ESCPOS_REPLY_PROCESS_ID, /* GS ( H: bytes[0..3] */
    ESCPOS_REPLY_ASB         /* automatic status back: bytes[0..3] */
};

struct escpos_reply {
    enum escpos_reply_kind kind;
    uint8_t bytes[4];
};

/* Zero-initialised before the first byte. */
struct escpos_reply_parser {
    uint8_t held[8]; /* of a reply that is not yet whole */
    unsigned count;
};

/* Takes one byte off the line. */
struct escpos_reply escpos_reply_add(struct escpos_reply_parser *parser, uint8_t byte);

#endif
