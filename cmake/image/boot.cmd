# Chooses one of the two root slots, counts the try, and starts Linux from it: the same script for
# boards (mmc) and for QEMU's board virt (virtio). The counters are one checked sector before the
# first partition, so that a power cut while they are written costs the counters and nothing else.
setenv envblk 0x400
setexpr envaddr ${scriptaddr} + 0x80000
if ${devtype} read ${envaddr} ${envblk} 1; then
  env import -c ${envaddr} 0x200 BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT || echo "machiai: no counters yet"
fi
test -n "${BOOT_ORDER}" || setenv BOOT_ORDER "A B"
test -n "${BOOT_A_LEFT}" || setenv BOOT_A_LEFT 3
test -n "${BOOT_B_LEFT}" || setenv BOOT_B_LEFT 3
setenv part
for s in ${BOOT_ORDER}; do
  if test -n "${part}"; then true;
  elif test "${s}" = A; then
    if test ${BOOT_A_LEFT} -gt 0; then setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1; setenv part 2; setenv slot A; fi
  elif test "${s}" = B; then
    if test ${BOOT_B_LEFT} -gt 0; then setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1; setenv part 3; setenv slot B; fi
  fi
done
if test -z "${part}"; then
  echo "machiai: every try of both slots is used up: from the beginning"
  setenv BOOT_A_LEFT 3
  setenv BOOT_B_LEFT 3
  env export -c -s 0x200 ${envaddr} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT
  ${devtype} write ${envaddr} ${envblk} 1
  reset
fi
env export -c -s 0x200 ${envaddr} BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT
${devtype} write ${envaddr} ${envblk} 1
echo "machiai: slot ${slot}, tries left A ${BOOT_A_LEFT} B ${BOOT_B_LEFT}"
# A technician's own words for the kernel, such as extra=video=HDMI-A-1:1920x1080@60D
setenv extra
if load ${devtype} ${devnum}:1 ${envaddr} kernel.txt; then env import -t ${envaddr} ${filesize} extra; fi
test -n "${fdt_addr}" || setenv fdt_addr ${fdtcontroladdr}
setenv serial ttyAMA0,115200
if test "${devtype}" = mmc; then setenv serial ttyS1,115200; fi
setenv bootargs "root=PARTUUID=4d616368-0${part} ro rootwait quiet console=${serial} console=tty0 machiai.slot=${slot} vt.global_cursor_default=0 consoleblank=0 panic=10 ${extra}"
# Else the memory may still hold the kernel of the start before.
if load ${devtype} ${devnum}:${part} ${kernel_addr_r} /boot/vmlinuz && load ${devtype} ${devnum}:${part} ${ramdisk_addr_r} /boot/initrd.img; then
  booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${fdt_addr}
fi
echo "machiai: slot ${slot} does not start"
sleep 2
reset
