/* malloc() for a program of one thread that makes and drops the same small things a million times
 * a day: lists of free blocks by size, nothing given back, nothing joined. An eighth of a seed's
 * time was the C library's. The build with sanitizers has theirs instead. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Four sizes for each power of two: at most a quarter of a block is wasted. */
enum {
    STEPS = 4,
    CLASSES = 48 * STEPS,
    UNIT = 16,
    SLAB = 8 * 1024 * 1024,
    ALIGNED = 0x5a5a /* no class: what is before an aligned block is the way to its own */
};

struct head {
    size_t size; /* what it can hold */
    size_t kind; /* its class, or ALIGNED */
};
_Static_assert(sizeof(struct head) == UNIT, "what follows it is aligned");

static void *spare[CLASSES];
static unsigned char *slab;
static size_t slab_left;

/* The class that holds `size` bytes, and the size of its blocks. */
static int class_of(size_t size, size_t *ret_size)
{
    size_t units = (size + UNIT - 1) / UNIT;
    if (units <= 2 * STEPS) {
        units += units == 0;
        *ret_size = units * UNIT;
        return (int)units;
    }
    int shift = 61 - __builtin_clzl(units - 1); /* three bits are left of it */
    size_t top = ((units - 1) >> shift) + 1;
    *ret_size = (top << shift) * UNIT;
    return shift * STEPS + (int)top;
}

static void *fresh(size_t size)
{
    size_t whole = size + sizeof(struct head);
    if (whole > slab_left) {
        size_t wanted = whole > SLAB ? whole : SLAB;
        void *more = mmap(NULL, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (more == MAP_FAILED)
            return NULL;
        if (wanted > SLAB)
            return more; /* the rest of the slab is still good */
        slab = more;
        slab_left = wanted;
    }
    void *block = slab;
    slab += whole;
    slab_left -= whole;
    return block;
}

static struct head *head_of(void *at)
{
    return (struct head *)at - 1;
}

void *malloc(size_t size)
{
    size_t whole;
    if (size > PTRDIFF_MAX / 2) {
        errno = ENOMEM;
        return NULL;
    }
    int class = class_of(size, &whole);
    void *at = spare[class];
    if (at) {
        memcpy(&spare[class], at, sizeof spare[class]);
        return at;
    }
    struct head *head = fresh(whole);
    if (!head) {
        errno = ENOMEM;
        return NULL;
    }
    *head = (struct head){whole, (size_t) class};
    return head + 1;
}

void free(void *at)
{
    if (!at)
        return;
    struct head *head = head_of(at);
    if (head->kind == ALIGNED) {
        free((unsigned char *)at - head->size);
        return;
    }
    memcpy(at, &spare[head->kind], sizeof spare[0]);
    spare[head->kind] = at;
}

void *calloc(size_t count, size_t size)
{
    size_t whole;
    if (__builtin_mul_overflow(count, size, &whole)) {
        errno = ENOMEM;
        return NULL;
    }
    void *at = malloc(whole);
    return at ? memset(at, 0, whole) : NULL;
}

size_t malloc_usable_size(void *at)
{
    if (!at)
        return 0;
    const struct head *head = head_of(at);
    if (head->kind != ALIGNED)
        return head->size;
    return head_of((unsigned char *)at - head->size)->size - head->size;
}

void *realloc(void *at, size_t size)
{
    size_t had = malloc_usable_size(at);
    if (at && size <= had && size > 0)
        return at;
    void *other = malloc(size);
    if (!other)
        return NULL;
    if (at)
        memcpy(other, at, had < size ? had : size);
    free(at);
    return other;
}

/* -- aligned -------------------------------------------------------------------------------------
 */

void *memalign(size_t alignment, size_t size)
{
    if (alignment <= UNIT)
        return malloc(size);
    unsigned char *block = malloc(size + alignment + sizeof(struct head));
    if (!block)
        return NULL;
    uintptr_t lowest = (uintptr_t)block + sizeof(struct head);
    size_t offset = (lowest + alignment - 1) / alignment * alignment - (uintptr_t)block;
    *head_of(block + offset) = (struct head){offset, ALIGNED};
    return block + offset;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
    void *at = memalign(alignment, size);
    if (!at)
        return ENOMEM;
    *ret = at;
    return 0;
}
