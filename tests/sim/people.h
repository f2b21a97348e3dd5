/* Patients at the kiosks and staff at the cloud's console. */
#ifndef MACHIAI_TESTS_SIM_PEOPLE_H
#define MACHIAI_TESTS_SIM_PEOPLE_H

#include "event.h"
#include "sim.h"

/* The clinic is open. */
void people_reset(void);

/* Mean ms between two patients, between two acts of staff: each clinic's are somewhere between. */
struct people_pace {
    int patient_min, patient_max, staff_min, staff_max;
};
/* Draws how busy the day is. */
void people_keep_pace(const struct people_pace *pace);
/* They come and act until then. */
void people_work(int64_t until);
/* A moment around so many ms from now. */
int64_t people_soon(int mean);

/* Staff do this now, once: call whoever is next at desk 1; log the event, which gets an id. */
void people_call(void);
/* Staff give a number at desk 1. */
void people_issue(void);
void people_event(struct event *event);

#endif
