#!/bin/sh
# The kiosk runs from this slot: it has its three tries back.
set -eu
slot=$(sed -n 's/.*machiai.slot=\([AB]\).*/\1/p' /proc/cmdline)
[ -n "$slot" ] || exit 0
root=$(readlink -f "/dev/disk/by-partuuid/$(sed 's/.*root=PARTUUID=\([^ ]*\).*/\1/' /proc/cmdline)")
disk=/dev/$(basename "$(dirname "$(readlink -f "/sys/class/block/${root##*/}")")")
echo "$disk 0x80000 0x200" >/run/machiai-slots
fw_setenv --config /run/machiai-slots "BOOT_${slot}_LEFT" 3
