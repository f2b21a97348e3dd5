#include "template_scenes.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The widest letter, and a date that is longer than any other. */
#define WIDE  "国"
#define DATES "2026-12-29/2027-12-29"

const char *const template_scene_names[TEMPLATE_SCENES] = {[SCENE_SAMPLE] = "sample",
                                                           [SCENE_LEAST] = "least",
                                                           [SCENE_MOST] = "most",
                                                           [SCENE_PHOTOS] = "photos"};

const struct template_place template_places[] = {
    {.width = 1280, .height = 720},  {.width = 960, .height = 540},
    {.width = 640, .height = 360},   {.width = 1080, .height = 608},
    {.width = 1920, .height = 1080}, {.width = 1080, .height = 1920},
};
const int template_place_count = sizeof template_places / sizeof *template_places;

static char *read_all(const char *path, size_t *ret_size)
{
    static char text[1 << 20];
    FILE *file = fopen(path, "rb");

    if (!file) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    *ret_size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[*ret_size] = '\0';
    return text;
}

struct template_press *template_scenes_press(void)
{
    const struct template_options options = {.template_dir = TEMPLATE_DIR,
                                             .language_dir = LANGUAGE_DIR};
    struct template_press *press;
    char error[300] = "";

    if (template_press_create(&options, &press, error, sizeof error) < 0) {
        fprintf(stderr, "cannot draw: %s\n", error);
        exit(1);
    }
    return press;
}

void template_scene_set(struct template_page *page, const char *field, const char *text)
{
    int at = 0;

    while (at < page->field_count && strcmp(page->fields[at].name, field) != 0)
        at++;
    if (at == page->field_count)
        page->field_count++;
    snprintf(page->fields[at].name, TEMPLATE_NAME_SIZE, "%s", field);
    snprintf(page->fields[at].text, TEMPLATE_TEXT_SIZE, "%s", text);
}

static void repeat(char *text, size_t size, const char *part, int count)
{
    for (int i = 0; i < count; i++)
        snprintf(text + strlen(text), size - strlen(text), "%s", part);
}

/* As much as the field's declaration allows, in the widest letters. */
static void fill(const struct template_field *field, char *text, size_t size)
{
    text[0] = '\0';
    if (field->type == TEMPLATE_DATE)
        snprintf(text, size, "%s", DATES);
    else if (field->type < TEMPLATE_DATE)
        repeat(text, size, WIDE, field->letters);
    for (int row = 0; field->type >= TEMPLATE_ROWS && row < field->lines; row++) {
        repeat(text, size, "\n", row > 0);
        if (field->type == TEMPLATE_ROWS) {
            repeat(text, size, WIDE, field->letters / 2);
            repeat(text, size, "|", 1);
            repeat(text, size, WIDE, field->letters - field->letters / 2 - 1);
        } else {
            repeat(text, size, WIDE, field->letters);
            repeat(text, size, "|月火水木金土日祝", 1);
        }
    }
}

static const char *sample_of(const cJSON *fields, const char *name)
{
    const cJSON *field;

    cJSON_ArrayForEach (field, fields) {
        if (strcmp(cJSON_GetObjectItem(field, "name")->valuestring, name) == 0)
            return cJSON_GetObjectItem(cJSON_GetObjectItem(field, "sample"), "ja")->valuestring;
    }
    return "";
}

void template_scene_page(const struct template *template, enum template_scene scene,
                         struct template_page *ret)
{
    const struct template_field *field;
    const char *photo;
    char path[4096], text[TEMPLATE_TEXT_SIZE];
    size_t size;
    cJSON *json;

    snprintf(path, sizeof path, "%s/%s.json", TEMPLATE_DIR, template_key(template));
    json = cJSON_Parse(read_all(path, &size));
    memset(ret, 0, sizeof *ret);
    snprintf(ret->key, sizeof ret->key, "%s", template_key(template));
    for (int i = 0; (field = template_field_at(template, i)); i++) {
        const char *sample = sample_of(cJSON_GetObjectItem(json, "fields"), field->name);

        fill(field, text, sizeof text);
        if (scene == SCENE_MOST)
            template_scene_set(ret, field->name, text);
        else if (*sample && (scene != SCENE_LEAST || field->required))
            template_scene_set(ret, field->name, sample);
    }
    for (int i = 0; scene == SCENE_PHOTOS && (photo = template_photo_at(template, i)); i++) {
        snprintf(ret->photos[i].name, TEMPLATE_NAME_SIZE, "%s", photo);
        memset(ret->photos[i].sha256, 'a' + i, TEMPLATE_SHA256_SIZE - 1);
        ret->photo_count++;
    }
    cJSON_Delete(json);
}

static int read_photo(void *context, const char *sha256, uint8_t **ret, size_t *ret_size)
{
    const char *data = read_all(PHOTO_DIR "/room.jpg", ret_size);

    (void)context;
    (void)sha256;
    *ret = malloc(*ret_size);
    if (*ret)
        memcpy(*ret, data, *ret_size);
    return *ret ? 0 : -1;
}

const struct template_photos template_scene_photos = {.read = read_photo};
