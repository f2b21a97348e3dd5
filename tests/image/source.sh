#!/bin/sh
# source.sh KIOSK BUILD: what can be known of the card without building it: every script is a script,
# the kiosk reads the files that the card comes with, systemd accepts the units as they lie on it and
# each is closed in as far as its figure below says, and the lists of packages know each other. It
# looks at files alone: no root, no network.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
image=$source/cmake/image
kiosk=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
skipped=''

fail()
{
    echo "source.sh: $*" >&2
    exit 1
}

scripts()
{
    find "$source" -name node_modules -prune -o -path "$source/build" -prune -o -path "$source/.git" -prune \
        -o -type f -print | while read -r file; do
        head -c 20 "$file" | head -n 1 | grep -aq '^#!/bin/sh' && echo "$file" || :
    done >"$work/scripts"
    [ "$(wc -l <"$work/scripts")" -gt 20 ] || fail "hardly a script found"
    while read -r file; do
        sh -n "$file" || fail "$file is no script"
    done <"$work/scripts"
    if command -v shellcheck >/dev/null; then
        # SC1090: a film's own recipe is chosen at run time; SC2115: a directory that was just made.
        xargs shellcheck --shell=sh --severity=warning --exclude=SC1090,SC2115 <"$work/scripts" || fail "see above"
    else
        skipped="$skipped
  shellcheck is not installed: scripts were parsed, and not looked at"
    fi
}

# The card's defaults name directories of the card.
defaults()
{
    sed -e '/^substitutes = /d' -e '/^voice = /d' "$image/files/usr/share/machiai/card.conf" >"$work/card.conf"
    grep -q '^server = ' "$work/card.conf" || fail "card.conf has no line for the printer's server"
}

understood() # NAME FILE
{
    "$kiosk" check --config "$2" --defaults "$work/card.conf" || fail "$1 has mistakes"
}

# As it lies on the card it says only what is missing; with the address put in it is right, and so is
# every line that it offers.
configuration()
{
    defaults
    "$kiosk" check --config "$image/kiosk.conf" --defaults "$work/card.conf" 2>"$work/mistakes" &&
        fail "an untouched kiosk.conf has no address, and nobody says so"
    [ "$(grep -c . "$work/mistakes")" -eq 1 ] && grep -q 'kiosk.conf:[0-9]*: \[cloud\] url: missing' "$work/mistakes" ||
        fail "an untouched kiosk.conf: $(cat "$work/mistakes")"
    sed 's/^;\(url = \)/\1/' "$image/kiosk.conf" >"$work/kiosk.conf"
    understood 'kiosk.conf with an address' "$work/kiosk.conf"
    sed 's/$/\r/' "$work/kiosk.conf" >"$work/notepad.conf"
    understood 'kiosk.conf out of Notepad' "$work/notepad.conf"
    { printf '\357\273\277'; cat "$work/notepad.conf"; } >"$work/bom.conf"
    understood 'kiosk.conf out of an older Notepad' "$work/bom.conf"
    # Two ways to name a printer, a certificate that a technician puts there, a password that is not given away.
    sed -e '/^;ca = /d' -e 's/^;\([a-z_]* = \)/\1/' -e '/^uri = escpos:\/dev/d' -e 's/^password = .*/password = 12345678/' \
        -e 's/^ssh_key = .*/ssh_key = ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0000000000000000000000000000000000000000000 test/' \
        -e "s#^pin = .*#$(echo 246813 | "$kiosk" pin | grep ^pin)#" "$image/kiosk.conf" >"$work/all.conf"
    understood 'kiosk.conf with every line taken' "$work/all.conf"
    understood "the package's example" "$source/cmake/packaging/kiosk.conf"
}

# The units of the card in a tree of their own, with stand-ins for Debian's: this machine's do not matter.
lay_units()
{
    root=$work/root units=$work/root/usr/lib/systemd/system
    mkdir -p "$units" "$root/etc"
    ln -s usr/lib "$root/lib"
    cp -r "$image/files/." "$root/"
    cp "$build"/cmake/packaging/machiai-*.service "$build"/cloud/machiai-cloud.service "$units/"
    for target in basic sysinit multi-user shutdown local-fs local-fs-pre network network-pre network-online sockets \
        timers paths slices sysinit time-sync initrd umount final; do
        printf '[Unit]\nDescription=stand-in\nDefaultDependencies=no\n' >"$units/$target.target"
    done
    for service in systemd-udevd systemd-journald ssh; do
        printf '[Unit]\nDescription=stand-in\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sh\n' >"$units/$service.service"
    done
    for name in system -; do
        printf '[Unit]\nDescription=stand-in\nDefaultDependencies=no\n' >"$units/$name.slice"
    done
    cloud=$(sed -n 's|^ExecStart=/\([^ ]*\).*|\1|p' "$units/machiai-cloud.service") # where this build installs it
    for program in usr/bin/machiai-kiosk "$cloud" bin/sh bin/kill usr/sbin/sshd usr/bin/udevadm usr/bin/mkdir usr/bin/mount usr/bin/umount sbin/wpa_supplicant; do
        mkdir -p "$root/$(dirname "$program")"
        install -m 755 /dev/null "$root/$program"
    done
}

# systemd's own judgement of each unit, tenfold: 0 is closed, 100 open. What partitions a card or
# keeps a key stays open by its task; the others may only become better.
exposure='machiai-kiosk 21
machiai-printing 19
machiai-cloud 14
machiai-card 38
machiai-wifi 46
machiai-good 19
machiai-storage 41
machiai-broken 25
machiai-stick@sda1 41'

units()
{
    command -v systemd-analyze >/dev/null || {
        skipped="$skipped
  systemd-analyze is not installed: units were not looked at"
        return 0
    }
    lay_units
    names=$(echo "$exposure" | sed 's/ .*/.service/')
    systemd-analyze verify --root="$root" --man=no $names ssh.service >"$work/verify" 2>&1 || {
        cat "$work/verify" >&2
        fail "systemd does not accept a unit"
    }
    grep machiai "$work/verify" >&2 && fail "systemd has something to say about a unit" || :
    for unit in "$root"/etc/systemd/system/machiai-*.service "$units"/machiai-*.service; do
        name=$(basename "$unit" .service)
        name=${name%@}
        echo "$exposure" | grep -q "^${name}[ @]" || fail "no figure for $name: put it in the list above"
    done
    echo "$exposure" >"$work/exposure"
    while read -r name most; do
        systemd-analyze security --offline=yes --root="$root" --threshold="$most" "$name.service" >"$work/security" 2>&1 || {
            cat "$work/security" >&2
            fail "$name is more open than $most"
        }
        sed -n 's/^.*Overall exposure level for /exposure of /p' "$work/security"
    done <"$work/exposure"
    grep -q '^RuntimeWatchdogSec=1[0-5]$' "$root/etc/systemd/system.conf.d/machiai.conf" ||
        fail "the hardware watchdog is not set, or beyond a Pi's 16 seconds"
    grep -q '^SystemMaxUse=' "$root/etc/systemd/journald.conf.d/machiai.conf" || fail "the journal has no bound"
    grep -q '^Type=notify' "$units/machiai-kiosk.service" && grep -q '^WatchdogSec=' "$units/machiai-kiosk.service" ||
        fail "the kiosk is not watched"
    for name in machiai-kiosk machiai-cloud; do
        grep -q '^OOMPolicy=continue$' "$units/$name.service" ||
            fail "a child that the kernel ends for want of memory would take $name with it"
    done
}

# What build and tests install is named once, and CONTRIBUTING.md has the reason for each.
packages()
{
    for group in build run test voice bench cross image; do
        sh "$source/cmake/packages.sh" --list "$group"
    done | tr ' ' '\n' | sort -u >"$work/packages"
    [ "$(wc -l <"$work/packages")" -gt 40 ] || fail "cmake/packages.sh lists hardly a package"
    while read -r package; do
        grep -qF "\`$package\`" "$source/CONTRIBUTING.md" || fail "CONTRIBUTING.md does not say what $package is for"
    done <"$work/packages"
    grep -v '^#' "$source"/cmake/packaging/*.depends | sed 's/^[^:]*://' |
        grep -vE '^[a-z0-9.+-]+( \(>= [0-9][^ ]*\))?$' && fail "no list of packages" || :
}

# What the technician's page quotes stands on the screens in these very words, each of its rows is a line of
# the status screen, and each key that it names is offered by the card's kiosk.conf. Imager's words are its own.
guide()
{
    guide=$source/GUIDE.md
    imagers='OSを選ぶ カスタムイメージを使う 設定のカスタマイズ いいえ'
    cat "$source/assets/languages/ja.po" "$source"/ui/web/languages/*.ja.json | sed 's/\\n/ /g' >"$work/words"
    sed 's/「/\n「/g; s/」/\n/g' "$guide" | sed -n 's/^「\(－ \)*//p' >"$work/quoted"
    [ "$(wc -l <"$work/quoted")" -gt 10 ] || fail "hardly a quotation found in GUIDE.md"
    while read -r quoted; do
        echo " $imagers " | grep -qF " $quoted " || grep -qF "$quoted" "$work/words" ||
            fail "GUIDE.md quotes '$quoted', which stands on no screen"
    done <"$work/quoted"
    sed -n '/^| 行 |/,/^$/s/^| \([^|]*\) |.*/\1/p' "$guide" | sed -e 1d -e 's/・/\n/g' >"$work/rows"
    [ "$(wc -l <"$work/rows")" -gt 10 ] || fail "hardly a row found in GUIDE.md"
    sed -n '/^msgid "setup\./{n;s/^msgstr //p;}' "$source/assets/languages/ja.po" >"$work/lines"
    while read -r row; do
        grep -qxF "\"$row\"" "$work/lines" || fail "GUIDE.md explains a row '$row', which the status screen has not"
    done <"$work/rows"
    cat "$source"/firmware/kiosk/terminal_setup_view.c "$source"/firmware/kiosk/mistakes_view.c |
        grep -o '(\(view\|ret\), [^"]*"setup\.[a-z_]*"' | sed 's/.*"\(.*\)"/\1/' | sort -u >"$work/shown"
    [ "$(wc -l <"$work/shown")" -gt 10 ] || fail "hardly a line found that the status screen shows"
    while read -r key; do
        row=$(sed -n "/^msgid \"$key\"/{n;s/^msgstr \"\(.*\)\"/\1/p;}" "$source/assets/languages/ja.po")
        grep -qxF "$row" "$work/rows" || fail "GUIDE.md has no row for '$row', which the status screen shows"
    done <"$work/shown"
    awk '/^\[/ { section = $1 } /^;*[a-z_]+ = / { sub(/^;/, ""); print section, $1 }' "$image/kiosk.conf" >"$work/keys"
    grep -o '`\[[a-z]*\] [a-z_]*`' "$guide" | tr -d '`' | sort -u >"$work/named"
    while read -r named; do
        grep -qxF "$named" "$work/keys" || fail "GUIDE.md names $named, which the card's kiosk.conf does not offer"
    done <"$work/named"
}

# Raspberry Pi Imager's doc/json-schema/os-list-schema.json and doc/schema-notes.md: what an entry must have.
manifest()
{
    echo card >"$work/card.img"
    echo image >"$work/machiai-1.2.3.img.zst"
    sh "$image/manifest.sh" "$work/card.img" "$work/machiai-1.2.3.img.zst" 1.2.3 https://images.example/ >"$work/imager.json"
    node - "$work/imager.json" <<'N' || fail "the manifest for Raspberry Pi Imager: see above"
const assert = require('node:assert');
const [entry] = JSON.parse(require('node:fs').readFileSync(process.argv[2], 'utf8')).os_list;
for (const key of ['name', 'description', 'icon', 'url', 'extract_sha256', 'image_download_sha256', 'release_date'])
  assert.equal(typeof entry[key], 'string', key);
for (const key of ['extract_size', 'image_download_size']) assert.ok(Number.isInteger(entry[key]), key);
assert.deepEqual(entry.devices, ['pi3-64bit', 'pi4-64bit']);
assert.equal(entry.url, 'https://images.example/machiai-1.2.3.img.zst');
assert.match(entry.release_date, /^\d{4}-\d\d-\d\d$/);
assert.ok(['', 'none', 'systemd', 'cloudinit', 'cloudinit-rpi'].includes(entry.init_format));
assert.match(Buffer.from(/^data:image\/svg\+xml;base64,(.*)$/.exec(entry.icon)[1], 'base64').toString(), /^<svg [^]*<\/svg>\s*$/);
N
}

scripts
configuration
units
packages
guide
manifest
echo "scripts: $(wc -l <"$work/scripts"), all parsed; kiosk.conf and units as the card has them"
echo "Skipped: the card itself; sh tests/image/run.sh builds and boots it, in an hour or two.$skipped"
