/* A cloud and a kiosk's station for a test. */
#ifndef MACHIAI_TESTS_KIOSK_STATION_FIXTURE_H
#define MACHIAI_TESTS_KIOSK_STATION_FIXTURE_H

#include "../core/test.h"
#include "station_driver.h"

enum { SOON_MS = 5000, RETURN_MS = 20000 };

struct fixture {
    struct cloud_rig cloud;
    struct driver driver;
    char data[CLOUD_PATH_MAX + 16];
};

/* cmocka's: a cloud and a kiosk with a code, not started (the kiosk's data lie in the cloud's
 * directory); the same, enrolled and online; the end of both. */
int fixture_cold(void **state);
int fixture_warm(void **state);
int fixture_end(void **state);
#define FIXTURE_COLD(test) cmocka_unit_test_setup_teardown(test, fixture_cold, fixture_end)
#define FIXTURE_WARM(test) cmocka_unit_test_setup_teardown(test, fixture_warm, fixture_end)

void fixture_restart(struct fixture *f);
/* The cloud goes, and the kiosk has noticed; it comes back, and all is uploaded. */
void fixture_cut(struct fixture *f);
void fixture_heal(struct fixture *f);
/* Logs an act of staff in the cloud: what stands between the braces of an event. */
void fixture_staff(struct fixture *f, const char *event);
/* The notices of that kind that staff see; *ret_number: of the first, static storage. */
int fixture_notices(struct fixture *f, const char *kind, const char **ret_number);

bool fixture_has_ticket(const struct driver *driver);
bool fixture_has_call(const struct driver *driver);

#endif
