#include "tar.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { BLOCK = 512 };

/* POSIX.1-1988 ustar */
struct header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
    char link[100], magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155];
    char rest[12];
};
static_assert(sizeof(struct header) == BLOCK, "a header is one block");

static void set_checksum(struct header *header)
{
    const unsigned char *bytes = (const void *)header;
    unsigned sum = 0;
    memset(header->checksum, ' ', sizeof header->checksum);
    for (size_t i = 0; i < sizeof *header; i++)
        sum += bytes[i];
    snprintf(header->checksum, sizeof header->checksum, "%06o", sum);
}

int tar_add(FILE *archive, const char *name, const void *bytes, size_t size, int64_t mtime)
{
    static const char zeros[BLOCK];
    struct header header = {.type = '0', .magic = "ustar", .version = {'0', '0'}};
    size_t padding = (BLOCK - size % BLOCK) % BLOCK;
    if (strlen(name) > TAR_NAME_MAX || name[0] == '\0' || size > TAR_FILE_MAX)
        return -EINVAL;
    snprintf(header.name, sizeof header.name, "%s", name);
    snprintf(header.mode, sizeof header.mode, "%07o", 0644u);
    snprintf(header.uid, sizeof header.uid, "%07o", 0u);
    snprintf(header.gid, sizeof header.gid, "%07o", 0u);
    snprintf(header.size, sizeof header.size, "%011o", (unsigned)size);
    snprintf(header.mtime, sizeof header.mtime, "%011llo",
             (unsigned long long)(mtime > 0 ? mtime : 0));
    set_checksum(&header);
    bool written = fwrite(&header, sizeof header, 1, archive) == 1 &&
                   (size == 0 || fwrite(bytes, size, 1, archive) == 1) &&
                   (padding == 0 || fwrite(zeros, padding, 1, archive) == 1);
    return written ? 0 : -EIO;
}

int tar_end(FILE *archive)
{
    static const char zeros[2 * BLOCK];
    return fwrite(zeros, sizeof zeros, 1, archive) == 1 ? 0 : -EIO;
}
