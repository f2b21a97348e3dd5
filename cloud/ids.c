#include "ids.h"

#include <sodium.h>
#include <stdio.h>

void ids_uuid(char text[static IDS_UUID_SIZE])
{
    unsigned char b[16];

    randombytes_buf(b, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4: random */
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
    (void)snprintf(text, IDS_UUID_SIZE,
                   "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
                   b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
                   b[14], b[15]);
}

void ids_code(char text[static IDS_CODE_SIZE])
{
    static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz023456789"; /* without i l o 1 */

    for (int i = 0; i < IDS_CODE_SIZE - 1; i++)
        text[i] = alphabet[randombytes_uniform(32)];
    text[IDS_CODE_SIZE - 1] = '\0';
}
