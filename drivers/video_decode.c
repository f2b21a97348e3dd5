#include "video_decode.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    /* libvlc shows a frame again when none came for 60 to 80 ms. So a repeated frame counts as the
     * film's own only at 20 frames a second or more, and only in time. */
    REDISPLAY_US = 55000,
    COUNTED_RATE_MIN = 20,
    /* A prepared film is held after so long even if fewer frames came, or none of another look: it
     * begins with a picture that stands, and would be over in part before it is seen. */
    PREROLL_MAX_US = 500000,
    TS_SYNC = 0x47, /* first byte of each packet of a transport stream */
    TS_PACKET = 188,
    STREAM_HEAD = TS_PACKET + 1
};

/* The last complaint of libvlc's; two players share it, which is good enough for a reason. */
static pthread_mutex_t complaint_lock = PTHREAD_MUTEX_INITIALIZER;
static char complaint[VIDEO_TEXT_SIZE];

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- reports ---- */

static void report(struct video_decode *decode, struct video_report *message)
{
    message->lane = decode->lane;
    message->session = decode->session;
    /* A full socket means that the parent is stuck; it bounds each film by its length anyway. */
    (void)send(decode->socket, message, sizeof *message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

__attribute__((format(printf, 2, 3))) static void fail(struct video_decode *decode,
                                                       const char *format, ...)
{
    if (atomic_exchange(&decode->over, true))
        return;
    struct video_report message = {.kind = VIDEO_REPORT_FAILED};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message.text, sizeof message.text, format, arguments);
    va_end(arguments);
    report(decode, &message);
}

static void fail_with_complaint(struct video_decode *decode, const char *text)
{
    char reason[VIDEO_TEXT_SIZE];
    pthread_mutex_lock(&complaint_lock);
    (void)snprintf(reason, sizeof reason, "%s", complaint);
    pthread_mutex_unlock(&complaint_lock);
    fail(decode, "%s%s%s", text, reason[0] != '\0' ? ": " : "", reason);
}

__attribute__((format(printf, 4, 0))) static void log_message(void *data, int level,
                                                              const libvlc_log_t *context,
                                                              const char *format, va_list arguments)
{
    (void)data;
    const char *module = "";
    if (level < LIBVLC_ERROR)
        return;
    libvlc_log_get_context(context, &module, NULL, NULL);
    if (module != NULL && strcmp(module, "imem") == 0)
        return; /* it is tried first for every film, and always complains */
    pthread_mutex_lock(&complaint_lock);
    (void)vsnprintf(complaint, sizeof complaint, format, arguments);
    pthread_mutex_unlock(&complaint_lock);
}

void video_decode_log(libvlc_instance_t *vlc)
{
    libvlc_log_set(vlc, log_message, NULL);
}

/* ---- the file ---- */

static int file_open(void *opaque, void **data, uint64_t *size)
{
    struct video_decode *decode = opaque;
    decode->position = 0;
    *data = decode;
    *size = (uint64_t)decode->size;
    return 0;
}

/* A chunk that does not open looks to libvlc like the end: kept in mind for the report. */
static ssize_t sealed_read(struct video_decode *decode, unsigned char *buffer, size_t length)
{
    ssize_t got = sealed_reader_read(decode->sealed, decode->position, buffer, length);
    if (got < 0) {
        atomic_store(&decode->damaged, true);
        return -1;
    }
    decode->position += got;
    return got;
}

static ssize_t file_read(void *opaque, unsigned char *buffer, size_t length)
{
    struct video_decode *decode = opaque;
    ssize_t got;
    if (decode->sealed != NULL)
        return sealed_read(decode, buffer, length);
    do
        got = pread(decode->fd, buffer, length, decode->position);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        decode->position += got;
    return got;
}

static int file_seek(void *opaque, uint64_t offset)
{
    struct video_decode *decode = opaque;
    if (offset > (uint64_t)decode->size)
        return -1;
    decode->position = (off_t)offset;
    return 0;
}

/* ---- the picture ---- */

static const libvlc_media_track_t *find_track(libvlc_media_track_t **tracks, unsigned count,
                                              libvlc_track_type_t type)
{
    for (unsigned i = 0; i < count; i++)
        if (tracks[i]->i_type == type)
            return tracks[i];
    return NULL;
}

/* The visible size of the film as it is shown: libvlc offers the padded one (1920x1090), and taking
 * that makes it rescale every frame. The track's size knows neither rotation nor the shape of the
 * pixels. */
static void shown_size(const libvlc_video_track_t *video, unsigned *width, unsigned *height)
{
    unsigned w = video->i_width, h = video->i_height;
    if (w == 0 || h == 0)
        return;
    if (video->i_sar_num != 0 && video->i_sar_den != 0)
        w = (unsigned)((uint64_t)w * video->i_sar_num / video->i_sar_den);
    bool turned = video->i_orientation >= libvlc_video_orient_left_top;
    *width = turned ? h : w;
    *height = turned ? w : h;
}

static void inform(struct video_decode *decode, const libvlc_video_track_t *video, bool unheard)
{
    libvlc_time_t length = libvlc_media_get_duration(decode->media);
    struct video_report message = {.kind = VIDEO_REPORT_INFO,
                                   .rate_num = video->i_frame_rate_num,
                                   .rate_den = video->i_frame_rate_den,
                                   .length_ms = length > 0 ? length : 0,
                                   .unheard = unheard};
    decode->fast = video->i_frame_rate_den != 0 &&
                   video->i_frame_rate_num / COUNTED_RATE_MIN >= video->i_frame_rate_den;
    report(decode, &message);
}

/* Called up to three times an open: idempotent. */
static unsigned set_format(void **opaque, char *chroma, unsigned *width, unsigned *height,
                           unsigned *pitches, unsigned *lines)
{
    struct video_decode *decode = *opaque;
    libvlc_media_track_t **tracks = NULL;
    unsigned count = libvlc_media_tracks_get(decode->media, &tracks);
    const libvlc_media_track_t *track = find_track(tracks, count, libvlc_track_video);
    bool sound = find_track(tracks, count, libvlc_track_audio) != NULL;
    if (track != NULL) {
        shown_size(track->video, width, height);
        inform(decode, track->video, sound && !decode->sounds);
    }
    libvlc_media_tracks_release(tracks, count);
    if (!video_geometry_of(*width, *height, &decode->geometry)) {
        fail(decode, "%ux%u is more than %dx%d", *width, *height, VIDEO_WIDTH_MAX,
             VIDEO_HEIGHT_MAX);
        return 0;
    }
    memcpy(chroma, "I420", 4); /* NOLINT(bugprone-not-null-terminated-result): a fourcc */
    pitches[0] = (unsigned)decode->geometry.pitch_y;
    pitches[1] = pitches[2] = (unsigned)decode->geometry.pitch_uv;
    lines[0] = (unsigned)decode->geometry.lines_y;
    lines[1] = lines[2] = (unsigned)decode->geometry.lines_uv;
    return 1;
}

static struct video_shm_lane *ring(struct video_decode *decode)
{
    return &decode->shm->lanes[decode->lane];
}

static uint8_t *frame_at(struct video_decode *decode, uint32_t counter)
{
    return video_shm_frame(decode->shm, decode->lane, counter % VIDEO_SLOTS);
}

static void *lock_frame(void *opaque, void **planes)
{
    struct video_decode *decode = opaque;
    uint32_t head = atomic_load(&ring(decode)->head);
    bool full = head - atomic_load(&ring(decode)->tail) >= VIDEO_SLOTS;
    decode->scratched = full || atomic_load(&decode->paused) || atomic_load(&decode->over);
    uint8_t *frame = decode->scratched ? decode->scratch : frame_at(decode, head);
    planes[0] = frame;
    planes[1] = frame + decode->geometry.offset_u;
    planes[2] = frame + decode->geometry.offset_v;
    return NULL;
}

static bool same_plane(const uint8_t *a, const uint8_t *b, int width, int height, int pitch)
{
    for (int y = 0; y < height; y++)
        if (memcmp(a + (size_t)y * pitch, b + (size_t)y * pitch, (size_t)width) != 0)
            return false;
    return true;
}

/* Whether a frame looks like the one before: a redisplay of libvlc's, or a film that stands still.
 * Both are left out, which also spares the parent the upload. */
static bool repeated(struct video_decode *decode, uint32_t head)
{
    if (decode->frames == 0)
        return false;
    const struct video_geometry *g = &decode->geometry;
    const struct video_shm_slot *slot = &ring(decode)->slots[(head - 1) % VIDEO_SLOTS];
    if (atomic_load(&slot->width) != (unsigned)g->width ||
        atomic_load(&slot->height) != (unsigned)g->height)
        return false;
    const uint8_t *a = frame_at(decode, head), *b = frame_at(decode, head - 1);
    int width = (g->width + 1) / 2, height = (g->height + 1) / 2;
    return same_plane(a, b, g->width, g->height, g->pitch_y) &&
           same_plane(a + g->offset_u, b + g->offset_u, width, height, g->pitch_uv) &&
           same_plane(a + g->offset_v, b + g->offset_v, width, height, g->pitch_uv);
}

static void publish(struct video_decode *decode, uint32_t head, int64_t arrived_us)
{
    struct video_shm_slot *slot = &ring(decode)->slots[head % VIDEO_SLOTS];
    atomic_store(&slot->session, decode->session);
    atomic_store(&slot->index, decode->index);
    atomic_store(&slot->width, (unsigned)decode->geometry.width);
    atomic_store(&slot->height, (unsigned)decode->geometry.height);
    atomic_store(&slot->arrived_us, atomic_load(&decode->preparing) ? 0 : arrived_us);
    atomic_store(&ring(decode)->head, head + 1);
}

static void check_filled(struct video_decode *decode, int64_t now)
{
    bool enough = decode->index >= VIDEO_PREROLL || now - decode->began_us >= PREROLL_MAX_US;
    if (decode->told || !enough || !atomic_load(&decode->preparing))
        return;
    decode->told = true;
    decode->filled(decode->context, decode->lane, decode->session);
}

static void display_frame(void *opaque, void *picture)
{
    (void)picture;
    struct video_decode *decode = opaque;
    if (atomic_load(&decode->paused) || atomic_load(&decode->over))
        return;
    int64_t now = now_us();
    bool own = decode->fast && now - decode->displayed_us < REDISPLAY_US;
    decode->displayed_us = now;
    if (decode->scratched) {
        decode->index++;
        return;
    }
    uint32_t head = atomic_load(&ring(decode)->head);
    if (decode->frames == 0)
        decode->began_us = now;
    if (repeated(decode, head)) {
        decode->index += own ? 1 : 0;
    } else {
        decode->index++;
        publish(decode, head, now);
        decode->frames++;
    }
    check_filled(decode, now);
}

/* ---- the sound ---- */

static void play_sound(void *opaque, const void *samples, unsigned count, int64_t due_us)
{
    struct video_decode *decode = opaque;
    if (!atomic_load(&decode->over))
        video_sound_write(&decode->sound, samples, count, due_us);
}

static void hold_sound(void *opaque, int64_t date_us)
{
    struct video_decode *decode = opaque;
    video_sound_hold(&decode->sound, date_us);
}

static void release_sound(void *opaque, int64_t date_us)
{
    struct video_decode *decode = opaque;
    video_sound_release(&decode->sound, date_us);
}

/* ---- libvlc's events, on its threads: no call into libvlc here ---- */

static void on_event(const libvlc_event_t *event, void *opaque)
{
    struct video_decode *decode = opaque;
    if (event->type == libvlc_MediaPlayerPaused) {
        atomic_store(&decode->paused, true);
    } else if (event->type == libvlc_MediaPlayerPlaying) {
        atomic_store(&decode->paused, false);
    } else if (atomic_load(&decode->damaged)) {
        fail(decode, "is damaged where it lies");
    } else if (event->type == libvlc_MediaPlayerEncounteredError) {
        fail_with_complaint(decode, "cannot be played");
    } else if (decode->frames == 0) {
        fail_with_complaint(decode, "holds no picture");
    } else if (!atomic_exchange(&decode->over, true)) {
        struct video_report message = {.kind = VIDEO_REPORT_ENDED,
                                       .head = atomic_load(&ring(decode)->head),
                                       .length_ms = video_sound_length_ms(&decode->sound)};
        report(decode, &message);
    }
}

int video_decode_init(struct video_decode *decode, libvlc_instance_t *vlc)
{
    static const libvlc_event_type_t events[] = {
        libvlc_MediaPlayerPaused, libvlc_MediaPlayerPlaying, libvlc_MediaPlayerEncounteredError,
        libvlc_MediaPlayerEndReached};
    decode->fd = -1;
    decode->vlc = vlc;
    decode->scratch = malloc(VIDEO_SLOT_BYTES);
    decode->player = libvlc_media_player_new(vlc);
    if (decode->scratch == NULL || decode->player == NULL)
        return -ENOMEM; /* the child ends then */
    libvlc_video_set_callbacks(decode->player, lock_frame, NULL, display_frame, decode);
    libvlc_video_set_format_callbacks(decode->player, set_format, NULL);
    /* libvlc mixes every film to two channels and resamples it */
    libvlc_audio_set_callbacks(decode->player, play_sound, hold_sound, release_sound, NULL, NULL,
                               decode);
    libvlc_audio_set_format(decode->player, "S16N", VIDEO_SOUND_RATE, VIDEO_SOUND_CHANNELS);
    libvlc_event_manager_t *manager = libvlc_media_player_event_manager(decode->player);
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (libvlc_event_attach(manager, events[i], on_event, decode) != 0)
            return -ENOMEM;
    return 0;
}

static bool open_file(struct video_decode *decode, const uint8_t *key)
{
    struct stat status;
    if (fstat(decode->fd, &status) != 0)
        return false;
    decode->size = status.st_size;
    if (key == NULL)
        return true;
    if (sealed_reader_open(decode->fd, key, &decode->sealed) < 0)
        return false;
    decode->size = sealed_reader_size(decode->sealed);
    return true;
}

/* MPEG streams carry their size in the coded picture alone. libvlc's own demultiplexers pass them
 * on before it is known, and then the padding (320x192 for 320x180) is shown; ffmpeg's looks into
 * the picture first. */
static bool is_stream(struct video_decode *decode)
{
    uint8_t head[STREAM_HEAD];
    decode->position = 0;
    ssize_t got = file_read(decode, head, sizeof head);
    decode->position = 0;
    static const uint8_t pack[] = {0, 0, 1, 0xba};
    if (got == (ssize_t)sizeof head && head[0] == TS_SYNC && head[TS_PACKET] == TS_SYNC)
        return true;
    return got >= (ssize_t)sizeof pack && memcmp(head, pack, sizeof pack) == 0;
}

static bool open_media(struct video_decode *decode, bool sound)
{
    decode->media =
        libvlc_media_new_callbacks(decode->vlc, file_open, file_read, file_seek, NULL, decode);
    if (decode->media == NULL)
        return false;
    if (!sound)
        libvlc_media_add_option(decode->media, ":no-audio");
    if (is_stream(decode))
        libvlc_media_add_option(decode->media, ":demux=avformat");
    libvlc_media_add_option(decode->media, ":no-spu");
    libvlc_media_add_option(decode->media, ":network-caching=300");
    return true;
}

void video_decode_start(struct video_decode *decode, const struct video_decode_film *film)
{
    video_decode_stop(decode, decode->session);
    pthread_mutex_lock(&complaint_lock);
    complaint[0] = '\0';
    pthread_mutex_unlock(&complaint_lock);
    decode->session = film->session;
    decode->fd = film->fd;
    decode->sounds = film->sound;
    decode->frames = decode->index = 0;
    decode->told = false;
    atomic_store(&decode->preparing, film->prepare);
    atomic_store(&decode->paused, false);
    atomic_store(&decode->over, false);
    atomic_store(&decode->damaged, false);
    video_sound_begin(&decode->sound, decode->shm, decode->lane, film->session);
    if (!open_file(decode, film->key) || !open_media(decode, film->sound)) {
        fail(decode, film->key != NULL ? "does not open with its key" : "cannot be read");
        return;
    }
    libvlc_media_player_set_media(decode->player, decode->media);
    if (libvlc_media_player_play(decode->player) != 0)
        fail_with_complaint(decode, "cannot be played");
}

void video_decode_hold(struct video_decode *decode, uint32_t session)
{
    if (session != decode->session || !atomic_load(&decode->preparing))
        return;
    decode->pausing = true;
    libvlc_media_player_set_pause(decode->player, 1);
}

void video_decode_go(struct video_decode *decode, uint32_t session)
{
    if (session != decode->session)
        return;
    atomic_store(&decode->preparing, false);
    if (decode->pausing)
        libvlc_media_player_set_pause(decode->player, 0);
    decode->pausing = false;
}

void video_decode_stop(struct video_decode *decode, uint32_t session)
{
    if (session == 0 || session != decode->session)
        return;
    atomic_store(&decode->over, true);
    libvlc_media_player_stop(decode->player);
    libvlc_media_player_set_media(decode->player, NULL);
    if (decode->media != NULL)
        libvlc_media_release(decode->media);
    decode->media = NULL;
    sealed_reader_close(decode->sealed);
    decode->sealed = NULL;
    close(decode->fd);
    decode->fd = -1;
    decode->session = 0;
    decode->pausing = false;
}

void video_decode_forget(struct video_decode *decode)
{
    if (decode->session == 0)
        video_shm_forget(decode->shm, decode->lane);
}
