#!/bin/busybox sh
# In the guest: the kernel's printer gadget on one end of a USB line without wire, usblp and the backend on the other.
b=/bin/busybox
$b mkdir -p /proc /sys /dev /tmp /run; $b mount -t proc p /proc; $b mount -t sysfs s /sys; $b mount -t devtmpfs d /dev
$b mount -t tmpfs t /run; $b mkdir -p /run/marks
for m in usb-common udc-core usbcore dummy_hcd configfs libcomposite usb_f_printer usblp; do $b insmod /mod/$m.ko 2>&1; done
$b mount -t configfs c /sys/kernel/config
g=/sys/kernel/config/usb_gadget/p; $b mkdir $g
echo 0x0525 > $g/idVendor; echo 0xa4a8 > $g/idProduct
$b mkdir $g/strings/0x409 $g/configs/c.1
echo 1 > $g/strings/0x409/serialnumber; echo Machiai > $g/strings/0x409/manufacturer; echo Printer > $g/strings/0x409/product
$b mkdir $g/functions/printer.0
echo "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20;CLS:PRINTER;" > $g/functions/printer.0/pnp_string
$b ln -s $g/functions/printer.0 $g/configs/c.1
echo dummy_udc.0 > $g/UDC
$b sleep 3
$b mkdir -p /run/cache
n=0
job() { n=$((n+1)); DEVICE_URI=escpos:/dev/usb/lp0 CUPS_CACHEDIR=/run/cache PRINTER=q /bin/escpos $n u t 1 "job-uuid=urn:uuid:0000000$n-0000-4000-8000-000000000000" < /job.bin; echo "EXIT $?"; }
echo "== well"; /bin/gadget_printer /dev/g_printer0 /run/got & p=$!; $b sleep 1
/bin/escpos --status escpos:/dev/usb/lp0
job; $b sleep 1; $b cmp /job.bin /run/got && echo SAME; $b kill $p; $b sleep 1
echo "== paper out"; /bin/gadget_printer /dev/g_printer0 /run/got out & p=$!; $b sleep 1
/bin/escpos --status escpos:/dev/usb/lp0; job; $b ls -l /run/got; $b kill $p; $b sleep 1
echo "== unplugged in the middle"; /bin/gadget_printer /dev/g_printer0 /run/got ok 9000 & p=$!; $b sleep 1
( $b sleep 1; echo "" > $g/UDC; echo UNPLUGGED ) &
job; $b ls -l /run/got /dev/usb; /bin/escpos --status escpos:/dev/usb/lp0
echo GUEST-END; $b poweroff -f
