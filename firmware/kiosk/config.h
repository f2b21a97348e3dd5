/* kiosk.conf: an INI file, UTF-8 with or without BOM, CRLF or LF, read with libinih.
 *
 *   [cloud]    url = https://cloud.example:8443   ca = /path/ca.pem   code = ABCD-EFGH
 *   [kiosk]    data = /var/lib/machiai   role = both   socket = /run/machiai/ctl.sock
 *   [screen]   terminal = 1080x1920   monitor = 1920x1080   fullscreen = no   terminal_mm = 268
 *              monitor_mm = 708   monitor_rotate = 90   view_m = 4   motion = no
 *              change_sides = yes
 *   [printer]  uri = escpos://192.0.2.9:9100   queue = machiai   server = /run/cups/cups.sock
 *              paper = 80
 *   [video]    substitutes = /usr/share/machiai/relaxation   sound = yes   players = auto
 *              downloads = 22:00-06:00 (for coming periods; always)   bandwidth = 8 (Mbit/s)
 *   [staff]    pin = $argon2id$... (`machiai-kiosk pin` makes it)   usb = /run/media:/media
 *   [keypad]   device = /dev/input/by-id/...   room = room-1
 *   [buttons]  chip = gpiochip0   next = 17   recall = 27   room = room-1
 *   [sound]    voice = /usr/share/machiai/voice   guidance = yes   film = 70
 *              quiet = 21:00-07:00, sunday
 *
 * Every mistake is reported as "FILE:LINE: [section] key: what is wrong; what to do".
 */
#ifndef MACHIAI_KIOSK_CONFIG_H
#define MACHIAI_KIOSK_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "quiet.h"

enum {
    CONFIG_PATH_SIZE = 512,
    CONFIG_URL_SIZE = 256,
    CONFIG_CODE_SIZE = 24,
    CONFIG_PIN_SIZE = 128,
    CONFIG_ROOM_SIZE = 17
};

enum config_role { ROLE_BOTH, ROLE_TERMINAL, ROLE_MONITOR };

struct config_screen {
    int width, height; /* pixels; 0 = the whole display */
    int width_mm;      /* of the lit area; 0 = guessed from the size */
    int rotate;        /* 0, 90, 180, 270: the picture is turned clockwise by so much */
};

struct config {
    char url[CONFIG_URL_SIZE]; /* without a trailing slash */
    char ca[CONFIG_PATH_SIZE]; /* PEM; "" = the system's authorities */
    char code[CONFIG_CODE_SIZE];
    char data[CONFIG_PATH_SIZE];
    char socket[CONFIG_PATH_SIZE];
    enum config_role role;
    struct config_screen terminal, monitor;
    bool fullscreen;
    int view_cm;                       /* from where the monitor is read; 0 = 3 m */
    bool motion;                       /* no: calls come and go by cuts, nothing moves */
    bool change_sides;                 /* film and panels change sides between sessions */
    int download_from, download_to;    /* minutes of the day; equal = always */
    int64_t bandwidth_bytes;           /* of downloads, a second; 0 = as much as there is */
    char printer_uri[CONFIG_URL_SIZE]; /* "" = no printer */
    char printer_queue[64];
    char printer_server[CONFIG_PATH_SIZE];
    int paper_mm;                       /* 80 or 58 */
    char substitutes[CONFIG_PATH_SIZE]; /* films on the device from the first boot */
    bool sound;                         /* of films; calls are heard all the same */
    int players;                        /* of films at once: 1, 2; 0 = by the memory there is */
    int film_volume;                    /* 0..100 */
    char voice[CONFIG_PATH_SIZE];       /* clips of assets/voice; "" = chime only */
    bool guidance;               /* patients may switch on spoken guidance, where it has clips */
    char path[CONFIG_PATH_SIZE]; /* of the file itself */
    char pin[CONFIG_PIN_SIZE];   /* Argon2id hash; "" = no staff menu */
    char usb[CONFIG_PATH_SIZE];  /* where sticks are mounted, see diagnosis.h */
    char keypad[CONFIG_PATH_SIZE], keypad_room[CONFIG_ROOM_SIZE]; /* "" = none; the first */
    char gpio_chip[64], gpio_room[CONFIG_ROOM_SIZE];              /* "" = no buttons */
    int gpio_next, gpio_recall;                                   /* lines; -1 = none */
    struct quiet quiet;                                           /* no sound then */
};

/* Reads the file; writes one line for each mistake to errors. 0, or the number of mistakes as a
 * negative count; ret is filled only on 0. */
int config_read(const char *path, struct config *ret, FILE *errors)
    __attribute__((warn_unused_result));

#endif
