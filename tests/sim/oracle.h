/* What patients, staff and kiosks were told, and whether it stays true.
 *
 * Kept from slips, answers and the committed log, with a reading of the events of its own: not one
 * line of firmware/core/queue.c or rules.c decides here.
 */
#ifndef MACHIAI_TESTS_SIM_ORACLE_H
#define MACHIAI_TESTS_SIM_ORACLE_H

#include "sim.h"
#include "station.h"

/* A new day begins, of which nothing is known yet. */
void oracle_forget(void);
/* The clinic is open with these settings. */
void oracle_reset(bool restart_by_session, bool absent_counts);
/* Takes in what the cloud has committed since; after every step. */
void oracle_follow(void);
/* The cloud has started: what was committed before is all there. */
void oracle_check_history(void);

/* The cloud serves again with an older log; what it goes on with may be what it had. */
void oracle_restored(void);
/* How often that was: what was told before may be another entry now. */
int oracle_restores(void);
/* The kiosk has the card's content of that time. */
void oracle_card_back(int kiosk, int64_t since);

/* A patient holds this number now. kiosk -1: told by staff. */
void oracle_shown(int kiosk, const struct station_ticket *ticket);
bool oracle_has_slip(const char *ticket);
/* The kiosk has read its journal: every ticket that it has shown is there. */
void oracle_check_stored(int kiosk);
/* An answer to a kiosk has left the cloud: what it says is committed. */
void oracle_answered(int kiosk, const char *method, const char *path, int status, const char *body);
/* The cloud has told staff that this event has this seq. */
void oracle_acknowledged(const char *event, int64_t seq);
/* All is healed: every slip is in the cloud's queue as it was shown, and all views agree. */
void oracle_check_end(void);

int oracle_slips(void);

#endif
