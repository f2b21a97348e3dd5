/* What the oracle knows of tickets, between oracle.c (slips, log, answers) and oracle_tickets.c
 * (events). */
#ifndef MACHIAI_TESTS_SIM_ORACLE_PRIVATE_H
#define MACHIAI_TESTS_SIM_ORACLE_PRIVATE_H

#include "entry.h"
#include "oracle.h"

struct known {
    char id[UID_SIZE];
    enum ticket_state state, before;
    int desk_no, desk_before;
    struct number number;
    char last[UID_SIZE];
    char device[UID_SIZE];
    char family[UID_SIZE];
    char room[KEY_SIZE], room_before[KEY_SIZE];
    int64_t slot_from; /* of a booking; 0 = none */
    int64_t accepted;
    bool abandoned, can_undo;
    bool moved;  /* in the line */
    bool undone; /* its last event is an undo */
};

extern struct known *oracle_known; /* in the order of their issue */
extern int oracle_known_count;
/* That the log has opened last; its numbers may have started again with it. */
extern struct session oracle_session;

/* The entry at hand was logged before this day, or before a restore. */
bool oracle_reads_back(void);
void oracle_forget_tickets(void);
struct known *oracle_find(const char *id);
/* Somebody had it, or was to have it, since the log began. */
bool oracle_given(struct number number);
bool oracle_over(const struct known *ticket);
/* Takes in what a committed entry says of tickets. */
void oracle_fold(const struct entry *entry);
/* A ticket that was over is not any more: is its number still its own? */
void oracle_check_again(const struct known *ticket);

#endif
