/* The running kiosk: everything that the main loop carries. Private to kiosk*.c.
 *
 * One thread (the main thread) owns all of it. Other threads are behind station, printing, ctl and
 * video; they wake the loop and leave news.
 */
#ifndef MACHIAI_KIOSK_KIOSK_H
#define MACHIAI_KIOSK_KIOSK_H

#include <SDL.h>
#include <pthread.h>

#include "buttons.h"
#include "change.h"
#include "codec_test.h"
#include "config.h"
#include "ctl.h"
#include "diagnosis.h"
#include "film.h"
#include "guide.h"
#include "keypad.h"
#include "keys.h"
#include "lan.h"
#include "machine.h"
#include "monitor_flow.h"
#include "playlist.h"
#include "printing.h"
#include "staff_flow.h"
#include "staff_pin.h"
#include "station.h"
#include "stills.h"
#include "terminal_flow.h"
#include "turns.h"
#include "video.h"
#include "voice.h"
#include "watchdog.h"
#include "window.h"
#include "words.h"

enum {
    KIOSK_SECOND_MS = 1000,   /* views are made anew at least so often: the clock, calls that age */
    KIOSK_FILM_MS = 8,        /* the decoder is asked so often while a film runs */
    KIOSK_MOTION_MS = 30,     /* between two pictures of a movement */
    KIOSK_MACHINE_MS = 10000, /* the technician's screen reads addresses and storage anew */
    KIOSK_CTL_ACTS = 1 << 30, /* requests of the control socket are counted from here */
    KIOSK_TEST_MS = 25,       /* ... and while the self-test runs */
    KIOSK_SIGNAL_MS = 500,    /* a signal is noticed at the latest after this */
    KIOSK_DEMO_MS = 60000,    /* `ctl show` gives the screen back */
    KIOSK_KEYPAD_ACTS = 1 << 29, /* the request of keypad and buttons; the menu counts from 1 */
    KIOSK_FATES_MAX = 32,        /* ends of slips that are remembered: more than wait to be shown */
    KIOSK_SLIPS_MAX = 12 /* slips begun in one turn: a party, and some that staff asked for */
};

struct kiosk {
    const struct config *config;
    Uint32 wake_event;
    SDL_atomic_t woken; /* a wake event is under way */
    bool quit;

    struct words *words;
    struct window *terminal, *monitor; /* NULL = not of this kiosk's role */
    struct station *station;
    struct lan *lan;           /* the page on the clinic's network; NULL = none */
    struct printing *printing; /* NULL = no printer */
    struct video *video;       /* NULL = no monitor */
    struct playlist *playlist; /* NULL = no monitor */
    struct codec_test *codecs; /* NULL = no monitor */
    char codecs_missing[CODEC_LIST_SIZE];
    struct voice *voice; /* NULL = silent */
    struct ctl *ctl;
    struct watchdog *watchdog; /* NULL = not watched */
    int64_t ctl_act;    /* station_act()'s request for the control socket, the last one made */
    bool ctl_act_waits; /* its answer is owed */

    int64_t now;     /* monotonic ms of this turn */
    int64_t turn_us; /* the same in microseconds */
    struct turns turns;
    struct queue *queue; /* NULL = nothing known of the site yet */
    struct station_status status;
    char programme[UID_SIZE]; /* "" = none */
    char reasons[PRINTER_REASONS];
    struct machine machine;
    int64_t machine_at; /* read at */
    char screens[48];   /* "1080×1920  1920×1080" */

    struct staff_flow staff_flow;
    struct staff_view staff_view; /* as drawn */
    struct staff_pin *pin;        /* NULL = no terminal */
    struct diagnosis *diagnosis;  /* being written */
    struct keypad *keypad;        /* NULL = none */
    struct buttons *buttons;      /* NULL = none */
    enum station_act_kind button_acts[BUTTONS_MAX];
    struct staff_keys staff_keys;
    char pad_digit; /* of a numeric keypad, whose text is still to come */
    struct wedge wedge;
    int64_t held_since; /* the clinic's name is pressed; 0 = not */
    int64_t offline_ms; /* site time at which the line went down; 0 = unknown */
    int volume;         /* percent, of this kiosk */
    struct guide guide;
    bool guidance; /* wanted here, and there are clips for who stands before the terminal */
    bool restart;  /* once it has ended */
    char demo[32]; /* `ctl show`: a state to be looked at; "" = none */
    char demo_language[8];
    int64_t demo_until;

    struct terminal_flow terminal_flow;
    struct terminal_view terminal_view;           /* as drawn */
    struct widgets widgets;                       /* as drawn */
    struct station_ticket slips[KIOSK_SLIPS_MAX]; /* to be printed in this turn */
    int slip_count;
    struct slip_press *press; /* the printing thread's, once there is one */
    pthread_mutex_t slip_lock;
    bool takes_slips; /* under slip_lock: the station may hand slips to the printing thread */
    struct printing_news fates[KIOSK_FATES_MAX]; /* slips that ended lately, in a ring */
    int fate_count;                              /* all of them */
    int64_t touched_us, touched_cpu_us; /* when the touch that is being taken could be read; the
                                           thread's processor time then */
    int test_count;                     /* test prints begun */
    enum print_fate test_fate;          /* of the last one */

    struct monitor_flow monitor_flow;
    struct monitor_view monitor_view; /* as drawn */
    struct film film;
    struct stills *stills; /* NULL = no monitor */
    struct change change;
    int64_t changes;           /* playlist_changes() as drawn */
    int64_t changed_at;        /* monotonic ms */
    int64_t prepared_for;      /* playlist_changes() when what follows was drawn ahead */
    enum picture_kind picture; /* as drawn */
    struct playlist_entry entry;
    int64_t shown_at;             /* monotonic ms; when it came */
    char playing[VIDEO_TAG_SIZE]; /* as told to the station */
    char playing_title[NAME_SIZE];
    char broken[SHA256_SIZE]; /* playlist_broken() as told */

    bool stale;                                /* views are to be made anew */
    bool redraw_terminal, redraw_monitor;      /* even if the view is the same */
    bool redraw_film;                          /* a new frame and nothing else */
    bool monitor_waits;                        /* the terminal went first in the last turn */
    bool call_first;                           /* a call takes the stage: before the terminal */
    struct call_trace call;                    /* the last one that took an empty stage */
    int64_t call_cpu_us;                       /* the main thread's, when it was taken */
    int64_t views_at, monitor_at, terminal_at; /* made, drawn at */
    int warmed;                                /* screens drawn ahead, see kiosk_warm.c */
    int64_t warmed_at;
};

/* config must outlive it. Logs what is wrong. */
int kiosk_create(const struct config *config, struct kiosk **ret)
    __attribute__((warn_unused_result));
void kiosk_destroy(struct kiosk *kiosk);

/* From any thread. */
void kiosk_wake(void *context);

/* kiosk_world.c: what the flows are told of this turn */
void kiosk_terminal_world(const struct kiosk *kiosk, struct terminal_world *ret);
void kiosk_monitor_world(const struct kiosk *kiosk, struct monitor_world *ret);
void kiosk_playlist_world(const struct kiosk *kiosk, struct playlist_world *ret);

/* kiosk_news.c: everything that has come in since the last turn */
void kiosk_take_news(struct kiosk *kiosk);
void kiosk_take_films(struct kiosk *kiosk);

/* kiosk_input.c: an event of SDL; keypad and buttons; what `ctl` does in their place */
void kiosk_handle(struct kiosk *kiosk, const SDL_Event *event);
void kiosk_take_keys(struct kiosk *kiosk);
bool kiosk_tap(struct kiosk *kiosk, const char *widget);
void kiosk_type(struct kiosk *kiosk, char letter);
void kiosk_enter(struct kiosk *kiosk);
void kiosk_open_keys(struct kiosk *kiosk);
void kiosk_close_keys(struct kiosk *kiosk);

/* kiosk_staff.c */
int kiosk_open_staff(struct kiosk *kiosk) __attribute__((warn_unused_result));
void kiosk_close_staff(struct kiosk *kiosk);
/* The clinic's name was held long enough. */
void kiosk_held(struct kiosk *kiosk);
void kiosk_staff_world(const struct kiosk *kiosk, struct staff_world *ret);
/* PINs that were checked, bundles that were written, the long press. */
void kiosk_tick_staff(struct kiosk *kiosk);
void kiosk_keep_volume(const struct kiosk *kiosk);
/* The line went down or came back: told in the menu. */
void kiosk_note_line(struct kiosk *kiosk, bool was_online);

/* kiosk_lan.c: opened before the station, which tells it things from its first moment, and started
 * behind it. */
int kiosk_open_lan(struct kiosk *kiosk) __attribute__((warn_unused_result));
int kiosk_start_lan(struct kiosk *kiosk) __attribute__((warn_unused_result));
/* As in struct station_options. */
void kiosk_lan_viewed(void *context, const struct queue *view, const struct station_status *status,
                      const char (*unsent)[UID_SIZE], int unsent_count);
void kiosk_lan_staff(void *context, const char *json);

/* kiosk_show.c: answers of the control socket */
cJSON *kiosk_show(struct kiosk *kiosk, const char *state, const char *language);
cJSON *kiosk_hold(struct kiosk *kiosk);
cJSON *kiosk_type_text(struct kiosk *kiosk, const char *text);
cJSON *kiosk_screen_answer(struct kiosk *kiosk);
const char *kiosk_staff_name(enum staff_screen screen);

/* kiosk_sound.c: the chime and the voice of the call that took the stage */
void kiosk_announce(struct kiosk *kiosk);
/* Spoken guidance of what the terminal shows, when it is due (guide.h) and no call sounds. */
void kiosk_guide(struct kiosk *kiosk);
/* The film's sound, on its way to the loudspeaker. Behind kiosk_take_films(). */
void kiosk_hear_film(struct kiosk *kiosk);

/* kiosk_slip.c: action of the terminal's flow, the slips that it began, and test prints */
bool kiosk_print(void *context, const struct station_ticket *ticket);
void kiosk_send_slips(struct kiosk *kiosk);
/* The same as the station's action, on its thread: a ticket's slip is begun as soon as the ticket
 * is durable, whatever the main thread draws meanwhile. */
bool kiosk_issued(void *context, const struct station_ticket *ticket,
                  const struct settings *settings);
void kiosk_open_slips(struct kiosk *kiosk);
void kiosk_close_slips(struct kiosk *kiosk);
/* The printing thread's. */
int kiosk_draw_slip(void *context, const struct slip_view *view, struct bitmap *ret);
/* The end of a slip, which may be known before its ticket is shown. */
void kiosk_slip_ended(struct kiosk *kiosk, const struct printing_news *news);
/* 試し印刷; its end is kiosk->test_fate. -ENODEV: no printer is set; -EAGAIN: too many slips wait.
 */
int kiosk_print_test(struct kiosk *kiosk);
/* Loads what slips are drawn with. */
void kiosk_warm_press(struct kiosk *kiosk);

/* kiosk_first.c */
/* Before there is a display, and when there are windows: the state of the machine, where the panels
 * are the kiosk's alone. */
void kiosk_first_light(struct kiosk *kiosk, const char *languages);
void kiosk_first_windows(struct kiosk *kiosk);

/* kiosk_draw.c */
/* Draws what will be needed first, unseen, so that no person waits for fonts to be loaded. */
void kiosk_warm_up(struct kiosk *kiosk);
void kiosk_draw(struct kiosk *kiosk);
/* Another item has come into the film's place: what stands there still is to fade away, or not.
 * Call it before the new one's first frame is taken. */
void kiosk_change(struct kiosk *kiosk);
/* kiosk_codecs.c: the player's self-test; program: this one's path. The second at the end of a
 * turn. */
int kiosk_open_codecs(struct kiosk *kiosk, const char *program);
void kiosk_test_codecs(struct kiosk *kiosk);

/* kiosk_warm.c: at the end of a turn */
void kiosk_warm_one(struct kiosk *kiosk);
void kiosk_warm_still(struct kiosk *kiosk);
/* Draws the window anew and gives its picture; NULL: no memory. */
struct picture *kiosk_picture(struct kiosk *kiosk, struct window *window);
/* The monitor of a kiosk without terminal shows the technician's screen until it is enrolled. */
bool kiosk_setup_on_monitor(const struct kiosk *kiosk);

/* kiosk_ctl.c, kiosk_status.c */
void kiosk_take_requests(struct kiosk *kiosk);
/* News of an act that the control socket asked for: answers it. False: it is somebody else's. */
bool kiosk_take_act(struct kiosk *kiosk, const struct station_news *news);
cJSON *kiosk_status(struct kiosk *kiosk);
cJSON *kiosk_tickets(struct kiosk *kiosk);
const char *kiosk_screen_name(enum terminal_screen screen);

/* loop.c: microseconds of CLOCK_MONOTONIC */
int64_t loop_now_us(void);
/* Runs until SIGTERM, SIGINT or a closed window. */
void loop_run(struct kiosk *kiosk);

#endif
