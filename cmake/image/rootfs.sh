#!/bin/sh
# rootfs.sh FILE.tar: the Debian part of the card's root file system (arm64), without anything of ours.
# Takes some ten minutes under qemu-user, so a tar made from the same list is taken as it stands.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/debian.sh"

# What boots, keeps time and network, and what a technician logs in with. What our packages need is in
# their own lists; it comes now because a network is at hand here, and not when they go in.
system='systemd systemd-sysv systemd-timesyncd systemd-resolved udev dbus kmod libpam-systemd
linux-image-arm64 initramfs-tools zstd fdisk e2fsprogs dosfstools libubootenv-tool
iproute2 wpasupplicant wireless-regdb firmware-brcm80211 openssh-server ca-certificates tzdata procps'
packages=$({ echo "$system"; sed 's/^#.*//; s/ .*//' "$here/../packaging/kiosk.depends" \
    "$here/../packaging/cups.depends"; } | xargs)

[ $# -eq 1 ] || fail "usage: rootfs.sh FILE.tar"
mkdir -p "$(dirname "$1")"
cache=$(cd "$(dirname "$1")" && pwd)/cache-arm64 # what was fetched once is not fetched again
[ -s "$1" ] && [ "$(cat "$1.packages" 2>/dev/null)" = "$packages" ] && exit 0
need_root
sh "$here/../packages.sh" cross image
run_foreign

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
debian_sources 'main non-free-firmware' >"$work/sources.list"
# Shell loops over every file take minutes under qemu-user; assemble.sh makes on this machine what
# these two would have made. No service may start, either.
cat >"$work/before" <<'S'
#!/bin/sh
set -e
for program in update-initramfs update-ca-certificates; do
    chroot "$1" dpkg-divert --local --rename --divert /usr/sbin/$program.distrib --add /usr/sbin/$program
    printf '#!/bin/sh\nexit 0\n' >"$1/usr/sbin/$program"
    chmod 755 "$1/usr/sbin/$program"
done
printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
chmod 755 "$1/usr/sbin/policy-rc.d"
S
chmod 755 "$work/before"
mkdir -p "$cache"
rm -rf "$1" "$1.part" "$1.packages"
TMPDIR=$work nice mmdebstrap --quiet --mode=root --format=tar --variant=minbase --architectures=arm64 \
    --include="$(echo $packages | tr ' ' ',')" --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/fonts/truetype/noto/*' \
    --dpkgopt='path-include=/usr/share/fonts/truetype/noto/NotoSans-*' \
    --dpkgopt=force-unsafe-io --skip=download/empty --skip=essential/unlink \
    --setup-hook="mkdir -p \"\$1/var/cache/apt/archives\"; cp -a '$cache/.' \"\$1/var/cache/apt/archives/\"" \
    --essential-hook="cp -u \"\$1\"/var/cache/apt/archives/*.deb '$cache/'" \
    --customize-hook="cp -u \"\$1\"/var/cache/apt/archives/*.deb '$cache/'" \
    --essential-hook="$work/before" bookworm "$1.part" "$work/sources.list"
mv "$1.part" "$1"
echo "$packages" >"$1.packages"
