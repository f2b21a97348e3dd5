/* A real server in a process of its own, two clinics, and people and devices who ask over TLS. */
#ifndef MACHIAI_TESTS_SERVER_RIG_H
#define MACHIAI_TESTS_SERVER_RIG_H

#include <sys/types.h>

#include "cloud.h"

enum server_clinic { CLINIC_A, CLINIC_B, CLINICS };
enum server_asker {
    ASK_NOBODY,
    ASK_DEVICE_A,
    ASK_STAFF_A,
    ASK_CONTRACTOR_A,
    ASK_OPERATOR,
    ASK_DEVICE_B,
    ASK_STAFF_B,
    ASK_CONTRACTOR_B,
    ASKERS
};

struct asker {
    enum identity_role role;
    int clinic; /* enum server_clinic; CLINICS = none or all */
    char user[40], password[40];
    char device[UID_SIZE], token[IDENTITY_TOKEN_SIZE];
    char cookie[256], csrf[IDENTITY_TOKEN_SIZE];
};

struct server {
    char folder[256];
    char url[CLOUD_URL_SIZE], ca[300];
    pid_t pid;
    void *curl;
    int ready_fd;
    char site[CLINICS][UID_SIZE];
    char code[CLINICS][IDENTITY_CODE_SIZE]; /* unused enrolment codes */
    struct asker askers[ASKERS];
};

struct answer {
    long status;
    char *text; /* body, NUL-terminated */
    cJSON *json;
    char etag[80];
    char cookie[256];
};

/* setup and teardown of a group: one server for all tests of a file, everyone logged in. Teardown
 * ends it with SIGTERM and demands exit code 0, so a leak in the server fails the group. */
int server_make(void **state);
int server_remove(void **state);
void server_start(struct server *server);
/* Exit code, or 128 + signal. */
int server_stop(struct server *server, int signal);

/* body NULL = none. Fails the test when there is no answer at all. A stream is read until `until`
 * occurs in a whole block, or for so many ms; status 0: there was none. */
struct answer server_ask(struct server *server, enum server_asker who, const char *method,
                         const char *path, const char *body);
struct answer server_ask_with(struct server *server, enum server_asker who, const char *method,
                              const char *path, const char *body, const char *header);
struct answer server_listen(struct server *server, enum server_asker who, const char *path,
                            const char *header, const char *until, int ms);
/* A listener in a process of its own; returns once its stream has begun. Its end says 0 when it saw
 * the text. */
pid_t server_listener(struct server *server, enum server_asker who, const char *path,
                      const char *text);
int server_listener_end(pid_t pid);
void answer_free(struct answer *answer);

/* Asserts the status and frees. */
void server_expect(struct server *server, enum server_asker who, const char *method,
                   const char *path, const char *body, long status);
/* String or number of the answer's JSON at "a.b"; fails the test when it is not there. */
const char *answer_text(const struct answer *answer, const char *path);
int64_t answer_int(const struct answer *answer, const char *path);

/* The same data opened beside the server, as the CLI does. */
struct cloud *server_open_beside(struct server *server);

#endif
