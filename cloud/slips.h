/* The check codes of slips, as their kiosks have told them: which slip of a ticket is the valid
 * one. */
#ifndef MACHIAI_CLOUD_SLIPS_H
#define MACHIAI_CLOUD_SLIPS_H

#include <cjson/cJSON.h>

#include "db.h"
#include "number.h"
#include "site.h"

enum { SLIPS_TICKETS_MAX = 8 }; /* of one number: one is live, others ended earlier that day */

/* {"tickets":[{"ticket","desk","state","slip","print_count","reissues"}]} for each ticket of the
 * queue with this number. slip: "valid"; "replaced": staff had another one printed after it;
 * "unknown": no slip of that ticket has this code, or its kiosk has not told of it yet.
 * print_count: of that slip, 0 = unknown. NULL: no memory, or the database fails. */
cJSON *slips_check(struct db *db, struct site *site, struct number number, const char *check);

#endif
