/* One template file: what it declares. Its layouts are read by template_layout.c. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "template_file.h"

bool template_wrong(struct template_reading *in, const char *what)
{
    snprintf(in->error, in->error_size, "%s: %s", in->place, what);
    return false;
}

static bool listed(const char *words, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = words; (at = strstr(at, word)); at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return length > 0;
    return false;
}

bool template_knows(struct template_reading *in, const cJSON *object, const char *keys)
{
    const cJSON *value;

    if (!cJSON_IsObject(object))
        return template_wrong(in, "is no object");
    cJSON_ArrayForEach (value, object) {
        if (!listed(keys, value->string)) {
            snprintf(in->error, in->error_size, "%s: unknown key %.40s", in->place, value->string);
            return false;
        }
    }
    return true;
}

bool template_take_text(struct template_reading *in, const cJSON *object, const char *key,
                        char *ret, size_t size)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

    if (!value)
        return true;
    if (!cJSON_IsString(value) || strlen(value->valuestring) >= size) {
        snprintf(in->error, in->error_size, "%s.%s: no text of at most %zu bytes", in->place, key,
                 size - 1);
        return false;
    }
    snprintf(ret, size, "%s", value->valuestring);
    return true;
}

bool template_take_number(struct template_reading *in, const cJSON *object, const char *key,
                          double least, double most, double *ret)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

    if (!value)
        return true;
    if (!cJSON_IsNumber(value) || !(value->valuedouble >= least && value->valuedouble <= most)) {
        snprintf(in->error, in->error_size, "%s.%s: no number from %g to %g", in->place, key, least,
                 most);
        return false;
    }
    *ret = value->valuedouble;
    return true;
}

bool template_take_bool(struct template_reading *in, const cJSON *object, const char *key,
                        bool *ret)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

    if (!value)
        return true;
    if (!cJSON_IsBool(value)) {
        snprintf(in->error, in->error_size, "%s.%s: neither true nor false", in->place, key);
        return false;
    }
    *ret = cJSON_IsTrue(value);
    return true;
}

const struct template_field *template_field_named(const struct template *template, const char *name)
{
    for (int i = 0; i < template->field_count; i++)
        if (strcmp(template->fields[i].name, name) == 0)
            return &template->fields[i];
    return NULL;
}

bool template_has_photo(const struct template *template, const char *name)
{
    for (int i = 0; i < template->photo_count; i++)
        if (strcmp(template->photos[i], name) == 0)
            return true;
    return false;
}

/* {"ja": TEXT, "en": TEXT}: what forms show; both must be there. */
static bool read_label(struct template_reading *in, const cJSON *object, const char *key)
{
    const cJSON *label = cJSON_GetObjectItemCaseSensitive(object, key);
    char text[2][TEMPLATE_WORDS_SIZE] = {"", ""};

    if (!template_knows(in, label, "ja en") ||
        !template_take_text(in, label, "ja", text[0], sizeof text[0]) ||
        !template_take_text(in, label, "en", text[1], sizeof text[1]))
        return false;
    return (text[0][0] && text[1][0]) || template_wrong(in, "a label needs ja and en");
}

static bool read_type(struct template_reading *in, const cJSON *json, enum template_type *ret)
{
    static const char *const names[] = {
#define X(name, word) [TEMPLATE_##name] = word,
        TEMPLATE_TYPES(X)
#undef X
    };
    char word[TEMPLATE_NAME_SIZE] = "";

    if (!template_take_text(in, json, "type", word, sizeof word))
        return false;
    for (size_t i = 0; i < TEMPLATE_TYPE_COUNT; i++) {
        if (strcmp(word, names[i]) == 0) {
            *ret = (enum template_type)i;
            return true;
        }
    }
    return template_wrong(in, "type is none of line, text, date, rows, week");
}

static bool read_columns(struct template_reading *in, const cJSON *json, enum template_type type)
{
    const cJSON *columns = cJSON_GetObjectItemCaseSensitive(json, "columns"), *column;

    if (!columns)
        return true;
    if (type != TEMPLATE_ROWS || !cJSON_IsArray(columns) ||
        cJSON_GetArraySize(columns) > TEMPLATE_CELLS_MAX)
        return template_wrong(in, "columns are for rows, at most 4");
    cJSON_ArrayForEach (column, columns) {
        if (!template_knows(in, column, "ja en"))
            return false;
    }
    return true;
}

static bool read_field(struct template_reading *in, const cJSON *json, struct template *ret)
{
    struct template_field *field = &ret->fields[ret->field_count];
    double letters = 0, lines = 1;

    if (!template_knows(in, json, "name type label hint max lines required columns sample") ||
        !template_take_text(in, json, "name", field->name, sizeof field->name) ||
        !read_label(in, json, "label") ||
        (cJSON_HasObjectItem(json, "hint") && !read_label(in, json, "hint")) ||
        !read_type(in, json, &field->type) || !read_columns(in, json, field->type) ||
        !template_take_number(in, json, "max", 1, TEMPLATE_LETTERS_MAX, &letters) ||
        !template_take_number(in, json, "lines", 1, TEXT_LINES_MAX, &lines) ||
        !template_take_bool(in, json, "required", &field->required))
        return false;
    if (!field->name[0] || template_field_named(ret, field->name))
        return template_wrong(in, "has no name of its own");
    if (letters < 1)
        return template_wrong(in, "max is missing");
    if (field->type >= TEMPLATE_ROWS && lines > TEMPLATE_ROWS_MAX)
        return template_wrong(in, "has more lines than a table may");
    field->letters = (int)letters;
    field->lines = (int)lines;
    ret->field_count++;
    return true;
}

static bool read_fields(struct template_reading *in, const cJSON *json, struct template *ret)
{
    const cJSON *fields = cJSON_GetObjectItemCaseSensitive(json, "fields"), *field;

    if (!cJSON_IsArray(fields) || cJSON_GetArraySize(fields) > TEMPLATE_FIELDS_MAX)
        return template_wrong(in, "fields are no list of at most 12");
    cJSON_ArrayForEach (field, fields) {
        snprintf(in->place, sizeof in->place, "fields[%d]", ret->field_count);
        if (!read_field(in, field, ret))
            return false;
    }
    return true;
}

static bool read_photos(struct template_reading *in, const cJSON *json, struct template *ret)
{
    const cJSON *photos = cJSON_GetObjectItemCaseSensitive(json, "photos"), *photo;

    if (!photos)
        return true;
    if (!cJSON_IsArray(photos) || cJSON_GetArraySize(photos) > TEMPLATE_PHOTOS_MAX)
        return template_wrong(in, "photos are no list of at most 3");
    cJSON_ArrayForEach (photo, photos) {
        int index = ret->photo_count;
        char *name = ret->photos[index];

        snprintf(in->place, sizeof in->place, "photos[%d]", index);
        if (!template_knows(in, photo, "name label required") || !read_label(in, photo, "label") ||
            !template_take_text(in, photo, "name", name, TEMPLATE_NAME_SIZE) ||
            !template_take_bool(in, photo, "required", &ret->photo_required[index]))
            return false;
        if (!name[0] || template_has_photo(ret, name) || template_field_named(ret, name))
            return template_wrong(in, "has no name of its own");
        ret->photo_count++;
    }
    return true;
}

static bool read_head(struct template_reading *in, const cJSON *json, struct template *ret)
{
    char kind[TEMPLATE_NAME_SIZE] = "";
    double format = 0, order = 0;

    snprintf(in->place, sizeof in->place, "template");
    if (!template_knows(in, json, "format key kind order name fields photos wide tall") ||
        !template_take_number(in, json, "format", 1, 1, &format) ||
        !template_take_text(in, json, "key", ret->key, sizeof ret->key) ||
        !template_take_text(in, json, "kind", kind, sizeof kind) ||
        !template_take_number(in, json, "order", 0, 999, &order) || !read_label(in, json, "name"))
        return false;
    ret->order = (int)order;
    if (format < 1 || !ret->key[0])
        return template_wrong(in, "format or key is missing");
    if (strcmp(kind, "notice") != 0 && strcmp(kind, "introduction") != 0)
        return template_wrong(in, "kind is neither notice nor introduction");
    return read_fields(in, json, ret) && read_photos(in, json, ret);
}

int template_read(const char *text, struct template *ret, char *error, size_t error_size)
{
    struct template_reading in = {.error = error, .error_size = error_size, .place = "template"};
    cJSON *json = cJSON_Parse(text);
    int r = -EINVAL;

    memset(ret, 0, sizeof *ret);
    if (!json)
        snprintf(error, error_size, "is no JSON");
    else if (read_head(&in, json, ret))
        r = 0;
    if (r == 0)
        r = template_read_layout(cJSON_GetObjectItemCaseSensitive(json, "wide"), ret, &ret->wide,
                                 error, error_size);
    if (r == 0)
        r = template_read_layout(cJSON_GetObjectItemCaseSensitive(json, "tall"), ret, &ret->tall,
                                 error, error_size);
    cJSON_Delete(json);
    return r;
}
