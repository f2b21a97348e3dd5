/* Values of [network], [wifi] and [support]: what the card's image gives the machine. */
#include "config_values.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { WIFI_PASSWORD_MIN = 8, PREFIX_MAX_4 = 32, PREFIX_MAX_6 = 128 };

static bool copy(char *target, size_t size, const char *text)
{
    return (size_t)snprintf(target, size, "%s", text) < size;
}

/* AF_INET, AF_INET6, or 0. */
static int family_of(const char *text)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, text, bytes) == 1    ? AF_INET
           : inet_pton(AF_INET6, text, bytes) == 1 ? AF_INET6
                                                   : 0;
}

const char *config_value_address(const char *text, struct config *config)
{
    static const char advice[] = "not an address; write dhcp, or such as 192.0.2.24/24";
    char address[CONFIG_ADDRESS_SIZE], *end = NULL;
    config->network.address[0] = '\0';
    if (text[0] == '\0' || strcmp(text, "dhcp") == 0)
        return NULL;
    if (!copy(address, sizeof address, text))
        return advice;
    char *slash = strchr(address, '/');
    if (slash == NULL)
        return "the length of the network is missing; write such as 192.0.2.24/24";
    *slash = '\0';
    int family = family_of(address);
    long prefix = strtol(slash + 1, &end, 10);
    if (family == 0 || !isdigit((unsigned char)slash[1]) || *end != '\0' || prefix < 1 ||
        prefix > (family == AF_INET ? PREFIX_MAX_4 : PREFIX_MAX_6))
        return advice;
    (void)copy(config->network.address, sizeof config->network.address, text);
    return NULL;
}

const char *config_value_gateway(const char *text, struct config *config)
{
    if (text[0] != '\0' && family_of(text) == 0)
        return "not an address; write such as 192.0.2.1";
    (void)copy(config->network.gateway, sizeof config->network.gateway, text);
    return NULL;
}

/* Words with commas or spaces between, each of which `valid` accepts, with one space between. */
static bool read_words(const char *text, bool (*valid)(const char *), char *target, size_t size)
{
    char copied[CONFIG_HOSTS_SIZE], *rest = NULL;
    size_t used = 0;
    target[0] = '\0';
    if (!copy(copied, sizeof copied, text))
        return false;
    for (char *word = strtok_r(copied, ", \t", &rest); word != NULL;
         word = strtok_r(NULL, ", \t", &rest)) {
        if (!valid(word) || used + strlen(word) + 2 > size) {
            target[0] = '\0';
            return false;
        }
        used += (size_t)snprintf(target + used, size - used, "%s%s", used > 0 ? " " : "", word);
    }
    return true;
}

static bool is_address(const char *word)
{
    return family_of(word) != 0;
}

static bool is_host(const char *word)
{
    for (const char *c = word; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && strchr(".-_:", *c) == NULL)
            return false;
    return isalnum((unsigned char)word[0]) != 0;
}

const char *config_value_dns(const char *text, struct config *config)
{
    return read_words(text, is_address, config->network.dns, sizeof config->network.dns)
               ? NULL
               : "not a name server's address; write such as 192.0.2.1, 192.0.2.2";
}

const char *config_value_time(const char *text, struct config *config)
{
    return read_words(text, is_host, config->network.time, sizeof config->network.time)
               ? NULL
               : "not a time server; write such as ntp.example.jp";
}

const char *config_value_proxy(const char *text, struct config *config)
{
    static const char advice[] = "not a proxy; write such as http://192.0.2.3:3128";
    char *end = NULL, host[CONFIG_URL_SIZE];
    config->network.proxy[0] = '\0';
    if (text[0] == '\0')
        return NULL;
    if (strncmp(text, "http://", 7) != 0 || !copy(host, sizeof host, text + 7))
        return advice;
    char *colon = strrchr(host, ':');
    if (colon == NULL)
        return advice;
    long port = strtol(colon + 1, &end, 10);
    if (!isdigit((unsigned char)colon[1]) || *end != '\0' || port < 1 || port > 65535)
        return advice;
    *colon = '\0';
    if (!is_host(host))
        return advice;
    return copy(config->network.proxy, sizeof config->network.proxy, text) ? NULL : advice;
}

/* Neither quotes nor control characters may reach a configuration of another program. */
static bool printable(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    return true;
}

const char *config_value_wifi_name(const char *text, struct config *config)
{
    if (!printable(text) || strlen(text) >= sizeof config->network.wifi_name)
        return "the name of a Wi-Fi network has at most 32 bytes; write it as the router shows it";
    (void)copy(config->network.wifi_name, sizeof config->network.wifi_name, text);
    return NULL;
}

const char *config_value_wifi_password(const char *text, struct config *config)
{
    size_t size = strlen(text);
    if (size != 0 && (size < WIFI_PASSWORD_MIN || size >= sizeof config->network.wifi_password ||
                      !printable(text)))
        return "a Wi-Fi password has 8 to 63 characters; leave it out for an open network";
    (void)copy(config->network.wifi_password, sizeof config->network.wifi_password, text);
    return NULL;
}

const char *config_value_wifi_country(const char *text, struct config *config)
{
    if (strlen(text) != 2 || !isupper((unsigned char)text[0]) || !isupper((unsigned char)text[1]))
        return "not a country; write country = JP";
    (void)copy(config->network.wifi_country, sizeof config->network.wifi_country, text);
    return NULL;
}

const char *config_value_ssh_key(const char *text, struct config *config)
{
    if (text[0] != '\0' && strncmp(text, "ssh-ed25519 AAAA", 16) != 0 &&
        strncmp(text, "ecdsa-sha2-nistp256 AAAA", 24) != 0)
        return "not a public key; write the line of an id_ed25519.pub";
    if (!printable(text) || !copy(config->network.ssh_key, sizeof config->network.ssh_key, text))
        return "too long; use an ed25519 key";
    return NULL;
}
