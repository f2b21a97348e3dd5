/* What plays beside the numbers: the programme's items round after round, films handed to the
 * decoder one ahead, notices drawn for their time, and always something on the screen.
 *
 * programme_resolve() decides what may play; this decides when. A pure state machine: the decoder
 * and the content store stand behind playlist_actions. Whatever leaves the resolved round leaves
 * the screen at once.
 */
#ifndef MACHIAI_KIOSK_PLAYLIST_H
#define MACHIAI_KIOSK_PLAYLIST_H

#include "programme.h"
#include "video.h"

enum {
    PLAYLIST_ROUND_MAX = 2 * PROGRAMME_ITEMS_MAX,
    PLAYLIST_LOCAL_MAX = 16,    /* films of [video] substitutes */
    PLAYLIST_STRIKES_MAX = 64,  /* films that failed lately */
    PLAYLIST_BACKOFF_MS = 2000, /* after the first failure; four times longer after each more */
    PLAYLIST_BACKOFF_TIMES = 4, /* ... and so often: 2, 8, 32, 128, 512 s */
    PLAYLIST_START_MS = 15000,  /* a film that was queued and shows no frame by then failed */
    PLAYLIST_REFRESH_MS = 5000, /* the rule is asked again: periods begin and end */
    PLAYLIST_LOCAL_LENGTH_MS = 60000 /* a local film's length until it has been seen */
};

struct playlist_world {
    int64_t now;     /* monotonic ms */
    int64_t site_ms; /* only with has_time; without a known time nothing but substitutes plays */
    bool has_time;
    bool video_service; /* of the contract; true while no settings are known */
};

struct playlist_actions {
    /* As video_queue(), video_stop(), station_file(). */
    int (*queue)(void *context, const struct video_item *item);
    void (*stop)(void *context);
    bool (*file)(void *context, const char *sha256, char *path, size_t size);
    void *context;
};

struct playlist_entry {
    char tag[VIDEO_TAG_SIZE]; /* SHA-256 of a film, else a name of our own */
    enum content_kind kind;
    enum play_reason reason;
    bool film; /* false: a notice that is drawn */
    bool cut;  /* the film is longer than its place */
    int64_t duration_ms;
    char title[NAME_SIZE];
    char body[MESSAGE_SIZE];
};

enum picture_kind {
    PICTURE_STILL, /* nothing else can be shown: the clinic's name */
    PICTURE_FILM,  /* the newest frame */
    PICTURE_NOTICE /* title and body */
};

/* The same item in the same place of the table. */
bool playlist_entry_equal(const struct playlist_entry *a, const struct playlist_entry *b);

struct playlist;

int playlist_create(const struct playlist_actions *actions, struct playlist **ret)
    __attribute__((warn_unused_result));
void playlist_destroy(struct playlist *playlist);

/* A relaxation film that is on the device from the first boot. -ENOSPC: one too many. */
int playlist_add_local(struct playlist *playlist, const char *path)
    __attribute__((warn_unused_result));
/* Takes a copy of the document in force (NULL = none). */
void playlist_programme(struct playlist *playlist, const struct playlist_world *world,
                        const struct programme_set *programme);
/* News from the decoder. */
void playlist_event(struct playlist *playlist, const struct playlist_world *world,
                    const struct video_event *event);
/* Lets time pass, and looks again when a file has arrived. */
void playlist_tick(struct playlist *playlist, const struct playlist_world *world);
void playlist_refresh(struct playlist *playlist, const struct playlist_world *world);
/* Monotonic ms at which playlist_tick() wants to be called. */
int64_t playlist_deadline(const struct playlist *playlist);

/* The decoder has a film, so that its frames and news are to be fetched often. */
bool playlist_decodes(const struct playlist *playlist);

/* What is on the screen; *ret_entry is NULL for PICTURE_STILL, else valid until the next call. */
enum picture_kind playlist_picture(const struct playlist *playlist,
                                   const struct playlist_entry **ret_entry);
/* Films of the present round, for the technician's screen. */
int playlist_films(const struct playlist *playlist);

#endif
