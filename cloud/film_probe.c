/* ffprobe says what a file is; ffmpeg says how loud it is. Both are confined children. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "confined.h"
#include "film.h"
#include "film_private.h"

enum {
    PROBE_CPU_SECONDS = 120, /* packets are counted: 4 GiB are read */
    PROBE_WALL_SECONDS = 300,
    PROBE_OUTPUT_MAX = 64 * 1024,
    MEASURE_CPU_SECONDS = 600,
    MEASURE_WALL_SECONDS = 1800,
    MEASURE_OUTPUT_MAX = 256 * 1024,
    LATE_FRAMES_PERMILLE = 10, /* mean and nominal rate are one when they differ less */
    MISSING_PERMILLE = 20      /* of the frames that the index promises */
};

const char film_formats[] = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,mpegts,mpeg,flv";

static const char *const video_codecs[] = {
    "h264",   "hevc",  "mpeg4", "msmpeg4v2", "msmpeg4v3", "mpeg1video", "mpeg2video",
    "wmv1",   "wmv2",  "wmv3",  "vc1",       "vp8",       "vp9",        "av1",
    "prores", "mjpeg", "dnxhd", "h263",      "flv1",      NULL};
static const char *const audio_codecs[] = {
    "aac",       "mp3",       "mp2",       "ac3",       "eac3",   "opus",   "vorbis",
    "flac",      "alac",      "wmav1",     "wmav2",     "wmapro", "pcm_u8", "pcm_s16le",
    "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_f32le", NULL};

static bool is_one_of(const char *name, const char *const *list)
{
    while (*list && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

static const char *text_of(const cJSON *json, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));

    return text ? text : "";
}

/* ffprobe writes some numbers as strings. */
static double number_of(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

    return cJSON_IsNumber(item) ? item->valuedouble : strtod(text_of(json, key), NULL);
}

/* "30000/1001" or "16:9"; 0/1 when it says nothing of use. */
static struct film_rate ratio_of(const cJSON *json, const char *key)
{
    char *end = NULL;
    long long num = strtoll(text_of(json, key), &end, 10), den = 0;

    if (end && (*end == '/' || *end == ':'))
        den = strtoll(end + 1, NULL, 10);
    return num > 0 && den > 0 && num < INT32_MAX && den < INT32_MAX ? (struct film_rate){num, den}
                                                                    : (struct film_rate){0, 1};
}

/* -- one stream -------------------------------------------------------------------------------- */

static int rotation_of(const cJSON *stream)
{
    const cJSON *item;
    double degrees = 0;

    cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(stream, "side_data_list"))
        if (cJSON_GetObjectItemCaseSensitive(item, "rotation"))
            degrees = number_of(item, "rotation");
    return fabs(degrees) <= 360 ? ((int)lround(degrees) % 360 + 360) % 360 : 0;
}

static bool same_rate(struct film_rate a, struct film_rate b)
{
    double one = (double)a.num / (double)a.den, other = (double)b.num / (double)b.den;

    return fabs(one - other) * 1000 <= one * LATE_FRAMES_PERMILLE;
}

static void read_shape(const cJSON *stream, struct film_facts *ret)
{
    struct film_rate pixel = ratio_of(stream, "sample_aspect_ratio");
    double width = number_of(stream, "width");

    ret->square = pixel.num == 0 || pixel.num == pixel.den;
    ret->rotation = rotation_of(stream);
    ret->height = (int)fmin(number_of(stream, "height"), INT32_MAX);
    if (!ret->square)
        width = width * (double)pixel.num / (double)pixel.den;
    ret->width = (int)fmin(width, INT32_MAX);
    if (ret->rotation % 180 == 90) {
        int side = ret->width;

        ret->width = ret->height;
        ret->height = side;
    }
}

static void read_picture(const cJSON *stream, struct film_facts *ret)
{
    const char *order = text_of(stream, "field_order"), *profile = text_of(stream, "profile");
    const char *transfer = text_of(stream, "color_transfer"), *pixels = text_of(stream, "pix_fmt");
    struct film_rate nominal = ratio_of(stream, "r_frame_rate");

    (void)snprintf(ret->video, sizeof(ret->video), "%s", text_of(stream, "codec_name"));
    ret->video_index = (int)number_of(stream, "index");
    read_shape(stream, ret);
    ret->plain_pixels = strcmp(pixels, "yuv420p") == 0;
    ret->interlaced = *order && strcmp(order, "progressive") != 0 && strcmp(order, "unknown") != 0;
    ret->high_range = strcmp(transfer, "smpte2084") == 0 || strcmp(transfer, "arib-std-b67") == 0;
    ret->simple_profile =
        strcmp(profile, "High") == 0 || strcmp(profile, "Main") == 0 || strstr(profile, "Baseline");
    ret->rate = ratio_of(stream, "avg_frame_rate");
    ret->even_rate = ret->rate.num > 0 && nominal.num > 0 && same_rate(nominal, ret->rate);
    if (ret->rate.num == 0)
        ret->rate = nominal;
}

static void read_sound(const cJSON *stream, struct film_facts *ret)
{
    (void)snprintf(ret->audio, sizeof(ret->audio), "%s", text_of(stream, "codec_name"));
    ret->audio_index = (int)number_of(stream, "index");
    ret->channels = (int)fmin(number_of(stream, "channels"), 1000);
    ret->sample_rate = (int)fmin(number_of(stream, "sample_rate"), INT32_MAX);
}

/* The first stream of a type; a picture on the cover of a sound file is no film. */
static const cJSON *stream_of(const cJSON *json, const char *type)
{
    const cJSON *stream;

    cJSON_ArrayForEach (stream, cJSON_GetObjectItemCaseSensitive(json, "streams")) {
        const cJSON *marks = cJSON_GetObjectItemCaseSensitive(stream, "disposition");

        if (strcmp(text_of(stream, "codec_type"), type) == 0 &&
            number_of(marks, "attached_pic") == 0)
            return stream;
    }
    return NULL;
}

/* -- the whole --------------------------------------------------------------------------------- */

static enum film_fault judge(const cJSON *video, const struct film_facts *facts)
{
    double frames = number_of(video, "nb_frames"), read = number_of(video, "nb_read_packets");
    int longer = facts->width > facts->height ? facts->width : facts->height;
    int shorter = facts->width > facts->height ? facts->height : facts->width;

    if (shorter < FILM_SIDE_MIN)
        return FILM_PICTURE_TOO_SMALL;
    if (longer > FILM_SOURCE_SIDE_MAX)
        return FILM_PICTURE_TOO_LARGE;
    if (!is_one_of(facts->video, video_codecs) ||
        (facts->audio_index >= 0 && !is_one_of(facts->audio, audio_codecs)))
        return FILM_UNSUPPORTED;
    if (read < 2 || facts->rate.num == 0)
        return FILM_NOT_FILM;
    if (read * 1000 < frames * (1000 - MISSING_PERMILLE))
        return FILM_DAMAGED; /* its index, which stands first, promises more */
    if (facts->duration_ms < FILM_DURATION_MIN_MS)
        return FILM_TOO_SHORT;
    if (facts->duration_ms > FILM_DURATION_MAX_MS)
        return FILM_TOO_LONG;
    if (facts->rate.num > FILM_SOURCE_RATE_MAX * facts->rate.den)
        return FILM_FRAME_RATE;
    return FILM_GOOD;
}

static enum film_fault read_facts(const cJSON *json, struct film_facts *ret)
{
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(json, "format");
    const cJSON *video = stream_of(json, "video"), *audio = stream_of(json, "audio");
    double seconds = number_of(format, "duration");

    if (!video)
        return FILM_NOT_FILM;
    *ret = (struct film_facts){.audio_index = -1};
    (void)snprintf(ret->container, sizeof(ret->container), "%s", text_of(format, "format_name"));
    read_picture(video, ret);
    if (audio)
        read_sound(audio, ret);
    ret->duration_ms = seconds > 0 && seconds < 1e9 ? (int64_t)(seconds * 1000) : 0;
    return judge(video, ret);
}

int film_fault_of_end(const struct confined_result *result, enum film_fault otherwise,
                      enum film_fault *ret)
{
    switch (result->end) {
    case CONFINED_STOPPED:
        return -ECANCELED;
    case CONFINED_CRASHED:
        return -ECHILD;
    case CONFINED_SLOW:
        *ret = FILM_TOO_DEMANDING;
        return 0;
    case CONFINED_TALKED:
        *ret = FILM_UNSUPPORTED;
        return 0;
    default:
        *ret = result->exit_code == 0 ? FILM_GOOD : otherwise;
        return 0;
    }
}

int film_probe(const char *path, struct film_facts *ret, enum film_fault *ret_fault)
{
    char input[FILM_ARGUMENT_SIZE];
    const char *const argv[] = {
        "ffprobe",
        "-v",
        "error",
        "-protocol_whitelist",
        "file",
        "-format_whitelist",
        film_formats,
        "-count_packets",
        "-show_entries",
        "format=format_name,duration:stream=index,codec_type,codec_name,profile,width,height,"
        "pix_fmt,sample_aspect_ratio,r_frame_rate,avg_frame_rate,nb_frames,nb_read_packets,"
        "field_order,color_transfer,channels,sample_rate:stream_disposition=attached_pic:"
        "stream_side_data=rotation",
        "-of",
        "json",
        input,
        NULL};
    struct confined_options options = {.argv = argv,
                                       .paths = {{.path = path}},
                                       .path_count = 1,
                                       .cpu_seconds = PROBE_CPU_SECONDS,
                                       .wall_seconds = PROBE_WALL_SECONDS,
                                       .memory = FILM_CHILD_MEMORY,
                                       .output_max = PROBE_OUTPUT_MAX};
    struct confined_result result = {0};
    enum film_fault fault = FILM_GOOD;
    int code;

    (void)snprintf(input, sizeof(input), "file:%s", path);
    code = confined_run(&options, &result);
    if (code == 0)
        code = film_fault_of_end(&result, FILM_NOT_FILM, &fault);
    if (code == 0 && fault == FILM_GOOD) {
        cJSON *json = cJSON_Parse(result.output);

        fault = json ? read_facts(json, ret) : FILM_NOT_FILM;
        cJSON_Delete(json);
    }
    confined_free(&result);
    if (code == -ENOENT) {
        fault = FILM_NO_CONVERTER;
        code = 0;
    }
    if (code == 0)
        *ret_fault = fault;
    return code;
}

/* -- loudness ---------------------------------------------------------------------------------- */

/* As it will be heard: in stereo. */
static const char measure[] =
    "aresample=48000,aformat=channel_layouts=stereo,ebur128=peak=true:framelog=verbose";

/* Of the summary that the filter writes at its end. */
static double figure(const char *text, const char *label, double otherwise)
{
    const char *summary = NULL, *found;

    for (const char *next = text; (next = strstr(next, "Summary:")); next++)
        summary = next;
    found = summary ? strstr(summary, label) : NULL;
    if (!found)
        return otherwise;
    double value = strtod(found + strlen(label), NULL);
    return isfinite(value) ? value : otherwise;
}

int film_measure(const char *path, struct film_facts *facts,
                 bool (*go_on)(void *context, const char *bytes, size_t size), void *context,
                 enum film_fault *ret_fault)
{
    char input[FILM_ARGUMENT_SIZE], map[FILM_NUMBER_SIZE];
    const char *const argv[] = {"ffmpeg",
                                "-v",
                                "info",
                                "-hide_banner",
                                "-nostdin",
                                "-nostats",
                                "-protocol_whitelist",
                                "file",
                                "-format_whitelist",
                                film_formats,
                                "-i",
                                input,
                                "-map",
                                map,
                                "-af",
                                measure,
                                "-t",
                                "1801",
                                "-f",
                                "null",
                                "-",
                                NULL};
    struct confined_options options = {.argv = argv,
                                       .paths = {{.path = path}},
                                       .path_count = 1,
                                       .cpu_seconds = MEASURE_CPU_SECONDS,
                                       .wall_seconds = MEASURE_WALL_SECONDS,
                                       .memory = FILM_CHILD_MEMORY,
                                       .output_max = MEASURE_OUTPUT_MAX,
                                       .errors = true,
                                       .go_on = go_on,
                                       .context = context};
    struct confined_result result = {0};
    int code;

    if (facts->audio_index < 0) {
        *ret_fault = FILM_GOOD;
        return 0;
    }
    (void)snprintf(input, sizeof(input), "file:%s", path);
    (void)snprintf(map, sizeof(map), "0:%d", facts->audio_index);
    code = confined_run(&options, &result);
    if (code < 0)
        return code;
    code = film_fault_of_end(&result, FILM_DAMAGED, ret_fault);
    if (code == 0 && *ret_fault == FILM_GOOD) {
        facts->measured = true;
        facts->loudness = figure(result.output, "I:", FILM_SOUND_MIN_LUFS - 10);
        facts->peak = figure(result.output, "Peak:", FILM_SOUND_MIN_LUFS - 10);
    }
    confined_free(&result);
    return code;
}
