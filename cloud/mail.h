/* E-mail over SMTP (libcurl), as DIR/mail.conf says:
 *
 *   [mail]
 *   url = smtps://mail.example.jp:465
 *     (smtp:// asks for STARTTLS and goes on without it only on the same machine)
 *   ca = /etc/machiai/mail-ca.pem          (of a server with a certificate of its own)
 *   from = noreply@example.jp
 *   name = 待合                            (shown beside the address)
 *   user = machiai                         (with password_file; none: no log-in)
 *   password_file = /etc/machiai/mail.password
 *   reminder_days = 7,3,1                  (before the deadline of a programme)
 */
#ifndef MACHIAI_CLOUD_MAIL_H
#define MACHIAI_CLOUD_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAIL_ADDRESS_SIZE = 255,
    MAIL_NAME_SIZE = 97,
    MAIL_URL_SIZE = 256,
    MAIL_PASSWORD_SIZE = 257,
    MAIL_PATH_SIZE = 1024,
    MAIL_ERROR_SIZE = 200,
    MAIL_TEXT_MAX = 64 * 1024, /* of a body */
    MAIL_TIMEOUT_S = 30,       /* of one message */
    MAIL_REMINDER_DAYS_MAX = 8
};

struct mail_settings {
    char url[MAIL_URL_SIZE];
    char ca[MAIL_PATH_SIZE]; /* "" = those that the machine trusts */
    char from[MAIL_ADDRESS_SIZE], name[MAIL_NAME_SIZE];
    char user[MAIL_ADDRESS_SIZE], password[MAIL_PASSWORD_SIZE];
    int reminder_days[MAIL_REMINDER_DAYS_MAX], reminder_count;
};

struct mail {
    const char *to;      /* one address */
    const char *subject; /* UTF-8, one line */
    const char *body;    /* UTF-8, lines parted by \n */
    const char *id;      /* left of the Message-ID's @: the same mail has the same */
    const char *off;     /* a POST to this URL ends such mails (RFC 8058); NULL: none does */
    int64_t at;          /* ms since 1970 */
};

/* user@domain in ASCII, nothing that could end a line or an address. */
bool mail_address_ok(const char *address);

/* -ENOENT: there is no file, so no mail is sent. -EINVAL with a sentence. *ret is untouched then.
 */
int mail_settings_load(const char *data_dir, struct mail_settings *ret,
                       char error[static MAIL_ERROR_SIZE]) __attribute__((warn_unused_result));

/* The message as it goes over the wire: encoded headers, body in base64, lines of CRLF. NULL: no
 * memory, or what is not a mail (-> mail_address_ok, MAIL_TEXT_MAX). free(). */
char *mail_compose(const struct mail_settings *settings, const struct mail *mail);

/* This process is about to end: what is being sent, and is to be sent from now on, fails with
 * -EAGAIN within about a second. false: as at first. Any thread. */
void mail_end_all(bool now);

/* Sends it, and waits for the server's word, MAIL_TIMEOUT_S at most: not from a thread that others
 * wait for. -EINVAL it is no mail; -EPERM: the server will never have it; -EAGAIN: later, perhaps.
 * error gets a sentence. */
int mail_send(const struct mail_settings *settings, const struct mail *mail,
              char error[static MAIL_ERROR_SIZE]) __attribute__((warn_unused_result));

#endif
