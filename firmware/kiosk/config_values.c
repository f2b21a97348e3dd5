#include "config_values.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { SIDE_MIN = 320, SIDE_MAX = 7680, MM_MIN = 50, MM_MAX = 4000, PEM_LINES_MAX = 400 };

static bool copy(char *target, size_t size, const char *text)
{
    return (size_t)snprintf(target, size, "%s", text) < size;
}

/* "host", "host:port" or "[::1]:port" with nothing behind it. */
static bool host_valid(const char *host)
{
    size_t size = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    if (size <= 1 && !isalnum((unsigned char)host[0]))
        return false;
    if (size > strlen(host))
        return false;
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)host[i]) && strchr(".-_[]:", host[i]) == NULL)
            return false;
    const char *port = host + size;
    if (port[0] == '\0')
        return true;
    char *end = NULL;
    long value = strtol(port + 1, &end, 10);
    return port[0] == ':' && isdigit((unsigned char)port[1]) && *end == '\0' && value > 0 &&
           value < 65536;
}

const char *config_value_url(const char *text, struct config *config)
{
    char url[CONFIG_URL_SIZE];
    if (!copy(url, sizeof url, text))
        return "longer than 255 characters; shorten it";
    if (strncmp(url, "https://", 8) != 0)
        return "the cloud is reached by https only; write https://HOST:PORT";
    size_t size = strlen(url);
    if (size > 8 && url[size - 1] == '/')
        url[size - 1] = '\0';
    if (!host_valid(url + 8))
        return "not an address; write https://HOST:PORT with nothing behind it";
    (void)copy(config->url, sizeof config->url, url);
    return NULL;
}

static bool holds_certificate(const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    char line[128];
    bool found = false;
    for (int i = 0; i < PEM_LINES_MAX && !found && fgets(line, sizeof line, file) != NULL; i++)
        found = strncmp(line, "-----BEGIN CERTIFICATE-----", 27) == 0;
    (void)fclose(file);
    return found;
}

const char *config_value_ca(const char *text, struct config *config)
{
    if (text[0] != '\0' && text[0] != '/')
        return "not an absolute path; begin it with /";
    if (!copy(config->ca, sizeof config->ca, text))
        return "path too long; use a shorter one";
    if (text[0] == '\0')
        return NULL; /* the system's authorities */
    if (access(text, R_OK) != 0)
        return "the file cannot be read; copy the cloud's tls/ca.pem there";
    return holds_certificate(text) ? NULL
                                   : "the file holds no certificate; copy the cloud's tls/ca.pem";
}

const char *config_value_code(const char *text, struct config *config)
{
    for (const char *c = text; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && *c != '-')
            return "not an enrolment code; write it as the cloud printed it, like ABCD-EFGH";
    return copy(config->code, sizeof config->code, text)
               ? NULL
               : "longer than an enrolment code; write it as the cloud printed it";
}

/* The directory itself, or the one in which it will be made. */
static const char *writable_place(const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0) {
        if (!S_ISDIR(info.st_mode))
            return "not a directory; name another place";
        return access(path, R_OK | W_OK | X_OK) == 0
                   ? NULL
                   : "the directory cannot be written; give it to the kiosk's user";
    }
    if (errno != ENOENT)
        return "cannot be reached; check the path and its rights";
    char parent[CONFIG_PATH_SIZE];
    if (!copy(parent, sizeof parent, path))
        return "path too long; use a shorter one";
    char *slash = strrchr(parent, '/');
    slash[slash == parent ? 1 : 0] = '\0';
    return access(parent, W_OK | X_OK) == 0
               ? NULL
               : "neither the directory nor a writable one above it exists; make it";
}

const char *config_value_data(const char *text, struct config *config)
{
    if (text[0] != '/')
        return "not an absolute path; write data = /var/lib/machiai";
    if (!copy(config->data, sizeof config->data, text))
        return "path too long; use a shorter one";
    size_t size = strlen(config->data);
    if (size > 1 && config->data[size - 1] == '/')
        config->data[size - 1] = '\0';
    return writable_place(config->data);
}

const char *config_value_role(const char *text, struct config *config)
{
    static const char *const names[] = {"both", "terminal", "monitor"};
    for (int i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            config->role = (enum config_role)i;
            return NULL;
        }
    return "unknown role; write both, terminal or monitor";
}

const char *config_value_socket(const char *text, struct config *config)
{
    if (text[0] != '/')
        return "not an absolute path; begin it with /";
    if (strlen(text) >= sizeof((struct sockaddr_un *)0)->sun_path)
        return "longer than 107 characters; set a shorter [kiosk] socket";
    return copy(config->socket, sizeof config->socket, text) ? NULL
                                                             : "path too long; use a shorter one";
}

static const char *parse_size(const char *text, struct config_screen *screen)
{
    int width = 0, height = 0, used = 0;
    if (strcmp(text, "auto") == 0) {
        screen->width = screen->height = 0;
        return NULL;
    }
    if (sscanf(text, "%4dx%4d%n", &width, &height, &used) != 2 || text[used] != '\0')
        return "not a size; write WIDTHxHEIGHT in pixels, like 1080x1920, or auto";
    if (width < SIDE_MIN || height < SIDE_MIN || width > SIDE_MAX || height > SIDE_MAX)
        return "out of range; each side is 320 to 7680 pixels";
    screen->width = width;
    screen->height = height;
    return NULL;
}

const char *config_value_terminal(const char *text, struct config *config)
{
    return parse_size(text, &config->terminal);
}

const char *config_value_monitor(const char *text, struct config *config)
{
    return parse_size(text, &config->monitor);
}

static const char *parse_bool(const char *text, bool *ret)
{
    if (strcasecmp(text, "yes") != 0 && strcasecmp(text, "no") != 0)
        return "write yes or no";
    *ret = strcasecmp(text, "yes") == 0;
    return NULL;
}

const char *config_value_lan_console(const char *text, struct config *config)
{
    return parse_bool(text, &config->lan_console);
}

const char *config_value_fullscreen(const char *text, struct config *config)
{
    return parse_bool(text, &config->fullscreen);
}

static const char *parse_mm(const char *text, int *ret)
{
    char *end = NULL;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < MM_MIN || value > MM_MAX)
        return "not a width; write the lit width in millimetres, 50 to 4000";
    *ret = (int)value;
    return NULL;
}

const char *config_value_terminal_mm(const char *text, struct config *config)
{
    return parse_mm(text, &config->terminal.width_mm);
}

const char *config_value_monitor_mm(const char *text, struct config *config)
{
    return parse_mm(text, &config->monitor.width_mm);
}

/* The picture turned clockwise: for a panel that hangs upright or upside down. */
const char *config_value_monitor_rotate(const char *text, struct config *config)
{
    static const char *const turns[] = {"0", "90", "180", "270"};
    for (int i = 0; i < 4; i++)
        if (strcmp(text, turns[i]) == 0) {
            config->monitor.rotate = 90 * i;
            return NULL;
        }
    return "not a quarter turn; write 0, 90, 180 or 270";
}

const char *config_value_view_m(const char *text, struct config *config)
{
    char *end = NULL;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= 1 && value <= 10))
        return "not a distance; write the metres from the seats to the monitor, 1 to 10";
    config->view_cm = (int)(value * 100);
    return NULL;
}

const char *config_value_motion(const char *text, struct config *config)
{
    return parse_bool(text, &config->motion);
}

const char *config_value_change_sides(const char *text, struct config *config)
{
    return parse_bool(text, &config->change_sides);
}

const char *config_value_printer_uri(const char *text, struct config *config)
{
    static const char advice[] =
        "not a printer's address; write escpos://HOST:9100, escpos:/dev/usb/lp0 or ipp://HOST/...";
    char host[CONFIG_URL_SIZE];
    if (text[0] == '\0')
        return NULL; /* no printer */
    if (!copy(config->printer_uri, sizeof config->printer_uri, text))
        return "longer than 255 characters; shorten it";
    if (strncmp(text, "escpos:/dev/", 12) == 0)
        return text[12] != '\0' ? NULL : advice;
    const char *rest = strstr(text, "://");
    size_t scheme = rest == NULL ? 0 : (size_t)(rest - text);
    bool escpos = scheme == 6 && strncmp(text, "escpos", 6) == 0;
    bool ipp = (scheme == 3 && strncmp(text, "ipp", 3) == 0) ||
               (scheme == 4 && strncmp(text, "ipps", 4) == 0);
    if (!escpos && !ipp)
        return advice;
    (void)copy(host, sizeof host, rest + 3);
    if (ipp)
        host[strcspn(host, "/")] = '\0';
    return host_valid(host) ? NULL : advice;
}

const char *config_value_printer_queue(const char *text, struct config *config)
{
    for (const char *c = text; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && strchr("_-", *c) == NULL)
            return "a queue's name has letters, digits, _ and - only";
    if (text[0] == '\0' || !copy(config->printer_queue, sizeof config->printer_queue, text))
        return "a queue's name has 1 to 63 characters";
    return NULL;
}

const char *config_value_printer_server(const char *text, struct config *config)
{
    if (!copy(config->printer_server, sizeof config->printer_server, text))
        return "path too long; use a shorter one";
    if (text[0] == '\0' || text[0] == '/' || host_valid(text))
        return NULL;
    return "not a cupsd; write the path of its socket, or HOST:PORT";
}

const char *config_value_paper(const char *text, struct config *config)
{
    if (strcmp(text, "80") != 0 && strcmp(text, "58") != 0)
        return "paper is 80 or 58 millimetres wide";
    config->paper_mm = text[0] == '8' ? 80 : 58;
    return NULL;
}

const char *config_value_substitutes(const char *text, struct config *config)
{
    if (text[0] == '\0')
        return NULL;
    if (text[0] != '/')
        return "not an absolute path; begin it with /";
    if (!copy(config->substitutes, sizeof config->substitutes, text))
        return "path too long; use a shorter one";
    DIR *dir = opendir(text);
    if (dir == NULL)
        return "the directory cannot be read; name the one that holds the relaxation films";
    closedir(dir);
    return NULL;
}

const char *config_value_sound(const char *text, struct config *config)
{
    return parse_bool(text, &config->sound);
}

const char *config_value_players(const char *text, struct config *config)
{
    if (strcmp(text, "auto") == 0)
        config->players = 0;
    else if (strcmp(text, "1") == 0 || strcmp(text, "2") == 0)
        config->players = text[0] - '0';
    else
        return "write auto, 1 or 2";
    return NULL;
}

const char *config_value_film_volume(const char *text, struct config *config)
{
    char *end = NULL;
    long volume = strtol(text, &end, 10);
    if (end == text || *end != '\0' || volume < 0 || volume > 100)
        return "not a volume; write 0 to 100";
    config->film_volume = (int)volume;
    return NULL;
}

const char *config_value_guidance(const char *text, struct config *config)
{
    return parse_bool(text, &config->guidance);
}

/* One span, as [sound] quiet has several. */
const char *config_value_downloads(const char *text, struct config *config)
{
    struct quiet hours = {.span_count = 0};
    config->download_from = config->download_to = 0;
    if (text[0] == '\0' || strcmp(text, "always") == 0)
        return NULL;
    if (quiet_parse(text, &hours) != NULL || hours.span_count != 1)
        return "not a span of hours; write always, or such as 22:00-06:00";
    for (int i = 0; i < 7; i++)
        if (hours.days[i])
            return "a day is no span of hours; write always, or such as 22:00-06:00";
    config->download_from = hours.spans[0].from;
    config->download_to = hours.spans[0].to;
    return NULL;
}

const char *config_value_bandwidth(const char *text, struct config *config)
{
    char *end = NULL;
    double megabits = strtod(text, &end);
    if (text[0] == '\0')
        return NULL; /* as much as there is */
    if (end == text || *end != '\0' || !(megabits >= 0.1) || megabits > 10000)
        return "not a bandwidth; write megabits a second, such as 8";
    config->bandwidth_bytes = (int64_t)(megabits * 1000000 / 8);
    return NULL;
}

const char *config_value_voice(const char *text, struct config *config)
{
    char numbers[CONFIG_PATH_SIZE + 8];
    if (text[0] == '\0')
        return NULL; /* chime only */
    if (text[0] != '/')
        return "not an absolute path; begin it with /";
    if (!copy(config->voice, sizeof config->voice, text))
        return "path too long; use a shorter one";
    snprintf(numbers, sizeof numbers, "%s/number", text);
    return access(numbers, R_OK | X_OK) == 0
               ? NULL
               : "no clips there; name the directory that assets/voice/make.sh filled";
}

const char *config_value_quiet(const char *text, struct config *config)
{
    return quiet_parse(text, &config->quiet);
}
