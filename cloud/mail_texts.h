/* The texts of mails, embedded in the program: assets/mail. Each begins with head lines
 * "name: text"; behind an empty line comes the body. {name} is filled in.
 */
#ifndef MACHIAI_CLOUD_MAIL_TEXTS_H
#define MACHIAI_CLOUD_MAIL_TEXTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAIL_WHEN_SIZE = 64 };

extern const char mail_reminder_text[], mail_contract_text[];

/* The mail to a patient whose turn is near, in one of the languages of the patients' pages ("ja",
 * "zh-Hans"); NULL for any other. */
const char *mail_near_text(const char *language);

/* A list of these ends with name NULL. */
struct mail_filling {
    const char *name, *value;
};

/* The text of a head line, or the body, filled in; false: there is none, or it does not fit. */
bool mail_text_head(const char *text, const char *name, const struct mail_filling *fillings,
                    char *ret, size_t ret_size);
bool mail_text_body(const char *text, const struct mail_filling *fillings, char *ret,
                    size_t ret_size);
/* A moment as the head line `name` writes it: {year} {month} {day} {hour} {minute}. */
bool mail_text_moment(const char *text, const char *name, int64_t at, int utc_offset_min,
                      char ret[static MAIL_WHEN_SIZE]);

#endif
