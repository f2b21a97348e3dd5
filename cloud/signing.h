/* The key that signs what devices play: Ed25519, in DIR/programme.key, readable by this user alone.
 *
 * A device pins the public key when it is enrolled (over TLS). A new key is announced in a chain:
 * each key is signed by the one before, so that a device which was away follows from the key that
 * it knows. Whoever loses the file enrols the devices anew: it belongs beside the backups, as tls/.
 */
#ifndef MACHIAI_CLOUD_SIGNING_H
#define MACHIAI_CLOUD_SIGNING_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIGNING_KEY_ID_SIZE = 17,    /* 16 hex of the public key's BLAKE2b */
    SIGNING_SIGNATURE_SIZE = 89, /* base64 of 64 bytes */
    SIGNING_KEYS_MAX = 64        /* rotations of one cloud */
};

/* What is signed stands behind this; so no signature ever counts for another purpose. */
#define SIGNING_DOCUMENT_PREFIX "machiai-programme-1\n"
#define SIGNING_KEY_PREFIX      "machiai-key-1\n"

/* Makes the key when there is none. All of these return 0 or a negative errno (-EBADMSG: the file
 * is damaged), leave ret_ untouched then, and have said why in the log. */
int signing_prepare(const char *data_dir) __attribute__((warn_unused_result));
/* Signs SIGNING_DOCUMENT_PREFIX + text with the present key. */
int signing_sign(const char *data_dir, const char *text,
                 char ret_key_id[static SIGNING_KEY_ID_SIZE],
                 char ret_signature[static SIGNING_SIGNATURE_SIZE])
    __attribute__((warn_unused_result));
int signing_key_id(const char *data_dir, char ret_key_id[static SIGNING_KEY_ID_SIZE])
    __attribute__((warn_unused_result));
/* Adds "programme_keys":["base64"] and "key_succession":[{"key","signature"}], oldest first. */
int signing_add_keys(const char *data_dir, cJSON *json) __attribute__((warn_unused_result));
/* Makes a new key, signed by the present one, which is forgotten. -ENOSPC after SIGNING_KEYS_MAX.
 */
int signing_rotate(const char *data_dir, char ret_key_id[static SIGNING_KEY_ID_SIZE])
    __attribute__((warn_unused_result));

#endif
