#!/bin/sh
# A private cupsd: own configuration, spool, log and socket in one directory; no network listener,
# nothing shared with the system's CUPS. Works as root or as anybody.
#
#   cupsd.sh start DIR [BACKEND]   BACKEND: path of our `escpos` backend; prints "ready DIR/cups.sock"
#   cupsd.sh stop DIR
#   cupsd.sh run DIR [BACKEND]     becomes that cupsd, for a service manager
set -eu

SOCKET_PATH_MAX=107 # of sockaddr_un, without the final NUL
START_TRIES=250     # of 20 ms
STOP_TRIES=150

fail()
{
    echo "cupsd.sh: $*" >&2
    exit 1
}

usage()
{
    echo "usage: cupsd.sh start DIR [BACKEND] | cupsd.sh stop DIR | cupsd.sh run DIR [BACKEND]" >&2
    exit 2
}

# The pid of this directory's cupsd; fails when it does not run. The command line is checked, since
# a number in a file may meanwhile belong to another program.
running()
{
    [ -r "$dir/cupsd.pid" ] || return 1
    read -r pid < "$dir/cupsd.pid" || return 1
    [ -r "/proc/$pid/cmdline" ] || return 1
    tr '\0' ' ' < "/proc/$pid/cmdline" | grep -qF -- "$dir/cupsd.conf" || return 1
    echo "$pid"
}

write_configuration()
{
    if [ "$(id -u)" -eq 0 ]; then
        user=lp group=lp system=root
    else
        user=$(id -un) group=$(id -gn) system=root
    fi
    # cupsd refuses the same group in both places.
    [ "$group" != root ] || system=daemon

    # An empty PageLog (documented as "off") crashes cupsd 2.4.2 when a job is aborted.
    cat > "$dir/cups-files.conf" << CONF
User $user
Group $group
SystemGroup $system
FileDevice No
FatalErrors config listen permissions
LogFilePerm 0644
ServerRoot $dir
ServerBin $dir/bin
DataDir $dir/data
DocumentRoot $dir/data
RequestRoot $dir/spool
TempDir $dir/spool/tmp
CacheDir $dir/cache
StateDir $dir/state
ErrorLog $dir/log/error_log
AccessLog $dir/log/access_log
PageLog $dir/log/page_log
CONF
    # Who may reach the socket may do everything: whoever needs less guards the directory.
    # DirtyCleanInterval 0: a job outlives a crash of cupsd, and the backend's marker keeps it from
    # being printed twice. History stays, or a finished job could not be told from an unknown one.
    cat > "$dir/cupsd.conf" << CONF
Listen $dir/cups.sock
Browsing No
WebInterface No
DefaultShared No
LogLevel warn
AccessLogLevel config
LogDebugHistory 0
MaxLogSize 256k
ErrorPolicy abort-job
PreserveJobHistory Yes
PreserveJobFiles No
MaxJobs 200
MaxJobTime 90
MaxRequestSize 1m
DirtyCleanInterval 0
DefaultAuthType None
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  SubscriptionPrivateAccess all
  SubscriptionPrivateValues none
  <Limit All>
    Order deny,allow
    Allow all
  </Limit>
</Policy>
CONF
    # Raw bytes are the only format: no filters, no conversions.
    echo "application/vnd.cups-raw" > "$dir/data/mime/mime.types"
    : > "$dir/data/mime/mime.convs"
}

# cupsd starts everything through its own small helper; nothing else of the system's tree is needed.
install_helper()
{
    for tree in /usr/lib/cups /usr/libexec/cups; do
        if [ -x "$tree/daemon/cups-exec" ]; then
            ln -sf "$tree/daemon/cups-exec" "$dir/bin/daemon/cups-exec"
            return
        fi
    done
    fail "no cups-exec below /usr/lib/cups: apt-get install cups-daemon"
}

# cupsd runs a backend as lp when others may execute it, else as root. The latter is right only for
# a directory that lp cannot enter (below /root, say).
install_backend()
{
    [ -f "$1" ] || fail "no backend at $1: build the target escpos first"
    rm -f "$dir/bin/backend/escpos"
    cp "$1" "$dir/bin/backend/escpos" || fail "cannot copy $1 to $dir/bin/backend"
    chmod 0755 "$dir/bin/backend/escpos"
    # A card's data lie where nothing is executed: it runs from where it was installed.
    [ -x "$dir/bin/backend/escpos" ] || ln -sf "$(realpath "$1")" "$dir/bin/backend/escpos"
    if [ "$(id -u)" -eq 0 ]; then
        chown root:root "$dir/bin/backend/escpos"
        setpriv --reuid=lp --regid=lp --clear-groups test -x "$dir/bin/backend/escpos" ||
            chmod 0700 "$dir/bin/backend/escpos"
    fi
}

# Lays the directory out; sets program and dir.
prepare()
{
    program=$(command -v cupsd || command -v /usr/sbin/cupsd) ||
        fail "no cupsd: apt-get install cups-daemon"
    mkdir -p "$dir" || fail "cannot make $dir"
    dir=$(cd "$dir" && pwd)
    case $dir in
    *[!A-Za-z0-9/._+-]*) fail "$dir: cupsd's configuration needs a path of plain letters" ;;
    esac
    [ "$(printf %s "$dir/cups.sock" | wc -c)" -le $SOCKET_PATH_MAX ] ||
        fail "$dir: too long for a socket path (at most $SOCKET_PATH_MAX characters)"
    if pid=$(running); then
        fail "already running for $dir (process $pid): cupsd.sh stop $dir"
    fi
    mkdir -p "$dir/bin/backend" "$dir/bin/daemon" "$dir/data/mime" "$dir/data/banners" \
        "$dir/spool/tmp" "$dir/cache" "$dir/state" "$dir/log"
    rm -f "$dir/cups.sock" "$dir/cupsd.pid"
    write_configuration
    install_helper
    [ -z "$backend" ] || install_backend "$backend"
}

start()
{
    prepare
    # A session of its own, so that Ctrl-C in a terminal ends what uses it first.
    setsid "$program" -f -c "$dir/cupsd.conf" -s "$dir/cups-files.conf" \
        > "$dir/log/output" 2>&1 < /dev/null &
    pid=$!
    echo "$pid" > "$dir/cupsd.pid"
    tries=0
    while [ ! -S "$dir/cups.sock" ]; do
        tries=$((tries + 1))
        if [ $tries -gt $START_TRIES ] || ! kill -0 "$pid" 2> /dev/null; then
            cat "$dir/log/output" "$dir/log/error_log" 2> /dev/null | tail -n 20 >&2
            fail "cupsd did not start; its last words are above"
        fi
        sleep 0.02
    done
    echo "ready $dir/cups.sock"
}

# The same in the foreground: the process is cupsd's own from here on.
run()
{
    prepare
    exec "$program" -f -c "$dir/cupsd.conf" -s "$dir/cups-files.conf"
}

stop()
{
    [ -d "$dir" ] || return 0
    dir=$(cd "$dir" && pwd)
    if pid=$(running); then
        kill "$pid" 2> /dev/null || :
        tries=0
        while kill -0 "$pid" 2> /dev/null; do
            tries=$((tries + 1))
            [ $tries -le $STOP_TRIES ] || kill -9 "$pid" 2> /dev/null || :
            sleep 0.02
        done
    fi
    rm -f "$dir/cupsd.pid" "$dir/cups.sock"
}

[ $# -ge 2 ] || usage
dir=$2
backend=${3:-}
case $1 in
start) start ;;
stop) stop ;;
run) run ;;
*) usage ;;
esac
