#include "playlist_proof.h"

#include <stdio.h>
#include <string.h>

static int64_t site_time(const struct playlist_world *world)
{
    return world->has_time ? world->site_ms : 0;
}

static void fill(const struct playlist_entry *entry, struct play *play)
{
    *play = (struct play){.kind = entry->kind,
                          .version = entry->version,
                          .item = entry->item,
                          .ending = PLAY_ENDING_STOPPED};
    if (entry->film && strspn(entry->tag, "0123456789abcdef") == SHA256_SIZE - 1)
        memcpy(play->sha256, entry->tag, SHA256_SIZE);
    memcpy(play->content, entry->id, sizeof play->content);
    (void)snprintf(play->title, sizeof play->title, "%s", entry->title);
    (void)snprintf(play->reason, sizeof play->reason, "%s", play_reason_name(entry->reason));
    memcpy(play->programme, entry->programme, sizeof play->programme);
    memcpy(play->planned, entry->planned, sizeof play->planned);
    memcpy(play->planned_content, entry->planned_id, sizeof play->planned_content);
}

static void tell(struct proof *proof, const struct playlist_actions *actions,
                 enum playlist_proof kind)
{
    if (actions->proof != NULL)
        actions->proof(actions->context, kind, &proof->play);
    proof->told = proof->seen;
}

/* A time that becomes known while an item runs tells when it began, too. */
static void note(struct proof *proof, const struct playlist_world *world)
{
    int64_t site_ms = site_time(world);
    proof->seen = world->now;
    proof->play.shown_ms = world->now - proof->since;
    if (site_ms == 0)
        return;
    proof->play.end = site_ms;
    if (proof->play.start == 0 || proof->play.start > site_ms)
        proof->play.start = site_ms - proof->play.shown_ms;
}

void proof_begin(struct proof *proof, const struct playlist_actions *actions,
                 const struct playlist_world *world, const struct playlist_entry *entry)
{
    proof_end(proof, actions, world, PLAY_ENDING_CUT);
    fill(entry, &proof->play);
    proof->open = true;
    proof->since = world->now;
    note(proof, world);
    tell(proof, actions, PLAYLIST_PROOF_BEGIN);
}

void proof_seen(struct proof *proof, const struct playlist_actions *actions,
                const struct playlist_world *world)
{
    if (!proof->open)
        return;
    note(proof, world);
    if (proof->seen - proof->told >= PLAYLIST_SEEN_MS)
        tell(proof, actions, PLAYLIST_PROOF_SEEN);
}

void proof_end(struct proof *proof, const struct playlist_actions *actions,
               const struct playlist_world *world, enum play_ending ending)
{
    if (!proof->open)
        return;
    note(proof, world);
    proof->play.ending = ending;
    proof->open = false;
    tell(proof, actions, PLAYLIST_PROOF_END);
}

void proof_frame(struct proof *proof)
{
    if (proof->open)
        proof->play.frames++;
}
