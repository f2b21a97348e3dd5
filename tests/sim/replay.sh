#!/bin/sh
# replay.sh RUN: the same seed gives the same trace, in the same process and in another, whatever
# ran before it.
set -eu
run=$1
alone=$("$run" --seed 3 --seeds 1 --hashes | grep '^seed 3:')
again=$("$run" --seed 3 --seeds 1 --hashes | grep '^seed 3:')
after=$("$run" --seed 1 --seeds 3 --hashes | grep '^seed 3:')
echo "$alone"
[ "$alone" = "$again" ] && [ "$alone" = "$after" ] || {
    echo "replays differ: $alone / $again / $after" >&2
    exit 1
}
