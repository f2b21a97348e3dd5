/* A receipt printer on the gadget side of USB: takes commands, answers questions, keeps the rest.
 *
 *   gadget_printer DEVICE FILE [PAPER [BYTES]]   PAPER: ok, out; after so many BYTES it reads
 * slowly
 */
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HELD_MAX = 1 << 20, CHUNK = 4096, SLOW_US = 200000, DLE = 0x10, GS = 0x1d, EOT = 4 };

static unsigned char held[HELD_MAX];
static size_t held_size;
static bool paper_out;
static int device, file;

static void say(const void *bytes, size_t size)
{
    if (write(device, bytes, size) != (ssize_t)size)
        perror("gadget_printer: answer");
}

static void keep(size_t size)
{
    if (write(file, held, size) != (ssize_t)size)
        perror("gadget_printer: file");
}

static void answer(unsigned char question)
{
    unsigned char byte = 0x12;
    if (paper_out)
        byte |= question == 1 ? 0x08 : question == 2 ? 0x20 : question == 4 ? 0x60 : 0;
    say(&byte, 1);
}

/* Size of the command at the front, 0 while it is incomplete. Questions are not kept. */
static size_t take(void)
{
    size_t size = 1;
    if (held[0] == DLE) {
        if (held_size < 3)
            return 0;
        if (held[1] == EOT)
            answer(held[2]);
        return 3;
    }
    if (held[0] == GS && held_size < 3)
        return 0;
    if (held[0] == GS && held[1] == 'v') {
        if (held_size < 8)
            return 0;
        size = 8 + (held[4] | (size_t)held[5] << 8) * (held[6] | (size_t)held[7] << 8);
    } else if (held[0] == GS && held[1] == '(') {
        unsigned char reply[] = {0x37, 0x22, 0, 0, 0, 0, 0};
        if (held_size < 11)
            return 0;
        memcpy(reply + 2, held + 7, 4);
        say(reply, sizeof reply);
        return 11;
    } else if (held[0] == GS && held[1] == 'a') {
        return 3;
    }
    if (held_size < size)
        return 0;
    keep(size);
    return size;
}

int main(int argc, char **argv)
{
    size_t slow = argc > 4 ? (size_t)atol(argv[4]) : 0, all = 0;
    if (argc < 3)
        return 2;
    paper_out = argc > 3 && strcmp(argv[3], "out") == 0;
    device = open(argv[1], O_RDWR);
    file = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (device < 0 || file < 0)
        return 1;
    for (;;) {
        struct pollfd fd = {device, POLLIN, 0};
        if (slow > 0 && all > slow)
            usleep(SLOW_US);
        if (poll(&fd, 1, -1) < 0 || held_size + CHUNK > HELD_MAX)
            return 1;
        ssize_t count = read(device, held + held_size, CHUNK);
        if (count < 0)
            return 1;
        held_size += (size_t)count;
        all += (size_t)count;
        for (size_t size; held_size > 0 && (size = take()) > 0;)
            memmove(held, held + size, held_size -= size);
    }
}
