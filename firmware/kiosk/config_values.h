/* The values of kiosk.conf: one function a key. Each takes the text, stores it into config and
 * returns NULL, or returns what is wrong and what to do (a constant sentence). */
#ifndef MACHIAI_KIOSK_CONFIG_VALUES_H
#define MACHIAI_KIOSK_CONFIG_VALUES_H

#include "config.h"

typedef const char *config_value(const char *text, struct config *config);

config_value config_value_url, config_value_ca, config_value_code;
config_value config_value_data, config_value_role, config_value_socket;
config_value config_value_terminal, config_value_monitor, config_value_fullscreen;
config_value config_value_terminal_mm, config_value_monitor_mm, config_value_monitor_rotate;
config_value config_value_view_m, config_value_motion, config_value_change_sides;
config_value config_value_printer_uri, config_value_printer_queue, config_value_printer_server;
config_value config_value_paper, config_value_substitutes, config_value_sound;
config_value config_value_players, config_value_downloads, config_value_bandwidth,
    config_value_film_volume;
config_value config_value_lan_console;
config_value config_value_voice, config_value_guidance, config_value_quiet;
/* config_staff.c */
config_value config_value_pin, config_value_usb;
config_value config_value_keypad, config_value_keypad_room;
config_value config_value_gpio_chip, config_value_gpio_next, config_value_gpio_recall;
config_value config_value_gpio_room;
config_value config_value_lan_port;
/* config_network.c */
config_value config_value_address, config_value_gateway, config_value_dns, config_value_time;
config_value config_value_proxy;
config_value config_value_wifi_name, config_value_wifi_password, config_value_wifi_country;
config_value config_value_ssh_key;

#endif
