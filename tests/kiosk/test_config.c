/* kiosk.conf: what is read, and that every mistake is told with file, line and key. */
#include "test.h"

#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char dir[64], conf[96], ca[96], films[96];
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    strcpy(place->dir, "/tmp/machiai-config-XXXXXX");
    assert_non_null(mkdtemp(place->dir));
    snprintf(place->conf, sizeof place->conf, "%s/kiosk.conf", place->dir);
    snprintf(place->ca, sizeof place->ca, "%s/ca.pem", place->dir);
    snprintf(place->films, sizeof place->films, "%s/films", place->dir);
    write_file(place->ca, "-----BEGIN CERTIFICATE-----\n");
    assert_int_equal(mkdir(place->films, 0700), 0);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    unlink(place->conf);
    unlink(place->ca);
    rmdir(place->films);
    assert_int_equal(rmdir(place->dir), 0);
    free(place);
    return 0;
}

/* Reads `text` as the file; returns what config_read() wrote, to be freed. */
static char *read_text(struct place *place, const char *text, struct config *config, int *result)
{
    char *errors = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&errors, &size);
    write_file(place->conf, text);
    *result = config_read(place->conf, config, stream);
    fclose(stream);
    return errors;
}

static void good(struct place *place, const char *text, struct config *config)
{
    int result = 0;
    char *errors = read_text(place, text, config, &result);
    assert_string_equal(errors, "");
    assert_int_equal(result, 0);
    free(errors);
}

/* The text alone gives exactly one mistake, which names line, section and key and holds `what`. */
static void one_mistake(struct place *place, const char *text, const char *where, const char *what)
{
    struct config config, before;
    int result = 0;
    char prefix[256];
    memset(&config, 0x5a, sizeof config);
    before = config;
    char *errors = read_text(place, text, &config, &result);
    snprintf(prefix, sizeof prefix, "%s:%s: ", place->conf, where);
    if (result != -1 || strncmp(errors, prefix, strlen(prefix)) != 0 || !strstr(errors, what))
        fail_msg("wanted \"%s...%s\", got %d: %s", prefix, what, result, errors);
    assert_memory_equal(&config, &before, sizeof config);
    free(errors);
}

#define BASE "[cloud]\nurl = https://c:8443\n[kiosk]\ndata = %s/data\n"

/* A good file with `line` behind it, which is line 6 in a section of its own. */
static void wrong_line(struct place *place, const char *section, const char *line, const char *key,
                       const char *what)
{
    char text[1024], where[64];
    snprintf(text, sizeof text, BASE "[%s]\n%s\n", place->dir, section, line);
    snprintf(where, sizeof where, "6: [%s] %s", section, key);
    one_mistake(place, text, where, what);
}

static void test_reads_all(void **state)
{
    struct place *place = *state;
    struct config config;
    char text[2048], voice[96], numbers[112];
    snprintf(text, sizeof text,
             "\xef\xbb\xbf# comment\r\n[cloud]\r\nurl = https://[::1]:8443/\r\nca = %s\r\n"
             "  code = ABCD-EFGH ; once\r\n[kiosk]\r\ndata = %s/\r\nrole = monitor\r\n"
             "socket = %s/s\r\n[screen]\r\nterminal = 1280x800\r\nmonitor = auto\r\n"
             "fullscreen = YES\r\nterminal_mm = 217\r\nmonitor_mm = 708\r\n"
             "monitor_rotate = 270\r\nview_m = 4.5\r\nmotion = no\r\n"
             "change_sides = yes\r\n"
             "[printer]\r\nuri = escpos://192.0.2.9:9100\r\nqueue = slips_1\r\n"
             "server = /run/cups/cups.sock\r\npaper = 58\r\n"
             "[video]\r\nsubstitutes = %s\r\nsound = no\r\nplayers = 1\r\n"
             "downloads = 22:00-06:30\r\nbandwidth = 2.5\r\n"
             "[sound]\r\nvoice = %s/voice\r\nguidance = no\r\nfilm = 35\r\n"
             "quiet = 21:00-07:00, sunday\r\n",
             place->ca, place->dir, place->dir, place->films, place->dir);
    snprintf(voice, sizeof voice, "%s/voice", place->dir);
    snprintf(numbers, sizeof numbers, "%s/number", voice);
    assert_true(mkdir(voice, 0700) == 0 && mkdir(numbers, 0700) == 0);
    good(place, text, &config);
    assert_true(rmdir(numbers) == 0 && rmdir(voice) == 0);
    assert_string_equal(config.url, "https://[::1]:8443");
    assert_string_equal(config.ca, place->ca);
    assert_string_equal(config.code, "ABCD-EFGH");
    assert_string_equal(config.data, place->dir);
    assert_int_equal(config.role, ROLE_MONITOR);
    assert_int_equal(config.terminal.width, 1280);
    assert_int_equal(config.terminal.height, 800);
    assert_int_equal(config.terminal.width_mm, 217);
    assert_int_equal(config.monitor.width, 0);
    assert_int_equal(config.monitor.width_mm, 708);
    assert_int_equal(config.monitor.rotate, 270);
    assert_int_equal(config.view_cm, 450);
    assert_false(config.motion);
    assert_false(config.guidance);
    assert_true(config.change_sides);
    assert_true(config.fullscreen);
    assert_string_equal(config.printer_uri, "escpos://192.0.2.9:9100");
    assert_string_equal(config.printer_queue, "slips_1");
    assert_string_equal(config.printer_server, "/run/cups/cups.sock");
    assert_int_equal(config.paper_mm, 58);
    assert_string_equal(config.substitutes, place->films);
    assert_false(config.sound);
    assert_int_equal(config.players, 1);
    assert_int_equal(config.film_volume, 35);
    assert_int_equal(config.download_from, 22 * 60);
    assert_int_equal(config.download_to, 6 * 60 + 30);
    assert_int_equal(config.bandwidth_bytes, 312500);
    assert_string_equal(config.voice, voice);
    assert_true(quiet_at(&config.quiet, 0, 720));
    assert_true(quiet_at(&config.quiet, 1, 21 * 60));
    assert_false(quiet_at(&config.quiet, 1, 720));
}

static void test_defaults(void **state)
{
    struct place *place = *state;
    struct config config;
    char text[512], socket[128];
    snprintf(text, sizeof text, BASE, place->dir);
    good(place, text, &config);
    snprintf(socket, sizeof socket, "%s/data/ctl.sock", place->dir);
    assert_string_equal(config.socket, socket);
    assert_int_equal(config.role, ROLE_BOTH);
    assert_int_equal(config.monitor.rotate, 0);
    assert_true(config.motion);
    assert_true(config.guidance);
    assert_false(config.change_sides);
    assert_int_equal(config.terminal.height, 1920);
    assert_int_equal(config.monitor.width, 1920);
    assert_string_equal(config.printer_uri, "");
    assert_int_equal(config.paper_mm, 80);
    assert_true(config.sound);
    assert_int_equal(config.players, 0);
    assert_int_equal(config.film_volume, 70);
    assert_string_equal(config.voice, "");
    assert_false(quiet_at(&config.quiet, 0, 0));
}

static void test_values(void **state)
{
    struct place *place = *state;
    wrong_line(place, "kiosk", "role = toaster", "role", "terminal or monitor");
    wrong_line(place, "kiosk", "socket = here", "socket", "absolute");
    wrong_line(place, "cloud", "ca = /nowhere/ca.pem", "ca", "\"/nowhere/ca.pem\": the file");
    wrong_line(place, "cloud", "ca = /dev/null", "ca", "no certificate");
    wrong_line(place, "cloud", "code = AB CD", "code", "ABCD-EFGH");
    wrong_line(place, "screen", "terminal = big", "terminal", "1080x1920");
    wrong_line(place, "screen", "monitor = 1920x10800", "monitor", "WIDTHxHEIGHT");
    wrong_line(place, "screen", "monitor = 100x100", "monitor", "320 to 7680");
    wrong_line(place, "screen", "fullscreen = maybe", "fullscreen", "yes or no");
    wrong_line(place, "screen", "terminal_mm = 27cm", "terminal_mm", "millimetres");
    wrong_line(place, "printer", "uri = lpt1", "uri", "escpos://HOST:9100");
    wrong_line(place, "printer", "uri = escpos://h:99999", "uri", "escpos://HOST:9100");
    wrong_line(place, "printer", "uri = escpos:/dev/", "uri", "escpos:/dev/usb/lp0");
    wrong_line(place, "printer", "queue = a b", "queue", "letters");
    wrong_line(place, "printer", "server = not/a/path", "server", "HOST:PORT");
    wrong_line(place, "printer", "paper = 112", "paper", "80 or 58");
    wrong_line(place, "video", "substitutes = /nowhere", "substitutes", "cannot be read");
    wrong_line(place, "video", "sound = loud", "sound", "yes or no");
    wrong_line(place, "sound", "voice = clips", "voice", "absolute");
    wrong_line(place, "sound", "film = loud", "film", "0 to 100");
    wrong_line(place, "sound", "film = 101", "film", "0 to 100");
    wrong_line(place, "sound", "voice = /nowhere", "voice", "make.sh");
    wrong_line(place, "sound", "quiet = night", "quiet", "21:00-07:00");
    wrong_line(place, "video", "downloads = night", "downloads", "22:00-06:00");
    wrong_line(place, "video", "downloads = sunday, 22:00-06:00", "downloads", "22:00-06:00");
    wrong_line(place, "video", "downloads = 1:00-2:00, 3:00-4:00", "downloads", "22:00-06:00");
    wrong_line(place, "video", "bandwidth = fast", "bandwidth", "megabits");
    wrong_line(place, "video", "bandwidth = 0", "bandwidth", "megabits");
    wrong_line(place, "video", "bandwidth = nan", "bandwidth", "megabits");
    wrong_line(place, "video", "colour = red", "colour", "unknown key");
}

static void test_url(void **state)
{
    struct place *place = *state;
    static const char *const wrong[] = {"http://c:8443",    "https://",    "https://c/path",
                                        "https://u:p@c",    "https://c:0", "https://c:port",
                                        "https://c:8443 x", "ftp://c",     "c:8443"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[512];
        snprintf(text, sizeof text, "[cloud]\nurl = %s\n[kiosk]\ndata = %s\n", wrong[i],
                 place->dir);
        one_mistake(place, text, "2: [cloud] url", "https://HOST:PORT");
    }
}

static void test_code_is_not_repeated(void **state)
{
    struct place *place = *state;
    struct config config;
    int result = 0;
    char text[512];
    snprintf(text, sizeof text, BASE "[cloud]\ncode = SECRET!\n", place->dir);
    char *errors = read_text(place, text, &config, &result);
    assert_int_equal(result, -1);
    assert_null(strstr(errors, "SECRET"));
    free(errors);
}

static void test_structure(void **state)
{
    struct place *place = *state;
    char text[1024];
    snprintf(text, sizeof text, BASE "data = /tmp\n", place->dir);
    one_mistake(place, text, "5: [kiosk] data", "first in line 4");
    snprintf(text, sizeof text, BASE "[toaster]\nslots = 2\nslots = 2\n", place->dir);
    one_mistake(place, text, "5: [toaster] ", "unknown section");
    snprintf(text, sizeof text, BASE "nonsense\n", place->dir);
    one_mistake(place, text, "5: [] ", "KEY = VALUE");
    snprintf(text, sizeof text, "url = https://c\n" BASE, place->dir);
    one_mistake(place, text, "1: [] url", "section");
    snprintf(text, sizeof text, BASE "[video\n", place->dir);
    one_mistake(place, text, "5: [video] ", "bracket");
    snprintf(text, sizeof text, BASE "# %0250d\nsocket = /%0250d\n", place->dir, 0, 0);
    one_mistake(place, text, "6: [] ", "198 bytes");
    one_mistake(place, "[cloud]\nurl = https://c\n\n[kiosk]\n", "4: [kiosk] data", "missing");
}

static void test_every_mistake(void **state)
{
    struct place *place = *state;
    struct config config;
    int result = 0;
    char *errors = read_text(place,
                             "[cloud]\nurl = http://x\n[kiosk]\nrole = toaster\ncolour = "
                             "red\n[screen]\nterminal = big\n",
                             &config, &result);
    assert_int_equal(result, -5);
    static const char *const places[] = {":2: [cloud] url", ":4: [kiosk] role",
                                         ":5: [kiosk] colour", ":7: [screen] terminal",
                                         ":3: [kiosk] data"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        assert_non_null(strstr(errors, places[i]));
    free(errors);
}

static void test_file(void **state)
{
    struct place *place = *state;
    struct config config;
    char *errors = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&errors, &size);
    assert_int_equal(config_read("/nowhere/none.conf", &config, stream), -1);
    assert_int_equal(config_read(place->dir, &config, stream), -1);
    assert_int_equal(config_read("/dev/zero", &config, stream), -1);
    fclose(stream);
    assert_non_null(strstr(errors, "/nowhere/none.conf:0: cannot be read: No such file"));
    assert_non_null(strstr(errors, "/dev/zero:0: cannot be read: not a file"));
    free(errors);
}

static void test_network(void **state)
{
    struct place *place = *state;
    struct config config;
    char text[1024];
    snprintf(text, sizeof text,
             BASE "[network]\naddress = 192.0.2.24/24\ngateway = 192.0.2.1\n"
                  "dns = 192.0.2.1, 2001:db8::1\ntime = ntp.example.jp\n"
                  "proxy = http://192.0.2.3:3128\n[wifi]\nname = 医院 2F\n"
                  "password = 12345678\ncountry = JP\n"
                  "[support]\nssh_key = ssh-ed25519 AAAAC3Nza me@laptop\n",
             place->dir);
    good(place, text, &config);
    assert_string_equal(config.network.address, "192.0.2.24/24");
    assert_string_equal(config.network.dns, "192.0.2.1 2001:db8::1");
    assert_string_equal(config.network.wifi_name, "医院 2F");
    assert_string_equal(config.network.ssh_key, "ssh-ed25519 AAAAC3Nza me@laptop");
    wrong_line(place, "network", "address = 192.0.2.24", "address", "length of the network");
    wrong_line(place, "network", "address = 192.0.2.24/33", "address", "192.0.2.24/24");
    wrong_line(place, "network", "address = 192.0.2.24/24x", "address", "192.0.2.24/24");
    wrong_line(place, "network", "gateway = router", "gateway", "192.0.2.1");
    wrong_line(place, "network", "dns = router", "dns", "192.0.2.1");
    wrong_line(place, "network", "time = a b/c", "time", "ntp.example.jp");
    wrong_line(place, "network", "proxy = 192.0.2.3:3128", "proxy", "http://");
    wrong_line(place, "network", "proxy = http://h", "proxy", "http://");
    wrong_line(place, "wifi", "name = 123456789012345678901234567890123", "name", "32 bytes");
    wrong_line(place, "wifi", "country = japan", "country", "JP");
    wrong_line(place, "support", "ssh_key = ssh-rsa AAAA", "ssh_key", "id_ed25519.pub");
}

static void test_lan(void **state)
{
    struct place *place = *state;
    struct config config;
    char text[512];
    snprintf(text, sizeof text, BASE, place->dir);
    good(place, text, &config);
    assert_false(config.lan_console); /* a clinic decides for it */
    assert_int_equal(config.lan_port, 8443);
    snprintf(text, sizeof text, BASE "[lan]\nconsole = yes\nport = 0\n", place->dir);
    good(place, text, &config);
    assert_true(config.lan_console);
    assert_int_equal(config.lan_port, 0);
    wrong_line(place, "lan", "console = maybe", "console", "yes or no");
    wrong_line(place, "lan", "port = 65536", "port", "port = 8443");
    wrong_line(place, "lan", "port = -1", "port", "port = 8443");
    wrong_line(place, "lan", "port = 80x", "port", "port = 8443");
    wrong_line(place, "lan", "port =", "port", "port = 8443");
    wrong_line(place, "lan", "address = 0.0.0.0", "address", "");
}

static void test_wifi_password_is_not_repeated(void **state)
{
    struct place *place = *state;
    struct config config;
    int result = 0;
    char text[512];
    snprintf(text, sizeof text, BASE "[wifi]\npassword = SECRET!\n", place->dir);
    char *errors = read_text(place, text, &config, &result);
    assert_int_equal(result, -1);
    assert_null(strstr(errors, "SECRET"));
    free(errors);
}

/* The log goes into the diagnosis bundle: of a line that is none, and of a key that is none, no
 * more is told than a word that we know. */
static void test_what_was_typed_is_not_repeated(void **state)
{
    static const char *const lines[] = {
        "[wifi]\npassword SECRET12", "[wifi]\npassword SECRET:12", "[wifi]\nSECRET12",
        "[network]\nproxy = http://me:SECRET@192.0.2.3:3128", "[staff]\npin SECRET"};
    struct place *place = *state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct config config;
        int result = 0;
        char text[512], where[32];
        snprintf(text, sizeof text, BASE "%s\n", place->dir, lines[i]);
        char *errors = read_text(place, text, &config, &result);
        snprintf(where, sizeof where, "conf:%d: ", 6);
        assert_int_equal(result, -1);
        assert_non_null(strstr(errors, where));
        assert_null(strstr(errors, "SECRET"));
        free(errors);
    }
}

/* What others may see of each line. */
static void test_public_part(void **state)
{
    static const struct {
        const char *line, *seen;
    } cases[] = {{"", ""},
                 {"[wifi] ; SECRET", "[wifi]"},
                 {"; password = SECRET", ";"},
                 {"  # SECRET", "  #"},
                 {"role = both\r", "role = both\r"},
                 {"role=both ; SECRET", "role=both "},
                 {"\xef\xbb\xbf[cloud]", "\xef\xbb\xbf[cloud]"},
                 {"  Password = SECRET", ""},
                 {"password = SECRET", "password ="},
                 {"password SECRET", ""},
                 {"pasword = SECRET", ""},
                 {"pin:SECRET", "pin:"},
                 {"proxy = http://me:SECRET@h:1", "proxy ="},
                 {"proxy = http://h:1", "proxy = http://h:1"},
                 {"SECRET", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char seen[64];
        snprintf(seen, sizeof seen, "%.*s", (int)config_public_part(cases[i].line), cases[i].line);
        assert_string_equal(seen, cases[i].seen);
    }
}

static void write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Notepad's other ways to save: told once, and not as one mistake a line. */
static void test_not_utf8(void **state)
{
    static const char little[] = "\xff\xfe[\0c\0l\0o\0u\0d\0]\0\n\0u\0r\0l\0=\0";
    static const char big[] = "\xfe\xff\0[\0c\0]\0\n\0u\0=\0x";
    static const char bare[] = "[\0c\0l\0o\0u\0d\0]\0\r\0\n\0";
    static const struct {
        const char *bytes;
        size_t size;
    } files[] = {{little, sizeof little - 1}, {big, sizeof big - 1}, {bare, sizeof bare - 1}};
    struct place *place = *state;
    struct config config;
    struct config_mistakes mistakes;
    char text[512], *errors = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&errors, &size);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        write_bytes(place->conf, files[i].bytes, files[i].size);
        assert_int_equal(config_read_over(NULL, place->conf, &config, &mistakes, stream), -1);
        assert_int_equal(mistakes.list[0].kind, CONFIG_NOT_UTF8);
        assert_int_equal(mistakes.list[0].line, 1);
    }
    /* Shift_JIS: a comment harms nobody, a name would be another network's. */
    snprintf(text, sizeof text, BASE "; \x83\x81\x83\x82\n[wifi]\nname = \x82\xb3\x82\xad\n",
             place->dir);
    write_file(place->conf, text);
    assert_int_equal(config_read_over(NULL, place->conf, &config, &mistakes, stream), -1);
    assert_int_equal(mistakes.list[0].kind, CONFIG_NOT_UTF8);
    assert_int_equal(mistakes.list[0].line, 7);
    assert_string_equal(config.network.wifi_name, "");
    fclose(stream);
    assert_non_null(strstr(errors, "UTF-8"));
    free(errors);
}

/* What a Japanese keyboard writes when nobody has switched it; only names may be in Japanese. */
static void test_full_width(void **state)
{
    static const char *const lines[] = {"role\xe3\x80\x80= both",         "role = both\xe3\x80\x80",
                                        "role\xef\xbc\x9dterminal",       "\xef\xbc\x9brole = both",
                                        "\xef\xbc\xbbscreen\xef\xbc\xbd", "role = \xef\xbd\x82oth"};
    struct place *place = *state;
    struct config config;
    struct config_mistakes mistakes;
    char text[512], *errors = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&errors, &size);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        snprintf(text, sizeof text, BASE "%s\n", place->dir, lines[i]);
        write_file(place->conf, text);
        assert_int_equal(config_read_over(NULL, place->conf, &config, &mistakes, stream), -1);
        assert_int_equal(mistakes.list[0].kind, CONFIG_FULL_WIDTH);
        assert_int_equal(mistakes.list[0].line, 5);
    }
    fclose(stream);
    free(errors);
    snprintf(text, sizeof text,
             BASE "[wifi]\nname = \xe5\x8c\xbb\xe9\x99\xa2\xe3\x80\x80\xef\xbc\x92\n", place->dir);
    good(place, text, &config);
}

/* Lines that say nothing without another one, which a ; may still hold back. */
static void test_half_a_network(void **state)
{
    struct place *place = *state;
    char text[512];
    snprintf(text, sizeof text, BASE "[wifi]\npassword = 12345678\n", place->dir);
    one_mistake(place, text, "6: [wifi] name", "missing");
    snprintf(text, sizeof text, BASE "[network]\ngateway = 192.0.2.1\n", place->dir);
    one_mistake(place, text, "6: [network] address", "missing");
}

/* What the card's image says holds where the technician's file is silent, and only there. */
static void test_over_defaults(void **state)
{
    struct place *place = *state;
    struct config config;
    struct config_mistakes mistakes;
    char defaults[160], text[512], *errors = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&errors, &size);
    snprintf(defaults, sizeof defaults, "%s/card.conf", place->dir);
    snprintf(text, sizeof text,
             "[kiosk]\ndata = %s/data\n[screen]\nterminal = auto\nmonitor = auto\n", place->dir);
    write_file(defaults, text);
    write_file(place->conf, "[cloud]\nurl = https://c\n[screen]\nmonitor = 1280x800\n");
    assert_int_equal(config_read_over(defaults, place->conf, &config, &mistakes, stream), 0);
    assert_int_equal(mistakes.count, 0);
    assert_int_equal(config.terminal.width, 0);
    assert_int_equal(config.monitor.width, 1280);
    assert_string_equal(config.path, place->conf);

    write_file(place->conf, "[cloud]\nurl = c\n[network]\naddress = 192.0.2.4/24\n[kiosk]\n"
                            "rolle = both\nrole = toaster\n[scren]\n");
    assert_int_equal(config_read_over(defaults, place->conf, &config, &mistakes, stream), -4);
    assert_int_equal(mistakes.count, 4);
    assert_int_equal(mistakes.list[0].kind, CONFIG_WRONG_VALUE);
    assert_int_equal(mistakes.list[0].line, 2);
    assert_string_equal(mistakes.list[0].key, "url");
    assert_int_equal(mistakes.list[1].kind, CONFIG_UNKNOWN_KEY);
    assert_int_equal(mistakes.list[2].line, 7);
    assert_int_equal(mistakes.list[3].kind, CONFIG_UNKNOWN_SECTION);
    assert_string_equal(mistakes.list[3].section, "scren");
    assert_string_equal(config.network.address, "192.0.2.4/24"); /* reached all the same */

    unlink(place->conf); /* a card without the file: defaults, and one mistake that says so */
    assert_int_equal(config_read_over(defaults, place->conf, &config, &mistakes, stream), -1);
    assert_int_equal(mistakes.list[0].kind, CONFIG_UNREADABLE);
    assert_int_equal(config.terminal.width, 0);
    fclose(stream);
    free(errors);
    unlink(defaults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reads_all, setup, teardown),
        cmocka_unit_test_setup_teardown(test_defaults, setup, teardown),
        cmocka_unit_test_setup_teardown(test_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_url, setup, teardown),
        cmocka_unit_test_setup_teardown(test_code_is_not_repeated, setup, teardown),
        cmocka_unit_test_setup_teardown(test_structure, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_mistake, setup, teardown),
        cmocka_unit_test_setup_teardown(test_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_network, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lan, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wifi_password_is_not_repeated, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_was_typed_is_not_repeated, setup, teardown),
        cmocka_unit_test(test_public_part),
        cmocka_unit_test_setup_teardown(test_not_utf8, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_width, setup, teardown),
        cmocka_unit_test_setup_teardown(test_half_a_network, setup, teardown),
        cmocka_unit_test_setup_teardown(test_over_defaults, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
