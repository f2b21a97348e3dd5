/* Beginning and end of a running kiosk. */
#include "kiosk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data_dir.h"
#include "local_films.h"
#include "store.h"

void kiosk_wake(void *context)
{
    struct kiosk *kiosk = context;
    SDL_Event event = {.type = kiosk->wake_event};
    if (SDL_AtomicCAS(&kiosk->woken, 0, 1) && SDL_PushEvent(&event) < 0)
        SDL_AtomicSet(&kiosk->woken, 0);
}

/* -- what the flows want done ------------------------------------------------------------------ */

static int issue(void *context, int64_t request, const struct station_wish *wish)
{
    struct kiosk *kiosk = context;
    struct station_wish traced = *wish;
    traced.trace = (struct slip_trace){.touched = kiosk->touched_us,
                                       .asked = slip_trace_now(),
                                       .cpu_us = slip_trace_cpu() - kiosk->touched_cpu_us};
    return station_issue(kiosk->station, request, &traced);
}

static int check_in(void *context, int64_t request, const char *code, const char *language)
{
    struct kiosk *kiosk = context;
    return station_check_in(kiosk->station, request, code, language);
}

static int queue_film(void *context, const struct video_item *item)
{
    struct kiosk *kiosk = context;
    return video_queue(kiosk->video, item);
}

static void stop_films(void *context)
{
    struct kiosk *kiosk = context;
    video_stop(kiosk->video);
}

static void advance_films(void *context)
{
    struct kiosk *kiosk = context;
    video_advance(kiosk->video);
}

static enum programme_file film_file(void *context, const char *sha256)
{
    struct kiosk *kiosk = context;
    return kiosk->station != NULL ? station_file(kiosk->station, sha256) : PROGRAMME_FILE_MISSING;
}

static bool film_item(void *context, const char *sha256, struct video_item *item)
{
    struct kiosk *kiosk = context;
    struct store_film film;
    if (kiosk->station == NULL || !station_film(kiosk->station, sha256, &film))
        return false;
    (void)snprintf(item->path, sizeof item->path, "%s", film.path);
    memcpy(item->key, film.key, sizeof item->key);
    item->sealed = true;
    return true;
}

static void film_doubt(void *context, const char *sha256)
{
    struct kiosk *kiosk = context;
    if (kiosk->station != NULL)
        station_doubt(kiosk->station, sha256);
}

static void film_proof(void *context, enum playlist_proof kind, const struct play *play)
{
    static const enum station_play kinds[] = {[PLAYLIST_PROOF_BEGIN] = STATION_PLAY_BEGIN,
                                              [PLAYLIST_PROOF_SEEN] = STATION_PLAY_SEEN,
                                              [PLAYLIST_PROOF_END] = STATION_PLAY_END};
    struct kiosk *kiosk = context;
    if (kiosk->station != NULL)
        station_play(kiosk->station, kinds[kind], play);
}

/* -- what the printing thread tells ------------------------------------------------------------ */

enum { LEDGER_TRIES = 40, LEDGER_PAUSE_US = 50000 };

static void report_slip(void *context, const struct printing_news *news,
                        const struct printer_job *job)
{
    struct kiosk *kiosk = context;
    int result = -EAGAIN;
    for (int i = 0; i < LEDGER_TRIES && result == -EAGAIN; i++) {
        if (i > 0)
            usleep(LEDGER_PAUSE_US);
        result = station_slip(kiosk->station, news->ticket, news->print_count,
                              print_fate_name(news->fate), job->id, job->uuid);
    }
    if (result < 0)
        fprintf(stderr, "machiai-kiosk: the fate of a slip was not stored: %s\n",
                strerror(-result));
}

static void report_printer(void *context, const char *reasons)
{
    struct kiosk *kiosk = context;
    /* Without cupsd there is no word of the printer; to staff it is one that does not print. */
    const char *told = reasons[0] != '\0' ? reasons : "offline-report";
    station_printer(kiosk->station, told);
    if (kiosk->lan != NULL)
        lan_printer(kiosk->lan, told);
}

/* -- parts ------------------------------------------------------------------------------------- */

static int still_photo(void *context, const char *sha256, uint8_t **ret, size_t *ret_size)
{
    struct kiosk *kiosk = context;
    return kiosk->station != NULL ? station_photo(kiosk->station, sha256, ret, ret_size) : -ENOENT;
}

static int open_stills(struct kiosk *kiosk, const char *languages)
{
    char templates[CANVAS_PATH_SIZE], error[256] = "";
    data_dir_find("templates", "MACHIAI_TEMPLATES", MACHIAI_TEMPLATE_DIR, templates,
                  sizeof templates);
    const struct template_options folders = {.template_dir = templates, .language_dir = languages};
    const struct template_photos photos = {.read = still_photo, .context = kiosk};
    int result = stills_create(&folders, &photos, &kiosk->stills, error, sizeof error);
    if (result < 0)
        fprintf(stderr, "machiai-kiosk: %s; set MACHIAI_TEMPLATES to the directory of plain.json\n",
                error[0] != '\0' ? error : strerror(-result));
    return result;
}

/* Without a desktop, two windows on one panel show by turns. */
static bool panel_for_both(const struct config *config)
{
    const char *driver = SDL_GetCurrentVideoDriver();
    return !config->fullscreen || driver == NULL || SDL_strcasecmp(driver, "kmsdrm") != 0 ||
           SDL_GetNumVideoDisplays() > 1;
}

static int open_windows(struct kiosk *kiosk, const char *languages)
{
    const struct config *config = kiosk->config;
    bool terminal = config->role != ROLE_MONITOR, monitor = config->role != ROLE_TERMINAL;
    int result = 0;
    if (terminal && monitor && !panel_for_both(config)) {
        fprintf(stderr, "machiai-kiosk: only one panel is connected: the terminal has it; connect "
                        "the monitor's and start again\n");
        monitor = false;
    }
    if (monitor) {
        struct window_options options = {.title = "Machiai monitor",
                                         .screen = &config->monitor,
                                         .fullscreen = config->fullscreen,
                                         .display = terminal ? 1 : 0,
                                         .x = terminal ? config->terminal.width : 0,
                                         .language_dir = languages};
        result = window_create(&options, &kiosk->monitor);
    }
    /* The newest window has the focus: the one that is touched. */
    if (result == 0 && terminal) {
        struct window_options options = {.title = "Machiai terminal",
                                         .screen = &config->terminal,
                                         .fullscreen = config->fullscreen,
                                         .language_dir = languages};
        result = window_create(&options, &kiosk->terminal);
    }
    return result;
}

static int open_display(struct kiosk *kiosk)
{
    char languages[CANVAS_PATH_SIZE];
    data_dir_find("languages", "MACHIAI_LANGUAGES", MACHIAI_LANGUAGE_DIR, languages,
                  sizeof languages);
    int result = words_create(languages, &kiosk->words);
    if (result < 0) {
        fprintf(stderr,
                "machiai-kiosk: no Japanese catalogue in %s: %s; set MACHIAI_LANGUAGES to the "
                "directory of ja.mo\n",
                languages, strerror(-result));
        return result;
    }
    kiosk_first_light(kiosk, languages);
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    if (SDL_Init(SDL_INIT_VIDEO) != 0) {
        fprintf(stderr, "machiai-kiosk: no display: %s; set DISPLAY or SDL_VIDEODRIVER\n",
                SDL_GetError());
        return -ENODEV;
    }
    kiosk->wake_event = SDL_RegisterEvents(1);
    if (kiosk->config->fullscreen)
        SDL_ShowCursor(SDL_DISABLE);
    result = open_windows(kiosk, languages);
    if (result == 0)
        kiosk_first_windows(kiosk);
    if (result == 0 && kiosk->monitor != NULL)
        result = open_stills(kiosk, languages);
    return result;
}

static int open_player(struct kiosk *kiosk)
{
    char self[VIDEO_PATH_SIZE];
    struct playlist_actions actions = {.queue = queue_film,
                                       .stop = stop_films,
                                       .advance = advance_films,
                                       .file = film_file,
                                       .film = film_item,
                                       .doubt = film_doubt,
                                       .proof = film_proof,
                                       .context = kiosk};
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        return -errno;
    self[length] = '\0';
    struct video_options options = {
        .program = self,
        .players = kiosk->config->players,
        .sound = kiosk->config->sound && kiosk->config->film_volume > 0 && kiosk->voice != NULL};
    film_init(&kiosk->film, kiosk->monitor->renderer);
    change_init(&kiosk->change, kiosk->monitor->renderer);
    int result = playlist_create(&actions, &kiosk->playlist);
    if (result == 0)
        result = video_create(&options, &kiosk->video);
    if (result == 0)
        result = kiosk_open_codecs(kiosk, self);
    if (result == 0 && kiosk->config->substitutes[0] != '\0')
        local_films_add(kiosk->config->substitutes, kiosk->playlist);
    return result;
}

static int open_station(struct kiosk *kiosk)
{
    struct station_options options = {.config = kiosk->config,
                                      .wake = kiosk_wake,
                                      .issued = kiosk_issued,
                                      .viewed = kiosk_lan_viewed,
                                      .staff = kiosk_lan_staff,
                                      .system = getenv("MACHIAI_SYSTEM_ROOT"), /* a test's */
                                      .context = kiosk};
    int result = station_create(&options, &kiosk->station);
    if (result == -EBUSY)
        fprintf(stderr, "machiai-kiosk: another kiosk uses %s; stop it, or set [kiosk] data\n",
                kiosk->config->data);
    else if (result == -EPROTO)
        fprintf(stderr, "machiai-kiosk: a newer kiosk wrote %s; install that version\n",
                kiosk->config->data);
    else if (result < 0)
        fprintf(stderr, "machiai-kiosk: %s cannot be written: %s; check the disk\n",
                kiosk->config->data, strerror(-result));
    return result;
}

static int open_printing(struct kiosk *kiosk)
{
    const struct config *config = kiosk->config;
    struct printing_options options = {
        .printer = {.server = config->printer_server,
                    .queue = config->printer_queue,
                    .device_uri = config->printer_uri},
        .draw = kiosk_draw_slip,
        .report = report_slip,
        .state = report_printer,
        .wake = kiosk_wake,
        .context = kiosk,
    };
    int result = printing_create(&options, &kiosk->printing);
    if (result < 0)
        fprintf(stderr, "machiai-kiosk: no printing: %s; check [printer]\n", strerror(-result));
    else
        kiosk_open_slips(kiosk);
    return result;
}

static int open_ctl(struct kiosk *kiosk)
{
    struct ctl_options options = {
        .path = kiosk->config->socket, .wake = kiosk_wake, .context = kiosk};
    int result = ctl_create(&options, &kiosk->ctl);
    if (result < 0)
        fprintf(stderr, "machiai-kiosk: the socket %s cannot be made: %s; set [kiosk] socket\n",
                options.path, strerror(-result));
    return result;
}

/* What does not change while it runs, for the technician's screen. */
static void describe(struct kiosk *kiosk)
{
    const struct window *windows[] = {kiosk->terminal, kiosk->monitor};
    size_t used = 0;
    machine_read(kiosk->config->data, &kiosk->machine);
    for (int i = 0; i < 2; i++)
        if (windows[i] != NULL)
            used += (size_t)snprintf(kiosk->screens + used, sizeof kiosk->screens - used, "%s%d×%d",
                                     used > 0 ? "  " : "", windows[i]->canvas.width,
                                     windows[i]->canvas.height);
}

int kiosk_create(const struct config *config, struct kiosk **ret)
{
    struct kiosk *kiosk = calloc(1, sizeof *kiosk);
    if (kiosk == NULL)
        return -ENOMEM;
    struct terminal_actions actions = {
        .issue = issue, .check_in = check_in, .print = kiosk_print, .context = kiosk};
    struct watchdog_options watched = {0};
    kiosk->config = config;
    kiosk->stale = true;
    pthread_mutex_init(&kiosk->slip_lock, NULL);
    terminal_flow_init(&kiosk->terminal_flow, &actions);
    monitor_flow_init(&kiosk->monitor_flow);
    int result = open_display(kiosk);
    if (result == 0)
        kiosk_warm_up(kiosk);
    if (result == 0 && kiosk->terminal != NULL)
        kiosk_warm_press(kiosk);
    if (result == 0 && voice_create(config->voice, &kiosk->voice) < 0)
        kiosk->voice = NULL; /* a kiosk without loudspeaker */
    kiosk->guidance = config->guidance && kiosk->voice != NULL && voice_guides(kiosk->voice);
    if (result == 0 && kiosk->monitor != NULL)
        result = open_player(kiosk);
    if (result == 0)
        result = kiosk_open_lan(kiosk);
    if (result == 0)
        result = open_station(kiosk);
    if (result == 0)
        result = kiosk_start_lan(kiosk);
    if (result == 0)
        describe(kiosk);
    if (result == 0)
        result = kiosk_open_staff(kiosk);
    if (result == 0 && kiosk->terminal != NULL && config->printer_uri[0] != '\0')
        result = open_printing(kiosk);
    if (result == 0)
        result = open_ctl(kiosk);
    if (result == 0)
        kiosk_open_keys(kiosk);
    if (result == 0)
        result = watchdog_create(&watched, &kiosk->watchdog);
    if (result < 0) {
        kiosk_destroy(kiosk);
        return result;
    }
    *ret = kiosk;
    return 0;
}

void kiosk_destroy(struct kiosk *kiosk)
{
    if (kiosk == NULL)
        return;
    watchdog_destroy(kiosk->watchdog); /* the end may take its time */
    ctl_destroy(kiosk->ctl);
    kiosk_close_keys(kiosk);
    kiosk_close_staff(kiosk);
    kiosk_close_slips(kiosk);
    printing_destroy(kiosk->printing); /* it tells the station */
    lan_stop(kiosk->lan);              /* it asks the station */
    station_destroy(kiosk->station);   /* it wakes the loop, and tells the page */
    lan_destroy(kiosk->lan);
    pthread_mutex_destroy(&kiosk->slip_lock);
    codec_test_destroy(kiosk->codecs);
    video_destroy(kiosk->video);
    playlist_destroy(kiosk->playlist);
    film_finish(&kiosk->film);
    change_finish(&kiosk->change);
    stills_destroy(kiosk->stills);
    voice_destroy(kiosk->voice);
    window_destroy(kiosk->terminal);
    window_destroy(kiosk->monitor);
    slip_press_destroy(kiosk->press);
    words_destroy(kiosk->words);
    if (kiosk->queue != NULL)
        queue_finish(kiosk->queue);
    free(kiosk->queue);
    SDL_Quit();
    free(kiosk);
}
