/* The folder of templates. */
#include "template.h"

#include "template_file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct templates {
    char dir[PATH_MAX];
    struct template *list[TEMPLATES_MAX]; /* by order, then key */
    int count;
};

void templates_destroy(struct templates *templates)
{
    if (!templates)
        return;
    for (int i = 0; i < templates->count; i++)
        free(templates->list[i]);
    free(templates);
}

/* -EFBIG, -EIO; text has room for TEMPLATE_FILE_MAX and a final zero. */
static int read_file(const char *path, char *text)
{
    FILE *file = fopen(path, "rb");
    size_t size;
    int r = 0;

    if (!file)
        return -errno;
    size = fread(text, 1, TEMPLATE_FILE_MAX, file);
    if (ferror(file))
        r = -EIO;
    else if (fgetc(file) != EOF)
        r = -EFBIG;
    (void)fclose(file);
    text[size] = '\0';
    return r;
}

static int later(const struct template *a, const struct template *b)
{
    return a->order != b->order ? a->order - b->order : strcmp(a->key, b->key);
}

static void insert(struct templates *templates, struct template *template)
{
    int at = templates->count++;

    for (; at > 0 && later(templates->list[at - 1], template) > 0; at--)
        templates->list[at] = templates->list[at - 1];
    templates->list[at] = template;
}

static int load(struct templates *templates, const char *name, char *text, char *error,
                size_t error_size)
{
    struct template *template = calloc(1, sizeof *template);
    char path[PATH_MAX + NAME_MAX + 2], what[160] = "";
    int r;

    if (!template)
        return -ENOMEM;
    snprintf(path, sizeof path, "%s/%s", templates->dir, name);
    r = read_file(path, text);
    if (r < 0)
        snprintf(what, sizeof what, "%s", strerror(-r));
    else
        r = template_read(text, template, what, sizeof what);
    if (r == 0 && (strlen(template->key) != strlen(name) - strlen(".json") ||
                   strncmp(name, template->key, strlen(template->key)) != 0)) {
        snprintf(what, sizeof what, "key is not the file's name");
        r = -EINVAL;
    }
    if (r == 0) {
        insert(templates, template);
        return 0;
    }
    snprintf(error, error_size, "%s: %s", name, what);
    free(template);
    return r;
}

static bool is_template(const char *name)
{
    size_t length = strlen(name);

    return length > strlen(".json") && name[0] != '.' &&
           strcmp(name + length - strlen(".json"), ".json") == 0;
}

static int load_all(struct templates *templates, DIR *dir, char *error, size_t error_size)
{
    char *text = malloc(TEMPLATE_FILE_MAX + 1);
    const struct dirent *entry;
    int r = text ? 0 : -ENOMEM;

    while (r == 0 && (entry = readdir(dir))) {
        if (!is_template(entry->d_name))
            continue;
        if (templates->count == TEMPLATES_MAX) {
            snprintf(error, error_size, "%s: more than %d templates", templates->dir,
                     TEMPLATES_MAX);
            r = -EINVAL;
        } else {
            r = load(templates, entry->d_name, text, error, error_size);
        }
    }
    free(text);
    return r;
}

int templates_create(const char *dir, struct templates **ret, char *error, size_t error_size)
{
    struct templates *templates = calloc(1, sizeof *templates);
    DIR *opened = NULL;
    int r = -ENOMEM;

    if (!templates)
        goto end;
    r = snprintf(templates->dir, sizeof templates->dir, "%s", dir);
    if (r < 0 || (size_t)r >= sizeof templates->dir) {
        snprintf(error, error_size, "the folder of templates has too long a name");
        r = -ENOENT;
        goto end;
    }
    opened = opendir(dir);
    r = opened ? load_all(templates, opened, error, error_size) : -ENOENT;
    if (r == 0 && templates->count == 0)
        r = -ENOENT;
    if (r == -ENOENT)
        snprintf(error, error_size, "no templates in %s", dir);
end:
    if (opened)
        (void)closedir(opened);
    if (r < 0)
        templates_destroy(templates);
    else
        *ret = templates;
    return r;
}

const struct template *templates_find(const struct templates *templates, const char *key)
{
    for (int i = 0; i < templates->count; i++)
        if (strcmp(templates->list[i]->key, key) == 0)
            return templates->list[i];
    return NULL;
}

const struct template *templates_at(const struct templates *templates, int index)
{
    return index >= 0 && index < templates->count ? templates->list[index] : NULL;
}

const char *templates_dir(const struct templates *templates)
{
    return templates->dir;
}

const char *template_key(const struct template *template)
{
    return template->key;
}

const struct template_field *template_field_at(const struct template *template, int index)
{
    return index >= 0 && index < template->field_count ? &template->fields[index] : NULL;
}

const char *template_photo_at(const struct template *template, int index)
{
    return index >= 0 && index < template->photo_count ? template->photos[index] : NULL;
}
