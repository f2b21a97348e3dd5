#!/bin/sh
# Films as clinics bring them, good and bad: clips.sh DIRECTORY
set -eu
out=$1
mkdir -p "$out"

make() { # NAME ARGUMENTS...: what ffmpeg makes of its test picture
    name=$1
    shift
    ffmpeg -loglevel error -nostdin -y "$@" "$out/$name"
}
picture() { # WIDTHxHEIGHT RATE SECONDS
    printf 'testsrc2=s=%s:r=%s:d=%s' "$1" "$2" "$3"
}
h264="-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
tone="-f lavfi -i sine=f=440:d=3"

# -- as they should be
make good.mp4 -f lavfi -i "$(picture 320x180 25 2)" $h264 -profile:v high -preset veryfast -movflags +faststart
# -- to be converted
make wide4k.mp4 -f lavfi -i "$(picture 3840x2160 10 1.5)" $h264
make upright.mp4 -f lavfi -i "$(picture 1080x1920 10 1.5)" $h264
make sixty.mp4 -f lavfi -i "$(picture 320x180 60 2)" $h264
make uneven.mp4 -f lavfi -i "$(picture 320x180 30 3)" -vf "select='not(mod(n,3))+lt(n,30)'" -vsync vfr $h264
make turned0.mp4 -f lavfi -i "$(picture 320x180 25 2)" $h264
make turned.mp4 -i "$out/turned0.mp4" -c copy -metadata:s:v rotate=90
make surround.mp4 -f lavfi -i "$(picture 320x180 25 3)" -f lavfi -i "sine=f=440:d=3,pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0" $h264 -c:a aac
make loud.mp4 -f lavfi -i "$(picture 320x180 25 3)" $tone -filter:a volume=15dB $h264 -c:a aac -ac 2 -ar 48000
make soft.mp4 -f lavfi -i "$(picture 320x180 25 3)" $tone -filter:a volume=-20dB $h264 -c:a aac -ac 2 -ar 48000
make silence.mp4 -f lavfi -i "$(picture 320x180 25 3)" -f lavfi -i anullsrc=d=3 $h264 -c:a aac
make named.mkv -f lavfi -i "$(picture 320x180 25 2)" -metadata title=SECRET-NAME -metadata location=+35.6-139.7/ $h264
make presentation.wmv -f lavfi -i "$(picture 640x480 15 2)" $tone -c:v wmv2 -c:a wmav2
make nine.webm -f lavfi -i "$(picture 320x180 25 1.5)" -c:v libvpx-vp9 -deadline realtime -cpu-used 8
make phone.mp4 -f lavfi -i "$(picture 320x180 25 1.5)" -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=none:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc
make tv.mpg -f lavfi -i "$(picture 720x480 30000/1001 2)" -vf setsar=8/9 -flags +ildct+ilme -top 1 -c:v mpeg2video
make four44.mp4 -f lavfi -i "$(picture 320x180 25 2)" -c:v libx264 -preset ultrafast -pix_fmt yuv444p
make odd.avi -f lavfi -i "$(picture 322x182 25 2)" -vf crop=321:181:exact=1 -pix_fmt yuvj444p -c:v mjpeg
# -- to be refused
make eightk.mp4 -f lavfi -i "color=s=7680x4320:r=1:d=2" $h264
make tiny.mp4 -f lavfi -i "$(picture 8x8 25 2)" $h264
make long.mp4 -f lavfi -i "color=s=16x16:r=1:d=1900" $h264
make short.mp4 -f lavfi -i "$(picture 320x180 25 0.4)" $h264
make fast.mp4 -f lavfi -i "$(picture 64x64 240 2)" $h264
make still.png -f lavfi -i "$(picture 320x180 1 1)" -frames:v 1
make sound.mp4 $tone -c:a aac
make cover.mp3 $tone -i "$out/still.png" -map 0 -map 1 -c:v copy -disposition:v attached_pic -c:a libmp3lame
make one.mp4 -f lavfi -i "$(picture 320x180 1 1)" -frames:v 1 $h264
head -c 200000 /dev/urandom >"$out/junk.mp4"
: >"$out/empty.mp4"
printf 'this is no film' >"$out/text.mp4"
printf '#EXTM3U\nfile:///etc/hostname\n' >"$out/list.mp4"
printf "ffconcat version 1.0\nfile '%s'\n" "$out/good.mp4" >"$out/concat.mp4"
# its index, which stands first, promises what the data do not hold
make whole.mp4 -f lavfi -i "$(picture 320x180 25 8)" $h264 -g 25 -movflags +faststart
size=$(wc -c <"$out/whole.mp4")
head -c $((size / 3)) "$out/whole.mp4" >"$out/cut.mp4"
head -c $((size / 3)) "$out/whole.mp4" | tail -c $((size / 3 - 40000)) >"$out/headless.mp4"
make whole.mkv -i "$out/whole.mp4" -c copy
head -c $((size / 3)) "$out/whole.mkv" >"$out/cut.mkv"
# whole in length, and zeros from the middle on
{ head -c $((size / 2)) "$out/whole.mp4"; head -c $((size / 2)) /dev/zero; } >"$out/zeros.mp4"
# two seconds, and one more frame 25 minutes later: what is uneven is filled up
make gap.mp4 -f lavfi -i "color=s=16x16:r=10:d=2" -vf "setpts='if(eq(N,19),1500/TB,PTS)'" -vsync passthrough $h264
# -- photographs: one of a telephone, turned by a mark and with a place in it; a cut one; bombs
make plain.jpg -f lavfi -i "$(picture 3840x2880 1 1)" -frames:v 1
tiff='MM\000*\000\000\000\010\000\001\001\022\000\003\000\000\000\001\000\006\000\000\000\000\000\000GPS-35.68-139.76'
{
    head -c 2 "$out/plain.jpg"
    printf "\377\341\000\062Exif\000\000$tiff" # 2 + 6 + 26 + 16 bytes
    tail -c +3 "$out/plain.jpg"
} >"$out/phone.jpg"
head -c 3000 "$out/still.png" >"$out/cut.png"
make bomb.png -f lavfi -i "color=s=12000x12000:r=1:d=1" -frames:v 1 -compression_level 9 -pix_fmt gray
make huge.jpg -f lavfi -i "color=s=12000x8000:r=1:d=1" -frames:v 1 -pix_fmt yuvj420p
touch "$out/.done"
