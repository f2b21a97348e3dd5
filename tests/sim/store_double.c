/* The content store's interface (firmware/kiosk/store.h) without a film: its thread reads files. */
#include "store.h"

#include <errno.h>

struct store {
    int unused;
};

int store_create(const char *dir, void (*notify)(void *context), void *context, struct store **ret)
{
    static struct store store;
    (void)dir;
    (void)notify;
    (void)context;
    *ret = &store;
    return 0;
}

void store_destroy(struct store *store)
{
    (void)store;
}

bool store_sha256_valid(const char *text)
{
    (void)text;
    return false;
}

enum programme_file store_find(struct store *store, const char *sha256)
{
    (void)store;
    (void)sha256;
    return PROGRAMME_FILE_MISSING;
}

bool store_film(struct store *store, const char *sha256, struct store_film *ret)
{
    (void)store;
    (void)sha256;
    (void)ret;
    return false;
}

int store_bytes(struct store *store, const char *sha256, size_t max, uint8_t **ret,
                size_t *ret_size)
{
    (void)store;
    (void)sha256;
    (void)max;
    (void)ret;
    (void)ret_size;
    return -ENOENT;
}

void store_doubt(struct store *store, const char *sha256)
{
    (void)store;
    (void)sha256;
}

int store_part(struct store *store, const char *sha256, struct sealed_writer **ret)
{
    (void)store;
    (void)sha256;
    (void)ret;
    return -ENOSPC;
}

int store_complete(struct store *store, const char *sha256)
{
    (void)store;
    (void)sha256;
    return -EAGAIN;
}

void store_discard(struct store *store, const char *sha256)
{
    (void)store;
    (void)sha256;
}

void store_sweep(struct store *store, store_needed *needed, void *context)
{
    (void)store;
    (void)needed;
    (void)context;
}

bool store_room(struct store *store, int64_t bytes, store_needed *needed, void *context)
{
    (void)store;
    (void)bytes;
    (void)needed;
    (void)context;
    return false;
}

void store_forget(struct store *store, store_needed *needed, void *context)
{
    (void)store;
    (void)needed;
    (void)context;
}

bool store_event(struct store *store, struct store_event *ret)
{
    (void)store;
    (void)ret;
    return false;
}

int store_list(struct store *store, char (*ret)[SHA256_SIZE], int max)
{
    (void)store;
    (void)ret;
    (void)max;
    return 0;
}
