/* Reminders before a programme's deadline (terms 20): an e-mail to each contractor of the site who
 * has an address, so many days before, each once. Once approved, or too late, none is sent.
 */
#ifndef MACHIAI_CLOUD_REMINDERS_H
#define MACHIAI_CLOUD_REMINDERS_H

#include "cloud.h"
#include "mail.h"

enum {
    REMINDERS_FIRST_MS = 500,
    REMINDERS_TICK_MS = 60 * 1000,
    REMINDERS_BATCH_MAX = 50,           /* sent in one turn */
    REMINDERS_AGAIN_MS = 10 * 60 * 1000 /* after a failure that may pass */
};

int reminders_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Where a person reads mail; "" forgets it. -EINVAL: no address. */
int reminders_address_set(struct db *db, const char *user, const char *address)
    __attribute__((warn_unused_result));

/* Sends what is due now. Number of mails that a server took, or an error; failures of single mails
 * are logged and tried again. Waits for the mail server: see mail_send(). */
int reminders_send(struct cloud *cloud, int64_t now) __attribute__((warn_unused_result));

/* A thread that does so as long as the server runs. */
struct reminders;
int reminders_create(struct cloud *cloud, struct reminders **ret)
    __attribute__((warn_unused_result));
/* Waits for a mail that is under way. Accepts NULL. */
void reminders_destroy(struct reminders *reminders);

#endif
