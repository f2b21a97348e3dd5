/* A kiosk whose kiosk.conf cannot be used: instead of ending without a word before black screens it
 * says on them which lines are wrong, until the file is another one.
 */
#ifndef MACHIAI_KIOSK_MISTAKES_H
#define MACHIAI_KIOSK_MISTAKES_H

#include "config.h"

/* config: what could be understood; its path is watched. 0 when the file has changed, 1 when a
 * signal ended it, or a negative errno when there is no display. */
int mistakes_run(const struct config *config, const struct config_mistakes *mistakes)
    __attribute__((warn_unused_result));

#endif
