/* `machiai-cloud check`: reads everything that is stored and says whether it is whole. */
#ifndef MACHIAI_CLOUD_CHECK_H
#define MACHIAI_CLOUD_CHECK_H

#include "cloud.h"

/* Writes one line for each fault to standard error. Number of faults, or an error. */
int check_all(struct cloud *cloud, int64_t *ret_entries) __attribute__((warn_unused_result));

#endif
