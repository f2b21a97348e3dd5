#!/bin/sh
# packages.sh GROUP...: installs the Debian 12 packages of the groups that are missing.
#   build   compiler and libraries        run    what a kiosk and a demo need at run time
#   test    what tests/run.sh needs on top: analysers, printers, browser, film tools
# Every package the build, the demo or a test needs is named here and nowhere else.
set -eu

build='build-essential clang clang-format cmake ninja-build pkg-config gettext
libcjson-dev libcmocka-dev libcups2-dev libcurl4-gnutls-dev libgnutls28-dev libinih-dev
libmicrohttpd-dev libpng-dev libqrencode-dev libsdl2-dev libsdl2-ttf-dev libsodium-dev libsqlite3-dev
libvlc-dev'
run='cups-daemon cups-client cups-core-drivers vlc-plugin-base libvlc-bin fontconfig ffmpeg librsvg2-bin curl ca-certificates
fonts-morisawa-bizud-gothic fonts-noto-cjk fonts-noto-core xvfb procps'
test='chromium libclang-rt-14-dev cups-ipp-utils dbus-daemon zbar-tools openssl'

wanted=''
for group in "$@"; do
    case $group in
    build) wanted="$wanted $build" ;;
    run) wanted="$wanted $run" ;;
    test) wanted="$wanted $test" ;;
    *) echo "packages.sh: unknown group $group (build, run, test)" >&2; exit 2 ;;
    esac
done

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
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
