#include "notice.h"

#include "sprite.h"
#include "text.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return (hash ^ 0xFF) * 0x100000001b3u; /* so that "a" and "b" are not "ab" */
}

/* FNV-1a of all that the page says. */
static uint64_t hash_page(const struct template_job *job)
{
    const struct template_page *page = job->page;
    uint64_t hash = hash_text(0xcbf29ce484222325u, page->key);

    for (int i = 0; i < page->field_count; i++)
        hash = hash_text(hash_text(hash, page->fields[i].name), page->fields[i].text);
    for (int i = 0; i < page->photo_count; i++)
        hash = hash_text(hash_text(hash, page->photos[i].name), page->photos[i].sha256);
    return hash_text(hash, job->clinic ? job->clinic : "");
}

/* A sprite's advance keeps how many sheets there are. */
static const struct sprite *press_sheet(struct sprite_store *sprites, const char *key,
                                        struct template_press *press,
                                        const struct template_job *job)
{
    const struct sprite *sprite = NULL;
    SDL_Surface *picture;
    int sheets;

    if (template_press_draw(press, job, &picture, &sheets) < 0)
        return NULL;
    sprite = sprite_put(sprites, key, picture, 0, sheets);
    SDL_FreeSurface(picture);
    return sprite;
}

int notice_draw(struct canvas *canvas, SDL_Rect area, struct template_press *press,
                const struct template_job *job)
{
    static const SDL_Color as_it_is = {255, 255, 255, 255};
    struct sprite_store *sprites = text_sprites(canvas->text);
    struct template_job here = *job;
    const struct sprite *sprite;
    char key[SPRITE_KEY_SIZE];
    int longer = canvas->width > canvas->height ? canvas->width : canvas->height;

    here.place.width = area.w;
    here.place.height = area.h;
    /* as the monitor's own letters: a screen of 32" when nothing is known of it */
    here.place.pixel_mm = canvas->pixel_mm > 0 ? canvas->pixel_mm : 708.0 / longer;
    snprintf(key, sizeof key, "page%016" PRIx64 ".%d.%d.%d.%.3f.%.2f", hash_page(job), area.w,
             area.h, job->sheet, here.place.pixel_mm, here.place.view_m);
    sprite = sprite_get(sprites, key);
    if (!sprite)
        sprite = press_sheet(sprites, key, press, &here);
    if (!sprite)
        return 0;
    sprite_draw(sprites, sprite, area.x, area.y, as_it_is);
    return sprite->advance;
}
