/* What the monitor's layouts are made of: the arrow plate with its number, the room plate, lists.
 */
#ifndef MACHIAI_SCREENS_MONITOR_PARTS_H
#define MACHIAI_SCREENS_MONITOR_PARTS_H

#include "monitor.h"
#include "page.h"

enum monitor_layout {
    LAYOUT_FILM,    /* no queue: the film fills the screen */
    LAYOUT_ONE,     /* one desk beside the film */
    LAYOUT_FEW,     /* two or three, or one with its payment desk */
    LAYOUT_MANY,    /* four to eight */
    LAYOUT_BOARD,   /* no film */
    LAYOUT_UPRIGHT, /* portrait */
};

struct wall {
    struct page page;
    const struct monitor_view *view;
    enum monitor_layout layout;
    const struct monitor_desk *desks[MONITOR_DESKS_MAX]; /* those that are no payment */
    int desk_count;
    const struct monitor_desk *payment; /* NULL = none */
    struct box film;                    /* w 0 = none */
};

enum {
    WALL_STRIP = 118, /* height of the payment strip */
    WALL_NEXT = 230,  /* of the waiting numbers with their words above */
    WALL_NAME_LINES = 3
};

void wall_begin(struct wall *wall, struct canvas *canvas, const struct monitor_view *view);

/* Layouts are drawn with the film at the left. What follows stands on the film's side of the
 * screen, or on that of the panels, whose first begins so far from the film: each is moved to where
 * this session has it. */
enum wall_side { SIDE_FILM, SIDE_PANELS };
void wall_side(struct wall *wall, enum wall_side side, double gutter);

/* Where film, foot and panels of an upright wall stand. */
struct upright {
    double top, foot; /* of the calls */
    double film;
    double end; /* of all calls and film: the foot begins */
};

void wall_upright(struct wall *wall, struct upright *ret);

/* The clinic's name: without its corporation when it is too wide for so many lines. */
const char *wall_clinic(struct wall *wall, const struct type *type, double width, int lines);
/* Lines that it needs then, 1 to WALL_NAME_LINES. */
int wall_clinic_lines(struct wall *wall, const struct type *type, double width);

/* Plain line of text: px, face, colour on a baseline; Japanese. width 0 = free. */
double wall_text(struct wall *wall, double px, enum text_face face, enum theme_colour colour,
                 enum text_align align, double x, double baseline, double width, const char *text);
const char *wall_words(struct wall *wall, const char *key);

/* Glyphs of the longest number that stands in the same list, at least 2. */
int wall_glyphs(int glyphs, const char *number);
/* Size of numbers of so many glyphs in a width: min(cap, width / half an em each). */
double wall_number_px(double cap, double width, int glyphs);

/* A number with 番 (suffix 0 = without), its group in the middle of the box. */
void wall_number(struct wall *wall, struct box box, double px, double suffix, const char *number);
/* The same for a call; a party's numbers stand in rows as large as the box allows, without 番. */
void wall_called(struct wall *wall, struct box box, double px, double suffix,
                 const struct monitor_call *call);

enum plate_look { PLATE_LIVE, PLATE_PAST, PLATE_PAYMENT };

/* Where to go: filled and with a door while the call is live; outlined afterwards. lines 1: name
 * in one line beside the door; 2: two lines of at most first and second px. */
struct room_plate {
    struct box box;
    enum plate_look look;
    const char *name;
    double first, second; /* second 0 = one line */
    double door;          /* height of the door (or ¥), 0 = none */
    double edge;          /* of a payment plate, 0 = 6 */
};

void wall_room(struct wall *wall, const struct room_plate *plate);

/* Splits 第1診察室 into 第1 and 診察室, a name with a space at its space; second is "" when the
 * name does not part. */
struct room_lines {
    char first[MONITOR_TEXT], second[MONITOR_TEXT];
};

struct room_lines wall_room_lines(const char *name);

/* Rows of passed calls: number left, room right. Rules between them. Payment calls are left out
 * when there is a payment column. Returns y after the last row. */
struct recent_rows {
    struct box box; /* h = pitch of a row */
    int rows;
    double number, room; /* px */
    bool last_rule;
};

double wall_recent(struct wall *wall, const struct recent_rows *rows);

/* 12人 お待ちです; returns its width */
double wall_waiting(struct wall *wall, enum text_align align, double x, double baseline,
                    double width, double number, double unit);

/* 医院からのお知らせ and this page of the message under it. */
struct notice_place {
    struct box box; /* of the message */
    double px;
    int lines;
    double label_x, label_y, label; /* baseline and px of the label */
};

void wall_notice(struct wall *wall, const struct notice_place *place);
int wall_notice_pages(struct wall *wall, const struct notice_place *place);

/* The date, with the session behind it where there is room. */
void wall_date(struct wall *wall, double px, enum text_align align, double x, double baseline,
               double width);
void wall_provided(struct wall *wall);

/* Place of the message in each layout; false when the layout shows none. */
bool wall_notice_place(struct wall *wall, struct notice_place *ret);
/* Lines of the clinic's name under the film of one desk, beside the date of an upright wall. */
int wall_name_lines_one(struct wall *wall);
int wall_name_lines_upright(struct wall *wall);

/* One desk's call as a column: plate that points down, room under it. Used where one desk rules. */
void wall_column(struct wall *wall, struct box box, const struct monitor_desk *desk);
/* One desk as a row of a list. */
struct desk_row {
    struct box box;
    double room_w, gap, head, number, label;
    double first, second; /* px of the room's lines; second 0 = one line */
};

void wall_desk(struct wall *wall, const struct desk_row *row, const struct monitor_desk *desk);
/* Width in em of the longer of a room's two lines. */
double wall_room_em(struct wall *wall, const char *name);
/* A name that stands in one line beside its door only as small as the floor, and parts in two. */
bool wall_room_tall(struct wall *wall, const char *name, double width);
enum { WALL_ROOM_TALL = 162 }; /* height of its plate under the number */
/* Sets first and second so that the room's name is as large as its plate allows. */
void wall_room_fit(struct wall *wall, struct desk_row *row, const char *name);
/* One desk as a tall cell: plate that points down, room under it; all but the plate takes so much
 * of its height. */
enum { WALL_TALL_REST = 196 };
void wall_desk_tall(struct wall *wall, struct box box, double number,
                    const struct monitor_desk *desk);
/* Where no number stands yet: nothing is left empty without a word. */
void wall_nobody(struct wall *wall, struct box box);
void wall_nobody_large(struct wall *wall, struct box box);
/* これから お呼びする番号 under its words, down from y. */
void wall_next_line(struct wall *wall, double y, double right);
/* Desks in one to three columns of a box, number beside or above the room: whichever lets the
 * numbers be larger. */
void wall_desk_grid(struct wall *wall, struct box box, int columns, double pitch_most);
/* Neither queue nor film: the clinic's name, the time and its message are all there is to say. */
void wall_name_page(struct wall *wall, struct box box);
/* Without a queue: the clinic's name under the film, and its message. */
void wall_upright_name(struct wall *wall);
/* 会計 as a column, its heading 78 above the box, and as a strip. */
void wall_payment_column(struct wall *wall, struct box box);
void wall_payment_strip(struct wall *wall, struct box box);

void monitor_one(struct wall *wall);
void monitor_few(struct wall *wall);
void monitor_many(struct wall *wall);
void monitor_board(struct wall *wall);
void monitor_upright(struct wall *wall);
void monitor_film_only(struct wall *wall);

void monitor_stage(struct wall *wall);
/* True when nothing under the stage is seen. */
bool monitor_stage_covers(const struct monitor_view *view);

#endif
