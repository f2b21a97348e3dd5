#include "letters.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void letters_unused(const struct queue *queue, char ret[static LETTERS_SIZE])
{
    size_t count = 0;

    for (const char *letter = number_letters; *letter; letter++)
        if (!*queue->letters[*letter - 'A'].device &&
            !settings_is_prefix(&queue->settings, *letter))
            ret[count++] = *letter;
    ret[count] = '\0';
}

/* restored 0 = of all restores. */
static int list(struct db *db, const char *site, int64_t restored, char ret[static LETTERS_SIZE])
{
    struct db_rows *rows = NULL;
    size_t count = 0;
    int result;

    result = db_query(db, &rows,
                      "SELECT letter FROM letters_aside WHERE site = $1 AND ($2 = 0 OR restored = "
                      "$2) ORDER BY letter LIMIT 26",
                      "ti", site, restored);
    while (result >= 0 && (result = db_next(rows)) == 1)
        ret[count++] = *db_text(rows, 0);
    db_done(rows);
    ret[count] = '\0';
    return result < 0 ? result : 0;
}

int letters_aside(struct db *db, const char *site, char ret[static LETTERS_SIZE])
{
    return list(db, site, 0, ret);
}

int letters_free(struct db *db, const char *site, const char *unused, char *ret)
{
    char aside[LETTERS_SIZE];
    int result = letters_aside(db, site, aside);

    if (result == 0)
        *ret = unused[strspn(unused, aside)];
    return result;
}

int letters_set_aside(struct db *db, const char *site, const char *unused, int64_t restored)
{
    char aside[LETTERS_SIZE], letter[2] = "";
    int result = list(db, site, restored, aside), count = 0;

    for (const char *at = aside; result == 0 && *at; at++)
        count += strchr(unused, *at) != NULL; /* the others have turned out to be given */
    while (result == 0 && count++ < LETTERS_MARGIN) {
        result = letters_free(db, site, unused, &letter[0]);
        if (result < 0 || !letter[0])
            break;
        result =
            db_run(db, "INSERT INTO letters_aside (site, letter, restored) VALUES ($1, $2, $3)",
                   "tti", site, letter, restored);
        result = result < 0 ? result : 0;
    }
    return result;
}

int letters_release(struct db *db, const char *site, char letter)
{
    const char text[2] = {letter, '\0'};
    int result =
        db_run(db, "DELETE FROM letters_aside WHERE site = $1 AND letter = $2", "tt", site, text);

    return result == 0 ? -ENOENT : result < 0 ? result : 0;
}

int letters_fit(struct db *db, const char *site, const struct queue *queue,
                const struct settings *settings, char *error, size_t error_size)
{
    char aside[LETTERS_SIZE];
    int result = letters_aside(db, site, aside);

    for (int i = 0; result == 0 && i < settings->service_count; i++) {
        char prefix = settings->services[i].prefix;

        if (!prefix || !strchr(aside, prefix) || settings_is_prefix(&queue->settings, prefix))
            continue;
        (void)snprintf(
            error, error_size,
            "services[%d].prefix: %c may have been given to a device before the database "
            "was restored; take another",
            i, prefix);
        return -EINVAL;
    }
    return result;
}
