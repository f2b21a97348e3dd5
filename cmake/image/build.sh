#!/bin/sh
# build.sh: the card's image from Debian packages and this source, as root, on Debian 12:
#   build/image/machiai-VERSION.img.zst   and beside it .sha256, .packages (every package with the
#   source it was built from), .sources (where each source is) and .json (a manifest for Raspberry Pi
#   Imager; MACHIAI_PUBLISHED=https://HOST/PATH/ is where it will find the image)
# What was fetched or laid out once is taken again. MACHIAI_VOICE=no leaves the spoken numbers out
# (minutes, and Debian's component contrib); a kiosk without them has the chime.
set -eu
cd "$(dirname "$0")/../.."
. cmake/image/debian.sh
need_root
sh cmake/packages.sh build cross image
begin=$(date +%s)
made_of=$(card_source) # now: whoever goes on working here while it is built gets another image
work=$PWD/build/image
sysroot=${MACHIAI_SYSROOT:-$PWD/build/sysroot}
mkdir -p "$work"

step "Debian's part"
sh cmake/image/rootfs.sh "$work/rootfs.tar"
sh cmake/image/bootfiles.sh "$work/bootfiles"

step "our packages for arm64"
sh cmake/image/sysroot.sh "$sysroot"
cmake -S . -B "$work/arm" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_INSTALL_PREFIX=/usr -DBUILD_TESTING=OFF \
    -DCMAKE_TOOLCHAIN_FILE="$PWD/toolchain-arm.cmake" -DMACHIAI_SYSROOT="$sysroot" >/dev/null
cmake --build "$work/arm" -- --quiet
if [ "${MACHIAI_VOICE:-yes}" = yes ]; then
    step "every number, spoken"
    sh cmake/packages.sh voice
    cmake --build "$work/arm" --target voice
    cmake "$work/arm" >/dev/null # which packages there are is found out here
fi
rm -rf "$work/arm/debian"
(cd "$work/arm" && cpack -G DEB -B debian >debian.log 2>&1) || { tail -n 20 "$work/arm/debian.log" >&2; exit 1; }
[ "${MACHIAI_VOICE:-yes}" = yes ] || rm -f "$work"/arm/debian/machiai-voice_*.deb # of an earlier build

step "films for waiting rooms without a programme"
sh assets/films/make.sh build/films
rm -rf "$work/relaxation"
cp -r build/films/relaxation "$work/relaxation"

step "the card"
run_foreign
version=$(sed -n 's/^project(machiai VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
image=$work/machiai-$version.img.zst
rm -f "$image" "$image".*
sh cmake/image/assemble.sh "$work" "$work/arm/debian" "$image"
sh cmake/image/manifest.sh "$work/card.img" "$image" "$version" "${MACHIAI_PUBLISHED:-}" >"$image.json"
(cd "$work" && sha256sum "$(basename "$image")" >"$image.sha256")
echo "$made_of" >"$image.source"
step "$image: $(($(stat -c %s "$image") / 1000000)) MB after $(($(date +%s) - begin)) s"
