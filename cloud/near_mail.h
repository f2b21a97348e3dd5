/* An e-mail when a patient's turn is near: one a ticket, asked for on the ticket's own page, sent
 * when the clinic's "come now" holds (or at the call, should that be first), then its address is
 * forgotten. It is forgotten unsent when the ticket is over or its session is.
 *
 * Every mail has a link that keeps its address from further mails of that clinic; of such an
 * address only a keyed hash is kept.
 */
#ifndef MACHIAI_CLOUD_NEAR_MAIL_H
#define MACHIAI_CLOUD_NEAR_MAIL_H

#include "cloud.h"
#include "ids.h"
#include "mail.h"

enum {
    NEAR_MAIL_TICK_MS = 3000,
    NEAR_MAIL_FIRST_MS = 500,
    NEAR_MAIL_BATCH_MAX = 50,       /* sent in one turn */
    NEAR_MAIL_AGAIN_MS = 30 * 1000, /* after a failure that may pass */
    NEAR_MAIL_TRIES_MAX = 40, /* of a server that is away: 20 minutes, or until the turn is over */
    NEAR_MAIL_LANGUAGE_SIZE = 8,
    NEAR_MAIL_OFF_DAYS = 30, /* so long a mail's link works */
    NEAR_MAIL_REFUSED_DAYS = 365
};

/* none: nobody asked; waiting; sent; failed: the mail server will not have it. */
#define NEAR_MAIL_STATES(X)                                                                        \
    X(NONE, "none") X(WAITING, "waiting") X(SENT, "sent") X(FAILED, "failed")
enum near_mail_state {
#define X(name, text) NEAR_MAIL_##name,
    NEAR_MAIL_STATES(X)
#undef X
        NEAR_MAIL_STATE_COUNT
};
const char *near_mail_state_name(enum near_mail_state state);

int near_mail_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Asks for the mail of a ticket, in a language of the pages; another address takes the place of one
 * that has got none yet. -EINVAL: no address; -EALREADY: it has been sent. An address that wants no
 * mails is taken without a word and gets none: nobody learns who said so. */
int near_mail_ask(struct db *db, struct site *site, const char *ticket, const char *address,
                  const char *language) __attribute__((warn_unused_result));
/* Forgets the address, unless a mail is under way to it. */
int near_mail_stop(struct db *db, struct site *site, const char *ticket)
    __attribute__((warn_unused_result));
int near_mail_look(struct db *db, struct site *site, const char *ticket, enum near_mail_state *ret)
    __attribute__((warn_unused_result));
/* By the secret of a mail's link: its address gets no further mail of that clinic. -ENOENT. */
int near_mail_refuse(struct db *db, const char *token, int64_t now)
    __attribute__((warn_unused_result));

/* Sends what is due now and forgets what is over: number of mails that the server took, or an
 * error. Waits for the mail server: see mail_send(). settings NULL: nothing is sent. */
int near_mail_send(struct cloud *cloud, const struct mail_settings *settings)
    __attribute__((warn_unused_result));
/* Forgets what was kept for its time only. */
int near_mail_forget(struct db *db, int64_t now) __attribute__((warn_unused_result));

/* A thread that sends as long as the server runs. */
struct near_mail;
int near_mail_create(struct cloud *cloud, struct near_mail **ret)
    __attribute__((warn_unused_result));
/* Waits for a mail that is under way. Accepts NULL. */
void near_mail_destroy(struct near_mail *near_mail);
/* Whether this cloud can send mails (DIR/mail.conf is there and good). Accepts NULL. */
bool near_mail_ready(const struct near_mail *near_mail);

#endif
