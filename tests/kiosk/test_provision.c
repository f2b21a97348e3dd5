/* What Debian's services get of kiosk.conf: always a network, never a line of ours that another
 * program's reader takes for one of its own, and nothing of an older file. */
#include "test.h"

#include "provision.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char place[64];

static int setup(void **state)
{
    (void)state;
    strcpy(place, "/tmp/machiai-provision-XXXXXX");
    return mkdtemp(place) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    char command[96];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", place);
    return system(command);
}

/* The file's text; "" when there is none. Static storage. */
static const char *text_of(const char *name)
{
    static char text[1024];
    char path[256];
    snprintf(path, sizeof path, "%s/%s", place, name);
    FILE *file = fopen(path, "r");
    text[0] = '\0';
    if (file != NULL) {
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
    }
    return text;
}

static void test_nothing_said(void **state)
{
    const struct config_network none = {.address = ""};
    (void)state;
    assert_int_equal(provision_write(&none, place), 0);
    assert_non_null(strstr(text_of("systemd/network/50-machiai-wired.network"), "DHCP=yes"));
    assert_non_null(strstr(text_of("systemd/network/60-machiai-wifi.network"), "Type=wlan"));
    assert_string_equal(text_of("machiai-card/wpa_supplicant.conf"), "");
    assert_string_equal(text_of("machiai-card/authorized_keys"), ""); /* nobody logs in */
}

static void test_all_said(void **state)
{
    const struct config_network network = {.address = "192.0.2.24/24",
                                           .gateway = "192.0.2.1",
                                           .dns = "192.0.2.1 192.0.2.2",
                                           .time = "ntp.example.jp",
                                           .proxy = "http://192.0.2.3:3128",
                                           .wifi_name = "a\"\nb",
                                           .wifi_password = "pass\"word",
                                           .ssh_key = "ssh-ed25519 AAAA me"};
    struct stat info;
    char path[128];
    (void)state;
    assert_int_equal(provision_write(&network, place), 0);
    const char *wired = text_of("systemd/network/50-machiai-wired.network");
    assert_non_null(strstr(wired, "Address=192.0.2.24/24\nGateway=192.0.2.1\n"));
    assert_non_null(strstr(wired, "DNS=192.0.2.1 192.0.2.2\n"));
    assert_null(strstr(wired, "DHCP=yes"));
    assert_string_equal(text_of("systemd/timesyncd.conf.d/machiai.conf"),
                        "[Time]\nNTP=ntp.example.jp\n");
    assert_string_equal(text_of("machiai-card/proxy"), "https_proxy=http://192.0.2.3:3128\n");
    assert_string_equal(text_of("machiai-card/authorized_keys"), "ssh-ed25519 AAAA me\n");
    const char *wifi = text_of("machiai-card/wpa_supplicant.conf");
    assert_non_null(strstr(wifi, "ssid=61220a62\n"));
    assert_non_null(strstr(wifi, "psk=\"pass\"word\"\n"));
    snprintf(path, sizeof path, "%s/machiai-card/wpa_supplicant.conf", place);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 077, 0);
}

static void test_taken_back(void **state)
{
    const struct config_network some = {.wifi_name = "clinic",
                                        .time = "ntp.example.jp",
                                        .proxy = "http://192.0.2.3:3128",
                                        .ssh_key = "ssh-ed25519 AAAA me"};
    const struct config_network none = {.address = ""};
    (void)state;
    assert_int_equal(provision_write(&some, place), 0);
    assert_non_null(strstr(text_of("machiai-card/wpa_supplicant.conf"), "key_mgmt=NONE"));
    assert_int_equal(provision_write(&none, place), 0);
    assert_string_equal(text_of("machiai-card/wpa_supplicant.conf"), "");
    assert_string_equal(text_of("machiai-card/authorized_keys"), "");
    assert_string_equal(text_of("machiai-card/proxy"), "");
    assert_string_equal(text_of("systemd/timesyncd.conf.d/machiai.conf"), "");
}

static void test_nowhere(void **state)
{
    const struct config_network none = {.address = ""};
    (void)state;
    assert_true(provision_write(&none, "/nowhere") < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_said, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_said, setup, teardown),
        cmocka_unit_test_setup_teardown(test_taken_back, setup, teardown),
        cmocka_unit_test(test_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
