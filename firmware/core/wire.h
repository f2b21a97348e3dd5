/* Pieces of the wire format that events, entries and snapshots share. Private to firmware/core.
 */
#ifndef MACHIAI_CORE_WIRE_H
#define MACHIAI_CORE_WIRE_H

#include "decode.h"
#include "event.h"

/* `v`, the version of a format: absent means 1; a later one than `newest` is refused. */
void wire_read_version(struct decoder *decoder, const cJSON *json, int newest);
/* A lower-case UUID; optional ones may be "". */
void wire_read_uid(struct decoder *decoder, const cJSON *json, const char *path, const char *key,
                   int required, char ret[static UID_SIZE]);
/* "14", "A3"; absent or "" leaves *ret. */
void wire_read_number(struct decoder *decoder, const cJSON *json, const char *path, const char *key,
                      struct number *ret);
/* {"date":"2026-11-24","kind":"am"}; absent leaves *ret. */
void wire_read_session(struct decoder *decoder, const cJSON *json, const char *path,
                       const char *key, struct session *ret);

/* These write nothing for "", 0, no number, no session: absent means empty. */
void wire_write_string(cJSON *json, const char *key, const char *value);
void wire_write_int(cJSON *json, const char *key, int64_t value);
void wire_write_bool(cJSON *json, const char *key, bool value);
void wire_write_number(cJSON *json, const char *key, struct number number);
void wire_write_session(cJSON *json, const char *key, const struct session *session);

#endif
