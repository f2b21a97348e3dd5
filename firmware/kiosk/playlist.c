#include "playlist.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "playlist_proof.h"
#include "playlist_round.h"

struct strike {
    char tag[VIDEO_TAG_SIZE];
    int count;
    int64_t until; /* not tried again before */
};

/* One item in the player: on the screen, or handed to the decoder. */
struct slot {
    bool active;
    struct playlist_entry entry;
    int64_t since; /* on the screen since, or handed over at */
    bool spare;    /* not of the round, in which nothing could be played */
};

struct playlist {
    struct playlist_actions actions;
    struct round round;
    int next;                    /* index of the item to be taken next */
    int next_spare;              /* ... of the substitutes */
    struct slot current;         /* on the screen */
    bool over;                   /* current has ended and is held until something follows */
    bool whole;                  /* ... as it should, not because it may no longer be shown */
    bool prepared;               /* what follows current was looked for ahead */
    int64_t changes;             /* items that came on the screen */
    bool fade;                   /* current is to be faded in */
    struct slot ahead;           /* with the decoder */
    struct proof proof;          /* of current */
    struct playlist_world world; /* of this call */
    struct strike strikes[PLAYLIST_STRIKES_MAX];
    int64_t retry_at;   /* all items failed lately: try again then; 0 = no need */
    int64_t refresh_at; /* ask the rule again */
};

int playlist_create(const struct playlist_actions *actions, struct playlist **ret)
{
    struct playlist *playlist = calloc(1, sizeof *playlist);
    if (playlist == NULL)
        return -ENOMEM;
    playlist->actions = *actions;
    if (round_init(&playlist->round) < 0) {
        free(playlist);
        return -ENOMEM;
    }
    *ret = playlist;
    return 0;
}

void playlist_destroy(struct playlist *playlist)
{
    if (playlist == NULL)
        return;
    round_finish(&playlist->round);
    free(playlist);
}

int playlist_add_local(struct playlist *playlist, const char *path)
{
    struct round *round = &playlist->round;
    if (round->local_count == PLAYLIST_LOCAL_MAX)
        return -ENOSPC;
    struct local_film *local = &round->locals[round->local_count];
    if ((size_t)snprintf(local->path, sizeof local->path, "%s", path) >= sizeof local->path)
        return -ENAMETOOLONG;
    round->local_count++;
    round_add_locals(round);
    return 0;
}

/* -- failures ---------------------------------------------------------------------------------- */

/* Its index; -1: none. */
static int find_strike(const struct playlist *playlist, const char *tag)
{
    for (int i = 0; i < PLAYLIST_STRIKES_MAX; i++)
        if (strcmp(playlist->strikes[i].tag, tag) == 0)
            return i;
    return -1;
}

static void strike(struct playlist *playlist, const char *tag, int64_t now)
{
    if (tag[0] == '\0')
        return;
    int found = find_strike(playlist, tag);
    struct strike *entry = &playlist->strikes[found < 0 ? 0 : found];
    if (found < 0) {
        /* the one that matters least: free, or allowed first */
        for (int i = 1; i < PLAYLIST_STRIKES_MAX; i++)
            if (playlist->strikes[i].until < entry->until)
                entry = &playlist->strikes[i];
        *entry = (struct strike){0};
        snprintf(entry->tag, sizeof entry->tag, "%s", tag);
    }
    int64_t pause = PLAYLIST_BACKOFF_MS;
    for (int i = 0; i < entry->count; i++)
        pause *= 4;
    if (entry->count < PLAYLIST_BACKOFF_TIMES)
        entry->count++;
    entry->until = now + pause;
}

static void pardon(struct playlist *playlist, const char *tag)
{
    int found = find_strike(playlist, tag);
    if (found >= 0)
        playlist->strikes[found] = (struct strike){0};
}

static int64_t barred_until(const struct playlist *playlist, const struct playlist_entry *entry)
{
    int found = find_strike(playlist, entry->tag);
    return found < 0 ? 0 : playlist->strikes[found].until;
}

/* -- going on ---------------------------------------------------------------------------------- */

/* The item on the screen is over: it may be held, but it is no longer played. */
static void finish_item(struct playlist *playlist, enum play_ending ending)
{
    if (!playlist->over)
        playlist->whole = ending == PLAY_ENDING_WHOLE;
    playlist->over = true;
    proof_end(&playlist->proof, &playlist->actions, &playlist->world, ending);
}

static bool to_fade(const struct playlist *playlist, const struct playlist_entry *entry)
{
    if (!playlist->current.active || !playlist->over || !playlist->whole)
        return false;
    if (entry->change != CONTENT_CHANGE_USUAL)
        return entry->change == CONTENT_CHANGE_FADE;
    return !entry->film || !playlist->current.entry.film;
}

static void begin_item(struct playlist *playlist, const struct playlist_entry *entry, bool spare)
{
    playlist->fade = to_fade(playlist, entry);
    playlist->changes++;
    playlist->prepared = false;
    playlist->current = (struct slot){
        .active = true, .entry = *entry, .since = playlist->world.now, .spare = spare};
    playlist->over = false;
    proof_begin(&playlist->proof, &playlist->actions, &playlist->world, entry);
}

/* The next item that is not barred, as an index; -1: none, and *ret_retry_at says when. */
static int pick(const struct playlist *playlist, int64_t now, int64_t *ret_retry_at)
{
    int64_t earliest = 0;
    for (int i = 0; i < playlist->round.count; i++) {
        int index = (playlist->next + i) % playlist->round.count;
        int64_t until = barred_until(playlist, &playlist->round.items[index]);
        if (until <= now)
            return index;
        if (earliest == 0 || until < earliest)
            earliest = until;
    }
    *ret_retry_at = earliest;
    return -1;
}

/* By our own clock; INT64_MAX: its film says so itself. */
static int64_t current_end(const struct playlist *playlist)
{
    const struct slot *current = &playlist->current;
    if (!current->active || playlist->over || (current->entry.film && !current->entry.cut))
        return INT64_MAX;
    return current->since + current->entry.duration_ms;
}

/* Hands a film to the decoder, to wait there for the end of an item that our own clock ends.
 * -EBUSY: it has one already; other failures bar the film. */
static int hand_over(struct playlist *playlist, const struct playlist_entry *entry, int64_t now)
{
    struct video_item item = {.duration_ms = entry->duration_ms,
                              .held = current_end(playlist) != INT64_MAX};
    snprintf(item.tag, sizeof item.tag, "%s", entry->tag);
    int result = -ENOENT;
    if (round_film(&playlist->round, &playlist->actions, entry->tag, &item))
        result = playlist->actions.queue(playlist->actions.context, &item);
    if (result == -EBUSY)
        return result;
    if (result < 0) {
        strike(playlist, entry->tag, now);
        return result;
    }
    playlist->ahead = (struct slot){.active = true, .entry = *entry, .since = now};
    return 0;
}

static int hand_over_item(struct playlist *playlist, int index, int64_t now)
{
    int result = hand_over(playlist, &playlist->round.items[index], now);
    if (result == 0)
        playlist->next = index + 1;
    return result;
}

/* Nothing of the round can be played now: relaxation footage takes its place. False: there is none
 * that could, or the decoder has something already. */
static bool hand_over_spare(struct playlist *playlist, int64_t now)
{
    const struct round *round = &playlist->round;
    int count = round->count > 0 ? round->programme->substitute_count : 0;
    for (int i = 0; i < count; i++) {
        struct playlist_entry entry;
        int index = (playlist->next_spare + i) % count;
        if (!round_spare(round, &playlist->actions, index,
                         &round->items[playlist->next % round->count], &entry) ||
            barred_until(playlist, &entry) > now || hand_over(playlist, &entry, now) < 0)
            continue;
        playlist->ahead.spare = true;
        playlist->next_spare = index + 1;
        return true;
    }
    return false;
}

static void show_notice(struct playlist *playlist, int index)
{
    begin_item(playlist, &playlist->round.items[index], false);
    playlist->next = index + 1;
}

/* Puts the next item on, or hands it over while the present film still runs (`ahead_only`: then a
 * notice waits for its turn). */
static void go_on(struct playlist *playlist, int64_t now, bool ahead_only)
{
    playlist->retry_at = 0;
    for (int tries = 0; tries < PLAYLIST_ROUND_MAX; tries++) {
        int64_t retry_at = 0;
        int index = pick(playlist, now, &retry_at);
        if (index < 0) {
            bool spared = retry_at - now > PLAYLIST_SPARE_MS && hand_over_spare(playlist, now);
            playlist->retry_at = ahead_only || spared ? 0 : retry_at;
            return;
        }
        if (!playlist->round.items[index].film) {
            if (!ahead_only)
                show_notice(playlist, index);
            return;
        }
        int result = hand_over_item(playlist, index, now);
        if (result == -EBUSY && !ahead_only)
            /* The decoder holds something that is forgotten here: begin anew. */
            playlist->actions.stop(playlist->actions.context);
        else if (result == 0 || result == -EBUSY)
            return;
    }
}

static bool idle(const struct playlist *playlist)
{
    return !playlist->ahead.active && (!playlist->current.active || playlist->over);
}

/* The film that was to follow is not to follow any more. */
static void forget_ahead(struct playlist *playlist)
{
    if (playlist->ahead.active && !playlist->ahead.spare && playlist->next > 0)
        playlist->next--; /* it was not shown: its turn is still to come */
    playlist->ahead.active = false;
    playlist->prepared = false;
}

/* Takes everything from the decoder. hold: the last frame may stay until something follows. */
static void drop_all(struct playlist *playlist, bool hold)
{
    playlist->actions.stop(playlist->actions.context);
    forget_ahead(playlist);
    finish_item(playlist, PLAY_ENDING_CUT);
    if (!hold)
        playlist->current.active = false;
}

/* What is on the screen must be in the round, and so must what comes next; what took the place of a
 * round stays while that is as it was, and the footage may be shown. */
static bool gone(const struct playlist *playlist, const struct slot *slot, bool changed)
{
    const char *tag = slot->entry.tag;
    if (!slot->active || (!changed && !slot->spare) || round_find(&playlist->round, tag, -1) >= 0)
        return false;
    return changed || !round_may_spare(&playlist->round, &playlist->actions, tag);
}

static void check_slots(struct playlist *playlist, bool changed)
{
    const struct round *round = &playlist->round;
    bool ahead_gone = gone(playlist, &playlist->ahead, changed);
    if (ahead_gone && (playlist->over || playlist->current.entry.film)) {
        drop_all(playlist, true);
    } else if (ahead_gone) {
        playlist->actions.stop(playlist->actions.context); /* the still item stays */
        forget_ahead(playlist);
    }
    if (!gone(playlist, &playlist->current, changed))
        return;
    bool harmless = playlist->current.entry.kind == CONTENT_SUBSTITUTE && round->count > 0;
    for (int i = 0; i < round->programme->withdrawn_count; i++)
        if (strcmp(round->programme->withdrawn[i], playlist->current.entry.tag) == 0)
            harmless = false;
    drop_all(playlist, harmless);
    playlist->current.spare = false; /* what is held is looked at no more */
}

/* A substitute that runs on for another reason (the document has come, the time is known) is shown
 * and proven with it from now on. */
static void check_reason(struct playlist *playlist)
{
    const struct slot *current = &playlist->current;
    if (!current->active || playlist->over || current->entry.kind != CONTENT_SUBSTITUTE)
        return;
    int index = round_find(&playlist->round, current->entry.tag, playlist->next - 1);
    if (index < 0 || playlist->round.items[index].reason == current->entry.reason)
        return;
    playlist->current.entry = playlist->round.items[index];
    proof_begin(&playlist->proof, &playlist->actions, &playlist->world, &current->entry);
}

/* Where the round has come to, after it became another one; -1: it begins anew. */
static int place_of_last(const struct playlist *playlist)
{
    const struct slot *last = playlist->ahead.active ? &playlist->ahead : &playlist->current;
    return last->active ? round_find(&playlist->round, last->entry.tag, playlist->next - 1) : -1;
}

void playlist_refresh(struct playlist *playlist, const struct playlist_world *world)
{
    playlist->world = *world;
    playlist->refresh_at = world->now + PLAYLIST_REFRESH_MS;
    int64_t boundary = round_boundary(&playlist->round, world);
    if (boundary < playlist->refresh_at)
        playlist->refresh_at = boundary;
    bool changed = round_resolve(&playlist->round, &playlist->actions, world);
    check_slots(playlist, changed);
    if (changed) {
        playlist->next = place_of_last(playlist) + 1;
        check_reason(playlist);
    }
    if (idle(playlist) && (changed || playlist->retry_at <= world->now))
        go_on(playlist, world->now, false);
}

void playlist_programme(struct playlist *playlist, const struct playlist_world *world,
                        const struct programme_set *programme)
{
    round_set(&playlist->round, programme);
    playlist_refresh(playlist, world);
}

/* -- the decoder's news ------------------------------------------------------------------------ */

static bool in_slot(const struct slot *slot, const char *tag)
{
    return slot->active && slot->entry.film && strcmp(slot->entry.tag, tag) == 0;
}

static void started(struct playlist *playlist, const char *tag)
{
    if (!in_slot(&playlist->ahead, tag))
        return;
    struct slot begun = playlist->ahead;
    playlist->ahead.active = false;
    begin_item(playlist, &begun.entry, begun.spare);
}

static void ended(struct playlist *playlist, const char *tag, int64_t now)
{
    if (!in_slot(&playlist->current, tag) || playlist->over)
        return;
    pardon(playlist, tag);
    round_learn(&playlist->round, tag, now - playlist->current.since);
    finish_item(playlist, PLAY_ENDING_WHOLE);
}

static void failed(struct playlist *playlist, const char *tag, int64_t now)
{
    strike(playlist, tag, now);
    if (playlist->actions.doubt != NULL)
        playlist->actions.doubt(playlist->actions.context, tag);
    if (in_slot(&playlist->ahead, tag))
        playlist->ahead.active = playlist->prepared = false;
    else if (in_slot(&playlist->current, tag))
        finish_item(playlist, PLAY_ENDING_BROKE);
}

void playlist_frame(struct playlist *playlist, const char *tag)
{
    if (in_slot(&playlist->current, tag) && !playlist->over)
        proof_frame(&playlist->proof);
}

void playlist_event(struct playlist *playlist, const struct playlist_world *world,
                    const struct video_event *event)
{
    bool prepare = false;
    playlist->world = *world;
    switch (event->kind) {
    case VIDEO_STARTED:
        started(playlist, event->tag);
        return;
    case VIDEO_WANT:
        prepare = true;
        break;
    case VIDEO_ENDED:
        ended(playlist, event->tag, world->now);
        break;
    case VIDEO_FAILED:
        prepare = in_slot(&playlist->ahead, event->tag);
        failed(playlist, event->tag, world->now);
        break;
    case VIDEO_RESTARTED:
        strike(playlist, event->tag, world->now);
        playlist->ahead.active = playlist->prepared = false;
        if (playlist->current.active && playlist->current.entry.film)
            finish_item(playlist, PLAY_ENDING_BROKE);
        break;
    }
    if (idle(playlist))
        playlist_refresh(playlist, world);
    else if (prepare && !playlist->ahead.active && playlist->current.entry.film)
        go_on(playlist, world->now, true);
}

/* -- time -------------------------------------------------------------------------------------- */

static int64_t start_limit(const struct playlist *playlist)
{
    bool awaited = playlist->ahead.active && (!playlist->current.active || playlist->over);
    return awaited ? playlist->ahead.since + PLAYLIST_START_MS : INT64_MAX;
}

/* When a film that follows an item which our own clock ends is to be loaded. */
static int64_t prepare_at(const struct playlist *playlist)
{
    int64_t end = current_end(playlist);
    bool wanted = end != INT64_MAX && !playlist->prepared && !playlist->ahead.active;
    return wanted ? end - PLAYLIST_PREPARE_MS : INT64_MAX;
}

/* The item has had its time: a film that is ready begins, and is on the screen with its frame. */
static void end_current(struct playlist *playlist)
{
    finish_item(playlist, PLAY_ENDING_WHOLE);
    pardon(playlist, playlist->current.entry.tag);
    if (playlist->ahead.active)
        playlist->actions.advance(playlist->actions.context);
    else if (playlist->current.entry.film)
        drop_all(playlist, true);
}

void playlist_tick(struct playlist *playlist, const struct playlist_world *world)
{
    int64_t now = world->now;
    bool wanted = now >= playlist->refresh_at;
    playlist->world = *world;
    proof_seen(&playlist->proof, &playlist->actions, world);
    if (now >= prepare_at(playlist)) {
        playlist->prepared = true;
        go_on(playlist, now, true);
    }
    if (now >= current_end(playlist)) {
        end_current(playlist);
        wanted = true;
    }
    if (now >= start_limit(playlist)) {
        strike(playlist, playlist->ahead.entry.tag, now);
        drop_all(playlist, true);
        wanted = true;
    }
    if (wanted || (playlist->retry_at != 0 && now >= playlist->retry_at))
        playlist_refresh(playlist, world);
}

int64_t playlist_deadline(const struct playlist *playlist)
{
    int64_t next = playlist->refresh_at;
    if (current_end(playlist) < next)
        next = current_end(playlist);
    if (prepare_at(playlist) < next)
        next = prepare_at(playlist);
    if (start_limit(playlist) < next)
        next = start_limit(playlist);
    if (playlist->retry_at != 0 && playlist->retry_at < next)
        next = playlist->retry_at;
    return next;
}

bool playlist_decodes(const struct playlist *playlist)
{
    return playlist->ahead.active || (playlist->current.active && playlist->current.entry.film);
}

enum picture_kind playlist_picture(const struct playlist *playlist,
                                   const struct playlist_entry **ret_entry)
{
    *ret_entry = playlist->current.active ? &playlist->current.entry : NULL;
    if (!playlist->current.active)
        return PICTURE_STILL;
    return playlist->current.entry.film ? PICTURE_FILM : PICTURE_NOTICE;
}

int64_t playlist_changes(const struct playlist *playlist, bool *ret_fade)
{
    *ret_fade = playlist->fade;
    return playlist->changes;
}

const struct playlist_entry *playlist_coming(const struct playlist *playlist)
{
    int64_t retry_at = 0;
    int index = playlist->ahead.active ? -1 : pick(playlist, playlist->world.now, &retry_at);
    return index < 0 || playlist->round.items[index].film ? NULL : &playlist->round.items[index];
}

const char *playlist_broken(const struct playlist *playlist)
{
    for (int i = 0; i < playlist->round.count; i++) {
        const char *tag = playlist->round.items[i].tag;
        if (strlen(tag) == SHA256_SIZE - 1 && find_strike(playlist, tag) >= 0)
            return tag;
    }
    return "";
}

int playlist_films(const struct playlist *playlist)
{
    int films = 0;
    for (int i = 0; i < playlist->round.count; i++)
        films += playlist->round.items[i].film ? 1 : 0;
    return films;
}
