/* What the cloud keeps beside a ticket and out of the log, since it must be forgotten: the link's
 * code, a booking's card as its hash (claims.h) and the patient's name (names.h). */
#ifndef MACHIAI_CLOUD_TICKET_NOTES_H
#define MACHIAI_CLOUD_TICKET_NOTES_H

#include "cloud.h"

/* A booking was taken over by the ticket of a kiosk's slip: what stands beside it follows. A ticket
 * that has its own keeps that. */
int ticket_notes_pass_on(struct db *db, const char *site, const char *booking, const char *ticket)
    __attribute__((warn_unused_result));
/* Forgets cards and names of days before today, at each site's own midnight, and tells the pages
 * that are open. (Codes are the holder's: holder_forget().) */
int ticket_notes_forget(struct cloud *cloud) __attribute__((warn_unused_result));

#endif
