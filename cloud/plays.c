#include "plays.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logging.h"

static const struct db_migration steps[] = {
    {"plays",
     "CREATE TABLE play (site TEXT NOT NULL, device TEXT NOT NULL, log TEXT NOT NULL, seq BIGINT "
     "NOT NULL, hash TEXT NOT NULL, begins BIGINT NOT NULL, shown_ms BIGINT NOT NULL, frames "
     "BIGINT "
     "NOT NULL, film TEXT NOT NULL, planned TEXT NOT NULL, reason TEXT NOT NULL, programme TEXT "
     "NOT NULL, broken BIGINT NOT NULL, received BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY "
     "(site, device, log, seq, hash));"
     "CREATE INDEX play_by_time ON play (site, begins);"
     "CREATE INDEX play_by_film ON play (film, begins);"
     "CREATE TABLE play_head (site TEXT NOT NULL, device TEXT NOT NULL, log TEXT NOT NULL, seq "
     "BIGINT NOT NULL, hash TEXT NOT NULL, breaks BIGINT NOT NULL, PRIMARY KEY (site, device, "
     "log));"},
};

int plays_migrate(struct db *db, char *error, size_t error_size)
{
    return db_migrate(db, "plays", steps, sizeof(steps) / sizeof(steps[0]), error, error_size);
}

struct head {
    int64_t seq;
    char hash[HASH_SIZE];
};

static int read_head(struct db *db, const char *site, const char *device, const char *log,
                     struct head *ret)
{
    struct db_rows *rows = NULL;
    int result;

    *ret = (struct head){.seq = 0};
    (void)snprintf(ret->hash, sizeof(ret->hash), "%s", entry_first_hash);
    result = db_query(db, &rows,
                      "SELECT seq, hash FROM play_head WHERE site = $1 AND device = $2 AND log = "
                      "$3",
                      "ttt", site, device, log);
    if (result == 0)
        result = db_next(rows);
    if (result == 1) {
        ret->seq = db_int(rows, 0);
        (void)snprintf(ret->hash, sizeof(ret->hash), "%s", db_text(rows, 1));
    }
    db_done(rows);
    return result < 0 ? result : 0;
}

static int is_known(struct db *db, const char *site, const char *device, const struct play *play)
{
    int64_t one = 0;

    return db_get_int(db, &one,
                      "SELECT 1 FROM play WHERE site = $1 AND device = $2 AND log = $3 AND seq = "
                      "$4 AND hash = $5",
                      "tttit", site, device, play->log, play->seq, play->hash);
}

static int insert(struct db *db, const char *site, const char *device, const struct play *play,
                  bool broken, int64_t now)
{
    cJSON *json = play_to_json(play);
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    int result = -ENOMEM;

    if (text)
        result = db_run(db,
                        "INSERT INTO play (site, device, log, seq, hash, begins, shown_ms, frames, "
                        "film, planned, reason, programme, broken, received, body) VALUES ($1, $2, "
                        "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
                        "tttitiiittttiit", site, device, play->log, play->seq, play->hash,
                        play->start, play->shown_ms, play->frames, play->sha256, play->planned,
                        play->reason, play->programme, (int64_t)broken, now, text);
    cJSON_free(text);
    cJSON_Delete(json);
    return result < 0 ? result : 0;
}

/* The head is the play of the highest number; of two with one number the first that came. */
static int advance(struct db *db, const char *site, const char *device, const struct play *play,
                   bool broken)
{
    int result;

    result = db_run(db,
                    "INSERT INTO play_head (site, device, log, seq, hash, breaks) VALUES ($1, $2, "
                    "$3, $4, $5, $6) ON CONFLICT (site, device, log) DO UPDATE SET breaks = "
                    "play_head.breaks + $6, hash = CASE WHEN $4 > play_head.seq THEN $5 ELSE "
                    "play_head.hash END, seq = CASE WHEN $4 > play_head.seq THEN $4 ELSE "
                    "play_head.seq END",
                    "tttiti", site, device, play->log, play->seq, play->hash, (int64_t)broken);
    return result < 0 ? result : 0;
}

int plays_put(struct db *db, const char *site, const char *device, const struct play *play,
              int64_t now, bool *ret_broken)
{
    struct head head;
    bool broken;
    int result;

    result = is_known(db, site, device, play);
    if (result != 0) {
        if (result > 0)
            *ret_broken = false;
        return result < 0 ? result : 0;
    }
    result = read_head(db, site, device, play->log, &head);
    if (result < 0)
        return result;
    broken = !play_follows(play, head.seq, head.hash);
    result = insert(db, site, device, play, broken, now);
    if (result == 0)
        result = advance(db, site, device, play, broken);
    if (result == 0 && broken)
        log_warning("site %s: device %s: play %lld of log %s does not follow %lld: kept and marked",
                    site, device, (long long)play->seq, play->log, (long long)head.seq);
    if (result == 0)
        *ret_broken = broken;
    return result;
}
