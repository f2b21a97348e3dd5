#!/bin/sh
# fast.sh RUN ARGUMENTS: the simulator of the build without sanitizers; skipped where there is none
# (tests/run.sh makes it).
run=$1
shift
[ -x "$run" ] || {
    echo "no $run: cmake -S . -B build/clang -DCMAKE_BUILD_TYPE=RelWithDebInfo, and build it" >&2
    exit 77
}
exec "$run" "$@"
