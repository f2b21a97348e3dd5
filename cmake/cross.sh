#!/bin/sh
# cross.sh [--build|--sim|--test]...: builds for 64-bit ARM in build/arm (warnings are errors), and
# proves the result under qemu-user: the simulator's 200 first seeds see the same days as on this
# machine, and the unit tests pass. Without arguments all three.
#   MACHIAI_SYSROOT   the Debian tree to build against (build/sysroot; made when it is not there)
#   MACHIAI_SEEDS     how many of the simulator's seeds (200)
set -eu
cd "$(dirname "$0")/.."
. cmake/image/debian.sh
sysroot=${MACHIAI_SYSROOT:-$PWD/build/sysroot}
seeds=${MACHIAI_SEEDS:-200}
jobs=$(nproc)

# What qemu-user cannot show; all of it runs on the machine's own processor.
#   video.*, film_heard, codecs_here      it passes on neither seccomp nor Landlock, and the player shows
#                                         nothing without its sandbox (its parts without one are tried)
#   confined, film, upload, contents,     the same: the cloud takes no film in
#   programmes, http_client, station_media
#   station and its kin                   a kiosk gives a number of its own after 700 ms without an answer, and
#                                         an emulated cloud takes that long whenever the machine is busy
player='video|video_child|video_closed_in|video_corpus|video_sandbox|film_heard|codecs_here'
clouds='confined|film|upload|contents|programmes|http_client|station_media'
hasty='station|station_(slip|family|act|checkin|exceptions|snapshot|newer)'
excluded="^($player|$clouds|$hasty)\$"

build()
{
    sh cmake/image/sysroot.sh "$sysroot"
    cmake -S . -B build/arm -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_INSTALL_PREFIX=/usr \
        -DCMAKE_TOOLCHAIN_FILE="$PWD/toolchain-arm.cmake" -DMACHIAI_SYSROOT="$sysroot" >/dev/null
    cmake --build build/arm -- -j "$jobs" --quiet
}

days()
{
    "$@" --seeds "$seeds" --hashes | grep ':'
}

same_days()
{
    cmake -S . -B build/native -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_INSTALL_PREFIX=/usr >/dev/null
    cmake --build build/native --target machiai-sim -- -j "$jobs" --quiet
    days build/native/tests/sim/run >build/arm/days.native
    days qemu-aarch64-static -L "$sysroot" build/arm/tests/sim/run >build/arm/days.arm
    [ -s build/arm/days.native ] || fail "the simulator told no days"
    cmp build/arm/days.native build/arm/days.arm
    echo "$(wc -l <build/arm/days.arm) seeds see the same days on $(uname -m) and aarch64"
}

# Tests that start programs of ours start them through binfmt_misc.
unit_tests()
{
    run_foreign
    export QEMU_LD_PREFIX="$sysroot"
    echo "not run under qemu-user: $excluded"
    ctest --test-dir build/arm -L unit -E "$excluded" -j "$jobs" --no-tests=error --output-on-failure
}

[ $# -gt 0 ] || set -- --build --sim --test
for wanted in "$@"; do
    case $wanted in
    --build) build ;;
    --sim) same_days ;;
    --test) unit_tests ;;
    *) echo "usage: cross.sh [--build|--sim|--test]..." >&2; exit 2 ;;
    esac
done
