#include "transcode.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "film_private.h"

enum {
    ARGUMENTS_MAX = 96,
    FILTER_SIZE = 512,
    OUTPUT_MAX = 8 * 1024 * 1024, /* of progress, for a day */
    TAIL_SIZE = 512,
    LATE_MS = 1500, /* a film may end so much earlier than its source said, or 5 % */
    LATE_PERCENT = 5,
    HD_HEIGHT = 576 /* up to it players take the colours for BT.601 */
};

static const double target_lufs = -23, gain_max = 20, peak_max = -1;

/* One command line being put together. */
struct command {
    const char *argv[ARGUMENTS_MAX];
    int count;
    char input[FILM_ARGUMENT_SIZE], output[FILM_ARGUMENT_SIZE];
    char picture[FILTER_SIZE], sound[FILTER_SIZE];
    char video_map[FILM_NUMBER_SIZE], audio_map[FILM_NUMBER_SIZE], rate[FILM_NUMBER_SIZE * 2];
    char interval[FILM_NUMBER_SIZE];
};

static void add(struct command *command, const char *const *arguments, int count)
{
    assert(command->count + count < ARGUMENTS_MAX);
    for (int i = 0; i < count; i++)
        command->argv[command->count++] = arguments[i];
}

#define ADD(command, ...)                                                                          \
    add(command, (const char *const[]){__VA_ARGS__},                                               \
        (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)))

/* -- what it becomes --------------------------------------------------------------------------- */

/* Even frame rates are kept, or halved until they fit; uneven ones become the next usual one. */
static struct film_rate rate_of(const struct film_facts *facts)
{
    struct film_rate rate = facts->rate;

    if (!facts->even_rate) {
        double mean = (double)rate.num / (double)rate.den;

        return (struct film_rate){mean <= 24 ? 24 : mean <= 25 ? 25 : FILM_RATE_MAX, 1};
    }
    while (rate.num > FILM_RATE_MAX * rate.den)
        rate.den *= 2;
    return rate;
}

static void size_of(const struct film_facts *facts, int *ret_width, int *ret_height)
{
    double scale = fmin(
        1, fmin((double)FILM_WIDTH_MAX / facts->width, (double)FILM_HEIGHT_MAX / facts->height));
    int width = (int)lround(facts->width * scale / 2) * 2;
    int height = (int)lround(facts->height * scale / 2) * 2;

    *ret_width = width < 2 ? 2 : width > FILM_WIDTH_MAX ? FILM_WIDTH_MAX : width;
    *ret_height = height < 2 ? 2 : height > FILM_HEIGHT_MAX ? FILM_HEIGHT_MAX : height;
}

static const char *matrix_of(int height)
{
    return height > HD_HEIGHT ? "bt709" : "smpte170m";
}

static void write_picture(struct command *command, const struct film_facts *facts)
{
    static const char tone[] = "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,"
                               "tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,"
                               "format=yuv420p,";
    const struct film_rate rate = rate_of(facts);
    int width, height;

    size_of(facts, &width, &height);
    (void)snprintf(command->rate, sizeof(command->rate), "%lld/%lld", (long long)rate.num,
                   (long long)rate.den);
    (void)snprintf(command->interval, sizeof(command->interval), "%lld",
                   (long long)(rate.num * 2 / rate.den + 1));
    (void)snprintf(command->picture, sizeof(command->picture),
                   "%s%sfps=%s,scale=%d:%d:flags=lanczos:out_color_matrix=%s:out_range=tv,setsar=1,"
                   "format=yuv420p",
                   facts->interlaced ? "yadif=deint=interlaced," : "",
                   facts->high_range ? tone : "", command->rate, width, height, matrix_of(height));
    ADD(command, "-vf", command->picture, "-c:v", "libx264", "-profile:v", "high", "-preset",
        "veryfast", "-crf", "20", "-maxrate", "8M", "-bufsize", "16M", "-g", command->interval,
        "-threads", "2", "-r", command->rate, "-colorspace", matrix_of(height), "-color_primaries",
        matrix_of(height), "-color_trc", matrix_of(height), "-color_range", "tv");
}

/* Plain gain, and a limiter where the peaks would not fit. */
static void write_sound(struct command *command, const struct film_facts *facts)
{
    double gain = fmin(target_lufs - facts->loudness, gain_max);
    bool limit = facts->peak + gain > peak_max;

    (void)snprintf(command->sound, sizeof(command->sound),
                   "aresample=48000,aformat=channel_layouts=stereo,volume=%.2fdB%s", gain,
                   limit ? ",alimiter=limit=0.89:level=disabled" : "");
    (void)snprintf(command->audio_map, sizeof(command->audio_map), "0:%d", facts->audio_index);
    ADD(command, "-map", command->audio_map, "-af", command->sound, "-c:a", "aac", "-b:a", "160k",
        "-ar", "48000", "-ac", "2");
}

static void write_command(struct command *command, const struct transcode_options *options)
{
    const struct film_facts *facts = options->facts;
    bool sound = facts->audio_index >= 0 && !(options->changes & 1U << FILM_CHANGED_SILENT);

    (void)snprintf(command->input, sizeof(command->input), "file:%s", options->source);
    (void)snprintf(command->output, sizeof(command->output), "file:%s", options->target);
    (void)snprintf(command->video_map, sizeof(command->video_map), "0:%d", facts->video_index);
    ADD(command, "ffmpeg", "-v", "error", "-hide_banner", "-nostdin", "-nostats", "-stats_period",
        "5", "-progress", "pipe:1", "-protocol_whitelist", "file,pipe", "-format_whitelist",
        film_formats, "-max_error_rate", "0.1", "-threads", "2", "-i", command->input, "-map",
        command->video_map);
    write_picture(command, facts);
    if (sound)
        write_sound(command, facts);
    ADD(command, "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-t", "1801",
        "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags",
        "+faststart", "-f", "mp4", "-y", command->output);
}

/* -- running it -------------------------------------------------------------------------------- */

struct watching {
    const struct transcode_options *options;
    char tail[TAIL_SIZE]; /* of the progress that it writes */
    size_t size;
    int percent;
};

static void read_progress(struct watching *watching)
{
    static const char label[] = "out_time_us=";
    const char *last = NULL;
    int64_t length_us = watching->options->facts->duration_ms * 1000;

    for (const char *next = watching->tail; (next = strstr(next, label)); next++)
        last = next;
    if (!last || length_us <= 0)
        return;
    int64_t percent = strtoll(last + strlen(label), NULL, 10) * 100 / length_us;
    if (percent > watching->percent)
        watching->percent = percent > 99 ? 99 : (int)percent;
}

static bool go_on(void *context, const char *bytes, size_t size)
{
    struct watching *watching = context;
    const struct transcode_options *options = watching->options;

    if (size >= TAIL_SIZE) {
        bytes += size - (TAIL_SIZE - 1);
        size = TAIL_SIZE - 1;
    }
    if (watching->size + size >= TAIL_SIZE) {
        size_t kept = TAIL_SIZE - 1 - size < watching->size ? TAIL_SIZE - 1 - size : watching->size;

        memmove(watching->tail, watching->tail + watching->size - kept, kept);
        watching->size = kept;
    }
    memcpy(watching->tail + watching->size, bytes, size);
    watching->size += size;
    watching->tail[watching->size] = '\0';
    if (size > 0)
        read_progress(watching);
    return !options->go_on || options->go_on(options->context, watching->percent);
}

/* What came out, seen with the eyes that looked at the source. */
static int check_target(const struct transcode_options *options, struct film_facts *ret,
                        enum film_fault *ret_fault)
{
    const int64_t source = options->facts->duration_ms, late = source * LATE_PERCENT / 100;
    int result;

    result = film_probe(options->target, ret, ret_fault);
    if (result < 0 || *ret_fault != FILM_GOOD)
        return result;
    ret->loudness = ret->audio_index >= 0 ? target_lufs : 0;
    if (film_deviations(ret) != 0)
        *ret_fault = FILM_UNSUPPORTED;
    else if (ret->duration_ms < source - (late > LATE_MS ? late : LATE_MS))
        *ret_fault = FILM_DAMAGED;
    return 0;
}

int64_t transcode_room(const struct film_facts *facts)
{
    return TRANSCODE_BYTES_BASE + (facts->duration_ms / 1000 + 1) * TRANSCODE_BYTES_SECOND;
}

int transcode_run(const struct transcode_options *options, struct film_facts *ret,
                  enum film_fault *ret_fault)
{
    int64_t seconds = options->facts->duration_ms / 1000 + 1;
    struct watching watching = {.options = options};
    struct command *command = calloc(1, sizeof(*command));
    struct confined_result result = {0};
    int code;

    if (!command)
        return -ENOMEM;
    write_command(command, options);
    const struct confined_options confined = {
        .argv = command->argv,
        .paths = {{.path = options->source}, {.path = options->target, .write = true}},
        .path_count = 2,
        .cpu_seconds = (int)(TRANSCODE_CPU_BASE + seconds * TRANSCODE_CPU_FACTOR),
        .wall_seconds = (int)(TRANSCODE_CPU_BASE + seconds * TRANSCODE_CPU_FACTOR) * 2,
        .memory = FILM_CHILD_MEMORY,
        .file_size = (uint64_t)transcode_room(options->facts),
        .output_max = OUTPUT_MAX,
        .go_on = go_on,
        .context = &watching,
    };
    code = confined_run(&confined, &result);
    if (code == 0)
        code = film_fault_of_end(&result, FILM_DAMAGED, ret_fault);
    confined_free(&result);
    free(command);
    if (code == 0 && *ret_fault == FILM_GOOD)
        code = check_target(options, ret, ret_fault);
    return code;
}
