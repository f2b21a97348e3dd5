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
extern struct config hosts_configs[SIM_KIOSKS];

/* The clinic, its devices enrolled and in step; every seed begins with these disks. */
void hosts_prepare(void);

/* A failed start (the disk is in trouble) is tried again by itself. */
void hosts_start(int host);
void hosts_start_in(int host, int64_t ms);
/* The kiosk's next start finds this code in its configuration. */
void hosts_configure(int kiosk, const char *code);
/* From its next start on, the cloud names a snapshot to who is so many entries behind; 0 = as many
 * as ever. */
void hosts_name_snapshot(int64_t behind);
/* The cloud's database was put back: its next start begins a recovery. */
void hosts_restored(void);
/* An orderly end. */
void hosts_stop(int host);
bool hosts_up(int host);
/* Which of a host's processes runs: each start has another. */
uint64_t hosts_life(int host);
/* Ends the process at once; it comes back after back_ms (-1 = not by itself). */
void hosts_crash(int host, enum disk_loss loss, int64_t back_ms);
/* Takes down what has died since; after every step. */
void hosts_reap(void);
/* The day is over: a process that dies or is down comes back as soon as it can. */
void hosts_recover(void);

/* A new seed begins; nothing runs. */
void hosts_reset(void);

/* Kiosk and cloud have the same log and state, no number is on its way. why: what is still
 * different. */
bool hosts_converged(char *why, size_t size);
/* No request is left without its end. A full disk may leave one until the next start. */
bool hosts_requests_settled(char *why, size_t size);

#endif
