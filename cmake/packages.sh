#!/bin/sh
# packages.sh GROUP...: installs the Debian 12 packages of the groups that are missing.
#   build   compiler and libraries        run    what a kiosk and a demo need at run time
#   test    what tests/run.sh needs on top: analysers, printers, browser, film tools
#   voice   what speaks the voice's clips, on the machine that builds them only; the speaker is in
#           Debian's component contrib, which is switched on for it
#   bench   what tests/bench measures ours beside: servers and players
#   cross   compiler for 64-bit ARM, what lays out its Debian tree and runs its programs
#   image   what lays out an SD card's image and boots it in QEMU
# packages.sh --list GROUP...: names them, and installs nothing.
# Every package the build, the demo or a test needs is named here and nowhere else; what the image
# itself holds is in cmake/image/rootfs.sh.
set -eu

build='build-essential clang clang-format cmake ninja-build pkg-config gettext
libcjson-dev libcmocka-dev libcups2-dev libcurl4-gnutls-dev libgnutls28-dev libinih-dev
libgpiod-dev libjpeg-dev libmicrohttpd-dev liboath-dev libopusfile-dev libpng-dev libqrencode-dev libsdl2-dev libsdl2-ttf-dev libsodium-dev libsqlite3-dev
libvlc-dev librsvg2-bin ffmpeg'
run='cups-daemon cups-client cups-core-drivers vlc-plugin-base libvlc-bin fontconfig ffmpeg librsvg2-bin curl ca-certificates
fonts-morisawa-bizud-gothic fonts-noto-cjk fonts-noto-core xvfb procps'
test='chromium libnss3-tools python3-aiosmtpd libclang-rt-14-dev cups-ipp-utils dbus-daemon zbar-tools openssl sqlite3 xdotool systemd shellcheck nginx-light fdisk'
voice='open-jtalk open-jtalk-mecab-naist-jdic hts-voice-nitech-jp-atr503-m001 opus-tools'
bench='mosquitto nginx-light libnginx-mod-nchan vlc-bin vlc-plugin-base vlc-plugin-video-output mpv chromium ffmpeg libx11-dev util-linux valgrind'
cross='gcc-aarch64-linux-gnu libc6-dev-arm64-cross mmdebstrap arch-test qemu-user-static binfmt-support'
image='genimage mtools dosfstools e2fsprogs fdisk kmod cpio zstd u-boot-tools u-boot-qemu qemu-system-arm qemu-utils openssh-client zbar-tools'

list=no
[ "${1:-}" != --list ] || { list=yes; shift; }
wanted=''
for group in "$@"; do
    case $group in
    build) wanted="$wanted $build" ;;
    run) wanted="$wanted $run" ;;
    test) wanted="$wanted $test" ;;
    voice) wanted="$wanted $voice" ;;
    bench) wanted="$wanted $bench" ;;
    cross) wanted="$wanted $cross" ;;
    image) wanted="$wanted $image" ;;
    *) echo "packages.sh: unknown group $group (build, run, test, voice, bench, cross, image)" >&2; exit 2 ;;
    esac
done
[ "$list" = no ] || { printf '%s\n' $wanted; exit 0; }

# Node 18 or later serves: Debian's own, or one that is installed already.
node_is_new() {
    command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
        node -e 'process.exit(+process.versions.node.split(".")[0] >= 18 ? 0 : 1)'
}
node_is_new || wanted="$wanted nodejs npm"

missing=''
for package in $wanted; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
        missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing:$missing"
as_root=''
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "packages.sh: run as root, or install sudo; missing:$missing" >&2
        exit 1
    }
    as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq

# The machine's own Debian sources once more, with the component contrib: the stanzas (deb822) or lines
# of this release that offer main.
contrib_stanzas() { # FILES
    awk -v release="$release" 'BEGIN { RS = ""; FS = "\n" }
    {
        debian = main = off = 0; text = ""
        for (i = 1; i <= NF; i++) {
            if ($i ~ /^#/) continue
            if ($i ~ "^Suites:.*[ \t]" release "([ \t-]|$)" || $i ~ /^Suites:.*[ \t]stable/) debian = 1
            if ($i ~ /^Enabled:[ \t]*no/) off = 1
            if ($i ~ /^Components:/) {
                if ($i ~ /[ \t]main([ \t]|$)/) main = 1
                $i = "Components: contrib"
            }
            text = text $i "\n"
        }
        if (debian && main && !off) print text
    }' "$@"
}

contrib_lines() { # FILES
    awk -v release="$release" '/^deb[ \t]/ {
        for (i = 2; i < NF; i++)
            if ($i ~ "^(stable|" release ")(-|$)") break
        if (i == NF || $0 !~ /[ \t]main([ \t]|$)/) next
        for (j = 1; j <= i; j++) printf "%s ", $j
        print "contrib"
    }' "$@"
}

# FORMAT WRITER FILES: writes what WRITER finds in those FILES that are there.
add_source() {
    format=$1 writer=$2
    shift 2
    found=$(for file in "$@"; do [ ! -f "$file" ] || "$writer" "$file"; echo; done)
    [ -z "$found" ] || printf '%s\n' "$found" |
        $as_root tee "/etc/apt/sources.list.d/machiai-contrib.$format" >/dev/null
}

has_candidate() { # PACKAGE
    apt-cache policy "$1" | grep -q '^  Candidate: [^(]'
}

for package in $missing; do
    has_candidate "$package" && continue
    echo "Switching on Debian's component contrib for $package"
    release=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
    add_source sources contrib_stanzas /etc/apt/sources.list.d/*.sources
    add_source list contrib_lines /etc/apt/sources.list /etc/apt/sources.list.d/*.list
    $as_root apt-get update -qq
    break
done
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
