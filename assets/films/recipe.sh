# The words of a film's recipe. A film is one or more scenes, each a pile of layers.
#
#   scene SECONDS                     starts a scene; scenes dissolve into each other
#   still FILE.svg [Y H]              a drawing of 1280x720, or its rows from Y on; the first layer is
#                                     the ground
#   sheet NAME X Y W H FRAMES [SHIFT [HOLD]]   the cells of NAME.awk, repeated, from cell SHIFT on,
#                                     each shown for HOLD frames
#   crossing NAME W H FRAMES X0 Y PIXELS FROM   a sheet that crosses the picture from X0,
#                                     so many pixels a second, from FROM seconds on
#   drift FILE.svg Y H PIXELS SHIFT   a strip of 1280 + PIXELS that wanders so far to the right while
#                                     it appears and goes again; SHIFT 0 or 1 = half a turn later
#   flow FILE.svg Y H TILE TIMES      a strip of 1280 + TILE that repeats after TILE pixels and
#                                     wanders (leftward if TIMES < 0) so many tiles a scene
#   words FROM TO ANCHOR X Y SIZE COLOUR TEXT   from and to in seconds, Y the baseline
#   appear FILE.svg FROM TO           a drawing that comes and goes
#
# Each layer is one picture, read once; sheets and strips are cut anew for each frame, which costs
# nothing. Overlays know pairs of pixels only, so give even numbers; smaller steps of a strip are
# drawn in advance.

RATE=30
DISSOLVE=0.8
PIXELS='scale=in_range=full:out_range=tv:out_color_matrix=bt709,format=yuva420p'

begin_film() { # SOURCES WORK
    sources=$1
    cd "$2" || exit 1
    inputs=
    input=0
    scenes=0
    durations=
    : >graph
}

read_picture() { # PNG: one more input of ffmpeg's
    inputs="$inputs -framerate $RATE -i $1"
}

draw() { # SVG
    rsvg-convert "$1" -o "$input.png"
    read_picture "$input.png"
}

scene() { # SECONDS
    close_scene
    scenes=$((scenes + 1))
    seconds=$1
    frames=$(awk "BEGIN { print int($1 * $RATE + 0.5) }")
    durations="$durations $1"
    top=
}

# The layer drawn last, through FILTERS, onto the pile at X Y.
put() { # FILTERS X Y
    printf '[%d:v]%s,loop=%d:1,settb=1/%d,setpts=N,%s' \
        "$input" "$PIXELS" $((frames - 1)) "$RATE" "${1:+$1,}" >>graph
    if [ -z "$top" ]; then
        printf 'format=yuv420p[top%d];\n' "$input" >>graph
    else
        printf "format=yuva420p[in%d];%s[in%d]overlay='%s':'%s':format=yuv420[top%d];\n" \
            "$input" "$top" "$input" "$2" "$3" "$input" >>graph
    fi
    top="[top$input]"
    input=$((input + 1))
}

still() {
    draw "$sources/$1"
    put "${2:+crop=1280:$3:0:$2}" 0 "${2:-0}"
}

draw_sheet() { # NAME W H FRAMES; sets columns
    columns=$((4096 / $2))
    [ "$columns" -le "$4" ] || columns=$4
    sheet=$1-$2-$3-$4.png
    if [ ! -f "$sheet" ]; then
        awk -v "w=$2" -v "h=$3" -v "frames=$4" -v "cols=$columns" \
            -v "defs=$sources/moving.svg" -f "$sources/../sheet.awk" -f "$sources/$1.awk" \
            >sheet.svg
        rsvg-convert sheet.svg -o "$sheet"
    fi
    read_picture "$sheet"
}

cells() { # W H FRAMES SHIFT HOLD
    cell="mod(floor(n/$5)+$4,$3)"
    echo "crop=$1:$2:'$1*mod($cell,$columns)':'$2*floor($cell/$columns)'"
}

sheet() {
    draw_sheet "$1" "$4" "$5" "$6"
    put "$(cells "$4" "$5" "$6" "${7:-0}" "${8:-1}")" "$2" "$3"
}

crossing() {
    draw_sheet "$1" "$2" "$3" "$4"
    put "$(cells "$2" "$3" "$4" 0 1)" "$5+$7*max(0,t-$8)" "$6"
}

draw_strip() { # FILE W H
    awk -v "w=$2" -v "h=$3" -v "file=$sources/$1" -f "$sources/../strip.awk" >strip.svg
    draw strip.svg
}

# Cuts 1280 pixels at an offset that may be a part of a pixel.
cut() { # H OFFSET
    echo "crop=1280:$1:'2*floor(($2)/2)':'$1*mod(floor(4*($2)),8)'"
}

drift() {
    draw_strip "$1" $((1280 + $4)) "$3"
    third=$(awk "BEGIN { print $seconds / 3 }")
    late=$(awk "BEGIN { print $seconds * 2 / 3 }")
    half=$(awk "BEGIN { print $seconds / 2 }")
    sixth=$(awk "BEGIN { print $seconds / 6 }")
    if [ "$5" -eq 0 ]; then
        fades="fade=in:st=0:d=$third:alpha=1,fade=out:st=$late:d=$third:alpha=1"
    else
        fades="fade=out:st=$sixth:d=$third:alpha=1:enable='lt(t,$half)'"
        fades="$fades,fade=in:st=$half:d=$third:alpha=1:enable='gte(t,$half)'"
    fi
    put "$(cut "$3" "$4*(1-mod(n/$frames+$5/2,1))"),$fades" 0 "$2"
}

flow() {
    draw_strip "$1" $((1280 + $4)) "$3"
    put "$(cut "$3" "mod($4-$5*$4*n/$frames+64*$4,$4)")" 0 "$2"
}

fade_between() { # FROM TO
    fades=
    if awk "BEGIN { exit !($1 > 0) }"; then
        fades="fade=in:st=$1:d=0.6:alpha=1"
    fi
    if awk "BEGIN { exit !($2 < $seconds) }"; then
        fades="${fades:+$fades,}fade=out:st=$(awk "BEGIN { print $2 - 0.6 }"):d=0.6:alpha=1"
    fi
    echo "$fades"
}

words() {
    height=$(awk "BEGIN { print int($6 * 1.5) }")
    width=1280
    [ "$3" != start ] || width=800 # beside the picture
    cat >words.svg <<SVG
<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height">
<text x="$4" y="$6" text-anchor="$3" font-family="BIZ UDGothic" font-weight="bold"
 font-size="$6" fill="$7" xml:space="preserve">$8</text>
</svg>
SVG
    draw words.svg
    put "$(fade_between "$1" "$2")" 0 $(($5 - $6))
}

appear() {
    draw "$sources/$1"
    put "$(fade_between "$2" "$3")" 0 0
}

close_scene() {
    [ "$scenes" -eq 0 ] || printf '%sformat=yuv420p[scene%d];\n' "$top" "$scenes" >>graph
}

# Scenes dissolve: each begins DISSOLVE before the one before it ends.
join_scenes() {
    joined='[scene1]'
    number=1
    offset=0
    for duration in $durations; do
        [ "$number" -eq 1 ] || {
            printf '%s[scene%d]xfade=fade:duration=%s:offset=%s[joined%d];\n' "$joined" \
                "$number" "$DISSOLVE" "$offset" "$number" >>graph
            joined="[joined$number]"
        }
        offset=$(awk "BEGIN { print $offset + $duration - $DISSOLVE }")
        number=$((number + 1))
    done
    printf '%sformat=yuv420p[film]\n' "$joined" >>graph
}

end_film() { # FILE
    close_scene
    join_scenes
    # shellcheck disable=SC2086 # names without spaces, made above
    ffmpeg -loglevel error -nostdin -y $inputs -filter_complex_script graph -map '[film]' \
        -c:v libx264 -preset veryfast -tune animation -crf 20 -profile:v high -g 240 -r "$RATE" \
        -color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709 \
        -movflags +faststart "$1"
}
