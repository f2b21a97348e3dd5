/* Programmes that the operator builds once and distributes to many sites (terms 20). Each site gets
 * a programme of its own, made from the table as it is, by the site's clock and with its
 * contractor's swaps and approval. A draft of one site (programmes_add) is distributed and told of
 * in the same way.
 */
#ifndef MACHIAI_CLOUD_PROGRAMME_MODEL_H
#define MACHIAI_CLOUD_PROGRAMME_MODEL_H

#include "cloud.h"
#include "programmes.h"

enum { PROGRAMME_MODELS_MAX = 200 /* told in one list */ };

/* Stores a table (programmes.h) for sites of this offset from UTC or another: times written as a
 * clock's are each site's own. -EINVAL with a path in error. */
int programme_model_add(struct db *db, const cJSON *table, int utc_offset_min, const char *user,
                        int64_t now, char ret_id[static UID_SIZE], char *error, size_t error_size)
    __attribute__((warn_unused_result));

/* Distributes a model to sites, or a draft to its own; a site that has it already keeps what it
 * has. sites NULL: to every site that has the video service (terms 4). *ret:
 * {"distributed":[{"site", "programme"}],"skipped":[{"site","reason"}]}, reason no_video_service,
 * or distributed_before. All sites or none. -ENOENT no such programme, -ESRCH no such site (named
 * in error), -EINVAL with error: its table names a film that is withdrawn since. */
int programme_model_distribute(struct cloud *cloud, const char *id, const cJSON *sites, cJSON **ret,
                               char *error, size_t error_size) __attribute__((warn_unused_result));

/* [{"programme","title","from","to","deadline","made","made_by","site","sites","approved","missed"}],
 * the latest made first; site: of a programme of one site only, else "". Counts are of sites. */
int programme_model_list(struct db *db, int64_t now, cJSON **ret)
    __attribute__((warn_unused_result));
/* The sites that it was distributed to, late ones first: not approved in time, not approved yet
 * (the nearest deadline first), approved, ended. [{"site","clinic_no","clinic_name","programme",
 * "state","distributed","deadline","approved","approved_by","devices":[programme_status_json()]}].
 * -ENOENT. */
int programme_model_sites(struct cloud *cloud, const char *id, cJSON **ret)
    __attribute__((warn_unused_result));
/* The table as it was written, with "programme" and "title". -ENOENT. */
int programme_model_get(struct db *db, const char *id, cJSON **ret)
    __attribute__((warn_unused_result));

#endif
