/* Programs of different versions: a cloud that logs what this kiosk cannot read, and a kiosk that
 * follows older rules than the cloud.
 */
#ifndef MACHIAI_TESTS_SIM_VERSIONS_H
#define MACHIAI_TESTS_SIM_VERSIONS_H

#include "sim.h"

/* A new seed: all are of one version. */
void versions_reset(void);

/* From now on the cloud is a newer one; some entries that it streams are of kinds of its own. */
void versions_replace_cloud(bool newer);
/* The kiosk is of an earlier version: it tells the cloud that it knows the first rules only. */
void versions_replace_kiosk(int kiosk, bool older);

/* What the kiosk's version would have sent in place of this. May change body. */
void versions_send(int kiosk, const char *path, char *body);
/* The cloud has taken that. */
void versions_taken(int kiosk, const char *path, const char *body);
/* The cloud is restored: what it knows of the kiosks' versions is as old as the backup. */
void versions_restored(void);
/* A session pins the rules that all kiosks follow. */
void versions_check_session(int rules);

#endif
