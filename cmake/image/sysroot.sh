#!/bin/sh
# sysroot.sh DIR: a Debian 12 arm64 tree to build against and to run tests in, from the packages that
# cmake/packages.sh names for the build. Nothing is installed on this machine by it but the group
# `cross`. A tree made from the same list is taken as it stands.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/debian.sh"

[ $# -eq 1 ] || fail "usage: sysroot.sh DIR"
sh "$here/../packages.sh" cross

# Compiler and C library, every library of the build, and what tests load at run time.
packages=$(sh "$here/../packages.sh" --list build | grep -e '-dev$' | tr '\n' ' ')
packages="libc6-dev libgcc-12-dev ${packages}vlc-plugin-base fonts-morisawa-bizud-gothic fonts-noto-cjk fonts-noto-core"
[ "$(cat "$1.packages" 2>/dev/null)" != "$packages" ] || exit 0
need_root

mkdir -p "$(dirname "$1")"
rm -rf "$1" "$1.packages"
sources=$(mktemp)
told=$(mktemp)
trap 'rm -f "$sources" "$told"' EXIT
debian_sources main >"$sources"
mmdebstrap --quiet --variant=extract --mode=root --architectures=arm64 \
    --aptopt='APT::Install-Recommends "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --include="$(echo $packages | tr ' ' ',')" bookworm "$1" "$sources" >"$told" 2>&1 || {
    cat "$told" >&2
    fail "$1 was not filled"
}
[ -e "$1/usr/include/stdio.h" ] || fail "$1 was not filled"

# A link of the tree must not lead into this machine. qemu-user looks into the tree first, and a pseudo
# terminal of its /dev would have no other end.
cd "$1"
rm -rf --one-file-system dev
find . -type l -lname '/*' | while read -r link; do
    ln -snfr ".$(readlink "$link")" "$link"
done
cd - >/dev/null
echo "$packages" >"$1.packages"
