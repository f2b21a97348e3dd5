#include "versions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "leavers.h"
#include "queue.h"
#include "views.h"

enum {
    OLDEST = 1,
    UNREADABLE_EVERY = 5,
    LATE_MS = 10 * 1000 /* a report that was sent before may still arrive */
};

static bool cloud_is_newer;
static bool is_older[SIM_KIOSKS];
static int told[SIM_KIOSKS]; /* 0 = the cloud may have heard either */
static int64_t replaced_at;

void versions_reset(void)
{
    cloud_is_newer = false;
    for (int i = 0; i < SIM_KIOSKS; i++) {
        is_older[i] = false;
        told[i] = RULES_MAX;
    }
    replaced_at = 0;
}

/* -- a newer cloud ------------------------------------------------------------------------------
 */

void versions_replace_cloud(bool newer)
{
    if (newer != cloud_is_newer)
        sim_trace("the cloud is %s", newer ? "a newer one" : "as before");
    cloud_is_newer = newer;
}

char *__real_views_entry_block(const struct entry *entry);
char *__wrap_views_entry_block(const struct entry *entry);
char *__wrap_views_entry_block(const struct entry *entry)
{
    static const char from[] = "\"kind\":\"", to[] = "\"kind\":\"later_";
    char *text = __real_views_entry_block(entry), *changed;
    char *at =
        text && cloud_is_newer && entry->seq % UNREADABLE_EVERY == 0 ? strstr(text, from) : NULL;
    if (!at)
        return text;
    if (asprintf(&changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) < 0)
        abort();
    free(text);
    return changed;
}

/* -- an older kiosk ----------------------------------------------------------------------------
 */

void versions_replace_kiosk(int kiosk, bool older)
{
    if (is_older[kiosk] == older)
        return;
    sim_trace("kiosk %d is %s", kiosk, older ? "an older one" : "as before");
    is_older[kiosk] = older;
    told[kiosk] = 0;
    replaced_at = sim_now;
}

static bool is_status(const char *path)
{
    return strcmp(path, "/api/v1/device/status") == 0;
}

static char *rules_in(const char *body)
{
    static const char key[] = "\"rules\":";
    char *at = strstr(body, key);
    return at ? at + strlen(key) : NULL;
}

_Static_assert(RULES_MAX < 10, "one digit is replaced by another");

void versions_send(int kiosk, const char *path, char *body)
{
    char *rules = body && is_older[kiosk] && is_status(path) ? rules_in(body) : NULL;
    if (rules)
        *rules = '0' + OLDEST;
}

void versions_taken(int kiosk, const char *path, const char *body)
{
    const char *rules = body && is_status(path) ? rules_in(body) : NULL;
    if (rules && (replaced_at == 0 || sim_now - replaced_at > LATE_MS))
        told[kiosk] = atoi(rules);
}

void versions_restored(void)
{
    for (int i = 0; i < SIM_KIOSKS; i++)
        told[i] = 0;
}

void versions_check_session(int rules)
{
    int least = RULES_MAX, sure = RULES_MAX;
    for (int i = 0; i < SIM_KIOSKS; i++) {
        bool known = told[i] && !leavers_has_left(i); /* who moved counts until it is revoked */
        int low = known ? told[i] : OLDEST, high = known ? told[i] : RULES_MAX;
        least = low < least ? low : least;
        sure = high < sure ? high : sure;
    }
    if (rules < least || rules > sure)
        sim_violation("versions: a session pins rules %d, the kiosks follow %d to %d", rules, least,
                      sure);
}
