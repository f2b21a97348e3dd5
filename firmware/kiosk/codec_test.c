#include "codec_test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CLIP_SIZE = 64,    /* of the picture, both ways */
    LOUD = 1000,       /* the clips hold a loud tone */
    LOUD_LEAST = 4800, /* samples of it, 50 ms of both sides */
    SOUND_PAIRS = 1024,
    SOUND_READS = 16 /* in a turn */
};

static const struct clip {
    const char *file;
    enum codec picture, sound;
} clips[] = {
    {"h264-aac.mp4", CODEC_H264, CODEC_AAC},
    {"hevc-aac.mp4", CODEC_HEVC, CODEC_AAC},
    {"vp9-opus.webm", CODEC_VP9, CODEC_OPUS},
    {"av1-opus.webm", CODEC_AV1, CODEC_OPUS},
};
enum { CLIPS = sizeof clips / sizeof clips[0] };

enum phase { WAITING, PAUSED, PLAYING, CLOSING, DONE };

struct codec_test {
    char program[VIDEO_PATH_SIZE], folder[VIDEO_PATH_SIZE];
    enum phase phase;
    struct video *video; /* NULL: none any more, or not yet */
    bool begun;          /* the two below hold */
    int64_t start_ms;
    int64_t film_ms; /* INT64_MAX: no film yet */
    int64_t next_ms; /* PAUSED: until then */
    int clip, tries;
    int loud; /* samples, of this try */
    bool picture;
    enum codec_state state[CODECS];
    char reason[CODECS][128];
};

const char *codec_name(enum codec codec)
{
    static const char *const names[CODECS] = {"h264", "hevc", "vp9", "av1", "aac", "opus"};
    return names[codec];
}

const char *codec_state_name(enum codec_state state)
{
    static const char *const names[] = {
        [CODEC_UNTRIED] = "untried", [CODEC_OK] = "ok", [CODEC_MISSING] = "missing"};
    return names[state];
}

int codec_test_create(const char *program, const char *folder, struct codec_test **ret)
{
    struct codec_test *test = calloc(1, sizeof *test);
    if (test == NULL)
        return -ENOMEM;
    int needed = snprintf(test->program, sizeof test->program, "%s", program);
    int other = snprintf(test->folder, sizeof test->folder, "%s", folder);
    if (needed >= (int)sizeof test->program || other >= (int)sizeof test->folder) {
        free(test);
        return -ENAMETOOLONG;
    }
    *ret = test;
    return 0;
}

void codec_test_destroy(struct codec_test *test)
{
    if (test == NULL)
        return;
    video_destroy(test->video);
    free(test);
}

/* -- results ----------------------------------------------------------------------------------- */

/* What played once is there, whatever came later. */
static void note(struct codec_test *test, enum codec codec, enum codec_state state,
                 const char *reason)
{
    if (test->state[codec] == CODEC_OK)
        return;
    test->state[codec] = state;
    (void)snprintf(test->reason[codec], sizeof test->reason[codec], "%s",
                   state == CODEC_OK ? "" : reason);
}

static void next_clip(struct codec_test *test, int64_t now_ms)
{
    test->clip++;
    test->tries = 0;
    test->phase = test->clip < CLIPS ? PAUSED : CLOSING;
    test->next_ms = now_ms;
}

/* One try is over. Before its last one a clip has no bad result. */
static void judge(struct codec_test *test, int64_t now_ms, const struct video_event *event)
{
    const struct clip *clip = &clips[test->clip];
    bool outside = event->kind == VIDEO_RESTARTED && event->tag[0] == '\0';
    bool picture = event->kind == VIDEO_ENDED && test->picture;
    bool sound = test->loud >= LOUD_LEAST, last = test->tries == CODEC_TEST_TRIES;
    if (picture)
        note(test, clip->picture, CODEC_OK, "");
    else if (last)
        note(test, clip->picture, outside ? CODEC_UNTRIED : CODEC_MISSING,
             event->kind == VIDEO_ENDED ? "gave another picture" : event->text);
    if (sound)
        note(test, clip->sound, CODEC_OK, "");
    else if (last && picture)
        note(test, clip->sound, CODEC_MISSING, "gave no sound");
    if (last || (picture && sound)) {
        next_clip(test, now_ms);
        return;
    }
    test->phase = PAUSED;
    test->next_ms = now_ms + CODEC_TEST_RETRY_MS;
}

/* -- playing ----------------------------------------------------------------------------------- */

static void play(struct codec_test *test, int64_t now_ms)
{
    const struct clip *clip = &clips[test->clip];
    struct video_item item = {.tag = "codec"};
    int length = snprintf(item.path, sizeof item.path, "%s/%s", test->folder, clip->file);
    if (length >= (int)sizeof item.path || access(item.path, R_OK) != 0) {
        note(test, clip->picture, CODEC_UNTRIED, "its clip is not installed");
        note(test, clip->sound, CODEC_UNTRIED, "its clip is not installed");
        next_clip(test, now_ms);
        return;
    }
    if (video_queue(test->video, &item) < 0)
        return; /* next turn */
    test->tries++;
    test->loud = 0;
    test->picture = false;
    test->phase = PLAYING;
}

static void listen(struct codec_test *test)
{
    int16_t samples[SOUND_PAIRS * VIDEO_SOUND_CHANNELS];
    for (int i = 0; i < SOUND_READS; i++) {
        int count = video_sound(test->video, samples, SOUND_PAIRS).count;
        if (count <= 0)
            return;
        for (int j = 0; j < count * VIDEO_SOUND_CHANNELS; j++)
            if (abs(samples[j]) > LOUD)
                test->loud++;
    }
}

static void watch(struct codec_test *test, int64_t now_ms)
{
    struct video_frame frame;
    struct video_event event;
    if (video_poll(test->video, now_ms, &frame))
        test->picture = frame.width == CLIP_SIZE && frame.height == CLIP_SIZE;
    listen(test);
    while (video_event(test->video, &event)) {
        bool over = event.kind == VIDEO_ENDED || event.kind == VIDEO_FAILED ||
                    event.kind == VIDEO_RESTARTED;
        if (over && test->phase == PLAYING)
            judge(test, now_ms, &event);
    }
}

static void begin(struct codec_test *test, int64_t now_ms)
{
    struct video_options options = {
        .program = test->program, .sound = true, .players = 1, .background = true};
    test->next_ms = now_ms;
    test->phase = video_create(&options, &test->video) == 0 ? PAUSED : DONE;
}

/* -- time -------------------------------------------------------------------------------------- */

static bool due(struct codec_test *test, int64_t now_ms, bool film)
{
    if (!test->begun) {
        test->begun = true;
        test->start_ms = now_ms;
        test->film_ms = INT64_MAX;
    }
    if (film && test->film_ms == INT64_MAX)
        test->film_ms = now_ms;
    return test->film_ms == INT64_MAX ? now_ms - test->start_ms >= CODEC_TEST_IDLE_MS
                                      : now_ms - test->film_ms >= CODEC_TEST_FILM_MS;
}

bool codec_test_tick(struct codec_test *test, int64_t now_ms, bool film)
{
    if (test->phase == DONE)
        return false;
    if (test->phase == WAITING && due(test, now_ms, film))
        begin(test, now_ms);
    if (test->phase == PAUSED || test->phase == PLAYING)
        watch(test, now_ms); /* between two tries it looks after the child */
    if (test->phase == PAUSED && now_ms >= test->next_ms)
        play(test, now_ms);
    if (test->phase != CLOSING || !video_over(test->video))
        return false;
    video_destroy(test->video);
    test->video = NULL;
    test->phase = DONE;
    return true;
}

bool codec_test_runs(const struct codec_test *test)
{
    return test->phase != WAITING && test->phase != DONE;
}

enum codec_state codec_test_state(const struct codec_test *test, enum codec codec)
{
    return test->state[codec];
}

const char *codec_test_reason(const struct codec_test *test, enum codec codec)
{
    return test->reason[codec];
}

void codec_test_missing(const struct codec_test *test, char ret[CODEC_LIST_SIZE])
{
    size_t used = 0;
    ret[0] = '\0';
    for (int i = 0; i < CODECS; i++)
        if (test->phase == DONE && test->state[i] == CODEC_MISSING)
            used += (size_t)snprintf(ret + used, CODEC_LIST_SIZE - used, "%s%s",
                                     used > 0 ? "," : "", codec_name((enum codec)i));
}
