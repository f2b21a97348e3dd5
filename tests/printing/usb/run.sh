#!/bin/sh
# The CUPS backend on a real usblp device: a virtual machine with the kernel's USB printer gadget (dummy_hcd,
# usb_f_printer). Opt-in, as it takes Debian's kernel (70 MB) and an emulator; about 45 s without KVM.
#
#   apt-get install qemu-system-x86 busybox-static gcc libc6-dev
#   ninja -C BUILD escpos && tests/printing/usb/run.sh BUILD
#
# BUILD must be without sanitizers: the guest has libc and nothing else. KERNEL=FILE.deb takes a linux-image that is
# there already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
if [ -z "${KERNEL:-}" ]; then
    apt-get download "$(apt-cache depends linux-image-amd64 | awk '/Depends:/ { print $2; exit }')" >/dev/null 2>&1
    KERNEL=$(echo "$work"/linux-image-*.deb)
fi
dpkg-deb -x "$KERNEL" kernel
mkdir -p fs/bin fs/mod fs/dev fs/lib64 fs/lib/x86_64-linux-gnu
for module in usb-common udc-core usbcore dummy_hcd configfs libcomposite usb_f_printer usblp; do
    find kernel/lib/modules -name "$module.ko*" -exec cp {} fs/mod/ \;
done
cp /bin/busybox "$build/drivers/cups/escpos" fs/bin/
cp /lib64/ld-linux-x86-64.so.2 fs/lib64/
cp /lib/x86_64-linux-gnu/libc.so.6 fs/lib/x86_64-linux-gnu/
cc -O1 -static "$here/gadget_printer.c" -o fs/bin/gadget_printer
cc -O1 -I"$here/../../../drivers" "$here/job.c" "$here/../../../drivers/escpos.c" -o job
./job >fs/job.bin
install -m 755 "$here/guest.sh" fs/init
(cd fs && find . | busybox cpio -o -H newc 2>/dev/null) | gzip -1 >fs.gz
timeout 300 qemu-system-x86_64 -accel tcg -m 256 -nographic -no-reboot -kernel kernel/boot/vmlinuz-* -initrd fs.gz \
    -append "console=ttyS0 quiet panic=-1" -nic none </dev/null >log 2>&1 || true
cat log
wanted() {
    grep -q -- "$1" log || { echo "usb: not there: $1" >&2; exit 1; }
}
wanted '^SAME'
wanted 'The printer cannot print (media-empty-error); nothing was sent'
wanted 'STATE: +offline-report'
wanted 'The printer went away in the middle of the slip'
wanted '"reachable":false'
wanted GUEST-END
echo 'usb: well, paper out and unplugged: as they should be'
