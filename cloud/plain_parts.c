#include "plain_parts.h"

#include <stdio.h>
#include <string.h>

#include "session.h"

enum { UTC_OFFSET_MIN = 9 * 60 /* of the pages: when.js */ };

/* -- words --------------------------------------------------------------------------------------
 */

/* A value of JSON as text, "" when there is none. */
const char *plain_text(const cJSON *json, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));

    return text ? text : "";
}

int64_t plain_int(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

    return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : 0;
}

/* A moment that has this minute on the clinic's clock. */
static int64_t minute_of_day(int minute)
{
    return (24 * 60 + minute - UTC_OFFSET_MIN) * (int64_t)60000;
}

const char *plain_clock(struct plain_words *words, int64_t ms)
{
    struct civil civil;
    const char *hour, *minute, *mm;

    civil_from_ms(ms, UTC_OFFSET_MIN, &civil);
    hour = http_printf(words->req, "%d", civil.hour);
    minute = http_printf(words->req, "%d", civil.minute);
    mm = http_printf(words->req, "%02d", civil.minute);
    const struct plain_value values[] = {
        {"hour", hour}, {"minute", minute}, {"mm", mm}, {NULL, NULL}};

    return plain_say(words, "clock", values);
}

/* Hours are mostly whole, and are said so. */
static const char *hour_text(struct plain_words *words, int64_t ms)
{
    struct civil civil;

    civil_from_ms(ms, UTC_OFFSET_MIN, &civil);
    if (civil.minute != 0)
        return plain_clock(words, ms);
    const struct plain_value values[] = {{"hour", http_printf(words->req, "%d", civil.hour)},
                                         {NULL, NULL}};

    return plain_say(words, "clock.whole", values);
}

static const char *plain_date(struct plain_words *words, const char *date)
{
    struct civil civil;
    int64_t ms = 0;

    if (civil_date_to_ms(date, 0, &ms) < 0)
        return "";
    civil_from_ms(ms, 0, &civil);
    const struct plain_value values[] = {
        {"month", http_printf(words->req, "%d", civil.month)},
        {"day", http_printf(words->req, "%d", civil.day)},
        {"monthname", plain_item(words, "months", civil.month - 1)},
        {"weekday", plain_item(words, "weekdays", civil.weekday)},
        {NULL, NULL}};

    return plain_say(words, "date", values);
}

const char *plain_session(struct plain_words *words, const cJSON *session)
{
    const char *key = http_printf(words->req, "session.%s", plain_text(session, "kind"));
    const struct plain_value values[] = {{"date", plain_date(words, plain_text(session, "date"))},
                                         {"kind", plain_say(words, key, NULL)},
                                         {NULL, NULL}};

    return plain_say(words, "session", values);
}

char *plain_card(struct plain_words *words, const char *head, const char *help)
{
    return http_printf(words->req, "<section class=\"card\"><h2>%s</h2><p>%s</p></section>",
                       plain_say(words, head, NULL), plain_say(words, help, NULL));
}

/* -- reception from home ------------------------------------------------------------------------
 */

static const char *span(struct plain_words *words, int64_t from, int64_t to)
{
    const struct plain_value values[] = {
        {"from", hour_text(words, from)}, {"to", hour_text(words, to)}, {NULL, NULL}};

    return plain_say(words, "span", values);
}

static char *card_at(struct plain_words *words, const char *head, const char *help, int64_t ms)
{
    const struct plain_value values[] = {{"time", hour_text(words, ms)}, {NULL, NULL}};

    return http_printf(words->req, "<section class=\"card\"><h2>%s</h2><p>%s</p></section>",
                       plain_say(words, head, values), plain_say(words, help, values));
}

static char *way_to_book(struct plain_words *words, const cJSON *view, const cJSON *remote)
{
    const struct plain_value values[] = {{"time", hour_text(words, plain_int(remote, "until"))},
                                         {NULL, NULL}};

    return http_printf(
        words->req, "<a class=\"button first wide book\" href=\"/q/%s/book\">%s</a>%s%s%s",
        plain_escape(words->req, plain_text(view, "queue_id")),
        plain_say(words, "remote.book", NULL),
        plain_int(remote, "until") > 0 ? "<p class=\"note\">" : "",
        plain_int(remote, "until") > 0 ? plain_say(words, "remote.open", values) : "",
        plain_int(remote, "until") > 0 ? "</p>" : "");
}

char *plain_reception(struct plain_words *words, const cJSON *view)
{
    const cJSON *remote = cJSON_GetObjectItemCaseSensitive(view, "remote");
    const cJSON *next = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(remote, "next"), 0);
    const char *state = plain_text(remote, "state");

    if (strcmp(state, "open") == 0)
        return way_to_book(words, view, remote);
    if (strcmp(state, "before") == 0 && next)
        return card_at(words, "remote.before", "remote.before.help", plain_int(next, "from"));
    if (strcmp(state, "night") == 0)
        return card_at(words, "remote.night", "remote.night.help", plain_int(remote, "until"));
    if (strcmp(state, "ended") == 0)
        return plain_card(words, "remote.ended", "remote.ended.help");
    if (strcmp(state, "full") == 0)
        return plain_card(words, "remote.full", "remote.full.help");
    return http_printf(words->req, "%s", "");
}

/* -- hours ---------------------------------------------------------------------------------------
 */

/* [[540,720],null,null]: minutes of the day. */
static char *spans(struct plain_words *words, const cJSON *list)
{
    char *text = http_printf(words->req, "%s", "");
    const cJSON *item;

    cJSON_ArrayForEach (item, list) {
        const cJSON *from = cJSON_GetArrayItem(item, 0), *to = cJSON_GetArrayItem(item, 1);

        if (from && to)
            text = http_printf(
                words->req, "%s<span class=\"nobr\">%s</span>", text,
                span(words, minute_of_day(from->valueint), minute_of_day(to->valueint)));
    }
    return *text ? text : http_printf(words->req, "%s", plain_say(words, "hours.none", NULL));
}

static char *week(struct plain_words *words, const cJSON *hours)
{
    char *rows = http_printf(words->req, "%s", "");
    const cJSON *day;
    int weekday = 0;

    cJSON_ArrayForEach (day, cJSON_GetObjectItemCaseSensitive(hours, "week"))
        rows = http_printf(words->req, "%s<tr><th scope=\"row\">%s</th><td>%s</td></tr>", rows,
                           plain_item(words, "weekdays", weekday++), spans(words, day));
    return http_printf(words->req,
                       "<section><h2 class=\"label\">%s</h2><table class=\"hours\"><tbody>%s"
                       "</tbody></table></section>",
                       plain_say(words, "hours", NULL), rows);
}

/* Closed days are dates, changed ones {"date","spans"}. */
static char *days(struct plain_words *words, const char *key, const cJSON *list)
{
    char *rows = http_printf(words->req, "%s", "");
    const cJSON *day;

    cJSON_ArrayForEach (day, list) {
        const char *date = cJSON_IsString(day) ? day->valuestring : plain_text(day, "date");

        rows = http_printf(words->req, "%s<li>%s %s</li>", rows, plain_date(words, date),
                           cJSON_IsString(day)
                               ? ""
                               : spans(words, cJSON_GetObjectItemCaseSensitive(day, "spans")));
    }
    return *rows ? http_printf(words->req,
                               "<section><h2 class=\"label\">%s</h2><ul class=\"days\">%s</ul>"
                               "</section>",
                               plain_say(words, key, NULL), rows)
                 : rows;
}

char *plain_hours(struct plain_words *words, const cJSON *json)
{
    const cJSON *hours = cJSON_GetObjectItemCaseSensitive(json, "hours");
    const cJSON *clinic = cJSON_GetObjectItemCaseSensitive(json, "clinic");
    bool has_hours = cJSON_IsObject(hours);

    return http_printf(
        words->req, "%s%s%s<p lang=\"ja\">%s</p>", has_hours ? week(words, hours) : "",
        has_hours ? days(words, "hours.closed", cJSON_GetObjectItemCaseSensitive(hours, "closed"))
                  : "",
        has_hours
            ? days(words, "hours.changed", cJSON_GetObjectItemCaseSensitive(hours, "exceptions"))
            : "",
        plain_escape(words->req, plain_text(clinic, "address")));
}
