/* The round of a playlist: which items play, in order. Private to playlist*.c. */
#ifndef MACHIAI_KIOSK_PLAYLIST_ROUND_H
#define MACHIAI_KIOSK_PLAYLIST_ROUND_H

#include "playlist.h"

struct local_film {
    char path[VIDEO_PATH_SIZE];
    int64_t length_ms; /* 0 = not seen to its end yet */
};

struct round {
    struct programme_set *programme; /* owned; the local films stand behind its own substitutes */
    struct local_film locals[PLAYLIST_LOCAL_MAX];
    int local_count;
    struct playlist_entry items[PLAYLIST_ROUND_MAX];
    int count;
};

int round_init(struct round *round) __attribute__((warn_unused_result));
void round_finish(struct round *round);
void round_set(struct round *round, const struct programme_set *programme);
void round_add_locals(struct round *round);
/* Asks programme_resolve() anew. True when the round became another one. */
bool round_resolve(struct round *round, const struct playlist_actions *actions,
                   const struct playlist_world *world);
/* Index of the item, looked for at `near` first; -1 = the round does not hold it. */
int round_find(const struct round *round, const char *tag, int near);
/* A film that may play though the round does not hold it: the index-th substitute (up to
 * round->programme->substitute_count), in the place of an item of the round that cannot be played.
 * False: not now. */
bool round_spare(const struct round *round, const struct playlist_actions *actions, int index,
                 const struct playlist_entry *instead, struct playlist_entry *ret)
    __attribute__((warn_unused_result));
/* Whether a substitute of this tag may play now. */
bool round_may_spare(const struct round *round, const struct playlist_actions *actions,
                     const char *tag);
/* What is needed to play a film of this round. False: it is gone. */
bool round_film(struct round *round, const struct playlist_actions *actions, const char *tag,
                struct video_item *item);
/* Monotonic ms of the next moment at which a period or the document ends or begins; INT64_MAX:
 * none is known. */
int64_t round_boundary(const struct round *round, const struct playlist_world *world);
/* A local film ran for this long from its first frame to its end. */
void round_learn(struct round *round, const char *tag, int64_t length_ms);

#endif
