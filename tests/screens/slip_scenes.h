/* Slips as they come, for pictures and tests.
 */
#ifndef MACHIAI_TESTS_SLIP_SCENES_H
#define MACHIAI_TESTS_SLIP_SCENES_H

#include "slip.h"

#define SCENES_URL "https://m.example.jp/t/7K4Q9M2XH3TA"

enum { SCENES_LANGUAGES = 7 };
extern const char *const scenes_languages[SCENES_LANGUAGES];

struct slip_view scenes_slip(const char *language);

/* "standard", "large", "reissue", "message", "slot", "family", "bare" (a number of the kiosk's own
 * series without time and cloud), "full" (all of it at once), "test". */
enum { SCENES_SLIPS = 9 };
extern const char *const scenes_slips[SCENES_SLIPS];
struct slip_view scenes_slip_of(const char *kind, const char *language);

#endif
