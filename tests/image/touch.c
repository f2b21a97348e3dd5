/* touch WIDTH HEIGHT: a touch panel of WIDTH x HEIGHT points that stays plugged into the guest
 * until its standard input ends; each line "X Y" of it is a finger that taps there. A finger as the
 * kernel tells it (multi-touch protocol B), so that everything above the kernel is what a board
 * has. */
#include <errno.h>
#include <fcntl.h>
#include <linux/uinput.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DOWN_MS = 400 };

static void send(int fd, int type, int code, int value)
{
    struct input_event event = {.type = (__u16)type, .code = (__u16)code, .value = value};
    if (write(fd, &event, sizeof event) != (ssize_t)sizeof event)
        exit(1);
}

static int axis(int fd, int code, int maximum)
{
    struct uinput_abs_setup setup = {.code = (__u16)code, .absinfo = {.maximum = maximum}};
    return ioctl(fd, UI_SET_ABSBIT, code) < 0 ? -1 : ioctl(fd, UI_ABS_SETUP, &setup);
}

static int plug_in(int width, int height)
{
    struct uinput_setup setup = {.id = {.bustype = BUS_USB, .vendor = 1, .product = 1}};
    int fd = open("/dev/uinput", O_WRONLY | O_CLOEXEC);
    strcpy(setup.name, "Machiai test panel");
    if (fd < 0 || ioctl(fd, UI_SET_EVBIT, EV_KEY) < 0 || ioctl(fd, UI_SET_EVBIT, EV_ABS) < 0 ||
        ioctl(fd, UI_SET_KEYBIT, BTN_TOUCH) < 0 || ioctl(fd, UI_SET_PROPBIT, INPUT_PROP_DIRECT) < 0)
        return -1;
    if (axis(fd, ABS_X, width - 1) < 0 || axis(fd, ABS_Y, height - 1) < 0 ||
        axis(fd, ABS_MT_SLOT, 9) < 0 || axis(fd, ABS_MT_TRACKING_ID, 65535) < 0 ||
        axis(fd, ABS_MT_POSITION_X, width - 1) < 0 || axis(fd, ABS_MT_POSITION_Y, height - 1) < 0)
        return -1;
    return ioctl(fd, UI_DEV_SETUP, &setup) < 0 || ioctl(fd, UI_DEV_CREATE) < 0 ? -1 : fd;
}

static void tap(int fd, int id, int x, int y)
{
    send(fd, EV_ABS, ABS_MT_SLOT, 0);
    send(fd, EV_ABS, ABS_MT_TRACKING_ID, id);
    send(fd, EV_ABS, ABS_MT_POSITION_X, x);
    send(fd, EV_ABS, ABS_MT_POSITION_Y, y);
    send(fd, EV_ABS, ABS_X, x);
    send(fd, EV_ABS, ABS_Y, y);
    send(fd, EV_KEY, BTN_TOUCH, 1);
    send(fd, EV_SYN, SYN_REPORT, 0);
    usleep(DOWN_MS * 1000);
    send(fd, EV_ABS, ABS_MT_TRACKING_ID, -1);
    send(fd, EV_KEY, BTN_TOUCH, 0);
    send(fd, EV_SYN, SYN_REPORT, 0);
}

int main(int argc, char **argv)
{
    int x, y, taps = 0;
    if (argc != 3)
        return 2;
    int fd = plug_in(atoi(argv[1]), atoi(argv[2]));
    if (fd < 0) {
        fprintf(stderr, "touch: no uinput: %s\n", strerror(errno));
        return 1;
    }
    while (scanf("%d %d", &x, &y) == 2)
        tap(fd, ++taps, x, y);
    return 0;
}
