#!/bin/sh
# One small clip of each codec, which a kiosk's player tries itself with: make.sh DIRECTORY
# 64x64, eight frames and a loud tone; see firmware/kiosk/codec_test.h.
set -eu
out=$1
mkdir -p "$out"

clip() { # FILE CODERS...
    file=$1
    shift
    ffmpeg -loglevel error -nostdin -y -f lavfi -i testsrc2=s=64x64:r=10:d=0.8 \
        -f lavfi -i sine=f=600:r=48000:d=0.8 -af volume=4 -pix_fmt yuv420p \
        -map_metadata -1 -fflags +bitexact -flags +bitexact "$@" "$out/$file"
}

clip h264-aac.mp4 -c:v libx264 -c:a aac
clip hevc-aac.mp4 -c:v libx265 -x265-params log-level=none -c:a aac
clip vp9-opus.webm -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus
clip av1-opus.webm -c:v libaom-av1 -usage realtime -cpu-used 8 -c:a libopus
