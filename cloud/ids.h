/* Random names: UUIDs for machines, codes for the links on slips. */
#ifndef MACHIAI_CLOUD_IDS_H
#define MACHIAI_CLOUD_IDS_H

enum {
    IDS_UUID_SIZE = 37,
    IDS_CODE_SIZE = 17 /* 16 characters of base32: 80 random bits, and terminator */
};

/* Lower-case UUID, version 4. */
void ids_uuid(char text[static IDS_UUID_SIZE]);
/* Letters and digits that cannot be mistaken for each other, for a link nobody can guess. */
void ids_code(char text[static IDS_CODE_SIZE]);

#endif
