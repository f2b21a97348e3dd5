#!/bin/sh
# install.sh NPM: the tests' own packages, as pinned; nothing when they are there already.
set -eu
cd "$(dirname "$0")"
if [ -z "$(find package-lock.json -newer node_modules/.package-lock.json 2>&1)" ]; then
    exit 0
fi
exec "$1" ci --ignore-scripts --no-audit --no-fund --silent
