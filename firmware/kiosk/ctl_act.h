/* Acts of staff by the control socket: `ctl call-next 1`, `ctl reissue 14`, for tests and support.
 */
#ifndef MACHIAI_KIOSK_CTL_ACT_H
#define MACHIAI_KIOSK_CTL_ACT_H

#include <cjson/cJSON.h>

#include "station.h"

enum { CTL_ACT_WORDS_MAX = 4 };

/* Name and words of an act as station_act() takes it; -ENOENT: that is no act; -EINVAL: its words
 * are wrong, which ctl_act_usage() then tells. */
int ctl_act_read(int count, const char *const *words, struct station_act *ret)
    __attribute__((warn_unused_result));
/* "call-next DESK [ROOM]"; NULL for a name that is none. */
const char *ctl_act_usage(const char *name);
/* The i-th usage line, NULL behind the last. */
const char *ctl_act_line(int i);

/* Request and answer on the socket: {"command":"act","words":["call-next","1"]}; {"ok":true,
 * "number","room","desk_no"}, or {"error": the act's key, "message"}. */
cJSON *ctl_act_request(int count, const char *const *words);
int ctl_act_parse(const cJSON *request, struct station_act *ret)
    __attribute__((warn_unused_result));
cJSON *ctl_act_answer(const struct station_news *news);

#endif
