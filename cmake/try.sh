#!/bin/sh
# try.sh [--smoke | --fresh | --pictures]: the whole of Machiai on this machine: cloud, kiosk, a virtual receipt
# printer that makes a PNG of every slip, a demo clinic with films.
#   (nothing)  starts it and leaves it running until Ctrl-C; a second start continues where it was
#   --fresh    the same, with a new clinic
#   --pictures takes the pictures of README.md anew
#   --smoke    goes through the main job once by itself and says what it saw; exit 0 only if all worked
set -eu
cd "$(dirname "$0")/.."

mode=run
case ${1:-} in
'') ;;
--smoke) mode=smoke ;;
--pictures) mode=pictures ;;
--fresh) mode=fresh ;;
*) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

step() { printf '[%s/4] %s\n' "$1" "$2"; }

build=build/release
step 1 'Packages'
browser() { [ "$mode" = smoke ] || [ "$mode" = pictures ]; }
if browser; then
    sh cmake/packages.sh build run test
else
    sh cmake/packages.sh build run
fi

step 2 'Building (about two minutes the first time)'
[ -f "$build/build.ninja" ] || cmake --preset release -DBUILD_TESTING=OFF >/dev/null
cmake --build --preset release -- --quiet

step 3 'Demo films and voice (about two minutes the first time)'
sh assets/films/make.sh build/films
# Only where somebody hears it. Without the voice the calls have their chime.
if ! browser && [ -n "${DISPLAY:-}" ]; then
    { sh cmake/packages.sh voice && sh assets/voice/make.sh build/voice 60; } ||
        echo '      no voice: calls have their chime only'
fi

step 4 'Starting'
if browser; then
    (cd tests/web && [ -d node_modules/playwright-core ] || npm ci --silent --no-audit --no-fund)
fi
exec node cmake/try/main.mjs "$mode" "$build" build/films
