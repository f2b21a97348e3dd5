/* Any bytes as a sealed file: refused, or read to their end without a byte too far; then gone on
 * with as a writer would. */
#include <fcntl.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sealed_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key[SEALED_KEY_SIZE] = {'k', 'e', 'y'};

static void read_all(int fd)
{
    struct sealed_reader *reader;
    uint8_t text[700];
    if (sealed_reader_open(fd, key, &reader) < 0)
        return;
    int64_t at = 0, length = sealed_reader_size(reader);
    ssize_t n;
    while ((n = sealed_reader_read(reader, at, text, sizeof text)) > 0)
        at += n;
    if (at > length || (n == 0 && at != length))
        abort();
    sealed_reader_close(reader);
}

static void go_on(int fd)
{
    struct sealed_writer *writer;
    char copy[] = "/tmp/fuzz_sealed_XXXXXX";
    int file = mkstemp(copy);
    if (file < 0)
        abort();
    uint8_t bytes[4096];
    ssize_t n;
    (void)lseek(fd, 0, SEEK_SET);
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        if (write(file, bytes, (size_t)n) != n)
            abort();
    if (sealed_writer_open(copy, key, &writer) < 0)
        abort();
    if (!sealed_writer_finished(writer) && sealed_writer_write(writer, "more", 4) < 0)
        abort();
    if (sealed_writer_finish(writer) < 0)
        abort();
    sealed_writer_close(writer);
    read_all(file);
    close(file);
    (void)unlink(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int count;
    if (sodium_init() < 0)
        abort();
    int fd = memfd_create("sealed", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    read_all(fd);
    if (count++ % 64 == 0) /* it writes to the disk */
        go_on(fd);
    close(fd);
    return 0;
}
