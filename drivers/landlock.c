#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights that are newer than the headers of Debian 12. */
#define ACCESS_TRUNCATE  (1ULL << 14)
#define ACCESS_IOCTL_DEV (1ULL << 15)

static uint64_t rights_of_abi(long abi)
{
    uint64_t rights = LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1; /* version 1: all up to this one */
    if (abi >= 2)
        rights |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3)
        rights |= ACCESS_TRUNCATE;
    if (abi >= 5)
        rights |= ACCESS_IOCTL_DEV;
    return rights;
}

static int allow(int ruleset, const struct landlock_path *path, uint64_t handled)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
                                                                LANDLOCK_ACCESS_FS_EXECUTE};
    struct stat status;
    rule.parent_fd = open(path->path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return errno == ENOENT ? 0 : -errno;
    if (fstat(rule.parent_fd, &status) == 0 && S_ISDIR(status.st_mode))
        rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
    if (path->write)
        rule.allowed_access |= LANDLOCK_ACCESS_FS_WRITE_FILE | (ACCESS_TRUNCATE & handled);
    long result = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int error = errno;
    close(rule.parent_fd);
    return result == 0 ? 0 : -error;
}

int landlock_enter(const struct landlock_path *paths, size_t count)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 0)
        return -errno;
    struct landlock_ruleset_attr attributes = {.handled_access_fs = rights_of_abi(abi)};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0)
        return -errno;
    int result = 0;
    for (size_t i = 0; result == 0 && i < count; i++)
        result = allow(ruleset, &paths[i], attributes.handled_access_fs);
    if (result == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        result = -errno;
    close(ruleset);
    return result;
}
