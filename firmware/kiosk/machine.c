#include "machine.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { CODE_LETTERS = 8, HALF = 4, PATH_SIZE = 600, SUPPORT_LETTERS = 4 };

/* Neither 0 and O nor 1 and I, 5 and S, 8 and B, 2 and Z. */
static const char alphabet[] = "34679ACDEFGHJKLMNPQRTUVWXY";

/* First line of a file of /proc or /sys, which may end in a NUL. */
static void read_line(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    text[0] = '\0';
    if (file == NULL)
        return;
    if (fgets(text, (int)size, file) == NULL)
        text[0] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    (void)fclose(file); /* nothing was written */
}

static void read_model(char model[static MACHINE_MODEL_SIZE])
{
    read_line("/proc/device-tree/model", model, MACHINE_MODEL_SIZE); /* a board */
    if (model[0] == '\0')
        read_line("/sys/class/dmi/id/product_name", model, MACHINE_MODEL_SIZE); /* a PC */
    char *revision = strstr(model, " Rev ");
    if (revision != NULL)
        *revision = '\0';
}

static void read_serial(char serial[static MACHINE_SERIAL_SIZE])
{
    read_line("/proc/device-tree/serial-number", serial, MACHINE_SERIAL_SIZE); /* a board */
    if (serial[0] == '\0')
        read_line("/sys/class/dmi/id/product_serial", serial, MACHINE_SERIAL_SIZE); /* a PC */
}

static void add_address(struct machine *machine, const char *name, const struct sockaddr *given)
{
    const struct sockaddr_in *address = (const void *)given;
    char text[INET_ADDRSTRLEN], path[PATH_SIZE], speed[16];
    if (machine->address_count == MACHINE_ADDRESSES_MAX ||
        inet_ntop(AF_INET, &address->sin_addr, text, sizeof text) == NULL)
        return;
    snprintf(path, sizeof path, "/sys/class/net/%s/speed", name);
    read_line(path, speed, sizeof speed); /* -1: the driver does not know */
    bool told = speed[0] >= '1' && speed[0] <= '9';
    snprintf(machine->speeds[machine->address_count], MACHINE_SPEED_SIZE, "%s%s", told ? speed : "",
             told ? " Mbit/s" : "");
    snprintf(machine->addresses[machine->address_count++], MACHINE_ADDRESS_SIZE, "%.15s %s", name,
             text);
}

static void read_addresses(struct machine *machine)
{
    struct ifaddrs *list = NULL;
    machine->address_count = 0;
    machine->linked = false;
    if (getifaddrs(&list) != 0)
        return;
    for (struct ifaddrs *one = list; one != NULL; one = one->ifa_next) {
        bool up = one->ifa_addr != NULL && (one->ifa_flags & IFF_UP) != 0 &&
                  (one->ifa_flags & IFF_LOOPBACK) == 0;
        if (up && (one->ifa_flags & IFF_RUNNING) != 0)
            machine->linked = true;
        if (up && one->ifa_addr->sa_family == AF_INET)
            add_address(machine, one->ifa_name, one->ifa_addr);
    }
    freeifaddrs(list);
}

void machine_refresh(const char *dir, struct machine *machine)
{
    struct statvfs info;
    read_addresses(machine);
    machine->free_bytes = -1;
    if (statvfs(dir, &info) == 0)
        machine->free_bytes = (int64_t)info.f_bavail * (int64_t)info.f_frsize;
}

/* -- the code ---------------------------------------------------------------------------------- */

static bool valid(const char *code)
{
    for (int i = 0; i < MACHINE_CODE_SIZE - 1; i++)
        if (i == HALF ? code[i] != '-' : code[i] == '\0' || strchr(alphabet, code[i]) == NULL)
            return false;
    return code[MACHINE_CODE_SIZE - 1] == '\0';
}

static void make_code(char code[static MACHINE_CODE_SIZE])
{
    for (int i = 0; i < MACHINE_CODE_SIZE - 1; i++)
        code[i] = i == HALF ? '-' : alphabet[randombytes_uniform(sizeof alphabet - 1)];
    code[MACHINE_CODE_SIZE - 1] = '\0';
}

/* A code that a later start would not know again is worse than none. */
static bool keep_code(const char *path, const char *code)
{
    char text[MACHINE_CODE_SIZE + 1];
    int size = snprintf(text, sizeof text, "%s\n", code);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool kept = write(fd, text, (size_t)size) == size && fsync(fd) == 0;
    return close(fd) == 0 && kept;
}

static void read_code(const char *dir, struct machine *machine)
{
    char path[PATH_SIZE], kept[32];
    snprintf(path, sizeof path, "%s/pairing", dir);
    read_line(path, kept, sizeof kept);
    snprintf(machine->code, sizeof machine->code, "%.9s", kept);
    if (!valid(machine->code) || strlen(kept) != MACHINE_CODE_SIZE - 1) {
        make_code(machine->code);
        if (!keep_code(path, machine->code))
            machine->code[0] = '\0';
    }
    if (machine->code[0] != '\0')
        snprintf(machine->support, sizeof machine->support, "T-%.*s", SUPPORT_LETTERS,
                 machine->code);
}

void machine_read(const char *dir, struct machine *ret)
{
    memset(ret, 0, sizeof *ret);
    if (sodium_init() < 0)
        return;
    read_model(ret->model);
    read_serial(ret->serial);
    machine_refresh(dir, ret);
    read_code(dir, ret);
}
