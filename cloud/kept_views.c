#include "kept_views.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct kept_view {
    char queue_id[QUEUE_ID_SIZE];
    struct site *site; /* NULL: nothing is kept here; sites live as long as the cloud */
    uint64_t revision;
    int64_t made;
    size_t size, room;
    char *text;
};

struct kept_views {
    pthread_mutex_t lock;
    struct kept_view list[KEPT_VIEWS_MAX];
};

int kept_views_create(struct kept_views **ret)
{
    struct kept_views *kept = calloc(1, sizeof(*kept));

    if (!kept)
        return -ENOMEM;
    pthread_mutex_init(&kept->lock, NULL);
    *ret = kept;
    return 0;
}

void kept_views_destroy(struct kept_views *kept)
{
    if (!kept)
        return;
    for (int i = 0; i < KEPT_VIEWS_MAX; i++)
        free(kept->list[i].text);
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

static struct kept_view *place_of(struct kept_views *kept, const char *queue_id)
{
    unsigned hash = 2166136261u; /* FNV-1a */

    for (; *queue_id; queue_id++)
        hash = (hash ^ (unsigned char)*queue_id) * 16777619u;
    return &kept->list[hash % KEPT_VIEWS_MAX];
}

static bool make_room(struct kept_view *view, size_t size)
{
    char *text = size <= view->room ? view->text : realloc(view->text, size);

    if (!text)
        return false;
    view->room = size > view->room ? size : view->room;
    view->text = text;
    return true;
}

void kept_views_put(struct kept_views *kept, const char *queue_id, struct site *site,
                    uint64_t revision, int64_t now, const char *text)
{
    size_t length = strlen(queue_id), size = strlen(text) + 1;
    struct kept_view *view;

    if (length >= QUEUE_ID_SIZE || size > KEPT_VIEW_SIZE)
        return;
    pthread_mutex_lock(&kept->lock);
    view = place_of(kept, queue_id);
    view->site = NULL;
    if (make_room(view, size)) {
        memcpy(view->queue_id, queue_id, length + 1);
        memcpy(view->text, text, size);
        view->size = size;
        view->site = site;
        view->revision = revision;
        view->made = now;
    }
    pthread_mutex_unlock(&kept->lock);
}

static bool still_true(const struct kept_view *view, const char *queue_id)
{
    if (!view->site || strcmp(view->queue_id, queue_id) != 0 ||
        site_revision(view->site) != view->revision)
        return false;
    int64_t age = site_now(view->site) - view->made;
    return age >= 0 && age < KEPT_VIEW_MS; /* a clock may be put back */
}

const char *kept_views_get(struct kept_views *kept, const char *queue_id, struct http_request *req)
{
    char *copy = NULL;

    pthread_mutex_lock(&kept->lock);
    struct kept_view *view = place_of(kept, queue_id);
    if (still_true(view, queue_id)) {
        copy = http_alloc(req, view->size);
        memcpy(copy, view->text, view->size);
    }
    pthread_mutex_unlock(&kept->lock);
    return copy;
}
