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
 *   [lan]      console = yes   port = 8443
 *   [keypad]   device = /dev/input/by-id/...   room = room-1
 *   [buttons]  chip = gpiochip0   next = 17   recall = 27   room = room-1
 *   [sound]    voice = /usr/share/machiai/voice   guidance = yes   film = 70
 *              quiet = 21:00-07:00, sunday
 *
 * What the card's image gives the machine from the same file (provision.h):
 *
 *   [network]  address = 192.0.2.24/24 (or dhcp)   gateway = 192.0.2.1   dns = 192.0.2.1
 *              proxy = http://192.0.2.3:3128   time = ntp.example.jp
 *   [wifi]     name = CLINIC   password = ...   country = JP
 *   [support]  ssh_key = ssh-ed25519 AAAA... (without one nobody logs in)
 *
 * Every mistake is reported as "FILE:LINE: [section] key: what is wrong; what to do".
 */
#ifndef MACHIAI_KIOSK_CONFIG_H
#define MACHIAI_KIOSK_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "quiet.h"

enum {
    CONFIG_PATH_SIZE = 512,
    CONFIG_URL_SIZE = 256,
    CONFIG_CODE_SIZE = 24,
    CONFIG_PIN_SIZE = 128,
    CONFIG_ROOM_SIZE = 17,
    CONFIG_ADDRESS_SIZE = 48, /* an IPv6 address with its prefix */
    CONFIG_HOSTS_SIZE = 128,
    CONFIG_KEY_SIZE = 200,
    CONFIG_MISTAKES_MAX = 8
};

enum config_role { ROLE_BOTH, ROLE_TERMINAL, ROLE_MONITOR };

struct config_screen {
    int width, height; /* pixels; 0 = the whole display */
    int width_mm;      /* of the lit area; 0 = guessed from the size */
    int rotate;        /* 0, 90, 180, 270: the picture is turned clockwise by so much */
};

/* Of the card's image; a kiosk on another Debian machine leaves it alone. */
struct config_network {
    char address[CONFIG_ADDRESS_SIZE]; /* "192.0.2.24/24"; "" = DHCP */
    char gateway[CONFIG_ADDRESS_SIZE];
    char dns[CONFIG_HOSTS_SIZE];  /* addresses with a space between */
    char time[CONFIG_HOSTS_SIZE]; /* NTP servers with a space between; "" = Debian's */
    char proxy[CONFIG_URL_SIZE];
    char wifi_name[33], wifi_password[64]; /* "" = no Wi-Fi; no password = an open one */
    char wifi_country[3];
    char ssh_key[CONFIG_KEY_SIZE]; /* "" = nobody logs in */
};

enum config_mistake_kind {
    CONFIG_UNREADABLE,      /* the file itself */
    CONFIG_NOT_UNDERSTOOD,  /* a line that is no line of an INI file, or too long */
    CONFIG_NOT_UTF8,        /* a line, or with UTF-16 the whole file */
    CONFIG_FULL_WIDTH,      /* letters or spaces of a Japanese keyboard, where none can be */
    CONFIG_UNKNOWN_SECTION, /* key is "" */
    CONFIG_UNKNOWN_KEY,
    CONFIG_WRONG_VALUE,
    CONFIG_TWICE,
    CONFIG_MISSING,
    CONFIG_NO_STORAGE /* nothing of the file: there is no place for records (main.c) */
};

/* One wrong line, for a screen; the words for a log are in the stream of errors. */
struct config_mistake {
    enum config_mistake_kind kind;
    int line;
    char section[32], key[32];
};

struct config_mistakes {
    int count; /* of all, the list has the first */
    struct config_mistake list[CONFIG_MISTAKES_MAX];
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
    bool lan_console;   /* the staff's page on the clinic's network */
    int lan_port;       /* 0 = any */
    struct quiet quiet; /* no sound then */
    struct config_network network;
};

/* Reads the file; writes one line for each mistake to errors. 0, or the number of mistakes as a
 * negative count; ret is filled only on 0. */
int config_read(const char *path, struct config *ret, FILE *errors)
    __attribute__((warn_unused_result));

/* As config_read(), but what stands in the file `defaults` (NULL = none) holds where path's file is
 * silent, and ret takes whatever could be understood, mistakes or not: enough to reach a network
 * and to show on a screen what is wrong. Fills ret_mistakes, which may be NULL. Returns as
 * config_read() does. */
int config_read_over(const char *defaults, const char *path, struct config *ret,
                     struct config_mistakes *ret_mistakes, FILE *errors)
    __attribute__((warn_unused_result));

/* How many bytes of a line of such a file, from its beginning, others may see: no comment, no value
 * of a secret, nothing that is neither a section nor a key of ours. */
size_t config_public_part(const char *line);

#endif
