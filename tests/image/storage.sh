#!/bin/sh
# storage.sh: a card's first start makes the partitions that last, and the power goes in the middle of it:
# between the writes of the partition table, and between the script's commands. The next start must end it,
# and what was written since is never formatted. A loop device is the card; so it runs as root, in a mount
# name space of its own. Where that is not possible it says so and ends with 77.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
script=$here/../../cmake/image/files/usr/lib/machiai/storage.sh
FOUR=7610368   # sectors of a card of 5 GiB: behind the two slots, where the table of partition 5 lies,
SIX=8329216    # and that of partition 6
EACH=3         # of the script's commands there is one at which the power goes

if [ "${1:-}" != --inside ]; then
    for program in losetup partx sfdisk mkfs.ext4 unshare bash; do
        command -v $program >/dev/null || { echo "Skipped: no $program"; exit 77; }
    done
    probe=$(mktemp)
    truncate -s 1M "$probe"
    unshare --mount sh -c 'mount --make-rprivate / && disk=$(losetup --find --show "$1") && losetup --detach "$disk"' \
        sh "$probe" >/dev/null 2>&1 && can=yes || can=no
    rm -f "$probe"
    [ $can = yes ] || { echo "Skipped: it needs root, a mount name space and a loop device"; exit 77; }
    exec unshare --mount sh "$0" --inside
fi

work=$(mktemp -d)
root=$work/root said=$work/said disk=''
trap 'unplug; umount -R "$root" 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

fail()
{
    echo "storage.sh: $*" >&2
    cat "$said" >&2
    exit 1
}

# What the script sees: this machine's programs, devices and kernel, a card's accounts and kernel words.
lay_root()
{
    mkdir "$root"
    mount -t tmpfs tmpfs "$root"
    for name in usr proc sys dev run etc var/lib var/log tmp; do mkdir -p "$root/$name"; done
    for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
    mount --bind /usr "$root/usr"
    mount --bind /proc "$root/proc"
    mount --bind /sys "$root/sys"
    mkdir -p /dev/disk
    mount --bind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/dev/disk"
    mkdir "$root/dev/disk/by-partuuid"
    for user in root:0 machiai:901 lp:7 systemd-timesync:902; do
        echo "${user%:*}:x:${user#*:}:${user#*:}::/:/bin/sh" >>"$root/etc/passwd"
        echo "${user%:*}:x:${user#*:}:" >>"$root/etc/group"
    done
    echo systemd-journal:x:903: >>"$root/etc/group"
    cp "$script" "$root/start.sh"
    echo 'root=PARTUUID=4d616368-02 ro quiet' >"$work/cmdline"
    mount --bind "$work/cmdline" "$root/proc/cmdline"
}

new_card() # FILE
{
    rm -f "$1"
    truncate -s 5G "$1"
    printf 'label: dos\nlabel-id: 0x4d616368\n%s\n%s\n%s\n' 'start=8192, size=262144, type=c' \
        'start=270336, size=3670016, type=83' 'start=3940352, size=3670016, type=83' | sfdisk --quiet "$1"
}

plug_in() # FILE
{
    disk=$(losetup --find --show "$1")
    partx --add "$disk" # as a kernel does that reads the table
    ln -s "../../${disk##*/}p2" "$root/dev/disk/by-partuuid/4d616368-02"
}

# Power off: what was mounted is gone without a word to the script.
unplug()
{
    [ -n "$disk" ] || return 0
    awk -v root="$root/" 'index($2, root) == 1 && $1 ~ /^\/dev\/loop/ { print $2 }' /proc/mounts | sort -r |
        while read -r place; do umount "$place"; done
    rm -f "$root/dev/disk/by-partuuid/4d616368-02"
    partx --delete "$disk" 2>/dev/null || :
    losetup --detach "$disk"
    disk=''
}

# A start that comes to its end: both are mounted and can be written.
whole() # FILE WHEN
{
    plug_in "$1"
    chroot "$root" sh /start.sh >"$said" 2>&1 || fail "the start $2 fails"
    for place in records media var/lib/machiai var/lib/machiai-printing var/lib/machiai/contents var/log/journal; do
        mountpoint -q "$root/$place" || fail "the start $2 leaves no /$place"
    done
    [ "$(stat -c %U:%a "$root/records/machiai")" != root:755 ] || fail "the start $2 leaves the records to root"
}

# A start at whose command NUMBER the power goes; false when it has no so many.
cut() # FILE NUMBER
{
    plug_in "$1"
    ended=no
    chroot "$root" bash -c 'n=0
        trap "n=\$((n + 1)); [ \$n -lt '"$2"' ] || kill -9 \$\$" DEBUG
        set -T
        . /start.sh' >"$said" 2>&1 && ended=yes || :
    unplug
    [ $ended = no ]
}

write() { echo "number 14" >"$root/var/lib/machiai/ticket"; }
still() { [ "$(cat "$root/var/lib/machiai/ticket" 2>/dev/null)" = "number 14" ] || fail "$1 lost what was written"; }

# The table is three sectors; a card may keep any of them when the power goes.
torn_tables()
{
    new_card "$work/card"
    cp --sparse=always "$work/card" "$work/marked"
    whole "$work/card" "of a new card"
    unplug
    for mark in 5 6; do # they come before the table
        printf '%-512s' 'machiai: format' | dd of="$work/marked" bs=512 seek=$((FOUR + mark)) conv=notrunc status=none
    done
    for kept in "0" "0 $FOUR" "0 $SIX" "$FOUR" "$FOUR $SIX"; do
        cp --sparse=always "$work/marked" "$work/torn"
        for sector in $kept; do
            dd if="$work/card" of="$work/torn" bs=512 skip="$sector" seek="$sector" count=1 conv=notrunc status=none
        done
        whole "$work/torn" "after a table of which the sectors '$kept' were written"
        unplug
    done
}

cut_anywhere()
{
    number=1
    while new_card "$work/card" && cut "$work/card" $number; do
        whole "$work/card" "after a first start that ended at its command $number"
        write
        unplug
        cut "$work/card" $number || :
        whole "$work/card" "after a second start that ended at its command $number"
        still "a start that ended at its command $number"
        unplug
        number=$((number + EACH))
    done
    [ $number -gt 30 ] || fail "the first start has hardly a command"
    echo "power gone at each ${EACH}th of $number commands, and in the table's writes: the next start ends it"
}

mount --make-rprivate /
lay_root
torn_tables
cut_anywhere
