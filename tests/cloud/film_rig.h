/* Uploading films to a server of server_rig.h, as a browser does. */
#ifndef MACHIAI_TESTS_FILM_RIG_H
#define MACHIAI_TESTS_FILM_RIG_H

#include "server_rig.h"

enum { RIG_PATH_SIZE = 400, RIG_PIECE = 100 * 1000 };

struct rig_file {
    char *bytes;
    size_t size;
};

/* A file of CLIPS; fails the test when it is not there. The caller frees bytes. */
struct rig_file rig_clip(const char *name);

/* Any method with a binary body and up to two headers ("Name: value"; NULL = none). status 0: the
 * server went away. */
struct answer rig_send(struct server *server, enum server_asker who, const char *method,
                       const char *path, const char *const headers[static 2], const void *bytes,
                       size_t size);
/* Announces; the answer's status must be `status`; id filled in for 201. */
void rig_begin(struct server *server, enum server_asker who, const char *kind, const char *site,
               const char *title, long long size, long status, char id[static UID_SIZE]);
/* One piece; returns the status, 0 when the server went away. *ret_offset: what it says. */
long rig_piece(struct server *server, enum server_asker who, const char *id, long long offset,
               const char *bytes, size_t size, long long *ret_offset);
/* All that is missing, from the offset that the server tells. */
void rig_go_on(struct server *server, enum server_asker who, const char *id,
               const struct rig_file *file);
/* Announces and sends a clip as a notice of clinic A. */
void rig_upload(struct server *server, enum server_asker who, const char *clip, const char *kind,
                char id[static UID_SIZE]);
/* Waits until it is ready or refused: GET's answer. */
struct answer rig_await(struct server *server, enum server_asker who, const char *id);
/* Number of files in a folder of the data directory. */
int rig_files(const struct server *server, const char *folder);

#endif
