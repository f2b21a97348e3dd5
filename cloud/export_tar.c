#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export_private.h"

/* POSIX 1003.1 ustar. */
struct header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
    char magic[6], version[2], owner[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == TAR_BLOCK, "a header is one block");

static unsigned sum_of(const struct header *header)
{
    struct header copy = *header;
    const unsigned char *bytes = (const unsigned char *)&copy;
    unsigned sum = 0;

    memset(copy.checksum, ' ', sizeof(copy.checksum));
    for (size_t i = 0; i < sizeof(copy); i++)
        sum += bytes[i];
    return sum;
}

int64_t tar_padding(int64_t size)
{
    return (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}

int tar_write_header(FILE *file, const char *name, int64_t size, int64_t mtime)
{
    struct header header;

    memset(&header, 0, sizeof(header));
    if (strlen(name) >= sizeof(header.name) || size < 0 || size > INT64_C(077777777777))
        return -EFBIG;
    memcpy(header.name, name, strlen(name));
    (void)snprintf(header.mode, sizeof(header.mode), "%07o", 0600);
    (void)snprintf(header.uid, sizeof(header.uid), "%07o", 0);
    (void)snprintf(header.gid, sizeof(header.gid), "%07o", 0);
    (void)snprintf(header.size, sizeof(header.size), "%011llo", (unsigned long long)size);
    (void)snprintf(header.mtime, sizeof(header.mtime), "%011llo",
                   (unsigned long long)(mtime / 1000) & 077777777777ULL);
    header.type = '0';
    memcpy(header.magic, "ustar", 6);
    memcpy(header.version, "00", 2);
    (void)snprintf(header.checksum, sizeof(header.checksum), "%06o", sum_of(&header) & 0777777U);
    header.checksum[7] = ' ';
    return fwrite(&header, sizeof(header), 1, file) == 1 ? 0 : -EIO;
}

int tar_pad(FILE *file, int64_t size)
{
    static const char zeros[TAR_BLOCK];
    size_t padding = (size_t)tar_padding(size);

    return padding == 0 || fwrite(zeros, padding, 1, file) == 1 ? 0 : -EIO;
}

int tar_end(FILE *file)
{
    static const char zeros[2 * TAR_BLOCK];

    return fwrite(zeros, sizeof(zeros), 1, file) == 1 ? 0 : -EIO;
}

int tar_read_header(FILE *file, char name[static TAR_NAME_SIZE], int64_t *ret_size)
{
    struct header header;
    char number[13] = "", *end = NULL;

    if (fread(&header, sizeof(header), 1, file) != 1)
        return -EBADMSG;
    if (header.name[0] == '\0')
        return 0;
    memcpy(number, header.checksum, sizeof(header.checksum));
    if (strtoul(number, NULL, 8) != sum_of(&header) || header.type != '0' ||
        memcmp(header.magic, "ustar", 5) != 0 || header.prefix[0])
        return -EBADMSG;
    memcpy(number, header.size, sizeof(header.size));
    number[sizeof(header.size)] = '\0';
    *ret_size = (int64_t)strtoull(number, &end, 8);
    if (*end || end == number)
        return -EBADMSG;
    memcpy(name, header.name, sizeof(header.name));
    name[TAR_NAME_SIZE - 1] = '\0';
    return 1;
}
