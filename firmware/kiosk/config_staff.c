/* Values of [staff], [lan], [keypad] and [buttons]. */
#include "config_values.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 1024, PORT_MAX = 65535 };

static bool copy(char *target, size_t size, const char *text)
{
    return (size_t)snprintf(target, size, "%s", text) < size;
}

const char *config_value_pin(const char *text, struct config *config)
{
    /* Not the PIN itself: this file is copied, printed and sent to support. */
    if (text[0] != '\0' && strncmp(text, "$argon2id$", 10) != 0)
        return "not the hash of a PIN; write the line that `machiai-kiosk pin` prints";
    return copy(config->pin, sizeof config->pin, text) ? NULL
                                                       : "too long; run `machiai-kiosk pin` again";
}

const char *config_value_usb(const char *text, struct config *config)
{
    if (text[0] != '/')
        return "not an absolute path; write usb = /run/media:/media";
    return copy(config->usb, sizeof config->usb, text) ? NULL : "path too long; use a shorter one";
}

const char *config_value_lan_port(const char *text, struct config *config)
{
    char *end = NULL;
    long port = strtol(text, &end, 10);
    if (end == text || *end != '\0' || port < 0 || port > PORT_MAX)
        return "not a port; write port = 8443";
    config->lan_port = (int)port;
    return NULL;
}

const char *config_value_keypad(const char *text, struct config *config)
{
    if (text[0] != '\0' && text[0] != '/')
        return "not an absolute path; write device = /dev/input/by-id/...";
    return copy(config->keypad, sizeof config->keypad, text) ? NULL
                                                             : "path too long; use a shorter one";
}

static const char *read_room(const char *text, char room[static CONFIG_ROOM_SIZE])
{
    for (const char *c = text; *c != '\0'; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '-' && *c != '_')
            return "not a room's id; write it as in the clinic's settings, like room-1";
    return copy(room, CONFIG_ROOM_SIZE, text) ? NULL : "longer than a room's id of 16 letters";
}

const char *config_value_keypad_room(const char *text, struct config *config)
{
    return read_room(text, config->keypad_room);
}

const char *config_value_gpio_room(const char *text, struct config *config)
{
    return read_room(text, config->gpio_room);
}

const char *config_value_gpio_chip(const char *text, struct config *config)
{
    return copy(config->gpio_chip, sizeof config->gpio_chip, text)
               ? NULL
               : "too long; write chip = gpiochip0";
}

static const char *read_line(const char *text, int *ret)
{
    char *end = NULL;
    long line = strtol(text, &end, 10);
    if (end == text || *end != '\0' || line < 0 || line >= LINES_MAX)
        return "not the number of a line; write its offset on the chip, like 17";
    *ret = (int)line;
    return NULL;
}

const char *config_value_gpio_next(const char *text, struct config *config)
{
    return read_line(text, &config->gpio_next);
}

const char *config_value_gpio_recall(const char *text, struct config *config)
{
    return read_line(text, &config->gpio_recall);
}
