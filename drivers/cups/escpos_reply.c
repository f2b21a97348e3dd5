#include "escpos_reply.h"

#include <stdbool.h>
#include <string.h>

enum {
    FIXED_MASK = 0x93, /* bits 0, 1, 4 and 7 */
    EOT_FIXED = 0x12,
    ASB_FIXED = 0x10, /* first byte; the other three have bits 4 and 7 clear */
    LATER_MASK = 0x90,
    PROCESS_ID_HEAD = 0x37,
    PROCESS_ID_KIND = 0x22,
    PROCESS_ID_WHOLE = 7 /* head, kind, four, NUL */
};

static struct escpos_reply whole(struct escpos_reply_parser *parser, enum escpos_reply_kind kind,
                                 unsigned from)
{
    struct escpos_reply reply = {.kind = kind};

    memcpy(reply.bytes, parser->held + from, sizeof(reply.bytes));
    memset(parser, 0, sizeof(*parser));
    return reply;
}

static struct escpos_reply first_byte(struct escpos_reply_parser *parser, uint8_t byte)
{
    const struct escpos_reply none = {.kind = ESCPOS_REPLY_NONE};

    parser->held[0] = byte;
    parser->count = 1;
    if ((byte & FIXED_MASK) == EOT_FIXED)
        return whole(parser, ESCPOS_REPLY_EOT, 0);
    if (byte == PROCESS_ID_HEAD || (byte & FIXED_MASK) == ASB_FIXED)
        return none;
    if ((byte & LATER_MASK) == 0)
        return whole(parser, ESCPOS_REPLY_PAPER, 0);
    parser->count = 0; /* XON, XOFF and what else there may be */
    return none;
}

/* The byte cannot belong to the reply that was begun. */
static bool breaks_off(const struct escpos_reply_parser *parser, uint8_t byte)
{
    if (parser->held[0] != PROCESS_ID_HEAD)
        return (byte & LATER_MASK) != 0;
    if (parser->count == 1)
        return byte != PROCESS_ID_KIND;
    if (parser->count == PROCESS_ID_WHOLE - 1)
        return byte != 0;
    return byte < 0x20 || byte > 0x7e;
}

struct escpos_reply escpos_reply_add(struct escpos_reply_parser *parser, uint8_t byte)
{
    if (parser->count == 0 || breaks_off(parser, byte))
        return first_byte(parser, byte);
    parser->held[parser->count++] = byte;
    if (parser->held[0] == PROCESS_ID_HEAD) {
        if (parser->count == PROCESS_ID_WHOLE)
            return whole(parser, ESCPOS_REPLY_PROCESS_ID, 2);
    } else if (parser->count == ESCPOS_ASB_SIZE) {
        return whole(parser, ESCPOS_REPLY_ASB, 0);
    }
    return (struct escpos_reply){.kind = ESCPOS_REPLY_NONE};
}
