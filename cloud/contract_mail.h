/* Mails about acts of a contract (contract.h): one to each contractor of the site who has an
 * address. Queued in the act's transaction, sent by the thread of the reminders, each once.
 */
#ifndef MACHIAI_CLOUD_CONTRACT_MAIL_H
#define MACHIAI_CLOUD_CONTRACT_MAIL_H

#include "cloud.h"
#include "mail.h"

enum {
    CONTRACT_MAIL_BATCH_MAX = 20,
    CONTRACT_MAIL_AGAIN_MS = 10 * 60 * 1000, /* after a failure that may pass */
    CONTRACT_MAIL_DAYS = 7                   /* older news is no news: a mail.conf came late */
};

int contract_mail_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));
int contract_mail_queue(struct db *db, const char *site, const char *act, int64_t now)
    __attribute__((warn_unused_result));
/* Sends what is due. Number of mails that a server took, or an error; waits for it: mail_send(). */
int contract_mail_send(struct cloud *cloud, const struct mail_settings *settings, int64_t now)
    __attribute__((warn_unused_result));

#endif
