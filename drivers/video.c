#include "video.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "video_machine.h"
#include "video_open.h"
#include "video_private.h"
#include "video_sound.h"

enum {
    REPORTS_A_TURN = 32,
    PREPARE_MS = 2000,        /* before the end the next film is loaded */
    START_LIMIT_MS = 8000,    /* from load to first frame */
    TURN_MAX_MS = 250,        /* ... of which so much counts between two turns of the caller's */
    OVERRUN_MS = 5000,        /* beyond its length a film is cut */
    UNKNOWN_MAX_MS = 600000,  /* a film that tells no length is cut here */
    LENGTH_MAX_MS = 14400000, /* 4 h: longer claims count as unknown */
    SHORTFALL_MS = 1000,      /* a film that ends this much, and a tenth, too early broke off */
    FAILURE_WAIT_MS = 250,    /* doubles with each failure in a row, up to ... */
    FAILURE_WAIT_MAX_MS = 2000,
    LIFE_MIN_MS = 250, /* between two starts of a child; doubles while none shows a frame */
    LIFE_MAX_MS = 4000,
    LEAD_MAX_US = 8000 /* a frame is shown at the turn nearest to its time */
};

static int64_t backoff(int count, int64_t first, int64_t most)
{
    int64_t wait = 0;
    for (int i = 1; i < count && wait < most; i++)
        wait = wait == 0 ? first : wait * 2;
    return wait < most ? wait : most;
}

static void order(struct video *video, const struct lane *lane, enum video_order_kind kind, int fd)
{
    struct video_order message = {.kind = kind,
                                  .lane = video_lane_index(video, lane),
                                  .session = lane->session,
                                  .sound = video->sound};
    if (fd >= 0 && lane->item.sealed) {
        message.sealed = 1;
        memcpy(message.key, lane->item.key, sizeof message.key);
    }
    video_process_order(&video->process, &message, fd);
}

/* ---- loading ---- */

static void count_failure(struct video *video)
{
    video->failures++;
    video->load_ms = video->now_ms + backoff(video->failures, FAILURE_WAIT_MS, FAILURE_WAIT_MAX_MS);
}

static struct lane *free_lane(struct video *video)
{
    for (int i = 0; i < video->players; i++)
        if (video->lanes[i].session == 0)
            return &video->lanes[i];
    return NULL;
}

/* Sound of the lane's former film is passed over. */
static uint32_t forget_sound(const struct video *video, const struct lane *lane)
{
    struct video_shm_sound *ring = &video->process.shm->sounds[video_lane_index(video, lane)];
    uint32_t head = atomic_load(&ring->head);
    atomic_store(&ring->tail, head);
    return head;
}

/* Hands the waiting item to a lane: at once when nothing plays and it is not held, else to be
 * paused after its first frames. */
static void load(struct video *video)
{
    struct lane *lane = free_lane(video);
    if (lane == NULL)
        return;
    video->waiting = false;
    char text[VIDEO_TEXT_SIZE];
    int fd = video_open_film(video->item.path, text, sizeof text);
    if (fd < 0) {
        video_events_add(&video->events, VIDEO_FAILED, video->item.tag, text);
        count_failure(video);
        return;
    }
    if (++video->sessions == 0)
        video->sessions = 1;
    *lane = (struct lane){.session = video->sessions,
                          .item = video->item,
                          .prepared = video->current != NULL || video->item.held,
                          .taken = atomic_load(&video_lane_shared(video, lane)->head),
                          .heard = forget_sound(video, lane),
                          .loaded_ms = video->now_ms,
                          .shown_ms = -1};
    video_publish_tail(video, lane);
    order(video, lane, lane->prepared ? VIDEO_ORDER_PREPARE : VIDEO_ORDER_PLAY, fd);
    close(fd);
    (void)snprintf(video->last_tag, sizeof video->last_tag, "%s", lane->item.tag);
    if (lane->prepared) {
        video->next = lane;
    } else {
        video->current = lane;
        video_cadence_begin(&video->cadence, false);
    }
}

/* ---- ends ---- */

static void release(struct video *video, struct lane *lane)
{
    order(video, lane, VIDEO_ORDER_STOP, -1);
    lane->held = false;
    video_publish_tail(video, lane);
    lane->session = 0;
    lane->left = true;
}

/* A film of 1920x1080 leaves 25 MB behind, and its last frame was the caller's until now. */
static void forget_frames(struct video *video)
{
    for (int i = 0; i < VIDEO_LANES; i++) {
        struct lane *lane = &video->lanes[i];
        if (lane->session == 0 && lane->left)
            order(video, lane, VIDEO_ORDER_FORGET, -1);
        lane->left = false;
    }
}

/* The prepared film takes the place of the present one; one that no lane has yet begins as soon as
 * it can. */
static void advance(struct video *video, bool seamless)
{
    video->item.held = false;
    video->current = video->next;
    video->next = NULL;
    if (video->current == NULL)
        return;
    struct lane *lane = video->current;
    if (lane->prepared)
        order(video, lane, VIDEO_ORDER_GO, -1);
    lane->loaded_ms = video->now_ms;
    video_cadence_begin(&video->cadence, seamless);
}

static void fail(struct video *video, struct lane *lane, const char *text)
{
    video_events_add(&video->events, VIDEO_FAILED, lane->item.tag, text);
    count_failure(video);
    bool seen = lane == video->current;
    if (lane == video->next)
        video->next = NULL;
    if (seen)
        advance(video, false);
    release(video, lane);
}

static int64_t announced_ms(const struct lane *lane)
{
    return lane->length_ms > 0 ? lane->length_ms : lane->item.duration_ms;
}

void video_finish(struct video *video)
{
    struct lane *lane = video->current;
    int64_t played = lane->shown_ms < 0 ? 0 : video->now_ms - lane->shown_ms;
    int64_t length = lane->unheard ? 0 : lane->length_ms;
    if (lane->shown_ms < 0) {
        fail(video, lane, "holds no picture");
        return;
    }
    if (length - played > SHORTFALL_MS && length - played > length / 10) {
        char text[VIDEO_TEXT_SIZE];
        (void)snprintf(text, sizeof text, "broke off after %.1f s of %.1f s", (double)played / 1000,
                       (double)length / 1000);
        fail(video, lane, text);
        return;
    }
    video->failures = 0;
    video_events_add(&video->events, VIDEO_ENDED, lane->item.tag, "");
    advance(video, true);
    release(video, lane);
}

/* ---- the child's reports ---- */

static void take_info(struct video *video, struct lane *lane, const struct video_report *report)
{
    if (report->length_ms > 0 && report->length_ms < LENGTH_MAX_MS)
        lane->length_ms = report->length_ms;
    lane->rate_num = report->rate_num;
    lane->rate_den = report->rate_den;
    lane->unheard = report->unheard != 0;
    if (lane == video->current && lane->shown_ms >= 0)
        video_cadence_rate(&video->cadence, lane->rate_num, lane->rate_den);
}

static void take_report(struct video *video, const struct video_report *report)
{
    if (report->lane >= VIDEO_LANES)
        return;
    struct lane *lane = &video->lanes[report->lane];
    if (lane->session == 0 || lane->session != report->session)
        return; /* of a film that was stopped meanwhile */
    if (report->kind == VIDEO_REPORT_INFO) {
        take_info(video, lane, report);
    } else if (report->kind == VIDEO_REPORT_ENDED) {
        lane->ended = true;
        lane->end_head = report->head;
        if (report->length_ms > 0 && report->length_ms < LENGTH_MAX_MS)
            lane->sound_ms = report->length_ms;
    } else if (report->kind == VIDEO_REPORT_FAILED) {
        fail(video, lane, report->text);
    }
}

/* ---- the child's life ---- */

static void start_failed(struct video *video, int result)
{
    video->deaths++;
    if (!video->waiting)
        return;
    char text[VIDEO_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "the player cannot be started: %s", strerror(-result));
    video->waiting = false;
    video_events_add(&video->events, VIDEO_FAILED, video->item.tag, text);
}

static void start_child(struct video *video)
{
    int64_t wait = backoff(video->deaths + 2, LIFE_MIN_MS, LIFE_MAX_MS);
    video->start_ms = video->now_ms + wait;
    int result = video_process_start(&video->process, video->program);
    if (result < 0)
        start_failed(video, result);
}

static void lose_child(struct video *video)
{
    bool loaded = video->current != NULL || video->next != NULL;
    memset(video->lanes, 0, sizeof video->lanes);
    video->current = video->next = NULL;
    video->waiting = false;
    bool blamed = loaded && !video->process.outside;
    if (!video->process.outside)
        video->deaths++;
    video_events_add(&video->events, VIDEO_RESTARTED, blamed ? video->last_tag : "",
                     video->process.reason);
}

static bool keep_child(struct video *video)
{
    if (video->process.starting) {
        int result = video_process_started(&video->process, video->now_ms);
        if (result < 0 && result != -EAGAIN)
            start_failed(video, result);
        return result == 0;
    }
    bool had = video->process.pid != 0;
    if (video_process_check(&video->process, video->now_ms))
        return !video->process.killed;
    if (had)
        lose_child(video);
    if (video->now_ms >= video->start_ms)
        start_child(video);
    return false;
}

/* ---- the programme of a turn ---- */

static void check_limits(struct video *video)
{
    for (int i = 0; i < VIDEO_LANES; i++) {
        struct lane *lane = &video->lanes[i];
        if (lane->session == 0)
            continue;
        bool ready = lane != video->current &&
                     atomic_load(&video_lane_shared(video, lane)->head) != lane->taken;
        if (ready)
            continue; /* paused until its turn */
        int64_t length = announced_ms(lane);
        int64_t limit = length > 0 ? length + OVERRUN_MS : UNKNOWN_MAX_MS;
        if (lane->shown_ms < 0 && video->now_ms - lane->loaded_ms > START_LIMIT_MS)
            fail(video, lane, "gave no picture within 8 s");
        else if (lane->shown_ms >= 0 && video->now_ms - lane->shown_ms > limit)
            fail(video, lane, "does not end at its length");
    }
}

/* A film that asks for more than the machine has takes it from the queue's screens, and is not seen
 * as a film either. The one that has yet to give its first frames is the likelier one. */
static void check_budget(struct video *video)
{
    struct lane *lane = video->current;
    bool seen = lane != NULL && lane->shown_ms >= 0 && !lane->ended;
    struct video_budget_now now = {.now_ms = video->now_ms, .processors = video->processors};
    if (seen) {
        now.session = lane->session;
        now.frames = lane->index;
        now.rate_num = lane->rate_num;
        now.rate_den = lane->rate_den;
    }
    if (video_budget_asks(&video->budget, &now))
        now.cpu_ms = video_process_cpu_ms(&video->process);
    if (!video_budget_spent(&video->budget, &now))
        return;
    struct lane *next = video->next;
    bool loading =
        next != NULL && atomic_load(&video_lane_shared(video, next)->head) == next->taken;
    fail(video, loading ? next : lane, "needs more processor time than there is");
}

/* Two seconds before the end the next item is wanted, and loaded if it is there. */
static void prepare(struct video *video)
{
    struct lane *lane = video->current;
    bool near = lane == NULL;
    if (lane != NULL && lane->shown_ms >= 0) {
        int64_t played = video->now_ms - lane->shown_ms;
        near = lane->ended || played >= announced_ms(lane) - PREPARE_MS;
        if (near && !lane->wanted && video->next == NULL) {
            lane->wanted = true;
            video_events_add(&video->events, VIDEO_WANT, lane->item.tag, "");
        }
    }
    /* Before its first beat the child may die of itself: no film is to be blamed for that. */
    bool ready = video->process.heartbeat != 0 && video->now_ms >= video->load_ms;
    if ((near || video->item.held) && video->waiting && ready)
        load(video);
}

/* What a caller was away for is not held against a film that it could not see begin. */
static void excuse(struct video *video, int64_t away_ms)
{
    for (int i = 0; i < VIDEO_LANES && away_ms > 0; i++)
        video->lanes[i].loaded_ms += away_ms;
}

static void begin_turn(struct video *video, int64_t now_ms)
{
    struct timespec mono;
    clock_gettime(CLOCK_MONOTONIC, &mono);
    int64_t interval_us = (now_ms - video->now_ms) * 1000;
    excuse(video, now_ms - video->now_ms - TURN_MAX_MS);
    video->mono_us = (int64_t)mono.tv_sec * 1000000 + mono.tv_nsec / 1000;
    video->now_ms = now_ms;
    video->sound_left = VIDEO_SOUND_RING;
    video->lead_us = interval_us / 2;
    if (interval_us < 0 || interval_us / 2 > LEAD_MAX_US)
        video->lead_us = LEAD_MAX_US;
}

bool video_poll(struct video *video, int64_t now_ms, struct video_frame *ret)
{
    begin_turn(video, now_ms);
    if (!keep_child(video))
        return false;
    forget_frames(video);
    struct video_report report;
    for (int i = 0; i < REPORTS_A_TURN && video_process_report(&video->process, &report); i++)
        take_report(video, &report);
    check_limits(video);
    check_budget(video);
    bool given = video_present(video, ret);
    prepare(video);
    return given;
}

struct video_sound video_sound(struct video *video, int16_t *samples, int most)
{
    struct lane *lane = video->current;
    struct video_sound sound = {.film = 0};
    if (lane == NULL || video->process.killed)
        return sound;
    sound.film = lane->session;
    if (most > video->sound_left)
        most = video->sound_left;
    int count = video_sound_take(video->process.shm, video_lane_index(video, lane), lane->session,
                                 &lane->heard, samples, most, &sound.due_us);
    if (count < 0)
        video_process_kill(&video->process, "gave a sound counter out of range");
    else
        sound.count = count;
    video->sound_left -= sound.count;
    sound.due_us += video_cadence_queue(lane->rate_num, lane->rate_den);
    return sound;
}

int video_queue(struct video *video, const struct video_item *item)
{
    if (memchr(item->path, '\0', sizeof item->path) == NULL ||
        memchr(item->tag, '\0', sizeof item->tag) == NULL)
        return -EINVAL;
    if (video->waiting || video->next != NULL)
        return -EBUSY;
    video->item = *item;
    video->waiting = true;
    return 0;
}

void video_advance(struct video *video)
{
    struct lane *former = video->current;
    advance(video, false);
    if (former != NULL)
        release(video, former);
}

void video_stop(struct video *video)
{
    video->waiting = false;
    video->current = video->next = NULL;
    for (int i = 0; i < VIDEO_LANES; i++)
        if (video->lanes[i].session != 0)
            release(video, &video->lanes[i]);
}

bool video_event(struct video *video, struct video_event *ret)
{
    return video_events_take(&video->events, ret);
}

int video_pid(const struct video *video)
{
    return (int)video->process.pid;
}

int video_create(const struct video_options *options, struct video **ret)
{
    if (strlen(options->program) >= VIDEO_PATH_SIZE)
        return -ENAMETOOLONG;
    struct video *video = calloc(1, sizeof *video);
    if (video == NULL)
        return -ENOMEM;
    (void)snprintf(video->program, sizeof video->program, "%s", options->program);
    video->sound = options->sound;
    video->players = options->players != 0 ? options->players : video_machine_players();
    if (video->players != 1)
        video->players = VIDEO_LANES;
    video->processors = video_machine_processors();
    video_process_init(&video->process, options->background);
    video->start_ms = INT64_MIN;
    video->load_ms = INT64_MIN;
    *ret = video;
    return 0;
}

bool video_over(struct video *video)
{
    return video_process_over(&video->process);
}

void video_destroy(struct video *video)
{
    if (video == NULL)
        return;
    video_process_finish(&video->process);
    free(video);
}
