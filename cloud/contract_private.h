/* What the files of contract share. */
#ifndef MACHIAI_CLOUD_CONTRACT_PRIVATE_H
#define MACHIAI_CLOUD_CONTRACT_PRIVATE_H

#include "contract.h"
#include "settings.h"

struct contract_standing {
    bool has, suspended;
    int64_t due;  /* of an announced end; 0 = none */
    char act[16]; /* that announced it */
};

bool contract_is_video(const char *service);
int contract_stands(struct db *db, const char *site, const struct settings *settings,
                    const char *service, struct contract_standing *ret)
    __attribute__((warn_unused_result));

#endif
