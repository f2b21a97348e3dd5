#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sealed_file.h"

enum { CHUNK = SEALED_CHUNK_SIZE, LARGE = 5 * CHUNK + 1234 };

static char dir[] = "/tmp/test_sealed_XXXXXX";
static char path[64];
static uint8_t text[LARGE];
static const uint8_t key[SEALED_KEY_SIZE] = {1, 2, 3};

static int setup(void **state)
{
    (void)state;
    if (sodium_init() < 0 || !mkdtemp(dir))
        return -1;
    (void)snprintf(path, sizeof path, "%s/film", dir);
    randombytes_buf_deterministic(text, sizeof text, (const unsigned char[32]){7});
    return 0;
}

static int teardown(void **state)
{
    char command[96];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command); /* NOLINT: our own name */
}

/* Writes text[from..to) in pieces of an odd size. */
static void write_text(struct sealed_writer *writer, size_t from, size_t to)
{
    for (size_t at = from; at < to;) {
        size_t piece = to - at < 10007 ? to - at : 10007;
        assert_int_equal(sealed_writer_write(writer, text + at, piece), 0);
        at += piece;
    }
}

static void make(size_t size)
{
    struct sealed_writer *writer;
    (void)unlink(path);
    assert_int_equal(sealed_writer_open(path, key, &writer), 0);
    write_text(writer, 0, size);
    assert_int_equal(sealed_writer_size(writer), size);
    assert_int_equal(sealed_writer_finish(writer), 0);
    assert_true(sealed_writer_finished(writer));
    assert_int_equal(sealed_writer_size(writer), size);
    sealed_writer_close(writer);
}

static off_t disk_size(void)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_size;
}

/* 0: all of the text is as expected. */
static int check_text(size_t size)
{
    struct sealed_reader *reader;
    static uint8_t got[LARGE];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    int r = sealed_reader_open(fd, key, &reader);
    if (r == 0) {
        ssize_t n = 1;
        size_t at = 0;
        r = sealed_reader_size(reader) == (int64_t)size ? 0 : -ERANGE;
        while (r == 0 && (n = sealed_reader_read(reader, (int64_t)at, got + at, 9999)) > 0)
            at += (size_t)n;
        if (r == 0)
            r = n < 0 ? (int)n : at == size && memcmp(got, text, size) == 0 ? 0 : -EILSEQ;
        sealed_reader_close(reader);
    }
    close(fd);
    return r;
}

static void every_size_round_trips(void **state)
{
    static const size_t sizes[] = {0,         1,         100,           CHUNK - 1, CHUNK,
                                   CHUNK + 1, 2 * CHUNK, 3 * CHUNK - 1, LARGE};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        make(sizes[i]);
        assert_int_equal(disk_size(), sealed_disk_size((int64_t)sizes[i]));
        assert_int_equal(sealed_text_size(disk_size()), sizes[i]);
        assert_int_equal(check_text(sizes[i]), 0);
    }
}

static void nothing_of_the_text_lies_on_the_disk(void **state)
{
    static uint8_t disk[LARGE + 4096];
    (void)state;
    make(LARGE);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, disk, sizeof disk);
    close(fd);
    assert_true(n > LARGE);
    for (size_t at = 0; at + 64 < LARGE; at += 4096)
        assert_null(memmem(disk, (size_t)n, text + at, 16));
}

static void any_place_can_be_read(void **state)
{
    struct sealed_reader *reader;
    static const int64_t places[] = {LARGE - 1, 0, CHUNK - 1, CHUNK, 3 * CHUNK + 7, 5, LARGE};
    uint8_t got[32];
    (void)state;
    make(LARGE);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(sealed_reader_open(fd, key, &reader), 0);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        ssize_t n = sealed_reader_read(reader, places[i], got, sizeof got);
        int64_t to_end = LARGE - places[i], in_chunk = CHUNK - places[i] % CHUNK;
        int64_t most = to_end < in_chunk ? to_end : in_chunk;
        assert_int_equal(n, most < 32 ? most : 32);
        assert_memory_equal(got, text + places[i], (size_t)n);
    }
    assert_int_equal(sealed_reader_read(reader, -1, got, 1), -EINVAL);
    sealed_reader_close(reader);
    close(fd);
}

static void flip(off_t at)
{
    uint8_t byte;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 0x10;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static void a_flipped_bit_anywhere_is_refused(void **state)
{
    (void)state;
    make(2 * CHUNK + 50);
    for (off_t at = 0; at < disk_size(); at += at < 64 ? 1 : 997) {
        flip(at);
        assert_int_equal(check_text(2 * CHUNK + 50), -EBADMSG);
        flip(at);
    }
    assert_int_equal(check_text(2 * CHUNK + 50), 0);
}

static void a_file_that_was_cut_or_lengthened_is_refused(void **state)
{
    static const off_t cuts[] = {0,
                                 5,
                                 16,
                                 30,
                                 16 + SEALED_FRAME_SIZE,
                                 16 + 2 * SEALED_FRAME_SIZE,
                                 16 + 2 * SEALED_FRAME_SIZE + 41};
    (void)state;
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        make(LARGE);
        assert_int_equal(truncate(path, cuts[i]), 0);
        assert_int_equal(check_text(LARGE), -EBADMSG);
    }
    make(LARGE);
    assert_int_equal(truncate(path, disk_size() + 1), 0);
    assert_int_equal(check_text(LARGE), -EBADMSG);
}

static void exchanged_chunks_are_refused(void **state)
{
    static uint8_t a[SEALED_FRAME_SIZE], b[SEALED_FRAME_SIZE];
    (void)state;
    make(LARGE);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(pread(fd, a, sizeof a, 16 + SEALED_FRAME_SIZE), sizeof a);
    assert_int_equal(pread(fd, b, sizeof b, 16 + 2 * SEALED_FRAME_SIZE), sizeof b);
    assert_int_equal(pwrite(fd, b, sizeof b, 16 + SEALED_FRAME_SIZE), sizeof b);
    assert_int_equal(pwrite(fd, a, sizeof a, 16 + 2 * SEALED_FRAME_SIZE), sizeof a);
    close(fd);
    assert_int_equal(check_text(LARGE), -EBADMSG);
}

static void another_files_key_opens_nothing(void **state)
{
    uint8_t device[SEALED_KEY_SIZE] = {9}, first[SEALED_KEY_SIZE], second[SEALED_KEY_SIZE];
    struct sealed_reader *reader = NULL;
    (void)state;
    sealed_key_of(device, "film-1", first);
    sealed_key_of(device, "film-2", second);
    assert_memory_not_equal(first, second, sizeof first);
    assert_memory_not_equal(first, device, sizeof first);
    make(100);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(sealed_reader_open(fd, first, &reader), -EBADMSG);
    assert_null(reader);
    close(fd);
}

/* Power is cut wherever it likes: what was whole is gone on with. */
static void a_writer_goes_on_at_a_whole_chunk(void **state)
{
    (void)state;
    for (int point = 0; point < 10; point++) {
        struct sealed_writer *writer;
        make(LARGE);
        off_t cut = (disk_size() - 1) * point / 9;
        assert_int_equal(truncate(path, cut), 0);
        assert_int_equal(sealed_writer_open(path, key, &writer), 0);
        int64_t there = sealed_writer_size(writer);
        int64_t whole = cut < 16 ? 0 : (cut - 16) / SEALED_FRAME_SIZE;
        assert_int_equal(there, whole * CHUNK);
        assert_false(sealed_writer_finished(writer));
        write_text(writer, (size_t)there, LARGE);
        assert_int_equal(sealed_writer_finish(writer), 0);
        sealed_writer_close(writer);
        assert_int_equal(check_text(LARGE), 0);
    }
}

/* Blocks that the disk never wrote read as zeros. */
static void chunks_spoilt_by_a_power_cut_are_dropped(void **state)
{
    struct sealed_writer *writer;
    static const uint8_t zeros[SEALED_FRAME_SIZE];
    (void)state;
    make(LARGE);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    for (int i = 3; i < 5; i++)
        assert_int_equal(pwrite(fd, zeros, sizeof zeros, 16 + i * SEALED_FRAME_SIZE), sizeof zeros);
    assert_int_equal(ftruncate(fd, 16 + 5 * SEALED_FRAME_SIZE), 0);
    close(fd);
    assert_int_equal(sealed_writer_open(path, key, &writer), 0);
    assert_int_equal(sealed_writer_size(writer), 3 * CHUNK);
    write_text(writer, 3 * CHUNK, LARGE);
    assert_int_equal(sealed_writer_finish(writer), 0);
    sealed_writer_close(writer);
    assert_int_equal(check_text(LARGE), 0);
}

static void a_finished_file_is_known_again(void **state)
{
    struct sealed_writer *writer;
    static const size_t sizes[] = {0, 10, CHUNK, LARGE};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        make(sizes[i]);
        assert_int_equal(sealed_writer_open(path, key, &writer), 0);
        assert_true(sealed_writer_finished(writer));
        assert_int_equal(sealed_writer_size(writer), sizes[i]);
        assert_int_equal(sealed_writer_write(writer, text, 1), -EINVAL);
        assert_int_equal(sealed_writer_restart(writer), 0);
        assert_int_equal(sealed_writer_size(writer), 0);
        sealed_writer_close(writer);
    }
}

static void what_is_no_sealed_file_is_begun_anew(void **state)
{
    struct sealed_writer *writer;
    (void)state;
    int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, text, 200000), 200000);
    close(fd);
    assert_int_equal(sealed_writer_open(path, key, &writer), 0);
    assert_int_equal(sealed_writer_size(writer), 0);
    write_text(writer, 0, 1000);
    assert_int_equal(sealed_writer_finish(writer), 0);
    sealed_writer_close(writer);
    assert_int_equal(check_text(1000), 0);
}

static void a_full_disk_says_so_and_leaves_whole_chunks(void **state)
{
    struct sealed_writer *writer;
    struct rlimit before, small = {.rlim_cur = 3 * SEALED_FRAME_SIZE};
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)unlink(path);
    assert_int_equal(sealed_writer_open(path, key, &writer), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int r = sealed_writer_write(writer, text, LARGE);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(r, -EFBIG);
    sealed_writer_close(writer);
    assert_int_equal(sealed_writer_open(path, key, &writer), 0);
    assert_int_equal(sealed_writer_size(writer), 2 * CHUNK);
    write_text(writer, 2 * CHUNK, LARGE);
    assert_int_equal(sealed_writer_finish(writer), 0);
    sealed_writer_close(writer);
    assert_int_equal(check_text(LARGE), 0);
}

static void the_device_key_is_made_once_and_for_the_owner_alone(void **state)
{
    uint8_t first[SEALED_KEY_SIZE], second[SEALED_KEY_SIZE], untouched[SEALED_KEY_SIZE] = {5};
    char file[96];
    struct stat status;
    (void)state;
    assert_int_equal(sealed_key_load(dir, first), 0);
    assert_int_equal(sealed_key_load(dir, second), 0);
    assert_memory_equal(first, second, sizeof first);
    (void)snprintf(file, sizeof file, "%s/device.key", dir);
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(truncate(file, 31), 0);
    memcpy(second, untouched, sizeof second);
    assert_int_equal(sealed_key_load(dir, second), -EBADMSG);
    assert_memory_equal(second, untouched, sizeof second);
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_size, 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_round_trips),
        cmocka_unit_test(nothing_of_the_text_lies_on_the_disk),
        cmocka_unit_test(any_place_can_be_read),
        cmocka_unit_test(a_flipped_bit_anywhere_is_refused),
        cmocka_unit_test(a_file_that_was_cut_or_lengthened_is_refused),
        cmocka_unit_test(exchanged_chunks_are_refused),
        cmocka_unit_test(another_files_key_opens_nothing),
        cmocka_unit_test(a_writer_goes_on_at_a_whole_chunk),
        cmocka_unit_test(chunks_spoilt_by_a_power_cut_are_dropped),
        cmocka_unit_test(a_finished_file_is_known_again),
        cmocka_unit_test(what_is_no_sealed_file_is_begun_anew),
        cmocka_unit_test(a_full_disk_says_so_and_leaves_whole_chunks),
        cmocka_unit_test(the_device_key_is_made_once_and_for_the_owner_alone),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
