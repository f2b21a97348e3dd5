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
    char path[VIDEO_PATH_SIZE];
    if (local_of_tag(asking->round, sha256) != NULL ||
        asking->actions->file(asking->actions->context, sha256, path, sizeof path))
        return PROGRAMME_FILE_READY;
    return PROGRAMME_FILE_MISSING;
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
    snprintf(tag, VIDEO_TAG_SIZE, "notice-%016llx", (unsigned long long)hash);
}

static void fill_entry(const struct play_item *item, struct playlist_entry *entry)
{
    const struct content *content = item->content;
    *entry = (struct playlist_entry){.kind = content->kind};
    entry->reason = item->reason;
    entry->film = content->sha256[0] != '\0';
    entry->cut = entry->film && item->duration_ms < content->duration_ms;
    entry->duration_ms = item->duration_ms;
    if (entry->film)
        snprintf(entry->tag, sizeof entry->tag, "%s", content->sha256);
    else
        name_notice(content, entry->tag);
    snprintf(entry->title, sizeof entry->title, "%s", content->title);
    snprintf(entry->body, sizeof entry->body, "%s", content->body);
}

bool playlist_entry_equal(const struct playlist_entry *a, const struct playlist_entry *b)
{
    return strcmp(a->tag, b->tag) == 0 && a->kind == b->kind && a->reason == b->reason &&
           a->cut == b->cut && a->duration_ms == b->duration_ms &&
           strcmp(a->title, b->title) == 0 && strcmp(a->body, b->body) == 0;
}

bool round_resolve(struct round *round, const struct playlist_actions *actions,
                   const struct playlist_world *world)
{
    struct play_item items[PLAYLIST_ROUND_MAX];
    struct asking asking = {.round = round, .actions = actions};
    /* Where no time is known, only what is valid at any time plays. */
    int64_t earliest = world->has_time ? world->site_ms : 0;
    int64_t latest = world->has_time ? world->site_ms : INT64_MAX;
    int count = programme_resolve_between(round->programme, world->video_service, earliest, latest,
                                          has_file, &asking, items, PLAYLIST_ROUND_MAX);
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

bool round_path(struct round *round, const struct playlist_actions *actions, const char *tag,
                char *path, size_t size)
{
    const struct local_film *local = local_of_tag(round, tag);
    if (local == NULL)
        return actions->file(actions->context, tag, path, size);
    return (size_t)snprintf(path, size, "%s", local->path) < size;
}

void round_learn(struct round *round, const char *tag, int64_t length_ms)
{
    const struct local_film *local = local_of_tag(round, tag);
    if (local == NULL || local->length_ms != 0 || length_ms < 1000)
        return;
    round->locals[local - round->locals].length_ms = length_ms;
    round_add_locals(round);
}
