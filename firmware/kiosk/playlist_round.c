#include "playlist_round.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCAL_TAG "local-"

int round_init(struct round *round)
{
    memset(round, 0, sizeof *round);
    round->programme = malloc(sizeof *round->programme);
    if (round->programme == NULL)
        return -ENOMEM;
    programme_set_init(round->programme);
    return 0;
}

void round_finish(struct round *round)
{
    free(round->programme);
    round->programme = NULL;
}

static const struct local_film *local_of_tag(const struct round *round, const char *tag)
{
    if (strncmp(tag, LOCAL_TAG, strlen(LOCAL_TAG)) != 0)
        return NULL;
    int index = atoi(tag + strlen(LOCAL_TAG));
    return index >= 0 && index < round->local_count ? &round->locals[index] : NULL;
}

void round_add_locals(struct round *round)
{
    struct programme_set *programme = round->programme;
    int kept = 0;
    while (kept < programme->substitute_count &&
           strncmp(programme->substitutes[kept].sha256, LOCAL_TAG, strlen(LOCAL_TAG)) != 0)
        kept++;
    programme->substitute_count = kept;
    for (int i = 0; i < round->local_count && kept + i < PROGRAMME_SUBSTITUTES_MAX; i++) {
        struct content *content = &programme->substitutes[programme->substitute_count++];
        const struct local_film *local = &round->locals[i];
        const char *name = strrchr(local->path, '/');
        *content = (struct content){.kind = CONTENT_SUBSTITUTE};
        snprintf(content->sha256, sizeof content->sha256, LOCAL_TAG "%d", i);
        snprintf(content->title, sizeof content->title, "%s", name == NULL ? "" : name + 1);
        content->duration_ms = local->length_ms != 0 ? local->length_ms : PLAYLIST_LOCAL_LENGTH_MS;
    }
}

void round_set(struct round *round, const struct programme_set *programme)
{
    if (programme != NULL)
        *round->programme = *programme;
    else
        programme_set_init(round->programme);
    round_add_locals(round);
}

struct asking {
    const struct round *round;
    const struct playlist_actions *actions;
};

static enum programme_file has_file(void *context, const char *sha256)
{
    const struct asking *asking = context;
    if (local_of_tag(asking->round, sha256) != NULL)
        return PROGRAMME_FILE_READY;
    return asking->actions->file(asking->actions->context, sha256);
}

/* A name for a notice that has no file: the same text, the same name. */
static void name_notice(const struct content *content, char tag[static VIDEO_TAG_SIZE])
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *c = content->title; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    hash = (hash ^ '\n') * 1099511628211u;
    for (const char *c = content->body; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    for (const char *c = content->page; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    snprintf(tag, VIDEO_TAG_SIZE, "notice-%016llx", (unsigned long long)hash);
}

/* Where it stands, and for what. */
static void fill_planned(const struct play_item *item, struct playlist_entry *entry)
{
    entry->item = -1;
    if (item->programme != NULL) {
        memcpy(entry->programme, item->programme->id, sizeof entry->programme);
        entry->version = item->programme->version;
        entry->item = item->index;
    }
    if (item->planned != NULL && item->planned != item->content) {
        memcpy(entry->planned, item->planned->sha256, sizeof entry->planned);
        memcpy(entry->planned_id, item->planned->id, sizeof entry->planned_id);
    }
}

static void fill_entry(const struct play_item *item, struct playlist_entry *entry)
{
    const struct content *content = item->content;
    *entry = (struct playlist_entry){.kind = content->kind};
    entry->reason = item->reason;
    entry->film = content->sha256[0] != '\0';
    entry->cut = entry->film && item->duration_ms < content->duration_ms;
    entry->duration_ms = item->duration_ms;
    entry->change = item->planned != NULL ? item->planned->change : content->change;
    if (entry->film)
        snprintf(entry->tag, sizeof entry->tag, "%s", content->sha256);
    else
        name_notice(content, entry->tag);
    snprintf(entry->title, sizeof entry->title, "%s", content->title);
    snprintf(entry->body, sizeof entry->body, "%s", content->body);
    memcpy(entry->page, content->page, sizeof entry->page);
    memcpy(entry->id, content->id, sizeof entry->id);
    fill_planned(item, entry);
}

bool playlist_entry_equal(const struct playlist_entry *a, const struct playlist_entry *b)
{
    return strcmp(a->tag, b->tag) == 0 && a->kind == b->kind && a->reason == b->reason &&
           a->cut == b->cut && a->change == b->change && a->duration_ms == b->duration_ms &&
           a->version == b->version && a->item == b->item &&
           strcmp(a->programme, b->programme) == 0 && strcmp(a->title, b->title) == 0 &&
           strcmp(a->body, b->body) == 0 && strcmp(a->page, b->page) == 0 &&
           strcmp(a->id, b->id) == 0 && strcmp(a->planned, b->planned) == 0 &&
           strcmp(a->planned_id, b->planned_id) == 0;
}

bool round_resolve(struct round *round, const struct playlist_actions *actions,
                   const struct playlist_world *world)
{
    struct play_item items[PLAYLIST_ROUND_MAX];
    struct asking asking = {.round = round, .actions = actions};
    int64_t latest = world->has_time ? world->site_ms : INT64_MAX;
    int count = programme_resolve_between(round->programme, world->video_service, world->site_ms,
                                          latest, has_file, &asking, items, PLAYLIST_ROUND_MAX);
    bool changed = count != round->count;
    for (int i = 0; i < count; i++) {
        struct playlist_entry entry;
        fill_entry(&items[i], &entry);
        if (changed || !playlist_entry_equal(&entry, &round->items[i])) {
            changed = true;
            round->items[i] = entry;
        }
    }
    round->count = count;
    return changed;
}

int round_find(const struct round *round, const char *tag, int near)
{
    if (near >= 0 && near < round->count && strcmp(round->items[near].tag, tag) == 0)
        return near;
    for (int i = 0; i < round->count; i++)
        if (strcmp(round->items[i].tag, tag) == 0)
            return i;
    return -1;
}

bool round_may_spare(const struct round *round, const struct playlist_actions *actions,
                     const char *tag)
{
    const struct programme_set *set = round->programme;
    struct asking asking = {.round = round, .actions = actions};
    bool there = false;
    for (int i = 0; i < set->substitute_count; i++)
        there |=
            strcmp(set->substitutes[i].sha256, tag) == 0 && set->substitutes[i].duration_ms > 0;
    for (int i = 0; i < set->withdrawn_count; i++)
        there &= strcmp(set->withdrawn[i], tag) != 0;
    return there && tag[0] != '\0' && has_file(&asking, tag) == PROGRAMME_FILE_READY;
}

bool round_spare(const struct round *round, const struct playlist_actions *actions, int index,
                 const struct playlist_entry *instead, struct playlist_entry *ret)
{
    const struct content *content = &round->programme->substitutes[index];
    const struct play_item item = {.content = content,
                                   .index = -1,
                                   .duration_ms = content->duration_ms,
                                   .reason = PLAY_SUBSTITUTE_MISSING};
    if (!round_may_spare(round, actions, content->sha256))
        return false;
    fill_entry(&item, ret);
    memcpy(ret->programme, instead->programme, sizeof ret->programme);
    ret->version = instead->version;
    ret->item = instead->item;
    bool itself = instead->kind != CONTENT_SUBSTITUTE;
    snprintf(ret->planned, sizeof ret->planned, "%.64s", itself ? instead->tag : instead->planned);
    memcpy(ret->planned_id, itself ? instead->id : instead->planned_id, sizeof ret->planned_id);
    return true;
}

bool round_film(struct round *round, const struct playlist_actions *actions, const char *tag,
                struct video_item *item)
{
    const struct local_film *local = local_of_tag(round, tag);
    if (local == NULL)
        return actions->film(actions->context, tag, item);
    memcpy(item->path, local->path, sizeof item->path);
    return true;
}

static void take_sooner(int64_t *next, int64_t at, int64_t now)
{
    if (at > now && at < *next)
        *next = at;
}

int64_t round_boundary(const struct round *round, const struct playlist_world *world)
{
    const struct programme_set *set = round->programme;
    int64_t next = INT64_MAX;
    if (!world->has_time)
        return INT64_MAX;
    take_sooner(&next, set->expires, world->site_ms);
    for (int i = 0; i < set->programme_count; i++) {
        take_sooner(&next, set->programmes[i].from, world->site_ms);
        take_sooner(&next, set->programmes[i].to, world->site_ms);
    }
    return next == INT64_MAX ? next : world->now + (next - world->site_ms);
}

void round_learn(struct round *round, const char *tag, int64_t length_ms)
{
    const struct local_film *local = local_of_tag(round, tag);
    if (local == NULL || local->length_ms != 0 || length_ms < 1000)
        return;
    round->locals[local - round->locals].length_ms = length_ms;
    round_add_locals(round);
}
