#!/bin/sh
# assemble.sh WORK DEBS IMAGE: lays the Debian tree WORK/rootfs.tar, our packages in DEBS, and the
# files of this directory out as a card: FAT, two slots, and behind them what the first start makes.
# No loop devices: file systems are made of directories. Runs as root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/debian.sh"
[ $# -eq 3 ] || fail "usage: assemble.sh WORK DEBS IMAGE"
work=$(cd "$1" && pwd) debs=$(cd "$2" && pwd) image=$3
root=$work/root

SLOT_MIB=1792
BOOT_MIB=128
BOOT_PACKAGES='raspi-firmware u-boot-rpi busybox-static' # of bootfiles.sh: unpacked, so dpkg does not know them
SIGNATURE=4d616368 # of the partition table: root=PARTUUID= in boot.cmd names it

unpack()
{
    rm -rf "$root"
    mkdir -p "$root"
    tar -xf "$work/rootfs.tar" -C "$root" --numeric-owner
    # Diverted while the tree was made, see rootfs.sh.
    for program in update-initramfs update-ca-certificates; do
        [ ! -e "$root/usr/sbin/$program.distrib" ] || mv -f "$root/usr/sbin/$program.distrib" "$root/usr/sbin/$program"
        sed -i "\#^/usr/sbin/$program\$#,+2d" "$root/var/lib/dpkg/diversions"
    done
    mkdir -p "$root/etc/ssl/certs"
    cat "$root"/usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
}

install_ours()
{
    mkdir "$root/debs"
    for name in common cups kiosk voice; do
        for deb in "$debs"/machiai-"$name"_*.deb; do
            [ ! -e "$deb" ] || cp "$deb" "$root/debs"
        done
    done
    chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C sh -c 'dpkg --install /debs/*.deb' >"$work/dpkg.log" 2>&1 ||
        { cat "$work/dpkg.log" >&2; exit 1; }
    rm -r "$root/debs"
    mkdir -p "$root/usr/share/machiai/relaxation"
    [ ! -d "$work/relaxation" ] || cp "$work"/relaxation/* "$root/usr/share/machiai/relaxation/"
    [ -x "$root/usr/bin/machiai-kiosk" ] || fail "no machiai-kiosk in $debs"
    # What a first start would otherwise take seconds for.
    chroot "$root" /usr/lib/aarch64-linux-gnu/vlc/vlc-cache-gen /usr/lib/aarch64-linux-gnu/vlc/plugins
    chroot "$root" fc-cache >/dev/null 2>&1 || :
}

lay_files()
{
    cp -r --no-preserve=ownership "$here/files/." "$root/"
    # A line that names clips which are not there would be a mistake on the screens.
    [ -d "$root/usr/share/machiai/voice" ] || sed -i '/^voice = /d' "$root/usr/share/machiai/card.conf"
    group=$(awk -F: '$1 == "machiai" { print $3 }' "$root/etc/group")
    sed -i "s/@GROUP@/$group/" "$root/etc/fstab"
    mkdir -p "$root/boot/firmware" "$root/records" "$root/media" "$root/var/log/journal" \
        "$root/var/lib/machiai" "$root/var/lib/machiai-printing" "$root/var/lib/systemd/timesync"
    echo machiai >"$root/etc/hostname"
    printf '127.0.0.1 localhost machiai\n::1 localhost\n' >"$root/etc/hosts"
    ln -sf /usr/share/zoneinfo/Asia/Tokyo "$root/etc/localtime"
    ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
    : >"$root/etc/machine-id"
    rm -f "$root/usr/sbin/policy-rc.d" "$root"/etc/ssh/ssh_host_*
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/*.log "$root"/var/log/apt
}

# No account has a password, so no console asks for one; the screens are the kiosk's.
choose_units()
{
    systemctl --root="$root" --quiet enable systemd-networkd systemd-resolved systemd-timesyncd ssh \
        machiai-storage machiai-card machiai-wifi machiai-printing machiai-kiosk machiai-good 2>/dev/null
    systemctl --root="$root" --quiet disable getty@tty1 systemd-networkd-wait-online wpa_supplicant 2>/dev/null || :
    systemctl --root="$root" --quiet mask getty@.service serial-getty@.service autovt@.service \
        cups.service cups.socket cups.path apt-daily.timer apt-daily-upgrade.timer \
        dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer 2>/dev/null
    grep -qv '^[^:]*:[!*]' "$root/etc/shadow" && fail "an account of the image has a password" || :
}

# Every package has its licences in /usr/share/doc/PACKAGE/copyright; here is where the source of each
# is, to the version: Debian's archive of all that it ever published.
say_sources()
{
    doc=$root/usr/share/doc/machiai
    mkdir -p "$doc"
    for package in $BOOT_PACKAGES; do
        mkdir -p "$root/usr/share/doc/$package"
        cp "$work/bootfiles/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
    done
    dpkg-query --admindir="$root/var/lib/dpkg" \
        -W -f '${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n' >"$image.packages"
    {
        awk -F '\t' '$4 !~ /^machiai/ { print $4, $5 }' "$image.packages"
        for package in $BOOT_PACKAGES; do
            zcat "$work/bootfiles/usr/share/doc/$package/changelog.Debian.gz" | sed -n '1s/^\([^ ]*\) (\([^)]*\)).*/\1 \2/p'
        done
    } | LC_ALL=C sort -u >"$work/sources"
    {
        cat <<'T'
What this card holds of Debian 12, as source packages. The licence of every package is in
/usr/share/doc/PACKAGE/copyright. The sources are not on the card: each is where its line says, and
whoever passes cards on gives its sources along or says where they are (GPL-2.0 section 3, GPL-3.0 section 6).
T
        sed 's#^\([^ ]*\) \(.*\)#\1 \2 https://snapshot.debian.org/package/\1/\2/#' "$work/sources"
    } >"$doc/sources.txt"
    cp "$here/../../LICENSE" "$here/../../NOTICE" "$image.packages" "$doc/"
    mv "$doc/$(basename "$image").packages" "$doc/packages.txt"
    cp "$doc/sources.txt" "$image.sources"
}

slot()
{
    version=$(ls "$root/lib/modules" | tail -n 1)
    rm -f "$root"/boot/initrd.img* "$root"/vmlinuz* "$root"/initrd.img*
    sh "$here/initrd.sh" "$root" "$work/bootfiles/bin/busybox" "$root/boot/initrd.img"
    ln -sf "vmlinuz-$version" "$root/boot/vmlinuz"
    rm -f "$work/slot.ext4"
    mke2fs -q -t ext4 -L slot -m 0 -E root_owner=0:0 -d "$root" "$work/slot.ext4" ${SLOT_MIB}M
}

boot_partition()
{
    boot=$work/boot firmware=$work/bootfiles/usr/lib/raspi-firmware
    rm -rf "$boot"
    mkdir -p "$boot/overlays"
    cp "$firmware"/*.elf "$firmware"/*.dat "$firmware/bootcode.bin" "$boot/"
    cp "$work/bootfiles/usr/share/doc/raspi-firmware/copyright" "$boot/LICENCE.broadcom" # goes where the firmware goes
    cp "$root/usr/lib/linux-image-$version"/broadcom/bcm27*-rpi-*.dtb \
        "$root/usr/lib/linux-image-$version"/broadcom/bcm2837*.dtb "$boot/"
    cp "$work/bootfiles/usr/lib/u-boot/rpi_arm64/u-boot.bin" "$boot/"
    printf 'arm_64bit=1\nenable_uart=1\nupstream_kernel=1\nkernel=u-boot.bin\ndisable_overscan=1\nhdmi_force_hotplug=1\n' \
        >"$boot/config.txt"
    mkimage -q -A arm64 -T script -C none -n Machiai -d "$here/boot.cmd" "$boot/boot.scr" >/dev/null
    sed 's/$/\r/' "$here/kiosk.conf" >"$boot/kiosk.conf" # Notepad's line ends
}

card()
{
    cat >"$work/genimage.cfg" <<G
image boot.vfat { vfat { extraargs = "-F 32 -n MACHIAI" } size = ${BOOT_MIB}M mountpoint = "/" }
image card.img {
 hdimage { partition-table-type = "mbr" disk-signature = 0x$SIGNATURE }
 partition boot { partition-type = 0xC bootable = "true" image = "boot.vfat" offset = 4M }
 partition slotA { partition-type = 0x83 image = "slot.ext4" size = ${SLOT_MIB}M }
 partition slotB { partition-type = 0x83 size = ${SLOT_MIB}M }
}
G
    rm -rf "$work/genimage"
    genimage --loglevel 1 --config "$work/genimage.cfg" --rootpath "$work/boot" --inputpath "$work" \
        --outputpath "$work" --tmppath "$work/genimage"
}

step "unpack"; unpack
step "our packages"; install_ours
step "files and units"; lay_files; choose_units
step "licences and sources"; say_sources
step "slot"; slot
step "boot partition"; boot_partition
step "card"; card
step "compress"
zstd -q -f -T0 -6 "$work/card.img" -o "$image"
