#include "worlds.h"

#include "hosts.h"
#include "journal_private.h"
#include "leavers.h"
#include "net.h"
#include "oracle.h"
#include "people.h"
#include "versions.h"
#include "visitors.h"

enum { LATER_MIN_MS = 20 * 1000, AWAY_MIN_MS = 2000, AWAY_MAX_MS = 40 * 1000 };

static int64_t ends;
static int64_t later_max; /* ms between an image and its return */
static int card = -1;     /* the kiosk whose card has an image */
static int64_t image_counter, image_at;
static bool set_back; /* and it is older than what the kiosk has logged */
static char letter_before;
/* Who is a few entries behind gets a snapshot. What a kiosk had before its last snapshot it cannot
 * give back to a restored cloud: such a day has no restore. */
static bool near;

/* -- a backup of the cloud --------------------------------------------------------------------- */

static void restore_cloud(void *context)
{
    (void)context;
    if (sim_over || sim_now >= ends)
        return;
    net_heal();
    hosts_crash(SIM_CLOUD, DISK_KEEPS, -1);
    hosts_stop(SIM_CLOUD); /* or it would come back by itself */
    sim_trace("the cloud is restored from its backup");
    disk_image_back(SIM_CLOUD);
    hosts_restored();
    hosts_start_in(SIM_CLOUD, sim_between(AWAY_MIN_MS, AWAY_MAX_MS));
}

/* Numbers that staff are told and no kiosk hears of: what the restored cloud must jump over. */
static void give_alone(void *context)
{
    (void)context;
    if (sim_over || sim_now >= ends)
        return;
    for (int i = 0; i < SIM_KIOSKS; i++)
        net_lines[i].up_cut = net_lines[i].down_cut = true;
    for (int i = 0; i < 3 && hosts_up(SIM_CLOUD); i++)
        people_issue();
    sim_at(sim_now + sim_between(1000, 4000), restore_cloud, NULL);
}

static void back_up_cloud(void *context)
{
    (void)context;
    if (sim_over || sim_now >= ends || !hosts_up(SIM_CLOUD))
        return;
    sim_trace("the cloud is backed up");
    disk_image(SIM_CLOUD);
    int64_t when = sim_now + sim_between(LATER_MIN_MS, later_max);
    sim_at(when, sim_chance(50) ? give_alone : restore_cloud, NULL);
}

/* -- an image of a kiosk's card ---------------------------------------------------------------- */

/* Only what the cloud has may be lost with a card: the rest could not be noticed by anybody. */
static bool quiet(int kiosk)
{
    struct journal_intent intent;
    const struct station *station = hosts_stations[kiosk];
    return hosts_up(kiosk) && hosts_up(SIM_CLOUD) && station->enrolled &&
           station->log.outbox.count == 0 && station->log.seq == hosts_site->seq &&
           journal_intents(station->journal, &intent, 1) == 0 && !visitors_wait(kiosk);
}

static void put_card_back(void *context)
{
    (void)context;
    if (sim_over || sim_now >= ends)
        return;
    if (!quiet(card)) {
        sim_at(sim_now + 500, put_card_back, NULL);
        return;
    }
    const struct station *station = hosts_stations[card];
    set_back = station->log.outbox.counter > image_counter;
    letter_before = station->enrolment.letter;
    hosts_crash(card, DISK_KEEPS, -1);
    hosts_stop(card);
    sim_trace("kiosk %d gets an old image of its card", card);
    disk_image_back(card);
    oracle_card_back(card, image_at);
    visitors_bar(card, hosts_site->seq);
    hosts_start_in(card, sim_between(AWAY_MIN_MS, AWAY_MAX_MS));
}

static void copy_card(void *context)
{
    int kiosk = (int)sim_between(0, SIM_KIOSKS - 1);
    (void)context;
    if (sim_over || sim_now >= ends)
        return;
    if (!quiet(kiosk) || leavers_has_left(kiosk)) {
        sim_at(sim_now + 500, copy_card, NULL);
        return;
    }
    card = kiosk;
    image_at = sim_now;
    image_counter = hosts_stations[kiosk]->log.outbox.counter;
    sim_trace("kiosk %d: its card is copied", kiosk);
    disk_image(kiosk);
    sim_at(sim_now + sim_between(LATER_MIN_MS, later_max), put_card_back, NULL);
}

/* -- a kiosk that leaves ----------------------------------------------------------------------- */

static void revoke_kiosk(void *context)
{
    (void)context;
    if (sim_over || (sim_now >= ends && !leavers_has_left(card)))
        return; /* not begun; what was begun is done again until it is stored */
    if (!hosts_up(SIM_CLOUD) || !leavers_revoke(card))
        sim_at(sim_now + 1000, revoke_kiosk, NULL);
}

/* Taken away with all that is on its card; nobody uses it until it is set up at its new place. */
static void move_kiosk(void *context)
{
    (void)context;
    if (sim_over || sim_now >= ends)
        return;
    if (!hosts_up(SIM_CLOUD) || !hosts_up(card) || !hosts_stations[card]->enrolled ||
        visitors_wait(card) || !leavers_move(card)) {
        sim_at(sim_now + 1000, move_kiosk, NULL);
        return;
    }
    visitors_bar(card, INT64_MAX);
    hosts_stop(card);
    hosts_start_in(card, sim_between(AWAY_MIN_MS, AWAY_MAX_MS));
}

/* -- other versions -----------------------------------------------------------------------------
 */

static void put_cloud_back(void *context)
{
    (void)context;
    if (!sim_over)
        versions_replace_cloud(false);
}

static void replace_cloud(void *context)
{
    (void)context;
    if (sim_over || sim_now >= ends)
        return;
    versions_replace_cloud(true);
    sim_at(sim_now + sim_between(LATER_MIN_MS, later_max), put_cloud_back, NULL);
}

static void update_kiosk(void *context)
{
    if (!sim_over)
        versions_replace_kiosk((int)(intptr_t)context, false);
}

void worlds_choose(int percent)
{
    near = sim_chance(15);
    if (near)
        hosts_name_snapshot(sim_between(3, 30));
    if (sim_chance(94))
        return;
    int64_t kiosk = sim_between(0, SIM_KIOSKS - 1);
    versions_replace_kiosk((int)kiosk, true);
    if (sim_chance(70))
        sim_at(sim_now + sim_between(10000, 6000 * percent), update_kiosk, (void *)kiosk);
}

/* -- a day --------------------------------------------------------------------------------------
 */

/* One is enough: the second part of a day (after a night) has no further one. */
static void begin_leaving(void (*leave)(void *context), int64_t when)
{
    for (int i = 0; i < SIM_KIOSKS; i++)
        if (leavers_has_left(i))
            return;
    card = (int)sim_between(0, SIM_KIOSKS - 1);
    sim_at(when, leave, NULL);
}

void worlds_begin(int64_t until, int percent)
{
    ends = until;
    set_back = false;
    later_max = INT64_C(2400) * percent;
    int64_t what = sim_between(1, 100), when = sim_now + sim_between(10000, 2000 * percent);
    if (what <= 10 && !near)
        sim_at(when, back_up_cloud, NULL);
    else if (what <= 20)
        sim_at(when, copy_card, NULL);
    else if (what <= 28)
        begin_leaving(revoke_kiosk, when);
    else if (what <= 34)
        begin_leaving(move_kiosk, when);
    else if (what <= 40)
        sim_at(when, replace_cloud, NULL);
}

void worlds_end(void)
{
    ends = 0;
    versions_replace_cloud(false);
}

void worlds_check(void)
{
    if (!set_back)
        return;
    char letter = queue_letter_of(&hosts_site->queue, hosts_stations[card]->enrolment.device);
    if (letter == letter_before)
        sim_violation("divergence: kiosk %d was set back and goes on with its letter %c", card,
                      letter);
}
