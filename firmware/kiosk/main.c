/* machiai-kiosk: terminal and monitor of a clinic's waiting room. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kiosk.h"
#include "version.h"

static const char usage[] =
    "usage: machiai-kiosk COMMAND\n"
    "  run --config F      the kiosk\n"
    "  check --config F    tells every mistake of the configuration\n"
    "  ctl --socket S|--config F status|tickets|tap WIDGET|screenshot FILE [terminal|monitor]|\n"
    "      print-test\n"
    "                      asks the running kiosk\n"
    "  pin                 makes the line of kiosk.conf for the staff menu's PIN\n"
    "  --version, --help\n";

static int wrong_usage(void)
{
    (void)fputs(usage, stderr);
    return 2;
}

static int check(const char *path)
{
    struct config config;
    if (config_read(path, &config, stderr) < 0)
        return 1;
    (void)puts("ok");
    return 0;
}

static int run(const char *path)
{
    struct config config;
    struct kiosk *kiosk = NULL;
    if (config_read(path, &config, stderr) < 0)
        return 1;
    if (mkdir(config.data, 0700) != 0 && errno != EEXIST) {
        fprintf(stderr, "machiai-kiosk: %s cannot be made: %s\n", config.data, strerror(errno));
        return 1;
    }
    if (kiosk_create(&config, &kiosk) < 0)
        return 1;
    loop_run(kiosk);
    bool again = kiosk->restart;
    kiosk_destroy(kiosk);
    if (again) { /* staff asked for it: the same program from its beginning */
        execl("/proc/self/exe", "machiai-kiosk", "run", "--config", path, (char *)NULL);
        perror("machiai-kiosk: it does not start again");
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    bool configured = argc == 4 && strcmp(argv[2], "--config") == 0;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (strcmp(command, "player") == 0)
        return video_child_main(argc, argv);
    if (strcmp(command, "ctl") == 0)
        return ctl_client_main(argc - 1, argv + 1);
    if (strcmp(command, "run") == 0 && configured)
        return run(argv[3]);
    if (strcmp(command, "check") == 0 && configured)
        return check(argv[3]);
    if (strcmp(command, "pin") == 0 && argc == 2)
        return staff_pin_main();
    if (strcmp(command, "--version") == 0) {
        (void)puts("machiai-kiosk " MACHIAI_VERSION);
        return 0;
    }
    if (strcmp(command, "--help") != 0)
        return wrong_usage();
    (void)fputs(usage, stdout);
    return 0;
}
