/* The layouts of a template file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "template_file.h"

enum { SHEET_LEAST = 240, SHEET_MOST = 4000, PX_LEAST = 20, PX_MOST = 400 };

static const struct {
    const char *name;
    enum theme_colour colour;
} colours[] = {
    {"paper", THEME_PAPER},     {"white", THEME_WHITE}, {"ink", THEME_INK},
    {"ink2", THEME_INK2},       {"rule", THEME_RULE},   {"ai", THEME_AI},
    {"ai_deep", THEME_AI_DEEP}, {"sky", THEME_SKY},     {"mist", THEME_MIST},
    {"sand", THEME_SAND},       {"sage", THEME_SAGE},   {"blush", THEME_BLUSH},
};

/* Orange is not among them: it says "you are being called" and nothing else. */
static bool take_colour(struct template_reading *in, const cJSON *json, const char *key,
                        enum theme_colour *ret)
{
    char word[TEMPLATE_NAME_SIZE] = "";

    if (!template_take_text(in, json, key, word, sizeof word))
        return false;
    if (!word[0])
        return true;
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
        if (strcmp(word, colours[i].name) == 0) {
            *ret = colours[i].colour;
            return true;
        }
    }
    return template_wrong(in, "a colour is none of the pages'");
}

/* The place of the word in the list, which is ret's type; ret stays when the key is absent. */
static bool take_choice(struct template_reading *in, const cJSON *json, const char *key,
                        const char *const *words, int count, int *ret)
{
    char word[TEMPLATE_NAME_SIZE] = "";

    if (!template_take_text(in, json, key, word, sizeof word))
        return false;
    if (!word[0])
        return true;
    for (int i = 0; i < count; i++) {
        if (strcmp(word, words[i]) == 0) {
            *ret = i;
            return true;
        }
    }
    snprintf(in->error, in->error_size, "%s.%s: unknown word %s", in->place, key, word);
    return false;
}

/* Words that are drawn: {"ja": TEXT}. */
static bool take_words(struct template_reading *in, const cJSON *json, const char *key, char *ret,
                       size_t size)
{
    const cJSON *words = cJSON_GetObjectItemCaseSensitive(json, key);

    return !words ||
           (template_knows(in, words, "ja") && template_take_text(in, words, "ja", ret, size));
}

static bool take_point(struct template_reading *in, const cJSON *json, const char *key,
                       struct photo_focus *ret)
{
    const cJSON *point = cJSON_GetObjectItemCaseSensitive(json, key);
    const cJSON *x = cJSON_GetArrayItem(point, 0), *y = cJSON_GetArrayItem(point, 1);

    if (!point)
        return true;
    if (cJSON_GetArraySize(point) != 2 || !cJSON_IsNumber(x) || !cJSON_IsNumber(y) ||
        !(x->valuedouble >= 0 && x->valuedouble <= 1) ||
        !(y->valuedouble >= 0 && y->valuedouble <= 1))
        return template_wrong(in, "a point is no pair of numbers from 0 to 1");
    *ret = (struct photo_focus){x->valuedouble, y->valuedouble};
    return true;
}

static bool take_box(struct template_reading *in, const cJSON *json,
                     const struct template_layout *layout, struct template_element *ret)
{
    const cJSON *box = cJSON_GetObjectItemCaseSensitive(json, "box"), *side;
    double sides[4];
    int count = 0;

    if (cJSON_GetArraySize(box) != 4)
        return template_wrong(in, "box is not [x, y, w, h]");
    cJSON_ArrayForEach (side, box) {
        if (!cJSON_IsNumber(side) || !(side->valuedouble >= 0 && side->valuedouble <= SHEET_MOST))
            return template_wrong(in, "box is not [x, y, w, h]");
        sides[count++] = side->valuedouble;
    }
    if (sides[2] < 1 || sides[3] < 1 || sides[0] + sides[2] > layout->width ||
        sides[1] + sides[3] > layout->height)
        return template_wrong(in, "box leaves the sheet");
    ret->x = sides[0];
    ret->y = sides[1];
    ret->w = sides[2];
    ret->h = sides[3];
    return true;
}

static const char *const item_words[] = {
#define X(name, word) [TEMPLATE_ITEM_##name] = word,
    TEMPLATE_ITEM_KINDS(X)
#undef X
};

static const char *const item_keys =
    "text words clinic rule facts table week calendar px gap leading width lines face colour plate "
    "figures";

static bool read_facts(struct template_reading *in, const cJSON *facts,
                       const struct template *template, struct template_item *item)
{
    const cJSON *json;

    if (!cJSON_IsArray(facts) || cJSON_GetArraySize(facts) > TEMPLATE_FACTS_MAX)
        return template_wrong(in, "facts are no list of at most 6");
    cJSON_ArrayForEach (json, facts) {
        struct template_fact *fact = &item->facts[item->fact_count++];

        if (!template_knows(in, json, "words field") ||
            !take_words(in, json, "words", fact->words, sizeof fact->words) ||
            !template_take_text(in, json, "field", fact->field, sizeof fact->field))
            return false;
        if (!fact->words[0] || !template_field_named(template, fact->field))
            return template_wrong(in, "a fact has no words or no field");
    }
    return true;
}

/* Which type of field an item shows. */
static bool fits_type(enum template_item_kind kind, enum template_type type)
{
    switch (kind) {
    case TEMPLATE_ITEM_TABLE:
        return type == TEMPLATE_ROWS;
    case TEMPLATE_ITEM_WEEK:
        return type == TEMPLATE_WEEK;
    case TEMPLATE_ITEM_CALENDAR:
        return type == TEMPLATE_DATE;
    default:
        return type <= TEMPLATE_DATE;
    }
}

/* The kind is the one of its keys that names a kind; words stand alone or beside a field. */
static bool read_kind(struct template_reading *in, const cJSON *json,
                      const struct template *template, struct template_item *item)
{
    const struct template_field *field;
    int kind = TEMPLATE_ITEM_WORDS;

    for (int i = 0; i < TEMPLATE_ITEM_KIND_COUNT; i++)
        if (i != TEMPLATE_ITEM_WORDS && cJSON_HasObjectItem(json, item_words[i]))
            kind = i;
    item->kind = (enum template_item_kind)kind;
    if (!take_words(in, json, "words", item->words, sizeof item->words))
        return false;
    if (kind == TEMPLATE_ITEM_FACTS)
        return read_facts(in, cJSON_GetObjectItem(json, "facts"), template, item);
    if (kind == TEMPLATE_ITEM_RULE)
        return take_colour(in, json, "rule", &item->colour);
    if (kind == TEMPLATE_ITEM_CLINIC)
        return true;
    if (kind == TEMPLATE_ITEM_WORDS)
        return item->words[0] || template_wrong(in, "an item shows nothing");
    if (!template_take_text(in, json, item_words[kind], item->field, sizeof item->field))
        return false;
    field = template_field_named(template, item->field);
    return (field && fits_type(item->kind, field->type)) ||
           template_wrong(in, "an item shows a field that is not there, or is of another type");
}

static bool read_item(struct template_reading *in, const cJSON *json,
                      const struct template *template, struct template_layout *layout)
{
    static const char *const faces[] = {[FACE_BOLD] = "bold", [FACE_REGULAR] = "regular"};
    struct template_item *item = &layout->items[layout->item_count];
    double lines = 1;
    int face = FACE_BOLD;

    *item = (struct template_item){
        .px = 48, .leading = 1.4, .colour = THEME_INK, .plate = THEME_COLOURS};
    if (!template_knows(in, json, item_keys) || !read_kind(in, json, template, item) ||
        !template_take_number(in, json, "px", item->kind == TEMPLATE_ITEM_RULE ? 1 : PX_LEAST,
                              PX_MOST, &item->px) ||
        !template_take_number(in, json, "gap", 0, SHEET_MOST, &item->gap) ||
        !template_take_number(in, json, "leading", 1.1, 3, &item->leading) ||
        !template_take_number(in, json, "width", 1, SHEET_MOST, &item->width) ||
        !template_take_number(in, json, "lines", 1, TEXT_LINES_MAX, &lines) ||
        !take_choice(in, json, "face", faces, 2, &face) ||
        !take_colour(in, json, "colour", &item->colour) ||
        !take_colour(in, json, "plate", &item->plate) ||
        !template_take_bool(in, json, "figures", &item->figures))
        return false;
    item->lines = (int)lines;
    item->face = (enum text_face)face;
    layout->item_count++;
    return true;
}

static bool read_stack(struct template_reading *in, const cJSON *stack,
                       const struct template *template, struct template_layout *layout,
                       struct template_element *element)
{
    const cJSON *item;

    if (!cJSON_IsArray(stack) ||
        layout->item_count + cJSON_GetArraySize(stack) > TEMPLATE_ITEMS_MAX)
        return template_wrong(in, "a stack is no list, or the layout has too many items");
    element->item_from = layout->item_count;
    element->item_count = cJSON_GetArraySize(stack);
    cJSON_ArrayForEach (item, stack) {
        if (!read_item(in, item, template, layout))
            return false;
    }
    return true;
}

/* Names of pictures become file names. */
static bool plain_name(const char *name)
{
    return name[0] && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static bool read_what(struct template_reading *in, const cJSON *json,
                      const struct template *template, struct template_layout *layout,
                      struct template_element *element)
{
    const cJSON *stack = cJSON_GetObjectItem(json, "stack");

    if (stack) {
        element->kind = TEMPLATE_STACK;
        return read_stack(in, stack, template, layout, element);
    }
    if (cJSON_HasObjectItem(json, "fill")) {
        element->kind = TEMPLATE_FILL;
        return take_colour(in, json, "fill", &element->colour);
    }
    if (cJSON_HasObjectItem(json, "photo")) {
        element->kind = TEMPLATE_PHOTO;
        return template_take_text(in, json, "photo", element->name, sizeof element->name) &&
               (template_has_photo(template, element->name) ||
                template_wrong(in, "shows a photo that is not declared"));
    }
    element->kind = TEMPLATE_ART;
    return template_take_text(in, json, "art", element->name, sizeof element->name) &&
           (plain_name(element->name) || template_wrong(in, "shows nothing"));
}

/* A field, a photo, or FIELD# for a field that holds a date and no words; what a space follows. */
static bool known_part(const struct template *template, const char *name)
{
    const struct template_field *field;
    char part[TEMPLATE_NAME_SIZE];
    size_t length = strcspn(name, "# ");

    snprintf(part, sizeof part, "%.*s", (int)length, name);
    field = template_field_named(template, part);
    if (name[length] == '#')
        return field && field->type == TEMPLATE_DATE;
    return !name[0] || field || template_has_photo(template, part);
}

static bool read_element(struct template_reading *in, const cJSON *json,
                         const struct template *template, struct template_layout *layout)
{
    static const char *const shapes[] = {"square", "circle", "arch"};
    static const char *const aligns[] = {"left", "centre", "right"};
    struct template_element *element = &layout->elements[layout->element_count];
    int shape = 0, align = 0;
    const char *second;

    *element = (struct template_element){.focus = {0.5, 0.5}, .colour = THEME_WHITE};
    if (!template_knows(in, json,
                        "fill art photo stack box with without shape focus cover align stand") ||
        !take_box(in, json, layout, element) || !read_what(in, json, template, layout, element) ||
        !template_take_text(in, json, "with", element->with, sizeof element->with) ||
        !template_take_text(in, json, "without", element->without, sizeof element->without) ||
        !take_choice(in, json, "shape", shapes, 3, &shape) ||
        !take_choice(in, json, "align", aligns, 3, &align) ||
        !take_point(in, json, "focus", &element->focus) ||
        !template_take_bool(in, json, "cover", &element->cover) ||
        !template_take_number(in, json, "stand", 0, 1, &element->stand))
        return false;
    second = strchr(element->with, ' ');
    if (!known_part(template, element->with) || !known_part(template, element->without) ||
        (second && !known_part(template, second + 1)))
        return template_wrong(in, "depends on a field or photo that is not declared");
    element->shape = (enum template_shape)shape;
    element->align = (enum text_align)align;
    layout->element_count++;
    return true;
}

int template_read_layout(const cJSON *json, const struct template *template,
                         struct template_layout *ret, char *error, size_t error_size)
{
    bool tall = ret == &template->tall;
    struct template_reading in = {.error = error, .error_size = error_size};
    const cJSON *elements = cJSON_GetObjectItemCaseSensitive(json, "elements"), *element;

    snprintf(in.place, sizeof in.place, "%s", tall ? "tall" : "wide");
    ret->ground = THEME_PAPER;
    ret->width = tall ? 1080 : 1280;
    ret->height = tall ? 1920 : 720;
    if (!template_knows(&in, json, "ground elements") ||
        !take_colour(&in, json, "ground", &ret->ground))
        return -EINVAL;
    if (!cJSON_IsArray(elements) || cJSON_GetArraySize(elements) > TEMPLATE_ELEMENTS_MAX) {
        template_wrong(&in, "elements are no list of at most 32");
        return -EINVAL;
    }
    cJSON_ArrayForEach (element, elements) {
        snprintf(in.place, sizeof in.place, "%s.elements[%d]", tall ? "tall" : "wide",
                 ret->element_count);
        if (!read_element(&in, element, template, ret))
            return -EINVAL;
    }
    return 0;
}
