/* What the card's kiosk.conf says of the machine itself, as the files that Debian's own services
 * read. Written at every start, so the file on the card always wins, and a line that is taken out
 * is gone at the next start.
 */
#ifndef MACHIAI_KIOSK_PROVISION_H
#define MACHIAI_KIOSK_PROVISION_H

#include "config.h"

/* Writes beneath `run` (/run on a machine; directories are made):
 *
 *   systemd/network/50-machiai-wired.network    always: DHCP, or the address that is given
 *   systemd/network/60-machiai-wifi.network     always, too: Wi-Fi never takes the wire's place
 *   systemd/timesyncd.conf.d/machiai.conf       [network] time
 *   machiai-card/wpa_supplicant.conf            [wifi], mode 0600
 *   machiai-card/proxy                          an environment file: https_proxy=...
 *   machiai-card/authorized_keys                [support] ssh_key
 *
 * What config does not say is not written, and removed if it is there. Negative errno of the first
 * file that failed; the others are written all the same. */
int provision_write(const struct config_network *network, const char *run)
    __attribute__((warn_unused_result));

#endif
