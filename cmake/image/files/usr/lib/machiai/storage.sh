#!/bin/sh
# The partitions that last: `records` (what was given out, printed, heard) and `media` (films, journal).
# Made at the first start in what the card has left behind the two slots; apart, so that no film can
# take a ticket's place. A sector between them says which of them is still to be formatted: a file
# system that is only damaged is never made anew.
set -eu

RECORDS_MAX_MIB=2048
RECORDS_MIN_MIB=64
SECTORS_PER_MIB=2048

wanted=$(sed 's/.*root=PARTUUID=\([^ ]*\).*/\1/' /proc/cmdline)
root=$(readlink -f "/dev/disk/by-partuuid/$wanted")
disk=/dev/$(basename "$(dirname "$(readlink -f "/sys/class/block/${root##*/}")")")

part() # NUMBER
{
    case $disk in
    *[0-9]) echo "${disk}p$1" ;;
    *) echo "$disk$1" ;;
    esac
}

sector_of() # NUMBER: where the partition begins
{
    sfdisk -d "$disk" | sed -n "s#^$(part "$1") :.*start= *\([0-9]*\).*#\1#p"
}

# The mark of partition 5 or 6 lies in the gap behind the extended partition's own table.
mark() # NUMBER TEXT
{
    printf '%-512s' "$2" |
        dd of="$disk" bs=512 seek="$(($(sector_of 4) + $1))" conv=fsync,notrunc status=none
}

marked() # NUMBER
{
    dd if="$disk" bs=512 skip="$(($(sector_of 4) + $1))" count=1 status=none |
        grep -q '^machiai: format'
}

make_partitions()
{
    last=$(sfdisk -d "$disk" | sed -n "s#^$(part 3) :.*start= *\([0-9]*\), size= *\([0-9]*\).*#\1 \2#p")
    begin=$((${last% *} + ${last#* }))
    end=$(cat "/sys/class/block/${disk##*/}/size")
    left=$(((end - begin) / SECTORS_PER_MIB - 2))
    records=$((left / 4))
    [ $records -le $RECORDS_MAX_MIB ] || records=$RECORDS_MAX_MIB
    [ $records -ge $RECORDS_MIN_MIB ] || {
        echo "machiai: $disk has $left MiB left behind the slots; use a card of 8 GB or more"
        exit 1
    }
    five=$((begin + SECTORS_PER_MIB))
    six=$((five + records * SECTORS_PER_MIB + SECTORS_PER_MIB))
    for number in 5 6; do # before the table names them
        printf '%-512s' 'machiai: format' |
            dd of="$disk" bs=512 seek=$((begin + number)) conv=fsync,notrunc status=none
    done
    {
        sfdisk -d "$disk" | sed '/^.*[0-9] : start/d'
        sfdisk -d "$disk" | grep -e "^$(part 1) :" -e "^$(part 2) :" -e "^$(part 3) :"
        echo "$(part 4) : start=$begin, size=$((end - begin)), type=5"
        echo "$(part 5) : start=$five, size=$((records * SECTORS_PER_MIB)), type=83"
        echo "$(part 6) : start=$six, size=$((end - six)), type=83"
    } >/run/machiai-table
    sfdisk --quiet --no-reread --no-tell-kernel --force "$disk" </run/machiai-table >/run/machiai-sfdisk 2>&1 || {
        cat /run/machiai-sfdisk
        exit 1
    }
    partx --update --nr 4:6 "$disk" # a power cut may have left some of them
}

format() # NUMBER LABEL
{
    marked "$1" || return 0
    mkfs.ext4 -q -F -L "$2" -E lazy_itable_init=1,lazy_journal_init=1 "$(part "$1")"
    sync
    mark "$1" ''
}

# What a power cut left is put right here; what it could not put right the status screen shows.
open_file_system() # NUMBER DIR
{
    e2fsck -p "$(part "$1")" >/dev/null || [ $? -le 1 ] || echo "machiai: the file system $2 has errors"
    mkdir -p "$2"
    mount -t ext4 -o noatime,nodev,nosuid,noexec "$(part "$1")" "$2"
}

lay() # FROM TO MODE OWNER
{
    mkdir -p "$1" "$2"
    chmod "$3" "$1"
    chown "$4" "$1"
    mount --bind "$1" "$2"
}

[ -b "$(part 6)" ] || make_partitions
format 5 records
format 6 media
open_file_system 5 /records
lay /records/machiai /var/lib/machiai 0700 machiai:machiai
lay /records/printing /var/lib/machiai-printing 0750 lp:lp
lay /records/clock /var/lib/systemd/timesync 0755 systemd-timesync:systemd-timesync
# Without films a clinic goes on.
if open_file_system 6 /media; then
    lay /media/contents /var/lib/machiai/contents 0700 machiai:machiai
    lay /media/journal /var/log/journal 2755 root:systemd-journal
fi
