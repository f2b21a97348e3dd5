#include "test.h"

#include "playlist_rig.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SHA-256 of film n, as letters. */
const char *rig_sha(int n)
{
    static char text[4][SHA256_SIZE];
    static int next;
    char *made = text[next++ % 4];
    memset(made, 'a' + n, SHA256_SIZE - 1);
    made[SHA256_SIZE - 1] = '\0';
    return made;
}

static int queue(void *context, const struct video_item *item)
{
    struct fixture *f = context;
    if (f->queued[0] != '\0')
        return -EBUSY;
    strcpy(f->queued, item->tag);
    strcpy(f->path, item->path);
    f->sealed = item->sealed;
    f->held = item->held;
    assert_int_equal(item->key[0], f->sealed ? item->tag[0] : 0);
    return 0;
}

static void stop(void *context)
{
    struct fixture *f = context;
    f->stops++;
    f->playing[0] = f->queued[0] = '\0';
}

static void advance(void *context)
{
    struct fixture *f = context;
    f->advances++;
}

static enum programme_file file(void *context, const char *sha256)
{
    struct fixture *f = context;
    return f->missing[sha256[0] - 'a'] ? PROGRAMME_FILE_MISSING : PROGRAMME_FILE_READY;
}

static bool film(void *context, const char *sha256, struct video_item *item)
{
    struct fixture *f = context;
    snprintf(item->path, sizeof item->path, "/store/%s.sealed", sha256);
    item->sealed = true;
    item->key[0] = (uint8_t)sha256[0];
    return !f->missing[sha256[0] - 'a'];
}

static void doubt(void *context, const char *sha256)
{
    struct fixture *f = context;
    strcpy(f->doubted, sha256);
}

static void proof(void *context, enum playlist_proof kind, const struct play *play)
{
    struct fixture *f = context;
    if (kind == PLAYLIST_PROOF_BEGIN) {
        assert_false(f->shown);
        f->begun++;
    } else {
        assert_true(f->shown);
        f->seen += kind == PLAYLIST_PROOF_SEEN;
    }
    f->shown = kind != PLAYLIST_PROOF_END;
    f->play = *play;
}

void rig_add_film(struct fixture *f, int n, enum content_kind kind)
{
    struct content *content = kind == CONTENT_SUBSTITUTE
                                  ? &f->set.substitutes[f->set.substitute_count++]
                                  : &f->programme->items[f->programme->item_count++];
    *content = (struct content){.kind = kind, .duration_ms = 30000};
    strcpy(content->sha256, rig_sha(n));
    snprintf(content->title, sizeof content->title, "film %d", n);
}

void rig_add_notice(struct fixture *f, const char *title)
{
    struct content *content = &f->programme->items[f->programme->item_count++];
    *content = (struct content){.kind = CONTENT_NOTICE, .duration_ms = 8000, .body = "body"};
    strcpy(content->title, title);
}

int rig_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct playlist_actions actions = {.queue = queue,
                                       .stop = stop,
                                       .advance = advance,
                                       .file = file,
                                       .film = film,
                                       .doubt = doubt,
                                       .proof = proof,
                                       .context = f};
    f->world = (struct playlist_world){
        .now = 1000, .site_ms = 5000, .has_time = true, .video_service = true};
    programme_set_init(&f->set);
    f->set.programme_count = 1;
    f->programme = &f->set.programmes[0];
    f->programme->from = 1000;
    f->programme->to = 9000000;
    f->programme->distributed = 1000;
    f->programme->deadline = 3000;
    f->programme->approved = 2000;
    assert_int_equal(playlist_create(&actions, &f->playlist), 0);
    *state = f;
    return 0;
}

int rig_teardown(void **state)
{
    struct fixture *f = *state;
    playlist_destroy(f->playlist);
    free(f);
    return 0;
}

void rig_set(struct fixture *f)
{
    playlist_programme(f->playlist, &f->world, &f->set);
}

void rig_tell(struct fixture *f, enum video_event_kind kind, const char *tag)
{
    struct video_event event = {.kind = kind};
    snprintf(event.tag, sizeof event.tag, "%s", tag);
    playlist_event(f->playlist, &f->world, &event);
}

/* The decoder begins with the film that it was given. */
void rig_begin(struct fixture *f)
{
    assert_string_not_equal(f->queued, "");
    strcpy(f->playing, f->queued);
    f->queued[0] = '\0';
    rig_tell(f, VIDEO_STARTED, f->playing);
}

/* The present film comes to its end as the decoder tells it. */
void rig_run_out(struct fixture *f)
{
    char tag[VIDEO_TAG_SIZE];
    strcpy(tag, f->playing);
    f->world.now += 28000;
    rig_tell(f, VIDEO_WANT, tag);
    f->world.now += 2000;
    f->playing[0] = '\0';
    rig_tell(f, VIDEO_ENDED, tag);
}

void rig_pass(struct fixture *f, int64_t ms)
{
    f->world.now += ms;
    f->world.site_ms += ms;
    playlist_tick(f->playlist, &f->world);
}

void rig_expect_film(struct fixture *f, int n)
{
    const struct playlist_entry *entry = NULL;
    assert_int_equal(playlist_picture(f->playlist, &entry), PICTURE_FILM);
    assert_string_equal(entry->tag, rig_sha(n));
}

void rig_expect_notice(struct fixture *f, const char *title)
{
    const struct playlist_entry *entry = NULL;
    assert_int_equal(playlist_picture(f->playlist, &entry), PICTURE_NOTICE);
    assert_string_equal(entry->title, title);
    assert_string_equal(entry->body, "body");
}

void rig_expect_still(struct fixture *f)
{
    const struct playlist_entry *entry = NULL;
    assert_int_equal(playlist_picture(f->playlist, &entry), PICTURE_STILL);
    assert_null(entry);
}
