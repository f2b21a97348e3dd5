#!/bin/sh
# run.sh [STAGE]...: what can be proved of the card without a board, as root, by one command. Each stage
# has a hard limit; one that cannot run here is named at the end, and so is what only a board can show.
#   packages   Debian packages of this machine's architecture on a clean root file system
#   cross      64-bit ARM: no warning, the simulator's days, unit tests and packages under qemu-user
#   build      the image (cmake/image/build.sh), if there is none of this source; what lies in it
#   boot       the image in QEMU, from its own boot script on: what stands on both panels, every unit well, and
#              how long a bare boot of the same card takes; it enrols with a cloud of this machine, a finger takes
#              a ticket, the slip arrives at a printer's socket; a kiosk.conf full of mistakes; a wrong Wi-Fi password;
#              a card too small for records; a Raspberry Pi 3 B from its kernel on
# Without arguments all of them.
set -eu
cd "$(dirname "$0")/../.."
. cmake/image/debian.sh
need_root
sh cmake/packages.sh build run cross image

PACKAGES_LIMIT=1800 # seconds, for a machine with two cores that has other work, too
CROSS_LIMIT=5400
BUILD_LIMIT=7200
CARD_LIMIT=900
BOOT_LIMIT=3600 # for each of the files below; a calm machine needs a tenth
skipped=''

limited() # SECONDS COMMAND...
{
    limit=$1
    shift
    timeout --kill-after=30 "$limit" "$@" || {
        code=$?
        [ $code -ne 124 ] || fail "not ended after $limit s: $*"
        fail "failed: $*"
    }
}

# Cloud and tools for this machine's own side.
build_here()
{
    cmake -S . -B build/package -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_INSTALL_PREFIX=/usr \
        -DBUILD_TESTING=OFF >/dev/null
    limited $PACKAGES_LIMIT cmake --build build/package -- --quiet
}

packages()
{
    build_here
    limited $PACKAGES_LIMIT sh tests/image/packages.sh build/package
}

cross()
{
    limited $CROSS_LIMIT sh cmake/cross.sh
    limited $CROSS_LIMIT sh tests/image/packages.sh build/arm
}

the_image()
{
    image=$(find build/image -maxdepth 1 -name 'machiai-*.img.zst' 2>/dev/null | sort | tail -n 1)
}

build()
{
    the_image
    made_of=$(card_source)
    if [ -n "$image" ] && [ -n "$made_of" ] && [ "$(cat "$image.source" 2>/dev/null)" = "$made_of" ]; then
        echo "$image is of this source"
    else
        limited $BUILD_LIMIT sh cmake/image/build.sh
        the_image
    fi
    MACHIAI_IMAGE="$PWD/$image" limited $CARD_LIMIT node --test tests/image/card.test.mjs
}

boot()
{
    the_image
    [ -n "$image" ] || { skipped="$skipped
  boot: there is no image; sh tests/image/run.sh build boot"; return; }
    build_here
    sh assets/films/make.sh build/films
    export MACHIAI_IMAGE="$PWD/$image" MACHIAI_BUILD="$PWD/build/package" MACHIAI_FILMS="$PWD/build/films"
    for test in boot enrolment mistakes wifi small raspi; do
        step "in QEMU: $test"
        limited $BOOT_LIMIT node --test "tests/image/$test.test.mjs"
    done
}

[ $# -gt 0 ] || set -- packages cross build boot
for stage in "$@"; do
    step "stage $stage"
    case $stage in
    packages) packages ;;
    cross) cross ;;
    build) build ;;
    boot) boot ;;
    *) fail "no stage $stage (packages, cross, build, boot)" ;;
    esac
done
for stage in packages cross build boot; do
    case " $* " in *" $stage "*) ;; *) skipped="$skipped
  $stage: not asked for" ;; esac
done
[ -z "$skipped" ] || echo "Skipped:$skipped"
cat <<'T'
Only a board can show: the Pi's own firmware before U-Boot, vc4 and HDMI, its own Wi-Fi, real USB printers
and touch panels, under-voltage, the hardware watchdog.
T
