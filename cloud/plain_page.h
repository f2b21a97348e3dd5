/* What patients' pages say before, and without, their scripts: the clinic's page, the holder's and
 * the finder's come with their present state as HTML, in the reader's language (?lang=, else what
 * the browser asks for), from the same catalogues as the scripts.
 */
#ifndef MACHIAI_CLOUD_PLAIN_PAGE_H
#define MACHIAI_CLOUD_PLAIN_PAGE_H

#include "http_server.h"

enum { PLAIN_PAGE_LANGUAGE_SIZE = 8 };

/* "/q/{}", "/q/{}/book", "/t/{}", "/q/"; and "/mail/{}", the link of a mail: its POST keeps the
 * address from further ones, as a mail program's own button does too (RFC 8058). These two have no
 * script. */
http_handler clinic_page, book_page, ticket_page, find_page, mail_page;

/* The first of the languages of an Accept-Language header that the pages speak; "en" when there is
 * none of them, "ja" without a header. */
void plain_page_language(const char *header, char ret[static PLAIN_PAGE_LANGUAGE_SIZE]);

#endif
