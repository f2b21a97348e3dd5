/* The real player child while it plays, looked at from outside. Catches: a child that never enters
 * its sandbox (which test_video_sandbox tries alone), a descriptor of the kiosk's that reaches it,
 * a film that it could write to, a limit that is not set. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "video.h"

enum { PATIENCE_MS = 20000, LINE = 512, LINK = 1024 };

static char program[LINK];
static char secret[] = "/tmp/machiai-child-XXXXXX";
static int secret_fd; /* of the parent's, without O_CLOEXEC, as a library might open one */
static struct video *video;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Plays a long film until its first frame is there. */
static int set_up(void **state)
{
    const struct timespec pause = {.tv_nsec = 8000000};
    const struct video_options options = {.program = program};
    struct video_item item = {.path = CLIPS "/long.mp4", .tag = "1"};
    (void)state;
    secret_fd = mkstemp(secret);
    if (secret_fd < 0 || video_create(&options, &video) != 0 || video_queue(video, &item) != 0)
        return -1;
    for (int64_t end = now_ms() + PATIENCE_MS; now_ms() < end; nanosleep(&pause, NULL)) {
        struct video_frame frame;
        if (video_poll(video, now_ms(), &frame))
            return 0;
    }
    return -1;
}

static int tear_down(void **state)
{
    (void)state;
    video_destroy(video);
    close(secret_fd);
    return unlink(secret);
}

/* The rest of the line that begins so, in a file of /proc/PID. */
static void line_of(const char *file, const char *name, char ret[static LINE])
{
    char path[LINK], line[LINE];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", video_pid(video), file);
    FILE *open = fopen(path, "r");
    assert_non_null(open);
    bool found = false;
    while (!found && fgets(line, sizeof line, open) != NULL)
        found = strncmp(line, name, strlen(name)) == 0;
    (void)fclose(open);
    if (!found)
        fail_msg("%s has no %s", path, name);
    (void)snprintf(ret, LINE, "%s", line + strlen(name));
}

static long number_of(const char *file, const char *name, int base)
{
    char text[LINE];
    line_of(file, name, text);
    return strtol(text, NULL, base);
}

/* Threads of libvlc's that were there before would stay outside. */
static void test_every_thread_is_closed_in(void **state)
{
    (void)state;
    char path[LINK], file[LINE];
    (void)snprintf(path, sizeof path, "/proc/%d/task", video_pid(video));
    DIR *threads = opendir(path);
    assert_non_null(threads);
    int count = 0;
    for (struct dirent *one = readdir(threads); one != NULL; one = readdir(threads)) {
        if (one->d_name[0] == '.')
            continue;
        (void)snprintf(file, sizeof file, "task/%s/status", one->d_name);
        assert_int_equal(number_of(file, "NoNewPrivs:", 10), 1);
        assert_int_equal(number_of(file, "Seccomp:", 10), 2); /* a filter */
        count++;
    }
    closedir(threads);
    assert_true(count > 2);
}

static void test_limits_are_set(void **state)
{
    (void)state;
    assert_int_equal(number_of("limits", "Max core file size", 10), 0);
    assert_int_equal(number_of("limits", "Max open files", 10), 128);
#if !defined(__SANITIZE_ADDRESS__)
    assert_int_equal(number_of("limits", "Max data size", 10), 1 << 30);
    assert_int_equal(number_of("limits", "Max address space", 10), INT64_C(32) << 30);
#endif
    assert_int_equal(number_of("oom_score_adj", "", 10), 800);
}

/* What lies open there: the film, which it cannot write, and nothing that the kiosk holds. */
static void test_it_holds_its_film_and_nothing_of_ours(void **state)
{
    (void)state;
    char path[LINK], link[LINK], info[LINE];
    (void)snprintf(path, sizeof path, "/proc/%d/fd", video_pid(video));
    DIR *files = opendir(path);
    assert_non_null(files);
    int films = 0;
    for (struct dirent *one = readdir(files); one != NULL; one = readdir(files)) {
        ssize_t length = readlinkat(dirfd(files), one->d_name, link, sizeof link - 1);
        if (atoi(one->d_name) < 3 || length <= 0) /* standard error is whatever ours is */
            continue;
        link[length] = '\0';
        assert_string_not_equal(link, secret);
        assert_null(strstr(link, "machiai-frames")); /* mapped; the descriptor is closed */
        if (strcmp(link, CLIPS "/long.mp4") != 0)
            continue;
        (void)snprintf(info, sizeof info, "fdinfo/%s", one->d_name);
        assert_int_equal(number_of(info, "flags:", 8) & O_ACCMODE, O_RDONLY);
        films++;
    }
    closedir(files);
    assert_int_equal(films, 1);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "player") == 0)
        return video_child_main(argc, argv);
    if (readlink("/proc/self/exe", program, sizeof program - 1) <= 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_thread_is_closed_in),
        cmocka_unit_test(test_limits_are_set),
        cmocka_unit_test(test_it_holds_its_film_and_nothing_of_ours),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
