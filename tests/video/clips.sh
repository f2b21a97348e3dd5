#!/bin/sh
# Small clips for the player's tests: clips.sh DIRECTORY
set -eu
out=$1
mkdir -p "$out"

clip() { # NAME SIZE RATE SECONDS
    ffmpeg -loglevel error -nostdin -y -f lavfi -i "testsrc2=s=$2:r=$3:d=$4" \
        -c:v libx264 -preset ultrafast -pix_fmt yuv420p -movflags +faststart "$out/$1.mp4"
}

clip a 320x180 25 2
clip b 322x182 25 2
clip long 320x180 25 20
clip big 3840x2160 5 0.4

codec() { # NAME.EXTENSION CODER...
    name=$1
    shift
    ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=320x180:r=25:d=1 -pix_fmt yuv420p \
        "$@" "$out/$name"
}

codec hevc.mp4 -c:v libx265 -preset ultrafast -x265-params log-level=none
codec vp9.webm -c:v libvpx-vp9 -deadline realtime -cpu-used 8
codec av1.mp4 -c:v libaom-av1 -cpu-used 8 -row-mt 1
codec wrong-name.txt -c:v libx264 -preset ultrafast -f mp4

# The index promises ten seconds, the data end after about three.
ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=320x180:r=25:d=10 -c:v libx264 \
    -preset ultrafast -pix_fmt yuv420p -g 25 "$out/whole.ts"
ffmpeg -loglevel error -nostdin -y -i "$out/whole.ts" -c copy -movflags +faststart \
    "$out/whole.mp4"
size=$(wc -c <"$out/whole.mp4")
head -c $((size * 3 / 10)) "$out/whole.mp4" >"$out/truncated.mp4"
# No index at all.
tail -c 200000 "$out/whole.mp4" >"$out/headless.mp4"

ffmpeg -loglevel error -nostdin -y -f lavfi -i sine=d=1 -c:a aac "$out/audio.mp4"
head -c 200000 /dev/urandom >"$out/junk.mp4"
: >"$out/empty.mp4"
touch "$out/.done"
