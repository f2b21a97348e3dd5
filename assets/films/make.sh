#!/bin/sh
# Draws and encodes the demo films: make.sh DIRECTORY
#
# Needs ffmpeg, rsvg-convert and the font BIZ UDGothic (packages ffmpeg, librsvg2-bin,
# fonts-morisawa-bizud-gothic). A film whose sources have not changed is not made again.
# A film is a folder here: film.sh, its recipe in the words of recipe.sh, and its drawings.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
[ $# -eq 1 ] || { echo "usage: make.sh DIRECTORY" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)

need() { # COMMAND PACKAGE
    command -v "$1" >/dev/null && return
    echo "films: $1 is missing; install the package $2" >&2
    exit 1
}
need ffmpeg ffmpeg
need rsvg-convert librsvg2-bin
need fc-list fontconfig
if [ -z "$(fc-list ':family=BIZ UDGothic')" ]; then
    echo "films: the font BIZ UDGothic is missing; install fonts-morisawa-bizud-gothic" >&2
    exit 1
fi

digest() { # FOLDER
    cat "$here/make.sh" "$here/recipe.sh" "$here/sheet.awk" "$here/strip.awk" "$here/$1"/* | cksum
}

make_film() { # FOLDER DESTINATION
    stamp=$out/.stamps/$1
    if [ -f "$out/$2" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$(digest "$1")" ]; then
        return
    fi
    echo "films: $2"
    work=$scratch/$1
    mkdir -p "$work" "$out/.stamps" "$(dirname "$out/$2")"
    (
        . "$here/recipe.sh"
        begin_film "$here/$1" "$work"
        . "$here/$1/film.sh"
        end_film film.mp4
    )
    mv "$work/film.mp4" "$out/$2"
    digest "$1" >"$stamp"
    rm -rf "$work"
}

# Two at a time: one list a processor.
first_half() {
    make_film lake relaxation/lake.mp4
    make_film forest relaxation/forest.mp4
    make_film sleep provided/sleep.mp4
    make_film tea provided/tea.mp4
}

second_half() {
    make_film sea relaxation/sea.mp4
    make_film handwashing provided/handwashing.mp4
    make_film salt provided/salt.mp4
}

scratch=$out/.work.$$ # two runs at once do not meet
stop() { # what still draws fails at its next step, for its folder is gone
    kill "$first" "$second" 2>/dev/null || true
    rm -rf "$scratch" 2>/dev/null || true
    sleep 1
    exit 130
}
trap 'rm -rf "$scratch"' EXIT
trap stop INT TERM
first_half &
first=$!
second_half &
second=$!
status=0
wait "$first" || status=1
wait "$second" || status=1
exit "$status"
