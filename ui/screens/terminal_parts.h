/* What the terminal's screens are made of. A screen is a table of boxes for each form of panel; the
 * boxes stretch with the panel, type and lines keep their proportions.
 */
#ifndef MACHIAI_SCREENS_TERMINAL_PARTS_H
#define MACHIAI_SCREENS_TERMINAL_PARTS_H

#include "page.h"
#include "terminal.h"

enum form {
    FORM_UPRIGHT, /* drawn at 1080x1920, 21.5" */
    FORM_WIDE,    /* drawn at 1280x800, 10.1" */
    FORM_SMALL,   /* drawn at 800x480, 7" */
    FORMS
};

/* Sizes of type, design pixels. */
struct form_type {
    double clinic, clock, headline, sub, text, strong, body;
    double name, name_en, count, unit, language, button;
};

struct sheet {
    struct page page;
    const struct terminal_view *view;
    struct widgets *widgets;
    enum form form;
    const struct form_type *type;
    double stretch_x, stretch_y;
};

extern const struct form_type terminal_types[FORMS];

/* A box of the form's table, stretched to this panel. */
struct box sheet_box(const struct sheet *sheet, struct box box);

/* Clinic, clock and the rule under them. */
void sheet_header(struct sheet *sheet);

enum button_look { BUTTON_FILLED, BUTTON_OUTLINED, BUTTON_CHOSEN };

/* Least width and height of what is pressed. */
#define SHEET_TARGET_MM 20.0

/* The body of a button, and its widget. Returns where its content goes: the face, 6 px lower while
 * it is pressed. name "" draws one that cannot be pressed. */
struct box sheet_button(struct sheet *sheet, struct box box, enum button_look look,
                        const char *name);
enum theme_colour sheet_button_text(enum button_look look);
/* The same with words in its middle, in at most two lines. */
void sheet_button_words(struct sheet *sheet, struct box box, enum button_look look,
                        const char *name, const char *words);

/* Words beside a tick when it is chosen: a switch. */
void sheet_switch(struct sheet *sheet, struct box box, bool chosen, const char *name,
                  const char *words);

/* The cards of services in as few columns as leave each one high enough; those that do not fit wait
 * on further pages, behind the widget "more". `spares` cells (up to SHEET_SPARES_MAX) are left free
 * and returned. */
enum { SHEET_SPARES_MAX = 2 };
void sheet_services(struct sheet *sheet, struct box area, int spares, struct box *ret_spares);
/* More services than stand beside the people waiting: they take the whole width. */
bool sheet_crowded(const struct sheet *sheet);

/* The foot of a screen that ends by itself: one or two buttons (words NULL = none), the countdown.
 */
struct sheet_foot {
    const char *left, *left_words;   /* outlined */
    const char *right, *right_words; /* filled */
    bool left_chosen;                /* left is a switch that is on */
    bool alike; /* neither is what is wanted most: both outlined, as wide as each other */
};
void sheet_foot(struct sheet *sheet, const struct sheet_foot *foot);

/* terminal_checkin.c: 1 to 9, then erase, 0, enter; the letters of the view in a column of their
 * own. */
void sheet_keypad(struct sheet *sheet, struct box keys);

/* terminal_number.c: what ticket and no-slip screens share. */
void sheet_accepted(struct sheet *sheet);
/* Frame with the number, or the numbers of a party, up to px high. */
void sheet_number_frame(struct sheet *sheet, struct box box, double px);
double sheet_before(struct sheet *sheet, struct box box, double px, double number_px);
/* The code in a white square; false when there is none. */
bool sheet_code(struct sheet *sheet, struct box box);
/* A party's codes, one after another: a button with the code and whose it is. False when there is
 * one person only: then nothing is drawn. */
bool sheet_party_code(struct sheet *sheet, struct box box, const char *words);

/* The seven languages, and voice where there is one. */
void sheet_languages(struct sheet *sheet, struct box box);
/* The same at a screen's foot: one button on a small panel. */
void sheet_languages_foot(struct sheet *sheet, struct box box);
/* The whole screen of languages of a small panel. */
void sheet_language_page(struct sheet *sheet);

/* Bar and words of the return to the start. */
void sheet_countdown(struct sheet *sheet, struct box bar, struct box words);

/* Text in a box at design size px. */
struct sheet_text {
    double px;
    enum text_face face;
    enum theme_colour colour;
    enum text_tier tier;
    enum text_align align;
    int lines;            /* 0 = 1 */
    const char *language; /* NULL = the view's */
    bool top;
    double leading; /* em; 0 = 1.3 */
};

double sheet_words(struct sheet *sheet, struct box box, const struct sheet_text *how,
                   const char *text);

/* A time of day as the language says it: the pattern, with {n} for the digits. */
struct sheet_time {
    char pattern[TERMINAL_TEXT], n[8];
};

/* time is "14:30"; the words are key_am or key_pm, with {time} (1 to 12), {time0} (0 to 11) or
 * {time24}. False when it is no time of day. */
bool sheet_time(struct sheet *sheet, const char *key, const char *time, struct sheet_time *ret);

void terminal_start(struct sheet *sheet);
void terminal_wait(struct sheet *sheet);
void terminal_ticket(struct sheet *sheet);
void terminal_no_slip(struct sheet *sheet);
void terminal_closed(struct sheet *sheet);
void terminal_unavailable(struct sheet *sheet);
void terminal_setup(struct sheet *sheet);
void terminal_checkin(struct sheet *sheet);
void terminal_persons(struct sheet *sheet);
void terminal_refused(struct sheet *sheet);

/* For screens of other files: page, form and type of this canvas. */
void sheet_begin(struct sheet *sheet, struct canvas *canvas, const struct terminal_view *view,
                 struct widgets *ret_widgets);

#endif
