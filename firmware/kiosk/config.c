/* kiosk.conf: reading, and one line for each mistake. */
#include "config.h"
#include "config_values.h"
#include "decode.h"

#include <errno.h>
#include <ini.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* libinih (as Debian builds it) cuts lines at this length without a word. */
enum { LINE_MAX_CHARS = 198, FILE_SIZE_MAX = 64 * 1024, LAN_PORT = 8443 };

struct key {
    const char *section, *name;
    config_value *parse;
    bool needed;
    const char *remedy; /* what to write when it is needed and absent */
};

static const struct key keys[] = {
    {"cloud", "url", config_value_url, true, "write url = https://HOST:PORT"},
    {"cloud", "ca", config_value_ca, false, ""},
    {"cloud", "code", config_value_code, false, ""},
    {"kiosk", "data", config_value_data, true, "write data = /var/lib/machiai"},
    {"kiosk", "role", config_value_role, false, ""},
    {"kiosk", "socket", config_value_socket, false, ""},
    {"screen", "terminal", config_value_terminal, false, ""},
    {"screen", "monitor", config_value_monitor, false, ""},
    {"screen", "fullscreen", config_value_fullscreen, false, ""},
    {"screen", "terminal_mm", config_value_terminal_mm, false, ""},
    {"screen", "monitor_mm", config_value_monitor_mm, false, ""},
    {"screen", "monitor_rotate", config_value_monitor_rotate, false, ""},
    {"screen", "view_m", config_value_view_m, false, ""},
    {"screen", "motion", config_value_motion, false, ""},
    {"screen", "change_sides", config_value_change_sides, false, ""},
    {"printer", "uri", config_value_printer_uri, false, ""},
    {"printer", "queue", config_value_printer_queue, false, ""},
    {"printer", "server", config_value_printer_server, false, ""},
    {"printer", "paper", config_value_paper, false, ""},
    {"video", "substitutes", config_value_substitutes, false, ""},
    {"video", "sound", config_value_sound, false, ""},
    {"video", "players", config_value_players, false, ""},
    {"video", "downloads", config_value_downloads, false, ""},
    {"video", "bandwidth", config_value_bandwidth, false, ""},
    {"sound", "voice", config_value_voice, false, ""},
    {"sound", "film", config_value_film_volume, false, ""},
    {"sound", "guidance", config_value_guidance, false, ""},
    {"sound", "quiet", config_value_quiet, false, ""},
    {"staff", "pin", config_value_pin, false, ""},
    {"staff", "usb", config_value_usb, false, ""},
    {"lan", "console", config_value_lan_console, false, ""},
    {"lan", "port", config_value_lan_port, false, ""},
    {"keypad", "device", config_value_keypad, false, ""},
    {"keypad", "room", config_value_keypad_room, false, ""},
    {"buttons", "chip", config_value_gpio_chip, false, ""},
    {"buttons", "next", config_value_gpio_next, false, ""},
    {"buttons", "recall", config_value_gpio_recall, false, ""},
    {"buttons", "room", config_value_gpio_room, false, ""},
    {"network", "address", config_value_address, false, ""},
    {"network", "gateway", config_value_gateway, false, ""},
    {"network", "dns", config_value_dns, false, ""},
    {"network", "time", config_value_time, false, ""},
    {"network", "proxy", config_value_proxy, false, ""},
    {"wifi", "name", config_value_wifi_name, false, ""},
    {"wifi", "password", config_value_wifi_password, false, ""},
    {"wifi", "country", config_value_wifi_country, false, ""},
    {"support", "ssh_key", config_value_ssh_key, false, ""},
};
enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

struct reading {
    const char *path;
    FILE *file, *errors;
    struct config config;
    int line;
    bool no_text;                /* no UTF-8, from some line on */
    int seen[KEY_COUNT];         /* line of each key, 0 = absent */
    bool given[KEY_COUNT];       /* by the defaults */
    int section_line[KEY_COUNT]; /* line of the header of that key's section */
    struct config_mistakes mistakes;
};

static void mistake(struct reading *reading, enum config_mistake_kind kind, int line,
                    const char *section, const char *key, const char *what)
{
    int number = reading->mistakes.count++;
    if (number < CONFIG_MISTAKES_MAX) {
        struct config_mistake *one = &reading->mistakes.list[number];
        *one = (struct config_mistake){.kind = kind, .line = line};
        snprintf(one->section, sizeof one->section, "%s", section);
        snprintf(one->key, sizeof one->key, "%s", key);
    }
    if (line == 0) /* the file as a whole */
        fprintf(reading->errors, "%s:0: %s\n", reading->path, what);
    else
        fprintf(reading->errors, "%s:%d: [%s] %s: %s\n", reading->path, line, section, key, what);
}

/* Whether nobody else may know the value; an address may hold a name and a password, too. */
static bool secret(const char *name, size_t length, const char *value)
{
    static const char *const names[] = {"code", "pin", "password"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0)
            return true;
    return strchr(value, '@') != NULL;
}

static void wrong_value(struct reading *reading, const char *section, const char *name,
                        const char *value, const char *what)
{
    char text[LINE_MAX_CHARS + 256];
    bool hidden = secret(name, strlen(name), value);
    snprintf(text, sizeof text, "\"%s\": %s", hidden ? "..." : value, what);
    mistake(reading, CONFIG_WRONG_VALUE, reading->line, section, name, text);
}

static void section_seen(struct reading *reading, char *line)
{
    char *end = strchr(line, ']');
    if (end == NULL) {
        mistake(reading, CONFIG_NOT_UNDERSTOOD, reading->line, line + 1, "",
                "the bracket is not closed; write [NAME]");
        line[0] = '\0';
        return;
    }
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)(end - line - 1), line + 1);
    bool known = false;
    for (int i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].section, name) == 0) {
            known = true;
            reading->section_line[i] = reading->line;
        }
    if (!known)
        mistake(reading, CONFIG_UNKNOWN_SECTION, reading->line, name, "",
                "unknown section; use cloud, kiosk, screen, printer, video, sound, staff, lan, "
                "keypad, buttons, network, wifi or support");
}

/* Where a comment behind a value begins, as libinih sees it, or the line's end. */
static size_t comment_at(const char *line)
{
    for (size_t i = 1; line[0] != '\0' && line[i] != '\0'; i++)
        if (line[i] == ';' && (line[i - 1] == ' ' || line[i - 1] == '\t'))
            return i;
    return strlen(line);
}

/* Removes the indentation, which libinih would take for a continued value, comments, the CR, and a
 * BOM. */
static void trim(char *line, bool first)
{
    size_t start = first && strncmp(line, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    start += strspn(line + start, " \t");
    size_t size = strcspn(line + start, "\r\n");
    memmove(line, line + start, size);
    line[size] = '\0';
    line[line[0] == ';' || line[0] == '#' ? 0 : comment_at(line)] = '\0';
}

/* U+3000 and U+FF01 to U+FF5E, where the reader of this file wants a space, = or a letter. Names of
 * networks, and passwords, may have them. */
static bool full_width(const char *line)
{
    size_t key = strcspn(line, " \t=:");
    if (line[key] != '\0' && ((key == 4 && strncmp(line, "name", key) == 0) ||
                              (key == 8 && strncmp(line, "password", key) == 0)))
        return false;
    for (const unsigned char *c = (const unsigned char *)line; *c != '\0'; c++)
        if ((c[0] == 0xe3 && c[1] == 0x80 && c[2] == 0x80) ||
            (c[0] == 0xef && ((c[1] == 0xbc && c[2] >= 0x81) || (c[1] == 0xbd && c[2] <= 0x9e))))
            return true;
    return false;
}

/* The kind of mistake that the line is by itself, and what to say; NULL: libinih may have it. */
static const char *judge_line(const char *line, enum config_mistake_kind *ret)
{
    *ret = CONFIG_NOT_UNDERSTOOD;
    if (strlen(line) > LINE_MAX_CHARS)
        return "line of more than 198 bytes; shorten it";
    *ret = CONFIG_NOT_UTF8;
    if (!utf8_valid(line))
        return "no UTF-8; save the file as UTF-8";
    *ret = CONFIG_FULL_WIDTH;
    if (full_width(line))
        return "a full-width letter or space; write it half-width";
    *ret = CONFIG_NOT_UNDERSTOOD;
    if (line[0] != '\0' && line[0] != '[' && strpbrk(line, "=:") == NULL)
        return "no value; write KEY = VALUE"; /* the line itself may be a password */
    return NULL;
}

/* UTF-16, which Notepad once called Unicode: nothing of it can be read. */
static bool is_text(struct reading *reading, const char *line, size_t size)
{
    bool marked = reading->line == 1 && size >= 2 &&
                  (memcmp(line, "\xff\xfe", 2) == 0 || memcmp(line, "\xfe\xff", 2) == 0);
    if (!marked && memchr(line, '\0', size) == NULL)
        return true;
    mistake(reading, CONFIG_NOT_UTF8, reading->line, "", "", "no UTF-8; save the file as UTF-8");
    reading->no_text = true;
    return false;
}

/* One line for libinih, blank when it is not worth its eyes. */
static char *next_line(char *text, int size, void *stream)
{
    struct reading *reading = stream;
    enum config_mistake_kind kind;
    char *line = NULL;
    size_t room = 0;
    ssize_t got = getline(&line, &room, reading->file);
    reading->line += got >= 0;
    if (got < 0 || !is_text(reading, line, (size_t)got)) {
        free(line);
        return NULL;
    }
    trim(line, reading->line == 1);
    const char *what = judge_line(line, &kind);
    if (what != NULL) {
        mistake(reading, kind, reading->line, "", "", what);
        line[0] = '\0';
    } else if (line[0] == '[') {
        section_seen(reading, line);
    }
    snprintf(text, (size_t)size, "%s\n", line);
    free(line);
    return text;
}

static bool known_section(const char *section)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].section, section) == 0)
            return true;
    return false;
}

static int take(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    if (strpbrk(name, " \t") != NULL) { /* no key: what stands there may be a password */
        mistake(reading, CONFIG_NOT_UNDERSTOOD, reading->line, "", "",
                "no value; write KEY = VALUE");
        return 1;
    }
    if (!known_section(section)) {
        if (section[0] == '\0')
            mistake(reading, CONFIG_NOT_UNDERSTOOD, reading->line, "", name,
                    "stands before any section; put it under a [section]");
        return 1; /* an unknown section was told at its header */
    }
    for (int i = 0; i < KEY_COUNT; i++) {
        if (strcmp(keys[i].section, section) != 0 || strcmp(keys[i].name, name) != 0)
            continue;
        if (reading->seen[i] != 0) {
            char what[96];
            snprintf(what, sizeof what, "given twice, first in line %d; remove one",
                     reading->seen[i]);
            mistake(reading, CONFIG_TWICE, reading->line, section, name, what);
            return 1;
        }
        reading->seen[i] = reading->line;
        const char *what = keys[i].parse(value, &reading->config);
        if (what != NULL)
            wrong_value(reading, section, name, value, what);
        return 1;
    }
    mistake(reading, CONFIG_UNKNOWN_KEY, reading->line, section, name,
            "unknown key; see the example kiosk.conf");
    return 1;
}

/* The line of a key of the technician's file, 0 = absent. */
static int line_of(const struct reading *reading, const char *section, const char *name)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].name, name) == 0)
            return reading->seen[i];
    return 0;
}

/* A value that says nothing without another line, which its ; may still hold back. */
static void check_pair(struct reading *reading, const char *value, const char *section,
                       const char *name, const char *partner)
{
    int line = line_of(reading, section, name);
    if (value[0] != '\0' && line != 0 && line_of(reading, section, partner) == 0)
        mistake(reading, CONFIG_MISSING, line, section, partner,
                "missing; take away the ; before it");
}

static void check_pairs(struct reading *reading)
{
    check_pair(reading, reading->config.network.wifi_password, "wifi", "password", "name");
    check_pair(reading, reading->config.network.gateway, "network", "gateway", "address");
}

static void check_needed(struct reading *reading)
{
    if (reading->mistakes.count == 0) /* else the other line may be there, and wrong */
        check_pairs(reading);
    for (int i = 0; i < KEY_COUNT; i++) {
        if (!keys[i].needed || reading->seen[i] != 0 || reading->given[i])
            continue;
        char what[96];
        snprintf(what, sizeof what, "missing; %s", keys[i].remedy);
        mistake(reading, CONFIG_MISSING,
                reading->section_line[i] != 0 ? reading->section_line[i] : 1, keys[i].section,
                keys[i].name, what);
    }
    if (reading->config.socket[0] == '\0' && reading->config.data[0] != '\0') {
        char path[CONFIG_PATH_SIZE + 16];
        snprintf(path, sizeof path, "%s/ctl.sock", reading->config.data);
        const char *what = config_value_socket(path, &reading->config);
        if (what != NULL)
            mistake(reading, CONFIG_WRONG_VALUE, 1, "kiosk", "socket", what);
    }
}

static void set_defaults(struct config *config)
{
    config->terminal = (struct config_screen){.width = 1080, .height = 1920};
    config->monitor = (struct config_screen){.width = 1920, .height = 1080};
    snprintf(config->printer_queue, sizeof config->printer_queue, "machiai");
    config->paper_mm = 80;
    config->film_volume = 70;
    config->sound = config->motion = config->guidance = true;
    config->lan_port = LAN_PORT;
    config->gpio_next = config->gpio_recall = -1;
    snprintf(config->usb, sizeof config->usb, "/run/media:/media");
}

static FILE *open_small(struct reading *reading)
{
    struct stat info;
    FILE *file = fopen(reading->path, "re");
    const char *what = file == NULL ? strerror(errno) : NULL;
    char text[160];
    if (file != NULL && (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode)))
        what = "not a file";
    else if (file != NULL && info.st_size > FILE_SIZE_MAX)
        what = "larger than 64 KiB, so no kiosk.conf";
    if (what == NULL)
        return file;
    snprintf(text, sizeof text, "cannot be read: %s; name the right file with --config", what);
    mistake(reading, CONFIG_UNREADABLE, 0, "", "", text);
    if (file != NULL)
        (void)fclose(file); /* nothing was written */
    return NULL;
}

static bool read_file(struct reading *reading, const char *path)
{
    int before = reading->mistakes.count;
    reading->path = path;
    reading->line = 0;
    reading->file = open_small(reading);
    if (reading->file == NULL)
        return false;
    int result = ini_parse_stream(next_line, reading, take, reading);
    if (ferror(reading->file) != 0)
        mistake(reading, CONFIG_UNREADABLE, reading->line, "", "",
                "cannot be read on; check the disk");
    else if (result != 0 && reading->mistakes.count == before)
        mistake(reading, CONFIG_NOT_UNDERSTOOD, result > 0 ? result : reading->line, "", "",
                "not understood; write KEY = VALUE");
    (void)fclose(reading->file);
    return true;
}

int config_read_over(const char *defaults, const char *path, struct config *ret,
                     struct config_mistakes *ret_mistakes, FILE *errors)
{
    struct reading reading = {.errors = errors};
    set_defaults(&reading.config);
    snprintf(reading.config.path, sizeof reading.config.path, "%s", path);
    if (defaults != NULL && read_file(&reading, defaults)) {
        /* A key that the defaults have may be given once more. */
        for (int i = 0; i < KEY_COUNT; i++)
            reading.given[i] = reading.seen[i] != 0;
        memset(reading.seen, 0, sizeof reading.seen);
        memset(reading.section_line, 0, sizeof reading.section_line);
    }
    if (read_file(&reading, path) && !reading.no_text)
        check_needed(&reading);
    *ret = reading.config;
    if (ret_mistakes != NULL)
        *ret_mistakes = reading.mistakes;
    return -reading.mistakes.count;
}

int config_read(const char *path, struct config *ret, FILE *errors)
{
    struct config config;
    int result = config_read_over(NULL, path, &config, NULL, errors);
    if (result == 0)
        *ret = config;
    return result;
}

size_t config_public_part(const char *line)
{
    const char *text = line + (strncmp(line, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
    text += strspn(text, " \t");
    size_t length = strcspn(text, " \t\r=:");
    const char *value = text + length + strspn(text + length, " \t"), *end = strchr(text, ']');
    if (text[0] == ';' || text[0] == '#')
        return (size_t)(text - line) + 1;
    if (text[0] == '[' && end != NULL)
        return (size_t)(end - line) + 1;
    if (text[strspn(text, "\r")] == '\0')
        return strlen(line);
    for (int i = 0; i < KEY_COUNT && (*value == '=' || *value == ':'); i++)
        if (strlen(keys[i].name) == length && strncmp(keys[i].name, text, length) == 0)
            return secret(text, length, value) ? (size_t)(value - line) + 1
                                               : (size_t)(text - line) + comment_at(text);
    return 0;
}
