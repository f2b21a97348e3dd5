/* A black window without borders for players that draw into a window of another program's: without
 * a window manager they ignore where they are told to be. What stood on the display before is gone
 * with it.
 *
 *   frame X Y WIDTH HEIGHT         prints the window's X id; until it is ended
 */
#include <X11/Xlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    Display *display = XOpenDisplay(NULL);
    if (argc != 5 || display == NULL) {
        (void)fprintf(stderr, "usage: frame X Y WIDTH HEIGHT, with a DISPLAY\n");
        return 2;
    }
    unsigned long black = BlackPixel(display, DefaultScreen(display));
    Window window =
        XCreateSimpleWindow(display, DefaultRootWindow(display), atoi(argv[1]), atoi(argv[2]),
                            (unsigned)atoi(argv[3]), (unsigned)atoi(argv[4]), 0, black, black);
    XMapWindow(display, window);
    XSync(display, False);
    (void)printf("%lu\n", window);
    (void)fflush(stdout);
    for (;;)
        pause();
}
