/* The texts of mails, embedded in the program: assets/mail. */
#ifndef MACHIAI_CLOUD_MAIL_TEXTS_H
#define MACHIAI_CLOUD_MAIL_TEXTS_H

extern const char mail_reminder_text[];

#endif
