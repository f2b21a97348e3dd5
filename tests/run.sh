#!/bin/sh
# tests/run.sh [CTEST ARGUMENTS]: installs what is missing, builds with AddressSanitizer and
# UndefinedBehaviorSanitizer on gcc, checks that clang builds without a warning, and runs all tests.
set -eu
cd "$(dirname "$0")/.."
jobs=$(nproc)

echo '== packages'
sh cmake/packages.sh build run test voice
echo '== formatting'
git ls-files '*.c' '*.h' 2>/dev/null | xargs clang-format --dry-run -Werror
echo '== build with sanitizers (gcc)'
cmake --preset asan >/dev/null
cmake --build --preset asan -- -j "$jobs" --quiet
echo '== build without sanitizers (clang)'
CC=clang cmake -S . -B build/clang -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
cmake --build build/clang -- -j "$jobs" --quiet
echo '== demo films'
sh assets/films/make.sh build/films
echo '== tests'
echo 'Not run here: 64-bit ARM, Debian packages and the card, sh tests/image/run.sh; the long soak, tests/soak/run; tests/bench.'
# Real processes against real clocks: a machine that stalls for seconds makes some of them late. A
# test that fails is run once more by itself; ctest's output shows it.
exec ctest --preset asan -j "$jobs" --no-tests=error --repeat until-pass:2 "$@"
