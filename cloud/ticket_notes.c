#include "ticket_notes.h"

#define PASS_ON(table)                                                                             \
    "UPDATE " table " SET ticket = $3 WHERE site = $1 AND ticket = $2 AND NOT EXISTS (SELECT 1 "   \
    "FROM " table " WHERE site = $1 AND ticket = $3)"
#define FORGET(table) "DELETE FROM " table " WHERE site = $1 AND date < $2"

int ticket_notes_pass_on(struct db *db, const char *site, const char *booking, const char *ticket)
{
    static const char *const statements[] = {PASS_ON("ticket_code"), PASS_ON("booking_card"),
                                             PASS_ON("patient_name")};
    int result = 0;

    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]) && result >= 0; i++)
        result = db_run(db, statements[i], "ttt", site, booking, ticket);
    return result < 0 ? result : 0;
}

static int forget(struct cloud *cloud, struct site *site)
{
    static const char *const statements[] = {FORGET("booking_card"), FORGET("patient_name")};
    struct session today;
    int result = 0, gone = 0;

    (void)settings_session_at(&site_read(site)->settings, site_now(site), &today);
    site_read_end(site);
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]) && result >= 0; i++) {
        result = db_run(cloud->db, statements[i], "tt", site_id(site), today.date);
        gone += result > 0;
    }
    if (gone > 0)
        site_touch(site); /* a console that stands open over midnight forgets them too */
    return result;
}

int ticket_notes_forget(struct cloud *cloud)
{
    int result = 0;

    for (int i = 0; i < sites_count(cloud->sites) && result >= 0; i++)
        result = forget(cloud, sites_at(cloud->sites, i));
    return result < 0 ? result : 0;
}
