/* A real machiai-cloud for a test: started, stalled, killed, started again; asked as staff would.
 */
#ifndef MACHIAI_TESTS_KIOSK_CLOUD_RIG_H
#define MACHIAI_TESTS_KIOSK_CLOUD_RIG_H

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <sys/types.h>

enum { CLOUD_PATH_MAX = 256, CLOUD_URL_MAX = 64 };

struct cloud_rig {
    char data[CLOUD_PATH_MAX];
    char ca[CLOUD_PATH_MAX + 16];
    char url[CLOUD_URL_MAX]; /* the same after every start */
    char site[40];
    pid_t pid;  /* 0 = not running */
    CURL *curl; /* of the staff's browser; NULL = nobody has logged in */
    char csrf[128];
};

/* A site 1024 with the desk 1024-1 (a room, the service "s1"), a user "staff"; starts serving. */
void cloud_rig_open(struct cloud_rig *cloud);
/* Kills what runs and removes the directory. */
void cloud_rig_close(struct cloud_rig *cloud);
void cloud_rig_start(struct cloud_rig *cloud);
void cloud_rig_signal(struct cloud_rig *cloud, int signal);
/* SIGKILL, and waits. */
void cloud_rig_kill(struct cloud_rig *cloud);

/* machiai-cloud admin --data DIR ... --json; the caller deletes the answer. Aborts when it fails.
 */
cJSON *cloud_rig_admin(struct cloud_rig *cloud, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A fresh enrolment code. */
void cloud_rig_code(struct cloud_rig *cloud, char code[static 16]);

/* As staff (logs in when need be); the caller deletes the answer, which may be NULL. */
cJSON *cloud_rig_ask(struct cloud_rig *cloud, const char *method, const char *path,
                     const char *body, long *ret_status);
/* "state" of a ticket's number in the staff's view, "" when it is not there; count = how many
 * tickets have that number. Static storage. */
const char *cloud_rig_state(struct cloud_rig *cloud, const char *number, int *ret_count);
/* Asks for a number in the name of the kiosk whose data are there, as it would itself. */
void cloud_rig_offer(struct cloud_rig *cloud, const char *kiosk_data, const char *ticket);
/* Calls the next number; "" when nobody waits. Static storage. */
const char *cloud_rig_call(struct cloud_rig *cloud);

#endif
