#include "escpos_status.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>

static_assert(sizeof(ESCPOS_REASONS_OWNED) <= ESCPOS_REASONS_SIZE, "room for all words at once");

/* Bits of the published answers. */
enum {
    EOT1_OFFLINE = 0x08,
    EOT2_COVER = 0x04,
    EOT2_PAPER_STOP = 0x20,
    EOT2_ERROR = 0x40,
    EOT3_CUTTER = 0x08,
    EOT3_FATAL = 0x20,
    EOT3_PASSING = 0x40, /* recovers by itself: a hot head, say */
    EOT4_NEAR_END = 0x0c,
    EOT4_END = 0x60,
    ASB1_OFFLINE = 0x08,
    ASB1_COVER = 0x20,
    ASB2_ERROR = 0x68,
    PAPER_NEAR_END = 0x03, /* third ASB byte and GS r 1 */
    PAPER_END = 0x0c
};

void escpos_status_add_eot(struct escpos_status *status, int n, uint8_t answer)
{
    status->answers = true;
    switch (n) {
    case ESCPOS_EOT_PRINTER:
        status->offline = (answer & EOT1_OFFLINE) != 0;
        break;
    case ESCPOS_EOT_OFFLINE:
        status->cover_open = (answer & EOT2_COVER) != 0;
        status->error = (answer & EOT2_ERROR) != 0;
        if (answer & EOT2_PAPER_STOP)
            status->paper_out = true;
        break;
    case ESCPOS_EOT_ERROR:
        if (answer & (EOT3_CUTTER | EOT3_FATAL | EOT3_PASSING))
            status->error = true;
        break;
    case ESCPOS_EOT_PAPER:
        status->paper_low = (answer & EOT4_NEAR_END) != 0;
        if (answer & EOT4_END)
            status->paper_out = true;
        break;
    default:
        break;
    }
}

void escpos_status_set_asb(struct escpos_status *status, const uint8_t asb[static 4])
{
    status->reachable = status->answers = true;
    status->offline = (asb[0] & ASB1_OFFLINE) != 0;
    status->cover_open = (asb[0] & ASB1_COVER) != 0;
    status->error = (asb[1] & ASB2_ERROR) != 0;
    status->paper_low = (asb[2] & PAPER_NEAR_END) != 0;
    status->paper_out = (asb[2] & PAPER_END) != 0;
}

void escpos_status_add_paper(struct escpos_status *status, uint8_t answer)
{
    status->answers = true;
    status->paper_low = (answer & PAPER_NEAR_END) != 0;
    status->paper_out = (answer & PAPER_END) != 0;
}

bool escpos_status_ready(const struct escpos_status *status)
{
    return status->answers && !status->offline && !status->cover_open && !status->paper_out &&
           !status->error;
}

void escpos_status_reasons(const struct escpos_status *status, char ret[static ESCPOS_REASONS_SIZE])
{
    bool cause = status->paper_out || status->cover_open || status->error;
    const struct {
        bool is;
        const char *word;
    } words[] = {
        {status->paper_out, "media-empty-error"},
        /* An empty roll is also a low one: one word is enough. */
        {status->paper_low && !status->paper_out, "media-low-warning"},
        {status->cover_open, "cover-open-error"},
        {status->error, "other-error"},
        /* Offline has a cause as a rule; alone it means that nobody answers, or why is unknown. */
        {!status->reachable || !status->answers || (status->offline && !cause), "offline-report"},
    };

    size_t used = 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (words[i].is)
            used += (size_t)snprintf(ret + used, ESCPOS_REASONS_SIZE - used, "%s%s",
                                     used > 0 ? "," : "", words[i].word);
    if (used == 0)
        (void)snprintf(ret, ESCPOS_REASONS_SIZE, "none");
}
