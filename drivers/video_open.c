#include "video_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int video_open_film(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0)
        (void)snprintf(text, size, "cannot be opened: %s", strerror(errno));
    else if (!S_ISREG(status.st_mode))
        (void)snprintf(text, size, "is not a regular file");
    else if (status.st_size == 0)
        (void)snprintf(text, size, "is empty");
    else
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}
