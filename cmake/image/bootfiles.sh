#!/bin/sh
# bootfiles.sh DIR: what starts a board before Linux does, and the initrd's shell: unpacked, because
# the packages' own scripts want an initrd of theirs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/debian.sh"

packages='raspi-firmware u-boot-rpi busybox-static'
[ $# -eq 1 ] || fail "usage: bootfiles.sh DIR"
[ "$(cat "$1.packages" 2>/dev/null)" != "$packages" ] || exit 0
need_root
sources=$(mktemp)
trap 'rm -f "$sources"' EXIT
rm -rf "$1" "$1.packages"
debian_sources 'main non-free-firmware' >"$sources"
mmdebstrap --quiet --variant=extract --mode=root --architectures=arm64 --format=directory \
    --aptopt='APT::Install-Recommends "false"' --include="$(echo $packages | tr ' ' ',')" \
    bookworm "$1" "$sources" 2>&1 | grep -v 'skipping mounting of' || :
for file in usr/lib/u-boot/rpi_arm64/u-boot.bin usr/lib/raspi-firmware/start4.elf bin/busybox; do
    [ -s "$1/$file" ] || fail "$1/$file is missing"
done
echo "$packages" >"$1.packages"
