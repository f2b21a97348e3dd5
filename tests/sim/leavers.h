/* Kiosks that leave the clinic: revoked by the operator, or moved to another clinic of the same
 * cloud. What they still had must be where EXCEPTIONS.md says, and they give nothing more here.
 */
#ifndef MACHIAI_TESTS_SIM_LEAVERS_H
#define MACHIAI_TESTS_SIM_LEAVERS_H

#include "sim.h"

/* The identities that the clinic was made with; every seed begins with them. */
void leavers_keep(void);
void leavers_reset(void);

/* As `admin device revoke` does it; false: the cloud could not store it now. */
bool leavers_revoke(int kiosk);
/* A code of another clinic in its configuration, and a restart. False: not now. */
bool leavers_move(int kiosk);

bool leavers_has_left(int kiosk);
/* It belongs to the other clinic already. */
bool leavers_is_elsewhere(int kiosk);
/* It knows that it was revoked: it must not give numbers. */
bool leavers_knows(int kiosk);
/* Who has left is where it should be. why: what is still missing. */
bool leavers_converged(int kiosk, char *why, size_t size);
/* What happened to the ticket at a kiosk that left is kept for staff: in the cloud's quarantine, or
 * in the file that a moved kiosk writes. */
bool leavers_kept(int kiosk, const char *ticket);

#endif
