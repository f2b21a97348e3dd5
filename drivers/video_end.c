#include "video_end.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COUNTERS_SIZE = 16384 }; /* /proc/vmstat has about 4,000 bytes */

long long video_end_starved(void)
{
    static const char name[] = "\noom_kill ";
    char text[COUNTERS_SIZE];
    int fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (length <= 0)
        return -1;
    text[length] = '\0';
    const char *found = strstr(text, name);
    return found == NULL ? -1 : strtoll(found + sizeof name - 1, NULL, 10);
}

void video_end_describe(int status, char *ret_text, size_t size)
{
    if (WIFSTOPPED(status))
        (void)snprintf(ret_text, size, "was stopped from outside");
    else if (WIFSIGNALED(status))
        (void)snprintf(ret_text, size, "killed by signal %d", WTERMSIG(status));
    else
        (void)snprintf(ret_text, size, "ended with status %d", WEXITSTATUS(status));
}

bool video_end_from_outside(int status, bool starved)
{
    if (WIFSTOPPED(status))
        return true;
    if (!WIFSIGNALED(status))
        return false;
    switch (WTERMSIG(status)) {
    case SIGKILL:
        return !starved;
    case SIGHUP:
    case SIGINT:
    case SIGQUIT:
    case SIGTERM:
        return true;
    default:
        return false;
    }
}
