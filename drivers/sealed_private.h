/* One chunk of a sealed file. Private to sealed_file.c and sealed_writer.c. */
#ifndef MACHIAI_DRIVERS_SEALED_PRIVATE_H
#define MACHIAI_DRIVERS_SEALED_PRIVATE_H

#include <sodium.h>

#include "sealed_file.h"

enum {
    SEALED_NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    SEALED_TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES
};
_Static_assert(SEALED_NONCE_SIZE + SEALED_CHUNK_SIZE + SEALED_TAG_SIZE == SEALED_FRAME_SIZE,
               "as the format says");

extern const unsigned char sealed_magic[SEALED_HEADER_SIZE];

/* Opens chunk `index` of which `size` bytes lie on the disk; the text goes to ret. Bytes of the
 * text, -EBADMSG, or what the disk says. frame: SEALED_FRAME_SIZE bytes of scratch. */
ssize_t sealed_chunk_open(int fd, const uint8_t key[static SEALED_KEY_SIZE], int64_t index,
                          bool last, size_t size, uint8_t *frame, uint8_t *ret)
    __attribute__((warn_unused_result));
/* Place of a chunk in the file. */
int64_t sealed_chunk_at(int64_t index);
/* What binds a chunk to its place: its number, and whether it is the last. */
enum { SEALED_BOUND_SIZE = 9 };
void sealed_chunk_bind(int64_t index, bool last, uint8_t ret[static SEALED_BOUND_SIZE]);

#endif
