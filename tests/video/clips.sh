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

# A presentation: one picture for three seconds, then the next.
ffmpeg -loglevel error -nostdin -y -f lavfi -i \
    "testsrc2=s=320x180:r=25:d=0.04,loop=149:1,drawbox=c=white:t=fill:enable='gte(t,3)'" \
    -c:v libx264 -preset veryfast -crf 20 -g 51 -pix_fmt yuv420p -movflags +faststart "$out/slides.mp4"

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
# A white flash and a beep of 80 ms at each second, as sound of several kinds; and whole tones.
flash() { # NAME.EXTENSION RATE LAYOUT CODER...
    name=$1 rate=$2 layout=$3
    shift 3
    ffmpeg -loglevel error -nostdin -y \
        -f lavfi -i "testsrc2=s=320x180:r=25:d=5,drawbox=c=white:t=fill:enable='gt(t,0.5)*lt(mod(t+0.01,1),0.08)'" \
        -f lavfi -i "aevalsrc=if(gt(t\,0.5)*lt(mod(t\,1)\,0.08)\,0.5*sin(2*PI*1000*t)):s=$rate:d=5" \
        -af "aformat=channel_layouts=$layout" -pix_fmt yuv420p "$@" "$out/$name"
}

flash flash-44.mp4 44100 mono -c:v libx264 -preset ultrafast -c:a aac
flash flash-22.mp4 22050 stereo -c:v libx264 -preset ultrafast -c:a aac
flash flash-51.webm 48000 5.1 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus -mapping_family 1
tone() { # NAME HERTZ
    ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=320x180:r=25:d=3 -f lavfi -i "sine=f=$2:r=48000:d=3" \
        -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -af volume=6 "$out/$1.mp4"
}
tone tone-a 600
tone tone-b 900

# Music that goes on when the picture is over.
ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=320x180:r=25:d=2 -f lavfi -i "sine=f=600:r=48000:d=5" \
    -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -af volume=6 "$out/music.mp4"

touch "$out/.done"
