#!/bin/sh
# packages.sh BUILD: makes the Debian packages of a build (configured with CMAKE_INSTALL_PREFIX=/usr)
# in BUILD/debian and tries them on a clean Debian 12 root file system of their architecture: they
# install with what they say they need and nothing else, the programs start, systemd accepts the
# units, an upgrade changes nothing, and a purge leaves nothing behind. Runs as root; fetches from
# Debian's archives once, into build/image/cache.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../cmake/image/debian.sh"

[ $# -eq 1 ] || fail "usage: packages.sh BUILD"
need_root
build=$(cd "$1" && pwd)
[ -e "$build/CPackConfig.cmake" ] || fail "$build is no build of Machiai"
rm -rf "$build/debian"

step "packages of $build"
(cd "$build" && cpack -G DEB -B debian >debian.log 2>&1) || { tail -n 20 "$build/debian.log" >&2; exit 1; }
rm -rf "$build/debian/_CPack_Packages"
architecture=$(dpkg-deb -f "$build"/debian/machiai-kiosk_*.deb Architecture)
ls -s "$build/debian"

# Libraries as Debian's own tool reads them from the programs; it knows this machine's alone.
compare_depends() # PROGRAM LIST
{
    mkdir -p "$work/shlibs/debian"
    printf 'Source: machiai\n\nPackage: machiai\nArchitecture: any\n' >"$work/shlibs/debian/control"
    (cd "$work/shlibs" && dpkg-shlibdeps -O "-e$1" 2>/dev/null) |
        sed 's/^shlibs:Depends=//; s/, /\n/g' | tr -d '(>=)' >"$work/needed"
    while read -r package version; do
        listed=$(sed -n "s/^$package (>= \(.*\))/\1/p" "$2")
        dpkg --compare-versions "${listed:-0}" ge "${version:-0}" && grep -q "^$package\b" "$2" ||
            fail "$(basename "$2") says '$package $listed', and $(basename "$1") needs $version"
    done <"$work/needed"
}

work=$(mktemp -d)
root=$work/root
trap 'rm -rf "$work"' EXIT
if [ "$architecture" = "$(dpkg --print-architecture)" ]; then
    step "libraries named in *.depends"
    compare_depends "$build/firmware/kiosk/machiai-kiosk" "$here/../../cmake/packaging/kiosk.depends"
    compare_depends "$build/cloud/machiai-cloud" "$here/../../cmake/packaging/cloud.depends"
    compare_depends "$build/ui/draw/machiai-draw" "$here/../../cmake/packaging/cloud.depends"
    compare_depends "$build/drivers/cups/escpos" "$here/../../cmake/packaging/cups.depends"
else
    run_foreign
fi

step "a clean Debian 12 for $architecture"
cache=$here/../../build/image/cache-$architecture
mkdir -p "$cache"
debian_sources main >"$work/sources"
mmdebstrap --quiet --mode=root --variant=minbase --format=directory --architectures="$architecture" \
    --dpkgopt=force-unsafe-io --skip=download/empty --skip=essential/unlink --skip=cleanup/apt \
    --setup-hook="mkdir -p \"\$1/var/cache/apt/archives\"; cp -a '$cache/.' \"\$1/var/cache/apt/archives/\"" \
    bookworm "$root" "$work/sources"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
mkdir "$root/debs"
cp "$build"/debian/*.deb "$root/debs"
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"; }
install_all() { inside sh -c 'apt-get install -y -qq --no-install-recommends "$@" /debs/*.deb' apt "$@" >"$work/apt.log" 2>&1; }

step "install"
# The resolver and the archives as this machine has them.
cp /etc/resolv.conf "$root/etc/resolv.conf"
install_all --reinstall || { tail -n 30 "$work/apt.log" >&2; exit 1; }
cp -u "$root"/var/cache/apt/archives/*.deb "$cache/"
inside machiai-kiosk --version
inside machiai-cloud --version
inside machiai-draw --help >/dev/null
inside sh -c 'for file in /usr/bin/machiai-* /usr/lib/cups/backend/escpos; do ldd $file; done' | grep 'not found' &&
    fail "a library is missing"
inside id machiai
inside systemd-analyze verify --man=no machiai-kiosk.service machiai-printing.service machiai-cloud.service
inside machiai-kiosk check --config /usr/share/doc/machiai-kiosk/examples/kiosk.conf

step "again, as an upgrade"
touch "$root/etc/machiai/kiosk.conf" "$root/etc/machiai/other.conf"
mkdir -p "$root/var/lib/machiai"
touch "$root/var/lib/machiai/journal.db"
install_all --reinstall || { tail -n 30 "$work/apt.log" >&2; exit 1; }
[ -e "$root/var/lib/machiai/journal.db" ] || fail "an upgrade lost the journal"

step "purge"
names=$(for deb in "$build"/debian/*.deb; do dpkg-deb -f "$deb" Package; done)
inside dpkg --purge $names >/dev/null
rm "$root/etc/machiai/other.conf" || fail "a purge took a file that was not the kiosk's"
rmdir "$root/etc/machiai"
left=$(find "$root" -xdev -path "$root/debs" -prune -o -path "$root/proc" -prune -o -iname '*machiai*' -print |
    grep -v '/var/cache/apt/' || :)
[ -z "$left" ] || fail "left behind: $left"
if command -v lintian >/dev/null; then
    step "lintian"
    lintian --fail-on error "$build"/debian/*.deb
fi
step "the packages for $architecture install, start and go"
