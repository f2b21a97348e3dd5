#!/bin/sh
# schedules.sh TOP: every test that tests/core/SCHEDULES.md names is in the source that it names, and
# every schedule names one.
set -eu
cd "$1"
list=tests/core/SCHEDULES.md
bad=0
fail() { echo "$list: $*"; bad=1; }

# A C test is defined and registered; a planted bug is a line of its table; node's have their title.
check() {
    [ -f "$1" ] || { fail "$1 does not exist"; return; }
    case $1 in
    */bugs.c) grep -q "X($2," "$1" || fail "$1 plants no bug $2" ;;
    *.c) [ "$(grep -cw -- "$2" "$1")" -ge 2 ] || fail "$1 has no test $2" ;;
    *) grep -qF -- "'$2'" "$1" || fail "$1 has no test '$2'" ;;
    esac
}

file='' heading='' held=1 schedules=0
while IFS= read -r line; do
    case $line in
    '### '*)
        [ $held = 1 ] || fail "\"$heading\" is held by no test"
        heading=${line#\#\#\# } held=0 file='' schedules=$((schedules + 1))
        ;;
    '- `tests/'* | '  `'*)
        rest=$line
        while [ "${rest#*\`}" != "$rest" ]; do
            rest=${rest#*\`}
            word=${rest%%\`*}
            rest=${rest#*\`}
            case $word in
            tests/*) file=$word ;;
            *) check "$file" "$word"; held=1 ;;
            esac
        done
        ;;
    esac
done <"$list"
[ $held = 1 ] || fail "\"$heading\" is held by no test"
[ $schedules -ge 40 ] || fail "only $schedules schedules could be read"
exit $bad
