/* What the machine has for films. */
#ifndef MACHIAI_DRIVERS_VIDEO_MACHINE_H
#define MACHIAI_DRIVERS_VIDEO_MACHINE_H

/* video_players() of this machine's memory. */
int video_machine_players(void);
/* Processors that this process may use, at least 1. */
int video_machine_processors(void);

#endif
