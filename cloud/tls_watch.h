/* Tells when the certificate's files are to be read again.
 */
#ifndef MACHIAI_CLOUD_TLS_WATCH_H
#define MACHIAI_CLOUD_TLS_WATCH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TLS_WATCH_SECONDS = 2, /* how often to ask */
    TLS_WATCH_RENEW_SECONDS = 6 * 60 * 60
};

/* Zeroed before the first use. */
struct tls_watch {
    uint64_t taken, seen; /* what the files looked like: when last read; when last asked */
    int64_t read_ms;
};

/* True when server.pem or server-key.pem of DIR/tls has changed since the last true and is the same
 * as at the last question (nobody is still writing), or when it is time to see whether our own
 * certificate must be renewed. The first call notes how things are and says false. now: ms. */
bool tls_watch_due(struct tls_watch *watch, const char *data_dir, int64_t now);

#endif
