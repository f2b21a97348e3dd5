/* Proof of play: the item on the screen as the play log gets it. Private to playlist*.c. */
#ifndef MACHIAI_KIOSK_PLAYLIST_PROOF_H
#define MACHIAI_KIOSK_PLAYLIST_PROOF_H

#include "playlist.h"

struct proof {
    bool open;
    struct play play;
    int64_t since; /* monotonic ms of its start */
    int64_t told;  /* ... of the last report */
    int64_t seen;  /* ... of the last turn in which it was on the screen */
};

/* An item comes on the screen; what was there ends as CUT. */
void proof_begin(struct proof *proof, const struct playlist_actions *actions,
                 const struct playlist_world *world, const struct playlist_entry *entry);
/* It is on the screen still; told at times. */
void proof_seen(struct proof *proof, const struct playlist_actions *actions,
                const struct playlist_world *world);
/* It ends now; nothing when none is open. */
void proof_end(struct proof *proof, const struct playlist_actions *actions,
               const struct playlist_world *world, enum play_ending ending);
/* A frame of it was handed to the screen. */
void proof_frame(struct proof *proof);

#endif
