#!/bin/sh
# slots.sh: the card's boot script in U-Boot, on a card whose slots are both empty: each has three tries, then the
# other's turn comes, and after the last one everything begins again; a torn sector of counters costs the counters
# and nothing else; what was not loaded is never started. QEMU's board virt, half a minute; where it is not
# installed this says so and ends with 77.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
UBOOT=/usr/lib/u-boot/qemu_arm64/u-boot.bin
COUNTERS=1024 # the sector, see cmake/image/boot.cmd
LIMIT=300     # seconds for all tries of both slots, on a machine that others use, too

for program in qemu-system-aarch64 mkimage mcopy mkfs.vfat sfdisk; do
    command -v $program >/dev/null || { echo "Skipped: no $program"; exit 77; }
done
[ -e $UBOOT ] || { echo "Skipped: no $UBOOT"; exit 77; }

work=$(mktemp -d)
card=$work/card.img said=$work/said qemu=''
trap '[ -z "$qemu" ] || kill "$qemu" 2>/dev/null || :; rm -rf "$work"' EXIT

fail()
{
    echo "slots.sh: $*" >&2
    tr -d '\r' <"$said" | tail -n 60 >&2
    exit 1
}

lay_card()
{
    truncate -s 64M "$card"
    truncate -s 32M "$work/fat.img"
    printf 'label: dos\nlabel-id: 0x4d616368\n%s\n%s\n%s\n' 'start=8192, size=65536, type=c, bootable' \
        'start=73728, size=16384, type=83' 'start=90112, size=16384, type=83' | sfdisk --quiet "$card"
    mkfs.vfat "$work/fat.img" >/dev/null
    mkimage -q -A arm64 -T script -C none -n Machiai -d "$here/../../cmake/image/boot.cmd" "$work/boot.scr" >/dev/null
    mcopy -i "$work/fat.img" "$work/boot.scr" ::boot.scr
    dd if="$work/fat.img" of="$card" bs=1M seek=4 conv=notrunc status=none
}

# A kernel that does nothing but stand, by the header that booti asks for, and something as its initrd.
fill_slot_a()
{
    mkdir -p "$work/slot/boot"
    {
        printf '\000\000\000\024\000\000\000\000' # branch to itself
        printf '\000\000\000\000\000\000\000\000\000\020\000\000\000\000\000\000\012\000\000\000\000\000\000\000'
        head -c 24 /dev/zero
        printf 'ARM\144\000\000\000\000'
        head -c 4032 /dev/zero
    } >"$work/slot/boot/vmlinuz"
    head -c 5000 /dev/urandom >"$work/slot/boot/initrd.img"
    mke2fs -q -t ext4 -d "$work/slot" "$work/slot.ext4" 8M >/dev/null
    dd if="$work/slot.ext4" of="$card" bs=512 seek=73728 conv=notrunc status=none
}

# Starts the card until WORDS have come NUMBER times out of its serial line; the script's own lines, up to LAST.
lines() # WORDS NUMBER LAST
{
    : >"$said"
    qemu-system-aarch64 -M virt -cpu cortex-a72 -m 512 -accel tcg -nic none -bios $UBOOT \
        -drive if=none,id=card,file="$card",format=raw -device virtio-blk-pci,drive=card \
        -display none -monitor none -serial "file:$said" >/dev/null 2>&1 &
    qemu=$!
    waited=0
    while [ "$(grep -ac "$1" "$said" || :)" -lt "$2" ]; do
        kill -0 "$qemu" 2>/dev/null || fail "QEMU ended by itself"
        [ $waited -lt $LIMIT ] || fail "'$1' came not $2 times in $LIMIT s"
        sleep 1
        waited=$((waited + 1))
    done
    kill "$qemu"
    wait "$qemu" 2>/dev/null || :
    qemu=''
    tr -d '\r' <"$said" | grep -a 'machiai: ' | grep -v 'does not start' | sed 's/.*machiai: //' | head -n "$3" >"$work/lines"
}

lay_card
lines 'machiai: ' 16 9
cat >"$work/wanted" <<'T'
slot A, tries left A 2 B 3
slot A, tries left A 1 B 3
slot A, tries left A 0 B 3
slot B, tries left A 0 B 2
slot B, tries left A 0 B 1
slot B, tries left A 0 B 0
every try of both slots is used up: from the beginning
slot A, tries left A 2 B 3
T
sed -i '/no counters yet/d' "$work/lines"
cmp -s "$work/lines" "$work/wanted" || { cat "$work/lines" >&2; fail "the slots do not take turns"; }
grep -aq 'Image magic' "$said" && fail "something was started that nobody had loaded" || :

printf 'torn' | dd of="$card" bs=512 seek=$COUNTERS conv=notrunc status=none
lines 'machiai: ' 2 2
grep -q 'no counters yet' "$work/lines" && grep -q 'slot A, tries left A 2 B 3' "$work/lines" ||
    fail "a torn sector of counters stops the start"

fill_slot_a
lines 'Starting kernel' 1 1
grep -q 'slot A, tries left A 1 B 3' "$work/lines" || fail "the counters of the start before are lost"
tr -d '\r' <"$said" | grep -aq 'Loading Ramdisk to .*' || fail "slot A starts without its initrd"
echo "three tries for each slot, then the other's turn; torn counters begin again"
