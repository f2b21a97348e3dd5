/* The processes: three kiosks (the production station) and the cloud. */
#ifndef MACHIAI_TESTS_SIM_HOSTS_H
#define MACHIAI_TESTS_SIM_HOSTS_H

#include "cloud.h"
#include "disk.h"
#include "sim.h"
#include "site_private.h"
#include "station_private.h"

extern struct cloud *hosts_cloud; /* NULL = down */
extern struct site *hosts_site;   /* of hosts_cloud */
extern struct station *hosts_stations[SIM_KIOSKS];

/* The clinic, its devices enrolled and in step; every seed begins with these disks. */
void hosts_prepare(void);

/* A failed start (the disk is in trouble) is tried again by itself. */
void hosts_start(int host);
void hosts_start_in(int host, int64_t ms);
/* The cloud's database was put back: its next start begins a recovery. */
void hosts_restored(void);
/* Nobody uses a kiosk whose card was put back until it has the log up to there. */
void hosts_bar(int kiosk, int64_t seq);
/* Somebody waits for its answer. */
bool hosts_waited_for(int kiosk);
/* An orderly end. */
void hosts_stop(int host);
bool hosts_up(int host);
/* Ends the process at once; it comes back after back_ms (-1 = not by itself). */
void hosts_crash(int host, enum disk_loss loss, int64_t back_ms);
/* Takes down what has died since; after every step. */
void hosts_reap(void);
/* The day is over: a process that dies or is down comes back as soon as it can. */
void hosts_recover(void);

/* A new seed begins; nothing runs. */
void hosts_reset(void);

/* A patient presses the button at a kiosk, for any service or for this one. */
void hosts_press(int kiosk);
void hosts_press_for(int kiosk, const char *service, int persons);
/* Staff at a kiosk's menu; a patient with a booking, who types or shows this code. */
void hosts_act(int kiosk, const struct station_act *act);
void hosts_check_in(int kiosk, const char *code);
/* Kiosk and cloud have the same log and state, no number is on its way. why: what is still
 * different. */
bool hosts_converged(char *why, size_t size);
/* No request is left without its end. A full disk may leave one until the next start. */
bool hosts_requests_settled(char *why, size_t size);

#endif
