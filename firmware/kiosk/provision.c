#include "provision.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 512 };

struct target {
    const char *run;
    int result; /* of the first file that failed */
};

static void failed(struct target *target, int error)
{
    if (target->result == 0)
        target->result = -error;
}

/* The directories above path, as far as they lie beneath run. */
static int make_parents(const char *run, char *path)
{
    for (char *slash = path + strlen(run) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        int result = mkdir(path, 0755);
        *slash = '/';
        if (result != 0 && errno != EEXIST)
            return -errno;
    }
    return 0;
}

static void remove_file(struct target *target, const char *name)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", target->run, name);
    if (unlink(path) != 0 && errno != ENOENT)
        failed(target, errno);
}

__attribute__((format(printf, 4, 5))) static void
write_file(struct target *target, const char *name, mode_t mode, const char *format, ...)
{
    char path[PATH_SIZE];
    va_list arguments;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", target->run, name) >= sizeof path) {
        failed(target, ENAMETOOLONG);
        return;
    }
    int result = make_parents(target->run, path);
    int fd = result < 0 ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0) {
        failed(target, result < 0 ? -result : errno);
        return;
    }
    va_start(arguments, format);
    if (vdprintf(fd, format, arguments) < 0)
        failed(target, errno);
    va_end(arguments);
    if (close(fd) != 0)
        failed(target, errno);
}

static void write_wired(struct target *target, const struct config_network *network)
{
    char address[4 * CONFIG_HOSTS_SIZE] = "DHCP=yes\n";
    if (network->address[0] != '\0')
        snprintf(address, sizeof address, "Address=%s\n%s%s%s", network->address,
                 network->gateway[0] != '\0' ? "Gateway=" : "", network->gateway,
                 network->gateway[0] != '\0' ? "\n" : "");
    size_t used = strlen(address);
    if (network->dns[0] != '\0')
        snprintf(address + used, sizeof address - used, "DNS=%s\n", network->dns);
    write_file(target, "systemd/network/50-machiai-wired.network", 0644,
               "[Match]\nType=ether\n\n[Network]\n%s\n[DHCPv4]\nRouteMetric=100\n", address);
}

/* A name is any bytes: in hexadecimal none of them means anything to wpa_supplicant's reader. */
static void hexadecimal(const char *text, char *target)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++, target += 2)
        snprintf(target, 3, "%02x", *c);
}

static void write_wifi(struct target *target, const struct config_network *network)
{
    static const char name[] = "machiai-card/wpa_supplicant.conf";
    char ssid[2 * sizeof network->wifi_name] = "";
    const char *country = network->wifi_country[0] != '\0' ? network->wifi_country : "JP";
    write_file(target, "systemd/network/60-machiai-wifi.network", 0644,
               "[Match]\nType=wlan\n\n[Network]\nDHCP=yes\n\n[DHCPv4]\nRouteMetric=600\n");
    if (network->wifi_name[0] == '\0') {
        remove_file(target, name);
        return;
    }
    hexadecimal(network->wifi_name, ssid);
    if (network->wifi_password[0] == '\0')
        write_file(target, name, 0600,
                   "country=%s\nnetwork={\n\tssid=%s\n\tscan_ssid=1\n\tkey_mgmt=NONE\n}\n", country,
                   ssid);
    else /* between quotes everything up to the line's last quote is the password */
        write_file(target, name, 0600,
                   "country=%s\nnetwork={\n\tssid=%s\n\tscan_ssid=1\n\tpsk=\"%s\"\n"
                   "\tkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE\n\tieee80211w=1\n}\n",
                   country, ssid, network->wifi_password);
}

int provision_write(const struct config_network *network, const char *run)
{
    static const char time[] = "systemd/timesyncd.conf.d/machiai.conf";
    static const char proxy[] = "machiai-card/proxy", keys[] = "machiai-card/authorized_keys";
    struct target target = {.run = run};
    write_wired(&target, network);
    write_wifi(&target, network);
    if (network->time[0] != '\0')
        write_file(&target, time, 0644, "[Time]\nNTP=%s\n", network->time);
    else
        remove_file(&target, time);
    if (network->proxy[0] != '\0')
        write_file(&target, proxy, 0644, "https_proxy=%s\n", network->proxy);
    else
        remove_file(&target, proxy);
    if (network->ssh_key[0] != '\0')
        write_file(&target, keys, 0644, "%s\n", network->ssh_key);
    else
        remove_file(&target, keys);
    return target.result;
}
