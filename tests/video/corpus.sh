#!/bin/sh
# Films as clinics bring them, and broken ones, for the player's tests: corpus.sh DIRECTORY
# Good ones are good/NAME-WIDTHxHEIGHT.EXTENSION, by the size at which they are to be seen; a white
# square stands in their upper left corner, and all but mute-* have a tone. Whatever lies in bad/ is
# no film, or none that may play; truncated-* and endless show a part of one. What becomes of odd/ is open.
set -eu
out=$1
rm -rf "$out"
mkdir -p "$out/good" "$out/bad" "$out/odd" "$out/part"

mark='drawbox=x=0:y=0:w=ih/4:h=ih/4:c=white:t=fill'
fast='-c:v libx264 -preset ultrafast -pix_fmt yuv420p'

film() { # FILE SIZE RATE OPTIONS...
    file=$1 size=$2 rate=$3
    shift 3
    ffmpeg -loglevel error -nostdin -y -f lavfi -i "testsrc2=s=$size:r=$rate:d=0.8" \
        -f lavfi -i sine=d=0.8 -map 0:v -map 1:a -vf "$mark" "$@" -shortest "$out/$file"
}

for rate in 24 25 30 50 60 30000/1001; do
    film "good/rate-$(echo "$rate" | tr / _)-320x180.mp4" 320x180 "$rate" $fast -c:a aac
done
film good/hevc-aac-320x180.mp4 320x180 25 -c:v libx265 -preset ultrafast -x265-params log-level=none -c:a aac
film good/vp9-opus-320x180.webm 320x180 25 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus
film good/av1-opus-320x180.webm 320x180 25 -c:v libaom-av1 -usage realtime -cpu-used 8 -c:a libopus
film good/av1-aac-320x180.mp4 320x180 25 -c:v libaom-av1 -usage realtime -cpu-used 8 -c:a aac
film good/mute-320x180.mp4 320x180 25 $fast -an
film good/vorbis-320x180.mkv 320x180 25 $fast -c:a libvorbis
film good/index-last-320x180.mov 320x180 25 $fast -c:a aac
# What stands in the stream alone, and is coded in whole blocks: 320x192 stored.
film good/stream-320x180.ts 320x180 25 $fast -c:a aac
film good/stream-hevc-320x180.ts 320x180 25 -c:v libx265 -preset ultrafast -x265-params log-level=none -c:a aac
film good/stream-322x182.mpg 322x182 25 -c:v mpeg2video -qscale:v 4 -c:a mp2
film good/blocks-640x360.mp4 640x360 25 $fast -bf 3 -c:a aac # frames out of their order
# 4:2:0 has no odd sizes of its own in H.264; other samplings, and VP9, do.
film good/odd-853x479.webm 853x479 25 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv420p -c:a libopus
film good/odd-333x187.mp4 333x187 25 -c:v libx264 -preset ultrafast -pix_fmt yuv444p -c:a aac
film good/odd-854x478.mp4 854x478 25 $fast -c:a aac
film good/deep-320x180.mp4 320x180 25 -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=none -c:a aac
film good/tall-180x320.mp4 180x320 25 $fast -c:a aac
film good/full-1920x1080.mp4 1920x1080 30 $fast -c:a aac
# Pixels that are not square: 320 stored, 426 shown.
film good/wide-pixels-426x240.mp4 320x240 25 $fast -vf "$mark,setsar=4/3" -c:a aac
# Neither its name nor the size that it begins with tells what comes.
film part/wrong-name.mp4 320x180 25 $fast -c:a aac
mv "$out/part/wrong-name.mp4" "$out/good/wrong-name-320x180.avi"
film part/second.ts 640x360 25 $fast -c:a aac -output_ts_offset 0.8
cat "$out/good/stream-320x180.ts" "$out/part/second.ts" >"$out/good/grows-320x180.ts"

# A variable rate: every third frame is left out for half of it, then none.
ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=320x180:r=30:d=1 -f lavfi -i sine=d=1 -vf \
    "$mark,select='gt(n,15)+mod(n,3)'" -vsync vfr $fast -c:a aac "$out/good/variable-320x180.mp4"

# Turned by a telephone: stored lying, shown upright. The square is put where it comes to stand.
turned() { # DEGREES CORNER SHOWN
    ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=320x180:r=25:d=0.8 -f lavfi -i sine=d=0.8 \
        -vf "$2" $fast -c:a aac "$out/part/turned.mp4"
    ffmpeg -loglevel error -nostdin -y -i "$out/part/turned.mp4" -c copy -metadata:s:v rotate="$1" \
        "$out/good/turned-$1-$3.mp4"
}
box='w=ih/4:h=ih/4:c=white:t=fill'
turned 90 "drawbox=x=iw-ih/4:y=0:$box" 180x320
turned 180 "drawbox=x=iw-ih/4:y=ih-ih/4:$box" 320x180
turned 270 "drawbox=x=0:y=ih-ih/4:$box" 180x320

# -- what is no film ---------------------------------------------------------------------------

ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=320x180:r=25:d=4 -g 25 $fast \
    -movflags +faststart "$out/part/whole.mp4"
size=$(wc -c <"$out/part/whole.mp4")
for part in 1 5 30 60; do
    head -c $((size * part / 100)) "$out/part/whole.mp4" >"$out/bad/truncated-$part.mp4"
done
ffmpeg -loglevel error -nostdin -y -i "$out/part/whole.mp4" -c copy "$out/part/whole.mkv"
head -c $((size * 60 / 100)) "$out/part/whole.mkv" >"$out/bad/truncated-60.mkv"
tail -c $((size / 2)) "$out/part/whole.mp4" >"$out/bad/headless.mp4"
: >"$out/bad/empty.mp4"
head -c 1 /dev/zero >"$out/bad/one-byte.mp4"
head -c 300000 /dev/zero >"$out/bad/zeros.mp4"
awk 'BEGIN { srand(7); for (i = 0; i < 200000; i++) printf "%c", 1 + int(rand() * 126) }' >"$out/bad/noise.mp4"
printf 'これはお知らせの文です。\n' >"$out/bad/text.mp4"
ffmpeg -loglevel error -nostdin -y -f lavfi -i sine=d=1 -c:a aac "$out/bad/sound.mp4"
ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=3840x2160:r=5:d=0.4 $fast "$out/bad/4k.mp4"
ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=3840x2160:r=5:d=0.4 -c:v libvpx-vp9 \
    -deadline realtime -cpu-used 8 "$out/bad/4k.webm"
# Small files of huge pictures.
ffmpeg -loglevel error -nostdin -y -f lavfi -i color=s=8192x8192:r=1:d=1 $fast "$out/bad/bomb-h264.mp4"
ffmpeg -loglevel error -nostdin -y -f lavfi -i color=s=16384x128:r=1:d=1 $fast "$out/bad/bomb-wide.mp4"
ffmpeg -loglevel error -nostdin -y -f lavfi -i color=white:s=12000x12000 -frames:v 1 "$out/part/bomb.png"
mv "$out/part/bomb.png" "$out/bad/bomb-png.mp4"
head -c 400000000 /dev/zero | gzip -1 >"$out/bad/bomb-gz.mp4"
# Lists, which name a film that would play.
film="$out/good/rate-25-320x180.mp4"
printf '#EXTM3U\n#EXTINF:1,\n%s\n' "$film" >"$out/bad/list.mp4"
printf '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://%s\n#EXT-X-ENDLIST\n' "$film" >"$out/bad/list-hls.mp4"
printf '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>file://%s</location></track></trackList></playlist>' \
    "$film" >"$out/bad/list-xspf.mp4"
# Boxes in boxes in boxes.
awk 'BEGIN { n = 2000; for (i = 0; i < n; i++) { s = (n - i) * 8; printf "%c%c%c%cmoov", 1, 1, 1 + int(s / 256), 1 + s % 255 } }' >"$out/bad/boxes.mp4"
# One that says it lasts a second, and does not end: its data go on for a quarter of a minute.
ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=320x180:r=10:d=15 $fast \
    -movflags +faststart "$out/bad/endless.mp4"
for box in mvhd:20 tkhd:24; do # the duration's place in them; a thousandth of a second is the unit
    at=$(LC_ALL=C grep -abo "${box%:*}" "$out/bad/endless.mp4" | head -n 1 | cut -d : -f 1)
    printf '\000\000\003\350' | dd of="$out/bad/endless.mp4" bs=1 seek=$((at + ${box#*:})) conv=notrunc status=none
done

# -- a picture, and a film that becomes one of 4K ------------------------------------------------

ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=320x180 -frames:v 1 "$out/part/picture.png"
mv "$out/part/picture.png" "$out/odd/picture.mp4"
film part/third.ts 3840x2160 5 $fast -c:a aac -output_ts_offset 0.8
cat "$out/good/stream-320x180.ts" "$out/part/third.ts" >"$out/odd/grows-4k.ts"
touch "$out/.done"
