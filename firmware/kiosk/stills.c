#include "stills.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notice.h"

struct stills {
    struct template_press *press;
    struct template_photos photos;
    struct template_page page;
    char said[CONTENT_PAGE_SIZE + MESSAGE_SIZE + NAME_SIZE]; /* what the page was made of */
    int64_t since, duration_ms;
    int sheets, sheet; /* as drawn last */
};

int stills_create(const struct template_options *folders, const struct template_photos *photos,
                  struct stills **ret, char *error, size_t error_size)
{
    struct stills *stills = calloc(1, sizeof *stills);
    int r = stills == NULL ? -ENOMEM
                           : template_press_create(folders, &stills->press, error, error_size);
    if (r < 0) {
        free(stills);
        return r;
    }
    stills->photos = *photos;
    *ret = stills;
    return 0;
}

void stills_destroy(struct stills *stills)
{
    if (stills == NULL)
        return;
    template_press_destroy(stills->press);
    free(stills);
}

/* A page that cannot be read is shown by its title and text: never nothing. */
static void take(struct stills *stills, const struct stills_item *item, int64_t now)
{
    const struct playlist_entry *entry = item->entry;
    const char *page = entry != NULL ? entry->page : "";
    const char *title = entry != NULL ? entry->title : item->title;
    const char *body = entry != NULL ? entry->body : "";
    char said[sizeof stills->said], error[128];
    snprintf(said, sizeof said, "%s\n%s\n%s", page, title, body);
    stills->duration_ms = entry != NULL ? entry->duration_ms : 0;
    if (strcmp(said, stills->said) == 0)
        return;
    memcpy(stills->said, said, sizeof said);
    stills->since = now;
    stills->sheets = 1;
    if (page[0] == '\0' ||
        template_page_parse(page, strlen(page), &stills->page, error, sizeof error) < 0)
        template_page_plain(&stills->page, title, body);
}

static int sheet_at(const struct stills *stills, int64_t now)
{
    if (stills->sheets < 2 || stills->duration_ms <= 0)
        return 0;
    return (int)((now - stills->since) * stills->sheets / stills->duration_ms % stills->sheets);
}

bool stills_due(const struct stills *stills, int64_t now)
{
    return sheet_at(stills, now) != stills->sheet;
}

void stills_draw(struct stills *stills, struct canvas *canvas, SDL_Rect area,
                 const struct stills_item *item, int64_t now)
{
    take(stills, item, now);
    stills->sheet = sheet_at(stills, now);
    struct template_job job = {.page = &stills->page,
                               .clinic = item->clinic,
                               .place = {.view_m = item->view_m},
                               .photos = &stills->photos,
                               .sheet = stills->sheet};
    int sheets = notice_draw(canvas, area, stills->press, &job);
    stills->sheets = sheets > 0 ? sheets : 1;
}
