/* Proof of play: what kiosks say they showed, kept with the check of its chain, and the report that
 * an advertiser is told from: at which facilities a film was, or will be, shown (terms 21.2).
 */
#ifndef MACHIAI_CLOUD_PLAYS_H
#define MACHIAI_CLOUD_PLAYS_H

#include "cloud.h"
#include "play.h"

enum {
    PLAYS_ROWS_MAX = 5000,      /* of one report */
    PLAYS_PROGRAMMES_MAX = 5000 /* looked through for what is planned */
};

int plays_migrate(struct db *db, char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Takes one play of a device in. One that is known already changes nothing; one that does not
 * follow the play before it, or whose hash is not true, is kept and marked: *ret_broken. Call it in
 * the transaction of its batch. */
int plays_put(struct db *db, const char *site, const char *device, const struct play *play,
              int64_t now, bool *ret_broken) __attribute__((warn_unused_result));

struct plays_query {
    const char *film; /* SHA-256; "" = all */
    const char *site; /* "" = all */
    int64_t from, to; /* [from, to) */
};

/* {"from","to","rows":[{"site","clinic_no","clinic_name","sha256","title","kind","programme",
 * "period_from","period_to","planned","approved","shown","shown_ms","frames","first","last",
 * "substituted","broken"}],"more":bool}: a row for each film and programme of a site in whose
 * period it was planned, and for what was shown beyond; planned counts its places in the table,
 * shown and substituted plays. */
int plays_report(struct cloud *cloud, const struct plays_query *query, cJSON **ret)
    __attribute__((warn_unused_result));
/* The rows as CSV for a spreadsheet: UTF-8 with its mark, times by the sites' clocks. malloc()ed;
 * NULL = out of memory. */
char *plays_csv(struct cloud *cloud, const cJSON *report);

#endif
