/* machiai-kiosk: terminal and monitor of a clinic's waiting room. */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kiosk.h"
#include "mistakes.h"
#include "provision.h"
#include "version.h"

static const char usage[] =
    "usage: machiai-kiosk COMMAND\n"
    "  run --config F      the kiosk\n"
    "  check --config F    tells every mistake of the configuration\n"
    "  broken --config F   says on the screens that there is no place for records\n"
    "  provision --config F --run DIR\n"
    "                      writes what [network], [wifi] and [support] say for Debian's services\n"
    "  ctl --socket S|--config F status|tickets|tap WIDGET|screenshot FILE [terminal|monitor]|\n"
    "      print-test\n"
    "                      asks the running kiosk\n"
    "  pin                 makes the line of kiosk.conf for the staff menu's PIN\n"
    "  --version, --help\n"
    "run, check and provision take --defaults F, too: what holds where the configuration is "
    "silent\n";

struct files {
    const char *config, *defaults, *run;
};

static int wrong_usage(void)
{
    (void)fputs(usage, stderr);
    return 2;
}

/* Pairs of option and value behind the command. */
static bool read_files(int argc, char **argv, struct files *ret)
{
    struct files files = {0};
    for (int i = 2; i < argc; i += 2) {
        const char **target = strcmp(argv[i], "--config") == 0     ? &files.config
                              : strcmp(argv[i], "--defaults") == 0 ? &files.defaults
                              : strcmp(argv[i], "--run") == 0      ? &files.run
                                                                   : NULL;
        if (target == NULL || i + 1 == argc)
            return false;
        *target = argv[i + 1];
    }
    *ret = files;
    return files.config != NULL;
}

static int check(const struct files *files)
{
    struct config config;
    if (config_read_over(files->defaults, files->config, &config, NULL, stderr) < 0)
        return 1;
    (void)puts("ok");
    return 0;
}

/* Films' pictures are blocks of megabytes, of another size with each film. glibc takes them for its
 * heap once the first one was freed, where they keep what lies below them; mapped, each goes back
 * to the system as soon as it is freed. */
static void map_large_blocks(void)
{
    enum { LARGE = 256 << 10 };
    (void)mallopt(M_MMAP_THRESHOLD, LARGE);
    (void)mallopt(M_TRIM_THRESHOLD, LARGE);
}

/* Mistakes elsewhere in the file must not keep the machine from its network. */
static int provision(const struct files *files)
{
    struct config config;
    int mistakes = config_read_over(files->defaults, files->config, &config, NULL, stderr);
    int result = provision_write(&config.network, files->run);
    if (result == 0) {
        printf("%d mistakes in %s; the network is set up\n", -mistakes, files->config);
        return 0;
    }
    fprintf(stderr, "machiai-kiosk: %s cannot be written: %s\n", files->run, strerror(-result));
    return 1;
}

/* The same program from its beginning. */
static int start_again(char **argv)
{
    execv("/proc/self/exe", argv);
    perror("machiai-kiosk: it does not start again");
    return 1;
}

static int run_kiosk(const struct config *config, char **argv)
{
    struct kiosk *kiosk = NULL;
    if (mkdir(config->data, 0700) != 0 && errno != EEXIST) {
        fprintf(stderr, "machiai-kiosk: %s cannot be made: %s\n", config->data, strerror(errno));
        return 1;
    }
    if (kiosk_create(config, &kiosk) < 0)
        return 1;
    loop_run(kiosk);
    bool again = kiosk->restart;
    kiosk_destroy(kiosk);
    return again ? start_again(argv) : 0; /* staff asked for it */
}

static int run(const struct files *files, char **argv)
{
    struct config config;
    struct config_mistakes mistakes;
    if (config_read_over(files->defaults, files->config, &config, &mistakes, stderr) == 0)
        return run_kiosk(&config, argv);
    /* Only where there are defaults, on a card's image, nobody reads what was just said. */
    if (files->defaults == NULL)
        return 1;
    return mistakes_run(&config, &mistakes) == 0 ? start_again(argv) : 1;
}

/* On a card whose own place for records cannot be used, nothing is given out; the screens say so.
 */
static int broken(const struct files *files)
{
    struct config config;
    const struct config_mistakes none = {.count = 1, .list = {{.kind = CONFIG_NO_STORAGE}}};
    if (config_read_over(files->defaults, files->config, &config, NULL, stderr) < 0)
        (void)fputs("machiai-kiosk: what else is wrong comes after the card\n", stderr);
    return mistakes_run(&config, &none) < 0 ? 1 : 0;
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    struct files files;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    map_large_blocks();
    if (strcmp(command, "player") == 0)
        return video_child_main(argc, argv);
    if (strcmp(command, "ctl") == 0)
        return ctl_client_main(argc - 1, argv + 1);
    if (strcmp(command, "pin") == 0 && argc == 2)
        return staff_pin_main();
    if (strcmp(command, "--version") == 0) {
        (void)puts("machiai-kiosk " MACHIAI_VERSION);
        return 0;
    }
    if (strcmp(command, "--help") == 0) {
        (void)fputs(usage, stdout);
        return 0;
    }
    if (!read_files(argc, argv, &files))
        return wrong_usage();
    if (strcmp(command, "run") == 0)
        return run(&files, argv);
    if (strcmp(command, "broken") == 0)
        return broken(&files);
    if (strcmp(command, "check") == 0)
        return check(&files);
    if (strcmp(command, "provision") == 0 && files.run != NULL)
        return provision(&files);
    return wrong_usage();
}
