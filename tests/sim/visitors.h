/* Who stands at a kiosk: patients, staff at its menu; and its main thread and printer, the
 * strictest that there could be: what the station tells is shown and printed in the same moment. */
#ifndef MACHIAI_TESTS_SIM_VISITORS_H
#define MACHIAI_TESTS_SIM_VISITORS_H

#include "sim.h"
#include "station.h"

/* A patient presses the button, for any service or for this one. */
void visitors_press(int kiosk);
void visitors_press_for(int kiosk, const char *service, int persons);
/* Staff at the kiosk's menu; a patient with a booking, who types or shows this code. */
void visitors_act(int kiosk, const struct station_act *act);
void visitors_check_in(int kiosk, const char *code);

/* Nobody uses a kiosk whose card was put back until it has the log up to there. */
void visitors_bar(int kiosk, int64_t seq);
/* Somebody waits for its answer. */
bool visitors_wait(int kiosk);
/* The kiosk ended: nobody gets an answer any more. */
void visitors_leave(int kiosk);
void visitors_reset(void);

/* station_options.wake; the context is the kiosk's number. */
void visitors_hear(void *context);

#endif
