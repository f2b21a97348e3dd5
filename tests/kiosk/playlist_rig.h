/* A playlist under test: its decoder is played here. */
#ifndef MACHIAI_TESTS_KIOSK_PLAYLIST_RIG_H
#define MACHIAI_TESTS_KIOSK_PLAYLIST_RIG_H

#include "playlist.h"

enum { FILMS = 8 };

struct fixture {
    struct playlist *playlist;
    struct playlist_world world;
    struct programme_set set;
    struct programme *programme; /* the only one of the set */
    bool missing[FILMS];
    char playing[VIDEO_TAG_SIZE], queued[VIDEO_TAG_SIZE]; /* the decoder's two places */
    char path[VIDEO_PATH_SIZE];
    bool sealed, held; /* the item queued last */
    char doubted[VIDEO_TAG_SIZE];
    int stops, advances;
    /* what the play log heard last */
    struct play play;
    bool shown;
    int begun, seen;
};

/* SHA-256 of film n, as letters; a few at a time. */
const char *rig_sha(int n);
void rig_add_film(struct fixture *f, int n, enum content_kind kind);
void rig_add_notice(struct fixture *f, const char *title);
int rig_setup(void **state);
int rig_teardown(void **state);
void rig_set(struct fixture *f);
void rig_tell(struct fixture *f, enum video_event_kind kind, const char *tag);
/* The decoder begins with the film that it was given. */
void rig_begin(struct fixture *f);
/* The present film comes to its end as the decoder tells it. */
void rig_run_out(struct fixture *f);
void rig_pass(struct fixture *f, int64_t ms);
void rig_expect_film(struct fixture *f, int n);
void rig_expect_notice(struct fixture *f, const char *title);
void rig_expect_still(struct fixture *f);

#endif
