#include "escpos_watch.h"

#include <errno.h>
#include <stddef.h>

#include "escpos_lock.h"

enum {
    BRIEF_MS = 50,
    ANSWER_MS = 400, /* for the first question; a printer answers within a few */
    LATER_MS = 200,  /* for the further ones, which some do not know */
    SLICE_MS = 20    /* how often a watcher looks whether somebody wants to print */
};

enum { DLE = 0x10, EOT = 0x04 };

/* watched: the address, when whoever wants to print goes first; else NULL. */
struct asker {
    struct escpos_device *device;
    const struct escpos_address *watched;
    int64_t deadline_ms;
};

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* 1 answered (device->last_eot), 0 silent, negative: gone or -EBUSY. */
static int ask_one(struct asker *asker, int n, int wait_ms)
{
    struct escpos_device *device = asker->device;
    const uint8_t question[] = {DLE, EOT, (uint8_t)n};
    int64_t deadline = earlier(escpos_now_ms() + wait_ms, asker->deadline_ms);
    unsigned before = device->eot_count;
    int error = escpos_device_write(device, question, sizeof(question), deadline, NULL);

    if (error < 0)
        return error == -ETIMEDOUT ? 0 : error;
    while (device->eot_count == before) {
        if (asker->watched != NULL && escpos_lock_wanted(asker->watched))
            return -EBUSY;
        int64_t now = escpos_now_ms();
        if (now >= deadline)
            return 0;
        error = escpos_device_wait(device, earlier(now + SLICE_MS, deadline));
        if (error < 0)
            return error;
    }
    return 1;
}

static int leave_picture(struct asker *asker)
{
    static const uint8_t zeros[ESCPOS_REST_OF_PICTURE];
    int64_t deadline = earlier(escpos_now_ms() + ANSWER_MS, asker->deadline_ms);
    int error = escpos_device_write(asker->device, zeros, sizeof(zeros), deadline, NULL);

    return error == -ETIMEDOUT ? 0 : error;
}

static int ask_all(struct asker *asker, enum escpos_patience patience, struct escpos_status *ret)
{
    struct escpos_status status = {.reachable = true};
    int got =
        ask_one(asker, ESCPOS_EOT_PRINTER, patience == ESCPOS_ASK_BRIEFLY ? BRIEF_MS : ANSWER_MS);

    if (got == 0 && patience == ESCPOS_ASK_WELL) {
        got = leave_picture(asker);
        if (got == 0)
            got = ask_one(asker, ESCPOS_EOT_PRINTER, ANSWER_MS);
    }
    if (got < 0)
        return got;
    if (got > 0)
        escpos_status_add_eot(&status, ESCPOS_EOT_PRINTER, asker->device->last_eot);
    for (int n = ESCPOS_EOT_OFFLINE; status.answers && n <= ESCPOS_EOT_PAPER; n++) {
        got = ask_one(asker, n, LATER_MS);
        if (got < 0)
            return got;
        if (got > 0)
            escpos_status_add_eot(&status, n, asker->device->last_eot);
    }
    *ret = status;
    return 0;
}

int escpos_ask(struct escpos_device *device, enum escpos_patience patience, int64_t deadline_ms,
               struct escpos_status *ret)
{
    struct asker asker = {.device = device, .deadline_ms = deadline_ms};

    return ask_all(&asker, patience, ret);
}

int escpos_watch(const char *uri, int timeout_ms, struct escpos_status *ret)
{
    struct escpos_address address;
    struct escpos_lock lock;
    int error = escpos_address_parse(uri, &address);

    if (error == 0)
        error = escpos_lock_watch(&address, &lock);
    if (error < 0)
        return error;

    struct escpos_status status = {.reachable = false};
    struct escpos_device device;
    int64_t deadline = escpos_now_ms() + timeout_ms;
    if (escpos_device_open(&address, deadline, &device) == 0) {
        struct asker asker = {&device, &address, deadline};
        error = ask_all(&asker, ESCPOS_ASK_WELL, &status);
        escpos_device_close(&device);
    }
    escpos_lock_release(&lock);
    if (error == -EBUSY)
        return error;
    *ret = status; /* a line that broke meanwhile is an unreachable printer */
    return 0;
}
