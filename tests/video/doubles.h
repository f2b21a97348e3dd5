/* Children that misbehave, in place of the player. */
#ifndef MACHIAI_TESTS_DOUBLES_H
#define MACHIAI_TESTS_DOUBLES_H

/* The environment variable that names the one to play; unset: the real player. */
#define DOUBLE_VARIABLE "MACHIAI_TEST_DOUBLE"

/* Set: the real player, whose call of libvlc's that starts a film never ends. */
#define STUCK_VARIABLE "MACHIAI_TEST_STUCK"

enum { DOUBLE_SEALED = 42, DOUBLE_TRUNCATED = 43 };

/* main() of a double; argv as the player gets it. */
int double_main(const char *name, char **argv);

#endif
