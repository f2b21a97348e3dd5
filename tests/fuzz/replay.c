/* replay DIR...: runs a fuzz target over every file of the directories (one that does not exist is
 * empty), then over a fixed number of mutations of them. The same inputs every time. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifndef MUTATIONS
#define MUTATIONS 20000
#endif

enum { INPUT_MAX = 64 * 1024, FILES_MAX = 256 };

static struct input {
    uint8_t *data;
    size_t size;
} inputs[FILES_MAX];
static int input_count;
static uint64_t random_state = 1;

static size_t pick(size_t below)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(random_state >> 33) % below;
}

static void load(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(INPUT_MAX);
    if (!file || !data || input_count == FILES_MAX)
        abort();
    inputs[input_count++] = (struct input){data, fread(data, 1, INPUT_MAX, file)};
    (void)fclose(file);
}

static void load_all(const char *directory)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (entry->d_name[0] != '.')
            load(path);
    }
    (void)closedir(dir);
}

/* Flips, overwrites, cuts, doubles and splices: enough to leave the grammar in every direction. */
static size_t mutate(uint8_t *buffer)
{
    static const char *const tokens[] = {"{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         ":",
                                         "\"",
                                         "null",
                                         "-1",
                                         "1e999",
                                         "\\u0000",
                                         "\xff",
                                         "99999999999999999999",
                                         "true"};
    const struct input *base = &inputs[pick((size_t)input_count)];
    size_t size = base->size;
    memcpy(buffer, base->data, size);
    for (size_t n = 1 + pick(6); n > 0 && size > 1; n--) {
        size_t at = pick(size), length = 1 + pick(size - at);
        const char *token = tokens[pick(sizeof tokens / sizeof tokens[0])];
        switch (pick(5)) {
        case 0:
            buffer[at] ^= (uint8_t)(1u << pick(8));
            break;
        case 1:
            buffer[at] = (uint8_t)pick(256);
            break;
        case 2: /* cut */
            memmove(buffer + at, buffer + at + length, size - at - length);
            size -= length;
            break;
        case 3: /* put a token in */
            if (size + strlen(token) < INPUT_MAX) {
                memmove(buffer + at + strlen(token), buffer + at, size - at);
                memcpy(buffer + at, token, strlen(token));
                size += strlen(token);
            }
            break;
        default: /* double a part */
            if (size + length < INPUT_MAX) {
                memmove(buffer + at + length, buffer + at, size - at);
                size += length;
            }
            break;
        }
    }
    return size;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        load_all(argv[i]);
    if (input_count == 0) {
        (void)fprintf(stderr, "no input in %s\n", argc > 1 ? argv[1] : "(no directory)");
        return 1;
    }
    for (int i = 0; i < input_count; i++)
        (void)LLVMFuzzerTestOneInput(inputs[i].data, inputs[i].size);
    for (int i = 0; i < MUTATIONS; i++) {
        /* a block of its own size, so that AddressSanitizer sees one byte too far */
        static uint8_t buffer[INPUT_MAX];
        size_t size = mutate(buffer);
        uint8_t *exact = malloc(size ? size : 1);
        if (!exact)
            abort();
        memcpy(exact, buffer, size);
        (void)LLVMFuzzerTestOneInput(exact, size);
        free(exact);
    }
    for (int i = 0; i < input_count; i++)
        free(inputs[i].data);
    (void)printf("%d inputs, %d mutations\n", input_count, MUTATIONS);
    return 0;
}
