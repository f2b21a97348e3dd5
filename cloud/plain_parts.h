/* Parts of patients' pages as HTML, drawn as the scripts draw them, of the JSON that the scripts
 * get. What comes back lives as long as the request, and is never NULL.
 */
#ifndef MACHIAI_CLOUD_PLAIN_PARTS_H
#define MACHIAI_CLOUD_PLAIN_PARTS_H

#include "plain_words.h"

/* A value of JSON as text, "" when there is none; not escaped. */
const char *plain_text(const cJSON *json, const char *key);
int64_t plain_int(const cJSON *json, const char *key);

/* ms UTC, by the clinic's clock. */
const char *plain_clock(struct plain_words *words, int64_t ms);
/* {"date","kind"}: "11月23日(月) 午後の診療". */
const char *plain_session(struct plain_words *words, const cJSON *session);
/* Two of the words' keys. */
char *plain_card(struct plain_words *words, const char *head, const char *help);

/* Of "remote" of a queue's view (reception.h): the way to book, or why there is none now. */
char *plain_reception(struct plain_words *words, const cJSON *view);
/* Of reception_clinic_json(): hours, closed and changed days, address. */
char *plain_hours(struct plain_words *words, const cJSON *json);

#endif
