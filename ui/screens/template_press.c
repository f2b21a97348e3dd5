#include "template_press.h"

#include "catalogue.h"
#include "page.h"
#include "template_ink.h"
#include "utf8.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The screen that pages are designed for: 32", read from 3 m. */
#define SCREEN_PIXEL_MM (708.0 / 1920)
#define SCREEN_VIEW_M   3.0

struct template_press {
    struct templates *templates;
    SDL_Surface *surface; /* of the last size */
    SDL_Renderer *renderer;
    struct canvas canvas;
    struct template_options options; /* its texts are owned */
};

static char *copy_of(const char *text)
{
    return text ? strdup(text) : NULL;
}

/* The pictures are part of the templates: a template without them is broken. */
static int check_art(const struct templates *templates, const struct template *template,
                     const struct template_layout *layout, char *error, size_t error_size)
{
    for (int i = 0; i < layout->element_count; i++) {
        char path[4096 + 64];

        if (layout->elements[i].kind != TEMPLATE_ART)
            continue;
        snprintf(path, sizeof path, "%s/art/%s.png", templates_dir(templates),
                 layout->elements[i].name);
        if (access(path, R_OK) < 0) {
            snprintf(error, error_size, "%s.json: there is no picture art/%s.png",
                     template_key(template), layout->elements[i].name);
            return -EINVAL;
        }
    }
    return 0;
}

static int load(struct template_press *press, char *error, size_t error_size)
{
    const struct template *template;
    int r = templates_create(press->options.template_dir, &press->templates, error, error_size);

    for (int i = 0; r == 0 && (template = templates_at(press->templates, i)); i++) {
        r = check_art(press->templates, template, &template->wide, error, error_size);
        if (r == 0)
            r = check_art(press->templates, template, &template->tall, error, error_size);
    }
    return r;
}

/* A canvas of this size; the last one is kept. */
static int prepare(struct template_press *press, int width, int height)
{
    const struct canvas_options options = {.font_dir = press->options.font_dir,
                                           .language_dir = press->options.language_dir};
    int r;

    if (press->surface && press->surface->w == width && press->surface->h == height)
        return 0;
    canvas_finish(&press->canvas);
    if (press->renderer)
        SDL_DestroyRenderer(press->renderer);
    SDL_FreeSurface(press->surface);
    press->renderer = NULL;
    press->surface = SDL_CreateRGBSurfaceWithFormat(0, width, height, 32, SDL_PIXELFORMAT_ARGB8888);
    if (press->surface)
        press->renderer = SDL_CreateSoftwareRenderer(press->surface);
    r = press->renderer ? canvas_init(&press->canvas, press->renderer, width, height, &options)
                        : -ENOMEM;
    if (r < 0) {
        SDL_FreeSurface(press->surface); /* so that it is not taken for a whole one */
        press->surface = NULL;
    }
    return r;
}

int template_press_create(const struct template_options *options, struct template_press **ret,
                          char *error, size_t error_size)
{
    struct template_press *press = calloc(1, sizeof *press);
    int r;

    if (!press)
        return -ENOMEM;
    press->options.template_dir = copy_of(options->template_dir);
    press->options.language_dir = copy_of(options->language_dir);
    press->options.font_dir = copy_of(options->font_dir);
    r = press->options.template_dir && press->options.language_dir ? 0 : -ENOMEM;
    if (r == 0)
        r = load(press, error, error_size);
    if (r == 0) {
        r = prepare(press, 1280, 720);
        if (r == -ENOENT)
            snprintf(error, error_size, "no Japanese fonts are installed");
    }
    if (r < 0) {
        template_press_destroy(press);
        return r;
    }
    *ret = press;
    return 0;
}

void template_press_destroy(struct template_press *press)
{
    if (!press)
        return;
    canvas_finish(&press->canvas);
    if (press->renderer)
        SDL_DestroyRenderer(press->renderer);
    SDL_FreeSurface(press->surface);
    templates_destroy(press->templates);
    free((char *)press->options.template_dir);
    free((char *)press->options.language_dir);
    free((char *)press->options.font_dir);
    free(press);
}

const struct templates *template_press_templates(const struct template_press *press)
{
    return press->templates;
}

struct canvas *template_press_canvas(struct template_press *press)
{
    return &press->canvas;
}

/* -- one page ------------------------------------------------------------------------------------
 */

static bool is_place(const struct template_place *place)
{
    return place->width >= TEMPLATE_SIDE_LEAST && place->height >= TEMPLATE_SIDE_LEAST &&
           place->width <= TEMPLATE_SIDE_MAX && place->height <= TEMPLATE_SIDE_MAX &&
           place->width * place->height <= TEMPLATE_AREA_MAX && place->pixel_mm >= 0 &&
           place->view_m >= 0;
}

static void ink_begin(struct template_press *press, const struct template_page *page,
                      const char *clinic, const struct template_place *place,
                      struct template_ink *ink)
{
    double pixel_mm = place->pixel_mm > 0 ? place->pixel_mm : SCREEN_PIXEL_MM;
    struct page_view_mm view = {.a = 1000 * (place->view_m > 0 ? place->view_m : SCREEN_VIEW_M)};
    struct page floors;

    page_begin(&floors, &press->canvas, "ja", 1, pixel_mm, &view);
    *ink = (struct template_ink){
        .canvas = &press->canvas,
        .words = canvas_words(&press->canvas, "ja"),
        .template = templates_find(press->templates, page->key),
        .page = page,
        .clinic = clinic ? clinic : "",
    };
}

static SDL_Surface *load_photo(const struct template_photos *photos, const char *sha256, int enough)
{
    SDL_Surface *picture = NULL;
    uint8_t *data = NULL;
    size_t size = 0;

    if (!photos || !sha256 || photos->read(photos->context, sha256, &data, &size) < 0)
        return NULL;
    if (photo_decode(data, size, enough, &picture) < 0)
        picture = NULL;
    free(data);
    return picture;
}

static void load_photos(const struct template_job *job, const struct template *template,
                        SDL_Surface *ret[TEMPLATE_PHOTOS_MAX])
{
    int enough = job->place.width > job->place.height ? job->place.width : job->place.height;

    for (int i = 0; template && i < template->photo_count; i++)
        ret[i] =
            load_photo(job->photos, template_page_photo(job->page, template->photos[i]), enough);
}

/* A page that breaks its template's rules, from a newer cloud say, has no layout. */
static bool follows_rules(const struct template_ink *ink)
{
    struct template_fault fault;
    struct template_page page = *ink->page;

    page.photo_count = 0; /* a photograph that did not come is no reason */
    return ink->template && (template_check(ink->template, &page, &fault) == 0 ||
                             template_has_photo(ink->template, fault.field));
}

/* A copy without any clear pixel: soft edges of letters leave some that are nearly opaque. */
static SDL_Surface *opaque_copy(SDL_Surface *surface)
{
    SDL_Surface *copy = SDL_DuplicateSurface(surface);

    for (int y = 0; copy && y < copy->h; y++) {
        Uint32 *line = (Uint32 *)((Uint8 *)copy->pixels + (ptrdiff_t)y * copy->pitch);

        for (int x = 0; x < copy->w; x++)
            line[x] |= 0xFF000000u;
    }
    return copy;
}

int template_press_draw(struct template_press *press, const struct template_job *job,
                        SDL_Surface **ret, int *ret_sheets)
{
    SDL_Surface *photos[TEMPLATE_PHOTOS_MAX] = {NULL}, *copy;
    struct template_ink ink;
    int sheets = 1, r;

    if (!is_place(&job->place))
        return -EINVAL;
    r = prepare(press, job->place.width, job->place.height);
    if (r < 0)
        return r;
    ink_begin(press, job->page, job->clinic, &job->place, &ink);
    load_photos(job, ink.template, photos);
    for (int i = 0; i < TEMPLATE_PHOTOS_MAX; i++)
        ink.photos[i] = photos[i];
    if (!follows_rules(&ink) ||
        !template_arrange(&ink, press->templates, job->place.width, job->place.height))
        sheets = template_flow(&ink, job->place.width, job->place.height, job->sheet);
    SDL_RenderFlush(press->renderer);
    for (int i = 0; i < TEMPLATE_PHOTOS_MAX; i++)
        SDL_FreeSurface(photos[i]);
    copy = sheets > 0 ? opaque_copy(press->surface) : NULL;
    if (!copy)
        return -ENOMEM;
    *ret = copy;
    if (ret_sheets)
        *ret_sheets = sheets;
    return 0;
}

/* -- what a form may send ------------------------------------------------------------------------
 */

static int letters(const char *text)
{
    return utf8_count(text, text + strlen(text));
}

/* The first `count` letters of a text. */
static void cut(char *text, int count)
{
    const char *end = text + strlen(text), *at = text;

    while (at < end && count-- > 0)
        (void)utf8_next(&at, end);
    text[at - text] = '\0';
}

/* How many letters of this field have to go until the page fits; 0 = this is not the field. */
static int letters_over(struct template_ink *ink, int field, const struct template_place *place)
{
    struct template_page *page = calloc(1, sizeof *page);
    int fits = 0, fails = letters(ink->page->fields[field].text), all = fails;
    struct template_ink at = *ink;

    if (!page)
        return 0;
    at.page = page;
    while (fails - fits > 1) {
        int middle = (fits + fails) / 2;

        *page = *ink->page;
        cut(page->fields[field].text, middle);
        if (template_arranges(&at, place->width, place->height))
            fits = middle;
        else
            fails = middle;
    }
    free(page);
    return fits > 0 ? all - fits : 0;
}

static int too_long(struct template_ink *ink, const struct template_place *place,
                    struct template_fault *ret)
{
    int least = 0, which = -1;

    for (int i = 0; i < ink->page->field_count; i++) {
        int over = letters_over(ink, i, place);

        if (over > 0 && (which < 0 || over < least)) {
            least = over;
            which = i;
        }
    }
    *ret = (struct template_fault){.over = least};
    if (which < 0) {
        snprintf(ret->text, sizeof ret->text, "the page has more text than its template can show");
        return -EINVAL;
    }
    snprintf(ret->field, sizeof ret->field, "%s", ink->page->fields[which].name);
    snprintf(ret->text, sizeof ret->text, "%s: %d letters too long for a %s monitor", ret->field,
             least, place->width > place->height ? "wide" : "tall");
    return -EINVAL;
}

/* Letters that no font has are known by measuring them. */
static int check_letters(struct template_press *press, const struct template_page *page,
                         struct template_fault *ret)
{
    struct text_problems *problems = text_problems(press->canvas.text);
    struct text_style style = {.face = FACE_BOLD, .px = 40, .language = "ja"};

    for (int i = 0; i < page->field_count; i++) {
        char text[TEMPLATE_TEXT_SIZE];

        snprintf(text, sizeof text, "%s", page->fields[i].text);
        for (char *end = text; (end = strchr(end, '\n'));)
            *end = ' ';
        *problems = (struct text_problems){0};
        (void)text_width(press->canvas.text, &style, text);
        if (problems->count > 0) {
            *ret = (struct template_fault){0};
            snprintf(ret->field, sizeof ret->field, "%s", page->fields[i].name);
            snprintf(ret->text, sizeof ret->text, "%s: has a character that cannot be shown",
                     ret->field);
            return -EINVAL;
        }
    }
    return 0;
}

int template_press_check(struct template_press *press, const struct template_page *page,
                         struct template_fault *ret_fault)
{
    static const struct template_place places[] = {{.width = 1280, .height = 720},
                                                   {.width = 1080, .height = 1920}};
    const struct template *template = templates_find(press->templates, page->key);
    struct template_ink ink;
    int r;

    if (!template) {
        *ret_fault = (struct template_fault){0};
        snprintf(ret_fault->text, sizeof ret_fault->text, "there is no template %s", page->key);
        return -EINVAL;
    }
    r = template_check(template, page, ret_fault);
    if (r == 0)
        r = check_letters(press, page, ret_fault);
    for (size_t i = 0; r == 0 && i < sizeof places / sizeof *places; i++) {
        ink_begin(press, page, "", &places[i], &ink);
        for (int p = 0; p < template->photo_count; p++) /* measuring looks at no pixel */
            ink.photos[p] = template_page_photo(page, template->photos[p]) ? press->surface : NULL;
        if (!template_arranges(&ink, places[i].width, places[i].height))
            r = too_long(&ink, &places[i], ret_fault);
    }
    return r;
}
