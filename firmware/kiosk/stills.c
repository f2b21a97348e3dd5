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
    struct template_page coming;                             /* while it is prepared */
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
static void read_page(const struct stills_item *item, struct template_page *ret)
{
    const struct playlist_entry *entry = item->entry;
    const char *page = entry != NULL ? entry->page : "";
    char error[128];
    if (page[0] == '\0' || template_page_parse(page, strlen(page), ret, error, sizeof error) < 0)
        template_page_plain(ret, entry != NULL ? entry->title : item->title,
                            entry != NULL ? entry->body : "");
}

static void take(struct stills *stills, const struct stills_item *item)
{
    const struct playlist_entry *entry = item->entry;
    const char *page = entry != NULL ? entry->page : "";
    const char *title = entry != NULL ? entry->title : item->title;
    const char *body = entry != NULL ? entry->body : "";
    char said[sizeof stills->said];
    snprintf(said, sizeof said, "%s\n%s\n%s", page, title, body);
    stills->since = item->since;
    stills->duration_ms = entry != NULL ? entry->duration_ms : 0;
    if (strcmp(said, stills->said) == 0)
        return;
    memcpy(stills->said, said, sizeof said);
    stills->sheets = 1;
    read_page(item, &stills->page);
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

static int draw(struct stills *stills, struct canvas *canvas, SDL_Rect area,
                const struct stills_item *item, const struct template_page *page, int sheet)
{
    struct template_job job = {.page = page,
                               .clinic = item->clinic,
                               .place = {.view_m = item->view_m},
                               .photos = &stills->photos,
                               .sheet = sheet};
    return notice_draw(canvas, area, stills->press, &job);
}

void stills_prepare(struct stills *stills, struct canvas *canvas, SDL_Rect area,
                    const struct stills_item *item)
{
    read_page(item, &stills->coming);
    (void)draw(stills, canvas, area, item, &stills->coming, 0);
}

void stills_draw(struct stills *stills, struct canvas *canvas, SDL_Rect area,
                 const struct stills_item *item, int64_t now)
{
    take(stills, item);
    stills->sheet = sheet_at(stills, now);
    int sheets = draw(stills, canvas, area, item, &stills->page, stills->sheet);
    stills->sheets = sheets > 0 ? sheets : 1;
}
