/* What may be seen of a queue, as JSON: by anyone, by staff. The cloud serves both; the kiosk's own
 * staff page serves the second.
 */
#ifndef MACHIAI_CORE_VIEW_H
#define MACHIAI_CORE_VIEW_H

#include <cjson/cJSON.h>

#include "queue.h"

/* For anyone: no ticket but those being called, no id, no name.
 * {"queue_id":"1024-1","clinic":{"clinic_no","name","phone"},
 *  "desk":{"desk_no","name","name_en","kind"},
 *  "session":{"date","kind"} | null, "intake":"open|paused|before|break|ended|closed",
 *  "waiting":12, "message":"..." , "at":ms,
 *  "now":[{"number":"14","room":"第1診察室","room_en":"...","since":ms,"live":true,"party":["13"]}]}
 * `waiting` counts nobody of a day before while today's doors are shut. `now` has one line for each
 * room that called, latest first: the latest call that goes on there with the numbers of the others
 * that do (party), or else the room's latest. NULL when memory runs out. */
cJSON *view_patient(const struct queue *queue, int desk_no, int64_t now);

/* For staff: every ticket of the day.
 * {"clinic":{...},"session":...,"message":"...","at":ms,
 *  "desks":[{"desk_no","queue_id","name","kind","paused","intake","waiting",
 *            "next":{"ticket","number"}|null,"rooms":[{"id","name"}]}],
 *  "services":[{"id","name","desk_no"}],
 *  "tickets":[{"ticket","number","state","desk_no","service","channel","room","accepted","called",
 *              "calls","priority","reason","family","slips","reissues","before","last_event",
 *              "can_undo"}]} */
cJSON *view_staff(const struct queue *queue, int64_t now);

/* One ticket, for its holder: {"ticket","number","state","queue_id","service","before",
 * "come_now","room","room_en","accepted","called","live"}; before is null once called. */
cJSON *view_ticket(const struct queue *queue, const struct ticket *ticket, int64_t now);

#endif
