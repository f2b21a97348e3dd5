#include "plain_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "holder.h"
#include "near_mail.h"
#include "pages.h"
#include "plain_parts.h"
#include "reception.h"
#include "routes.h"
#include "session.h"
#include "views.h"
#include "web.h"

static const char marker[] = "<!--plain-->";

static const char *room_name(struct plain_words *words, const cJSON *call)
{
    bool japanese = strncmp(words->language, "ja", 2) == 0;
    const char *english = plain_text(call, "room_en");

    return plain_escape(words->req, japanese || !*english ? plain_text(call, "room") : english);
}

/* -- parts, as the scripts draw them ------------------------------------------------------------
 */

static char *header(struct plain_words *words, const char *title, const char *sub)
{
    return http_printf(words->req,
                       "<header class=\"top\"><div><h1 lang=\"ja\">%s</h1><p class=\"note\">%s</p>"
                       "</div></header>",
                       plain_escape(words->req, title), sub);
}

/* All that are called to the room now: "14 13". */
static const char *numbers_of(struct plain_words *words, const cJSON *call)
{
    const cJSON *other, *party = cJSON_GetObjectItemCaseSensitive(call, "party");
    char *text = http_printf(words->req, "%s", plain_text(call, "number"));

    cJSON_ArrayForEach (other, party)
        text = http_printf(words->req, "%s %s", text, other->valuestring);
    return text;
}

static char *plate(struct plain_words *words, const char *label, const cJSON *call)
{
    const char *number = call ? numbers_of(words, call) : "";

    return http_printf(
        words->req,
        "<section class=\"plate-number\"><div><h2>%s</h2><p class=\"sub\">%s</p></div>"
        "%s%s%s</section>",
        label, call ? room_name(words, call) : plain_say(words, "now.none", NULL),
        *number ? "<p class=\"number\">" : "", plain_escape(words->req, number),
        *number ? "</p>" : "");
}

static char *message(struct plain_words *words, const cJSON *view)
{
    const char *text = plain_text(view, "message");

    return *text ? http_printf(
                       words->req,
                       "<section class=\"message\"><h2>%s</h2><p lang=\"ja\">%s</p></section>",
                       plain_say(words, "message", NULL), plain_escape(words->req, text))
                 : http_printf(words->req, "%s", "");
}

/* The time of what is shown, and the way to newer. */
static char *age(struct plain_words *words, const cJSON *view)
{
    const struct plain_value values[] = {{"time", plain_clock(words, plain_int(view, "at"))},
                                         {NULL, NULL}};

    return http_printf(
        words->req,
        "<p class=\"note\">%s</p><p><a class=\"button second wide\" href=\"\">%s</a></p>",
        plain_say(words, "lost", values), plain_say(words, "loading.again", NULL));
}

static char *phone(struct plain_words *words, const cJSON *clinic)
{
    const char *number = plain_escape(words->req, plain_text(clinic, "phone"));

    return *number ? http_printf(words->req,
                                 "<div class=\"phone\"><p>%s</p><a class=\"button wide\" "
                                 "href=\"tel:%s\"><span class=\"number\">%s</span></a></div>",
                                 plain_say(words, "phone", NULL), number, number)
                   : http_printf(words->req, "%s", "");
}

/* -- answering ----------------------------------------------------------------------------------
 */

static void reply(struct http_request *req, const char *file, const char *language,
                  const char *content)
{
    const struct page *page = pages_find(file);
    const char *shell = page ? (const char *)page->body : "";
    const char *place = page ? memmem(shell, page->size, marker, strlen(marker)) : NULL;
    const char *spoken = strcmp(language, "ja-easy") == 0 ? "ja" : language;
    static const char open[] = "<html lang=\"ja\">";
    const char *html = page ? memmem(shell, page->size, open, strlen(open)) : NULL;
    char *text;

    if (!place || !html || html > place) {
        http_reply_error(req, 404, "not_found", "There is no such page.", NULL);
        return;
    }
    text = http_printf(req, "%.*s<html lang=\"%s\">%.*s%s%.*s", (int)(html - shell), shell, spoken,
                       (int)(place - html - (ptrdiff_t)strlen(open)), html + strlen(open), content,
                       (int)(shell + page->size - place - (ptrdiff_t)strlen(marker)),
                       place + strlen(marker));
    http_add_header(req, "Vary", "Accept-Language");
    http_add_header(req, "Cache-Control", "no-cache");
    http_reply(req, 200, page->type, text, strlen(text), NULL);
}

/* A language by its name, or by what it begins with ("zh-CN" is zh-Hans). */
static const char *speaks(const char *name, size_t size)
{
    size_t base = strcspn(name, "-;, ");

    base = base < size ? base : size;
    for (size_t i = 0; plain_languages[i]; i++)
        if (strlen(plain_languages[i]) == size && strncasecmp(plain_languages[i], name, size) == 0)
            return plain_languages[i];
    for (size_t i = 0; base > 0 && plain_languages[i]; i++)
        if (strcspn(plain_languages[i], "-") == base &&
            strncasecmp(plain_languages[i], name, base) == 0)
            return plain_languages[i];
    return NULL;
}

void plain_page_language(const char *header, char ret[static PLAIN_PAGE_LANGUAGE_SIZE])
{
    const char *found = NULL, *at = header;

    while (at && *at && !found) {
        at += strspn(at, ", ");
        found = speaks(at, strcspn(at, ";, "));
        at += strcspn(at, ",");
    }
    (void)snprintf(ret, PLAIN_PAGE_LANGUAGE_SIZE, "%s", found ? found : header ? "en" : "ja");
}

/* False: there are no words, which cannot be in a whole build; answered. */
static bool begin(struct http_request *req, struct plain_words *ret)
{
    const char *asked = http_query(req, "lang");
    const char *found = asked ? speaks(asked, strlen(asked)) : NULL;
    char language[PLAIN_PAGE_LANGUAGE_SIZE];

    plain_page_language(http_header(req, "Accept-Language"), language);
    if (!found)
        found = speaks(language, strlen(language)); /* its name lives on */
    if (plain_words_load(req, found, ret))
        return true;
    http_reply_error(req, 500, "internal", "The page has no words.", NULL);
    return false;
}

/* -- a clinic -----------------------------------------------------------------------------------
 */

static char *calls(struct plain_words *words, const cJSON *view)
{
    const cJSON *call, *list = cJSON_GetObjectItemCaseSensitive(view, "now");
    char *text = http_printf(words->req, "%s", "");

    cJSON_ArrayForEach (call, list) {
        bool live = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(call, "live"));

        text = http_printf(words->req, "%s%s", text,
                           plate(words, plain_say(words, live ? "calling" : "now", NULL), call));
    }
    return cJSON_GetArraySize(list) > 0 ? text : plate(words, plain_say(words, "now", NULL), NULL);
}

static const char *waiting(struct plain_words *words, const cJSON *view)
{
    int64_t n = plain_int(view, "waiting");
    const struct plain_value values[] = {{"n", http_printf(words->req, "%d", (int)n)},
                                         {NULL, NULL}};

    return plain_say(words, n > 0 ? "waiting" : "waiting.none", values);
}

/* Before the doors open, when one may book says more than that the desk is closed. */
static bool says_instead(const cJSON *view)
{
    const char *state = plain_text(cJSON_GetObjectItemCaseSensitive(view, "remote"), "state");
    const char *intake = plain_text(view, "intake");

    return (strcmp(state, "before") == 0 || strcmp(state, "night") == 0) &&
           (strcmp(intake, "before") == 0 || strcmp(intake, "break") == 0 ||
            strcmp(intake, "ended") == 0);
}

/* The doors are closed, and nobody who came before they did still waits, as for the cashier. */
static bool is_idle(const cJSON *view)
{
    const char *state = plain_text(cJSON_GetObjectItemCaseSensitive(view, "remote"), "state");
    const char *intake = plain_text(view, "intake");

    if (plain_int(view, "waiting") > 0)
        return false;
    return strcmp(intake, "closed") == 0 ||
           (strcmp(intake, "before") == 0 && strcmp(state, "open") != 0 &&
            strcmp(state, "full") != 0 && strcmp(state, "ended") != 0);
}

static const char *waiting_card(struct plain_words *words, const cJSON *view)
{
    return is_idle(view)
               ? ""
               : http_printf(words->req, "<section class=\"card waiting\"><h2>%s</h2></section>",
                             waiting(words, view));
}

/* first: HTML above all, "" = none. */
static char *clinic_content(struct plain_words *words, const cJSON *view, const cJSON *clinic,
                            const char *first)
{
    const char *intake = plain_text(view, "intake");
    bool open = strcmp(intake, "open") == 0, instead = says_instead(view);
    const char *key = http_printf(words->req, "intake.%s", intake);

    return http_printf(
        words->req, "%s<main>%s%s%s%s%s%s%s%s%s</main>",
        header(words, plain_text(cJSON_GetObjectItemCaseSensitive(view, "clinic"), "name"),
               plain_session(words, cJSON_GetObjectItemCaseSensitive(view, "session"))),
        first,
        open || instead ? "" : plain_card(words, key, http_printf(words->req, "%s.help", key)),
        is_idle(view) ? "" : calls(words, view), waiting_card(words, view),
        (open || instead) && !*first ? plain_reception(words, view) : "", message(words, view),
        age(words, view), phone(words, cJSON_GetObjectItemCaseSensitive(view, "clinic")),
        plain_hours(words, clinic));
}

/* The view of the queue with the clinic's hours; NULL: there is no such queue. */
static char *clinic_of(struct plain_words *words, struct cloud *cloud, const char *queue_id,
                       const char *first)
{
    int desk_no = 0;
    uint64_t ignored;
    struct site *site = sites_find_queue(cloud->sites, queue_id, &desk_no);
    cJSON *view = site ? views_json(cloud, site, desk_no, &ignored) : NULL, *clinic;
    char *content;

    if (!view)
        return NULL;
    clinic = reception_clinic_json(site_read(site), site_now(site));
    site_read_end(site);
    content = clinic_content(words, view, clinic, first);
    cJSON_Delete(clinic);
    cJSON_Delete(view);
    return content;
}

void clinic_page(struct http_request *req, void *context)
{
    struct plain_words words;
    char *content;

    if (!begin(req, &words))
        return;
    content = clinic_of(&words, web_cloud(context), http_param(req, 0), "");
    if (!content)
        content =
            http_printf(req, "<main>%s</main>", plain_card(&words, "unknown", "unknown.help"));
    reply(req, "q/index.html", words.language, content);
    plain_words_finish(&words);
}

/* Booking needs a script. Who has none is told what to do, and sees when one may book. */
void book_page(struct http_request *req, void *context)
{
    struct plain_words words;
    char *content, *what;

    if (!begin(req, &words))
        return;
    what = plain_card(&words, "book.plain", "book.plain.help");
    content = clinic_of(&words, web_cloud(context), http_param(req, 0), what);
    reply(req, "book/index.html", words.language,
          http_printf(req, "<noscript>%s</noscript>", content ? content : what));
    plain_words_finish(&words);
}

/* -- a ticket -----------------------------------------------------------------------------------
 */

/* The same words as ticket.js has for each state. */
static const char *state_key(const cJSON *ticket)
{
    static const struct {
        const char *state, *key;
    } keys[] = {
        {"offered", "ticket.offered"},     {"held", "ticket.desk"},
        {"in_room", "ticket.in_room"},     {"in_exam", "ticket.in_exam"},
        {"to_pay", "ticket.to_pay"},       {"done", "ticket.done"},
        {"absent", "ticket.desk"},         {"called", "ticket.desk"},
        {"cancelled", "ticket.cancelled"},
    };

    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(ticket, "live")))
        return "calling";
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strcmp(keys[i].state, plain_text(ticket, "state")) == 0)
            return keys[i].key;
    return "ticket.desk";
}

static const char *state_text(struct plain_words *words, const cJSON *ticket)
{
    const cJSON *before = cJSON_GetObjectItemCaseSensitive(ticket, "before");
    const struct plain_value values[] = {
        {"n", http_printf(words->req, "%d", cJSON_IsNumber(before) ? before->valueint : 0)},
        {NULL, NULL}};

    return cJSON_IsNumber(before) ? plain_say(words, "ticket.before", values)
                                  : plain_say(words, state_key(ticket), NULL);
}

static char *ticket_content(struct plain_words *words, const cJSON *ticket)
{
    const cJSON *clinic = cJSON_GetObjectItemCaseSensitive(ticket, "clinic");
    const cJSON *view = cJSON_GetObjectItemCaseSensitive(ticket, "queue");
    const cJSON *call = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(view, "now"), 0);
    bool live = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(ticket, "live"));

    return http_printf(
        words->req,
        "%s<main>%s<section class=\"ticket\"><div class=\"mine\"><h2>%s</h2><p "
        "class=\"number\">%s</p>"
        "</div><h3>%s%s%s</h3><p class=\"note\"></p></section>%s%s%s</main>",
        header(words, plain_text(clinic, "name"),
               plain_session(words, cJSON_GetObjectItemCaseSensitive(ticket, "session"))),
        call && !live ? plate(words, plain_say(words, "now", NULL), call) : "",
        plain_say(words, "ticket.mine", NULL),
        plain_escape(words->req, plain_text(ticket, "number")), state_text(words, ticket),
        live ? "<br>" : "", live ? room_name(words, ticket) : "", message(words, view),
        age(words, view), phone(words, clinic));
}

void ticket_page(struct http_request *req, void *context)
{
    struct cloud *cloud = web_cloud(context);
    struct plain_words words;
    struct holder holder;
    cJSON *ticket = NULL;
    char *content;

    if (!begin(req, &words))
        return;
    content = holder_find(cloud, http_param(req, 0), &holder) == 0 &&
                      holder_json(cloud, &holder, &ticket) == 0
                  ? ticket_content(&words, ticket)
                  : http_printf(req, "<main>%s</main>",
                                plain_card(&words, "ticket.unknown", "ticket.unknown.help"));
    cJSON_Delete(ticket);
    reply(req, "t/index.html", words.language, content);
    plain_words_finish(&words);
}

/* -- pages without a script ----------------------------------------------------------------------
 */

/* Each language by its own name. */
static char *language_links(struct plain_words *words)
{
    char *text = http_printf(words->req, "%s", "");

    for (size_t i = 0; plain_languages[i]; i++)
        text = http_printf(
            words->req, "%s<li><a class=\"button\" lang=\"%s\" href=\"?lang=%s\"%s>%s</a></li>",
            text, i == 1 ? "ja" : plain_languages[i], plain_languages[i],
            strcmp(plain_languages[i], words->language) == 0 ? " aria-current=\"true\"" : "",
            plain_names[i]);
    return http_printf(words->req,
                       "<footer><ul id=\"languages\" aria-label=\"%s\">%s</ul></footer>",
                       plain_say(words, "language.choose", NULL), text);
}

void mail_page(struct http_request *req, void *context)
{
    struct plain_words words;
    const char *content;
    int result;

    if (!begin(req, &words))
        return;
    if (http_method_of(req) == HTTP_POST) {
        result = near_mail_refuse(web_cloud(context)->db, http_param(req, 0), cloud_now(NULL));
        content = result == 0 ? plain_card(&words, "mail.done", "mail.done.help")
                              : plain_card(&words, "mail.gone", "mail.gone.help");
    } else {
        content =
            http_printf(req,
                        "<h1>%s</h1><p>%s</p><form method=\"post\"><button class=\"button "
                        "first wide\">%s</button></form>",
                        plain_say(&words, "mail.title", NULL), plain_say(&words, "mail.help", NULL),
                        plain_say(&words, "mail.do", NULL));
    }
    reply(req, "plain/index.html", words.language,
          http_printf(req, "<main>%s</main>%s", content, language_links(&words)));
    plain_words_finish(&words);
}

/* -- finding ------------------------------------------------------------------------------------
 */

static char *found(struct plain_words *words, const cJSON *clinics)
{
    const cJSON *clinic;
    char *text = http_printf(words->req, "%s", "");

    cJSON_ArrayForEach (clinic, clinics)
        text = http_printf(words->req,
                           "%s<li><a class=\"clinic\" href=\"/q/%s\"><b lang=\"ja\">%s</b>"
                           "<span class=\"note\" lang=\"ja\">%s</span><span>%s</span></a></li>",
                           text, plain_escape(words->req, plain_text(clinic, "queue_id")),
                           plain_escape(words->req, plain_text(clinic, "name")),
                           plain_escape(words->req, plain_text(clinic, "address")),
                           waiting(words, clinic));
    return http_printf(words->req, "<ul class=\"clinics\">%s</ul>", text);
}

void find_page(struct http_request *req, void *context)
{
    const char *asked = http_query(req, "search");
    const char *search = asked && strlen(asked) <= FIND_SEARCH_MAX ? asked : "";
    struct plain_words words;
    const cJSON *list;
    cJSON *clinics;

    if (!begin(req, &words))
        return;
    clinics = reception_find(web_cloud(context), search);
    list = cJSON_GetObjectItemCaseSensitive(clinics, "clinics");
    reply(req, "plain/index.html", words.language,
          http_printf(req,
                      "<main><h1>%s</h1><form class=\"search\" role=\"search\"><p><label "
                      "for=\"search\">%s</label></p><p class=\"inputs\"><input id=\"search\" "
                      "name=\"search\" value=\"%s\"><button class=\"button first\">%s</button></p>"
                      "</form>%s</main>%s",
                      plain_say(&words, "find.title", NULL), plain_say(&words, "find.label", NULL),
                      plain_escape(req, search), plain_say(&words, "find.do", NULL),
                      cJSON_GetArraySize(list) > 0
                          ? found(&words, list)
                          : plain_card(&words, "find.none", "find.none.help"),
                      language_links(&words)));
    cJSON_Delete(clinics);
    plain_words_finish(&words);
}
