#!/bin/sh
# compilers.sh RUN OTHER: two builds of the simulator see the same days.
set -eu
[ -x "$2" ] || {
    echo "no $2: cmake -S . -B build/clang -DCMAKE_BUILD_TYPE=RelWithDebInfo, and build it" >&2
    exit 77
}
days() { "$1" --seeds 20 --hashes | grep ':'; }
ours=$(days "$1")
theirs=$(days "$2")
echo "$ours"
[ "$ours" = "$theirs" ] || {
    echo "they differ from those of $2:" >&2
    echo "$theirs" >&2
    exit 1
}
