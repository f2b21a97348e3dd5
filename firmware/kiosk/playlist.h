/* What plays beside the numbers: the programme's items round after round, films handed to the
 * decoder one ahead, notices drawn for their time, and always something on the screen.
 *
 * programme_resolve() decides what may play; this decides when. A pure state machine: the decoder
 * and the content store stand behind playlist_actions. Whatever leaves the resolved round leaves
 * the screen at once.
 */
#ifndef MACHIAI_KIOSK_PLAYLIST_H
#define MACHIAI_KIOSK_PLAYLIST_H

#include "play.h"
#include "programme.h"
#include "video.h"

enum {
    PLAYLIST_ROUND_MAX = 2 * PROGRAMME_ITEMS_MAX,
    PLAYLIST_LOCAL_MAX = 16,    /* films of [video] substitutes */
    PLAYLIST_STRIKES_MAX = 64,  /* films that failed lately */
    PLAYLIST_BACKOFF_MS = 2000, /* after the first failure; four times longer after each more */
    PLAYLIST_BACKOFF_TIMES = 4, /* ... and so often: 2, 8, 32, 128, 512 s */
    PLAYLIST_SPARE_MS = 5000,   /* nothing of the round can be tried for longer: substitutes play */
    PLAYLIST_START_MS = 15000,  /* a film that was queued and shows no frame by then failed */
    PLAYLIST_REFRESH_MS = 5000, /* the rule is asked again at least so often: dayparts */
    PLAYLIST_PREPARE_MS = 2000, /* a film behind a still item is loaded so long before its turn */
    PLAYLIST_SEEN_MS = 5000,    /* the item on the screen is reported so often */
    PLAYLIST_LOCAL_LENGTH_MS = 60000 /* a local film's length until it has been seen */
};

struct playlist_world {
    int64_t now;        /* monotonic ms */
    int64_t site_ms;    /* with has_time: the time; else the earliest that it can be */
    bool has_time;      /* false: only what is valid at every time from site_ms on plays */
    bool video_service; /* of the contract; true while no settings are known */
};

enum playlist_proof { PLAYLIST_PROOF_BEGIN, PLAYLIST_PROOF_SEEN, PLAYLIST_PROOF_END };

struct playlist_actions {
    /* As video_queue(), video_stop(), video_advance(), station_file(). */
    int (*queue)(void *context, const struct video_item *item);
    void (*stop)(void *context);
    void (*advance)(void *context);
    enum programme_file (*file)(void *context, const char *sha256);
    /* Fills path, sealed and key of a film that is READY; false: it has just gone. */
    bool (*film)(void *context, const char *sha256, struct video_item *item);
    /* A film could not be played (NULL = nobody asks): its file may be damaged. */
    void (*doubt)(void *context, const char *sha256);
    /* What is on the screen, for the play log (NULL = nobody asks): when it comes, at times while
     * it is there, when it goes. log, seq, prev and hash are empty. */
    void (*proof)(void *context, enum playlist_proof kind, const struct play *play);
    void *context;
};

struct playlist_entry {
    char tag[VIDEO_TAG_SIZE]; /* SHA-256 of a film, else a name of our own */
    enum content_kind kind;
    enum play_reason reason;
    bool film; /* false: a still item that is drawn */
    bool cut;  /* the film is longer than its place */
    enum content_change change;
    int64_t duration_ms;
    char title[NAME_SIZE];
    char body[MESSAGE_SIZE];
    char page[CONTENT_PAGE_SIZE]; /* of a still item; "" = title and body alone */
    char id[UID_SIZE];            /* of clinic content */
    /* What stood in the table here. */
    char programme[UID_SIZE]; /* "" = of no programme */
    int64_t version;
    int item;                  /* of the programme's items; -1 = none */
    char planned[SHA256_SIZE]; /* where this is a substitute: for what; "" = for nothing */
    char planned_id[UID_SIZE];
};

enum picture_kind {
    PICTURE_STILL, /* nothing else can be shown: the clinic's name */
    PICTURE_FILM,  /* the newest frame */
    PICTURE_NOTICE /* page, or title and body */
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
/* A frame of the film with this tag was handed to the screen. */
void playlist_frame(struct playlist *playlist, const char *tag);
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
/* Grows with each item that comes on the screen. ret_fade: this one is to be faded in over what was
 * there. What leaves because it may no longer be shown never fades. */
int64_t playlist_changes(const struct playlist *playlist, bool *ret_fade);
/* The still item that follows, so that its page can be drawn ahead; NULL: none, or not known. Valid
 * until the next call. */
const struct playlist_entry *playlist_coming(const struct playlist *playlist);

/* A film of the round, from the store, that could not be played lately and has not been seen whole,
 * or as far as its place goes, since: its SHA-256; "" = none. Valid until the next call. */
const char *playlist_broken(const struct playlist *playlist);

/* Films of the present round, for the technician's screen. */
int playlist_films(const struct playlist *playlist);

#endif
