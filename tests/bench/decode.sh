#!/bin/sh
# decode.sh FOLDER [FILM...]: instructions that one frame takes to decode, film by film; the ground of BOARDS.md.
# Films of the cloud's profile (cloud/FILMS.md) at its highest bit rate, and like ones of other coders, are made in FOLDER; then
# ffmpeg's decoders (the ones libvlc calls) run under callgrind, with vectors of 128 bits as ARM's NEON has. What 40 frames take more than 10.
# Slow: some minutes a film.
set -eu
out=$1
shift
mkdir -p "$out"

film() { # NAME SIZE RATE CODER...
    name=$1 size=$2 rate=$3
    shift 3
    [ -s "$out/$name.mkv" ] || ffmpeg -loglevel error -nostdin -y -f lavfi \
        -i "mandelbrot=s=$size:r=$rate:start_scale=0.4:end_scale=0.001:end_pts=90" -f lavfi -i "testsrc2=s=$size:r=$rate" \
        -filter_complex '[0][1]blend=all_mode=average,noise=alls=12:allf=t,format=yuv420p' -t 2 "$@" "$out/$name.mkv"
}
profile='-c:v libx264 -profile:v high -preset veryfast -crf 20 -maxrate 8M -bufsize 16M'
film h264-1080p30 1920x1080 30 $profile
film h264-1080p30-low 1920x1080 30 -c:v libx264 -profile:v high -preset veryfast -crf 20 -maxrate 2M -bufsize 4M
film h264-1080p25 1920x1080 25 $profile
film h264-720p30 1280x720 30 $profile
film h264-480p30 854x480 30 $profile
film hevc-1080p30 1920x1080 30 -c:v libx265 -preset ultrafast -b:v 6M -x265-params log-level=none
film vp9-1080p30 1920x1080 30 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -row-mt 1 -b:v 6M
film av1-1080p30 1920x1080 30 -c:v libaom-av1 -usage realtime -cpu-used 8 -row-mt 1 -b:v 6M

instructions() { # FILM FRAMES
    valgrind --tool=callgrind --callgrind-out-file=/dev/null ffmpeg -loglevel error -nostdin -cpuflags sse4.2 -threads 1 -i "$1" \
        -map 0:v -frames:v "$2" -fps_mode passthrough -f null - 2>&1 | sed -n 's/.*Collected : //p'
}
echo 'film, kbit/s, million instructions a frame'
for file in "$out"/*.mkv "$@"; do
    few=$(instructions "$file" 10)
    many=$(instructions "$file" 40)
    rate=$(ffprobe -loglevel error -show_entries format=bit_rate -of csv=p=0 "$file")
    echo "$(basename "$file" .mkv), $((rate / 1000)), $(((many - few) / 30000000))"
done
