/* How a kiosk knows a member of staff while there is no line: cloud and kiosk make the same check
 * from the password's Argon2id hash. */
#ifndef MACHIAI_CORE_LAN_CHECK_H
#define MACHIAI_CORE_LAN_CHECK_H

enum {
    LAN_CHECK_RAW_SIZE = 32, /* bytes of an Argon2id hash */
    LAN_CHECK_SIZE = 7       /* 24 bits in hex, and terminator */
};

/* 24 bits, mixed with the device: of 16 million wrong passwords one fits, so that whoever has the
 * card cannot tell which of their guesses opens the cloud, and another kiosk's card tells no more.
 */
void lan_check(const char *device, const unsigned char raw[static LAN_CHECK_RAW_SIZE],
               char ret[static LAN_CHECK_SIZE]);

#endif
