/* The waiting room's monitor: called numbers, waiting people, message, clock, and the place of the
 * film. The film itself is drawn by the caller into the rectangle that monitor_film_area() gives.
 */
#ifndef MACHIAI_SCREENS_MONITOR_H
#define MACHIAI_SCREENS_MONITOR_H

#include "canvas.h"

enum {
    MONITOR_DESKS_MAX = 9, /* eight and the payment desk */
    MONITOR_RECENT_MAX = 8,
    MONITOR_TEXT = 128,
    MONITOR_WAITING_MAX = 24,
    MONITOR_NUMBER_SIZE = 8,
    MONITOR_PARTY_MAX = 7 /* numbers that are called together with another one */
};

struct monitor_call {
    char number[MONITOR_NUMBER_SIZE];
    char party[MONITOR_PARTY_MAX][MONITOR_NUMBER_SIZE]; /* others, live, of the same room */
    int party_count;
    char room[MONITOR_TEXT], room_en[MONITOR_TEXT];
    bool live;
    bool payment;
};

/* One panel: a desk, or one room of a desk that calls to several. */
struct monitor_desk {
    char name[MONITOR_TEXT];
    bool payment;
    struct monitor_call now; /* number "" = nobody called yet */
    int waiting;             /* -1 = told by another panel of the same desk */
};

struct monitor_view {
    char clinic[MONITOR_TEXT];
    char clock[8], date[48];    /* "10:42", "11月24日（火）" */
    char session[MONITOR_TEXT]; /* "午前の診療" or "" */
    char message[512];
    bool video, queue; /* services of the contract */
    bool unavailable;  /* what is known may be old: no numbers, "ask at the reception" instead */
    struct monitor_desk desks[MONITOR_DESKS_MAX];
    int desk_count;
    struct monitor_call recent[MONITOR_RECENT_MAX]; /* passed calls, latest first */
    int recent_count;
    char next_numbers[MONITOR_WAITING_MAX]
                     [MONITOR_NUMBER_SIZE]; /* これからお呼びする番号 (board without film) */
    int next_count;
    int waiting;
    bool provided; /* the film is 提供コンテンツ: its label is drawn */
    /* the stage: a call that takes the screen; number "" = no stage */
    struct monitor_call stage;
    int stage_ms; /* since the call's event, drives wipe and nudge */
    bool stage_leaving;
    int leaving_ms;
    /* Fields of later date; zero leaves each of them out. */
    struct monitor_call stage_before; /* the call that this one pushes off the stage; "" = wipe */
    int second_ms;        /* since the voice's second reading began: the nudge comes again */
    int message_page;     /* counts on for ever; taken modulo the pages of the message */
    bool reduce_motion;   /* cuts instead of wipes, no nudge */
    int shift_x, shift_y; /* pixels, against burn-in: the panel's, not the film's */
    double view_m;        /* from where the monitor is read; 0 = 3 m */
    bool swapped;         /* film and panels have changed sides, against burn-in */
};

/* Where the film goes: exactly 16:9 (w == 0: this layout has no film). */
SDL_Rect monitor_film_area(const struct canvas *canvas, const struct monitor_view *view);

/* Draws all but the film. The stage, when there is one, covers the film by its wipe: draw the film
 * first, then call this. */
void monitor_draw(struct canvas *canvas, const struct monitor_view *view);

/* Pages of view->message in this layout, at least 1. Each is to stand for 8 s. */
int monitor_message_pages(struct canvas *canvas, const struct monitor_view *view);

/* True while the stage still moves and must be drawn again next frame. */
bool monitor_moving(const struct monitor_view *view);

#endif
