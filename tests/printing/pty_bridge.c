/* A printer's device file without a device: a pseudo-terminal whose other end is a connection to
 * the virtual receipt printer.  pty_bridge PORT  prints the path, and ends with its standard input.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { CHUNK = 4096 };

static int connect_printer(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        return -1;
    return fd;
}

static void pass(int from, int to)
{
    char bytes[CHUNK];
    ssize_t count = read(from, bytes, sizeof(bytes));

    for (ssize_t done = 0; done < count;) {
        ssize_t written = write(to, bytes + done, (size_t)(count - done));
        if (written <= 0)
            exit(1);
        done += written;
    }
}

int main(int argc, char **argv)
{
    int port = argc == 2 ? atoi(argv[1]) : 0;
    int printer = connect_printer(port), master = posix_openpt(O_RDWR | O_NOCTTY);

    if (printer < 0 || master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
        return 1;
    /* Held open, so that the line stays up between two programs that use it. */
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    struct termios line;
    if (slave < 0 || tcgetattr(slave, &line) < 0)
        return 1;
    cfmakeraw(&line);
    tcsetattr(slave, TCSANOW, &line);
    printf("%s\n", ptsname(master));
    fflush(stdout);

    struct pollfd fds[] = {{master, POLLIN, 0}, {printer, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    while (poll(fds, 3, -1) > 0 && fds[2].revents == 0) {
        if (fds[0].revents & POLLIN)
            pass(master, printer);
        if (fds[1].revents & POLLIN)
            pass(printer, master);
        else if (fds[1].revents != 0)
            break;
    }
    return 0;
}
