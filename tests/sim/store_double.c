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

bool store_path(struct store *store, const char *sha256, char *path, size_t size)
{
    (void)store;
    (void)sha256;
    (void)path;
    (void)size;
    return false;
}

bool store_known(struct store *store, const char *sha256)
{
    (void)store;
    (void)sha256;
    return false;
}

int64_t store_part(struct store *store, const char *sha256, char *path, size_t size)
{
    (void)store;
    (void)sha256;
    (void)path;
    (void)size;
    return 0;
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

void store_sweep(struct store *store, bool (*needed)(const char *sha256, void *context),
                 void *context)
{
    (void)store;
    (void)needed;
    (void)context;
}

bool store_room(struct store *store, int64_t bytes,
                bool (*needed)(const char *sha256, void *context), void *context)
{
    (void)store;
    (void)bytes;
    (void)needed;
    (void)context;
    return false;
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
