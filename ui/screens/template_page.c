/* Pages: what somebody wrote into a template, and whether it may stand there. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "template_date.h"
#include "template_file.h"
#include "utf8.h"

static int wrong(char *error, size_t size, const char *what)
{
    snprintf(error, size, "%s", what);
    return -EINVAL;
}

static bool take_name(const cJSON *value, char *ret)
{
    return value->string && value->string[0] && cJSON_IsString(value) &&
           strlen(value->string) < TEMPLATE_NAME_SIZE &&
           snprintf(ret, TEMPLATE_NAME_SIZE, "%s", value->string) > 0;
}

static bool is_sha256(const char *text)
{
    return strlen(text) == TEMPLATE_SHA256_SIZE - 1 &&
           strspn(text, "0123456789abcdef") == TEMPLATE_SHA256_SIZE - 1;
}

static int read_fields(const cJSON *json, struct template_page *page, char *error, size_t size)
{
    const cJSON *value;

    if (json && !cJSON_IsObject(json))
        return wrong(error, size, "fields is no object");
    cJSON_ArrayForEach (value, json) {
        char *text = page->fields[page->field_count].text;

        if (page->field_count == TEMPLATE_FIELDS_MAX)
            return wrong(error, size, "fields has more than a template can show");
        if (!take_name(value, page->fields[page->field_count].name))
            return wrong(error, size, "fields has a name or a value that is no text");
        if (strlen(value->valuestring) >= TEMPLATE_TEXT_SIZE) {
            snprintf(error, size, "%s: more than %d bytes", value->string, TEMPLATE_TEXT_SIZE - 1);
            return -EINVAL;
        }
        if (template_page_text(page, value->string)[0])
            return wrong(error, size, "fields has a name twice");
        snprintf(text, TEMPLATE_TEXT_SIZE, "%s", value->valuestring);
        page->field_count++;
    }
    return 0;
}

static int read_photos(const cJSON *json, struct template_page *page, char *error, size_t size)
{
    const cJSON *value;

    if (json && !cJSON_IsObject(json))
        return wrong(error, size, "photos is no object");
    cJSON_ArrayForEach (value, json) {
        if (page->photo_count == TEMPLATE_PHOTOS_MAX)
            return wrong(error, size, "photos has more than a template can show");
        if (!take_name(value, page->photos[page->photo_count].name) ||
            !is_sha256(value->valuestring))
            return wrong(error, size, "photos has a value that is no SHA-256 in hex");
        if (template_page_photo(page, value->string))
            return wrong(error, size, "photos has a name twice");
        snprintf(page->photos[page->photo_count].sha256, TEMPLATE_SHA256_SIZE, "%s",
                 value->valuestring);
        page->photo_count++;
    }
    return 0;
}

static int read_page(const cJSON *json, struct template_page *page, char *error, size_t size)
{
    const cJSON *value;
    int r;

    if (!cJSON_IsObject(json))
        return wrong(error, size, "the page is no JSON object");
    cJSON_ArrayForEach (value, json) {
        if (strcmp(value->string, "template") != 0 && strcmp(value->string, "fields") != 0 &&
            strcmp(value->string, "photos") != 0)
            return wrong(error, size, "the page has a key that is not template, fields or photos");
    }
    value = cJSON_GetObjectItemCaseSensitive(json, "template");
    if (!cJSON_IsString(value) || !value->valuestring[0] ||
        strlen(value->valuestring) >= TEMPLATE_NAME_SIZE)
        return wrong(error, size, "template is missing");
    snprintf(page->key, sizeof page->key, "%s", value->valuestring);
    r = read_fields(cJSON_GetObjectItemCaseSensitive(json, "fields"), page, error, size);
    if (r == 0)
        r = read_photos(cJSON_GetObjectItemCaseSensitive(json, "photos"), page, error, size);
    return r;
}

int template_page_parse(const char *json, size_t size, struct template_page *ret, char *error,
                        size_t error_size)
{
    struct template_page page = {0};
    cJSON *parsed;
    int r;

    if (size > TEMPLATE_PAGE_MAX) {
        snprintf(error, error_size, "the page has %zu bytes, at most %d are taken", size,
                 TEMPLATE_PAGE_MAX);
        return -EINVAL;
    }
    parsed = cJSON_ParseWithLength(json, size);
    r = read_page(parsed, &page, error, error_size);
    cJSON_Delete(parsed);
    if (r == 0)
        *ret = page;
    return r;
}

/* As much as fits, cut on a whole letter. */
static void add_text(struct template_page *page, const char *name, const char *text)
{
    const char *end = text + strlen(text), *to = text;
    int index = page->field_count++;

    while (to < end) {
        const char *next = to;

        (void)utf8_next(&next, end);
        if (next - text >= TEMPLATE_TEXT_SIZE)
            break;
        to = next;
    }
    snprintf(page->fields[index].name, TEMPLATE_NAME_SIZE, "%s", name);
    snprintf(page->fields[index].text, TEMPLATE_TEXT_SIZE, "%.*s", (int)(to - text), text);
}

void template_page_plain(struct template_page *ret, const char *title, const char *body)
{
    struct template_page page = {.key = "plain"};

    add_text(&page, "title", title);
    add_text(&page, "body", body);
    *ret = page;
}

const char *template_page_text(const struct template_page *page, const char *name)
{
    for (int i = 0; i < page->field_count; i++)
        if (strcmp(page->fields[i].name, name) == 0)
            return page->fields[i].text;
    return "";
}

const char *template_page_photo(const struct template_page *page, const char *name)
{
    for (int i = 0; i < page->photo_count; i++)
        if (strcmp(page->photos[i].name, name) == 0)
            return page->photos[i].sha256;
    return NULL;
}

/* -- against the template -----------------------------------------------------------------------
 */

static int fault(struct template_fault *ret, const char *field, int over, const char *form, ...)
    __attribute__((format(printf, 4, 5)));

static int fault(struct template_fault *ret, const char *field, int over, const char *form, ...)
{
    struct template_fault made = {.over = over};
    int length = *field ? snprintf(made.text, sizeof made.text, "%s: ", field) : 0;
    va_list values;

    va_start(values, form);
    vsnprintf(made.text + length, sizeof made.text - (size_t)length, form, values);
    va_end(values);
    snprintf(made.field, sizeof made.field, "%s", field);
    *ret = made;
    return -EINVAL;
}

/* Letters of a stretch, half-width ones as halves, rounded up; -1: broken or unprintable. */
static int letters_of(const char *text, const char *end)
{
    int halves = 0;

    while (text < end) {
        uint32_t letter = utf8_next(&text, end);

        if (letter < ' ' || letter == 0x7F || letter == 0xFFFD)
            return -1;
        halves += letter < 0x250 || (letter >= 0xFF61 && letter <= 0xFF9F) ? 1 : 2;
    }
    return (halves + 1) / 2;
}

static int check_line(const struct template_field *field, const char *line, const char *end,
                      int *letters, struct template_fault *ret)
{
    int count = letters_of(line, end);

    if (count < 0)
        return fault(ret, field->name, 0, "has a character that cannot be shown");
    *letters += count;
    if (field->type >= TEMPLATE_ROWS && *letters > field->letters)
        return fault(ret, field->name, *letters - field->letters,
                     "a row is %d letters too long (%d of at most %d)", *letters - field->letters,
                     *letters, field->letters);
    return 0;
}

static int check_cells(const struct template_field *field, const char *line, const char *end,
                       struct template_fault *ret)
{
    int cells = 1;
    unsigned days;
    char last[TEMPLATE_TEXT_SIZE] = "";

    for (const char *at = line; at < end; at++) {
        if (*at != '|')
            continue;
        cells++;
        snprintf(last, sizeof last, "%.*s", (int)(end - at - 1), at + 1);
    }
    if (field->type == TEMPLATE_ROWS && cells > TEMPLATE_CELLS_MAX)
        return fault(ret, field->name, 0, "a row has %d cells, at most %d are shown", cells,
                     TEMPLATE_CELLS_MAX);
    if (field->type == TEMPLATE_WEEK && (cells != 2 || template_week_of(last, &days) < 0))
        return fault(ret, field->name, 0, "a row is not like 9:00-12:00|月火水木金土日祝");
    return 0;
}

static int check_text(const struct template_field *field, const char *text,
                      struct template_fault *ret)
{
    const char *end = text + strlen(text), *line = text;
    int letters = 0, lines = 0, r = 0;

    while (r == 0 && line < end) {
        const char *stop = strchrnul(line, '\n');

        if (field->type >= TEMPLATE_ROWS)
            letters = 0;
        lines++;
        r = check_line(field, line,
                       field->type == TEMPLATE_WEEK ? line + strcspn(line, "|\n") : stop, &letters,
                       ret);
        if (r == 0 && field->type >= TEMPLATE_ROWS)
            r = check_cells(field, line, stop, ret);
        line = *stop ? stop + 1 : stop;
    }
    if (r < 0)
        return r;
    if (lines > field->lines)
        return fault(ret, field->name, lines - field->lines, "%d lines too many (%d of at most %d)",
                     lines - field->lines, lines, field->lines);
    if (letters > field->letters)
        return fault(ret, field->name, letters - field->letters,
                     "%d letters too long (%d of at most %d)", letters - field->letters, letters,
                     field->letters);
    return 0;
}

static int check_field(const struct template_field *field, const char *text,
                       struct template_fault *ret)
{
    struct template_days days;
    char bare[TEMPLATE_TEXT_SIZE];
    int r;

    if (!text[strspn(text, " \n")])
        return field->required ? fault(ret, field->name, 0, "is required and empty") : 0;
    if (field->type == TEMPLATE_DATE) {
        r = template_days_of(text, &days);
        if (r == -EINVAL)
            return fault(ret, field->name, 0, "is no date, or its end is before its beginning");
        if (r == 0)
            return 0;
    }
    utf8_strip_ruby(text, bare, sizeof bare);
    return check_text(field, bare, ret);
}

static int check_names(const struct template *template, const struct template_page *page,
                       struct template_fault *ret)
{
    for (int i = 0; i < page->field_count; i++)
        if (!template_field_named(template, page->fields[i].name))
            return fault(ret, page->fields[i].name, 0, "is no field of the template %s",
                         template->key);
    for (int i = 0; i < page->photo_count; i++)
        if (!template_has_photo(template, page->photos[i].name))
            return fault(ret, page->photos[i].name, 0, "is no photo of the template %s",
                         template->key);
    for (int i = 0; i < template->photo_count; i++)
        if (template->photo_required[i] && !template_page_photo(page, template->photos[i]))
            return fault(ret, template->photos[i], 0, "the photo is required");
    return 0;
}

int template_check(const struct template *template, const struct template_page *page,
                   struct template_fault *ret_fault)
{
    int r = check_names(template, page, ret_fault);

    for (int i = 0; r == 0 && i < template->field_count; i++) {
        const struct template_field *field = &template->fields[i];

        r = check_field(field, template_page_text(page, field->name), ret_fault);
    }
    return r;
}
