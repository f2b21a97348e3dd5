#!/bin/sh
# Speaks the clips of the voice: make.sh DIRECTORY [MAX [ROOMS]]
#
# Numbers 1..MAX (199; 999 for a device image), lettered numbers, rooms and phrases, one Opus file each.
# ROOMS: a file with the よみ of a clinic's own rooms, one a line, in kana.
# Needs open_jtalk with its dictionary, the voice, opusenc and a C compiler: group voice of
# cmake/packages.sh. None of it is needed on the device. A clip that is there is not made again, unless
# the recipe has changed since.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
core=$here/../../firmware/core
dictionary=/var/lib/mecab/dic/open-jtalk/naist-jdic
speaker=/usr/share/hts-voice/nitech-jp-atr503-m001/nitech_jp_atr503_m001.htsvoice
pace=0.92 # a little slower than the voice's own: for old ears
kinds='number letter value room phrase guide'
[ $# -ge 1 ] && [ $# -le 3 ] || { echo "usage: make.sh DIRECTORY [MAX [ROOMS]]" >&2; exit 2; }

need() { # PATH PACKAGE
    [ -e "$1" ] || command -v "$1" >/dev/null || {
        echo "voice: $1 is missing; install the package $2" >&2
        exit 1
    }
}
need open_jtalk open-jtalk
need opusenc opus-tools
need "${CC:-cc}" build-essential
need "$dictionary" open-jtalk-mecab-naist-jdic
need "$speaker" 'hts-voice-nitech-jp-atr503-m001 (component contrib)'

mkdir -p "$1"
out=$(cd "$1" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

"${CC:-cc}" -std=gnu11 -O1 -I "$core" -o "$scratch/phrases" \
    "$here/phrases.c" "$core/reading.c" "$core/number.c"
"${CC:-cc}" -std=gnu11 -O1 -o "$scratch/level" "$here/level.c" -lm
"$scratch/phrases" ${2:+"$2"} ${3:+"$3"} >"$scratch/all"

# What all clips depend on; the texts of single clips are in their own lines of the list.
recipe=$(cat "$here/make.sh" "$here/level.c" "$speaker" | cksum)
if [ "$(cat "$out/.recipe" 2>/dev/null)" != "$recipe" ]; then
    for kind in $kinds .spoken; do rm -rf "$out/$kind"; done
fi
for kind in $kinds; do mkdir -p "$out/$kind" "$out/.spoken/$kind"; done
echo "$recipe" >"$out/.recipe"
cat >"$out/LICENCE.txt" <<END
Spoken by Open JTalk with the voice "nitech_jp_atr503_m001", (c) 2003-2012 Nagoya Institute of Technology,
Department of Computer Science, and 2003-2008 Tokyo Institute of Technology, Interdisciplinary Graduate
School of Science and Engineering; licence: Creative Commons Attribution 3.0
(https://creativecommons.org/licenses/by/3.0/). The clips were cut, levelled and encoded by Machiai.
END

speak() { # NAME TEXT WORK
    printf '%s\n' "$2" >"$3.txt"
    open_jtalk -x "$dictionary" -m "$speaker" -r "$pace" -ow "$3.wav" "$3.txt"
    "$scratch/level" "$3.wav" "$3-level.wav"
    opusenc --quiet --bitrate 24 --discard-comments "$3-level.wav" "$3.opus"
    mv "$3.opus" "$out/$1.opus"
    printf '%s' "$2" >"$out/.spoken/$1"
}

# Every second line of the list, from FIRST on.
speak_half() { # FIRST
    tab=$(printf '\t')
    awk -v first="$1" 'NR % 2 == first % 2' "$scratch/all" >"$scratch/list$1"
    while IFS=$tab read -r name text; do
        if [ -f "$out/$name.opus" ] && [ -f "$out/.spoken/$name" ]; then
            read -r spoken <"$out/.spoken/$name" || : # it ends without a newline
            [ "$spoken" != "$text" ] || continue
        fi
        speak "$name" "$text" "$scratch/clip$1"
        echo "$name" >>"$scratch/made$1"
    done <"$scratch/list$1"
}

# Two at a time: one list a processor.
: >"$scratch/made1"
: >"$scratch/made2"
speak_half 1 &
other=$!
speak_half 2
wait "$other"
made=$(cat "$scratch/made1" "$scratch/made2" | wc -l)
[ "$made" -eq 0 ] || echo "voice: $made clips"
