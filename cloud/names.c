#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct db_migration steps[] = {
    {"patients' names",
     "CREATE TABLE patient_name (site TEXT NOT NULL REFERENCES site, ticket TEXT NOT NULL, name "
     "TEXT NOT NULL, date TEXT NOT NULL, PRIMARY KEY (site, ticket));"},
};

int names_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "names", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

/* -- what a name is ---------------------------------------------------------------------------- */

/* The character at *text, of valid UTF-8; moves on. */
static uint32_t take_letter(const char **text)
{
    const unsigned char *s = (const unsigned char *)*text;
    int more = *s < 0x80 ? 0 : *s < 0xE0 ? 1 : *s < 0xF0 ? 2 : 3;
    uint32_t letter = more == 0 ? *s : *s & (0x3Fu >> more);

    for (int i = 1; i <= more; i++)
        letter = letter << 6 | (s[i] & 0x3Fu);
    *text += more + 1;
    return letter;
}

static bool is_space(uint32_t letter)
{
    return letter == ' ' || letter == 0x3000 || letter == 0xA0;
}

/* No letter of a line: a list that shows it would be torn, or read backwards. What names do need
 * stays, such as the selectors of a kanji's form and kana with a mark of their own. */
static bool is_unfit(uint32_t letter)
{
    return letter < 0x20 || (letter >= 0x7F && letter <= 0x9F) ||
           (letter >= 0x2028 && letter <= 0x202E) || (letter >= 0x2066 && letter <= 0x2069) ||
           letter == 0xFEFF || letter >= 0x10FFFE || (letter & 0xFFFE) == 0xFFFE;
}

int names_clean(const char *given, char ret[static NAMES_SIZE])
{
    const char *begin = NULL, *end = given, *next = given;
    int letters = 0, count = 0;

    while (*next) {
        const char *at = next;
        uint32_t letter = take_letter(&next);

        if (is_unfit(letter))
            return -EINVAL;
        if (!begin && is_space(letter))
            continue;
        begin = begin ? begin : at;
        letters++;
        if (is_space(letter))
            continue;
        end = next;
        count = letters;
    }
    if (count > NAMES_LETTERS_MAX)
        return -E2BIG;
    (void)snprintf(ret, NAMES_SIZE, "%.*s", begin ? (int)(end - begin) : 0, begin ? begin : "");
    return 0;
}

void names_decode(struct decoder *decoder, const cJSON *object, int required,
                  char ret[static NAMES_SIZE])
{
    char given[NAMES_GIVEN_SIZE] = "", what[64];
    int result;

    decode_string(decoder, object, "", "name", required, given, sizeof(given));
    result = names_clean(given, ret);
    (void)snprintf(what, sizeof(what), "must have at most %d letters", NAMES_LETTERS_MAX);
    if (result < 0)
        decode_fail(decoder, "", "name",
                    result == -E2BIG ? what : "must be one line without control characters");
}

/* -- keeping ----------------------------------------------------------------------------------- */

int names_keep(struct db *db, const char *site, const char *ticket, const char *name,
               const char *today)
{
    int result;

    if (!*name)
        result = db_run(db, "DELETE FROM patient_name WHERE site = $1 AND ticket = $2", "tt", site,
                        ticket);
    else
        result = db_run(db,
                        "INSERT INTO patient_name (site, ticket, name, date) VALUES ($1, $2, $3, "
                        "$4) ON CONFLICT (site, ticket) DO UPDATE SET name = $3, date = $4",
                        "tttt", site, ticket, name, today);
    return result < 0 ? result : 0;
}

int names_put(struct cloud *cloud, struct site *site, const char *ticket, const char *name)
{
    const struct queue *queue = site_read(site);
    bool here = queue_ticket(queue, ticket) != NULL;
    struct session today;
    int result;

    (void)settings_session_at(&queue->settings, site_now(site), &today);
    site_read_end(site);
    if (!here)
        return -ENOENT;
    result = names_keep(cloud->db, site_id(site), ticket, name, today.date);
    if (result == 0)
        site_touch(site);
    return result;
}

/* -- showing ----------------------------------------------------------------------------------- */

struct named {
    char ticket[UID_SIZE], name[NAMES_SIZE];
};

static int compare(const void *key, const void *item)
{
    return strcmp(key, ((const struct named *)item)->ticket);
}

/* So many, in the order of strcmp(). The number that was read, or an error. */
static int read_names(struct db *db, const char *site, struct named *ret, int64_t max)
{
    struct db_rows *rows = NULL;
    int count = 0, result;

    result = db_query(db, &rows,
                      "SELECT ticket, name FROM patient_name WHERE site = $1 ORDER BY ticket LIMIT "
                      "$2",
                      "ti", site, max);
    while (result >= 0 && (result = db_next(rows)) == 1) {
        (void)snprintf(ret[count].ticket, UID_SIZE, "%s", db_text(rows, 0));
        (void)snprintf(ret[count++].name, NAMES_SIZE, "%s", db_text(rows, 1));
    }
    db_done(rows);
    return result < 0 ? result : count;
}

static void mark(cJSON *tickets, const struct named *names, size_t count)
{
    cJSON *ticket;

    cJSON_ArrayForEach (ticket, tickets) {
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(ticket, "ticket"));
        const struct named *named = id ? bsearch(id, names, count, sizeof(*names), compare) : NULL;

        if (named)
            cJSON_AddStringToObject(ticket, "name", named->name);
    }
}

int names_mark(struct db *db, const char *site, cJSON *view)
{
    struct named *names;
    int64_t count = 0;
    int result;

    result = db_get_int(db, &count, "SELECT COUNT(*) FROM patient_name WHERE site = $1", "t", site);
    if (result < 0 || count == 0)
        return result < 0 ? result : 0;
    if (count > QUEUE_TICKETS_MAX)
        count = QUEUE_TICKETS_MAX; /* the day has no more tickets than that */
    names = calloc((size_t)count, sizeof(*names));
    result = names ? read_names(db, site, names, count) : -ENOMEM;
    if (result > 0)
        mark(cJSON_GetObjectItemCaseSensitive(view, "tickets"), names, (size_t)result);
    free(names);
    return result < 0 ? result : 0;
}
