#!/bin/sh
# initrd.sh ROOT BUSYBOX FILE: the initrd for the kernel of the tree ROOT: busybox, the modules that
# reach a card, and init. Made here, because initramfs-tools takes minutes under qemu-user.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/debian.sh"
root=$1 out=$3
version=$(ls "$root/lib/modules" | tail -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -f "$root/lib/modules/$version/modules.dep" ] || depmod -b "$root" "$version"
mkdir -p "$work/bin" "$work/dev" "$work/proc" "$work/sys" "$work/root"
install -m 755 "$2" "$work/bin/busybox"
ln -s busybox "$work/bin/sh"
for module in virtio_pci virtio_mmio virtio_blk virtio_net bcm2835 sdhci_iproc mmc_block ext4 crc32c_generic \
    overlay; do
    modprobe -d "$root" -S "$version" --show-depends -a $module 2>/dev/null | awk '/^insmod/ { print $2 }'
done | sed 's#^.*/lib/modules/#lib/modules/#' | awk '!seen[$0]++' >"$work/modules"
while read -r module; do
    mkdir -p "$work/$(dirname "$module")"
    cp "$root/$module" "$work/$module"
done <"$work/modules"
[ "$(wc -l <"$work/modules")" -gt 5 ] || fail "hardly a module found for kernel $version"
install -m 755 "$here/init" "$work/init"
(cd "$work" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) | zstd -q -12 >"$out"
