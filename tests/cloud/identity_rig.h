/* A small cloud: a database, an identity with a clock of the test's own, and a server whose routes
 * show what the gate found. Member of site A: suzuki, staff, "right password". */
#ifndef MACHIAI_TESTS_IDENTITY_RIG_H
#define MACHIAI_TESTS_IDENTITY_RIG_H

#include "http_rig.h"

#include "db.h"
#include "identity.h"

#define SITE_A "11111111-1111-4111-8111-111111111111"
#define SITE_B "22222222-2222-4222-8222-222222222222"
enum { TEXT_SIZE = 512 };
static const int64_t minute = 60 * 1000, hour = 60 * 60 * 1000;

extern struct db *db;
extern struct identity *identity;
extern int port;
extern _Atomic int64_t now; /* what the clock says, ms */
extern char db_path[96];

struct session {
    char cookie[TEXT_SIZE];  /* request header line */
    char all[TEXT_SIZE * 2]; /* with the CSRF header */
};

int set_up(void **state);
int tear_down(void **state);

struct rig_answer send_with(const char *method, const char *path, const char *headers,
                            const char *body);
/* error: code of the JSON error, or the whole body of a success. Frees the answer. */
void expect(struct rig_answer answer, int status, const char *error);
/* body: "user password"; fails the test when they are refused. */
struct session log_in(const char *body);
/* Sends `count` requests at once; counts how many were answered with each of two statuses. */
void send_many(int count, const char *path, const char *const bodies[], int first_status,
               int *ret_first, int second_status, int *ret_second);

#endif
