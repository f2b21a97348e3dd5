#include "ids.h"

#include <sodium.h>

void ids_uuid(char text[static IDS_UUID_SIZE])
{
    unsigned char b[16];
    char hex[2 * sizeof(b) + 1];

    randombytes_buf(b, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4: random */
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
    (void)sodium_bin2hex(hex, sizeof(hex), b, sizeof(b));
    for (int i = 0, at = 0; i < IDS_UUID_SIZE - 1; i++)
        text[i] = i == 8 || i == 13 || i == 18 || i == 23 ? '-' : hex[at++];
    text[IDS_UUID_SIZE - 1] = '\0';
}

void ids_code(char text[static IDS_CODE_SIZE])
{
    static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz023456789"; /* without i l o 1 */

    unsigned char b[IDS_CODE_SIZE - 1];

    randombytes_buf(b, sizeof(b)); /* one system call for all of them */
    for (int i = 0; i < IDS_CODE_SIZE - 1; i++)
        text[i] = alphabet[b[i] % 32];
    text[IDS_CODE_SIZE - 1] = '\0';
}
